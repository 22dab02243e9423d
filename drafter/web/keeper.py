"""Keeps a document in the store while it is being written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from drafter import drafting
from drafter.accounts.view import AuthorisedStore
from drafter.model import Brief, DocType, Draft
from drafter.store import Saved
from drafter.web.progress import Progress
from drafter.writing.sent import Sent


class Keeper:
    """Keeps a document in the store while it is being written, so that a stopped server loses nothing."""

    EVERY = 2.0
    """Seconds between two revisions while sections come in."""

    def __init__(
        self, store: AuthorisedStore, brief: Brief, doctype: DocType, writer: str, what: str
    ) -> None:
        self.brief, self.doctype = brief, doctype
        self.saved: Saved | None = None
        self._store, self._writer, self._what = store, writer, what
        self._finished = 0
        self._last = time.monotonic()

    async def keep(self, progress: Progress) -> None:
        """Keep the finished sections, unless that was done a moment ago."""
        new = len(progress.finished) > self._finished
        if progress.outline is None or not new or time.monotonic() - self._last < self.EVERY:
            return
        texts = {section: progress.texts[section] for section in progress.finished}
        self._finished, self._last = len(texts), time.monotonic()
        await self.put(drafting.finish(self.brief, self.doctype, progress.outline, self._writer, texts))

    async def put(self, draft: Draft, sent: Sequence[Sent] = ()) -> Saved:
        """Keep the draft as it is, and what was sent to a model service for it."""
        if self.saved is None:
            self.saved = await asyncio.to_thread(self._store.create, draft, "", self._what, self._writer)
        elif draft != self.saved.draft:
            self.saved = await asyncio.to_thread(
                self._store.save, self.saved, draft, "", self._what, self._writer
            )
        if sent:
            await asyncio.to_thread(self._store.note_sent, self.saved.id, sent)
        return self.saved
