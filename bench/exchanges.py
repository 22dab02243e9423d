"""A model's answers recorded and replayed: a real HTTP server stands between the writer and the model.

Every section of every brief has an address of its own on that server, `/<brief>/<section>/v1`, so that an
answer is found by section and turn, whatever the prompt says. A recording is one YAML file a brief.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx2
import yaml

from drafter.config import Settings
from drafter.model import Record
from drafter.writing import Piece, Task
from drafter.writing.endpoints import endpoint, is_loopback
from drafter.writing.llm import LLMWriter
from drafter.writing.template import TemplateWriter
from tests.scripted_server import Exchange

FENCE = re.compile(r"\b[0-9a-f]{16}\b")
SENT_AT_ONCE = 24
"""Characters of a replayed answer in one event."""


class Message(Record):
    """One message of a request; the random fence of the prompts is written as zeros."""

    role: str
    content: str


class Recorded(Record):
    """One request of a section and the raw text that was streamed in answer.

    `turn` counts the section's requests from 1: the writing, then repairs and continuations. `request` is a
    hash of the messages, `facts` the ids that the section held, `finish` the finish reason (empty where none
    came), `tokens` what the endpoint counted, in and out.
    """

    section: str
    facts: tuple[str, ...]
    turn: int
    request: str
    messages: tuple[Message, ...]
    answer: str
    finish: str = ""
    tokens: tuple[int, int] = (0, 0)


class Recording(Record):
    """All that was recorded of one brief."""

    exchanges: tuple[Recorded, ...]

    def closest(self, section: str, facts: Sequence[str]) -> str:
        """The recorded section that holds most of `facts`, itself where equal; empty when none fits."""
        held = {one.section: frozenset(one.facts) for one in self.exchanges}
        wanted = frozenset(facts)

        def likeness(name: str) -> tuple[float, bool]:
            union = wanted | held[name]
            return len(wanted & held[name]) / len(union) if union else 1.0, name == section

        best = max(held, key=likeness, default="")
        if best and likeness(best)[0] and (wanted or best == section):
            return best
        return ""

    def turns(self, section: str) -> list[Recorded]:
        """The requests of a section, by turn."""
        return sorted((one for one in self.exchanges if one.section == section), key=lambda one: one.turn)


def messages_of(body: dict[str, Any]) -> tuple[Message, ...]:
    """The messages of a request, the fence made the same for every run."""
    return tuple(
        Message(role=str(part["role"]), content=FENCE.sub("0" * 16, str(part["content"])))
        for part in body["messages"]
    )


def hash_of(messages: Sequence[Message]) -> str:
    """Twelve hexadecimal digits that change when the messages do."""
    return hashlib.sha256(json.dumps([list(one) for one in messages]).encode()).hexdigest()[:12]


class Readable(yaml.SafeDumper):
    """YAML with texts of several lines as they read."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Readable.add_representer(str, _text)


def save(path: Path, recording: Recording) -> None:
    """Write a recording. A message that several requests share is written once (a YAML anchor)."""
    shared: dict[str, dict[str, str]] = {}
    rows = []
    for one in recording.exchanges:
        row = one.model_dump(mode="json")
        row["messages"] = [shared.setdefault(json.dumps(each), each) for each in row["messages"]]
        rows.append(row)
    text = yaml.dump({"exchanges": rows}, Dumper=Readable, allow_unicode=True, sort_keys=False, width=10_000)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def load(folder: Path) -> dict[str, Recording]:
    """The recordings in a folder, by the name of their brief."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        path.stem: Recording.model_validate(yaml.load(path.read_text(encoding="utf-8"), loader))
        for path in sorted(folder.glob("*.yaml"))
    }


class Post(Protocol):
    """What answers at the addresses: `expect` says which section will ask, and is told whether it can be
    answered at all; the call answers one request.
    """

    def expect(self, brief: str, section: str, facts: Sequence[str]) -> bool: ...

    async def __call__(self, exchange: Exchange) -> None: ...


def address_of(path: str) -> tuple[str, str]:
    """Brief and section of a request's path."""
    brief, section = path.strip("/").split("/")[:2]
    return brief, section


class Recorder:
    """Passes every request on to the endpoint of the settings, and the answer back as it comes."""

    def __init__(self, settings: Settings) -> None:
        self._url = endpoint(settings.llm_base_url)
        self._facts: dict[tuple[str, str], tuple[str, ...]] = {}
        self._taken: dict[str, list[Recorded]] = {}

    def expect(self, brief: str, section: str, facts: Sequence[str]) -> bool:
        self._facts[brief, section] = tuple(facts)
        return True

    def recording(self, brief: str) -> Recording:
        """What was recorded of a brief, by section and turn."""
        taken = sorted(self._taken.get(brief, ()), key=lambda one: (one.section, one.turn))
        return Recording(exchanges=tuple(taken))

    async def __call__(self, exchange: Exchange) -> None:
        heard = Heard()
        try:
            whole = await self._pass_on(exchange, heard)
        except httpx2.HTTPError:
            exchange.reset()
            return
        if whole:
            self._keep(exchange, heard)

    async def _pass_on(self, exchange: Exchange, heard: Heard) -> bool:
        """One request to the endpoint, its answer to the writer and to `heard`; whether it is an answer."""
        headers = {"authorization": exchange.request.headers.get("authorization", "")}
        client = httpx2.AsyncClient(timeout=None, trust_env=not is_loopback(self._url))
        url = f"{self._url}/chat/completions"
        body = exchange.request.body
        async with client, client.stream("POST", url, json=body, headers=headers) as response:
            kind = response.headers.get("content-type", "text/event-stream")
            more = {"content-type": kind, "transfer-encoding": "chunked"}
            await exchange.head(response.status_code, more)
            async for line in response.aiter_lines():
                await exchange.chunk(f"{line}\n")
                heard.feed(line)
            await exchange.raw(b"0\r\n\r\n")
            return response.status_code == 200

    def _keep(self, exchange: Exchange, heard: Heard) -> None:
        brief, section = address_of(exchange.request.path)
        taken = self._taken.setdefault(brief, [])
        messages = messages_of(exchange.request.body)
        taken.append(
            Recorded(
                section=section,
                facts=self._facts[brief, section],
                turn=1 + sum(one.section == section for one in taken),
                request=hash_of(messages),
                messages=messages,
                answer=heard.text,
                finish=heard.finish,
                tokens=heard.tokens,
            )
        )


class Heard:
    """An answer, taken down from the lines of its event stream."""

    def __init__(self) -> None:
        self.text, self.finish, self.tokens = "", "", (0, 0)

    def feed(self, line: str) -> None:
        """One line as it came."""
        if not line.startswith("data:") or line.endswith("[DONE]"):
            return
        event = json.loads(line.removeprefix("data:"))
        for choice in event.get("choices") or ():
            self.text += (choice.get("delta") or {}).get("content") or ""
            self.finish = choice.get("finish_reason") or self.finish
        if usage := event.get("usage"):
            self.tokens = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)


class Replayer:
    """Answers from recordings. `missing` says which requests had no answer of their own, `changed` and
    `asked` count the requests that differ from the recorded ones, and all.
    """

    def __init__(self, recordings: dict[str, Recording]) -> None:
        self._recordings = recordings
        self._sources: dict[tuple[str, str], str] = {}
        self._turns: Counter[tuple[str, str]] = Counter()
        self.missing: list[str] = []
        self.changed = self.asked = 0

    def expect(self, brief: str, section: str, facts: Sequence[str]) -> bool:
        if (brief, section) not in self._sources:
            source = self._recordings[brief].closest(section, facts)
            self._sources[brief, section] = source
            if not source:
                self.missing.append(f"{brief} {section}: no recorded answer, the template writer's text")
            elif source != section:
                self.missing.append(f"{brief} {section}: answered as {source}")
        return bool(self._sources[brief, section])

    async def __call__(self, exchange: Exchange) -> None:
        brief, section = address_of(exchange.request.path)
        self._turns[brief, section] += 1
        found = self._answer(brief, section, self._turns[brief, section])
        self.asked += 1
        self.changed += found.request != hash_of(messages_of(exchange.request.body))
        await exchange.delta(role="assistant", content="")
        await exchange.say(found.answer, SENT_AT_ONCE)
        await exchange.delta(finish=found.finish or None)
        sent, got = found.tokens
        if (exchange.request.body.get("stream_options") or {}).get("include_usage"):
            usage = {"prompt_tokens": sent, "completion_tokens": got, "total_tokens": sent + got}
            await exchange.event(
                {"id": "c", "object": "chat.completion.chunk", "choices": [], "usage": usage}
            )
        await exchange.event("[DONE]")
        await exchange.raw(b"0\r\n\r\n")

    def _answer(self, brief: str, section: str, turn: int) -> Recorded:
        """The answer of a turn; of one that was not recorded, the nearest before it."""
        turns = self._recordings[brief].turns(self._sources[brief, section])
        if turn > len(turns):
            self.missing.append(f"{brief} {section}: no answer for turn {turn}, turn {len(turns)} again")
        return turns[min(turn, len(turns)) - 1]


class Switchboard:
    """The SectionWriter that writes each section through its own address. A section that cannot be answered
    is written by the template writer.
    """

    revises = True

    def __init__(self, brief: str, settings: Settings, base_url: str, post: Post) -> None:
        self._brief, self._settings, self._post = brief, settings, post
        self._root = base_url.removesuffix("/v1")
        self._writers: dict[str, LLMWriter] = {}

    @property
    def name(self) -> str:
        """The model's name."""
        return self._settings.llm_model

    @property
    def tokens(self) -> int:
        """What the endpoint has counted so far, in and out."""
        return sum(writer.tokens for writer in self._writers.values())

    @property
    def cost(self) -> None:
        """Not known: the address is not the endpoint's own."""
        return None

    async def write(self, task: Task) -> AsyncIterator[Piece]:
        section = task.section.id
        if not self._post.expect(self._brief, section, task.section.facts):
            async for piece in TemplateWriter().write(task):
                yield piece
            return
        if section not in self._writers:
            url = f"{self._root}/{self._brief}/{section}/v1"
            self._writers[section] = LLMWriter(self._settings.model_copy(update={"llm_base_url": url}))
        async for said in self._writers[section].write(task):
            yield said
