"""Trials of durable drafting: a draft is written while processes are killed and somebody edits."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drafter import doctypes, editing
from drafter.drafting import unsupported
from drafter.model import Brief, Draft
from drafter.outline import build_outline
from drafter.store import Conflict, StoreError
from drafter.work.records import Order, Work, WorkStore
from drafter.writing import task_for
from drafter.writing.prompts import messages_for
from tests.makers import brief_of
from tests.scripted_server import CURRENT, END_MARK, Exchange, ScriptedServer
from tests.work.processes import Process, Start, nursery

TYPE = doctypes.load("work-summary")
TOPICS = ("河道保洁", "培训", "巡河", "执法", "宣传")
DURING = "killed during drafting"
LONGEST = 300.0
"""Seconds that a draft may take with all its interruptions, on a busy machine."""


def brief(number: int) -> Brief:
    """A brief of seven sections that a model writes; its facts occur in no other brief."""
    facts = [
        {"text": f"完成第{number}号{topic}任务{10 + place}项", "topic": topic}
        for place, topic in enumerate(TOPICS)
    ]
    plan = {"text": f"计划新建第{number}号泵站2座", "kind": "plan"}
    return brief_of(*facts, plan, topic=f"第{number}号河湖管护")


def label_in(message: str) -> str:
    """The section that a request asks for, as its prompt names it."""
    found = CURRENT.search(message)
    return found["label"].strip() if found else ""


def labels(given: Brief) -> dict[str, str]:
    """The sections that a model writes: their names in the prompts → their ids."""
    outline = build_outline(given, TYPE)
    return {
        label_in(dict(messages_for(task_for(given, TYPE, outline, section)))["user"]): section.id
        for section in outline.sections
        if section.written and not unsupported(TYPE, section)
    }


async def answer(exchange: Exchange) -> None:
    """A section in one to three seconds; those of a document are unequally long."""
    pause = 0.15 + 0.05 * (len(exchange.label) % 5)
    await exchange.delta(role="assistant", content="")
    for start in range(0, len(exchange.prose), 4):
        await exchange.delta(content=exchange.prose[start : start + 4])
        await asyncio.sleep(pause)
    await exchange.delta(content=f"\n{END_MARK}")
    await exchange.finish()


@dataclass
class Ground:
    """Where trials take place: a database, a model's endpoint, and `processes` that draft at once."""

    store: WorkStore
    server: ScriptedServer
    start: Start
    processes: int
    settings: dict[str, Any]
    duration: float = 0.0
    """Seconds that a draft takes when nobody disturbs it."""
    counted: Counter[str] = field(default_factory=Counter)


@contextmanager
def ground(url: str, folder: Path, processes: int) -> Iterator[Ground]:
    """A ground whose usual duration is known."""
    with ScriptedServer(answer) as server, nursery() as start:
        settings = {
            "database_url": url,
            "data_dir": str(folder),
            "llm_base_url": server.base_url,
            "llm_model": "ok",
        }
        made = Ground(WorkStore(url), server, start, processes, settings)
        for number in (-2, -1):  # the first warms up
            began = time.monotonic()
            Trial(made, random.Random(0), number).run(kills=0)
            made.duration = time.monotonic() - began
        yield made


class Trial:
    """One draft. Its number is in its facts."""

    def __init__(self, ground: Ground, chance: random.Random, number: int) -> None:
        self.ground, self.chance, self.number = ground, chance, number
        self.brief = brief(number)
        self.sections = labels(self.brief)
        self.edits: dict[str, str] = {}
        self.forbidden: list[tuple[int, set[str]]] = []
        """From which request on which sections, finished by then, must not be asked for any more."""

    def run(self, kills: int) -> None:
        """Write the draft, with so many processes killed and begun anew meanwhile, and check it.

        In every other trial a process begins it as a page does, else it waits in the store.
        """
        directly = bool(self.number % 2)
        work = None if directly else self._order()
        at_work = [self._process(directly and not place) for place in range(self.ground.processes)]
        try:
            work = work or self._entered()
            for _ in range(kills):
                if not self._disturb(work, at_work):
                    break
            self._check(self._completed(work), kills)
        finally:
            for process in at_work:
                process.kill()

    def _process(self, begins: bool = False) -> Process:
        return self.ground.start(self.ground.settings, self.brief if begins else None)

    def _order(self) -> Work:
        """The order as another process leaves it in the store."""
        outline = build_outline(self.brief, TYPE)
        draft = Draft(brief=self.brief, title=outline.title, writer="ok", sections=outline.sections)
        return self.ground.store.begin(draft, Order())

    def _entered(self) -> Work:
        """The order that a process gave."""
        for _ in self._soon("an order"):
            for one in self.ground.store.drafts(f"第{self.number}号河湖管护"):
                if work := self.ground.store.last_work(one.id):
                    return work
        raise AssertionError

    def _disturb(self, work: Work, at_work: list[Process]) -> bool:
        """Wait a moment, edit or not, kill a process, note what is finished, begin another; whether the draft
        was still being written.
        """
        pause = self.chance.uniform(0, self.ground.duration)
        if self.chance.random() < 0.5:
            time.sleep(pause / 2)
            self._edit(work)
            time.sleep(pause / 2)
        else:
            time.sleep(pause)
        place = self.chance.randrange(len(at_work))
        at_work[place].kill()
        now, parts = self.ground.store.news(work.id, 0)
        self.ground.counted[DURING if now.open else "killed when all was done"] += 1
        finished = {part.section for part in parts if part.state != "writing"}
        everything = set(self.sections.values())
        self.forbidden.append((len(self.ground.server.requests), finished if now.open else everything))
        at_work[place] = self._process()
        return now.open

    def _edit(self, work: Work) -> None:
        """Change a section by hand, as somebody at a page does. What is acknowledged must stay."""
        section = self.chance.choice(sorted(set(self.sections.values())))
        text = f"{len(self.edits)}稿由人改写，暂不列数。"
        saved = self.ground.store.load(work.draft)
        try:
            self.ground.store.save(
                saved, editing.with_text(saved.draft, TYPE, section, text), "王", "手工修改"
            )
        except (Conflict, StoreError):
            return
        self.edits[section] = text
        self.ground.counted["acknowledged edits"] += 1

    def _completed(self, work: Work) -> Work:
        for _ in self._soon("the end of a draft"):
            now = self.ground.store.work(work.id)
            if not now.open:
                return now
        raise AssertionError

    def _soon(self, what: str) -> Iterator[None]:
        ends = time.monotonic() + LONGEST
        while time.monotonic() < ends:
            yield
            time.sleep(0.02)
        raise AssertionError(f"{what} does not come (trial {self.number})")

    def _check(self, work: Work, kills: int) -> None:
        """Every section once, nothing lost, nothing finished asked for again, every edit there."""
        assert (work.state, work.said) == ("done", "")
        history = self.ground.store.history(work.draft)
        assert [one.why for one in history if one.what == "生成全文"] == ["ok", "提纲"]
        assert len(history) == 2 + len([one for one in history if one.author == "王"])
        draft = self.ground.store.load(work.draft).draft
        for section in draft.sections:
            if section.id in self.edits:
                assert section.text == self.edits[section.id]
            elif section.written:
                assert section.text
                for fact in section.facts:
                    assert section.text.count(self.brief.fact(fact).text) == 1
        assert {section for fact in draft.untold for section in self._told_in(draft, fact)} <= set(self.edits)
        asked = [
            self.sections[label_in(one.user)] if self.brief.topic in one.user else ""
            for one in self.ground.server.requests
        ]
        for since, finished in self.forbidden:
            assert not finished & set(asked[since:])
        assert set(self.sections.values()) <= set(asked)
        assert max(Counter(one for one in asked if one).values()) <= 1 + kills
        self.ground.counted["requests"] += sum(map(bool, asked))

    def _told_in(self, draft: Draft, fact: str) -> list[str]:
        return [section.id for section in draft.sections if fact in section.facts]
