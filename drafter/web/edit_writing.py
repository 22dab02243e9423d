"""Text that is written for the editing page: a rewrite as a proposal, sections still empty, a heading."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing

import gradio as gr

from drafter import drafting, editing, headings
from drafter.accounts.office import Office
from drafter.errors import DrafterError
from drafter.model import DocType, Draft
from drafter.store import Conflict
from drafter.web import edit_views as views
from drafter.web.asking import words_of
from drafter.web.edit_desk import Desk, EditDesk, Updates
from drafter.web.views import progress_line
from drafter.web.words import Words
from drafter.work.progress import Progress, until
from drafter.work.records import Order, Work
from drafter.writing.choose import make_writer
from drafter.writing.sent import sent_by

log = logging.getLogger(__name__)


class WritingRoom(EditDesk):
    """Has sections written, and decides over what was proposed."""

    async def _suggest(self, request: gr.Request, desk: Desk) -> Updates:
        """Put a heading that the model proposes for the section in hand into its box."""
        words, office = words_of(request), self._office(request)
        if desk.saved is None:
            return {}
        try:
            saved, section = desk.saved, desk.section
            office.rewrite(saved.id)
            editing.unlocked(saved.draft, section)
            writer = await asyncio.to_thread(make_writer, self._settings)
            heading = await headings.suggest(saved.draft, self._type(saved), writer, section)
            office.note_sent(saved.id, sent_by(writer))
        except DrafterError as error:
            return {self.status: views.status(words, str(error), "bad")}
        return {self.heading: heading, self.status: views.status(words, words("edit.suggested"))}

    async def _resume(
        self, request: gr.Request, desk: Desk, text: str, author: str
    ) -> AsyncIterator[Updates]:
        """Have the sections written that have no text yet."""
        words, office = words_of(request), self._office(request)
        if desk.saved is None:
            return
        try:
            self._keep(office, desk, text, author, words)
            order = Order(author=author, what=words("what.generated"))
            work = await office.again(desk.saved, order)
        except Conflict as error:
            yield self._others_first(office, desk, words, error)
            return
        except DrafterError as error:
            yield {self.status: views.status(words, str(error), "bad")}
            return
        async for updates in self._followed(office, desk, work, words):
            yield updates

    async def _go_on(self, request: gr.Request, desk: Desk) -> AsyncIterator[Updates]:
        """Show the writing that goes on on the draft, whoever ordered it."""
        words, office = words_of(request), self._office(request)
        work = await asyncio.to_thread(office.open_work, desk.saved.id) if desk.saved else None
        if work is None:
            yield gr.skip()  # without it Gradio would empty everything
            return
        async for updates in self._followed(office, desk, work, words):
            yield updates

    async def _followed(self, office: Office, desk: Desk, work: Work, words: Words) -> AsyncIterator[Updates]:
        """Show each section as it is finished, and the draft when all of them are."""
        assert desk.saved is not None
        before, doctype = desk.saved.draft, self._type(desk.saved)
        desk.work, shown, failed = work, 0, ""
        yield self._proposal(office, desk, words, writing=True) | {self.resume: gr.update(visible=False)}
        try:
            async with aclosing(office.follow(work)) as looks:
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
            desk.saved = await asyncio.to_thread(office.load, work.draft)
        except DrafterError as error:
            yield {self.status: views.status(words, str(error), "bad"), **self._proposal(office, desk, words)}
            return
        finally:
            desk.work = None
        updates = self._show(office, desk, words, failed, "bad" if failed else "")
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
        words, office = words_of(request), self._office(request)
        if desk.saved is None:
            return
        asked = "；".join(
            part for part in (words(f"ask.{preset}") if preset else "", (instruction or "").strip()) if part
        )
        desk.stop, desk.proposal = asyncio.Event(), ()
        stop, section_id = desk.stop, desk.section
        try:
            office.rewrite(desk.saved.id)
            self._keep(office, desk, text, author, words)
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
            shown = self._show(office, desk, words) | self._proposal(office, desk, words, writing=True)
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
            office.note_sent(saved.id, sent_by(writer))
        except Conflict as error:
            yield self._others_first(office, desk, words, error)
            return
        except DrafterError as error:
            yield self._proposal(office, desk, words) | {self.status: views.status(words, str(error), "bad")}
            return
        except Exception:
            log.exception("the page could not rewrite a section")
            bad = views.status(words, words("error.unexpected"), "bad")
            yield self._proposal(office, desk, words) | {self.status: bad}
            return
        if desk.proposal and not any(hunk.changed for hunk in desk.proposal):
            desk.proposal = ()
            yield self._proposal(office, desk, words) | {self.status: views.status(words, words("edit.same"))}
            return
        yield self._proposal(office, desk, words)

    async def _stop(self, request: gr.Request, desk: Desk) -> Updates:
        if desk.stop:
            desk.stop.set()
        try:
            if desk.work:
                await self._office(request).stop(desk.work)
        except DrafterError as error:
            words = words_of(request)
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
        words = words_of(request)
        return self._proposal(self._office(request), desk, words)


def so_far(draft: Draft, doctype: DocType, progress: Progress) -> Draft:
    """The draft with the sections that are finished by now."""
    coming = [
        section.model_copy(update={"text": progress.texts[section.id]})
        for section in draft.sections
        if section.id in progress.finished and not section.text
    ]
    return editing.changed(draft, doctype, *coming)
