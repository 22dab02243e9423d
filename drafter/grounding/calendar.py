"""How times compare: how finely each is told, and whether one is, covers or meets another."""

from __future__ import annotations

from collections.abc import Iterator

from drafter.grounding.context import Place
from drafter.grounding.knowledge import Knowledge
from drafter.grounding.page import Figure
from drafter.grounding.times import months
from drafter.grounding.verdicts import BRIEF


def level(figure: Figure) -> str:
    """How finely a time is told: to the year, the half, the quarter, the month or the day."""
    parts = figure.normal.split("-")
    if len(parts) == 2:
        return parts[1][0] if parts[1][0] in "HQ" else "month"
    return "year" if len(parts) == 1 else "day"


def ends_of(figure: Figure) -> Iterator[str]:
    """The first and the last day, month or year of a time, as they are compared."""
    head, _, last = figure.normal.rpartition("-")
    kind = last[0] if last[:1] in ("H", "Q") else ""
    for end in last.removeprefix(kind).split("~"):
        yield f"{head}-{kind}{end}".lstrip("-")


def meets(said: str, told: str) -> bool:
    """Whether two times are one, or one holds the other or a part of it."""
    one, two = said.split("-"), told.split("-")
    if "?" not in one[0] + two[0]:
        years = [(part[:4], part[-4:]) for part in (one[0], two[0])]
        if years[0][1] < years[1][0] or years[1][1] < years[0][0]:
            return False
    for left, right in zip(one[1:], two[1:], strict=False):
        spans = months(left), months(right)
        if left != right and (
            spans[0][1] < spans[1][0] or spans[1][1] < spans[0][0] or -1 in spans[0] + spans[1]
        ):
            return False
    return True


def _years_of(fact: Place, known: Knowledge) -> set[str]:
    """The years that a date's fact names before it (2026年：2月底前…)."""
    return {
        other.figure.normal[:4]
        for other in known.calendar
        if other.source == fact.source and other.figure.end <= fact.figure.start
    }


def covers(fact: Place, text: str, known: Knowledge) -> bool:
    """Whether the fact's date is the text's, or lies within it (12月5日 is in 12月), or begins or ends on it.

    A year that one of the two leaves out is the brief's own; 前三季度 is 1至9月, and 9月底 its end where it
    is the brief's own period. The document's own date is only the whole date or its year.
    """
    given, said = fact.figure.normal.split("-"), text.split("-")
    if fact.source == BRIEF and fact.figure.normal == known.signed and 1 < len(said) < len(given):
        return False
    if said[0] == "????":
        same_year = True
    elif given[0] == "????":
        same_year = said[0] in known.years or said[0] in _years_of(fact, known)
    else:
        same_year = said[0] == given[0] or (len(said) == 1 and said[0] in given[0].split("~"))
    if not same_year or given[1 : len(said)] == said[1:]:
        return same_year
    if len(given) >= len(said) > 1 and given[1:-1][: len(said) - 2] == said[1:-1]:
        end = given[len(said) - 1]
        if "~" in end and end[0].isdigit() and said[-1] in end.split("~"):
            return True
    if len(given) != 2 or len(said) < 2:
        return False
    span, other = months(given[1]), months(said[1])
    last = known.end % 12 + 1
    ends = fact.source == BRIEF and said[2:] == ["底"] and span[1] == last and other == (last, last)
    return ends or (len(said) == 2 and span == other)
