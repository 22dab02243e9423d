"""Which document type a text most likely is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from drafter.model import DocType, Reading
from drafter.review.matching import coverage

BY_TITLE, BY_SECTIONS = 0.6, 0.4
"""How much title and headings count: what a document calls itself decides before how it is laid out."""
FLOOR, SHARPER = 0.01, 2
"""A share for every type, and how much a better one stands out."""


def recognise(reading: Reading, doctypes: Sequence[DocType]) -> tuple[tuple[str, float], ...]:
    """The document types by likelihood, each with its share of 1."""
    scores = {doctype.id: FLOOR + _score(reading, doctype) ** SHARPER for doctype in doctypes}
    total = sum(scores.values())
    return tuple(
        (doctype, round(score / total, 2))
        for doctype, score in sorted(scores.items(), key=lambda one: -one[1])
    )


def _score(reading: Reading, doctype: DocType) -> float:
    patterns = (re.escape(doctype.genre), *doctype.titles)
    titled = any(re.search(pattern, reading.title) for pattern in patterns)
    opening = " ".join(
        line for line, role in zip(reading.lines, reading.roles, strict=True) if role == "opening"
    )
    told = not reading.title and any(re.search(pattern, opening) for pattern in patterns)
    return BY_TITLE * (1.0 if titled else 0.5 if told else 0.0) + BY_SECTIONS * coverage(reading, doctype)
