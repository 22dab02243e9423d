"""Where the printed text ends: pages and lines as the layout's fixed pitch makes them.

An estimate: fonts differ in the width of their half-width characters, and word processors in what they keep
together. `End.doubt` says by how many lines it may be off.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from drafter.docx.closing import kept_with_signature, lines_above
from drafter.docx.formats import Format
from drafter.docx.layout import Layout, width_in_characters
from drafter.docx.letterhead import HEAD, head_height
from drafter.docx.three_lines import widths_of
from drafter.printed import Line, tables_in

NOT_AT_HEAD = frozenset("、。，；：？！…—）》〉」』】〕”’％")
NOT_AT_END = frozenset("（《〈「『【〔“‘")
CELL_LINE, CELL_ABOVE_AND_BELOW, CELL_SIDES = 26, 80, 170
"""Of a table's cell: height of a line, in twips a point of its size, and blank round its text, in twips."""
PAGES_A_LINE = 3
"""Pages on which an estimate drifts by one line."""


@dataclass(frozen=True)
class End:
    """The page (from 1) on which the text ends, its last line there, and the doubt, in lines.

    The page is not `sure` where a part before it ends near a page's end: it may need a page more or less.
    """

    page: int
    line: int
    doubt: int
    sure: bool = True


class Flow:
    """Takes what is printed, in order, and knows where it stands; heights are twips."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._room = layout.lines * layout.line_pitch
        self.page, self.used = 1, 0.0
        self._sure = True

    def text(self, text: str, first: float = 0, left: float = 0, before: float = 0) -> None:
        """A paragraph of body lines: its first begins `first`, the others begin `left` characters in."""
        self.lines(rows_of(text, self._layout.characters, first, left), before)

    def lines(self, count: int, before: float = 0) -> None:
        """`count` lines of the pitch."""
        self.used += before if self.used else 0
        for _ in range(count):
            self.block(self._layout.line_pitch)

    def block(self, height: float) -> None:
        """Something that no page's end parts."""
        if self.used + height > self._room + 1:
            self.page, self.used = self.page + 1, 0.0
        self.used += height

    def table(self, heights: Sequence[float]) -> None:
        """A table's rows, the first of which every page repeats."""
        page = self.page
        for height in heights:
            if self.used + height > self._room + 1:
                self.page, self.used = self.page + 1, 0.0
            if self.page > page:
                page = self.page
                self.used += heights[0]
            self.block(height)

    def new_page(self) -> None:
        """The next thing begins a page."""
        end = self.end
        if not end.doubt < end.line <= self._layout.lines - end.doubt:
            self._sure = False
        if self.used:
            self.page, self.used = self.page + 1, 0.0

    @property
    def end(self) -> End:
        """Where the text ends."""
        line = ceil(self.used / self._layout.line_pitch)
        return End(self.page, line, 2 + self.page // PAGES_A_LINE, self._sure)


def rows_of(text: str, characters: float, first: float = 0, left: float = 0) -> int:
    """How many lines a paragraph takes: no line begins with a closing mark or ends with an opening one."""
    rows, used, place = 1, first, 0
    while place < len(text):
        end = place + 1
        while end < len(text) and (
            text[end] in NOT_AT_HEAD or text[end - 1] in NOT_AT_END or _joined(text, end)
        ):
            end += 1
        width = width_in_characters(text[place:end])
        if used + width > characters and used > left:
            rows, used = rows + 1, left
        used += width
        place = end
    return rows


def _joined(text: str, place: int) -> bool:
    """Whether a number or a Latin word goes on at `place`."""
    return text[place - 1].isascii() and text[place].isascii() and text[place - 1] != " " != text[place]


def end_of(printed: Sequence[Line], format_: Format, layout: Layout, title_rows: int, *, sealed: bool) -> End:
    """Where the text ends that these lines print, attachments included and 版记 left out."""
    flow = Flow(layout)
    head = [line for line in printed if line.role in HEAD]
    if head:
        flow.block(head_height(head, format_, layout) + format_.title_below * layout.line_pitch)
    rest = printed[len(head) :]
    unit = next(place for place, line in enumerate(rest) if line.role == "unit")
    date = next(place for place, line in enumerate(rest) if line.role == "date")
    kept = unit - kept_with_signature(rest[:unit], layout)
    _take_all(flow, rest[:kept], layout, title_rows, sealed=sealed)
    tried = copy(flow)
    _take_all(tried, rest[kept : date + 1], layout, title_rows, sealed=sealed)
    if tried.page > flow.page:
        flow.page, flow.used = flow.page + 1, 0.0
    _take_all(flow, rest[kept:], layout, title_rows, sealed=sealed)
    return flow.end


def _take_all(flow: Flow, printed: Sequence[Line], layout: Layout, title_rows: int, *, sealed: bool) -> None:
    for role, group in groupby(printed, key=lambda line: line.role):
        if role == "cell":
            for _, rows in tables_in(list(group)):
                flow.table(row_heights(rows, layout))
        if role == "unit":
            units = [line.text for line in group]
            for unit, above in zip(units, lines_above(units, sealed), strict=True):
                flow.text(unit, before=above * layout.line_pitch)
        for place, line in enumerate(group):
            _take(flow, line, place == 0, layout, title_rows)


def _take(flow: Flow, line: Line, first: bool, layout: Layout, title_rows: int) -> None:
    """A line that is no table's; the `first` of its kind may have a blank line above."""
    above = layout.line_pitch if first else 0
    match line.role:
        case "title":
            flow.lines(title_rows + 1)
        case "attachment_number":
            flow.new_page()
            flow.lines(1)
        case "attachment_title":
            flow.lines(ceil(width_in_characters(line.text) / layout.title_characters) + 1, layout.line_pitch)
        case "attached":
            flow.text(line.text, first=2 if first else 5, left=6, before=above)
        case "body" | "attachment" | "heading" | "note":
            flow.text(line.text, first=2)
        case "addressee" | "date" | "caption":
            flow.text(line.text)


def row_heights(rows: Sequence[Sequence[str]], layout: Layout) -> list[float]:
    """The height of each row of a three-line table, in twips."""
    widths = widths_of(rows, layout)
    size = layout.cell_size * 20
    return [
        max(rows_of(cell, (width - CELL_SIDES) / size) for cell, width in zip(row, widths, strict=True))
        * layout.cell_size
        * CELL_LINE
        + CELL_ABOVE_AND_BELOW
        for row in rows
    ]
