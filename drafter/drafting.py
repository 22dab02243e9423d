"""Wires the stages: outline → sections side by side → checks. Streams events as it goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

from drafter.errors import WriterError
from drafter.model import Brief, DocType, Draft, Outline, Record, Section
from drafter.outline import build_outline
from drafter.review.checklist import run_checklist
from drafter.review.findings import of_draft
from drafter.writing import Restart, SectionWriter, task_for


class Planned(Record):
    """The outline stands; writing begins."""

    outline: Outline


class TextAdded(Record):
    """More text of a section that is being written."""

    section: str
    text: str


class TextReset(Record):
    """The text of a section so far is void: it is written anew."""

    section: str


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


Event = Planned | TextAdded | TextReset | SectionDone | SectionFailed | DraftDone


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
    return draft.model_copy(
        update={
            "checklist": run_checklist(draft, doctype),
            "findings": of_draft(draft, doctype, failures),
        }
    )


def unsupported(doctype: DocType, section: Section) -> str:
    """The visible mark for a section that rests on facts and has none; empty for any other section."""
    needs = doctype.section(section.spec).needs
    return f"〔待补充：{needs}〕" if needs and not section.facts else ""


async def stream(
    brief: Brief, doctype: DocType, writer: SectionWriter, *, concurrency: int = 8
) -> AsyncIterator[Event]:
    """Write a whole document, at most `concurrency` sections at once, and yield what happens.

    A section that rests on facts and has none is marked 〔待补充：…〕, whoever writes. A section that fails
    is reported and left empty; the rest are unharmed. Closing the iterator stops the writing.
    """
    outline = build_outline(brief, doctype)
    yield Planned(outline=outline)
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    texts: dict[str, str] = {}
    failures: dict[str, str] = {}
    places = asyncio.Semaphore(concurrency)

    async def write(section: Section) -> None:
        async with places:
            pieces: list[str] = []
            try:
                async for piece in writer.write(task_for(brief, doctype, outline, section)):
                    if isinstance(piece, Restart):
                        pieces.clear()
                        events.put_nowait(TextReset(section=section.id))
                        continue
                    pieces.append(piece)
                    events.put_nowait(TextAdded(section=section.id, text=piece))
            except WriterError as error:
                failures[section.id] = str(error)
                events.put_nowait(SectionFailed(section=section.id, message=str(error)))
                return
            done(section, "".join(pieces).strip())

    def done(section: Section, text: str) -> None:
        texts[section.id] = text
        events.put_nowait(SectionDone(section=section.model_copy(update={"text": text})))

    async def write_all() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for section in outline.sections:
                    if not section.written:
                        continue
                    if mark := unsupported(doctype, section):
                        done(section, mark)
                    else:
                        group.create_task(write(section))
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
    yield DraftDone(draft=finish(brief, doctype, outline, writer.name, texts, failures))
