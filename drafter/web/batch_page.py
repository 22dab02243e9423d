"""批量: many briefs uploaded at once, each drafted when a process is free; the results as one file."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from drafter.accounts.office import Office, Offices
from drafter.config import Settings
from drafter.errors import DrafterError
from drafter.store import StoreError
from drafter.web.asking import header, person_of, words_of
from drafter.web.shelf import Shelf
from drafter.web.views import render, status
from drafter.web.words import Words, words_for
from drafter.work import batches
from drafter.work.records import Order, Work

EVERY = 1.0
"""Seconds between two looks at the table."""
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

Updates = dict[Component, Any]

log = logging.getLogger(__name__)


class BatchPage:
    """Lays out the page inside an open route of a gr.Blocks and wires it."""

    def __init__(self, blocks: gr.Blocks, settings: Settings, offices: Offices, shelf: Shelf) -> None:
        self._settings, self._offices, self._shelf = settings, offices, shelf
        self._entering: dict[str, asyncio.Task[None]] = {}
        """Batches whose files are still being read."""
        words = words_for("zh")
        self.batch = gr.BrowserState("", storage_key="drafter-batch", secret="drafter")
        self.header = gr.HTML()
        with gr.Column(elem_id="drafts-desk"):
            self.files = gr.File(
                label=words("batch.files"),
                file_count="multiple",
                file_types=[".zip", *batches.READABLE],
                elem_id="batch-files",
                height=140,
            )
            with gr.Row(elem_id="batch-deeds"):
                self.start = gr.Button(words("batch.start"), variant="primary", elem_id="batch-start")
                self.stop = gr.Button(words("batch.stop"), visible=False, elem_id="batch-stop")
                self.again = gr.Button(words("batch.again"), visible=False, elem_id="batch-again")
                self.download = gr.Button(words("batch.download"), visible=False, elem_id="batch-download")
            self.status = gr.HTML(elem_id="batch-status", apply_default_css=False)
            self.table = gr.HTML(elem_id="batch", apply_default_css=False)
        shown = [
            self.header, self.files, self.start, self.stop, self.again, self.download, self.status,
            self.table, self.batch,
        ]  # fmt: skip
        long: dict[str, Any] = {"concurrency_limit": None, "trigger_mode": "once", **QUIET}
        blocks.load(self._open, None, shown, **QUIET).then(self._go_on, [self.batch], shown, **long)
        self.start.click(self._start, [self.files], shown, **long)
        self.again.click(self._again, [self.batch], shown, **long)
        self.stop.click(self._stop, [self.batch], [self.status], queue=False, **QUIET)

    def _open(self, request: gr.Request) -> Updates:
        words = words_of(request)
        return {
            self.header: header(request, words, "batch"),
            self.files: gr.update(label=words("batch.files")),
            self.start: words("batch.start"),
            self.stop: words("batch.stop"),
            self.again: words("batch.again"),
            self.download: words("batch.download"),
            self.status: status(words, words("batch.lead")),
        }

    async def _start(self, request: gr.Request, paths: list[str] | None) -> AsyncIterator[Updates]:
        """Enter the briefs of an upload, and show what becomes of them."""
        words, office = words_of(request), self._office(request)
        try:
            office.allow("draft")
            files = await asyncio.to_thread(batches.files_in, [Path(path) for path in paths or []])
        except DrafterError as error:
            yield {self.status: status(words, str(error), "bad")}
            return
        batch = batches.new_batch()
        order = Order(batch=batch, what=words("what.generated"))
        folders = self._settings.template_folders
        # Not part of this event: whoever leaves the page need not wait for it.
        entering = asyncio.create_task(batches.enter(office, files, order, folders))
        self._entering[batch] = entering
        entering.add_done_callback(lambda _: self._entering.pop(batch, None))
        yield {self.batch: batch, self.files: None}
        async for updates in self._followed(office, batch, words):
            yield updates
        if entering.done() and not entering.cancelled() and (failure := entering.exception()):
            yield {self.status: status(words, str(failure), "bad")}

    async def _again(self, request: gr.Request, batch: str) -> AsyncIterator[Updates]:
        """Order again what failed."""
        words, office = words_of(request), self._office(request)
        try:
            await batches.try_again(office, await works_of(office, batch))
        except DrafterError as error:
            yield {self.status: status(words, str(error), "bad")}
            return
        async for updates in self._followed(office, batch, words):
            yield updates

    async def _go_on(self, request: gr.Request, batch: str) -> AsyncIterator[Updates]:
        """Show the upload that this browser made last."""
        if not batch:
            yield gr.skip()  # without it Gradio would empty everything
            return
        async for updates in self._followed(self._office(request), batch, words_of(request)):
            yield updates

    async def _followed(self, office: Office, batch: str, words: Words) -> AsyncIterator[Updates]:
        """The table while there is something to come, then the results."""
        try:
            while True:
                works = await works_of(office, batch)
                under_way = batch in self._entering or any(work.open for work in works)
                yield self._shown(works, under_way, words)
                if not under_way:
                    break
                await asyncio.sleep(EVERY)
            place = Path(os.environ["GRADIO_TEMP_DIR"]) / "batch" / batch
            if file := await batches.packed(self._settings, works, place):
                yield {self.download: gr.update(visible=True, link=self._shelf.lend(file, office.person))}
        except StoreError as error:
            yield {self.status: status(words, str(error), "bad")}
        except Exception:
            log.exception("the page could not show a batch")
            yield {self.status: status(words, words("error.unexpected"), "bad")}

    def _shown(self, works: Sequence[Work], under_way: bool, words: Words) -> Updates:
        states = Counter(state_of(work) for work in works)
        counts = {
            name: states[name] for name in ("done", "wanting", "failed", "stopped", "running", "queued")
        }
        wrong = states["failed"] + states["wanting"]
        repeatable = any(work.draft and state_of(work) in ("failed", "wanting", "stopped") for work in works)
        tone = "" if under_way else "bad" if wrong else "good"
        return {
            self.status: status(words, words("batch.counts", total=len(works), **counts), tone),
            self.table: render("batch.html", words, works=works, state_of=state_of),
            self.stop: gr.update(visible=under_way),
            self.again: gr.update(visible=not under_way and repeatable),
            self.download: gr.update(visible=False),
        }

    async def _stop(self, request: gr.Request, batch: str) -> Updates:
        """Stop what is not finished."""
        words, office = words_of(request), self._office(request)
        if entering := self._entering.get(batch):
            entering.cancel()
        try:
            for work in await works_of(office, batch):
                if work.open:
                    await office.stop(work)
        except DrafterError as error:
            return {self.status: status(words, str(error), "bad")}
        return {self.status: status(words, words("batch.stopping"))}

    def _office(self, request: gr.Request) -> Office:
        return self._offices(person_of(request))


async def works_of(office: Office, batch: str) -> list[Work]:
    """What became of the files of an upload."""
    return await asyncio.to_thread(office.batch, batch) if batch else []


def state_of(work: Work) -> str:
    """The state of a work as the table shows it: one that is done but lacks sections is «wanting»."""
    return "wanting" if work.state == "done" and work.said else work.state
