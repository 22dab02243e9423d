"""Word comments anchored to a span of a paragraph's text."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import takewhile

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.run import Run

from drafter.docx.markup import printable
from drafter.docx.reader import FALLBACK, spans

_REFERENCE = "CommentReference"
_ELSEWHERE = {qn("w:del"), qn("w:moveFrom"), qn("w:txbxContent"), FALLBACK}


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
    if document.styles.element.get_by_id(_REFERENCE) is None:
        _unstyle(paragraph)


def _unstyle(paragraph: BaseOxmlElement) -> None:
    """Take off the style that python-docx gives a comment's mark, which this document does not have."""
    for style in list(paragraph.iter(qn("w:rStyle"))):
        if style.get(qn("w:val")) == _REFERENCE:
            style.getparent().remove(style)


def _runs(paragraph: BaseOxmlElement) -> list[tuple[BaseOxmlElement, int, int]]:
    """The paragraph's runs, each with its first character's place and its number of characters."""
    sizes = _sizes(paragraph)
    found, place = [], 0
    for run in paragraph.iter(qn("w:r")):
        if _ELSEWHERE.isdisjoint(parent.tag for parent in _between(run, paragraph)):
            size = sum(sizes.get(part, 0) for part in run)
            found.append((run, place, size))
            place += size
    return found


def _sizes(paragraph: BaseOxmlElement) -> dict[BaseOxmlElement, int]:
    """The characters that each element gives to the line, as docx/reader.py counts them."""
    return {element: len(text) for element, text in spans(paragraph)}


def _between(run: BaseOxmlElement, paragraph: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """The elements that a run stands in, up to its paragraph."""
    return takewhile(lambda parent: parent is not paragraph, run.iterancestors())


def _split(paragraph: BaseOxmlElement, offset: int) -> None:
    """Have a run begin at `offset`, unless one does."""
    for run, place, size in _runs(paragraph):
        if place < offset < place + size:
            _cut(run, offset - place, _sizes(paragraph))
            return


def _cut(run: BaseOxmlElement, offset: int, sizes: dict[BaseOxmlElement, int]) -> None:
    """Move what stands behind the first `offset` characters of a run to a new run like it."""
    second: BaseOxmlElement = OxmlElement("w:r")
    if run.rPr is not None:
        second.append(deepcopy(run.rPr))
    for part in list(run):
        size = sizes.get(part, 0)
        if offset <= 0 and part.tag != qn("w:rPr"):
            second.append(part)
        elif 0 < offset < size:
            rest = deepcopy(part)
            part.text, rest.text = part.text[:offset], part.text[offset:]
            for half in (part, rest):
                half.set(qn("xml:space"), "preserve")
            second.append(rest)
        offset -= size
    run.addnext(second)
