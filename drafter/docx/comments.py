"""Word comments anchored to a span of a paragraph's text."""

from __future__ import annotations

from copy import deepcopy

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.run import Run

from drafter.docx.markup import printable


def comment(
    document: Document, paragraph: BaseOxmlElement, start: int, end: int, text: str, author: str
) -> None:
    """Attach a comment to the characters `start` to `end` (from 0) of a paragraph that stands in `document`.

    Runs are split where the span begins and ends; what is printed stays the same. A span without characters
    is attached to the paragraph's first run, if it has one.
    """
    _split(paragraph, start)
    _split(paragraph, end)
    runs, place = [], 0
    for run in paragraph.findall(qn("w:r")):
        size = _length(run)
        if size and start <= place and place + size <= end:
            runs.append(run)
        place += size
    runs = runs or paragraph.findall(qn("w:r"))[:1]
    if runs:
        document.add_comment(
            [Run(runs[0], document), Run(runs[-1], document)],
            text=printable(text),
            author=author,
            initials="",
        )


def _length(run: BaseOxmlElement) -> int:
    return sum(len(text.text or "") for text in run.findall(qn("w:t")))


def _split(paragraph: BaseOxmlElement, offset: int) -> None:
    """Have a run begin at `offset`, unless one does."""
    place = 0
    for run in paragraph.findall(qn("w:r")):
        size = _length(run)
        if place < offset < place + size:
            (text,) = run.findall(qn("w:t"))
            second = deepcopy(run)
            (rest,) = second.findall(qn("w:t"))
            text.text, rest.text = text.text[: offset - place], text.text[offset - place :]
            run.addnext(second)
            return
        place += size
