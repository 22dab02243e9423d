"""编辑: one section in hand, the document in view: edit, have it rewritten, compare, decide; all is kept."""

from __future__ import annotations

from typing import Any

import gradio as gr

from drafter import editing
from drafter.accounts.office import Office, Offices
from drafter.config import Settings
from drafter.errors import DrafterError
from drafter.model import DocType, Draft
from drafter.store import Saved
from drafter.web import edit_views as views
from drafter.web.asking import header, words_of
from drafter.web.edit_desk import QUIET, Desk, Updates
from drafter.web.edit_import import ImportRoom
from drafter.web.edit_layout import HTML, PRESETS
from drafter.web.edit_writing import WritingRoom
from drafter.web.shelf import Shelf
from drafter.web.words import words_for
from drafter.writing.choose import make_writer
from drafter.writing.kept import is_expected

PLACES = (
    "() => [JSON.stringify([...document.querySelectorAll('#proposal input:checked')]"
    ".map((box) => +box.value))]"
)
PICKED = (
    "() => [JSON.stringify({"
    "keys: [...document.querySelectorAll('#returned input:checked')].map((box) => box.value),"
    "places: Object.fromEntries([...document.querySelectorAll('#returned select')]"
    ".map((list) => [list.dataset.put, list.value]))})]"
)
SHOW_RETURNED = "() => window.scrollTo({ top: 0 })"
SHOW_PROPOSAL = "() => document.querySelector('#about').scrollIntoView({ block: 'start' })"


def in_hand(desk: Desk) -> Saved | None:
    """The revision that is shown."""
    return desk.saved


class EditPage(WritingRoom, ImportRoom):
    """Lays out the page inside an open route of a gr.Blocks and wires it."""

    def __init__(self, blocks: gr.Blocks, settings: Settings, offices: Offices, shelf: Shelf) -> None:
        self._blocks, self._settings, self._offices, self._shelf = blocks, settings, offices, shelf
        # What is wrong with the environment's endpoint is said at the start. One that was set in a page must
        # not keep the page from opening where it can be put right.
        self._lay_out(words_for("zh"), Desk, settings.has_endpoint and make_writer(settings).revises)
        self._wire()

    def _wire(self) -> None:
        shown = self._shown
        opened = [
            self.desk,
            self.header, self.author, self.preset, self.undo, self.redo, self.outline,
            self.history_box, self.instruction, self.suggest, self.rename, self.up, self.down,
            self.remove, self.add,
            *shown,
        ]  # fmt: skip
        plain: dict[str, Any] = {"queue": False, **QUIET}
        self._blocks.load(self._open, [self.desk, self.unsaved, self.author_kept], opened, **plain).then(
            self._go_on, [self.desk], shown, concurrency_limit=None, **QUIET
        )
        self.text.change(
            None, [self.desk, self.text], self.unsaved, js=(HTML / "unsaved.js").read_text("utf-8"), **QUIET
        )
        self.author.change(lambda name: name, self.author, self.author_kept, **plain)
        typed = [self.desk, self.text, self.author]
        self.paper.pick(self._pick, typed, shown, **plain)
        self.save.click(self._save, typed, shown, **plain)
        self.lock.click(self._toggle_lock, typed, shown, **plain)
        self.undo.click(self._undo, typed, shown, **plain)
        self.redo.click(self._redo, typed, shown, **plain)
        self.suggest.click(
            self._suggest, [self.desk], [self.heading, self.status], trigger_mode="once", **QUIET
        )
        self.rename.click(self._rename, [*typed, self.heading], shown, **plain)
        self.up.click(self._up, typed, shown, **plain)
        self.down.click(self._down, typed, shown, **plain)
        self.remove.click(self._remove, typed, shown, **plain)
        self.add.click(self._add, [*typed, self.heading], shown, **plain)
        self.submit.click(self._submit, typed, shown, **plain)
        self.about.settle(self._settle, typed, shown, **plain)
        self.resume.click(
            self._resume,
            typed,
            shown,
            concurrency_limit=None,
            trigger_mode="once",
            **QUIET,
        )
        self.about.move(self._move_fact, typed, shown, **plain)
        self.history.restore(self._restore, typed, shown, **plain)
        self.history.compare(self._compare, [self.desk], [self.compared, self.status], **plain)
        self.rewrite.click(None, None, None, js=SHOW_PROPOSAL, **QUIET)
        self.rewrite.click(
            self._rewrite,
            [*typed, self.preset, self.instruction],
            shown,
            concurrency_limit=None,
            trigger_mode="once",
            **QUIET,
        )
        self.stop.click(self._stop, [self.desk], [self.status], **plain)
        self.final.wire(self.desk, self.status, self._settings, self._offices, self._shelf, in_hand)
        self.accept.click(None, None, [self.places], js=PLACES, **QUIET).then(
            self._accept, [*typed, self.places], shown, **plain
        )
        self.upload.upload(self._examine, [*typed, self.upload], shown, trigger_mode="once", **QUIET)
        self.upload.upload(None, None, None, js=SHOW_RETURNED, **QUIET)
        self.take.click(None, None, [self.picked], js=PICKED, **QUIET).then(
            self._take, [*typed, self.picked], shown, **plain
        )
        self.drop.click(self._drop, [self.desk], shown, **plain)
        self.reject.click(self._reject, [self.desk], shown, **plain)

    def _open(self, request: gr.Request, desk: Desk, unsaved: dict[str, str], author: str) -> Updates:
        """The draft that the address names, with what was typed and not yet saved."""
        words, office = words_of(request), self._office(request)
        edits = office.person.may("edit")
        revises = is_expected(self._settings)
        labels: Updates = {
            self.desk: desk,
            self.header: header(request, words, "edit"),
            self.author: gr.update(label=words("edit.author"), value=author, visible=not office.person.role),
            self.preset: gr.update(
                label=words("edit.preset"),
                choices=[(words(f"preset.{name}"), name) for name in PRESETS],
                visible=revises,
            ),
            self.instruction: gr.update(label=words("edit.instruction"), visible=revises),
            self.undo: gr.update(value=words("edit.undo"), interactive=edits),
            self.redo: gr.update(value=words("edit.redo"), interactive=edits),
            self.outline: gr.update(label=words("edit.outline")),
            self.history_box: gr.update(label=words("edit.history")),
            self.rename: gr.update(value=words("edit.rename"), interactive=edits),
            self.suggest: gr.update(
                value=words("edit.suggest"), interactive=office.person.may("rewrite"), visible=revises
            ),
            self.up: gr.update(value=words("edit.up"), interactive=edits),
            self.down: gr.update(value=words("edit.down"), interactive=edits),
            self.remove: gr.update(value=words("edit.remove"), interactive=edits),
            self.add: gr.update(value=words("edit.add"), interactive=edits),
        }
        try:
            desk.saved = office.load(str(request.query_params.get("id", "")))
        except DrafterError as error:
            return labels | {self.status: views.status(words, str(error), "bad")}
        written = [section.id for section in desk.saved.draft.sections if section.written]
        kept = unsaved if unsaved.get("id") == desk.saved.id and unsaved.get("section") in written else {}
        desk.section = kept.get("section") or written[0]
        shown = self._show(office, desk, words)
        if kept and kept["text"] != editing.section_of(desk.saved.draft, desk.section).text:
            shown[self.text]["value"] = kept["text"]
            shown[self.status] = views.status(words, words("edit.kept"))
        return labels | shown

    def _save(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        return self._turned(request, desk, text, author, lambda _, saved: saved)

    def _pick(self, event: gr.EventData, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        """Take another section in hand."""

        def take(_: Office, saved: Saved) -> Saved:
            chosen = str(event._data["section"])
            if chosen in {section.id for section in saved.draft.sections if section.written}:
                desk.section = chosen
            return saved

        return self._turned(request, desk, text, author, take)

    def _toggle_lock(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        def toggle(draft: Draft, doctype: DocType) -> Draft:
            locked = editing.section_of(draft, desk.section).locked
            return editing.with_lock(draft, doctype, desk.section, not locked)

        return self._changed(request, desk, text, author, "what.locked", toggle)

    def _rename(self, request: gr.Request, desk: Desk, text: str, author: str, heading: str) -> Updates:
        return self._changed(
            request,
            desk,
            text,
            author,
            "what.renamed",
            lambda draft, doctype: editing.with_heading(draft, doctype, desk.section, heading),
        )

    def _up(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        return self._changed(
            request, desk, text, author, "what.moved", lambda d, t: editing.moved(d, t, desk.section, "up")
        )

    def _down(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        return self._changed(
            request, desk, text, author, "what.moved", lambda d, t: editing.moved(d, t, desk.section, "down")
        )

    def _remove(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        return self._changed(
            request, desk, text, author, "what.removed", lambda d, t: editing.removed(d, t, desk.section)
        )

    def _add(self, request: gr.Request, desk: Desk, text: str, author: str, heading: str) -> Updates:
        def add(draft: Draft, doctype: DocType) -> Draft:
            return editing.added(draft, doctype, editing.section_of(draft, desk.section).spec, heading)

        return self._changed(request, desk, text, author, "what.added", add)

    def _move_fact(
        self, event: gr.EventData, request: gr.Request, desk: Desk, text: str, author: str
    ) -> Updates:
        fact, section = str(event._data["fact"]), str(event._data["section"])
        return self._changed(
            request,
            desk,
            text,
            author,
            "what.fact",
            lambda draft, doctype: editing.with_fact_in(draft, doctype, fact, section),
            fact,
        )

    def _undo(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        return self._turned(request, desk, text, author, lambda office, saved: office.undo(saved, author))

    def _redo(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        return self._turned(request, desk, text, author, lambda office, saved: office.redo(saved, author))

    def _restore(
        self, event: gr.EventData, request: gr.Request, desk: Desk, text: str, author: str
    ) -> Updates:
        number = int(event._data["number"])
        return self._turned(
            request, desk, text, author, lambda office, saved: office.restore(saved, number, author)
        )

    def _compare(self, event: gr.EventData, request: gr.Request, desk: Desk) -> Updates:
        words, office = words_of(request), self._office(request)
        if desk.saved is None:
            return {}
        try:
            other = office.revision(desk.saved.id, int(event._data["number"]))
            against = office.revision(desk.saved.id, int(event._data["against"]))
        except DrafterError as error:
            return {self.status: views.status(words, str(error), "bad")}
        return {self.compared: views.compared(other, against, words)}

    def _submit(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        what = words_of(request)("what.submitted")

        def submit(office: Office, saved: Saved) -> Saved:
            return office.pass_on(saved, "submitted", author, what)

        return self._turned(request, desk, text, author, submit)

    def _settle(
        self, event: gr.EventData, request: gr.Request, desk: Desk, text: str, author: str
    ) -> Updates:
        """A remark has been seen to."""

        def settle(office: Office, saved: Saved) -> Saved:
            office.settle(saved.id, int(event._data["key"]))
            return saved

        return self._turned(request, desk, text, author, settle)
