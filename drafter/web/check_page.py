"""查稿: any document, uploaded or pasted — is it complete, what is wrong with it, and where."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from drafter import doctypes, intake
from drafter.accounts.model import Person
from drafter.accounts.view import Stores
from drafter.cli_review import format_findings
from drafter.config import Settings
from drafter.docx.layout import Layout
from drafter.errors import DrafterError, InputError
from drafter.houses import house_for
from drafter.model import Brief, DocType, Reading, Review
from drafter.review import reports
from drafter.review.document import READABLE, Source, read_source, text_lines
from drafter.review.learn import learn, write
from drafter.review.lint import rules
from drafter.review.outline_reader import read
from drafter.review.verdict import judge
from drafter.web import check_views as views
from drafter.web.asking import header, person_of, words_of
from drafter.web.form import file_name
from drafter.web.shelf import Shelf
from drafter.web.views import status
from drafter.web.words import Words, words_for

log = logging.getLogger(__name__)

HTML = Path(__file__).parent / "html"
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

Updates = dict[Component, Any]


class Desk:
    """What the server remembers of one open page: the document as it was read, and its name."""

    def __init__(self) -> None:
        self.source: Source | None = None
        self.reading: Reading | None = None
        self.name = ""


class CheckPage:
    """Lays out the page inside an open route of a gr.Blocks and wires it."""

    def __init__(self, blocks: gr.Blocks, settings: Settings, stores: Stores, shelf: Shelf) -> None:
        self._settings, self._stores, self._shelf = settings, stores, shelf
        self._lay_out(words_for("zh"))
        self._wire(blocks)

    def _lay_out(self, words: Words) -> None:
        self.desk = gr.State(Desk())
        self.header = gr.HTML()
        with gr.Row(elem_id="bench"):
            with gr.Column(elem_id="edit-preview"):
                self.paper = gr.HTML(elem_id="checked-paper", apply_default_css=False)
            with gr.Column(elem_id="tools"):
                self.file = gr.File(
                    label=words("check.file"), file_types=list(READABLE), elem_id="check-file", height=120
                )
                self.text = gr.Textbox(label=words("check.text"), lines=4, max_lines=8, elem_id="check-text")
                self.type = gr.Dropdown([], label=words("check.type"), elem_id="check-type")
                with gr.Accordion(words("check.more"), open=False, elem_id="check-more") as self.more:
                    self.facts = gr.Textbox(
                        label=words("check.facts"), lines=4, max_lines=8, elem_id="check-facts"
                    )
                self.result = gr.HTML(
                    elem_id="checked",
                    apply_default_css=False,
                    js_on_load=(HTML / "checked.js").read_text(encoding="utf-8"),
                )
                with gr.Accordion(
                    words("learn.heading"), open=False, visible=False, elem_id="learn"
                ) as self.learning:
                    self.learn_name = gr.Textbox(label=words("learn.name"), elem_id="learn-name")
                    self.learn_id = gr.Textbox(label=words("learn.id"), elem_id="learn-id")
                    self.learn = gr.Button(words("learn.act"), elem_id="learn-act")
        with gr.Row(elem_id="edit-actions"):
            self.status = gr.HTML(elem_id="check-status", apply_default_css=False)
            self.annotated = gr.Button(words("check.annotated"), visible=False, elem_id="annotated")
            self.mended = gr.Button(words("check.mended"), visible=False, elem_id="mended")
            self.check = gr.Button(words("check.act"), variant="primary", elem_id="check")

    def _wire(self, blocks: gr.Blocks) -> None:
        shown = [
            self.header, self.paper, self.file, self.text, self.type, self.more, self.facts, self.result,
            self.learning, self.learn_name, self.learn_id, self.learn, self.annotated, self.mended,
            self.check, self.status,
        ]  # fmt: skip
        given = [self.desk, self.file, self.text, self.type, self.facts]
        blocks.load(self._open, None, shown, queue=False, **QUIET)
        self.check.click(self._check, given, shown, trigger_mode="once", **QUIET)
        self.file.upload(self._check, given, shown, trigger_mode="once", **QUIET)
        self.learn.click(
            self._learn, [self.desk, self.learn_name, self.learn_id], shown, trigger_mode="once", **QUIET
        )

    def _open(self, request: gr.Request) -> Updates:
        words = words_of(request)
        return {
            self.header: header(request, words, "check"),
            self.paper: views.paper(None, words),
            self.file: gr.update(label=words("check.file")),
            self.text: gr.update(label=words("check.text")),
            self.type: self._types(words),
            self.more: gr.update(label=words("check.more")),
            self.facts: gr.update(label=words("check.facts")),
            self.learning: gr.update(label=words("learn.heading")),
            self.learn_name: gr.update(label=words("learn.name")),
            self.learn_id: gr.update(label=words("learn.id")),
            self.learn: words("learn.act"),
            self.annotated: words("check.annotated"),
            self.mended: words("check.mended"),
            self.check: words("check.act"),
        }

    def _types(self, words: Words) -> Any:
        english = words.language == "en"
        known = doctypes.available(self._settings.template_folders)
        choices = [(kind.english if english else kind.name, kind.id) for kind in known]
        return gr.update(label=words("check.type"), choices=[(words("check.any"), ""), *choices], value="")

    def _check(
        self,
        request: gr.Request,
        desk: Desk,
        file: str | None,
        text: str | None,
        doctype: str | None,
        facts: str | None,
    ) -> Updates:
        words = words_of(request)
        try:
            source, desk.name = self._given(file, text or "", words)
            desk.source, desk.reading = source, read(source.lines)
            person = person_of(request)
            return self._shown(person, desk, desk.reading, source, doctype or "", facts or "", words)
        except DrafterError as error:
            return {self.status: status(words, str(error), "bad")}
        except Exception:
            log.exception("the page could not check a document")
            return {self.status: status(words, words("error.unexpected"), "bad")}

    def _given(self, file: str | None, text: str, words: Words) -> tuple[Source, str]:
        """The document: the file, or the pasted text where there is none. Raises InputError."""
        if file:
            path = Path(file)
            try:
                return read_source(path), path.stem
            except InputError as error:
                raise InputError(error.what, file=path.name, mend=error.mend) from None
        if not text.strip():
            raise InputError(words("check.nothing"))
        return Source(text_lines(text)), words("check.pasted")

    def _shown(
        self,
        person: Person,
        desk: Desk,
        reading: Reading,
        source: Source,
        chosen: str,
        facts: str,
        words: Words,
    ) -> Updates:
        known = doctypes.available(self._settings.template_folders)
        layout = house_for(self._settings, reading.unit, chosen).layout
        found = format_findings(source.docx, reading, layout)
        review = judge(reading, known, rules(self._settings.rule_folders), chosen=chosen, more=found)
        doctype = next(kind for kind in known if kind.id == review.doctype)
        if facts.strip():
            brief = self._brief(facts, doctype, review)
            review = judge(
                reading,
                known,
                rules(self._settings.rule_folders),
                chosen=doctype.id,
                brief=brief,
                more=found,
            )
        annotated = reports.annotated(review, source.docx)
        return {
            self.paper: views.paper(review, words),
            self.result: views.result(review, doctype, words),
            self.learning: gr.update(visible=person.may("learn")),
            self.annotated: gr.update(
                visible=True, link=self._offered(annotated, f"{desk.name}（批注）", person, words)
            ),
            self.mended: self._mended(person, desk, source, reading, layout if found else None, words),
            self.status: status(words, reports.verdict(review), "good" if review.complete else "bad"),
        }

    def _brief(self, facts: str, doctype: DocType, review: Review) -> Brief:
        reading = review.reading
        return Brief(
            doctype=doctype.id,
            unit=reading.unit,
            title=reading.title,
            date=reading.date,
            facts=tuple(intake.facts_from_text(facts, doctype)),
        )

    def _mended(
        self,
        person: Person,
        desk: Desk,
        source: Source,
        reading: Reading,
        layout: Layout | None,
        words: Words,
    ) -> Any:
        """The document with its format put right by `layout`, where it is a .docx that needs it."""
        if source.docx is None or layout is None:
            return gr.update(visible=False)
        from drafter.docx.format_fix import put_right

        mended = put_right(source.docx, reading, layout)
        return gr.update(visible=True, link=self._offered(mended, f"{desk.name}（改正版式）", person, words))

    def _offered(self, data: bytes, name: str, person: Person, words: Words) -> str:
        """The address of a .docx, ready for this person to download."""
        return self._shelf.offer(data, file_name(name, words("file.fallback")), person)

    def _learn(self, request: gr.Request, desk: Desk, name: str | None, new_id: str | None) -> Updates:
        """Make a document type of the document that was checked."""
        words = words_of(request)
        try:
            self._stores(person_of(request)).allow("learn")
            if desk.reading is None:
                raise InputError(words("check.nothing"))
            files = learn(desk.reading, (new_id or "").strip(), (name or "").strip())
            write(files, self._settings.own_types / (new_id or "").strip())
        except DrafterError as error:
            return {self.status: status(words, str(error), "bad")}
        return {
            self.type: self._types(words),
            self.status: status(words, words("learn.done", id=(new_id or "").strip()), "good"),
        }
