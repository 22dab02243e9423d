"""版记 (§7.4): who gets a copy, who printed it and when, at the foot of the last even page.

Its table stands at a place of its own on the page, so that it stays at the foot when the text above it is
edited. Where it is its page's only content, it begins a section that starts on an even page.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from math import ceil

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.base import NO_NUMBER
from drafter.docx.flow import End
from drafter.docx.formats import FOOT_PITCH, FOOT_SIZE
from drafter.docx.layout import Layout, twips, width_in_characters
from drafter.docx.markup import Style, element, paragraph, runs, tabbed, table
from drafter.docx.order import put
from drafter.printed import Line

ROLES = ("cc", "print")
"""Roles of the lines of 版记."""

RULES = 2
"""Height of its lines, in points."""


def foot(printed: Sequence[Line], layout: Layout) -> tuple[BaseOxmlElement, list[BaseOxmlElement]]:
    """The table that holds the lines of 版记, and its paragraphs."""
    rows = [_row(line, layout) for line in printed]
    bottom = twips(layout.paper_height - layout.bottom)
    # LibreOffice lets a table as wide as the type area stand apart only where it is centred on the page: the
    # narrower margin is made up for by a column without cells.
    placed = element(
        "w:tblpPr",
        {
            "w:leftFromText": "0",
            "w:rightFromText": "0",
            "w:vertAnchor": "page",
            "w:horzAnchor": "page",
            "w:tblpXSpec": "center",
            "w:tblpY": str(bottom - height(printed, layout)),
        },
    )
    made = table(Style.FOOT_TABLE, [layout.text_width], [[row] for row in rows], placed=placed, header=False)
    _widen(made, twips(layout.left - layout.right))
    return made, rows


def _widen(made: BaseOxmlElement, blank: int) -> None:
    """Give a table `blank` twips without cells before its rows; behind them, where it is negative."""
    side = "Before" if blank > 0 else "After"
    width, grid = made.find(f"{qn('w:tblPr')}/{qn('w:tblW')}"), made.find(qn("w:tblGrid"))
    width.set(qn("w:w"), str(int(width.get(qn("w:w"))) + abs(blank)))
    grid.insert(0 if blank > 0 else len(grid), element("w:gridCol", {"w:w": str(abs(blank))}))
    for row in made.iter(qn("w:trPr")):
        row.insert(0, element(f"w:w{side}", {"w:w": str(abs(blank)), "w:type": "dxa"}))
        row.insert(0, element(f"w:grid{side}", {"w:val": "1"}))


def height(printed: Sequence[Line], layout: Layout) -> int:
    """Height of 版记 in twips."""
    return round((sum(_rows(line, layout) for line in printed) * FOOT_PITCH + RULES) * 20)


def lines_taken(printed: Sequence[Line], layout: Layout) -> int:
    """How many lines of the type area it takes, one of them blank above it."""
    return ceil(height(printed, layout) / layout.line_pitch) + 1


def on_page_of_text(printed: Sequence[Line], end: End, layout: Layout, *, any_page: bool) -> bool:
    """Whether 版记 stands on the page where the text ends: surely an even one, unless `any_page` will do (a
    letter's), with room enough.
    """
    taken = lines_taken(printed, layout)
    fits = layout.lines - end.line - taken >= end.doubt
    return fits and (any_page or (end.sure and end.page % 2 == 0 and end.line > end.doubt))


def own_section(last: BaseOxmlElement, section: BaseOxmlElement, start: str, *, blank: bool) -> None:
    """End the text's section with its paragraph `last`; `section`, the document's own, begins as `start` says
    (ST_SectionMark).

    With `blank`, a page without text stands before 版记: neither of the two bears a page number (§7.5).
    """
    put(last[0], deepcopy(section))
    for child in list(section):
        if child.tag in (qn("w:titlePg"), qn("w:headerReference")):
            section.remove(child)
        if child.tag == qn("w:footerReference"):
            if child.get(qn("w:type")) == "first":
                section.remove(child)
            elif blank:
                child.set(qn("r:id"), NO_NUMBER)
    put(section, element("w:type", {"w:val": start}))


def _row(line: Line, layout: Layout) -> BaseOxmlElement:
    """A line of 版记, one character in at both ends; copies go on below their first name (§7.4.2)."""
    size = FOOT_SIZE * 20
    if line.role == "print":
        made = paragraph(Style.FOOT, tabbed(line.text), tabs=[("right", layout.text_width - size)])
        put(made[0], element("w:ind", {"w:left": str(size)}))
        return made
    made = paragraph(Style.FOOT, runs(line.text))
    hang = 3 * size
    put(made[0], element("w:ind", {"w:left": str(size + hang), "w:right": str(size), "w:hanging": str(hang)}))
    return made


def _rows(line: Line, layout: Layout) -> int:
    """How many lines it takes in its table."""
    room = layout.text_width / (FOOT_SIZE * 20) - 2
    if line.role == "print":
        return 1
    return max(1, ceil((width_in_characters(line.text) - 3) / (room - 3 - 0.5)))
