"""Word comments anchored to a span of a paragraph's text."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.run import Run

from drafter.docx.markup import printable

_LETTERS = {qn("w:tab"): 1, qn("w:noBreakHyphen"): 1}
_ELSEWHERE = {qn("w:del"), qn("w:moveFrom"), qn("w:txbxContent")}


def comment(
    document: Document, paragraph: BaseOxmlElement, start: int, end: int, text: str, author: str
) -> None:
    """Attach a comment to the characters `start` to `end` (from 0) of a paragraph that stands in `document`.

    Characters are counted as docx/reader.py gives them. Runs are split where the span begins and ends; what
    is printed stays the same. A span without characters is attached to the paragraph's first run; a paragraph
    without runs gets an empty one.
    """
    _split(paragraph, start)
    _split(paragraph, end)
    chosen = [run for run, place, size in _runs(paragraph) if size and start <= place and place + size <= end]
    chosen = chosen or [run for run, _, _ in _runs(paragraph)][:1]
    if not chosen:
        chosen = [paragraph.add_r()]
    document.add_comment(
        [Run(chosen[0], document), Run(chosen[-1], document)],
        text=printable(text),
        author=author,
        initials="",
    )


def _runs(paragraph: BaseOxmlElement) -> Iterator[tuple[BaseOxmlElement, int, int]]:
    """The paragraph's runs, each with its first character's place and its number of characters."""
    place = 0
    for run in paragraph.iter(qn("w:r")):
        above = []
        for parent in run.iterancestors():
            if parent is paragraph:
                break
            above.append(parent.tag)
        if _ELSEWHERE.isdisjoint(above):
            size = sum(
                len(part.text or "") if part.tag == qn("w:t") else _LETTERS.get(part.tag, 0) for part in run
            )
            yield run, place, size
            place += size


def _split(paragraph: BaseOxmlElement, offset: int) -> None:
    """Have a run begin at `offset`, unless one does, or the run holds more than one piece of text."""
    for run, place, size in _runs(paragraph):
        texts = run.findall(qn("w:t"))
        if place < offset < place + size and len(texts) == 1 and len(texts[0].text or "") == size:
            second = deepcopy(run)
            (rest,) = second.findall(qn("w:t"))
            (text,) = texts
            text.text, rest.text = text.text[: offset - place], text.text[offset - place :]
            run.addnext(second)
            return
