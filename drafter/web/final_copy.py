"""正式稿: the final copy, as Word and as PDF; made when somebody asks for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.components import Component

from drafter import exporting
from drafter.accounts.office import Offices
from drafter.config import Settings
from drafter.docx import office as libreoffice
from drafter.errors import DrafterError
from drafter.houses import exported
from drafter.model import Origin
from drafter.store import Saved
from drafter.web import views
from drafter.web.asking import person_of, words_of
from drafter.web.form import file_name
from drafter.web.shelf import Shelf
from drafter.web.words import Words

log = logging.getLogger(__name__)

TAKE = (
    "(address) => { if (address) "
    "Object.assign(document.createElement('a'), { href: address, download: '' }).click(); }"
)
"""Has the browser fetch the file that was made; where there is none, the page has said why."""

Current = Callable[[Any], Saved | None]
"""The revision that a desk has in hand."""


class FinalCopy:
    """The buttons, laid out in an open row of a page, and what they do."""

    def __init__(self, words: Words, *, visible: bool) -> None:
        self.word = gr.Button(words("action.final"), visible=visible, elem_id="final")
        self.pdf = gr.Button(
            words("action.pdf"), visible=visible and libreoffice.present(), elem_id="final-pdf"
        )
        self.address = gr.Textbox(visible="hidden", elem_id="final-address")

    def shown(self, words: Words, visible: bool = True) -> dict[Component, Any]:
        """The buttons in a language, where there is a draft."""
        return {
            self.word: gr.update(value=words("action.final"), visible=visible),
            self.pdf: gr.update(value=words("action.pdf"), visible=visible and libreoffice.present()),
        }

    @property
    def buttons(self) -> list[Component]:
        """What `shown` changes."""
        return [self.word, self.pdf]

    def wire(
        self,
        desk: gr.State,
        status: gr.HTML,
        settings: Settings,
        offices: Offices,
        shelf: Shelf,
        current: Current,
    ) -> None:
        """Make the file of what `current` finds on the desk; of a draft that is not finished, `status` says
        what it lacks.
        """

        def made(request: gr.Request, held: Saved, ending: str) -> str:
            """The address of the file. Raises InputError for an unfinished draft, StoreError, Refused."""
            person, words = person_of(request), words_of(request)
            saved = offices(person).export(held.id, held.number)
            origin = Origin(draft=saved.id, number=saved.number)
            data = exported(settings, saved.draft, copy="final", origin=origin)
            if ending == ".pdf":
                data = exporting.pdf(data)
            return shelf.offer(data, file_name(saved.draft.title, words("file.fallback"), ending), person)

        async def make(request: gr.Request, on_desk: Any, ending: str) -> dict[Component, Any]:
            words, held = words_of(request), current(on_desk)
            if held is None:
                return {self.address: ""}
            try:
                address = await asyncio.to_thread(made, request, held, ending)
            except DrafterError as error:
                return {self.address: "", status: views.status(words, str(error), "bad")}
            except Exception:
                log.exception("the page could not make a final copy")
                return {self.address: "", status: views.status(words, words("error.unexpected"), "bad")}
            return {self.address: address, status: views.status(words, words("status.final"), "good")}

        async def word(request: gr.Request, on_desk: Any) -> dict[Component, Any]:
            return await make(request, on_desk, ".docx")

        async def pdf(request: gr.Request, on_desk: Any) -> dict[Component, Any]:
            return await make(request, on_desk, ".pdf")

        quiet: dict[str, Any] = {
            "show_progress": "hidden",
            "api_visibility": "private",
            "trigger_mode": "once",
        }
        for button, handler in ((self.word, word), (self.pdf, pdf)):
            button.click(handler, [desk], [self.address, status], concurrency_limit=4, **quiet).then(
                None, [self.address], None, js=TAKE, **quiet
            )
