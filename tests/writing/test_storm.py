"""Five hundred drafts against a server that fails at random: all end whole and grounded, nothing is left."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

import pytest

from drafter import drafting
from drafter.grounding.gate import MARK
from drafter.grounding.ledger import OPEN
from drafter.model import Brief, Draft
from drafter.printed import lines
from drafter.writing.llm import LLMWriter
from tests.scripted_server import BEHAVIOURS, END_MARK, Exchange, ScriptedServer
from tests.writing.tasks import DOCTYPE, brief
from tests.writing.test_llm import settings_for

DRAFTS, AT_ONCE, SHARE = 500, 16, 0.1
FAULTS = (
    *("cut", "reset", "drop", "no-finish-reason", "malformed", "error-in-stream", "error-200", "html"),
    *(
        "choices-null",
        "stall",
        "ping",
        "empty-deltas",
        "429",
        "429-retry-after",
        "429-bare",
        "500",
        "502",
        "503",
    ),
    *("empty", "only-mark", "length", "content-filter", "refusal", "no-mark"),
    *("reasoning", "think", "think-unopened", "chatter", "english", "markdown", "heading", "controls"),
    *("wrong figures", "facts left out", "too much"),
)


class Storm:
    """A script for the server: one request in ten meets a fault, drawn from all in turn."""

    def __init__(self) -> None:
        self.chance = random.Random(7)
        self.met: Counter[str] = Counter()
        self.bag: list[str] = []

    async def __call__(self, exchange: Exchange) -> None:
        fault = self.draw() if self.chance.random() < SHARE else "ok"
        self.met[fault] += 1
        prose = exchange.prose
        match fault:
            case "502" | "429-bare":
                headers = {"retry-after-ms": "1"} if fault == "502" else {}
                await exchange.reply(int(fault[:3]), {"error": {"message": "busy"}}, headers)
            case "stall":
                await exchange.say(prose[: len(prose) // 2])
                await asyncio.sleep(4)
                exchange.reset()
            case "wrong figures":
                wrong = re.sub(r"[0-9]+", lambda found: str(int(found[0]) + self.chance.randint(1, 9)), prose)
                await exchange.answer(f"{wrong}\n{END_MARK}")
            case "facts left out":
                await exchange.answer(f"各项工作有序推进。\n{END_MARK}")
            case "too much":
                await exchange.answer(f"{prose}另有99人参加，罚款8万元。\n{END_MARK}")
            case _:
                await BEHAVIOURS[fault](exchange)

    def draw(self) -> str:
        """A fault; none comes again before all others have come."""
        if not self.bag:
            self.bag = self.chance.sample(FAULTS, len(FAULTS))
        return self.bag.pop()


async def ended(events: AsyncGenerator[drafting.Event, None]) -> tuple[Draft, dict[str, str]]:
    """The draft, and why sections have no text."""
    failed: dict[str, str] = {}
    async for event in events:
        if isinstance(event, drafting.SectionFailed):
            failed[event.section] = event.message
        if isinstance(event, drafting.DraftDone):
            return event.draft, failed
    raise AssertionError("no draft")


def check_told(draft: Draft, failed: dict[str, str]) -> None:
    """Every section has a text, or a sentence that says what is wrong and how to mend it."""
    for section in draft.sections:
        if section.written and not section.text:
            assert "；" in failed[section.id]
            assert "Error" not in failed[section.id]
            assert any(found.section == section.id for found in draft.findings)


def check_grounded(draft: Draft) -> None:
    """No claim is open and unmarked, no fact lost, nothing of the conversation in the text."""
    printed = [line.text for line in lines(draft)]
    for claim in draft.claims:
        if claim.status in OPEN:
            assert printed[claim.line - 1][: claim.column - 1].endswith(MARK)
    assert draft.untold == ()
    text = "\n".join(printed)
    for foreign in ("〔完〕", "think", "好的", "Sure", "**", "抱歉", "想啊想", "<html"):
        assert foreign not in text


async def drafted(given: Brief, writer: LLMWriter) -> int:
    """Draft, and write what failed again until all is there; how often that was."""
    draft, failed = await ended(drafting.stream(given, DOCTYPE, writer))
    check_told(draft, failed)
    again = 0
    while failed:
        again += 1
        assert again < 10
        draft, failed = await ended(drafting.resume(draft, DOCTYPE, writer))
        check_told(draft, failed)
    check_grounded(draft)
    return again


def sockets() -> int:
    """How many sockets this process has open."""
    count = 0
    for entry in list(Path("/proc/self/fd").iterdir()):
        with suppress(FileNotFoundError):  # the listing's own
            count += str(entry.readlink()).startswith("socket:")
    return count


@pytest.mark.storm
async def test_drafts_end_whole_and_grounded_whatever_befalls_their_requests() -> None:
    storm = Storm()
    with ScriptedServer(storm) as server:
        settings = settings_for(server.base_url, "any", llm_idle_timeout=0.5).model_copy(
            update={"llm_concurrency": 32}
        )
        writer, places = LLMWriter(settings), asyncio.Semaphore(AT_ONCE)
        before, begun = sockets(), asyncio.all_tasks()

        async def one(place: int) -> int:
            async with places, asyncio.timeout(120):
                return await drafted(brief(period=f"{2000 + place % 12}年"), writer)

        again = await asyncio.gather(*map(one, range(DRAFTS)))
        assert asyncio.all_tasks() == begun
        async with asyncio.timeout(10):
            while server.active:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert sockets() <= before
    assert set(FAULTS) <= storm.met.keys()
    assert sum(storm.met.values()) > 3 * DRAFTS
    assert any(again)
