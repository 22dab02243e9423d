"""审核: the document with its verdict and checklist; remarks at sections; return or approve."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from drafter import doctypes
from drafter.accounts.view import AuthorisedStore, Stores
from drafter.config import Settings
from drafter.errors import DrafterError
from drafter.store import Saved, Status
from drafter.web import edit_views as views
from drafter.web.asking import header, person_of, words_of
from drafter.web.words import Words, words_for

HTML = Path(__file__).parent / "html"
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}

Updates = dict[Component, Any]


class Desk:
    """What the server remembers of one open page."""

    def __init__(self) -> None:
        self.saved: Saved | None = None
        self.section = ""


class ReviewPage:
    """Lays out the page inside an open route of a gr.Blocks and wires it."""

    def __init__(self, blocks: gr.Blocks, settings: Settings, stores: Stores) -> None:
        self._settings, self._stores = settings, stores
        self._lay_out(words_for("zh"))
        self._wire(blocks)

    def _lay_out(self, words: Words) -> None:
        self.desk = gr.State(Desk())
        self.author_kept = gr.BrowserState("", storage_key="drafter-reviewer", secret="drafter")
        self.header = gr.HTML()
        with gr.Row(elem_id="bench"):
            with gr.Column(elem_id="edit-preview"):
                self.paper = gr.HTML(
                    elem_id="review-paper",
                    apply_default_css=False,
                    js_on_load=(HTML / "edit.js").read_text(encoding="utf-8"),
                )
            with gr.Column(elem_id="tools"):
                self.verdict = gr.HTML(elem_id="verdict", apply_default_css=False)
                self.remark = gr.Textbox(label=words("review.remark"), lines=3, elem_id="remark")
                self.add = gr.Button(words("review.add"), elem_id="add-remark")
                self.remarks = gr.HTML(elem_id="remarks", apply_default_css=False)
                self.author = gr.Textbox(label=words("review.author"), elem_id="reviewer")
        with gr.Row(elem_id="edit-actions"):
            self.status = gr.HTML(elem_id="review-status", apply_default_css=False)
            self.back = gr.Button(words("review.return"), elem_id="return")
            self.approve = gr.Button(words("review.approve"), variant="primary", elem_id="approve")

    def _wire(self, blocks: gr.Blocks) -> None:
        shown = [
            self.desk, self.header, self.paper, self.verdict, self.remark, self.add, self.remarks,
            self.author, self.status, self.back, self.approve,
        ]  # fmt: skip
        blocks.load(self._open, [self.desk, self.author_kept], shown, **QUIET)
        self.author.change(lambda name: name, self.author, self.author_kept, **QUIET)
        self.paper.pick(self._pick, [self.desk], shown, **QUIET)
        self.add.click(self._add, [self.desk, self.author, self.remark], shown, **QUIET)
        self.back.click(self._return, [self.desk, self.author], shown, **QUIET)
        self.approve.click(self._approve, [self.desk, self.author], shown, **QUIET)

    def _open(self, request: gr.Request, desk: Desk, author: str) -> Updates:
        words = words_of(request)
        labels: Updates = {
            self.desk: desk,
            self.header: header(request, words, "review"),
            self.author: gr.update(
                label=words("review.author"), value=author, visible=not person_of(request).role
            ),
        }
        try:
            store = self._stores(person_of(request))
            desk.saved = store.load(str(request.query_params.get("id", "")))
        except DrafterError as error:
            return labels | {self.status: views.status(words, str(error), "bad")}
        desk.section = next(section.id for section in desk.saved.draft.sections if section.written)
        return labels | self._show(store, desk, words)

    def _show(
        self, store: AuthorisedStore, desk: Desk, words: Words, said: str = "", tone: str = ""
    ) -> Updates:
        """Everything that follows from the draft, its remarks and the section in hand."""
        saved = desk.saved
        if saved is None:
            return {self.status: views.status(words, words("edit.none"), "bad")}
        doctype = doctypes.load(saved.draft.brief.doctype, self._settings.template_folders)
        label = doctype.label_of(next(one for one in saved.draft.sections if one.id == desk.section))
        remarks, may = store.remarks(saved.id), store.person.may
        return {
            self.paper: views.paper(saved.draft, doctype, desk.section, words, saved.id, remarks),
            self.verdict: views.verdict(saved.draft, words),
            self.remark: gr.update(label=words("review.remark_on", label=label)),
            self.remarks: views.remarks(remarks, saved.draft, doctype, words),
            self.back: gr.update(
                value=words("review.return"),
                interactive=may("return") and saved.status in ("submitted", "approved"),
            ),
            self.approve: gr.update(
                value=words("review.approve"), interactive=may("approve") and saved.status == "submitted"
            ),
            self.add: gr.update(value=words("review.add"), interactive=may("remark")),
            self.status: views.status(words, said or words(f"status.{saved.status}"), tone),
        }

    def _pick(self, event: gr.EventData, request: gr.Request, desk: Desk) -> Updates:
        if desk.saved and any(one.id == event._data["section"] for one in desk.saved.draft.sections):
            desk.section = str(event._data["section"])
        words = words_of(request)
        return self._done(self._stores(person_of(request)), desk, words, lambda: None)

    def _add(self, request: gr.Request, desk: Desk, author: str, text: str) -> Updates:
        words = words_of(request)
        if desk.saved is None or not (text or "").strip():
            return {self.status: views.status(words, words("review.empty"), "bad")}
        saved, section, store = desk.saved, desk.section, self._stores(person_of(request))
        return self._done(
            store, desk, words, lambda: store.remark(saved.id, section, text.strip(), author)
        ) | {self.remark: ""}

    def _return(self, request: gr.Request, desk: Desk, author: str) -> Updates:
        return self._decide(request, desk, "returned", author)

    def _approve(self, request: gr.Request, desk: Desk, author: str) -> Updates:
        return self._decide(request, desk, "approved", author)

    def _decide(self, request: gr.Request, desk: Desk, status: Status, author: str) -> Updates:
        words = words_of(request)
        store = self._stores(person_of(request))

        def decide() -> None:
            if desk.saved is not None:
                desk.saved = store.pass_on(desk.saved, status, author, words(f"what.{status}"))

        return self._done(store, desk, words, decide)

    def _done(self, store: AuthorisedStore, desk: Desk, words: Words, act: Callable[[], None]) -> Updates:
        try:
            act()
            return self._show(store, desk, words)
        except DrafterError as error:
            said = str(error)
        try:
            if desk.saved is not None:
                desk.saved = store.load(desk.saved.id)
            return self._show(store, desk, words, said, "bad")
        except DrafterError as error:
            return {self.status: views.status(words, str(error), "bad")}
