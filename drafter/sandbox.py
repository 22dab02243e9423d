"""The Jinja2 sandbox in which document types and prompts render: it bounds their time and the text they make.

Jinja's own immutable sandbox keeps a template from the program's objects, not from looping or doubling a text
for ever. Here every turn of a loop and every call of a macro is counted, joined texts are measured, and what
makes text grow at will (operators, string methods, filters) is not there.
"""

from __future__ import annotations

import threading
import time
from functools import cache, lru_cache
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, Template, TemplateRuntimeError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

MAX_STEPS, MAX_SECONDS, MAX_TEXT = 50_000, 2.0, 200_000
"""Turns of loops and calls of macros, seconds, and characters of any text, for one rendering."""

METHODS = frozenset(
    {"startswith", "endswith", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "split"}
)
"""The methods of a text that a template may call: none of them makes it longer."""
FILTERS = frozenset(
    {"abs", "capitalize", "count", "d", "default", "dictsort", "escape", "first", "float", "int", "items",
     "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse",
     "round", "select", "selectattr", "sort", "string", "sum", "trim", "truncate", "unique", "upper",
     "wordcount"}
)  # fmt: skip
"""The filters that a template may use."""

TICK, JOINED = "tick__", "joined__"


class Bounded(NodeTransformer):
    """Has every loop and macro count its turns, and every joined text measured."""

    def visit_For(self, node: nodes.For) -> nodes.Node:
        return self._counted(node)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:
        return self._counted(node)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:
        return self._counted(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        name = nodes.Name(JOINED, "load", lineno=node.lineno)
        return nodes.Call(name, list(node.nodes), [], None, None, lineno=node.lineno)

    def _counted(self, node: nodes.For | nodes.Macro | nodes.CallBlock) -> nodes.Node:
        self.generic_visit(node)
        call = nodes.Call(
            nodes.Name(TICK, "load", lineno=node.lineno), [], [], None, None, lineno=node.lineno
        )
        node.body.insert(0, nodes.ExprStmt(call, lineno=node.lineno))
        return node


class Sandbox(ImmutableSandboxedEnvironment):
    """One sandbox; what a rendering may use is counted anew for each, in each thread.

    `max_text` is how many characters a rendering may make.
    """

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, loader: BaseLoader | None = None, max_text: int = MAX_TEXT, **options: Any) -> None:
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            **options,
        )
        self.globals = {TICK: self._tick, JOINED: self._joined, "range": self.globals["range"]}
        self.filters = {name: act for name, act in self.filters.items() if name in FILTERS}
        self._max_text = max_text
        self._spent = threading.local()
        self._compiled = lru_cache(maxsize=128)(self.from_string)

    def render(self, template: str, values: dict[str, Any]) -> str:
        """The template of this name (of the loader) rendered within the limits. Raises TemplateError."""
        return self.limited(self.get_template(template), values)

    def render_text(self, source: str, values: dict[str, Any]) -> str:
        """A template's text rendered within the limits. Raises TemplateError."""
        return self.limited(self._compiled(source), values)

    def limited(self, template: Template, values: dict[str, Any]) -> str:
        """A template of this sandbox rendered within the limits. Raises TemplateError."""
        self._spent.steps, self._spent.until = 0, time.monotonic() + MAX_SECONDS
        pieces, size = [], 0
        try:
            for piece in template.generate(values):
                size += len(piece)
                if size > self._max_text:
                    raise TemplateRuntimeError(f"写出的文字超过{self._max_text}字")
                pieces.append(piece)
        except (RecursionError, MemoryError, OverflowError):
            raise TemplateRuntimeError("自己调用自己，或占用过大") from None
        return "".join(pieces)

    def _tick(self) -> str:
        self._spent.steps += 1
        if self._spent.steps > MAX_STEPS or time.monotonic() > self._spent.until:
            raise TemplateRuntimeError("循环太多或太久")
        return ""

    def _joined(self, *parts: Any) -> str:
        text = "".join(map(str, parts))
        if len(text) > self._max_text:
            raise TemplateRuntimeError(f"拼接的文字超过{self._max_text}字")
        return text

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        bounded: nodes.Template = Bounded().visit(tree)
        return bounded

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, int | float) and isinstance(right, int | float) and operator == "%":
            return super().call_binop(context, operator, left, right)
        raise SecurityError(f"不可用运算符 {operator}")

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str):
            return attr in METHODS
        return super().is_safe_attribute(obj, attr, value)


@cache
def sandbox() -> Sandbox:
    """The one environment for templates that are given as text: prompts, and lines of document types."""
    return Sandbox()
