"""What drafting costs beside the model: against a server of fixed first-token delay and token rate.

    python -m bench.latency [--smoke]

The server runs in a process of its own. Measured in one run, as ratios and differences, so that a slow
machine does not decide:

- a document of twelve sections, without a limit: wall time ÷ its slowest section;
- the same with four sections at once: wall time ÷ the shortest schedule there is (computed exactly);
- eight documents of eight sections at once: time to each section's first visible text less the openai
  client's own time to the first delta of the same 64 requests, in turns.

A section's own time is what the server was told: first-token delay + tokens ÷ rate. Answers are longer than
the facts by a share that nobody can foresee, differently for each section.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import multiprocessing
import re
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from statistics import median
from typing import Any

from openai import AsyncOpenAI

from drafter import doctypes, drafting
from drafter.config import Settings
from drafter.model import Brief, Fact
from drafter.outline import build_outline
from drafter.writing import task_for
from drafter.writing.llm import LLMWriter, warm_up
from drafter.writing.prompts import messages_for
from tests.scripted_server import END_MARK, FACT, Exchange, ScriptedServer

TYPE = doctypes.load("work-summary")
ASKED = re.compile(r"不超过(\d+)字")
TOKEN = 2
"""Characters a token."""
PLACES = 4
SECTIONS = 12
DOCUMENTS, EACH = 8, 8
MANY = DOCUMENTS * EACH
TARGETS = (1.05, 50.0)
SMOKE_TARGETS = (1.5, 1000.0)
"""Ratio and milliseconds. A smoke run shares its machine with others and finds only what is grossly wrong."""
WORDS = ("清理河道", "整治坑塘", "疏浚沟渠", "维修涵闸", "巡查堤防", "加固护岸")
FILLER = "坚持标本兼治，把责任落到岗、把措施落到位；"


@dataclass(frozen=True)
class Pace:
    """Seconds to the first token, tokens a second."""

    delay: float
    rate: float

    def seconds(self, tokens: int) -> float:
        """From the request to the last token of an answer."""
        return self.delay + (tokens - 1) / self.rate


def answer_to(exchange: Exchange) -> str:
    """The facts as they are, and up to 40 % more that says nothing that could be counted; where no facts are
    given, as much of what is asked for as recorded answers have (bench/answers: 13 openings, median 81 %).
    """
    prose = exchange.prose
    asked = ASKED.search(exchange.request.user)
    extra = zlib.crc32(prose.encode()) % 41 * len(prose) // 100
    if asked and not FACT.search(exchange.request.user):
        extra = int(asked[1]) * 4 // 5 - len(prose)
    return (FILLER * (extra // len(FILLER)))[:-1] + ("。" if extra >= len(FILLER) else "") + prose + END_MARK


def serve(pace: Pace, connection: Connection) -> None:
    """The server process: sends its base URL, then serves until the other end is closed."""

    async def script(exchange: Exchange) -> None:
        loop = asyncio.get_running_loop()
        start, text = loop.time() + pace.delay, answer_to(exchange)
        for place, at in enumerate(range(0, len(text), TOKEN)):
            # A fixed timetable, so that late wake-ups do not add up.
            await asyncio.sleep(max(0.0, start + place / pace.rate - loop.time()))
            await exchange.delta(content=text[at : at + TOKEN])
        await exchange.finish()

    with ScriptedServer(script) as server:
        connection.send(server.base_url)
        try:
            connection.recv()
        except EOFError:
            return


@contextmanager
def serving(pace: Pace) -> Iterator[str]:
    """The base URL of a server of this pace."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=[pace, theirs], daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours.recv()
    finally:
        ours.close()
        process.join(10)


def brief_of(sections: int, seed: int) -> Brief:
    """A brief whose outline has so many sections to write, of two to six facts each; half of the topics in
    each of two parts, so that none is so full that topics are put together.
    """
    facts: list[Fact] = []
    for topic in range(sections - 2):
        part = ("situation", "measures")[topic % 2]
        for place in range(2 + (topic * 7 + seed * 3) % 5):
            number = 10 + (topic * 31 + place * 17 + seed) % 80
            words = WORDS[(topic + place) % len(WORDS)]
            text = f"{words}{number}处，完成{100 + topic * 5 + place}个点位的登记建档"
            named = {"topic": f"第{topic + 1}片区", "section": part, "kind": "work"}
            facts.append(Fact(id=f"F{len(facts) + 1}", text=text, **named))
    facts.append(Fact(id=f"F{len(facts) + 1}", text="新建泵站2座", kind="plan"))
    return Brief(doctype=TYPE.id, unit="某市水务局", period="2025年", topic="河湖管护", facts=tuple(facts))


@cache
def settings_for(url: str, places: int) -> Settings:
    """The settings of an endpoint that takes so many sections at once; a page reads its own once."""
    endpoint = {"DRAFTER_LLM_BASE_URL": url, "DRAFTER_LLM_API_KEY": "none"}
    return Settings.model_validate({**endpoint, "llm_concurrency": places})


def writer_for(url: str, places: int = MANY) -> LLMWriter:
    """A writer that asks the endpoint for at most so many sections at once."""
    return LLMWriter(settings_for(url, places))


@dataclass
class Run:
    """One document's wall time and the seconds each of its sections took at the server's pace."""

    wall: float
    sections: list[float]


async def draft(brief: Brief, url: str, pace: Pace, places: int) -> Run:
    """Write a document. Raises ValueError when a section failed or was sent back: that measures nothing."""
    began = time.perf_counter()
    texts: list[str] = []
    async for event in drafting.stream(brief, TYPE, writer_for(url, places)):
        if isinstance(event, drafting.SectionFailed | drafting.Repairing):
            raise ValueError(f"not as planned: {event}")
        if isinstance(event, drafting.SectionDone) and not event.section.text.startswith("〔待补充"):
            texts.append(event.section.text)
    wall = time.perf_counter() - began
    return Run(wall, [pace.seconds(math.ceil(len(text + END_MARK) / TOKEN)) for text in texts])


def shortest(durations: Sequence[float], places: int) -> float:
    """The shortest time in which jobs of these durations can be done at `places` places: exact, by branch and
    bound over the longest first; places that are equally busy are alike.
    """
    jobs = sorted(durations, reverse=True)
    bound = max(jobs[0], sum(jobs) / places)
    best = sum(jobs)

    def place(job: int, busy: tuple[float, ...]) -> None:
        nonlocal best
        if max(busy) >= best - 1e-9 or best <= bound + 1e-9:
            return
        if job == len(jobs):
            best = max(busy)
            return
        for load in sorted(set(busy)):
            at = busy.index(load)
            place(job + 1, (*busy[:at], load + jobs[job], *busy[at + 1 :]))

    place(0, (0.0,) * places)
    return best


async def first_raw(client: AsyncOpenAI, messages: list[tuple[str, str]], began: float) -> float:
    """Seconds from `began` to the client's first delta with text; the answer is read to its end."""
    request: dict[str, Any] = {
        "model": "any",
        "messages": [{"role": role, "content": text} for role, text in messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.3,
    }
    first = math.inf
    async for chunk in await client.chat.completions.create(**request):
        if chunk.choices and chunk.choices[0].delta.content:
            first = min(first, time.perf_counter() - began)
    return first


def prompts_of(brief: Brief) -> list[list[tuple[str, str]]]:
    """The conversations of all sections that a model writes."""
    outline = build_outline(brief, TYPE)
    return [
        messages_for(task_for(brief, TYPE, outline, section))
        for section in outline.sections
        if section.written and not drafting.unsupported(TYPE, section)
    ]


async def raw_firsts(briefs: Sequence[Brief], url: str) -> list[float]:
    """Seconds to the first delta of each section's request, all at once, prompts and client ready."""
    prompts = [messages for brief in briefs for messages in prompts_of(brief)]
    async with AsyncOpenAI(base_url=url, api_key="none", max_retries=2) as client:
        began = time.perf_counter()
        return await asyncio.gather(*(first_raw(client, messages, began) for messages in prompts))


async def drafted_firsts(briefs: Sequence[Brief], url: str) -> list[float]:
    """Seconds from the order to draft all of them to each section's first visible text."""
    began = time.perf_counter()

    async def firsts(brief: Brief) -> list[float]:
        seen: dict[str, float] = {}
        async for event in drafting.stream(brief, TYPE, writer_for(url)):
            if isinstance(event, drafting.TextAdded):
                seen.setdefault(event.section, time.perf_counter() - began)
        return list(seen.values())

    return [first for each in await asyncio.gather(*map(firsts, briefs)) for first in each]


async def documents(url: str, pace: Pace, seeds: range) -> list[float]:
    """The two ratios of whole documents: the medians of all seeds."""
    unlimited, limited = [], []
    for seed in seeds:
        brief = brief_of(SECTIONS, seed)
        run = await draft(brief, url, pace, MANY)
        assert len(run.sections) == SECTIONS
        unlimited.append(run.wall / max(run.sections))
        run = await draft(brief, url, pace, PLACES)
        limited.append(run.wall / shortest(run.sections, PLACES))
    print(f"{SECTIONS} sections, no limit: wall ÷ slowest {spread(unlimited)}")
    print(f"{SECTIONS} sections, {PLACES} at once: wall ÷ shortest schedule {spread(limited)}")
    return [median(unlimited), median(limited)]


def spread(ratios: Sequence[float]) -> str:
    return f"median {median(ratios):.3f}, {min(ratios):.3f} to {max(ratios):.3f} ({len(ratios)} documents)"


async def first_tokens(url: str, rounds: int) -> float:
    """The median difference in milliseconds."""
    briefs = [brief_of(EACH, seed) for seed in range(DOCUMENTS)]
    raw: list[float] = []
    ours: list[float] = []
    for _ in range(rounds):
        raw += await raw_firsts(briefs, url)
        ours += await drafted_firsts(briefs, url)
    assert len(raw) == len(ours) == rounds * MANY
    more = (median(ours) - median(raw)) * 1000
    print(
        f"{MANY} sections at once, first text after {median(raw) * 1000:.0f} ms raw, "
        f"{median(ours) * 1000:.0f} ms drafted: {more:+.0f} ms ({rounds} rounds in turns)"
    )
    return more


async def measure(smoke: bool) -> bool:
    """Whether all targets are met."""
    pace = Pace(0.5, 20)
    with serving(pace) as url:
        warm_up()  # as a page does when it starts
        await draft(brief_of(3, 0), url, pace, MANY)
        results = await documents(url, pace, range(1 if smoke else 6))
        more = await first_tokens(url, 1 if smoke else 5)
    ratio, milliseconds = SMOKE_TARGETS if smoke else TARGETS
    met = max(results) <= ratio and more <= milliseconds
    print(f"targets {'met' if met else 'missed'}: ratio {ratio}, {milliseconds:.0f} ms")
    return met


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true")
    sys.exit(not asyncio.run(measure(parser.parse_args().smoke)))


if __name__ == "__main__":
    main()
