"""The final copy, as Word and as PDF: files that are made when somebody asks for them."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from drafter import exporting
from drafter.docx import office
from drafter.errors import DrafterError
from drafter.model import DocType, Draft
from drafter.web import views
from drafter.web.form import file_name
from drafter.web.words import Words, words_for

log = logging.getLogger(__name__)

TAKE = "(file) => { if (file) setTimeout(() => document.querySelector('#made-file').click(), 200); }"
"""Hands the browser the file that was made; where there is none, the page has said why."""

Current = Callable[[Any], tuple[Draft, DocType] | None]
"""The draft that a desk has in hand, with its type."""


class Downloads:
    """The buttons, laid out in an open row of a page, and what they do."""

    def __init__(self, words: Words, *, visible: bool) -> None:
        self.final = gr.Button(words("action.final"), visible=visible, elem_id="final")
        self.pdf = gr.Button(words("action.pdf"), visible=visible and office.present(), elem_id="final-pdf")
        self.file = gr.DownloadButton("", elem_id="made-file", elem_classes="offstage")

    def shown(self, words: Words, visible: bool = True) -> dict[Component, Any]:
        """The buttons in a language, where there is a draft."""
        return {
            self.final: gr.update(value=words("action.final"), visible=visible),
            self.pdf: gr.update(value=words("action.pdf"), visible=visible and office.present()),
        }

    @property
    def buttons(self) -> list[Component]:
        """What `shown` changes."""
        return [self.final, self.pdf]

    def wire(self, desk: gr.State, status: gr.HTML, current: Current) -> None:
        """Make the file of what `current` finds on the desk; a draft that is not finished is told of in
        `status`.
        """
        quiet: dict[str, Any] = {
            "show_progress": "hidden",
            "api_visibility": "private",
            "trigger_mode": "once",
        }

        async def final(request: gr.Request, held: Any) -> dict[Component, Any]:
            return await self._made(request, current(held), status, as_pdf=False)

        async def pdf(request: gr.Request, held: Any) -> dict[Component, Any]:
            return await self._made(request, current(held), status, as_pdf=True)

        for button, make in ((self.final, final), (self.pdf, pdf)):
            button.click(make, [desk], [self.file, status], concurrency_limit=4, **quiet).then(
                None, [self.file], None, js=TAKE, **quiet
            )

    async def _made(
        self, request: gr.Request, held: tuple[Draft, DocType] | None, status: gr.HTML, *, as_pdf: bool
    ) -> dict[Component, Any]:
        words = words_for(request.headers.get("accept-language", ""))
        if held is None:
            return {self.file: None}
        draft, doctype = held
        try:
            data = await asyncio.to_thread(exporting.export, draft, doctype, copy="final")
            if as_pdf:
                data = await asyncio.to_thread(exporting.pdf, data)
        except DrafterError as error:
            return {self.file: None, status: views.status(words, str(error), "bad")}
        except Exception:
            log.exception("the page could not make a final copy")
            return {self.file: None, status: views.status(words, words("error.unexpected"), "bad")}
        folder = Path(tempfile.mkdtemp(dir=os.environ["GRADIO_TEMP_DIR"]))
        path = folder / file_name(draft.title, words("file.fallback"), ".pdf" if as_pdf else ".docx")
        path.write_bytes(data)
        return {self.file: str(path), status: views.status(words, words("status.final"), "good")}
