"""What stands on the editing page; edit_page.py says what it does."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from gradio.components import Component

from drafter.web.final_copy import FinalCopy
from drafter.web.words import Words

HTML = Path(__file__).parent / "html"
PRESETS = ("concise", "fuller", "results", "reword", "polish")
"""How a section can be rewritten: names of phrases in the catalogue."""


class EditLayout:
    """The components of the editing page. `revises` tells whether the writer can follow an instruction."""

    def _lay_out(self, words: Words, state: type, revises: bool) -> None:
        self.desk = gr.State(state())
        self.places = gr.Textbox(visible=False)
        self.picked = gr.Textbox(visible=False)
        self.unsaved = gr.BrowserState({}, storage_key="drafter-unsaved", secret="drafter")
        self.author_kept = gr.BrowserState("", storage_key="drafter-author", secret="drafter")
        self.header = gr.HTML(elem_id="edit-header")
        with gr.Column(elem_id="import-room"):
            self.returned = gr.HTML(elem_id="returned", apply_default_css=False)
            with gr.Row(elem_id="import-actions"):
                self.take = gr.Button(words("import.take"), visible=False, variant="primary", elem_id="take")
                self.drop = gr.Button(words("import.drop"), visible=False, elem_id="drop")
        with gr.Row(elem_id="bench"):
            with gr.Column(elem_id="edit-preview"):
                self.paper = gr.HTML(
                    elem_id="edit-paper",
                    apply_default_css=False,
                    js_on_load=(HTML / "edit.js").read_text(encoding="utf-8"),
                )
            with gr.Column(elem_id="tools"):
                self._lay_out_tools(words, revises)
        with gr.Row(elem_id="edit-actions"):
            self.status = gr.HTML(elem_id="edit-status", apply_default_css=False)
            self.resume = gr.Button(words("edit.resume"), visible=False, elem_id="resume")
            self.submit = gr.Button(words("edit.submit"), elem_id="submit")
            self.undo = gr.Button(words("edit.undo"), elem_id="undo")
            self.redo = gr.Button(words("edit.redo"), elem_id="redo")
            self.upload = gr.UploadButton(
                words("import.upload"), file_types=[".docx", ".wps", ".odt", ".doc"], elem_id="import"
            )
            self.download = gr.Button(words("action.download"), elem_id="edit-download")
            self.final = FinalCopy(words, visible=True)

    def _lay_out_tools(self, words: Words, revises: bool) -> None:
        self.about = gr.HTML(
            elem_id="about",
            apply_default_css=False,
            js_on_load=(HTML / "about.js").read_text(encoding="utf-8"),
        )
        self.proposal = gr.HTML(elem_id="proposal", apply_default_css=False)
        with gr.Row():
            self.accept = gr.Button(words("edit.accept"), visible=False, variant="primary", elem_id="accept")
            self.reject = gr.Button(words("edit.reject"), visible=False, elem_id="reject")
        self.text = gr.Textbox(label=words("edit.text"), lines=8, max_lines=24, elem_id="text")
        with gr.Row():
            self.save = gr.Button(words("edit.save"), variant="primary", elem_id="save")
            self.lock = gr.Button(words("edit.lock"), elem_id="lock")
        self.preset = gr.Radio(
            [(words(f"preset.{name}"), name) for name in PRESETS],
            label=words("edit.preset"),
            elem_id="preset",
            visible=revises,
        )
        self.instruction = gr.Textbox(
            label=words("edit.instruction"), lines=1, elem_id="instruction", visible=revises
        )
        with gr.Row():
            self.rewrite = gr.Button(words("edit.rewrite"), elem_id="rewrite")
            self.stop = gr.Button(words("action.stop"), visible=False, elem_id="edit-stop")
        with gr.Accordion(words("edit.outline"), open=False, elem_id="outline-tools") as self.outline:
            self.heading = gr.Textbox(label=words("edit.heading"), elem_id="heading")
            with gr.Row():
                self.suggest = gr.Button(words("edit.suggest"), elem_id="suggest", size="md", visible=revises)
                self.rename = gr.Button(words("edit.rename"), elem_id="rename", size="md")
                self.up = gr.Button(words("edit.up"), elem_id="up", size="md")
                self.down = gr.Button(words("edit.down"), elem_id="down", size="md")
                self.remove = gr.Button(words("edit.remove"), elem_id="remove", size="md")
                self.add = gr.Button(words("edit.add"), elem_id="add", size="md")
        with gr.Accordion(words("edit.history"), open=False, elem_id="history-tools") as self.history_box:
            self.history = gr.HTML(
                elem_id="history",
                apply_default_css=False,
                js_on_load=(HTML / "history.js").read_text(encoding="utf-8"),
            )
            self.compared = gr.HTML(elem_id="compared", apply_default_css=False)
            self.sent = gr.HTML(elem_id="sent", apply_default_css=False)
        self.author = gr.Textbox(label=words("edit.author"), elem_id="author")

    @property
    def _shown(self) -> list[Component]:
        """What follows from the draft and the section in hand."""
        return [
            self.paper, self.about, self.text, self.save, self.lock, self.heading, self.history,
            self.compared, self.sent,
            self.proposal, self.accept, self.reject, self.status, self.download, self.rewrite, self.stop,
            self.resume, self.submit, self.upload, self.returned, self.take, self.drop, *self.final.buttons,
        ]  # fmt: skip
