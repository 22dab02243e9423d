"""Tables as people give them: Markdown with bars, rows pasted from Excel or Word, rows of a YAML list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from drafter.intake.cleaning import clean
from drafter.model import PRIVATE, Table

MAX_ROWS, MAX_COLUMNS, MAX_CELL = 500, 12, 200
LONGEST_CAPTION = 30
"""Characters that a caption taken from a fact's own words may have."""

_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?")
_CAPTION = re.compile(r"表\s*\d{0,2}\s*[：:．.　 ]\s*(\S.*)")
_MENTION = re.compile(
    r"(?:具体|详情|详细情况|情况)?，?(?:具体|详)?[如见](?:下表|附表|表\s*\d{1,2}|表)(?:所示)?"
)
_NO_CAPTION = re.compile(r"[，。；\d]")
_NAMED = re.compile(r"[见如](?:下表|附表|表\s*\d{0,2}(?!\w))")


def is_rule(line: str) -> bool:
    """Whether a line is what parts the head of a Markdown table from its rows: |---|:--:|."""
    return "|" in line and _RULE.fullmatch(line.strip()) is not None


def caption_of(line: str) -> str:
    """The caption that a line such as «表1　各区情况» or «表：各区情况» gives; empty for any other."""
    match = _CAPTION.fullmatch(line.strip())
    return match[1].strip() if match and "\t" not in line and "|" not in line else ""


def block(lines: Sequence[str], start: int) -> int:
    """Where the table that begins at `start` ends (the line behind its last); `start` when there is none.

    A Markdown table shows itself by its rule; rows parted by tabs are one below a caption only, as people
    paste facts so, too.
    """
    end = start
    if start + 1 < len(lines) and "|" in lines[start] and is_rule(lines[start + 1]):
        while end < len(lines) and "|" in lines[end]:
            end += 1
    elif start and caption_of(lines[start - 1]):
        while end < len(lines) and "\t" in lines[end]:
            end += 1
    return end if end - start > 1 else start


def rows_of(text: str) -> list[list[str]]:
    """The cells of a Markdown table or of rows parted by tabs; an empty list for other text."""
    lines = [line.strip("\n") for line in text.split("\n") if line.strip()]
    if lines and all("|" in line for line in lines):
        rows = [
            line.strip().removeprefix("|").removesuffix("|").split("|") for line in lines if not is_rule(line)
        ]
    elif lines and any("\t" in line for line in lines):
        rows = [line.split("\t") for line in lines]
    else:
        return []
    return [[cell.replace("**", "").strip() for cell in row] for row in rows]


def table_of(rows: Sequence[Sequence[str]]) -> Table:
    """The table of these rows, short ones filled up. Raises ValueError, saying why, for what is no table."""
    width = max((len(row) for row in rows), default=0)
    if len(rows) < 2 or width < 2:
        raise ValueError("表格至少要有表头和一行内容，并有两列")
    if len(rows) > MAX_ROWS or width > MAX_COLUMNS:
        raise ValueError(f"表格最多{MAX_ROWS}行、{MAX_COLUMNS}列")
    if long := next((cell for row in rows for cell in row if len(cell) > MAX_CELL), ""):
        raise ValueError(f"“{long[:10]}…”这一格太长，最多{MAX_CELL}字")
    filled = (tuple(map(_cell, (*row, *[""] * (width - len(row))))) for row in rows)
    return Table(rows=tuple(filled))


def caption_from(text: str, topic: str = "") -> str:
    """A caption made of the fact's words, or where they are too many, of its topic."""
    words = _MENTION.sub("", text).strip("，。；（）() ")
    if words and len(words) <= LONGEST_CAPTION and not _NO_CAPTION.search(words):
        return words
    return f"{topic}情况" if topic else "有关情况"


def naming(text: str, number: int) -> str:
    """The fact's text with the number of its table: 见下表 becomes 见表1; where it names none, （见表1）."""
    if _NAMED.search(text):
        return _NAMED.sub(lambda match: f"{match[0][0]}表{number}", text, count=1)
    if text.endswith(("情况", "表", "结果", "统计", "明细")):
        return f"{text}见表{number}"
    return f"{text}（见表{number}）"


def _cell(text: str) -> str:
    return " ".join(PRIVATE.sub(r"\1", clean(text)).split())
