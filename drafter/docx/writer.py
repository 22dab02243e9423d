"""Prints a Draft as the official copy (GB/T 9704—2012, §7.3) and, on a page of its own, its checklist."""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.base import empty_document, properties
from drafter.docx.checklist import checklist_page
from drafter.docx.comments import comment
from drafter.docx.layout import STANDARD, Layout
from drafter.docx.markup import Style, keep_with_next, line_break, paragraph, runs
from drafter.docx.origin import identify, mark_parts
from drafter.docx.titles import title_lines
from drafter.model import DocType, Draft, Note, Origin
from drafter.printed import Line, Role, lines

COMMENTATOR = "依据核对"
"""Who the comments are signed by."""

REVIEWER = "审核人"
"""Who a note is signed by when nobody gave a name."""

KEPT_LINES = 6
"""The longest last paragraph, in lines, that moves to the next page whole with the signature."""

_STYLES: dict[tuple[Role, int], Style] = {
    ("addressee", 0): Style.ADDRESSEE,
    ("heading", 1): Style.HEADING_1,
    ("body", 2): Style.HEADING_2,
    ("body", 0): Style.BODY,
    ("unit", 0): Style.SIGNATURE,
    ("date", 0): Style.ISSUE_DATE,
}


def write(
    draft: Draft,
    doctype: DocType,
    *,
    checklist: bool = True,
    notes: Sequence[Note] = (),
    origin: Origin | None = None,
    layout: Layout = STANDARD,
) -> bytes:
    """The .docx of `draft`; `checklist=False` leaves the checklist page out.

    Every claim that no fact supports carries a Word comment that says why, and so does every section that
    somebody noted something on. The parts are marked, and with `origin` the file says which revision it
    shows, so that it can be imported again after somebody edited it.
    """
    brief = draft.brief
    subject = f"{brief.unit}{doctype.genre}"
    document = empty_document(
        layout, properties(title=draft.title, author=brief.unit, subject=subject, category=doctype.genre)
    )
    end = document.element.body.sectPr
    body = _body(draft, doctype, layout)
    mark_parts(body, lines(draft))
    if origin is not None:
        identify(document, body[0], origin)
    for block in [*body, *(checklist_page(draft, layout) if checklist else [])]:
        end.addprevious(block)
    for claim in draft.claims:
        if claim.status in ("unsupported", "drift"):
            start = claim.column - 1
            why = f"“{claim.text}”{claim.why}。请与事实核对后改正或删去。"
            comment(document, body[claim.line - 1], start, start + len(claim.text), why, COMMENTATOR)
    printed = [line.section for line in lines(draft)]
    for note in notes:
        if note.section in printed:
            comment(document, body[printed.index(note.section)], 0, 0, note.text, note.author or REVIEWER)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _body(draft: Draft, doctype: DocType, layout: Layout) -> list[BaseOxmlElement]:
    """The printed lines as paragraphs, one each."""
    printed = lines(draft)
    indents = dict(
        zip(("unit", "date"), layout.signature_indents(printed[-2].text, printed[-1].text), strict=True)
    )
    blocks = []
    for line in printed:
        if line.role == "title":
            blocks.append(_title(draft, doctype, layout))
        else:
            blocks.append(
                paragraph(_STYLES[line.role, line.level], _content(line), indent=indents.get(line.role))
            )
    # The standard wants no page that holds the signature alone (§7.5). A long paragraph is not kept whole
    # for it: LibreOffice would move all of it to the next page.
    if len(printed[-3].text) <= KEPT_LINES * layout.characters:
        keep_with_next(blocks[-3])
    return blocks


def _title(draft: Draft, doctype: DocType, layout: Layout) -> BaseOxmlElement:
    brief = draft.brief
    names = [brief.unit, brief.period, brief.topic, doctype.genre]
    content: list[BaseOxmlElement] = []
    for line in title_lines(draft.title, names, layout.title_characters):
        content += [*([line_break()] if content else []), *runs(line)]
    return paragraph(Style.TITLE, content)


def _content(line: Line) -> list[BaseOxmlElement]:
    """The runs of a line: a run-in heading in the paragraph's own font, the text after it in the body's.

    The paragraph of a run-in heading is a Heading 2, so every word processor shows it in its navigation
    pane; the text takes its font from a character style. Word's own style separator (a hidden paragraph
    mark) would keep the text out of the pane, but other programs print heading and text as two paragraphs.
    """
    text = line.text[line.heading :]
    return [*runs(line.text[: line.heading]), *runs(text, Style.RUN_IN_TEXT if line.heading else None)]
