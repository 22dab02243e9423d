"""Tables of facts as three-line tables (三线表): a thick line above and below, a thin one below the head."""

from __future__ import annotations

from collections.abc import Sequence

from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.layout import Layout, width_in_characters
from drafter.docx.markup import Style, element, paragraph, runs, table
from drafter.docx.order import put
from drafter.printed import Line

NARROWEST, WIDEST = 3, 16
"""Characters between which a column is as wide as its longest cell."""
CENTRED = 10
"""Longest cell, in characters, that is centred; longer ones begin at the left."""


def three_lines(
    cells: Sequence[Line], rows: Sequence[Sequence[str]], layout: Layout
) -> tuple[BaseOxmlElement, list[BaseOxmlElement]]:
    """The table of these cells, whose texts are `rows`, and a paragraph for each of them."""
    paragraphs = [_cell(cell) for cell in cells]
    width = cells[0].columns
    made = [paragraphs[at : at + width] for at in range(0, len(cells), width)]
    return table(Style.THREE_LINES, widths_of(rows, layout), made), paragraphs


def widths_of(rows: Sequence[Sequence[str]], layout: Layout) -> list[int]:
    """Widths of the columns in twips: the type area's, shared out by the longest cell of each."""
    longest = [
        max(min(max(map(width_in_characters, column)), WIDEST), NARROWEST) + 1
        for column in zip(*rows, strict=True)
    ]
    return [int(layout.text_width * one / sum(longest)) for one in longest]


def _cell(cell: Line) -> BaseOxmlElement:
    made = paragraph(Style.TABLE_HEAD if cell.place < cell.columns else Style.TABLE_TEXT, runs(cell.text))
    if width_in_characters(cell.text) > CENTRED and cell.place >= cell.columns:
        put(made[0], element("w:jc", {"w:val": "left"}))
    return made
