"""A file of any origin as its lines.

.docx, Markdown and text are read as they are, PDF by its text, the rest by way of LibreOffice where it is.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from drafter import intake
from drafter.errors import InputError
from drafter.model import SourceLine

MAX_BYTES = 32 * 1024 * 1024
"""The largest document that is read."""
MAX_LINES, MAX_CHARACTERS = 50_000, 500_000
"""The longest."""
MARKUP = re.compile(r"^\s{0,3}(#{1,6}|>|[-*+])\s+|\*\*|__|`")
_LEVEL = re.compile(r"\s{0,3}(#{1,6})\s")
_ZIP, _OLE, _PDF, _RTF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf"
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument.text"
"""What the first member of an .odt is called and holds (ODF 1.3 part 2, §3.3)."""
READABLE = (".docx", ".md", ".txt", ".pdf", ".doc", ".wps", ".rtf", ".odt")
_BINARY = (".docx", ".doc", ".wps", ".rtf", ".odt")


class Source(NamedTuple):
    """A document's lines; `docx` holds the file itself where it is a .docx, or was made into one."""

    lines: list[SourceLine]
    docx: bytes | None = None


def read_lines(path: Path) -> list[str]:
    """The texts of a document's lines. Raises InputError."""
    return [line.text for line in read_source(path).lines]


def read_source(path: Path) -> Source:
    """Read a document; what it is, its first bytes decide, not its name. Raises InputError."""
    data = intake.read_bytes(path, MAX_BYTES)
    try:
        return source_of(data, path.name)
    except InputError as error:
        raise InputError(error.what, file=path, mend=error.mend) from None


def source_of(data: bytes, name: str) -> Source:
    """Read a document that is in memory; `name` is that of its file. Raises InputError."""
    source = _source(data, name)
    if len(source.lines) > MAX_LINES:
        raise InputError(f"文稿过长，超过{MAX_LINES}行", mend="请分成几份")
    if sum(len(line.text) for line in source.lines) > MAX_CHARACTERS:
        raise InputError(f"文稿过长，超过{MAX_CHARACTERS // 10_000}万字", mend="请分成几份")
    return source


def _source(data: bytes, name: str) -> Source:
    suffix = Path(name).suffix.lower()
    if data.startswith(_PDF):
        from drafter.review.pdf import read_pdf

        return Source([SourceLine(text=line) for line in read_pdf(data)])
    if data.startswith(_ZIP):
        return _converted(data, ".odt") if data[30:].startswith(_OPEN_DOCUMENT) else _docx(data)
    if data.startswith(_RTF):
        return _converted(data, ".rtf")
    if data.startswith(_OLE):
        return _converted(data, suffix if suffix in (".doc", ".wps") else ".doc")
    if not data.strip():
        raise InputError("文件是空的", mend="请填写内容后再试")
    if suffix in _BINARY:
        raise InputError(f"不是能读取的 {suffix} 文件", mend="请用 WPS 或 Word 打开后另存为 .docx 再试")
    if suffix == ".pdf":
        raise InputError("不是能读取的 PDF 文件", mend="请重新导出 PDF，或改用 .docx")
    return Source(text_lines(intake.decode(data, name), markdown=suffix == ".md"))


def text_lines(text: str, *, markdown: bool = False) -> list[SourceLine]:
    """Plain text as lines. Markdown's marks become spaces, so that columns stay those of the file."""
    if not markdown:
        return [SourceLine(text=line) for line in text.splitlines()]
    lines = []
    for line in text.splitlines():
        level = _LEVEL.match(line)
        plain = MARKUP.sub(lambda mark: " " * len(mark.group()), line)
        lines.append(SourceLine(text=plain, level=len(level[1]) if level else 0))
    return lines


def _docx(data: bytes) -> Source:
    from drafter.docx.reader import read_source as read_docx

    return Source(read_docx(data), data)


def _converted(data: bytes, suffix: str) -> Source:
    """A file of an older or another office program, by way of LibreOffice."""
    from drafter.docx import office

    if _locked(data):
        raise InputError("文件设有密码", mend="请在 WPS 或 Word 中取消密码后再试")
    if data.startswith(_ZIP):
        from drafter.docx.reader import refuse_archive

        refuse_archive(data)
    if not office.present():
        raise InputError(
            f"不能直接读取 {suffix} 文件", mend="请用 WPS 或 Word 另存为 .docx，或在本机安装 LibreOffice"
        )
    return _docx(office.convert(data, suffix, "docx"))


def _locked(data: bytes) -> bool:
    """Whether an OLE file is an encrypted .docx, or a .doc that says so ([MS-DOC] 2.5.2, fEncrypted)."""
    header = data[512:524]
    encrypted_doc = header.startswith(b"\xec\xa5") and len(header) == 12 and bool(header[11] & 1)
    return data.startswith(_OLE) and (encrypted_doc or "EncryptedPackage".encode("utf-16-le") in data)
