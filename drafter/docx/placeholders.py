"""Fills the placeholders of a reference.docx ({{ title }}, {{ number }} …) with docxtpl, in the sandbox.

A value never meets Jinja or docxtpl: what is printed of it is a token, and the tokens become the values when
all is rendered. Template syntax in a fact is therefore text like any other.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from jinja2 import Template, TemplateError, UndefinedError

from drafter.data import shared
from drafter.docx.markup import printable
from drafter.errors import LayoutError
from drafter.sandbox import Sandbox

MAX_TEXT = 4_000_000
"""Characters of XML that one part may become."""

_SYNTAX = re.compile(r"\{\{|\{%|\{#")
_TOKEN = re.compile("\ue100([a-z]+)\ue101")
_TEXTS = (qn("w:t"), qn("a:t"))
_PARAGRAPH = qn("w:p")
_ROOTS = (qn("w:document"), qn("w:hdr"), qn("w:ftr"))


class _Value(str):
    """A value that a template can compare, and that it prints as the token `name`."""

    def __new__(cls, name: str, text: str) -> _Value:
        made = super().__new__(cls, text)
        made.name = name
        return made

    name: str

    def __html__(self) -> str:
        return f"\ue100{self.name}\ue101" if self else ""


class _Part:
    """A part of the document as docxtpl wants a template: rendered within the sandbox's limits."""

    def __init__(self, sandbox: Sandbox, template: Template) -> None:
        self._sandbox, self._template = sandbox, template

    def render(self, values: dict[str, Any]) -> str:
        return self._sandbox.limited(self._template, values)


class _Sandbox(Sandbox):
    """The sandbox as docxtpl wants an environment."""

    def from_string(self, source: Any, *args: Any, **kwargs: Any) -> Any:
        return _Part(self, super().from_string(source, *args, **kwargs))


def has_placeholders(document: Document) -> bool:
    """Whether something in its text, headers or footers is written as a placeholder."""
    texts = (_text(paragraph) for held in _held(document) for paragraph in held.iter(_PARAGRAPH))
    return any(map(_SYNTAX.search, texts))


def fill(document: Document, values: Mapping[str, str], file: str) -> Document:
    """The document with `values` in place of its placeholders; {{ body }} and what else stands alone in a
    paragraph is left as a token, for `lone` to find. Raises LayoutError.
    """
    from docxtpl import DocxTemplate  # type: ignore[import-untyped]

    saved = io.BytesIO()
    document.save(saved)
    template = DocxTemplate(saved)
    held = {name: _Value(name, printable(values.get(name, ""))) for name in shared("layout")["placeholders"]}
    held["body"] = _Value("body", "body")
    try:
        template.render(held, _Sandbox(max_text=MAX_TEXT), autoescape=True)
    except UndefinedError as mistake:
        names = "、".join(shared("layout")["placeholders"])
        raise LayoutError(f"不认识的占位符（{mistake.message}）", file=file, mend=f"可用：{names}") from None
    except TemplateError as mistake:
        mend = "检查 {{ }} 与 {% %} 是否配对"
        raise LayoutError(f"占位符写法有误（{mistake.message}）", file=file, mend=mend) from None
    filled = io.BytesIO()
    template.docx.save(filled)
    made = docx.Document(filled)
    if sum(_text(one).count(held["body"].__html__()) for one in made.element.iter(_PARAGRAPH)) != 1:
        raise LayoutError("{{ body }} 要有且只有一处", file=file, mend="在放正文的地方独占一段写 {{ body }}")
    if "body" not in lone(made):
        raise LayoutError("{{ body }} 没有独占一段，或放在了表格、文本框里", file=file, mend="移到单独的一段")
    return made


def lone(document: Document) -> dict[str, BaseOxmlElement]:
    """The paragraphs of the text that hold one token and nothing else, by its name; the first of each."""
    found: dict[str, BaseOxmlElement] = {}
    for paragraph in document.element.body.findall(_PARAGRAPH):
        match = _TOKEN.fullmatch(_text(paragraph).strip())
        if match:
            found.setdefault(match[1], paragraph)
    return found


def settle(document: Document, values: Mapping[str, str]) -> None:
    """Put the values where their tokens still are."""
    for held in _held(document):
        for text in held.iter(*_TEXTS):
            if text.text and _TOKEN.search(text.text):
                text.text = _TOKEN.sub(lambda match: printable(values.get(match[1], "")), text.text)


def _held(document: Document) -> list[BaseOxmlElement]:
    parts = document.part.package.iter_parts()
    held = (getattr(part, "element", None) for part in parts)
    return [one for one in held if one is not None and one.tag in _ROOTS]


def _text(paragraph: BaseOxmlElement) -> str:
    return "".join(text.text or "" for text in paragraph.iter(qn("w:t")))
