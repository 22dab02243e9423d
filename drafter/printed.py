"""A draft as the lines that are printed: what Markdown, the .docx and every line number agree on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date as Date
from typing import Literal

from drafter.model import Draft, Record

Role = Literal["title", "addressee", "heading", "body", "unit", "date"]

MISSING_DATE = "〔待补充：成文日期〕"
MISSING_NUMBER = "〔待补充：发文字号〕"
MISSING_TEXT = "〔待补充：本部分内容〕"


class Line(Record):
    """One printed paragraph.

    `heading` is how many of its first characters are heading: all of a level-1 heading, the opening sentence
    of a run-in level-2 paragraph, none elsewhere. `section` is the id of its section.
    """

    text: str
    role: Role
    level: int = 0
    heading: int = 0
    section: str = ""


def printed_date(day: Date) -> str:
    """成文日期 in Arabic numerals without zero padding (GB/T 9704—2012 §7.3.5.4): 2025年12月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def lines(draft: Draft) -> tuple[Line, ...]:
    """Title, addressee, sections, 署名 and 成文日期, one Line a paragraph.

    A section without text that should have one says so: it must not pass for one that was not wanted.
    """
    row = [Line(text=draft.title, role="title")]
    if draft.brief.addressee:
        row.append(Line(text=draft.brief.addressee.rstrip("：:") + "：", role="addressee"))
    for section in draft.sections:
        paragraphs = [text for line in section.text.split("\n") if (text := line.strip())]
        if section.written and not paragraphs:
            paragraphs = [MISSING_TEXT]
        heading = section.number + section.heading
        if section.level == 1:
            row.append(Line(text=heading, role="heading", level=1, heading=len(heading), section=section.id))
        elif section.level == 2:
            heading = heading if heading.endswith(("。", "！", "？")) else f"{heading}。"
            text = heading + paragraphs.pop(0)
            row.append(Line(text=text, role="body", level=2, heading=len(heading), section=section.id))
        row += [Line(text=text, role="body", section=section.id) for text in paragraphs]
    row.append(Line(text=draft.brief.unit, role="unit"))
    date = draft.brief.date
    row.append(Line(text=printed_date(date) if date else MISSING_DATE, role="date"))
    return tuple(row)


def found_in(draft: Draft, text: Iterable[str]) -> list[str]:
    """The draft's lines that stand among those of a file, in the draft's order.

    An office's reference.docx has lines of its own, and may place the draft's elsewhere.
    """
    left, found = Counter(text), []
    for line in lines(draft):
        if left[line.text] > 0:
            left[line.text] -= 1
            found.append(line.text)
    return found


def markdown(draft: Draft) -> str:
    """The draft as Markdown: the title as #, level-1 headings as ##, run-in headings bold."""
    parts = []
    for line in lines(draft):
        if line.role == "title":
            parts.append(f"# {line.text}")
        elif line.role == "heading":
            parts.append(f"## {line.text}")
        elif line.heading:
            parts.append(f"**{line.text[: line.heading]}**{line.text[line.heading :]}")
        else:
            parts.append(line.text)
    return "\n\n".join(parts) + "\n"
