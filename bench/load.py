"""Many people at once: drafting, editing, reviewing, for some minutes, against real web processes.

    python -m bench.load [--people 100] [--webs 1] [--minutes 3] [--postgresql]

With several web processes there is nginx before them (deploy/nginx.conf), with PostgreSQL a server of the
bench's own; the model is the scripted server of bench.latency, in a process of its own. Of ten people two
draft (example, FACTS facts typed one by one, «生成全文»), six edit (take a section, change its text, save,
undo, redo) and two review (list, search, open, remark). Before each act a person looks and thinks, on
average THINK seconds, and what is typed is typed, TYPING characters a minute. Everybody logs in first and has
a unit with five others.

Said in the end: errors, edits that are not in the store though the page said they were saved, the time of
every kind of event (median, p95, most), and what the web processes used. Exit code 1 when there was an error
or a lost edit, or when the p95 of all events but the writing itself is over a second.

Memory: before the load, IDLE pages are opened and left alone; what they add is told per page.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from bench.latency import Pace, serving
from bench.visitor import Failed, Visitor
from drafter import doctypes, drafting
from drafter.accounts.users import Users
from drafter.accounts.view import AuthorisedStore
from drafter.data import folder
from drafter.intake import read_brief
from drafter.model import Draft
from drafter.store import Store
from drafter.writing.template import TemplateWriter
from tests.databases import cluster
from tests.web.processes import nginx, running

THINK = 8.0
TYPING = 60
"""Characters a minute, which is quick for people past fifty."""
FACTS = 8
"""What a person adds to a document before having it written: a year's work is 10 to 80 facts."""
ARRIVAL = 0.3
"""The share of the time in which people come and log in."""
IDLE = 40
TAG = re.compile(r"<[^>]*>")
SHARES: tuple[tuple[str, int], ...] = (("draft", 2), ("edit", 6), ("review", 2))
LONGEST = 1.0
"""Seconds that the p95 of an event may take."""
PASSWORD = "correct-horse-battery"
WRITING = frozenset({"generate.click"})
"""Events whose answer is a model's work."""


@dataclass
class Tally:
    """What happened."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    saved: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Draft → what its editor was told is saved."""

    def note(self, what: str, seconds: float) -> None:
        self.times[what].append(seconds)


@dataclass
class Web:
    """The web processes and the address that people use."""

    url: str
    pids: list[int]

    def memory(self) -> float:
        """Resident memory of all of them in MB."""
        return sum(resident(pid) for pid in self.pids) / 1024

    def seconds(self) -> float:
        """Processor seconds that all of them have used."""
        ticks = os.sysconf("SC_CLK_TCK")
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids]
        return sum(int(one[11]) + int(one[12]) for one in stats) / ticks


def resident(pid: int) -> int:
    """Resident memory of a process in KB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


@contextmanager
def web(home: Path, count: int, environment: dict[str, str]) -> Iterator[Web]:
    """`count` web processes, behind nginx when there are several."""
    with ExitStack() as stack:
        webs = stack.enter_context(running(home, environment, *[("serve", "--port", "0")] * count))
        url = stack.enter_context(nginx(home, [one.port for one in webs])) if count > 1 else webs[0].url
        yield Web(url, [one.process.pid for one in webs])


def written() -> Draft:
    """A finished draft to edit and to review: the example with the most to tell."""
    briefs = [read_brief(path) for path in sorted(folder("examples").glob("*.yaml"))]
    brief = max(briefs, key=lambda one: len(one.facts))

    async def draft() -> Draft:
        async for event in drafting.stream(brief, doctypes.load(brief.doctype), TemplateWriter()):
            if isinstance(event, drafting.DraftDone):
                return event.draft
        raise AssertionError

    return asyncio.run(draft())


@dataclass
class Somebody:
    """A person with an account, a machine, and the draft to work on (editors and reviewers)."""

    login: str
    kind: str
    address: str
    draft: str = ""


def hire(store: Store, people: int) -> list[Somebody]:
    """Accounts, six to a unit, and a draft for everyone who edits or reviews."""
    draft, users = written(), Users(store)
    kinds = [kind for kind, share in SHARES for _ in range(share)]
    somebodies = []
    for number in range(people):
        login, kind = f"person{number}", kinds[number % len(kinds)]
        role = {"draft": "staff", "edit": "editor", "review": "reviewer"}[kind]
        unit = f"某市第{number // 6 + 1}局"
        person = users.add(login, PASSWORD, name=f"人员{number}", unit=unit, role=role, by="bench").person
        one = Somebody(login, kind, f"127.0.{number // 250 + 1}.{number % 250 + 1}")
        if kind != "draft":
            maker = person.model_copy(update={"role": "editor"})
            saved = AuthorisedStore(store, maker).create(draft, person.name, "生成全文")
            if kind == "review":
                AuthorisedStore(store, maker).pass_on(saved, "submitted", person.name, "送审")
            one.draft = saved.id
        somebodies.append(one)
    return somebodies


class Over(Exception):
    """The time is over."""


class Life:
    """What one person does until the time is over."""

    def __init__(self, who: Somebody, url: str, tally: Tally, seconds: float) -> None:
        self._who, self._tally, self._chance = who, tally, random.Random(f"{seconds}/{who.login}")
        self._arrival, self._until = seconds * ARRIVAL, time.perf_counter() + seconds
        self._visitor = Visitor(url, tally.note, who.address)

    async def live(self) -> None:
        """Log in, work, think, work."""
        try:
            await asyncio.sleep(self._chance.uniform(0, self._arrival))
            await self._visitor.log_in(self._who.login, PASSWORD)
            act = {"draft": self._draft, "edit": self._edit, "review": self._review}[self._who.kind]
            with suppress(Over):
                while True:
                    await act()
        except Exception as error:  # whatever goes wrong for a person is what is to be known
            self._tally.errors.append(
                f"{self._who.kind} {self._who.login}: {type(error).__name__} {error}"[:300]
            )
        finally:
            await self._visitor.close()

    async def _think(self, typed: str = "") -> None:
        """Do nothing for a while, then type. Raises Over."""
        await asyncio.sleep(self._chance.expovariate(1 / THINK) + len(typed) / TYPING * 60)
        if time.perf_counter() > self._until:
            raise Over

    async def _draft(self) -> None:
        page = self._visitor
        await page.open("")
        await self._think()
        await page.do("example")
        for _ in range(FACTS):
            fact = f"走访企业{self._chance.randrange(20, 9999)}家"
            await self._think(fact)
            await page.do("facts", "change", facts=f"{page.value('facts')}\n{fact}")
        await self._think()
        await page.do("generate")
        await self._think()

    async def _edit(self) -> None:
        page, draft = self._visitor, self._who.draft
        await page.open(f"edit?id={draft}")
        for turn in range(4):
            await self._think()
            await page.do("edit-paper", "pick", {"section": self._chance.choice(SECTIONS)})
            mark = f"会后形成了第{self._chance.randrange(10**6)}号工作备忘。"
            await self._think(mark)
            await page.do("save", text=f"{page.value('text')}{mark}")
            if mark not in TAG.sub("", page.value("edit-paper")):
                raise Failed(f"the page does not show what was saved: {page.value('edit-status')}")
            self._tally.saved[draft].append(mark)
            if turn == 3:
                await self._think()
                await page.do("undo")
                await page.do("redo")

    async def _review(self) -> None:
        page, draft = self._visitor, self._who.draft
        await page.open("drafts")
        await self._think()
        await page.do("search", "change", search="总结")
        await page.open(f"review?id={draft}")
        remark = f"请再核对一遍（{self._chance.randrange(10**6)}）"
        await self._think(remark)
        await page.do("add-remark", remark=remark)
        await self._think()


SECTIONS = tuple(section.id for section in written().sections if section.written)


async def idle_memory(url: str, somebody: Somebody, web: Web) -> float:
    """MB that an open page which nobody touches holds."""
    first = Visitor(url, lambda what, seconds: None)
    await first.log_in(somebody.login, PASSWORD)
    await first.open(f"edit?id={somebody.draft}")
    before, windows = web.memory(), [first]
    for _ in range(IDLE):
        windows.append(first.another())
        await windows[-1].open(f"edit?id={somebody.draft}")
    held = (web.memory() - before) / IDLE
    for window in windows:
        await window.close()
    return held


async def crowd(web: Web, somebodies: Sequence[Somebody], seconds: float, tally: Tally) -> None:
    """Everybody, until the time is over."""
    lives = [Life(one, web.url, tally, seconds) for one in somebodies]
    await asyncio.gather(*(life.live() for life in lives))


def lost(store: Store, tally: Tally) -> list[str]:
    """What pages said they had saved, and the drafts do not hold."""
    gone = []
    for draft, marks in tally.saved.items():
        text = "".join(section.text for section in store.load(draft).draft.sections)
        gone += [f"{draft}: {mark}" for mark in marks if mark not in text]
    return gone


def report(tally: Tally, missing: Sequence[str], seconds: float, web_seconds: float) -> bool:
    """Print what happened; whether all is well."""
    every = [took for what, times in tally.times.items() if what not in WRITING for took in times]
    for what, times in sorted(tally.times.items()):
        print(
            f"  {what:24}{len(times):6}  median {median(times):6.3f}  p95 {p95(times):6.3f}"
            f"  most {max(times):6.3f}"
        )
    saved = sum(map(len, tally.saved.values()))
    print(
        f"{len(every)} events in {seconds:.0f} s ({len(every) / seconds:.1f} a second), "
        f"p95 {p95(every):.3f} s; "
        f"{saved} edits saved, {len(missing)} lost; {len(tally.errors)} errors; "
        f"web processes {web_seconds / seconds:.2f} cores"
    )
    for error in [*tally.errors, *missing][:10]:
        print(f"  {error}")
    return not tally.errors and not missing and p95(every) <= LONGEST


def p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 1 else max(times, default=0.0)


def run(people: int, webs: int, minutes: float, postgresql: bool) -> bool:
    """One load; whether all was well."""
    home = Path(tempfile.mkdtemp(prefix="drafter-load-"))
    try:
        with ExitStack() as stack:
            url = f"sqlite:///{home}/drafts.db"
            if postgresql:
                url = stack.enter_context(cluster()).new_database("load")
            model = stack.enter_context(serving(Pace(0.5, 30)))
            store = Store(url)
            somebodies = hire(store, people)
            environment = {
                "DRAFTER_DATABASE_URL": url,
                "DRAFTER_LOGIN": "always",
                "DRAFTER_LLM_BASE_URL": model,
                "DRAFTER_LLM_MODEL": "any",
                "DRAFTER_LLM_CONCURRENCY": "64",
                "DRAFTER_PROXIES": "127.0.0.1",
            }
            running = stack.enter_context(web(home, webs, environment))
            kind = "PostgreSQL" if postgresql else "SQLite"
            print(f"{people} people, {webs} web process(es), {kind}")
            editor = next(one for one in somebodies if one.kind == "edit")
            held = asyncio.run(idle_memory(running.url, editor, running))
            tally, began, used = Tally(), time.perf_counter(), running.seconds()
            asyncio.run(crowd(running, somebodies, minutes * 60, tally))
            took = time.perf_counter() - began
            well = report(tally, lost(store, tally), took, running.seconds() - used)
            print(f"memory: {held:.2f} MB an idle page; {running.memory():.0f} MB in all at the end")
            return well
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--webs", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    sys.exit(not run(given.people, given.webs, given.minutes, given.postgresql))


if __name__ == "__main__":
    main()
