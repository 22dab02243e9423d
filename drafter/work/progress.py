"""A document while it is being written: what each section has so far, whichever process writes it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Literal

from drafter.drafting import (
    DraftDone,
    Event,
    Planned,
    Queued,
    SectionDone,
    SectionFailed,
    StoodIn,
    TextAdded,
    TextReset,
)
from drafter.model import Draft, Outline, Record
from drafter.review.findings import FAILED

State = Literal["waiting", "writing", "done", "failed", "stopped", "unfinished"]


class Part(Record):
    """One section as far as it is: its text or why it has none, its place in the queue for the model, and the
    model that stepped in when the first one failed.
    """

    section: str
    state: Literal["writing", "done", "failed"] = "writing"
    text: str = ""
    said: str = ""
    place: int = 0
    stood_in: str = ""


class Progress:
    """The sections' texts and states as the events, or another process's rows, tell them."""

    def __init__(self) -> None:
        self.outline: Outline | None = None
        self.draft: Draft | None = None
        self.texts: dict[str, str] = {}
        self.failures: dict[str, str] = {}
        self.finished: set[str] = set()
        self.queued: dict[str, int] = {}
        """Section id → its place among those that wait for the model."""
        self.stood_in: dict[str, str] = {}
        """Section id → the model that stepped in when the first one failed."""
        self.tokens = 0
        self.cost: float | None = None
        """What the writing has used so far, in tokens and in yuan; None where that is unknown."""
        self.stopped = False
        self._started = time.monotonic()

    def take(self, event: Event) -> None:
        """Note one event."""
        match event:
            case Planned(outline=outline):
                self.plan(outline)
            case TextAdded(section=section, text=text):
                self.texts[section] = self.texts.get(section, "") + text
            case Queued(section=section, position=position):
                self.queued[section] = position
            case StoodIn(section=section, writer=writer):
                self.stood_in[section] = writer
            case TextReset(section=section):
                self.texts.pop(section, None)
            case SectionDone(section=written):
                self.texts[written.id] = written.text
                self.finished.add(written.id)
            case SectionFailed(section=section, message=message):
                self.failures[section] = message
            case DraftDone(draft=draft):
                self.draft = draft

    def plan(self, outline: Outline, anew: str = "") -> None:
        """The outline stands. Sections that have a text already are done, but for the one written `anew`."""
        self.outline = outline
        for section in outline.sections:
            if section.written and section.text and section.id != anew:
                self.texts[section.id] = section.text
                self.finished.add(section.id)

    def read(self, parts: Iterable[Part]) -> None:
        """Take over what another process says of these sections."""
        for part in parts:
            self.texts[part.section] = part.text
            self.queued[part.section] = part.place
            if part.stood_in:
                self.stood_in[part.section] = part.stood_in
            if part.state == "done":
                self.finished.add(part.section)
            elif part.state == "failed":
                self.failures[part.section] = part.said

    def parts(self, sections: Iterable[str]) -> list[Part]:
        """What other processes are told of these sections."""
        states: Mapping[str, Literal["writing", "done", "failed"]] = {
            **dict.fromkeys(self.finished, "done"),
            **dict.fromkeys(self.failures, "failed"),
        }
        return [
            Part(
                section=section,
                state=states.get(section, "writing"),
                text=self.texts.get(section, ""),
                said=self.failures.get(section, ""),
                place=self.queued.get(section, 0),
                stood_in=self.stood_in.get(section, ""),
            )
            for section in sections
        ]

    def conclude(self, draft: Draft) -> None:
        """All is written that could be: `draft`."""
        self.draft = draft
        for section in draft.sections:
            if section.text:
                self.texts[section.id] = section.text
                if not self.stopped:
                    self.finished.add(section.id)
        self.recall(draft)

    def recall(self, draft: Draft, anew: str = "") -> None:
        """Why sections of the draft have no text, but for the one written `anew`."""
        for finding in draft.findings:
            if finding.rule == "draft.section-failed" and finding.section != anew:
                said = finding.message.partition(FAILED)[2]
                self.failures.setdefault(finding.section, said or finding.message)

    def state(self, section_id: str) -> State:
        """Where the section `section_id` stands."""
        if section_id in self.failures:
            return "failed"
        if section_id in self.finished:
            return "done"
        begun = bool(self.texts.get(section_id))
        if self.stopped or self.draft is not None:
            return "unfinished" if begun else "stopped"
        return "writing" if begun else "waiting"

    @property
    def total(self) -> int:
        """How many sections are to be written."""
        return sum(section.written for section in self.outline.sections) if self.outline else 0

    @property
    def seconds(self) -> int:
        """Whole seconds since the writing began, or since it was first looked at from another process."""
        return int(time.monotonic() - self._started)


async def until(events: AsyncIterator[Event], stop: asyncio.Event) -> AsyncIterator[Event]:
    """The events, until they end or `stop` is set; afterwards nobody waits for one any more."""
    stopping = asyncio.create_task(stop.wait())
    coming: asyncio.Future[Event | None] = stopping  # type: ignore[assignment]
    try:
        while True:
            coming = asyncio.ensure_future(anext(events, None))
            await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stopping.done() or (event := coming.result()) is None:
                return
            yield event
    finally:
        stopping.cancel()
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
