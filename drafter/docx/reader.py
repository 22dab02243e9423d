"""Reads any .docx as lines of text. What strangers send is measured before it is opened."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.markup import Style
from drafter.errors import InputError

MAX_EXPANDED = 64 * 1024 * 1024
"""Bytes all parts of a file may unpack to."""
MAX_RATIO = 200
"""How many times larger than the file they may be."""

_OLE = b"\xd0\xcf\x11\xe0"
_PARAGRAPH, _TEXT, _TAB = qn("w:p"), qn("w:t"), qn("w:tab")
_BREAKS = (qn("w:br"), qn("w:cr"))
_NO_BREAK_HYPHEN = qn("w:noBreakHyphen")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_TEXT = {qn("w:moveFrom"), qn("w:pPr"), _FALLBACK}
_CHINESE_BREAK = re.compile(r"(?<=[\u3001-\u9fff”])\n(?=[\u3001-\u9fff“])")


def read_text(data: bytes) -> list[str]:
    """The paragraphs of a .docx in document order, those in tables too: one string a paragraph.

    A line break within a paragraph joins two Chinese characters and is a space elsewhere. Deleted text is
    left out, and so is the checklist page that this program adds. Raises InputError when `data` is no .docx.
    """
    document = _open(data)
    checklist = Style.CHECKLIST_TITLE
    lines: list[str] = []
    for paragraph in document.element.body.iter(_PARAGRAPH):
        if paragraph.style == checklist:
            break
        if not any(parent.tag in _NOT_TEXT for parent in paragraph.iterancestors()):
            lines.append(_text(paragraph))
    return lines


def _open(data: bytes) -> Document:
    if data.startswith(_OLE):
        raise InputError("这是旧版 .doc 或加密的文件", mend="请在 WPS 或 Word 中解密并另存为 .docx 后再试")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_hostile(archive, len(data))
        return docx.Document(io.BytesIO(data))
    except InputError:
        raise
    except Exception:
        # zipfile, zlib, lxml and python-docx each raise errors of their own on a broken package.
        raise InputError("不是能读取的 .docx 文件", mend="请用 WPS 或 Word 打开后另存为 .docx 再试") from None


def _refuse_hostile(archive: zipfile.ZipFile, size: int) -> None:
    expanded = sum(member.file_size for member in archive.infolist())
    if expanded > min(MAX_EXPANDED, MAX_RATIO * size):
        raise InputError(
            "文件展开后过大，可能已损坏或不安全", mend="请用 WPS 或 Word 打开后另存为 .docx 再试"
        )
    for member in archive.infolist():
        if member.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(member):
            raise InputError("文件含有 DOCTYPE 声明，不安全", mend="请用 WPS 或 Word 打开后另存为 .docx 再试")


def _text(paragraph: BaseOxmlElement) -> str:
    return _CHINESE_BREAK.sub("", "".join(_pieces(paragraph))).replace("\n", " ")


def _pieces(parent: BaseOxmlElement) -> Iterator[str]:
    for child in parent:
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag == _TAB:
            yield "\t"
        elif child.tag in _BREAKS:
            yield "\n"
        elif child.tag == _NO_BREAK_HYPHEN:
            yield "-"
        elif child.tag != _PARAGRAPH and child.tag not in _NOT_TEXT:
            yield from _pieces(child)
