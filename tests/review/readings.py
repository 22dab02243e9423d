"""Readings for tests: a text as lines, with roles by their form alone."""

from __future__ import annotations

import re
from datetime import date as Date

from drafter.model import Heading, LineRole, Reading

NUMBERS = (
    re.compile(r"\s*([一二三四五六七八九十]{1,3}[、.．])(.*)"),
    re.compile(r"\s*([（(][一二三四五六七八九十]{1,3}[）)])(.*)"),
    re.compile(r"\s*(\d{1,2}[.．、](?!\d))(.*)"),
    re.compile(r"\s*([（(]\d{1,2}[）)])(.*)"),
)
DATE = re.compile(r"\s*\d{4}(年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|[./-]\d{1,2}[./-]\d{1,2})\s*")
UNIT = re.compile(r"[一-龥]{2,20}(局|街道|街道办事处|委员会|镇人民政府|院)")


def reading_of(text: str, *, title: str = "", unit: str = "", on: Date | None = None) -> Reading:
    """A text as it would be read; with a title, it stands in the first line."""
    lines = ([title] if title else []) + text.split("\n")
    headings = [heading for number, line in enumerate(lines, 1) if (heading := heading_in(line, number))]
    at = {heading.line for heading in headings}
    roles = [role_of(lines, number, at, bool(title)) for number in range(1, len(lines) + 1)]
    return Reading(
        lines=tuple(lines), roles=tuple(roles), headings=tuple(headings), title=title, unit=unit, date=on
    )


def heading_in(line: str, number: int) -> Heading | None:
    """The heading that a line is, or begins with."""
    for level, pattern in enumerate(NUMBERS, 1):
        if match := pattern.match(line):
            heading, stop, rest = match[2].strip().partition("。")
            if len(heading) <= 40 and not (stop and not rest and level > 2):
                return Heading(
                    level=level, number=match[1], heading=heading, line=number, run_in=bool(stop and rest)
                )
    return None


def role_of(lines: list[str], number: int, headings: set[int], titled: bool) -> LineRole:
    """What a line is, by its form and place."""
    line = lines[number - 1]
    if not line.strip():
        return "blank"
    if number == 1 and titled:
        return "title"
    if number in headings:
        return "heading"
    if number > 1 and DATE.fullmatch(line):
        return "date"
    return "unit" if number >= len(lines) - 1 and number > 1 and UNIT.fullmatch(line) else "body"
