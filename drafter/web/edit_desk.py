"""What the rooms of the editing page share: the draft in hand, how it is shown, changed and kept."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from drafter import doctypes, editing, exporting
from drafter.config import Settings
from drafter.editing import Hunk
from drafter.errors import DrafterError
from drafter.houses import house_for
from drafter.model import DocType, Draft, Note, Origin
from drafter.store import Conflict, Saved
from drafter.web import edit_views as views
from drafter.web.edit_layout import EditLayout
from drafter.web.form import file_name
from drafter.web.words import Words, words_for
from drafter.work.records import Work, WorkStore
from drafter.work.room import Room

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

Updates = dict[Component, Any]
Change = Callable[[Draft, DocType], Draft]


class Desk:
    """What the server remembers of one open page. Changed in place, so that every handler sees it at once."""

    def __init__(self) -> None:
        self.saved: Saved | None = None
        self.section = ""
        self.proposal: tuple[Hunk, ...] = ()
        self.why = ""
        self.faults: list[str] = []
        self.stop: asyncio.Event | None = None
        self.work: Work | None = None
        """The work that is shown here while it goes on."""


class EditDesk(EditLayout):
    """The editing page without its rooms."""

    _settings: Settings
    _room: Room
    _store: WorkStore

    def _show(self, desk: Desk, words: Words, said: str = "", tone: str = "") -> Updates:
        """Everything that follows from the draft and the section in hand."""
        saved = desk.saved
        if saved is None:
            return {self.status: views.status(words, words("edit.none"), "bad")}
        doctype = self._type(saved)
        section = editing.section_of(saved.draft, desk.section)
        remarks = self._store.remarks(saved.id)
        return {
            self.paper: views.paper(saved.draft, doctype, desk.section, words, saved.id, remarks),
            self.about: views.about(saved.draft, doctype, section, words, remarks),
            self.text: gr.update(
                value=section.text, label=words("edit.text"), interactive=not section.locked
            ),
            self.lock: words("edit.unlock" if section.locked else "edit.lock"),
            self.heading: gr.update(label=words("edit.heading"), value=section.heading),
            self.history: views.history(self._store.history(saved.id), words),
            self.compared: "",
            self.sent: views.sent(self._store.sent(saved.id), saved.draft, doctype, words),
            self.status: views.status(words, said or views.saved_line(saved, words), tone),
            self.download: gr.update(label=words("action.download"), value=self._file(saved, doctype, words)),
            self.resume: gr.update(visible=bool(editing.unwritten(saved.draft)), value=words("edit.resume")),
            self.submit: gr.update(
                value=words("edit.submit"), interactive=saved.status in ("drafting", "returned")
            ),
            **self.downloads.shown(words),
            **self._proposal(desk, words),
        }

    def _proposal(self, desk: Desk, words: Words, writing: bool = False) -> Updates:
        there = bool(desk.proposal)
        locked = desk.saved is None or editing.section_of(desk.saved.draft, desk.section).locked
        return {
            self.proposal: views.proposal(desk.proposal, desk.faults, words) if there else "",
            self.save: gr.update(value=words("edit.save"), variant="secondary" if there else "primary"),
            self.accept: gr.update(visible=there, value=words("edit.accept")),
            self.reject: gr.update(visible=there, value=words("edit.reject")),
            self.rewrite: gr.update(visible=not writing, interactive=not locked, value=words("edit.rewrite")),
            self.stop: gr.update(visible=writing, value=words("action.stop")),
        }

    def _in_hand(self, desk: Desk) -> tuple[Draft, DocType] | None:
        return (desk.saved.draft, self._type(desk.saved)) if desk.saved else None

    def _type(self, saved: Saved) -> DocType:
        return doctypes.load(saved.draft.brief.doctype, self._settings.template_folders)

    def _file(self, saved: Saved, doctype: DocType, words: Words) -> str:
        """The .docx of a revision, ready for download."""
        folder = Path(os.environ["GRADIO_TEMP_DIR"]) / "export" / saved.id
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / file_name(saved.draft.title, words("file.fallback"))
        notes = [
            Note(section=one.section, author=one.author, text=one.text)
            for one in self._store.remarks(saved.id)
            if not one.settled
        ]
        house = house_for(self._settings, saved.draft.brief.unit, doctype.id)
        origin = Origin(draft=saved.id, number=saved.number)
        path.write_bytes(exporting.export(saved.draft, doctype, notes=notes, house=house, origin=origin))
        return str(path)

    def _keep(self, desk: Desk, text: str, author: str, words: Words) -> None:
        """Save what was typed and not saved yet, so that nothing the page does next can lose it."""
        saved = desk.saved
        if saved is None or saved.status in ("submitted", "approved"):
            return
        section = editing.section_of(saved.draft, desk.section)
        if section.locked or (text or "").strip() == section.text.strip():
            return
        draft = editing.with_text(saved.draft, self._type(saved), section.id, text)
        desk.saved = self._store.save(saved, draft, author, words("what.edited"))

    def _changed(
        self,
        request: gr.Request,
        desk: Desk,
        text: str,
        author: str,
        what: str,
        change: Change,
        why: str = "",
    ) -> Updates:
        """Make a change, keep it as a revision, and show it; an error changes nothing and is said."""

        def save(saved: Saved) -> Saved:
            draft = change(saved.draft, self._type(saved))
            words = words_for(request.headers.get("accept-language", ""))
            return saved if draft == saved.draft else self._store.save(saved, draft, author, words(what), why)

        return self._turned(request, desk, text, author, save)

    def _others_first(self, desk: Desk, words: Words, error: Conflict) -> Updates:
        """Show the newest revision, but leave what the person typed in its box."""
        assert desk.saved is not None
        desk.saved = self._store.load(desk.saved.id)
        if desk.section not in {section.id for section in desk.saved.draft.sections}:
            desk.section = next(section.id for section in desk.saved.draft.sections if section.written)
        shown = self._show(desk, words, str(error), "bad")
        del shown[self.text]
        return shown

    def _turned(
        self, request: gr.Request, desk: Desk, text: str, author: str, turn: Callable[[Saved], Saved]
    ) -> Updates:
        """Save what was typed, then go to another state of the draft, and show it."""
        words = words_for(request.headers.get("accept-language", ""))
        if desk.saved is None:
            return self._show(desk, words)
        try:
            self._keep(desk, text, author, words)
            desk.saved = turn(desk.saved)
        except Conflict as error:
            return self._others_first(desk, words, error)
        except DrafterError as error:
            return {self.status: views.status(words, str(error), "bad")}
        if desk.section not in {section.id for section in desk.saved.draft.sections if section.written}:
            desk.section = next(section.id for section in desk.saved.draft.sections if section.written)
        desk.proposal = ()
        return self._show(desk, words)
