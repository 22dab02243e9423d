"""What a heading calls a section: by the meaning of its words, not by the exact string."""

from __future__ import annotations

import re
from functools import cache

from drafter.data import shared
from drafter.model import SectionSpec

PLAIN, BY_THE_WAY = 2, 1
"""A heading that says nothing else (当前存在的主要问题), and one that has the words (校园食堂的问题)."""
_BETWEEN_CLAUSES = re.compile("[，,；;]")


def naming(heading: str, spec: SectionSpec) -> int:
    """How a heading names a section: PLAIN, BY_THE_WAY or, not at all, 0.

    A clause that tells of work (补齐设施短板) names no section of problems.
    """
    words = re.sub(r"\s+", "", heading)
    if spec.heading and spec.heading in words:
        return PLAIN
    leads = [lead for name in spec.names for lead in _leads(name, words)]
    if any(_pattern("section_lead").fullmatch(lead) for lead in leads):
        return PLAIN
    if spec.default or any(not _tells_of_work(lead) for lead in leads):
        return BY_THE_WAY if leads else 0
    return 0


def _leads(name: str, heading: str) -> list[str]:
    """What stands before each match of a name in a heading, in its own clause."""
    return [_BETWEEN_CLAUSES.split(heading[: match.start()])[-1] for match in re.finditer(name, heading)]


def _tells_of_work(lead: str) -> bool:
    verbs = (*shared("verbs"), *shared("parts")["work_lead"])
    return lead.startswith(verbs) and "的" not in lead


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(shared("parts")[name])
