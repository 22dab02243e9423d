"""Pages answers every event as Gradio's own Blocks does."""

from __future__ import annotations

import asyncio
from copy import copy
from typing import Any

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from drafter.web.pages import Pages

ANSWERS: tuple[tuple[str, dict[str, Any] | None], ...] = (
    ("text alone", {"note": "<b>好</b>", "text": "一"}),
    (
        "news of a look",
        {"text": gr.update(interactive=False, label="正文"), "save": gr.update(visible=False)},
    ),
    ("the same look with another text", {"text": gr.update(value="二", interactive=False, label="正文")}),
    ("a look taken back", {"text": gr.update(value="", interactive=True), "save": gr.update(visible=True)}),
    ("what the page began with", {"save": gr.update(value="保存", variant="primary")}),
    ("an empty look", {"text": gr.update(value="三", placeholder=None)}),
    ("choices", {"kind": gr.update(choices=[("甲", "a"), ("乙", "b")], value="b")}),
    ("the same choices", {"kind": gr.update(choices=[("甲", "a"), ("乙", "b")], value="a")}),
    ("a look, and one that is not there", {"text": gr.update(label=None, max_lines=3, value="四")}),
    ("no value", {"text": None, "note": None, "kind": gr.update(value=None)}),
    ("what only Gradio keeps", {"desk": "Tisch", "note": ""}),
    ("the look of a button for files", {"file": gr.update(visible=False, label="再导入")}),
    ("its look with its value", {"file": gr.update(visible=True, value=None)}),
    ("nothing", None),
)
"""What a function answers, by the names of the components; one after the other in one open page."""


class Site:
    """A page of a kind of blocks, open in a browser."""

    def __init__(self, kind: type[gr.Blocks]) -> None:
        with kind(analytics_enabled=False) as blocks:
            self.parts = {
                "desk": gr.State("desk"),
                "note": gr.HTML(),
                "text": gr.Textbox(label="Text"),
                "save": gr.Button("保存", variant="primary"),
                "kind": gr.Radio([("甲", "a")], value="a"),
                "file": gr.UploadButton("导入"),
            }
            row = list(self.parts.values())
            self.parts["save"].click(lambda *given: given, row, row)
        self.blocks, self.fn = blocks, next(iter(blocks.fns.values()))
        self.state = SessionState(blocks)

    def answer(self, said: dict[str, Any] | None) -> list[Any]:
        """What goes to the browser. Gradio takes the mark of an update of HTML for a property of it; that is
        left out.
        """
        predictions = (
            gr.skip() if said is None else {self.parts[name]: copy(one) for name, one in said.items()}
        )
        answers = asyncio.run(self.blocks.postprocess_data(self.fn, predictions, self.state))
        for one in answers:
            if isinstance(one, dict) and one.get("props") == {"__type__": "update"}:
                del one["props"]
        return answers

    def given(self, values: list[Any]) -> list[Any]:
        """What the function gets of what the browser sends."""
        return asyncio.run(self.blocks.preprocess_data(self.fn, values, self.state))


def test_answers_are_gradios() -> None:
    ours, theirs = Site(Pages), Site(gr.Blocks)
    for name, said in ANSWERS:
        assert ours.answer(said) == theirs.answer(said), name
    for values in (
        [None, "<p>", "字", "保存", "b", None],
        [None, None, None, None, None, None],
        [None, "", 3, "", "a", None, 1],
    ):
        assert ours.given(values) == theirs.given(values)


def test_what_gradio_refuses_is_refused() -> None:
    for site in (Site(Pages), Site(gr.Blocks)):
        with pytest.raises(ValueError):
            asyncio.run(site.blocks.postprocess_data(site.fn, {gr.HTML(): "x"}, site.state))
        with pytest.raises(ValueError):
            site.given([None, "x"])
        with pytest.raises(gr.Error):
            site.given([None, "", "", "", "nothing that can be chosen", None])


def test_no_component_is_made_for_text_or_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    site, made = Site(Pages), []
    for kind in (gr.Button, gr.Textbox, gr.HTML, gr.Radio, gr.UploadButton):
        monkeypatch.setattr(kind, "__init__", lambda self, *given, **named: made.append(self))
    site.answer({"save": gr.update(visible=False), "text": gr.update(value="x", label="X"), "note": "y"})
    site.answer({"file": gr.update(visible=False)})
    assert not made
