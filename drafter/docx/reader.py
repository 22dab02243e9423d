"""Reads any .docx as lines of text. What strangers send is measured before it is opened."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from itertools import dropwhile, islice, takewhile

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.markup import Style
from drafter.docx.numbering import Numbering
from drafter.errors import InputError
from drafter.model import SourceLine

MAX_EXPANDED, MAX_XML = 128 * 1024 * 1024, 32 * 1024 * 1024
"""Bytes all parts of a file may unpack to, and those of them that are XML."""
MAX_TAGS = 500_000
"""Tags all XML parts may hold: an element costs far more memory than its letters."""
MAX_RATIO, FREE = 200, 16 * 1024 * 1024
"""How many times larger than the file the parts may be, and up to how many bytes that does not matter."""
MAX_MEMBERS = 10_000
"""Parts that a file may have."""
MAX_PARAGRAPHS = 50_000
"""Paragraphs that a document may have."""

CHECKLIST_TITLE_NAME = "检查表标题"
"""What base/word/styles.xml calls the style of the checklist page's title."""

_OLE = b"\xd0\xcf\x11\xe0"
_STRICT = b"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
_PARAGRAPH, _RUN, _TEXT, _TAB, _CELL = qn("w:p"), qn("w:r"), qn("w:t"), qn("w:tab"), qn("w:tc")
_PARAGRAPH_STYLE = f"{qn('w:pPr')}/{qn('w:pStyle')}"
_LETTERS = {_TAB: "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_TEXT = {qn("w:moveFrom"), qn("w:pPr"), FALLBACK}
_HAN = r"\u3001-\u9fff\uff01-\uff0f\uff1a-\uff20“”—…"
_CHINESE_BREAK = re.compile(rf"(?<=[{_HAN}])\n(?=[{_HAN}0-9])|(?<=[0-9])\n(?=[{_HAN}])")


def read_text(data: bytes) -> list[str]:
    """The paragraphs of a .docx in document order, those in tables too: one string a paragraph.

    A line break within a paragraph joins Chinese characters and figures, and is a space elsewhere. Deleted
    text is left out, and so is the checklist page that this program adds. Raises InputError when `data` is no
    .docx.
    """
    return [line_text(paragraph) for paragraph in paragraphs(open_document(data))]


def read_source(data: bytes) -> list[SourceLine]:
    """The same lines with their heading levels and automatic numbers. Raises InputError as `read_text`."""
    document = open_document(data)
    refuse_long(document)
    numbering = Numbering(document)
    return [source_line(paragraph, numbering) for paragraph in paragraphs(document)]


def source_line(paragraph: BaseOxmlElement, numbering: Numbering) -> SourceLine:
    """A line with its heading level and automatic number; the lines of a document are asked for in order."""
    return SourceLine(
        text=line_text(paragraph),
        level=numbering.heading_level(paragraph),
        number=numbering.number(paragraph),
        table=any(parent.tag == _CELL for parent in paragraph.iterancestors()),
    )


def refuse_long(document: Document) -> None:
    """Raise InputError for a document of more paragraphs than anybody writes."""
    if sum(1 for _ in islice(document.element.body.iter(_PARAGRAPH), MAX_PARAGRAPHS + 1)) > MAX_PARAGRAPHS:
        raise InputError(f"文稿过长，超过{MAX_PARAGRAPHS}段", mend="请分成几份")


def paragraphs(document: Document) -> Iterator[BaseOxmlElement]:
    """The w:p elements that are lines of `document`, in order: line n is the n-th of them.

    What this program hangs 版记 on is left out.
    """
    return takewhile(_not_checklist(document), _paragraphs(document))


def checklist_paragraphs(document: Document) -> Iterator[BaseOxmlElement]:
    """The w:p elements of the checklist page that this program adds."""
    return dropwhile(_not_checklist(document), _paragraphs(document))


def _paragraphs(document: Document) -> Iterator[BaseOxmlElement]:
    for paragraph in document.element.body.iter(_PARAGRAPH):
        style = paragraph.find(_PARAGRAPH_STYLE)
        hanger = style is not None and style.get(qn("w:val")) == Style.FOOT_END
        if hanger and paragraph.find(_RUN) is None:
            continue
        if not any(parent.tag in _NOT_TEXT for parent in paragraph.iterancestors()):
            yield paragraph


def _not_checklist(document: Document) -> Callable[[BaseOxmlElement], bool]:
    """Whether a paragraph does not begin the checklist page. LibreOffice gives its style another id."""
    named = document.styles.element.xpath(f"w:style[w:name/@w:val='{CHECKLIST_TITLE_NAME}']/@w:styleId")
    begins = {Style.CHECKLIST_TITLE, *named}

    def before(paragraph: BaseOxmlElement) -> bool:
        style = paragraph.find(_PARAGRAPH_STYLE)
        return style is None or style.get(qn("w:val")) not in begins

    return before


def open_document(data: bytes) -> Document:
    """A .docx, measured and opened. Raises InputError when `data` is no .docx that is safe to read."""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise InputError("文件设有密码", mend="请在 WPS 或 Word 中取消密码后再试")
        raise InputError("这是旧版 .doc 文件", mend="请用 WPS 或 Word 另存为 .docx 后再试")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_hostile(archive, len(data))
            _refuse_strict(archive)
        return docx.Document(io.BytesIO(data))
    except InputError:
        raise
    except Exception:
        # zipfile, zlib, lxml and python-docx each raise errors of their own on a broken package.
        raise InputError("不是能读取的 .docx 文件", mend="请用 WPS 或 Word 打开后另存为 .docx 再试") from None


def refuse_archive(data: bytes) -> None:
    """Raise InputError for a zip archive that is broken, or unpacks to more than any document needs."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bomb(archive, len(data))
    except zipfile.BadZipFile:
        raise InputError("文件已损坏", mend="请用 WPS 或 Word 打开后另存为 .docx 再试") from None


def _refuse_bomb(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    expanded = sum(member.file_size for member in members)
    text = sum(member.file_size for member in members if _is_xml(member))
    if (
        len(members) > MAX_MEMBERS
        or text > MAX_XML
        or expanded > MAX_EXPANDED
        or expanded > max(FREE, MAX_RATIO * size)
    ):
        raise _too_large()


def _refuse_hostile(archive: zipfile.ZipFile, size: int) -> None:
    _refuse_bomb(archive, size)
    if any(name.lower().endswith("vbaproject.bin") for name in archive.namelist()):
        raise InputError("文件含有宏，不读取", mend="请用 WPS 或 Word 另存为不带宏的 .docx 后再试")
    tags = 0
    for member in filter(_is_xml, archive.infolist()):
        content = archive.read(member)
        if any(doctype in content for doctype in _DOCTYPES):
            raise InputError("文件含有 DOCTYPE 声明，不安全", mend="请用 WPS 或 Word 打开后另存为 .docx 再试")
        tags += content.count(b"<")
    if tags > MAX_TAGS:
        raise _too_large()


def _is_xml(member: zipfile.ZipInfo) -> bool:
    return member.filename.lower().endswith((".xml", ".rels"))


def _too_large() -> InputError:
    return InputError("文件展开后过大，可能已损坏或不安全", mend="请用 WPS 或 Word 打开后另存为 .docx 再试")


def _refuse_strict(archive: zipfile.ZipFile) -> None:
    if _STRICT in archive.read("_rels/.rels"):
        raise InputError(
            "这是“Strict Open XML”格式的 .docx，不能读取",
            mend="请用 WPS 或 Word 打开后另存为普通的“Word 文档（.docx）”再试",
        )


def line_text(paragraph: BaseOxmlElement) -> str:
    """The text of a line, as `read_text` gives it."""
    return "".join(text for _, text in spans(paragraph))


def spans(paragraph: BaseOxmlElement) -> list[tuple[BaseOxmlElement, str]]:
    """The elements that hold a line's characters, in order, each with those it gives: joined, the line."""
    found = list(_pieces(paragraph))
    joined = "".join(text for _, text in found)
    dropped = {match.start() for match in _CHINESE_BREAK.finditer(joined)}
    row, place = [], 0
    for piece, text in found:
        row.append((piece, "" if place in dropped else text.replace("\n", " ")))
        place += len(text)
    return row


def _pieces(parent: BaseOxmlElement) -> Iterator[tuple[BaseOxmlElement, str]]:
    """The same with every break as a line's end, which only breaks hold."""
    for child in parent:
        if child.tag == _TEXT:
            yield child, (child.text or "").replace("\n", " ")
        elif child.tag in _LETTERS:
            yield child, _LETTERS[child.tag]
        elif child.tag != _PARAGRAPH and child.tag not in _NOT_TEXT:
            yield from _pieces(child)
