"""Gradio's pages, without the work that Gradio does for every event and every open page and these pages do
not need: with a hundred people it would be most of what a web process does.
"""

from __future__ import annotations

import sys
from copy import copy
from typing import Any, cast

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.blocks import Block, BlocksConfig
from gradio.state_holder import SessionState

REST = 0.01
"""Seconds between two looks for an event in the queue; Gradio looks a thousand times a second."""
NO_BARS = 60.0
"""Seconds between two looks for what a gr.Progress says: these pages have none."""
PLAIN = (gr.Button, gr.HTML, gr.Textbox)
"""Components that hold text: nothing of it depends on what an open page's component was before."""
PLAIN_LOOKS = (*PLAIN, gr.UploadButton)
"""Components whose looks alone (label, visible, interactive) depend on nothing before."""

# Gradio looks for matplotlib on the whole path before and after every event. These pages draw no plots.
sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]


class Pages(gr.Blocks):
    """A gr.Blocks of pages that answer the same, sooner."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.default_config = Plan(self)

    def queue(self, *given: Any, **named: Any) -> Pages:
        """What Gradio does, with an eye on the queue that does not use up the processor."""
        super().queue(*given, **named)
        self._queue.sleep_when_free = REST
        self._queue.progress_update_sleep_when_free = NO_BARS
        return self

    async def preprocess_data(
        self,
        block_fn: BlockFunction,
        inputs: list[Any],
        state: SessionState | None,
        explicit_call: bool = False,
    ) -> list[Any]:
        """What an event's function is given. Gradio sends every value through a thread, where under load each
        waits for its turn; text needs none.
        """
        if state is None or len(inputs) < len(block_fn.inputs):
            return cast(list[Any], await super().preprocess_data(block_fn, inputs, state, explicit_call))
        given = list(zip(block_fn.inputs, inputs, strict=False))
        rest, less = [one for one in given if not is_text(*one)], copy(block_fn)
        less.inputs = [block for block, _ in rest]
        values = iter(await super().preprocess_data(less, [value for _, value in rest], state, explicit_call))
        return [value if is_text(block, value) else next(values) for block, value in given]

    async def postprocess_data(
        self, block_fn: BlockFunction, predictions: list[Any] | dict[Any, Any], state: SessionState | None
    ) -> list[Any]:
        """What each output of an event is to become. For every update, even one that says nothing, Gradio
        makes the component anew, to have what it is now; where that is all the same, it is left out.
        """
        if predictions == gr.skip():
            predictions = {}
        if (
            not isinstance(predictions, dict)
            or state is None
            or not predictions.keys() <= set(block_fn.outputs)
        ):
            return await super().postprocess_data(block_fn, predictions, state)
        answers: dict[Block, Any] = {
            block: None if block.stateful else gr.skip() for block in block_fn.outputs
        }
        answers |= {block: plain(block, said) for block, said in predictions.items() if is_plain(block, said)}
        less = copy(block_fn)
        less.outputs = [block for block, said in predictions.items() if not is_plain(block, said)]
        if less.outputs:
            rest = {block: predictions[block] for block in less.outputs}
            answers |= zip(less.outputs, await super().postprocess_data(less, rest, state), strict=True)
        return [answers[block] for block in block_fn.outputs]


class Plan(BlocksConfig):
    """The components and events of the pages. Every open page gets a copy."""

    def __copy__(self) -> BlocksConfig:
        """Without a description of every component, which Gradio would keep up to date for its deep links."""
        page: BlocksConfig = super().__copy__()  # type: ignore[no-untyped-call]
        page.config_for_block = lambda *_: {}  # type: ignore[method-assign]
        return page


def is_text(block: Block, value: Any) -> bool:
    """Whether it is text for a component that holds text: both sides have it as it is."""
    return isinstance(block, PLAIN) and isinstance(value, str)


def is_plain(block: Block, said: Any) -> bool:
    """Whether it is text, or an update, for a component that holds text, or looks alone."""
    if not isinstance(said, dict) or said.get("__type__") != "update":
        return is_text(block, said)
    return isinstance(block, PLAIN if "value" in said else PLAIN_LOOKS)


def plain(block: Any, said: str | dict[str, Any]) -> Any:
    """What the browser is told of it."""
    if isinstance(said, str):
        return block.postprocess(said)
    looks = {name: one for name, one in said.items() if name != "value" and one is not None}
    return looks | {"value": block.postprocess(said["value"])} if "value" in said else looks
