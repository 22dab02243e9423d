"""文稿: the list of drafts — search, open, delete, bring back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from drafter import doctypes
from drafter.accounts.model import Person
from drafter.accounts.view import Stores
from drafter.config import Settings
from drafter.errors import DrafterError
from drafter.web import edit_views as views
from drafter.web.asking import header, person_of, words_of
from drafter.web.words import Words, words_for

HTML = Path(__file__).parent / "html"
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}


class DraftsPage:
    """Lays out the page inside an open route of a gr.Blocks and wires it."""

    def __init__(self, blocks: gr.Blocks, settings: Settings, stores: Stores) -> None:
        self._stores = stores
        self._types = doctypes.available(settings.template_folders)
        words = words_for("zh")
        self.header = gr.HTML()
        with gr.Column(elem_id="drafts-desk"):
            self.search = gr.Textbox(label=words("drafts.search"), elem_id="search")
            self.list = gr.HTML(
                elem_id="drafts",
                apply_default_css=False,
                js_on_load=(HTML / "drafts.js").read_text(encoding="utf-8"),
            )
            self.status = gr.HTML(elem_id="drafts-status", apply_default_css=False)
        blocks.load(self._open, None, [self.header, self.search, self.list, self.status], **QUIET)
        self.search.change(
            self._look, self.search, [self.list, self.status], trigger_mode="always_last", **QUIET
        )
        self.list.remove(self._remove, self.search, [self.list, self.status], **QUIET)
        self.list.undelete(self._undelete, self.search, [self.list, self.status], **QUIET)

    def _open(self, request: gr.Request) -> dict[Component, Any]:
        words = words_of(request)
        return {
            self.header: header(request, words, "drafts"),
            self.search: gr.update(label=words("drafts.search")),
            **self._shown(person_of(request), words, ""),
        }

    def _look(self, request: gr.Request, search: str) -> dict[Component, Any]:
        return self._shown(person_of(request), words_of(request), search)

    def _remove(self, event: gr.EventData, request: gr.Request, search: str) -> dict[Component, Any]:
        store = self._stores(person_of(request))
        return self._done(request, search, lambda: store.delete(str(event._data["id"])))

    def _undelete(self, event: gr.EventData, request: gr.Request, search: str) -> dict[Component, Any]:
        store = self._stores(person_of(request))
        return self._done(request, search, lambda: store.undelete(str(event._data["id"])))

    def _done(self, request: gr.Request, search: str, act: Any) -> dict[Component, Any]:
        words = words_of(request)
        try:
            act()
        except DrafterError as error:
            return {self.status: views.status(words, str(error), "bad")}
        return self._shown(person_of(request), words, search)

    def _shown(self, person: Person, words: Words, search: str) -> dict[Component, Any]:
        english = words.language == "en"
        names = {kind.id: kind.english if english else kind.name for kind in self._types}
        try:
            store = self._stores(person)
            drafts, deleted = store.drafts(search), store.drafts(search, deleted=True)
        except DrafterError as error:
            return {self.status: views.status(words, str(error), "bad")}
        return {self.list: views.listed(drafts, deleted, names, words, person), self.status: ""}
