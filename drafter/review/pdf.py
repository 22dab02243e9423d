"""The text of a PDF, its printed lines joined to paragraphs."""

from __future__ import annotations

import io
import logging
import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from drafter.errors import InputError
from drafter.review.heads import head

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES, MAX_CHARACTERS = 500, 500_000
MAX_SECONDS = 60
"""How long the pages may take to read."""
MAX_STREAM, MAX_OPERATIONS = 16 * 1024 * 1024, 300_000
"""Bytes a stream may unpack to, and what a page may hold: enough for drawings, and a second's work."""
FULL = 0.85
"""The share of the text's width from which a printed line is full, and its sentence may go on below."""
_PAGE_NUMBER = re.compile(r"\s*[-—–－·]?\s*\d{1,4}\s*[-—–－·]?\s*$")
_BETWEEN = re.compile(r"(?<=[\u3001-\u9fff”]) +(?=[\u3001-\u9fff“0-9])|(?<=[0-9%]) +(?=[\u3001-\u9fff])")


def read_pdf(data: bytes) -> list[str]:
    """The paragraphs of a PDF that holds text. Raises InputError for a scan, a locked or a broken file, and
    one that is too long or takes too long to read.
    """
    from pypdf import apply_configuration, get_configuration
    from pypdf.errors import LimitReachedError

    bounds = get_configuration().with_overwrites(
        zlib_maximum_output_length=MAX_STREAM, stream_parsing_work_maximum_count=MAX_OPERATIONS
    )
    try:
        with apply_configuration(bounds):
            lines = list(_lines(_opened(data)))
    except InputError:
        raise
    except LimitReachedError:
        raise _too_much() from None
    except Exception:
        # pypdf lets every error of a broken file through: struct's, zlib's, an assertion's, a missing key's.
        raise InputError("不是能读取的 PDF 文件", mend="请重新导出 PDF，或改用 .docx") from None
    if not any(line.strip() for line in lines):
        raise InputError("PDF 里没有文字，可能是扫描件", mend="请提供 .docx 或文字版 PDF")
    return _joined(lines)


def _opened(data: bytes) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(data))
    try:
        locked = reader.is_encrypted and not reader.decrypt("")
    except DependencyError:
        # A cipher for which pypdf needs a library that is not here.
        locked = True
    if locked:
        raise InputError("PDF 设有密码", mend="请取消密码后再试")
    if len(reader.pages) > MAX_PAGES:
        raise InputError(f"PDF 超过 {MAX_PAGES} 页", mend="请分成几份")
    return reader


def _lines(reader: PdfReader) -> Iterator[str]:
    """The printed lines, page by page, as long as they are not too many."""
    began, characters = time.monotonic(), 0
    for page in reader.pages:
        text = page.extract_text() or ""
        characters += len(text)
        if characters > MAX_CHARACTERS or time.monotonic() - began > MAX_SECONDS:
            raise _too_much()
        yield from _printed(text)


def _too_much() -> InputError:
    return InputError("PDF 内容过多，读取时间过长", mend="请分成几份，或改用 .docx")


def _printed(text: str) -> list[str]:
    lines = [_BETWEEN.sub("", line).rstrip() for line in text.splitlines()]
    while lines and (not lines[-1].strip() or _PAGE_NUMBER.fullmatch(lines[-1])):
        lines.pop()
    return [line for line in lines if line.strip()]


def _joined(lines: list[str]) -> list[str]:
    """Printed lines as paragraphs: a line goes on below where it is full and no new heading begins there."""
    width = max(map(len, lines))
    paragraphs: list[str] = []
    open_ = False
    for line in lines:
        if open_ and not head(line):
            paragraphs[-1] += line.strip()
        else:
            paragraphs.append(line)
        open_ = len(line) >= FULL * width
    return paragraphs
