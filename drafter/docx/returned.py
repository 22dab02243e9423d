"""Reads a .docx that was exported here and edited elsewhere: its text as if every tracked change were
accepted, the marks of its parts, who changed what, and the comments.
"""

from __future__ import annotations

from collections.abc import Iterator

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.effective import root
from drafter.docx.numbering import Numbering
from drafter.docx.origin import origin_of
from drafter.docx.reader import (
    FALLBACK,
    checklist_paragraphs,
    line_text,
    open_document,
    paragraphs,
    refuse_long,
    source_line,
)
from drafter.errors import InputError
from drafter.model import FileComment, Mark, Returned, SourceLine, Tracked, TrackedKind

_PARAGRAPH, _TEXT, _DELETED_TEXT = qn("w:p"), qn("w:t"), qn("w:delText")
_CHANGES: dict[str, TrackedKind] = {
    qn("w:ins"): "inserted",
    qn("w:del"): "deleted",
    qn("w:moveTo"): "moved",
}
_GONE = {qn("w:del"), qn("w:moveFrom"), FALLBACK}
_PICTURES = {qn("w:drawing"), qn("w:pict"), qn("w:object")}
_MARK_GONE = [f"{qn('w:pPr')}/{qn('w:rPr')}/{qn(tag)}" for tag in ("w:del", "w:moveFrom")]


def read_returned(data: bytes) -> Returned:
    """Read a returned file. Raises InputError when `data` is no .docx that is safe to read."""
    document = open_document(data)
    refuse_long(document)
    lines, places = _lines(document)
    walk = _Walk(places)
    walk.through(document.element.body)
    return Returned(
        lines=tuple(lines),
        marks=tuple(walk.marks),
        origin=origin_of(document),
        checklist=tuple(line_text(one) for one in checklist_paragraphs(document)),
        beside=tuple(_beside(document)),
        pictures=walk.pictures,
        tracked=tuple(walk.tracked),
        comments=tuple(_comments(document, walk)),
    )


def _lines(document: Document) -> tuple[list[SourceLine], dict[BaseOxmlElement, int]]:
    """The lines as accepted, and which of them each paragraph belongs to.

    A paragraph whose end was deleted goes on in the next one, as it does when the change is accepted.
    """
    numbering = Numbering(document)
    lines: list[SourceLine] = []
    places: dict[BaseOxmlElement, int] = {}
    joins = False
    for paragraph in paragraphs(document):
        line = source_line(paragraph, numbering)
        if joins and lines[-1].text:
            lines[-1] = lines[-1].model_copy(update={"text": lines[-1].text + line.text})
        elif joins:
            lines[-1] = line
        else:
            lines.append(line)
        places[paragraph] = len(lines) - 1
        joins = any(paragraph.find(path) is not None for path in _MARK_GONE)
    return lines, places


class _Walk:
    """One walk through a document's text in order: where marks, comments and tracked changes stand."""

    def __init__(self, places: dict[BaseOxmlElement, int]) -> None:
        self._places = places
        self._line = -1
        self._open: dict[str, str] = {}
        self._first: dict[str, int] = {}
        self.marks: list[Mark] = []
        self.tracked: list[Tracked] = []
        self.pictures = 0
        self.commented: dict[str, int] = {}
        self.quoted: dict[str, list[str]] = {}
        self._quoting: set[str] = set()

    def through(self, body: BaseOxmlElement) -> None:
        """Look at every element of the body once."""
        for element in body.iter():
            tag = element.tag
            if tag == _PARAGRAPH:
                self._line = self._places.get(element, self._line if self._nested(element) else -1)
            elif tag == _TEXT:
                self._text(element)
            elif tag == qn("w:bookmarkStart"):
                self._open[element.get(qn("w:id"), "")] = element.get(qn("w:name"), "")
            elif tag == qn("w:bookmarkEnd"):
                self._close(element.get(qn("w:id"), ""))
            elif tag == qn("w:commentRangeStart"):
                self._quoting.add(element.get(qn("w:id"), ""))
            elif tag == qn("w:commentRangeEnd"):
                self._quoting.discard(element.get(qn("w:id"), ""))
            elif tag == qn("w:commentReference"):
                self.commented.setdefault(element.get(qn("w:id"), ""), self._line)
            elif tag in _CHANGES:
                self._change(element)
            elif tag in _PICTURES and not _within(element, {FALLBACK}):
                self.pictures += 1

    def _nested(self, paragraph: BaseOxmlElement) -> bool:
        """Whether a paragraph that is no line stands in one."""
        return _within(paragraph, {_PARAGRAPH})

    def _text(self, element: BaseOxmlElement) -> None:
        text = element.text or ""
        if not text.strip() or _within(element, _GONE):
            return
        for number in self._open:
            self._first.setdefault(number, self._line)
        for number in self._quoting:
            self.commented.setdefault(number, self._line)
            self.quoted.setdefault(number, []).append(text)

    def _close(self, number: str) -> None:
        """Keep a bookmark that still has text in it."""
        name, first = self._open.pop(number, ""), self._first.pop(number, -1)
        if name and first >= 0:
            self.marks.append(Mark(name=name, first=first, last=max(first, self._line)))

    def _change(self, element: BaseOxmlElement) -> None:
        kind = _CHANGES[element.tag]
        text = "".join(one.text or "" for one in element.iter(_DELETED_TEXT if kind == "deleted" else _TEXT))
        if not text or _within(element, {qn("w:del")}):
            return
        one = Tracked(
            kind=kind,
            text=text,
            author=element.get(qn("w:author"), ""),
            when=element.get(qn("w:date"), ""),
            line=self._line,
        )
        before = self.tracked[-1] if self.tracked else None
        follows = before is not None and _between(element)
        if before and follows and (before.kind, before.author, before.line) == (kind, one.author, one.line):
            self.tracked[-1] = before.model_copy(update={"text": before.text + text})
        else:
            self.tracked.append(one)


def _between(element: BaseOxmlElement) -> bool:
    """Whether a tracked change goes on with the one before it: Word makes one of every run."""
    sibling = element.getprevious()
    return sibling is not None and sibling.tag == element.tag


def _within(element: BaseOxmlElement, tags: set[str]) -> bool:
    return any(parent.tag in tags for parent in element.iterancestors())


def _comments(document: Document, walk: _Walk) -> Iterator[FileComment]:
    """The comments in the order of the file, those without text left out."""
    for comment in _children(document, RT.COMMENTS):
        text = "\n".join(filter(None, (line_text(one).strip() for one in comment.iter(_PARAGRAPH))))
        number = comment.get(qn("w:id"), "")
        if text:
            yield FileComment(
                author=comment.get(qn("w:author"), ""),
                text=text,
                quoted="".join(walk.quoted.get(number, ())),
                when=comment.get(qn("w:date"), ""),
                line=walk.commented.get(number, -1),
            )


def _beside(document: Document) -> Iterator[str]:
    """The footnotes and endnotes."""
    for relationship in (RT.FOOTNOTES, RT.ENDNOTES):
        for note in _children(document, relationship):
            text = "".join(map(line_text, note.iter(_PARAGRAPH))).strip()
            if text:
                yield text


def _children(document: Document, relationship: str) -> list[BaseOxmlElement]:
    """What stands in a part beside the text. Raises InputError when it is broken."""
    try:
        part = root(document, relationship)
    except SyntaxError:  # what lxml raises for XML that is none
        raise InputError("文件的批注或脚注已损坏", mend="请用 WPS 或 Word 打开后另存为 .docx 再试") from None
    return [] if part is None else list(part)
