"""Wires the stages: outline → sections side by side → verify → repair → checks. Streams events as it goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing, nullcontext
from typing import Any
from weakref import WeakKeyDictionary

from drafter.errors import WriterError
from drafter.grounding import gate
from drafter.grounding.gate import OnUnsupported
from drafter.model import Brief, DocType, Draft, Outline, Record, Section
from drafter.outline import build_outline, outline_of
from drafter.review.checklist import run_checklist
from drafter.review.findings import ledger_of, of_draft
from drafter.writing import HandedOver, Restart, Revision, SectionWriter, Task, Waiting, task_for
from drafter.writing.prompts import target_length
from drafter.writing.sent import admit

REPAIRS = 2
"""How often a section whose text has faults goes back to its writer."""


GAP = 0.001
"""Seconds between the beginnings of two sections of any documents that one event loop writes: about what a
request takes to be prepared. Begun together, they would be prepared side by side, step by step, and the first
would leave no sooner than the last."""

_beginnings: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def beginning() -> asyncio.Lock:
    """What is held while a section begins; each event loop has one."""
    return _beginnings.setdefault(asyncio.get_running_loop(), asyncio.Lock())


class Planned(Record):
    """The outline stands; writing begins."""

    outline: Outline


class Queued(Record):
    """A section waits for the model; `position` 1 = next, 0 = it waits no longer."""

    section: str
    position: int


class StoodIn(Record):
    """The section's model failed (`why`, for the person); another one, called `writer`, goes on with it."""

    section: str
    writer: str
    why: str


class TextAdded(Record):
    """More text of a section that is being written."""

    section: str
    text: str


class TextReset(Record):
    """The text of a section so far is void: it is written anew."""

    section: str


class Repairing(Record):
    """A section is written, but has faults (a sentence each); its writer is asked to mend them."""

    section: str
    faults: tuple[str, ...]


class SectionDone(Record):
    """A section is finished; `section.text` is its text."""

    section: Section


class SectionFailed(Record):
    """A section could not be written; `message` is for the person. The others go on."""

    section: str
    message: str


class DraftDone(Record):
    """Everything is written that could be, and checked."""

    draft: Draft


class Outcome(Record):
    """What came of a section: its settled text or, with `failure`, why it has none, for the person."""

    text: str = ""
    failure: str = ""


Begin = Callable[[str, Coroutine[Any, Any, Outcome]], Awaitable[Outcome]]
"""Takes a section's id and its writing, and gives what comes of it. It is called for the sections in the same
order whenever the same draft is written: there a durable workflow numbers its steps."""


def at_once(_: str, writing: Coroutine[Any, Any, Outcome]) -> Awaitable[Outcome]:
    """Begin a section by writing it."""
    return writing


Event = (
    Planned | Queued | StoodIn | TextAdded | TextReset | Repairing | SectionDone | SectionFailed | DraftDone
)


def finish(
    brief: Brief,
    doctype: DocType,
    outline: Outline,
    writer: str,
    texts: Mapping[str, str],
    failures: Mapping[str, str] | None = None,
) -> Draft:
    """The draft made of `texts` (section id → prose), checked. `failures` says why a section has no text."""
    sections = tuple(
        section.model_copy(update={"text": texts.get(section.id, "").strip()}) for section in outline.sections
    )
    draft = Draft(
        brief=brief, title=outline.title, writer=writer, sections=sections, unplaced=outline.unplaced
    )
    return checked(draft, doctype, failures)


def checked(draft: Draft, doctype: DocType, failures: Mapping[str, str] | None = None) -> Draft:
    """The draft with claims, checklist and findings of its text as it stands."""
    ledger = ledger_of(draft)
    untold = tuple(fact for fact in ledger.unused if fact not in draft.unplaced)
    draft = draft.model_copy(update={"claims": ledger.claims, "untold": untold})
    return draft.model_copy(
        update={
            "checklist": run_checklist(draft, doctype),
            "findings": of_draft(draft, doctype, ledger, failures),
        }
    )


def halted(brief: Brief, doctype: DocType, outline: Outline, writer: str, texts: Mapping[str, str]) -> Draft:
    """The draft of a writing that was stopped: what there is of its texts, each through the gate."""
    settled = {section: gate.settle(text, brief, ()) for section, text in texts.items()}
    return finish(brief, doctype, outline, writer, settled)


def unsupported(doctype: DocType, section: Section) -> str:
    """The visible mark for a section that rests on facts and has none; empty for any other section."""
    needs = doctype.section(section.spec).needs
    return f"〔待补充：{needs}〕" if needs and not section.facts else ""


class Desk:
    """One section on its way through a writer: written, verified, mended, settled.

    What happens is put into `events`.
    """

    def __init__(self, writer: SectionWriter, task: Task, events: asyncio.Queue[Event | None]) -> None:
        self.writer, self.task, self.events = writer, task, events
        self.id = task.section.id

    async def write(self) -> str:
        """The writer's text, streamed as it comes. Raises WriterError."""
        pieces: list[str] = []
        async for piece in self.writer.write(self.task):
            if isinstance(piece, Restart):
                pieces.clear()
                self.events.put_nowait(TextReset(section=self.id))
            elif isinstance(piece, str):
                pieces.append(piece)
                self.events.put_nowait(TextAdded(section=self.id, text=piece))
            else:
                self._tell(piece)
        return "".join(pieces).strip()

    async def mended(self, text: str) -> str:
        """The text with the fewest faults after at most REPAIRS tries; a failed try costs nothing."""
        faults = await self.faults(text)
        for _ in range(REPAIRS if self.writer.revises else 0):
            if not faults:
                break
            self.events.put_nowait(Repairing(section=self.id, faults=tuple(faults)))
            revision = Revision(text=text, faults=tuple(faults))
            try:
                tried = await self._rewritten(self.task.model_copy(update={"revision": revision}))
            except WriterError:
                break
            left = await self.faults(tried)
            if len(left) <= len(faults):
                text, faults = tried, left
        return text

    async def faults(self, text: str) -> list[str]:
        """What the gate finds wrong with a text; found in a thread, so that the other streams go on."""
        return await asyncio.to_thread(gate.faults, text, self.task.brief, self.task.facts)

    async def _rewritten(self, task: Task) -> str:
        pieces: list[str] = []
        async for piece in self.writer.write(task):
            if isinstance(piece, Restart):
                pieces.clear()
            elif isinstance(piece, str):
                pieces.append(piece)
            else:
                self._tell(piece)
        return "".join(pieces).strip()

    def _tell(self, piece: Waiting | HandedOver) -> None:
        """Say what is to be known of the writing besides its text."""
        if isinstance(piece, Waiting):
            self.events.put_nowait(Queued(section=self.id, position=piece.place))
        else:
            self.events.put_nowait(StoodIn(section=self.id, writer=piece.writer, why=piece.why))


async def stream(
    brief: Brief,
    doctype: DocType,
    writer: SectionWriter,
    *,
    concurrency: int | None = None,
    on_unsupported: OnUnsupported = "mark",
) -> AsyncGenerator[Event, None]:
    """Write a whole document and yield what happens.

    At most `concurrency` sections are written at once, without it as many as the writer takes: a model's
    endpoint has limits of its own.

    Every section is checked against the facts; faults go back to the writer, and what it cannot mend is
    marked 〔待核实：…〕 or, with «cut», left out. A section that rests on facts and has none is marked
    〔待补充：…〕, whoever writes. A section that fails is reported and left empty; the rest are unharmed.
    Closing the iterator stops the writing.
    """
    outline = build_outline(brief, doctype)
    async with aclosing(_written(brief, doctype, outline, writer, {}, concurrency, on_unsupported)) as events:
        async for event in events:
            yield event


async def resume(
    draft: Draft,
    doctype: DocType,
    writer: SectionWriter,
    *,
    only: str = "",
    concurrency: int | None = None,
    on_unsupported: OnUnsupported = "mark",
    begin: Begin = at_once,
) -> AsyncGenerator[Event, None]:
    """Write the sections of a draft that have no text yet, as `stream` does; the others stay as they are.

    With `only`, the section of this id is written, whatever it holds, and no other. `begin` has a hand in
    every section's writing.
    """
    outline = outline_of(draft)
    texts = {
        section.id: section.text
        for section in draft.sections
        if (section.id != only if only else section.text)
    }
    async with aclosing(
        _written(draft.brief, doctype, outline, writer, texts, concurrency, on_unsupported, begin)
    ) as events:
        async for event in events:
            yield event


async def _written(
    brief: Brief,
    doctype: DocType,
    outline: Outline,
    writer: SectionWriter,
    texts: dict[str, str],
    concurrency: int | None,
    on_unsupported: OnUnsupported,
    begin: Begin = at_once,
) -> AsyncGenerator[Event, None]:
    """Write the sections of the outline that `texts` (section id → prose) lacks, side by side.

    Raises WriterError for a brief with a secrecy mark that the writer would send elsewhere.
    """
    admit(writer, brief)
    yield Planned(outline=outline)
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    failures: dict[str, str] = {}
    places = asyncio.Semaphore(concurrency) if concurrency else nullcontext()

    async def write(task: Task) -> Outcome:
        desk = Desk(writer, task, events)
        async with places:
            try:
                text = await desk.mended(await desk.write())
            except WriterError as error:
                return Outcome(failure=str(error))
        return Outcome(text=await asyncio.to_thread(gate.settle, text, brief, task.facts, on_unsupported))

    async def take(section: Section, coming: Awaitable[Outcome]) -> None:
        outcome = await coming
        if outcome.failure:
            failures[section.id] = outcome.failure
            events.put_nowait(SectionFailed(section=section.id, message=outcome.failure))
        else:
            done(section, outcome.text)

    def done(section: Section, text: str) -> None:
        texts[section.id] = text
        events.put_nowait(SectionDone(section=section.model_copy(update={"text": text, "stale": False})))

    async def write_all() -> None:
        try:
            due = [section for section in outline.sections if section.written and section.id not in texts]
            for section in due:
                if mark := unsupported(doctype, section):
                    done(section, mark)
            tasks = [task_for(brief, doctype, outline, section) for section in due if section.id not in texts]
            async with asyncio.TaskGroup() as group:
                # The longest first: begun last, it would keep everybody waiting when the others are done.
                for task in sorted(tasks, key=target_length, reverse=True):
                    section = task.section
                    async with beginning():
                        group.create_task(take(section, begin(section.id, write(task))))
                        await asyncio.sleep(GAP)
        finally:
            events.put_nowait(None)

    writing = asyncio.create_task(write_all())
    try:
        while (event := await events.get()) is not None:
            yield event
        await writing
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    draft = await asyncio.to_thread(finish, brief, doctype, outline, writer.name, texts, failures)
    yield DraftDone(draft=draft)


async def rewrite(
    draft: Draft,
    doctype: DocType,
    writer: SectionWriter,
    section_id: str,
    *,
    instruction: str = "",
    on_unsupported: OnUnsupported = "mark",
) -> AsyncGenerator[Event, None]:
    """Write one section of a draft anew from its facts; with `instruction`, its text as an editor wants it.

    The draft itself stays as it is: the last event, SectionDone, holds the new text, which passed the same
    gate as any other. Raises WriterError when there is no text to be had, KeyError for an unknown section.
    """
    outline = outline_of(draft)
    section = next((one for one in draft.sections if one.id == section_id), None)
    if section is None:
        raise KeyError(section_id)
    task = task_for(draft.brief, doctype, outline, section)
    if instruction and section.text:
        task = task.model_copy(update={"revision": Revision(text=section.text, instruction=instruction)})
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    desk = Desk(writer, task, events)

    async def write() -> str:
        try:
            return unsupported(doctype, section) or await desk.mended(await desk.write())
        finally:
            events.put_nowait(None)

    writing = asyncio.create_task(write())
    try:
        while (event := await events.get()) is not None:
            yield event
        text = await writing
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    text = gate.settle(text, draft.brief, task.facts, on_unsupported)
    yield SectionDone(section=section.model_copy(update={"text": text, "stale": False}))
