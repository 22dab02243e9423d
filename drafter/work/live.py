"""A work in this process: how far it is, and who is to hear of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from drafter.drafting import Event, Outcome, Planned, Queued, TextAdded
from drafter.work.progress import Progress
from drafter.work.records import Claimed, Told, Wishes
from drafter.writing import SectionWriter
from drafter.writing.sent import Sent, sent_by

REFRESH = 0.25
"""Seconds between two looks at text that is still coming; everything else is shown at once."""


class Bell:
    """Counts what happens. Whoever waits names the count that is known to them, and so misses nothing."""

    def __init__(self) -> None:
        self.count = 0
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Something happened."""
        self.count += 1
        self._rung.set()
        self._rung = asyncio.Event()

    async def after(self, count: int, seconds: float) -> None:
        """Wait until more than `count` has happened, at most so long."""
        if self.count == count and seconds > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._rung.wait()


class Live:
    """A claimed work while it is carried out here."""

    def __init__(self, claimed: Claimed) -> None:
        self.claimed = claimed
        self.id = claimed.work.id
        self.progress = Progress()
        self.stopping = asyncio.Event()
        self.watched = False
        self.task: asyncio.Task[None] | None = None
        self.writer: SectionWriter | None = None
        self.held = 0
        """How many sections wait for the model and are not to be written here any more."""
        self._writing: dict[str, asyncio.Task[Outcome]] = {}
        self._begun: list[asyncio.Task[Outcome]] = []
        self._changed: set[str] = set()
        self._told_sent = 0
        self._any, self._news = Bell(), Bell()
        self.hear(claimed.wishes)

    def hear(self, wishes: Wishes) -> None:
        """Note what others want of the work."""
        self.watched = wishes.watched
        if wishes.stop:
            self.stopping.set()

    def take(self, event: Event) -> None:
        """Note what happened, and tell whoever follows."""
        self.progress.take(event)
        if isinstance(event, Planned):
            self.progress.plan(event.outline, self.claimed.work.order.only)
            self.progress.read(self.claimed.kept)
        elif section := getattr(event, "section", None):
            self._changed.add(section if isinstance(section, str) else section.id)
        self.count_used()
        self._any.ring()
        if not isinstance(event, TextAdded | Queued):
            self._news.ring()

    def begin(
        self, coming: Coroutine[Any, Any, Outcome], writing: Coroutine[Any, Any, Outcome]
    ) -> asyncio.Task[Outcome]:
        """Begin what keeps the outcome of `writing`, a section's; both end with this work at the latest."""
        task = asyncio.create_task(coming)
        task.add_done_callback(lambda _: writing.close())
        self._begun.append(task)
        return task

    async def written(
        self, section: str, writing: Coroutine[Any, Any, Outcome], held: bool = False
    ) -> Outcome:
        """What comes of a section. One that is held back does not come at all."""
        if not held:
            task = self._writing[section] = asyncio.create_task(writing)
            try:
                return await task
            except asyncio.CancelledError:
                mine = asyncio.current_task()
                if mine is None or mine.cancelling():
                    raise
        self.held += 1
        await asyncio.Event().wait()
        raise AssertionError("a section that is held back goes on")

    def hold(self) -> None:
        """Hold back the sections that still wait for the model."""
        for section, task in self._writing.items():
            if self.progress.queued.get(section):
                task.cancel()

    async def drop(self) -> None:
        """End what sections are still being written."""
        for task in self._begun:
            task.cancel()
        await asyncio.gather(*self._begun, return_exceptions=True)

    def cancel(self) -> asyncio.Task[None] | None:
        """Leave the work as it is; the task that ends by that."""
        if self.task:
            self.task.cancel()
        return self.task

    def count_used(self) -> None:
        """Add what was used before to what the writer here has used."""
        before, writer = self.claimed.work, self.writer
        if writer is not None and writer.tokens:
            self.progress.tokens = before.tokens + writer.tokens
            unknown = writer.cost is None or (before.tokens and before.cost is None)
            self.progress.cost = None if unknown else (before.cost or 0.0) + (writer.cost or 0.0)

    def over(self) -> None:
        """Wake everybody: nothing more happens here."""
        self._any.ring()
        self._news.ring()

    async def change(self, known: tuple[int, int], since: float) -> tuple[int, int]:
        """Wait for something that is not `known`, at most a second; growing text waits until REFRESH after
        `since`, a time of the monotonic clock. Returns what is known now.
        """
        await self._any.after(known[0], 1.0)
        await self._news.after(known[1], since + REFRESH - time.monotonic())
        return self._any.count, self._news.count

    def growing(self) -> Told | None:
        """What other processes are to hear of it since the last time; None when that is nothing."""
        sent = self.unsent()
        changed: set[str] = set()
        if self.watched:
            changed, self._changed = self._changed, changed
        return self.told(changed, sent) if changed or sent else None

    def told(self, sections: set[str], sent: tuple[Sent, ...]) -> Told:
        """What is to be kept of these sections."""
        return Told(
            work=self.id,
            token=self.claimed.token,
            parts=tuple(self.progress.parts(sorted(sections))),
            sent=sent,
            tokens=self.progress.tokens,
            cost=self.progress.cost,
        )

    def unsent(self) -> tuple[Sent, ...]:
        """What went to a model service elsewhere and was not told yet."""
        return sent_by(self.writer)[self._told_sent :] if self.writer else ()

    def noted(self, told: Told) -> None:
        """What was told is kept now."""
        if told.sent and self.writer:
            self._told_sent = max(self._told_sent, sent_by(self.writer).index(told.sent[-1]) + 1)
