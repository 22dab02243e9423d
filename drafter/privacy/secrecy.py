"""Secrecy marks (密级标志, 内部标志): a paper that bears one does not go to a service elsewhere (涉密不上网).

A mark is told from the words of a sentence by how it stands on a paper; the patterns are data
(templates/_shared/privacy.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from drafter.data import shared
from drafter.model import Brief, Outline
from drafter.privacy import plain


@dataclass(frozen=True)
class Mark:
    """A secrecy mark: its `kind` (国家秘密标志, 内部标志) and how it stands in the text."""

    kind: str
    text: str


@cache
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each kind of mark with what finds it."""
    data = shared("privacy")
    compiled = []
    for row in data["secrecy"]:
        for pattern in row["patterns"]:
            for letter, words in data["words"].items():
                pattern = pattern.replace(f"{{{letter}}}", words)
            compiled.append((row["kind"], re.compile(pattern, re.MULTILINE)))
    return tuple(compiled)


def find(text: str) -> Mark | None:
    """The first secrecy mark in a text."""
    folded, places = plain(text)
    if not any(word in folded for word in shared("privacy")["hints"]):
        return None
    for kind, pattern in patterns():
        if match := pattern.search(folded):
            start, end = places[match.start()], places[match.end() - 1] + 1
            return Mark(kind, " ".join(text[start:end].split()))
    return None


def in_brief(brief: Brief) -> tuple[str, Mark] | None:
    """The first mark in a brief, with what it stands in as a person calls it (标题, 第3条事实).

    What is given as the copy's 密级 is one, however it is written.
    """
    if given := brief.official.secrecy:
        return "“密级”", Mark("国家秘密标志" if "密" in given[:2] else "内部标志", given)
    return _first(_parts_of(brief))


def in_outline(outline: Outline) -> tuple[str, Mark] | None:
    """The first mark in a document's title, headings and texts, with what it stands in."""
    return _first(_texts_of(outline))


def _first(parts: Iterator[tuple[str, str]]) -> tuple[str, Mark] | None:
    return next(((place, mark) for place, text in parts if (mark := find(text))), None)


def _parts_of(brief: Brief) -> Iterator[tuple[str, str]]:
    labels = shared("fields")
    for name in ("title", "unit", "period", "topic", "addressee", "leaders", "basis"):
        given = getattr(brief, name)
        for text in (given,) if isinstance(given, str) else given:
            yield f"“{labels[name][0]}”", text
    for text in brief.official.texts:
        yield "版头、附件或版记", text
    for number, fact in enumerate(brief.facts, start=1):
        cells = (cell for row in fact.table.rows for cell in row) if fact.table else ()
        for text in (fact.text, fact.topic, fact.source, fact.caption, *cells):
            yield f"第{number}条事实", text or ""


def _texts_of(outline: Outline) -> Iterator[tuple[str, str]]:
    yield "标题", outline.title
    for section in outline.sections:
        place = f"“{section.printed_heading}”一节" if section.heading else "正文"
        for text in (section.heading, section.topic, section.text):
            yield place, text
