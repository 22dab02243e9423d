"""What the rooms of the editing page share: the draft in hand, how it is shown, changed and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.components import Component

from drafter import doctypes, editing
from drafter.accounts.office import Office, Offices
from drafter.config import Settings
from drafter.editing import Hunk
from drafter.errors import DrafterError
from drafter.model import DocType, Draft
from drafter.returning.importing import Import
from drafter.store import Conflict, Saved
from drafter.web import edit_views as views
from drafter.web.asking import person_of, words_of
from drafter.web.downloads import address_of
from drafter.web.edit_layout import EditLayout
from drafter.web.words import Words
from drafter.work.records import Work

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

Updates = dict[Component, Any]
Change = Callable[[Draft, DocType], Draft]
Turn = Callable[[Office, Saved], Saved]


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
        self.file = b""
        self.returned: Import | None = None


class EditDesk(EditLayout):
    """The editing page without its rooms."""

    _settings: Settings
    _offices: Offices

    def _office(self, request: gr.Request) -> Office:
        return self._offices(person_of(request))

    def _show(self, office: Office, desk: Desk, words: Words, said: str = "", tone: str = "") -> Updates:
        """Everything that follows from the draft and the section in hand."""
        saved = desk.saved
        if saved is None:
            return {self.status: views.status(words, words("edit.none"), "bad")}
        doctype = self._type(saved)
        section = editing.section_of(saved.draft, desk.section)
        remarks, may = office.remarks(saved.id), office.person.may
        return {
            self.paper: views.paper(saved.draft, doctype, desk.section, words, saved.id, remarks),
            self.about: views.about(saved.draft, doctype, section, words, remarks),
            self.text: gr.update(
                value=section.text,
                label=words("edit.text"),
                interactive=may("edit") and not section.locked,
            ),
            self.lock: gr.update(
                value=words("edit.unlock" if section.locked else "edit.lock"), interactive=may("lock")
            ),
            self.heading: gr.update(label=words("edit.heading"), value=section.heading),
            self.history: views.history(office.steps(saved.id), words),
            self.compared: "",
            self.sent: views.sent(office.sent(saved.id), saved.draft, doctype, words),
            self.status: views.status(words, said or views.saved_line(saved, words), tone),
            self.download: gr.update(value=words("action.download"), link=address_of(saved)),
            self.resume: gr.update(
                visible=may("edit") and bool(editing.unwritten(saved.draft)), value=words("edit.resume")
            ),
            self.submit: gr.update(
                value=words("edit.submit"),
                interactive=may("submit") and saved.status in ("drafting", "returned"),
            ),
            **self.final.shown(words),
            **self._proposal(office, desk, words),
            **self._returned(office, desk, words),
        }

    def _proposal(self, office: Office, desk: Desk, words: Words, writing: bool = False) -> Updates:
        there = bool(desk.proposal)
        second = there or desk.returned is not None
        locked = desk.saved is None or editing.section_of(desk.saved.draft, desk.section).locked
        return {
            self.proposal: views.proposal(desk.proposal, desk.faults, words) if there else "",
            self.save: gr.update(
                value=words("edit.save"),
                variant="secondary" if second else "primary",
                interactive=office.person.may("edit"),
            ),
            self.accept: gr.update(visible=there, value=words("edit.accept")),
            self.reject: gr.update(visible=there, value=words("edit.reject")),
            self.rewrite: gr.update(
                visible=not writing,
                interactive=office.person.may("rewrite") and not locked,
                value=words("edit.rewrite"),
            ),
            self.stop: gr.update(visible=writing, value=words("action.stop")),
        }

    def _returned(self, office: Office, desk: Desk, words: Words) -> Updates:
        """What a returned file changes, as long as nobody decided over it."""
        one = desk.returned
        return {
            self.upload: gr.update(interactive=office.person.may("edit")),
            self.returned: views.returned(one, self._type(one.saved), words) if one else "",
            self.take: gr.update(visible=one is not None, value=words("import.take")),
            self.drop: gr.update(visible=one is not None, value=words("import.drop")),
        }

    def _type(self, saved: Saved) -> DocType:
        return self._type_of(saved.draft)

    def _type_of(self, draft: Draft) -> DocType:
        return doctypes.load(draft.brief.doctype, self._settings.template_folders)

    def _keep(self, office: Office, desk: Desk, text: str, author: str, words: Words) -> None:
        """Save what was typed and not saved yet, so that nothing the page does next can lose it."""
        saved = desk.saved
        if saved is None or saved.status in ("submitted", "approved") or not office.person.may("edit"):
            return
        section = editing.section_of(saved.draft, desk.section)
        if section.locked or (text or "").strip() == section.text.strip():
            return
        draft = editing.with_text(saved.draft, self._type(saved), section.id, text)
        desk.saved = office.save(saved, draft, author, words("what.edited"))

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

        def save(office: Office, saved: Saved) -> Saved:
            draft = change(saved.draft, self._type(saved))
            words = words_of(request)
            return saved if draft == saved.draft else office.save(saved, draft, author, words(what), why)

        return self._turned(request, desk, text, author, save)

    def _others_first(self, office: Office, desk: Desk, words: Words, error: Conflict) -> Updates:
        """Show the newest revision, but leave what the person typed in its box."""
        assert desk.saved is not None
        desk.saved = office.load(desk.saved.id)
        self._take_in_hand(desk.saved, desk)
        shown = self._show(office, desk, words, str(error), "bad")
        del shown[self.text]
        return shown

    def _take_in_hand(self, saved: Saved, desk: Desk) -> None:
        """Take the first section in hand when the one that was is gone."""
        written = [section.id for section in saved.draft.sections if section.written]
        if desk.section not in written:
            desk.section = written[0]

    def _turned(self, request: gr.Request, desk: Desk, text: str, author: str, turn: Turn) -> Updates:
        """Save what was typed, then go to another state of the draft, and show it."""
        words, office = words_of(request), self._office(request)
        if desk.saved is None:
            return self._show(office, desk, words)
        try:
            self._keep(office, desk, text, author, words)
            desk.saved = turn(office, desk.saved)
            self._take_in_hand(desk.saved, desk)
            desk.proposal = ()
            return self._show(office, desk, words)
        except Conflict as error:
            return self._others_first(office, desk, words, error)
        except DrafterError as error:
            return {self.status: views.status(words, str(error), "bad")}
