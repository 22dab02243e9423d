"""The text of a PDF, its printed lines joined to paragraphs."""

from __future__ import annotations

import io
import logging
import re

from drafter.errors import InputError
from drafter.review.heads import head

MAX_PAGES = 500
FULL = 0.85
"""The share of the text's width from which a printed line is full, and its sentence may go on below."""
_PAGE_NUMBER = re.compile(r"\s*[-—–－·]?\s*\d{1,4}\s*[-—–－·]?\s*$")
_BETWEEN = re.compile(r"(?<=[\u3001-\u9fff”]) +(?=[\u3001-\u9fff“0-9])|(?<=[0-9%]) +(?=[\u3001-\u9fff])")


def read_pdf(data: bytes) -> list[str]:
    """The paragraphs of a PDF that holds text. Raises InputError for a scan, a locked or a broken file."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError("PDF 设有密码", mend="请取消密码后再试")
        if len(reader.pages) > MAX_PAGES:
            raise InputError(f"PDF 超过 {MAX_PAGES} 页", mend="请分成几份")
        lines = [line for page in reader.pages for line in _printed(page.extract_text() or "")]
    except InputError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise InputError("不是能读取的 PDF 文件", mend="请重新导出 PDF，或改用 .docx") from None
    if not any(line.strip() for line in lines):
        raise InputError("PDF 里没有文字，可能是扫描件", mend="请提供 .docx 或文字版 PDF")
    return _joined(lines)


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
