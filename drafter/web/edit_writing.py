"""Text that is written for the editing page: a rewrite as a proposal, sections still empty, a heading."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing

import gradio as gr

from drafter import drafting, editing, headings
from drafter.errors import DrafterError
from drafter.store import Conflict
from drafter.web import edit_views as views
from drafter.web.edit_desk import Desk, EditDesk, Updates
from drafter.web.progress import until
from drafter.web.words import words_for
from drafter.writing.choose import make_writer
from drafter.writing.sent import sent_by

log = logging.getLogger(__name__)


class WritingRoom(EditDesk):
    """Has sections written, and decides over what was proposed."""

    async def _suggest(self, request: gr.Request, desk: Desk) -> Updates:
        """Put a heading that the model proposes for the section in hand into its box."""
        words = words_for(request.headers.get("accept-language", ""))
        if desk.saved is None:
            return {}
        try:
            saved, section = desk.saved, desk.section
            editing.unlocked(saved.draft, section)
            writer = await asyncio.to_thread(make_writer, self._settings)
            heading = await headings.suggest(saved.draft, self._type(saved), writer, section)
            self._store.note_sent(saved.id, sent_by(writer))
        except DrafterError as error:
            return {self.status: views.status(words, str(error), "bad")}
        return {self.heading: heading, self.status: views.status(words, words("edit.suggested"))}

    async def _resume(
        self, request: gr.Request, desk: Desk, text: str, author: str
    ) -> AsyncIterator[Updates]:
        """Write the sections that have no text yet; every finished one is kept at once."""
        words = words_for(request.headers.get("accept-language", ""))
        if desk.saved is None:
            return
        desk.stop = asyncio.Event()
        try:
            self._keep(desk, text, author, words)
            writer = await asyncio.to_thread(make_writer, self._settings)
            doctype = self._type(desk.saved)
            events = drafting.resume(desk.saved.draft, doctype, writer)
            yield self._proposal(desk, words, writing=True)
            failed = ""
            async with aclosing(events):
                async for event in until(events, desk.stop):
                    if isinstance(event, drafting.SectionFailed):
                        failed = event.message
                    elif isinstance(event, drafting.SectionDone):
                        draft = editing.changed(desk.saved.draft, doctype, event.section)
                        label = doctype.label_of(event.section)
                        desk.saved = self._store.save(
                            desk.saved, draft, author, words("what.generated"), label
                        )
                        shown = self._show(desk, words) | self._proposal(desk, words, writing=True)
                        if event.section.id != desk.section:
                            del shown[self.text]
                        yield shown
            self._store.note_sent(desk.saved.id, sent_by(writer))
        except Conflict as error:
            yield self._others_first(desk, words, error)
            return
        except DrafterError as error:
            yield {self.status: views.status(words, str(error), "bad"), **self._proposal(desk, words)}
            return
        shown = self._show(desk, words, failed, "bad" if failed else "")
        del shown[self.text]
        yield shown

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

    def _stop(self, desk: Desk) -> None:
        if desk.stop:
            desk.stop.set()

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
