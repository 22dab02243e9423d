"""What kind of document a sample is, and which known types are its kin."""

from __future__ import annotations

import re
from typing import Literal

from drafter import doctypes
from drafter.model import DocType, Reading, SectionSpec
from drafter.review.learning.general import words
from drafter.review.matching import CLOSING
from drafter.review.recognise import recognise

Manner = Literal["report", "plan", "other"]


def manner_of(title: str) -> Manner:
    """Whether a document tells what was done or what is to be done, by its title."""
    title = title.split("的")[-1]
    if re.search(words()["plans"], title) and not re.search(words()["reports"], title):
        return "plan"
    return "report" if not title or re.search(words()["reports"], title) else "other"


def known_types(reading: Reading, manner: Manner) -> list[DocType]:
    """The types whose sections tell what the headings mean, the sample's nearest kin first."""
    shipped = doctypes.available()
    rank = [doctype for doctype, _ in recognise(reading, shipped)]
    kin = [one for one in shipped if is_kin(one, reading)]
    closes = has(reading, CLOSING)
    return sorted(
        (one for one in shipped if one in kin or (manner != "plan" and manner_of(one.genre) != "plan")),
        key=lambda one: (one not in kin, bool(part_of(one, CLOSING)) != closes, rank.index(one.id)),
    )


def is_kin(doctype: DocType, reading: Reading) -> bool:
    patterns = (re.escape(doctype.genre), *doctype.titles)
    return any(re.search(pattern, reading.title) for pattern in patterns)


def part_of(doctype: DocType, role: str) -> SectionSpec | None:
    return next((spec for spec in doctype.sections if spec.id == role and not spec.heading), None)


def has(reading: Reading, role: str) -> bool:
    return role in reading.roles


def role_text(reading: Reading, role: str) -> str:
    rows = zip(reading.lines, reading.roles, strict=True)
    return "\n".join(line.strip() for line, here in rows if here == role)
