"""编辑: one section in hand, the document in view: edit, have it rewritten, compare, decide; all is kept."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from drafter import doctypes, drafting, editing
from drafter.config import Settings
from drafter.editing import Hunk
from drafter.errors import DrafterError
from drafter.model import DocType, Draft, Note
from drafter.store import Conflict, Saved
from drafter.web import edit_views as views
from drafter.web.edit_layout import HTML, PRESETS, EditLayout
from drafter.web.form import file_name
from drafter.web.views import progress_line
from drafter.web.words import Words, words_for
from drafter.work.progress import Progress, until
from drafter.work.records import Order, Work
from drafter.work.room import Room
from drafter.writing.choose import make_writer
from drafter.writing.sent import sent_by

log = logging.getLogger(__name__)

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
PLACES = (
    "() => [JSON.stringify([...document.querySelectorAll('#proposal input:checked')]"
    ".map((box) => +box.value))]"
)
SHOW_PROPOSAL = "() => document.querySelector('#about').scrollIntoView({ block: 'start' })"

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


class EditPage(EditLayout):
    """Lays out the page inside an open route of a gr.Blocks and wires it."""

    def __init__(self, blocks: gr.Blocks, settings: Settings, room: Room) -> None:
        self._blocks, self._settings, self._room, self._store = blocks, settings, room, room.store
        self._lay_out(words_for("zh"), Desk, make_writer(settings).revises)
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
        self._blocks.load(self._open, [self.desk, self.unsaved, self.author_kept], opened, **QUIET).then(
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
        self.accept.click(None, None, [self.places], js=PLACES, **QUIET).then(
            self._accept, [*typed, self.places], shown, **plain
        )
        self.reject.click(self._reject, [self.desk], shown, **plain)

    def _open(self, request: gr.Request, desk: Desk, unsaved: dict[str, str], author: str) -> Updates:
        """The draft that the address names, with what was typed and not yet saved."""
        words = words_for(request.headers.get("accept-language", ""))
        labels: Updates = {
            self.desk: desk,
            self.header: views.header(words),
            self.author: gr.update(label=words("edit.author"), value=author),
            self.preset: gr.update(
                label=words("edit.preset"), choices=[(words(f"preset.{name}"), name) for name in PRESETS]
            ),
            self.instruction: gr.update(label=words("edit.instruction")),
            self.undo: words("edit.undo"),
            self.redo: words("edit.redo"),
            self.outline: gr.update(label=words("edit.outline")),
            self.history_box: gr.update(label=words("edit.history")),
            self.rename: words("edit.rename"),
            self.suggest: words("edit.suggest"),
            self.up: words("edit.up"),
            self.down: words("edit.down"),
            self.remove: words("edit.remove"),
            self.add: words("edit.add"),
        }
        try:
            desk.saved = self._store.load(str(request.query_params.get("id", "")))
        except DrafterError as error:
            return labels | {self.status: views.status(words, str(error), "bad")}
        written = [section.id for section in desk.saved.draft.sections if section.written]
        kept = unsaved if unsaved.get("id") == desk.saved.id and unsaved.get("section") in written else {}
        desk.section = kept.get("section") or written[0]
        shown = self._show(desk, words)
        if kept and kept["text"] != editing.section_of(desk.saved.draft, desk.section).text:
            shown[self.text]["value"] = kept["text"]
            shown[self.status] = views.status(words, words("edit.kept"))
        return labels | shown

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
        path.write_bytes(drafting.export(saved.draft, doctype, notes=notes))
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

    def _save(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        return self._turned(request, desk, text, author, lambda saved: saved)

    def _pick(self, event: gr.EventData, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        """Take another section in hand."""

        def take(saved: Saved) -> Saved:
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

    async def _suggest(self, request: gr.Request, desk: Desk) -> Updates:
        """Put a heading that the model proposes for the section in hand into its box."""
        words = words_for(request.headers.get("accept-language", ""))
        if desk.saved is None:
            return {}
        try:
            saved, section = desk.saved, desk.section
            editing.unlocked(saved.draft, section)
            writer = await asyncio.to_thread(make_writer, self._settings)
            heading = await drafting.suggest_heading(saved.draft, self._type(saved), writer, section)
            self._store.note_sent(saved.id, sent_by(writer))
        except DrafterError as error:
            return {self.status: views.status(words, str(error), "bad")}
        return {self.heading: heading, self.status: views.status(words, words("edit.suggested"))}

    def _up(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        return self._changed(
            request, desk, text, author, "what.moved", lambda d, t: editing.moved(d, t, desk.section, "up")
        )

    def _down(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        return self._changed(
            request, desk, text, author, "what.moved", lambda d, t: editing.moved(d, t, desk.section, "down")
        )

    def _remove(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        def remove(draft: Draft, doctype: DocType) -> Draft:
            left = editing.removed(draft, doctype, desk.section)
            desk.section = next(section.id for section in left.sections if section.written)
            return left

        return self._changed(request, desk, text, author, "what.removed", remove)

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
        return self._turned(request, desk, text, author, lambda saved: self._store.undo(saved, author))

    def _redo(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        return self._turned(request, desk, text, author, lambda saved: self._store.redo(saved, author))

    def _restore(
        self, event: gr.EventData, request: gr.Request, desk: Desk, text: str, author: str
    ) -> Updates:
        number = int(event._data["number"])
        return self._turned(
            request, desk, text, author, lambda saved: self._store.restore(saved, number, author)
        )

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

    def _compare(self, event: gr.EventData, request: gr.Request, desk: Desk) -> Updates:
        words = words_for(request.headers.get("accept-language", ""))
        if desk.saved is None:
            return {}
        try:
            other = self._store.revision(desk.saved.id, int(event._data["number"]))
            against = self._store.revision(desk.saved.id, int(event._data["against"]))
        except DrafterError as error:
            return {self.status: views.status(words, str(error), "bad")}
        return {self.compared: views.compared(other, against, words)}

    def _submit(self, request: gr.Request, desk: Desk, text: str, author: str) -> Updates:
        what = words_for(request.headers.get("accept-language", ""))("what.submitted")
        return self._turned(
            request, desk, text, author, lambda saved: self._store.pass_on(saved, "submitted", author, what)
        )

    def _settle(
        self, event: gr.EventData, request: gr.Request, desk: Desk, text: str, author: str
    ) -> Updates:
        """A remark has been seen to."""

        def settle(saved: Saved) -> Saved:
            self._store.settle(saved.id, int(event._data["key"]))
            return saved

        return self._turned(request, desk, text, author, settle)

    async def _resume(
        self, request: gr.Request, desk: Desk, text: str, author: str
    ) -> AsyncIterator[Updates]:
        """Have the sections written that have no text yet."""
        words = words_for(request.headers.get("accept-language", ""))
        if desk.saved is None:
            return
        try:
            self._keep(desk, text, author, words)
            order = Order(author=author, what=words("what.generated"))
            work = await self._room.again(desk.saved, order)
        except Conflict as error:
            yield self._others_first(desk, words, error)
            return
        except DrafterError as error:
            yield {self.status: views.status(words, str(error), "bad")}
            return
        async for updates in self._followed(desk, work, words):
            yield updates

    async def _go_on(self, request: gr.Request, desk: Desk) -> AsyncIterator[Updates]:
        """Show the writing that goes on on the draft, whoever ordered it."""
        words = words_for(request.headers.get("accept-language", ""))
        work = await asyncio.to_thread(self._store.open_work, desk.saved.id) if desk.saved else None
        if work is None:
            yield gr.skip()  # without it Gradio would empty everything
            return
        async for updates in self._followed(desk, work, words):
            yield updates

    async def _followed(self, desk: Desk, work: Work, words: Words) -> AsyncIterator[Updates]:
        """Show each section as it is finished, and the draft when all of them are."""
        assert desk.saved is not None
        before, doctype = desk.saved.draft, self._type(desk.saved)
        desk.work, shown, failed = work, 0, ""
        yield self._proposal(desk, words, writing=True) | {self.resume: gr.update(visible=False)}
        try:
            async with aclosing(self._room.follow(work.id)) as looks:
                async for progress in looks:
                    failed = next(iter(progress.failures.values()), "")
                    if len(progress.finished) > shown:
                        shown = len(progress.finished)
                        draft = await asyncio.to_thread(so_far, desk.saved.draft, doctype, progress)
                        said = progress_line("status.writing", progress, words)
                        yield {
                            self.paper: views.paper(draft, doctype, desk.section, words, work.draft),
                            self.status: views.status(words, said),
                        }
            desk.saved = await asyncio.to_thread(self._store.load, work.draft)
        except DrafterError as error:
            yield {self.status: views.status(words, str(error), "bad"), **self._proposal(desk, words)}
            return
        finally:
            desk.work = None
        updates = self._show(desk, words, failed, "bad" if failed else "")
        if any(one.id == desk.section and one.text for one in before.sections):
            del updates[self.text]
        yield updates

    async def _rewrite(
        self,
        request: gr.Request,
        desk: Desk,
        text: str,
        author: str,
        preset: str | None,
        instruction: str | None,
    ) -> AsyncIterator[Updates]:
        """Have the section in hand written anew, as a proposal beside what is there."""
        words = words_for(request.headers.get("accept-language", ""))
        if desk.saved is None:
            return
        asked = "；".join(
            part for part in (words(f"ask.{preset}") if preset else "", (instruction or "").strip()) if part
        )
        desk.stop, desk.proposal = asyncio.Event(), ()
        stop, section_id = desk.stop, desk.section
        try:
            self._keep(desk, text, author, words)
            saved = desk.saved
            editing.unlocked(saved.draft, section_id)
            writer = await asyncio.to_thread(make_writer, self._settings)
            events = drafting.rewrite(
                saved.draft,
                self._type(saved),
                writer,
                section_id,
                instruction=asked if writer.revises else "",
            )
            new = ""
            shown = self._show(desk, words) | self._proposal(desk, words, writing=True)
            del shown[self.text]
            yield shown
            async with aclosing(events):
                async for event in until(events, stop):
                    if isinstance(event, drafting.TextAdded):
                        new += event.text
                    elif isinstance(event, drafting.TextReset):
                        new = ""
                    elif isinstance(event, drafting.SectionDone):
                        old = editing.section_of(saved.draft, section_id).text
                        if desk.section == section_id and desk.saved is not None:
                            desk.proposal, desk.why = editing.hunks(old, event.section.text), asked
                            desk.faults = editing.faults(saved.draft, section_id, event.section.text)
                    yield {self.proposal: views.coming(new, words)}
            self._store.note_sent(saved.id, sent_by(writer))
        except Conflict as error:
            yield self._others_first(desk, words, error)
            return
        except DrafterError as error:
            yield self._proposal(desk, words) | {self.status: views.status(words, str(error), "bad")}
            return
        except Exception:
            log.exception("the page could not rewrite a section")
            bad = views.status(words, words("error.unexpected"), "bad")
            yield self._proposal(desk, words) | {self.status: bad}
            return
        if desk.proposal and not any(hunk.changed for hunk in desk.proposal):
            desk.proposal = ()
            yield self._proposal(desk, words) | {self.status: views.status(words, words("edit.same"))}
            return
        yield self._proposal(desk, words)

    async def _stop(self, request: gr.Request, desk: Desk) -> Updates:
        if desk.stop:
            desk.stop.set()
        try:
            if desk.work:
                await self._room.stop(desk.work.id)
        except DrafterError as error:
            words = words_for(request.headers.get("accept-language", ""))
            return {self.status: views.status(words, str(error), "bad")}
        return {self.status: gr.skip()}

    def _accept(self, request: gr.Request, desk: Desk, text: str, author: str, places: str) -> Updates:
        """Take the changes of the proposal that are still ticked."""
        if not desk.proposal:
            return {}
        new = editing.accepted(desk.proposal, set(json.loads(places or "[]")))
        return self._changed(
            request,
            desk,
            text,
            author,
            "what.rewritten",
            lambda draft, doctype: editing.with_text(draft, doctype, desk.section, new),
            desk.why,
        )

    def _reject(self, request: gr.Request, desk: Desk) -> Updates:
        desk.proposal = ()
        return self._proposal(desk, words_for(request.headers.get("accept-language", "")))


def so_far(draft: Draft, doctype: DocType, progress: Progress) -> Draft:
    """The draft with the sections that are finished by now."""
    coming = [
        section.model_copy(update={"text": progress.texts[section.id]})
        for section in draft.sections
        if section.id in progress.finished and not section.text
    ]
    return editing.changed(draft, doctype, *coming)
