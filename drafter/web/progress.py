"""A document while it is being written: what each section has so far, and when to show it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Literal

from drafter.drafting import (
    DraftDone,
    Event,
    Headed,
    Planned,
    Queued,
    SectionDone,
    SectionFailed,
    StoodIn,
    TextAdded,
    TextReset,
)
from drafter.model import Draft, Outline

State = Literal["waiting", "writing", "done", "failed", "stopped", "unfinished"]

REFRESH = 0.25
"""Seconds between two looks at text that is still coming; finished sections are shown at once."""


class Progress:
    """The sections' texts and states as the events tell them."""

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
        self.stopped = False
        self._started = time.monotonic()

    def take(self, event: Event) -> None:
        """Note one event."""
        match event:
            case Planned(outline=outline) | Headed(outline=outline):
                self.outline = outline
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

    def again(self, section: str) -> None:
        """Begin with one section anew; the others stay as they are."""
        self.failures.pop(section, None)
        self.texts.pop(section, None)
        self.finished.discard(section)
        self.draft, self.stopped, self._started = None, False, time.monotonic()

    def state(self, section_id: str) -> State:
        """Where the section `section_id` stands."""
        if section_id in self.failures:
            return "failed"
        if section_id in self.finished:
            return "done"
        begun = bool(self.texts.get(section_id))
        if self.stopped:
            return "unfinished" if begun else "stopped"
        return "writing" if begun else "waiting"

    @property
    def total(self) -> int:
        """How many sections are to be written."""
        return sum(section.written for section in self.outline.sections) if self.outline else 0

    @property
    def seconds(self) -> int:
        """Whole seconds since the writing began."""
        return int(time.monotonic() - self._started)


async def follow(
    events: AsyncGenerator[Event, None], stop: asyncio.Event, progress: Progress
) -> AsyncIterator[Progress]:
    """Take the events into `progress`; yield it at a section's end, with text every REFRESH seconds, and once
    a second. Ends when the events end or `stop` is set; then the writing is closed and `stopped` says so.
    """
    shown = 0.0
    stopping = asyncio.create_task(stop.wait())
    coming = asyncio.ensure_future(anext(events))
    try:
        while True:
            done, _ = await asyncio.wait({coming, stopping}, timeout=1, return_when=asyncio.FIRST_COMPLETED)
            if stopping in done:
                progress.stopped = progress.draft is None
                break
            if coming in done:
                try:
                    event = coming.result()
                except StopAsyncIteration:
                    break
                progress.take(event)
                coming = asyncio.ensure_future(anext(events))
                if isinstance(event, TextAdded | Queued) and time.monotonic() - shown < REFRESH:
                    continue
            yield progress
            shown = time.monotonic()
    finally:
        stopping.cancel()
        coming.cancel()
        await asyncio.wait({coming})
        await events.aclose()
    yield progress


async def until(events: AsyncIterator[Event], stop: asyncio.Event) -> AsyncIterator[Event]:
    """The events, until they end or `stop` is set."""
    stopping = asyncio.create_task(stop.wait())
    try:
        while True:
            coming = asyncio.ensure_future(anext(events, None))
            await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stopping.done():
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)
                return
            event = coming.result()
            if event is None:
                return
            yield event
    finally:
        stopping.cancel()
