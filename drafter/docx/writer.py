"""Prints a Draft as the official copy (GB/T 9704—2012) and, on a page of its own, its checklist."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from itertools import groupby

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx import closing, foot
from drafter.docx.base import empty_document, properties
from drafter.docx.checklist import checklist_page
from drafter.docx.comments import comment
from drafter.docx.dress import dress
from drafter.docx.flow import end_of
from drafter.docx.formats import FORMATS
from drafter.docx.house import STANDARD_HOUSE, House
from drafter.docx.layout import Layout
from drafter.docx.letterhead import HEAD, HeaderMark, header_mark, letterhead, title_below
from drafter.docx.markup import Style, keep_with_next, line_break, paragraph, runs
from drafter.docx.origin import identify, mark_parts
from drafter.docx.three_lines import three_lines
from drafter.docx.titles import title_lines
from drafter.model import DocType, Draft, Note, Origin
from drafter.printed import MISSING_DATE, MISSING_NUMBER, Line, Role, lines, mark_of, printed_date, tables_in

COMMENTATOR = "依据核对"
"""Who the comments are signed by."""

REVIEWER = "审核人"
"""Who a note is signed by when nobody gave a name."""

_STYLES: dict[tuple[Role, int], Style] = {
    ("addressee", 0): Style.ADDRESSEE,
    ("heading", 1): Style.HEADING_1,
    ("body", 2): Style.HEADING_2,
    ("body", 0): Style.BODY,
    ("caption", 0): Style.CAPTION,
    ("note", 0): Style.NOTE,
    ("attachment_number", 0): Style.ATTACHMENT_NUMBER,
    ("attachment", 0): Style.ATTACHMENT_TEXT,
}


_GROUPS: dict[Role, str] = {"unit": "signature", "date": "signature", "cc": "foot", "print": "foot"}


def write(
    draft: Draft,
    doctype: DocType,
    *,
    checklist: bool = True,
    comments: bool = True,
    notes: Sequence[Note] = (),
    origin: Origin | None = None,
    house: House = STANDARD_HOUSE,
) -> bytes:
    """The .docx of `draft`, as `house` wants it to look; `checklist=False` leaves the checklist page out,
    `comments=False` every comment.

    Every claim that no fact supports carries a Word comment that says why, and so does every section that
    somebody noted something on. The parts are marked, and with `origin` the file says which revision it
    shows, so that it can be imported again after somebody edited it. Raises LayoutError when the office's own
    files are wrong.
    """
    brief, layout = draft.brief, house.layout
    subject = f"{brief.unit}{doctype.genre}"
    sheet = Sheet(draft, doctype, layout)
    document = empty_document(
        layout,
        properties(title=draft.title, author=brief.unit, subject=subject, category=doctype.genre),
        sheet.format,
        sheet.header_mark,
    )
    end = document.element.body.sectPr
    mark_parts(sheet.paragraphs, sheet.lines)
    if origin is not None:
        identify(document, sheet.paragraphs[0], origin)
    tail = sheet.footed(end)
    for block in [*sheet.blocks, *tail, *(checklist_page(draft, layout) if checklist else [])]:
        end.addprevious(block)
    if comments:
        _comment(document, sheet, notes)
    saved = io.BytesIO()
    dress(document, house, _placeholders(draft, doctype)).save(saved)
    return saved.getvalue()


def _placeholders(draft: Draft, doctype: DocType) -> dict[str, str]:
    """What a reference.docx may ask for by name."""
    brief = draft.brief
    return {
        "title": draft.title,
        "unit": brief.unit,
        "addressee": brief.addressee,
        "number": brief.official.number or MISSING_NUMBER,
        "date": printed_date(brief.date) if brief.date else MISSING_DATE,
        "period": brief.period,
        "topic": brief.topic,
        "genre": doctype.genre,
    }


def _comment(document: Document, sheet: Sheet, notes: Sequence[Note]) -> None:
    for claim in sheet.draft.claims:
        if claim.status in ("unsupported", "drift"):
            start = claim.column - 1
            why = f"“{claim.text}”{claim.why}。请与事实核对后改正或删去。"
            place = sheet.paragraphs[claim.line - 1]
            comment(document, place, start, start + len(claim.text), why, COMMENTATOR)
    printed = [line.section for line in sheet.lines]
    for note in notes:
        if note.section in printed:
            place = sheet.paragraphs[printed.index(note.section)]
            comment(document, place, 0, 0, note.text, note.author or REVIEWER)


class Sheet:
    """A document being laid out: its `blocks` in order, and the `paragraphs` that are its lines, one each."""

    def __init__(self, draft: Draft, doctype: DocType, layout: Layout) -> None:
        self.draft, self.doctype, self.layout = draft, doctype, layout
        self.format = FORMATS[draft.brief.official.format]
        self.lines = lines(draft)
        self.blocks: list[BaseOxmlElement] = []
        self.paragraphs: list[BaseOxmlElement] = []
        self._foot: BaseOxmlElement | None = None
        self._title = self._rows_of_title(draft.title)
        self._lay_out()

    @property
    def header_mark(self) -> HeaderMark | None:
        """What a letter's first page has above its text."""
        names, _ = mark_of(self.draft.brief)
        return header_mark(names[0], self.format, self.layout) if names and self.format.letter else None

    def footed(self, section: BaseOxmlElement) -> list[BaseOxmlElement]:
        """版记 and what it hangs on; where it has a page of its own, `section`, the last of the document, is
        made to begin there.
        """
        if self._foot is None:
            return []
        sealed = self.draft.brief.official.sealed
        end = end_of(self.lines, self.format, self.layout, len(self._title), sealed=sealed)
        printed = [line for line in self.lines if line.role in foot.ROLES]
        any_page = self.format.letter
        if foot.on_page_of_text(printed, end, self.layout, any_page=any_page):
            return [self._foot, paragraph(Style.FOOT_END, [])]
        blank = end.page % 2 == 0 and not any_page
        foot.own_section(self._last(), section, "nextPage" if any_page else "evenPage", blank=blank)
        # LibreOffice begins the section with its first paragraph, not with a table that stands apart.
        return [paragraph(Style.FOOT_END, []), self._foot, paragraph(Style.FOOT_END, [])]

    def _last(self) -> BaseOxmlElement:
        """The paragraph that ends the text; behind a table one without height is added."""
        if self.blocks[-1].tag == qn("w:tbl"):
            self.blocks.append(paragraph(Style.FOOT_END, []))
        return self.blocks[-1]

    def _rows_of_title(self, title: str) -> list[str]:
        brief = self.draft.brief
        names = [brief.unit, *brief.official.issuers, brief.period, brief.topic, self.doctype.genre]
        return title_lines(title, names, self.layout.title_characters)

    def _lay_out(self) -> None:
        head = [line for line in self.lines if line.role in HEAD]
        for block in letterhead(head, self.format, self.layout):
            self._add(block, list(block.iter(qn("w:p"))))
        for kind, group in groupby(self.lines[len(head) :], key=_kind):
            self._lay_out_group(kind, list(group))

    @property
    def _title_needs_blank(self) -> bool:
        """Whether the title itself keeps its distance from the head: nothing above it in the text does."""
        if not self.blocks:
            return self.header_mark is not None
        return str(self.blocks[-1].tag) == qn("w:tbl")

    def _lay_out_group(self, kind: str, group: list[Line]) -> None:
        if kind == "cell":
            self._tables(group)
        elif kind == "attached":
            self._add_each(closing.attached(group, self.layout))
        elif kind == "signature":
            self._sign(group)
        elif kind == "foot":
            self._foot, rows = foot.foot(group, self.layout)
            self.paragraphs += rows
        else:
            for line in group:
                self._add(self._paragraph(line))

    def _paragraph(self, line: Line) -> BaseOxmlElement:
        if line.role == "title":
            before = title_below(self.format, self.layout) if self._title_needs_blank else None
            return paragraph(Style.TITLE, _titled(self._title), before=before)
        if line.role == "attachment_title":
            return paragraph(Style.ATTACHMENT_TITLE, _titled(self._rows_of_title(line.text)))
        return paragraph(_STYLES[line.role, line.level], _content(line))

    def _tables(self, cells: Sequence[Line]) -> None:
        for own, rows in tables_in(cells):
            self._add(*three_lines(own, rows, self.layout))

    def _sign(self, group: Sequence[Line]) -> None:
        *units, date = group
        before = self.lines[: len(self.paragraphs)]
        for block in self.paragraphs[len(before) - closing.kept_with_signature(before, self.layout) :]:
            keep_with_next(block)
        self._add_each(closing.signature(units, date, self.draft.brief.official.sealed, self.layout))

    def _add_each(self, blocks: Iterable[BaseOxmlElement]) -> None:
        for block in blocks:
            self._add(block)

    def _add(self, block: BaseOxmlElement, paragraphs: list[BaseOxmlElement] | None = None) -> None:
        """Add a block; it is one line, unless it is a table, whose `paragraphs` are its lines."""
        self.blocks.append(block)
        self.paragraphs += [block] if paragraphs is None else paragraphs


def _titled(rows: Sequence[str]) -> list[BaseOxmlElement]:
    """The runs of a title in rows."""
    content: list[BaseOxmlElement] = []
    for row in rows:
        content += [*([line_break()] if content else []), *runs(row)]
    return content


def _kind(line: Line) -> str:
    """What is laid out as one: 署名 with 成文日期, the lines of 版记, else lines of the same role."""
    return _GROUPS.get(line.role, line.role)


def _content(line: Line) -> list[BaseOxmlElement]:
    """The runs of a line: a run-in heading in the paragraph's own font, the text after it in the body's.

    The paragraph of a run-in heading is a Heading 2, so every word processor shows it in its navigation
    pane; the text takes its font from a character style. Word's own style separator (a hidden paragraph
    mark) would keep the text out of the pane, but other programs print heading and text as two paragraphs.
    """
    text = line.text[line.heading :]
    return [*runs(line.text[: line.heading]), *runs(text, Style.RUN_IN_TEXT if line.heading else None)]
