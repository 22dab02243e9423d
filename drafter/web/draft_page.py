"""起草: the form at the left, the document growing at the right, one bar of buttons below."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from drafter import doctypes
from drafter.accounts.office import Office, Offices
from drafter.config import Settings
from drafter.data import folder
from drafter.errors import DrafterError
from drafter.intake import read_brief
from drafter.model import Brief, DocType
from drafter.outline import build_outline
from drafter.store import Saved
from drafter.web import views
from drafter.web.asking import header, person_of, words_of
from drafter.web.downloads import address_of
from drafter.web.final_copy import FinalCopy
from drafter.web.form import (
    FIELDS,
    Corrections,
    Form,
    as_new,
    choose,
    corrections_of,
    form_of,
)
from drafter.web.model_page import who_writes
from drafter.web.official_form import FORMATS
from drafter.web.shelf import Shelf
from drafter.web.words import Words, words_for
from drafter.work.progress import Progress
from drafter.work.records import Order, Work

log = logging.getLogger(__name__)

HTML = Path(__file__).parent / "html"
SAVE = (
    f"(...values) => [Object.fromEntries({json.dumps(FIELDS)}.map((name, place) => [name, values[place]]))]"
)
LIVE: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "trigger_mode": "always_last",
    "api_visibility": "private",
}
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

CHOSEN = ("doctype", "copy_format")
"""Fields that always hold one of their choices."""
HINTED = ("number", "signers", "secrecy", "urgency", "attachments", "cc", "print_by")
"""Fields of the folded step that show an example while they are empty."""

Updates = dict[Component, Any]


class Desk:
    """What the server remembers of one open page. Changed in place, so that every handler sees it at once."""

    def __init__(self) -> None:
        self.stage = "outline"
        """«outline», «writing», «done», or «stale» once the form has changed after writing."""
        self.work: Work | None = None
        """The work that is shown here."""
        self.written: Saved | None = None
        """What came of it."""
        self.shown = Form()
        """The form as the server last filled it in. The browser reports that as changes too, the first with
        the fields still empty; none of these takes a message away."""
        self.before_example: tuple[Form, Corrections] | None = None


class DraftPage:
    """Lays out the page inside an open gr.Blocks and wires it."""

    def __init__(self, blocks: gr.Blocks, settings: Settings, offices: Offices, shelf: Shelf) -> None:
        self._blocks, self._settings, self._offices, self._shelf = blocks, settings, offices, shelf
        self._types = {kind.id: kind for kind in doctypes.available(settings.template_folders)}
        self._lay_out(words_for("zh"))
        self._wire()

    def _lay_out(self, words: Words) -> None:
        self.desk = gr.State(Desk())
        self.saved = gr.BrowserState({}, storage_key="drafter-form", secret="drafter")
        self.corrections = gr.BrowserState({}, storage_key="drafter-corrections", secret="drafter")
        # A dict, for Gradio keeps nothing that JavaScript takes for false: "" would leave the last one there.
        self.under_way = gr.BrowserState({}, storage_key="drafter-under-way", secret="drafter")
        self.header = gr.HTML(elem_id="header")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="form"):
                self._lay_out_form(words)
            with gr.Column(elem_id="preview"):
                self.paper = gr.HTML(
                    elem_id="paper",
                    apply_default_css=False,
                    js_on_load=(HTML / "paper.js").read_text(encoding="utf-8"),
                )
        with gr.Row(elem_id="actions"):
            self.status = gr.HTML(elem_id="status", apply_default_css=False)
            self.generate = gr.Button(words("action.generate"), variant="primary", elem_id="generate")
            self.stop = gr.Button(words("action.stop"), visible=False, elem_id="stop")
            self.edit = gr.Button(words("action.edit"), visible=False, elem_id="edit")
            self.download = gr.Button(words("action.download"), visible=False, elem_id="download")
            self.final = FinalCopy(words, visible=False)

    def _lay_out_form(self, words: Words) -> None:
        self.fields: dict[str, gr.Textbox | gr.Radio] = {}
        with gr.Row(elem_classes="step-line"):
            self.step_basics = gr.HTML()
            self.example = gr.Button(words("example.fill"), elem_id="example", size="md")
            self.undo = gr.Button(words("example.undo"), elem_id="undo-example", size="md", visible=False)
        self.fields["doctype"] = gr.Radio(
            [(kind.name, kind.id) for kind in self._types.values()],
            value=next(iter(self._types)),
            label=words("field.doctype"),
            elem_id="doctype",
        )
        with gr.Row():
            self._text("unit", words)
            self._text("period", words)
        with gr.Row():
            self._text("topic", words)
            self._text("date", words)
        self._text("basis", words, lines=2)
        with gr.Accordion(words("field.more"), open=False, elem_id="more") as self.more:
            self._text("leaders", words, lines=2)
            self._text("addressee", words)
            self._text("title", words)
        self._lay_out_official(words)
        self.step_facts = gr.HTML()
        self._text("facts", words, lines=10)
        self.understood = gr.HTML(
            elem_id="understood",
            apply_default_css=False,
            js_on_load=(HTML / "facts.js").read_text(encoding="utf-8"),
        )

    def _lay_out_official(self, words: Words) -> None:
        """版头, 附件 and 版记, which most papers do not need."""
        with gr.Accordion(words("step.official"), open=False, elem_id="official") as self.official:
            self.fields["copy_format"] = gr.Radio(
                [(words(f"format.{name}"), name) for name in FORMATS],
                value=FORMATS[0],
                label=words("field.copy_format"),
                elem_id="copy_format",
            )
            for names in (("number", "mark"), ("signers", "serial"), ("secrecy", "urgency")):
                with gr.Row():
                    for name in names:
                        self._text(name, words)
            self._text("issuers", words)
            self._text("attachments", words, lines=2)
            self._text("note", words)
            self._text("cc", words)
            with gr.Row():
                self._text("print_by", words)
                self._text("print_date", words)

    def _text(self, name: str, words: Words, lines: int = 1) -> None:
        self.fields[name] = gr.Textbox(
            label=words(f"field.{name}"),
            lines=lines,
            max_lines=max(lines, 20) if lines > 1 else 1,
            elem_id=name,
        )

    @property
    def _inputs(self) -> list[gr.Textbox | gr.Radio]:
        return [self.fields[name] for name in FIELDS]

    def _wire(self) -> None:
        fields = self._inputs
        form = [self.desk, self.corrections, *fields]
        buttons = [self.generate, self.stop, self.edit, self.download, *self.final.buttons]
        live = [self.understood, self.paper, self.status, *buttons]
        shown = [*live, self.under_way]
        long: dict[str, Any] = {"concurrency_limit": None, "trigger_mode": "once", **QUIET}
        filled = [*fields, self.corrections, self.example, self.undo, *live]
        opened = self._blocks.load(
            self._open, [self.desk, self.saved, self.corrections], self._everything(), queue=False, **QUIET
        )
        opened.then(self._go_on, [self.desk, self.under_way], shown, concurrency_limit=None, **QUIET)
        # Gradio's input event comes from key presses only: neither pasting nor an input method fires it.
        gr.on([field.change for field in fields], self._edit, form, live, **LIVE)
        gr.on([field.change for field in fields], None, fields, self.saved, js=SAVE, **QUIET)
        self.understood.correct(self._correct, form, [self.corrections, *live], queue=False, **QUIET)
        self.example.click(self._fill_example, form, filled, queue=False, **QUIET)
        self.undo.click(self._undo_example, [self.desk], filled, queue=False, **QUIET)
        self.generate.click(self._generate, form, shown, **long)
        self.paper.retry(self._retry, [self.desk], shown, **long)
        self.stop.click(self._stop, [self.desk], [self.status], queue=False, **QUIET)
        self.final.wire(self.desk, self.status, self._settings, self._offices, self._shelf, written_on)

    def _everything(self) -> list[Component]:
        return [
            self.header, self.step_basics, self.step_facts, self.more, self.official, self.example, self.undo,
            self.stop, self.generate, self.download, self.status, self.corrections, self.understood,
            self.paper, *self._inputs,
        ]  # fmt: skip

    def _open(
        self, request: gr.Request, desk: Desk, saved: dict[str, str], corrections: Corrections
    ) -> Updates:
        """The page in the browser's language, with what was in the form the last time."""
        words = words_of(request)
        form = self._form([saved.get(name) or "" for name in FIELDS])
        said = ""
        if copied := request.query_params.get("copy"):
            try:
                form, corrections = as_new(self._offices(person_of(request)).load(str(copied)).draft.brief)
                said = views.status(words, words("status.copied"))
            except DrafterError as error:
                said = views.status(words, str(error), "bad")
        desk.shown = form
        updates: Updates = {
            self.fields[name]: gr.update(label=words(f"field.{name}"), value=getattr(form, name))
            for name in FIELDS
        }
        for name in (*FIELDS[1:8], *HINTED, "facts"):
            updates[self.fields[name]]["placeholder"] = words(f"field.{name}.placeholder")
        english = words.language == "en"
        updates[self.fields["doctype"]]["choices"] = [
            (kind.english if english else kind.name, kind.id) for kind in self._types.values()
        ]
        updates[self.fields["copy_format"]]["choices"] = [(words(f"format.{name}"), name) for name in FORMATS]
        return updates | {
            self.header: header(request, words, "draft", who_writes(self._settings, words)),
            self.step_basics: views.step(words, 1, "step.basics"),
            self.step_facts: views.step(words, 2, "step.facts"),
            self.more: gr.update(label=words("field.more")),
            self.official: gr.update(label=words("step.official")),
            self.example: words("example.fill"),
            self.undo: words("example.undo"),
            self.stop: words("action.stop"),
            self.generate: words("action.generate"),
            self.download: words("action.download"),
            self.status: said,
            self.corrections: corrections,
            **self._outline_view(form, corrections, words),
        }

    def _edit(self, request: gr.Request, desk: Desk, corrections: Corrections, *values: str) -> Updates:
        return self._refresh(desk, self._form(values), corrections, words_of(request))

    def _correct(
        self, event: gr.EventData, request: gr.Request, desk: Desk, corrections: Corrections, *values: str
    ) -> Updates:
        """A fact was given another section or kind."""
        chosen = choose(corrections, event._data)
        updates = self._refresh(desk, self._form(values), chosen, words_of(request))
        return updates | {self.corrections: chosen}

    def _fill_example(
        self, request: gr.Request, desk: Desk, corrections: Corrections, *values: str
    ) -> Updates:
        """Fill everything from the example of the chosen type, keeping what was there for `_undo_example`."""
        words, form = words_of(request), self._form(values)
        brief = examples().get(form.doctype)
        if brief is None:
            return {self.status: views.status(words, words("error.no_example"), "bad")}
        if any(getattr(form, name).strip() for name in FIELDS if name not in CHOSEN):
            desk.before_example = (form, corrections)
        return self._show_form(desk, form_of(brief), corrections_of(brief), words)

    def _undo_example(self, request: gr.Request, desk: Desk) -> Updates:
        """Bring back what the example replaced."""
        form, corrections = desk.before_example or (Form(), {})
        desk.before_example = None
        return self._show_form(desk, form, corrections, words_of(request))

    def _show_form(self, desk: Desk, form: Form, corrections: Corrections, words: Words) -> Updates:
        """Another form, and its outline in place of any document."""
        desk.stage, desk.shown, desk.work = "outline", form, None
        return {
            **{self.fields[name]: getattr(form, name) for name in FIELDS},
            self.corrections: corrections,
            self.undo: gr.update(visible=desk.before_example is not None),
            self.status: "",
            **self._buttons("outline", words),
            **self._outline_view(form, corrections, words),
        }

    def _refresh(self, desk: Desk, form: Form, corrections: Corrections, words: Words) -> Updates:
        """What follows from the form: the facts as understood, and the outline unless a document is there."""
        view = self._outline_view(form, corrections, words)
        if desk.stage == "outline":
            untouched = form in (desk.shown, Form(doctype=form.doctype))
            return view if untouched else view | {self.status: ""}
        del view[self.paper]
        if desk.stage == "done" and form != desk.shown:
            desk.stage = "stale"
            view |= {self.status: views.status(words, words("status.stale")), **self._buttons("stale", words)}
        return view

    def _outline_view(self, form: Form, corrections: Corrections, words: Words) -> Updates:
        doctype = self._types[form.doctype]
        try:
            brief = form.sketch(doctype, corrections)
            outline = build_outline(brief, doctype)
        except DrafterError as error:
            return {self.paper: gr.skip(), self.understood: views.status(words, str(error), "bad")}
        return {
            self.understood: views.facts_list(brief, doctype, outline, corrections, words),
            self.paper: views.outline_paper(brief, doctype, outline, words),
        }

    async def _generate(
        self, request: gr.Request, desk: Desk, corrections: Corrections, *values: str
    ) -> AsyncIterator[Updates]:
        """Have the document written and show it as it comes; errors are said beside the button."""
        words, form = words_of(request), self._form(values)
        try:
            doctype = self._types[form.doctype]
            brief = form.brief(doctype, corrections, words)
            office = self._offices(person_of(request))
            work = await office.start(brief, doctype, Order(what=words("what.generated")))
            async for updates in self._followed(office, desk, work, words):
                yield updates
        except DrafterError as error:
            yield self._failed(desk, "outline", str(error), words)
        except Exception:
            log.exception("the page could not write a document")
            yield self._failed(desk, "outline", words("error.unexpected"), words)

    async def _retry(self, event: gr.EventData, request: gr.Request, desk: Desk) -> AsyncIterator[Updates]:
        """Write one section that failed or was stopped; the rest of the document stays as it is."""
        words, before, stage = words_of(request), desk.work, desk.stage
        if before is None or stage not in ("done", "stale"):
            yield gr.skip()
            return
        try:
            office = self._offices(person_of(request))
            saved = await asyncio.to_thread(office.load, before.draft)
            order = Order(only=str(event._data["section"]), what=words("what.generated"))
            work = await office.again(saved, order)
            async for updates in self._followed(office, desk, work, words):
                yield updates
        except DrafterError as error:
            yield self._failed(desk, stage, str(error), words)

    async def _go_on(
        self, request: gr.Request, desk: Desk, under_way: dict[str, str]
    ) -> AsyncIterator[Updates]:
        """Show the document that was being written when the page was left, or that the address names."""
        words, office = words_of(request), self._offices(person_of(request))
        try:
            if asked := str(request.query_params.get("draft", "")):
                work = await asyncio.to_thread(office.open_work, asked)
            else:
                work = await asyncio.to_thread(office.work, under_way["id"]) if under_way else None
            if work is None:
                yield gr.skip()  # without it Gradio would empty everything
                return
            async for updates in self._followed(office, desk, work, words):
                yield updates
        except DrafterError as error:
            yield self._failed(desk, "outline", str(error), words)

    def _failed(self, desk: Desk, stage: str, said: str, words: Words) -> Updates:
        """The page at a stage after an error."""
        desk.stage = stage
        return {
            self.status: views.status(words, said, "bad"),
            self.under_way: {},
            **self._buttons(stage, words),
        }

    async def _followed(self, office: Office, desk: Desk, work: Work, words: Words) -> AsyncIterator[Updates]:
        """Show how a work gets on, whichever process is at it, and end with the finished document."""
        desk.stage, desk.work = "writing", work
        base = await asyncio.to_thread(office.revision, work.draft, work.base)
        brief, doctype = (
            base.draft.brief,
            doctypes.load(base.draft.brief.doctype, self._settings.template_folders),
        )
        progress = Progress()
        yield self._buttons("writing", words) | {self.under_way: {"id": work.id}}
        async with aclosing(office.follow(work)) as looks:
            async for progress in looks:
                if desk.work is not work:
                    # The person turned to something else.
                    await office.stop(work)
                    return
                yield {
                    self.paper: views.written_paper(brief, doctype, progress, words),
                    self.status: views.status(
                        words, views.progress_line("status.writing", progress, words) + used(progress, words)
                    ),
                }
        if progress.draft is None:
            return
        desk.stage, desk.written = "done", await asyncio.to_thread(office.load, work.draft)
        yield self._finished(brief, doctype, progress, desk.written, words)

    def _finished(
        self,
        brief: Brief,
        doctype: DocType,
        progress: Progress,
        saved: Saved,
        words: Words,
    ) -> Updates:
        key, tone = "status.done", "good"
        if progress.stopped:
            key, tone = "status.stopped", ""
        elif progress.failures:
            key, tone = "status.partial", "bad"
        buttons = self._buttons("done", words)
        buttons[self.download]["link"] = address_of(saved)
        buttons[self.edit] = gr.update(visible=True, value=words("action.edit"), link=f"/edit?id={saved.id}")
        return {
            self.paper: views.written_paper(brief, doctype, progress, words, saved.draft),
            self.status: views.status(
                words, views.progress_line(key, progress, words) + used(progress, words), tone
            ),
            self.under_way: {},
            **buttons,
        }

    async def _stop(self, request: gr.Request, desk: Desk) -> Updates:
        try:
            if desk.work:
                await self._offices(person_of(request)).stop(desk.work)
        except DrafterError as error:
            return {self.status: views.status(words_of(request), str(error), "bad")}
        return {self.status: gr.skip()}

    def _buttons(self, stage: str, words: Words) -> Updates:
        """The buttons of a stage; one of them, and only one, is the primary one."""
        label = words("action.generate" if stage in ("outline", "writing") else "action.again")
        return {
            self.generate: gr.update(
                value=label,
                visible=stage != "writing",
                variant="secondary" if stage == "done" else "primary",
            ),
            self.stop: gr.update(visible=stage == "writing"),
            self.edit: gr.update(visible=stage in ("done", "stale")),
            self.download: gr.update(
                visible=stage in ("done", "stale"), variant="primary" if stage == "done" else "secondary"
            ),
            **self.final.shown(words, visible=stage in ("done", "stale")),
        }

    def _form(self, values: list[str] | tuple[str, ...]) -> Form:
        given = {name: value or "" for name, value in zip(FIELDS, values, strict=True)}
        if given["doctype"] not in self._types:
            given["doctype"] = next(iter(self._types))
        if given["copy_format"] not in FORMATS:
            given["copy_format"] = FORMATS[0]
        return Form(**given)


@cache
def examples() -> Mapping[str, Brief]:
    """Of the examples that came with the program, the first of each document type."""
    briefs = [read_brief(path) for path in sorted(folder("examples").glob("*.yaml"), reverse=True)]
    return {brief.doctype: brief for brief in briefs}


def written_on(desk: Desk) -> Saved | None:
    """The revision that came of the writing on a page."""
    return desk.written


def used(progress: Progress, words: Words) -> str:
    """How much a model has used, where its endpoint counts that, and who stood in for it."""
    parts = [words("status.tokens", n=progress.tokens)] if progress.tokens else []
    if progress.cost is not None:
        parts.append(words("status.cost", yuan=f"{progress.cost:.2f}"))
    if progress.stood_in:
        parts.append(words("status.stood_in", model="、".join(sorted(set(progress.stood_in.values())))))
    return "".join(f"　{part}" for part in parts)
