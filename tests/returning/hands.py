"""What people and their word processors do to a file between export and import, as it stands in the XML."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from copy import deepcopy

import docx
from docx.document import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.parts.numbering import NumberingPart

from drafter import doctypes
from drafter.exporting import export
from drafter.model import Note, Origin
from drafter.store import Saved

WHEN = "2025-12-08T09:30:00Z"


def exported(saved: Saved, *notes: Note) -> bytes:
    """The file that the page gives of a revision."""
    origin = Origin(draft=saved.id, number=saved.number)
    return export(saved.draft, doctypes.load(saved.draft.brief.doctype), notes=notes, origin=origin)


def edited(data: bytes, change: Callable[[Document], None]) -> bytes:
    """The file after a change to its document."""
    document = docx.Document(io.BytesIO(data))
    change(document)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def text_of(paragraph: BaseOxmlElement) -> str:
    """What a paragraph says."""
    return "".join(one.text or "" for one in paragraph.iter(qn("w:t")))


def paragraph_with(document: Document, words: str) -> BaseOxmlElement:
    """The first paragraph of the text that holds these words."""
    return next(one for one in document.element.body.iter(qn("w:p")) if words in text_of(one))


def replaced(data: bytes, old: str, new: str) -> bytes:
    """`old` overtyped with `new`, wherever runs begin and end."""

    def change(document: Document) -> None:
        paragraph = paragraph_with(document, old)
        whole = text_of(paragraph)
        start = whole.index(old)
        place, written = 0, False
        for one in paragraph.iter(qn("w:t")):
            text = one.text or ""
            low, high = max(start, place), min(start + len(old), place + len(text))
            if low < high:
                one.text = text[: low - place] + ("" if written else new) + text[high - place :]
                written = True
            place += len(text)

    return edited(data, change)


def typed_after(data: bytes, words: str, *texts: str, style: str | None = None) -> bytes:
    """New paragraphs behind the one with these words, as Enter makes them: with its format, no bookmark."""

    def change(document: Document) -> None:
        last = paragraph_with(document, words)
        for text in texts:
            new = OxmlElement("w:p")
            if last.pPr is not None:
                new.append(deepcopy(last.pPr))
            if style is not None:
                new.get_or_add_pPr().get_or_add_pStyle().set(qn("w:val"), style)
            new.add_r().add_t(text)
            last.addnext(new)
            last = new

    return edited(data, change)


def typed_before(data: bytes, words: str, text: str) -> bytes:
    """A new paragraph at the head of the one with these words: Enter at its start leaves the bookmark's
    beginning in the new one.
    """

    def change(document: Document) -> None:
        old = paragraph_with(document, words)
        new = OxmlElement("w:p")
        if old.pPr is not None:
            new.append(deepcopy(old.pPr))
        for start in list(old.iter(qn("w:bookmarkStart"))):
            new.append(start)
        new.add_r().add_t(text)
        old.addprevious(new)

    return edited(data, change)


def deleted(data: bytes, *words: str) -> bytes:
    """The paragraphs with these words, gone with their bookmarks."""

    def change(document: Document) -> None:
        for one in words:
            paragraph = paragraph_with(document, one)
            paragraph.getparent().remove(paragraph)

    return edited(data, change)


def moved_before(data: bytes, words: str, target: str) -> bytes:
    """A paragraph cut and pasted before another; Word takes a bookmark along with all of its text."""

    def change(document: Document) -> None:
        paragraph = paragraph_with(document, words)
        paragraph_with(document, target).addprevious(paragraph)

    return edited(data, change)


def joined(data: bytes, first: str, second: str) -> bytes:
    """Two paragraphs made one by deleting the end of the first."""

    def change(document: Document) -> None:
        one, other = paragraph_with(document, first), paragraph_with(document, second)
        for part in list(other):
            if part.tag != qn("w:pPr"):
                one.append(part)
        other.getparent().remove(other)

    return edited(data, change)


def parted(data: bytes, words: str) -> bytes:
    """A paragraph broken in two behind these words."""

    def change(document: Document) -> None:
        old = paragraph_with(document, words)
        new = OxmlElement("w:p")
        if old.pPr is not None:
            new.append(deepcopy(old.pPr))
        place, end = 0, text_of(old).index(words) + len(words)
        for run in list(old.iter(qn("w:r"))):
            text = text_of(run)
            if place >= end:
                new.append(run)
            elif place + len(text) > end:
                rest = deepcopy(run)
                rest.find(qn("w:t")).text = text[end - place :]
                run.find(qn("w:t")).text = text[: end - place]
                new.append(rest)
            place += len(text)
        old.addnext(new)

    return edited(data, change)


def without_marks(data: bytes) -> bytes:
    """All bookmarks dropped, as when the text is pasted into another document."""

    def change(document: Document) -> None:
        for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
            for one in list(document.element.body.iter(qn(tag))):
                one.getparent().remove(one)

    return edited(data, change)


def without_properties(data: bytes) -> bytes:
    """The custom properties removed, as Word's 检查文档 does."""

    def change(document: Document) -> None:
        rels = document.part.package.rels
        for number, one in list(rels.items()):
            if one.reltype.endswith("/custom-properties"):
                del rels[number]

    return edited(data, change)


def without_checklist(data: bytes) -> bytes:
    """The checklist page deleted before the file was sent back."""

    def change(document: Document) -> None:
        title = paragraph_with(document, "必备内容检查表")
        for one in [title, *title.itersiblings()]:
            if one.tag != qn("w:sectPr"):
                one.getparent().remove(one)

    return edited(data, change)


def saved_by_word(data: bytes) -> bytes:
    """Nothing edited: runs split, rsid attributes, spelling marks, smart tags, page breaks noted."""

    def change(document: Document) -> None:
        for number, paragraph in enumerate(document.element.body.iter(qn("w:p"))):
            paragraph.set(qn("w:rsidR"), f"00{number:06X}")
            for run in list(paragraph.iter(qn("w:r"))):
                _split_run(run)
            first = paragraph.find(qn("w:r"))
            if first is not None:
                first.addprevious(parse_xml(f'<w:proofErr {nsdecls("w")} w:type="spellStart"/>'))
                tag = parse_xml(
                    f'<w:smartTag {nsdecls("w")} w:uri="urn:schemas-microsoft-com:office:smarttags"'
                    ' w:element="chsdate"/>'
                )
                first.addprevious(tag)
                tag.append(first)
                first.insert(0, parse_xml(f"<w:lastRenderedPageBreak {nsdecls('w')}/>"))

    return edited(data, change)


def _split_run(run: BaseOxmlElement) -> None:
    held = run.find(qn("w:t"))
    if held is None or len(held.text or "") < 2:
        return
    half = len(held.text) // 2
    second = deepcopy(run)
    second.find(qn("w:t")).text = held.text[half:]
    held.text = held.text[:half]
    second.set(qn("w:rsidRPr"), "00AB12CD")
    run.addnext(second)


def with_other_style_ids(data: bytes) -> bytes:
    """The ids of all styles changed, as WPS numbers them; their names stay."""

    def change(document: Document) -> None:
        ids = {
            one.get(qn("w:styleId")): f"a{number}"
            for number, one in enumerate(document.styles.element.iter(qn("w:style")))
        }
        for one in document.styles.element.iter(qn("w:style")):
            one.set(qn("w:styleId"), ids[one.get(qn("w:styleId"))])
        for root in (document.styles.element, document.element):
            for tag in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link"):
                for one in root.iter(qn(f"w:{tag}")):
                    one.set(qn("w:val"), ids.get(one.get(qn("w:val")), one.get(qn("w:val"))))

    return edited(data, change)


def numbered_automatically(data: bytes) -> bytes:
    """The numbers of the level-2 headings, typed until now, made Word's own."""
    numbering = f"""<w:numbering {nsdecls("w")}><w:abstractNum w:abstractNumId="7"><w:multiLevelType
      w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText
      w:val="（%1）"/></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId
      w:val="7"/></w:num></w:numbering>"""

    def change(document: Document) -> None:
        package = document.part.package
        name = PackURI("/word/numbering.xml")
        part = NumberingPart(name, CT.WML_NUMBERING, parse_xml(numbering), package)
        document.part.relate_to(part, RT.NUMBERING)
        for paragraph in document.paragraphs:
            match = re.match("（[一二三四五]）", paragraph.text)
            if match and paragraph.style.name.lower() == "heading 2":
                run = paragraph.runs[0]
                run.text = run.text[match.end() :]
                paragraph._p.get_or_add_pPr().append(
                    parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr>')
                )

    return edited(data, change)


def tracked(data: bytes, old: str, new: str, author: str) -> bytes:
    """`old` replaced by `new` with 修订 on; `old` must stand in one run."""

    def change(document: Document) -> None:
        paragraph = paragraph_with(document, old)
        run = next(one for one in paragraph.iter(qn("w:r")) if old in text_of(one))
        text = text_of(run)
        start = text.index(old)
        pieces = []
        for tag, piece in (
            ("", text[:start]),
            ("w:del", old),
            ("w:ins", new),
            ("", text[start + len(old) :]),
        ):
            if not piece:
                continue
            copy = deepcopy(run)
            copy.find(qn("w:t")).text = piece
            if tag == "w:del":
                copy.find(qn("w:t")).tag = qn("w:delText")
            pieces.append(_change(tag, author, copy) if tag else copy)
        for piece in pieces:
            run.addprevious(piece)
        run.getparent().remove(run)

    return edited(data, change)


def end_deleted_with_tracking(data: bytes, words: str, author: str) -> bytes:
    """The end of the paragraph with these words deleted with 修订 on: accepted, it joins the next."""

    def change(document: Document) -> None:
        properties = paragraph_with(document, words).get_or_add_pPr()
        marks = parse_xml(f"<w:rPr {nsdecls('w')}/>")
        marks.append(_change("w:del", author))
        properties.append(marks)

    return edited(data, change)


def moved_with_tracking(data: bytes, words: str, target: str, author: str) -> bytes:
    """The runs of a paragraph moved behind another's with 修订 on."""

    def change(document: Document) -> None:
        source, goal = paragraph_with(document, words), paragraph_with(document, target)
        runs = list(source.iter(qn("w:r")))
        goal.append(_change("w:moveTo", author, *map(deepcopy, runs)))
        gone = _change("w:moveFrom", author)
        runs[0].addprevious(gone)
        gone.extend(runs)

    return edited(data, change)


def commented(data: bytes, words: str, text: str, author: str) -> bytes:
    """A comment on the first run with these words."""

    def change(document: Document) -> None:
        for paragraph in document.paragraphs:
            for run in paragraph.runs:
                if words in run.text:
                    document.add_comment(run, text=text, author=author, initials="")
                    return
        raise AssertionError(words)

    return edited(data, change)


def filled_in(data: bytes, row: int, words: str) -> bytes:
    """Something written into the last column of the checklist."""

    def change(document: Document) -> None:
        document.tables[-1].rows[row].cells[4].paragraphs[0].add_run(words)

    return edited(data, change)


def _change(tag: str, author: str, *runs: BaseOxmlElement) -> BaseOxmlElement:
    made = OxmlElement(tag)
    made.set(qn("w:id"), "900")
    made.set(qn("w:author"), author)
    made.set(qn("w:date"), WHEN)
    made.extend(runs)
    return made
