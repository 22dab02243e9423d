"""What each paragraph of a .docx is in the official copy: the Reading's roles laid on its elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.layout import width_in_characters
from drafter.docx.markup import Style
from drafter.docx.measures import attribute
from drafter.docx.reader import paragraphs
from drafter.errors import InputError
from drafter.model import Heading, LineRole, Reading

Kind = Literal["title", "addressee", "heading", "text", "unit", "date", "attachment", "blank", "other"]
"""«other» is what the standard's rules of §7.3 do not reach: tables, text boxes, pictures, 版头 and 版记."""

_KINDS: dict[LineRole, Kind] = {
    "title": "title",
    "addressee": "addressee",
    "opening": "text",
    "heading": "heading",
    "body": "text",
    "closing": "text",
    "unit": "unit",
    "date": "date",
    "attachment": "attachment",
    "blank": "blank",
    "imprint": "other",
    "noise": "other",
}
_PARAGRAPH, _RUN, _TEXT = qn("w:p"), qn("w:r"), qn("w:t")
_STYLE = f"{qn('w:pPr')}/{qn('w:pStyle')}"
_SET_BY_STYLE = frozenset(
    {
        Style.SERIAL,
        Style.SECRECY,
        Style.MARK,
        Style.NUMBER,
        Style.CAPTION,
        Style.ATTACHED,
        Style.NOTE,
        Style.ATTACHMENT_NUMBER,
        Style.ATTACHMENT_TITLE,
        Style.ATTACHMENT_TEXT,
        Style.PLACED_SIGNATURE,
        Style.PLACED_DATE,
        Style.FOOT,
    }
)
"""Styles of this program for lines beside the text, which have rules of their own."""
_ONE_CHARACTER = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_BOXES = {qn("w:tc"), qn("w:txbxContent")}
# Deleted text is no text, and a ruby's small reading is no character of the line.
_SET_APART = {qn("w:del"), qn("w:moveFrom"), qn("w:ruby")}
_PICTURES = tuple(qn(tag) for tag in ("w:drawing", "w:pict", "w:object"))
_SENTENCE_END = re.compile("[。！？：:；;.]")
_IMPRINT = re.compile(r"\s*(抄送|主送|分送)\s*[:：]|.*印发\s*$")


@dataclass(frozen=True)
class Piece:
    """A run with text, and where its text begins in the paragraph's."""

    run: BaseOxmlElement
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Place:
    """A paragraph: its line (from 1), what it is, its text and runs.

    `heading_end` is how many characters of the text are heading, its full stop included; `level` is 0 for
    what is no heading.
    """

    line: int
    paragraph: BaseOxmlElement
    kind: Kind
    pieces: tuple[Piece, ...] = field(default=())
    level: int = 0
    heading_end: int = 0

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def typed_blank(self) -> float:
        """Width in characters of the blanks typed at its head, which indent it too."""
        return width_in_characters(self.text[: len(self.text) - len(self.text.lstrip())])

    @property
    def has_picture(self) -> bool:
        """Whether a picture stands among the characters: a line of exact height would cut it."""
        return next(self.paragraph.iter(*_PICTURES), None) is not None

    @property
    def official(self) -> bool:
        """Whether the standard says how it is set."""
        return self.kind not in ("blank", "other")


def places(document: Document, reading: Reading) -> list[Place]:
    """One Place a line. Raises InputError when `reading` is not of `document`."""
    elements = list(paragraphs(document))
    if len(elements) != len(reading.lines) or len(elements) != len(reading.roles):
        raise InputError(
            f"读出的内容有{len(reading.lines)}行，文件却有{len(elements)}个段落，不是同一份文件",
            mend="请重新读取这份文件后再检查格式",
        )
    headings = {heading.line: heading for heading in reading.headings}
    found = [
        _place(line, paragraph, role, headings.get(line))
        for line, (paragraph, role) in enumerate(zip(elements, reading.roles, strict=True), start=1)
    ]
    return _without_spacers(_without_head_and_foot(found))


def blank_runs(found: list[Place]) -> Iterator[tuple[Place | None, list[Place], Place | None]]:
    """Each row of blank lines, with what stands before and after it."""
    before: Place | None = None
    row: list[Place] = []
    for place in [*found, None]:
        if place is not None and place.kind == "blank":
            row.append(place)
            continue
        if row:
            yield before, row, place
        before, row = place, []


def may_be_blank(before: Place | None, after: Place | None) -> bool:
    """Whether the standard wants one blank line here: below the title (§7.3.2), above 附件说明 (§7.3.4) and
    above the signature (§7.3.5).
    """
    below_title = before is not None and before.kind == "title"
    return below_title or (after is not None and after.kind in ("unit", "date", "attachment"))


def pieces(paragraph: BaseOxmlElement) -> Iterator[Piece]:
    """The runs of a paragraph that have text, those of links and insertions too."""
    start = 0
    for run in paragraph.iter(_RUN):
        text = "".join(_characters(run))
        if text and belongs(run, paragraph):
            yield Piece(run, start, text)
            start += len(text)


def belongs(run: BaseOxmlElement, paragraph: BaseOxmlElement) -> bool:
    """Whether a run is the paragraph's own: not of a text box in it, not deleted, no ruby."""
    for parent in run.iterancestors():
        if parent is paragraph:
            return True
        if parent.tag == _PARAGRAPH or parent.tag in _SET_APART:
            return False
    return False


def _characters(run: BaseOxmlElement) -> Iterator[str]:
    for child in run:
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _ONE_CHARACTER:
            yield _ONE_CHARACTER[child.tag]


def _place(line: int, paragraph: BaseOxmlElement, role: LineRole, heading: Heading | None) -> Place:
    found = Place(line, paragraph, _KINDS[role], tuple(pieces(paragraph)))
    if found.text.strip() and attribute(paragraph.find(_STYLE), "val") in _SET_BY_STYLE:
        return replace(found, kind="other")
    if _boxed(paragraph) or (not found.text.strip() and _holds_something(paragraph)):
        return replace(found, kind="other")
    if not found.text.strip():
        return replace(found, kind="blank")
    if found.kind == "blank" or (found.kind == "heading" and heading is None):
        return replace(found, kind="text")
    if found.kind == "heading" and heading is not None:
        end = _heading_end(found.text, heading) if heading.run_in else len(found.text)
        return replace(found, level=min(heading.level, 4), heading_end=end)
    return found


def _boxed(paragraph: BaseOxmlElement) -> bool:
    framed = paragraph.find(f"{qn('w:pPr')}/{qn('w:framePr')}") is not None
    return framed or any(parent.tag in _BOXES for parent in paragraph.iterancestors())


def _holds_something(paragraph: BaseOxmlElement) -> bool:
    """Whether a paragraph without text is more than a blank line: a picture, a break, a section's end."""
    kept = (*_PICTURES, qn("w:br"), qn("w:sectPr"), qn("w:fldChar"), qn("w:fldSimple"), qn("w:sym"))
    return next(paragraph.iter(*kept), None) is not None


def _heading_end(text: str, heading: Heading) -> int:
    """Where a run-in heading ends in its paragraph; blanks of either do not count."""
    solid = [place for place, char in enumerate(text) if not char.isspace()]
    wanted = "".join(heading.heading.split())
    begin = "".join(text[place] for place in solid).find(wanted) if wanted else -1
    if begin < 0:
        stop = _SENTENCE_END.search(text, len(heading.number) + 1)
        return stop.end() if stop else len(text)
    end = solid[begin + len(wanted) - 1] + 1
    return end + 1 if _SENTENCE_END.match(text, end) else end


def _without_head_and_foot(found: list[Place]) -> list[Place]:
    """Take out 版头, which stands above the title (§7.2), and 版记, below the date (§7.4)."""
    title = next((place.line for place in found if place.kind == "title"), 1)
    date = max((place.line for place in found if place.kind == "date"), default=len(found))
    foot = next((one.line for one in found if one.line > date and _IMPRINT.match(one.text)), len(found) + 1)
    return [one if title <= one.line < foot else replace(one, kind="other") for one in found]


def _without_spacers(found: list[Place]) -> list[Place]:
    """Leave alone the blank lines beside tables and pictures, where Word itself needs some."""
    row = list(found)
    for order in (range(len(row)), reversed(range(len(row)))):
        beside = False
        for place in order:
            if row[place].kind != "blank":
                beside = row[place].kind == "other"
            elif beside:
                row[place] = replace(row[place], kind="other")
    return row
