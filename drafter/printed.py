"""A draft as the lines that are printed: what Markdown, the .docx and every line number agree on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date as Date
from itertools import groupby
from typing import Literal

from drafter.model import Brief, Draft, Fact, Official, Record, Section, Table

Role = Literal[
    "serial",
    "secrecy",
    "urgency",
    "mark",
    "mark_word",
    "number",
    "title",
    "addressee",
    "heading",
    "body",
    "caption",
    "cell",
    "attached",
    "unit",
    "date",
    "note",
    "attachment_number",
    "attachment_title",
    "attachment",
    "cc",
    "print",
]

MISSING_DATE = "〔待补充：成文日期〕"
MISSING_NUMBER = "〔待补充：发文字号〕"
MISSING_TEXT = "〔待补充：本部分内容〕"
MARK_WORD = "文件"
"""What follows the issuers' names in 发文机关标志 (§7.2.4)."""
COPIES = {"standard": "抄送", "letter": "抄送", "memo": "分送"}
"""What stands before the bodies that get a copy, by format (§7.4.2, §8.3)."""
SIGNERS_A_ROW = 2
UNWRITTEN = re.compile(r"〔待(?:补充|核实|确认)[^〔〕]*〕")
"""What still waits for a person in a text."""


class Line(Record):
    """One printed paragraph.

    `heading` is how many of its first characters are heading: all of a level-1 heading, the opening sentence
    of a run-in level-2 paragraph, none elsewhere. `section` is the id of its section. `columns` is, for a
    table's cell, how many cells a row has, and in `place` which cell of its table it is, from 0.
    """

    text: str
    role: Role
    level: int = 0
    heading: int = 0
    section: str = ""
    columns: int = 0
    place: int = 0


def printed_date(day: Date) -> str:
    """成文日期 in Arabic numerals without zero padding (GB/T 9704—2012 §7.3.5.4): 2025年12月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def lines(draft: Draft) -> tuple[Line, ...]:
    """版头, title, addressee, sections with their tables, 附件说明, 署名 and 成文日期, 附注, attachments,
    版记: one Line a paragraph.

    A section without text that should have one says so: it must not pass for one that was not wanted.
    """
    brief, official = draft.brief, draft.brief.official
    row = [*_head(brief), Line(text=draft.title, role="title")]
    if brief.addressee:
        row.append(Line(text=brief.addressee.rstrip("：:") + "：", role="addressee"))
    row += _with_tables(tuple(line for section in draft.sections for line in _section(section)), draft)
    row += [Line(text=text, role="attached") for text in _attached(official)]
    row += [Line(text=text, role="unit") for text in _units((brief.unit, *official.issuers), official)]
    row.append(Line(text=printed_date(brief.date) if brief.date else MISSING_DATE, role="date"))
    if official.note:
        row.append(Line(text=f"（{official.note}）", role="note"))
    return (*row, *_attachments(official), *_foot(brief))


def mark_of(brief: Brief) -> tuple[tuple[str, ...], str]:
    """发文机关标志 (§7.2.4): its names, and 文件 behind them; of a letter the issuer's name alone."""
    official = brief.official
    if not official.headed:
        return (), ""
    if official.mark:
        name = official.mark.removesuffix(MARK_WORD)
        word = MARK_WORD if name != official.mark else ""
        return ((name, *official.issuers), word) if word and official.issuers else ((official.mark,), "")
    if official.format == "letter":
        return (brief.unit,), ""
    names = (brief.unit, *official.issuers)
    return (names, MARK_WORD) if len(names) > 1 else ((f"{brief.unit}{MARK_WORD}",), "")


def _head(brief: Brief) -> Iterator[Line]:
    """版头 (§7.2) in the order in which it is read. A letter's mark stands in its first page's header."""
    official = brief.official
    top: dict[Role, str] = {
        "serial": official.serial,
        "secrecy": official.secrecy,
        "urgency": official.urgency,
    }
    rows = [Line(text=text, role=role) for role, text in top.items() if text]
    numbers = [Line(text=text, role="number") for text in _numbers(official)]
    if official.format == "letter":
        beside = numbers[0].text if numbers and rows else ""
        yield from (line if n or not beside else _beside(line, beside) for n, line in enumerate(rows))
        yield from numbers[bool(rows) :]
        return
    yield from rows
    names, word = mark_of(brief)
    yield from (Line(text=name, role="mark") for name in names)
    if word:
        yield Line(text=word, role="mark_word")
    yield from numbers


def _beside(line: Line, number: str) -> Line:
    """The first line of a letter, with 发文字号 at its right end (§8.1)."""
    return line.model_copy(update={"text": f"{line.text}\t{number}"})


def _numbers(official: Official) -> Iterator[str]:
    """发文字号, and 签发人 beside it: two names a row, the number on the last (§7.2.5, §7.2.6)."""
    rows = [
        official.signers[at : at + SIGNERS_A_ROW] for at in range(0, len(official.signers), SIGNERS_A_ROW)
    ]
    for place, names in enumerate(rows):
        number = official.number if names is rows[-1] else ""
        yield "\t".join([number, "签发人：" + names[0] if place == 0 else names[0], *names[1:]])
    if official.number and not rows:
        yield official.number


def paragraphs_in(text: str) -> list[str]:
    """The paragraphs of a text, one a line."""
    return [row for line in text.split("\n") if (row := line.strip())]


def paragraphs_of(section: Section) -> list[str]:
    """A section's paragraphs as printed."""
    return paragraphs_in(section.text) or ([MISSING_TEXT] if section.written else [])


def _section(section: Section) -> Iterator[Line]:
    """The heading and the paragraphs of a section."""
    paragraphs = paragraphs_of(section)
    heading = section.number + section.heading
    if section.level == 1:
        yield Line(text=heading, role="heading", level=1, heading=len(heading), section=section.id)
    elif section.level == 2:
        heading = heading if heading.endswith(("。", "！", "？")) else f"{heading}。"
        text = heading + paragraphs.pop(0)
        yield Line(text=text, role="body", level=2, heading=len(heading), section=section.id)
    yield from (Line(text=text, role="body", section=section.id) for text in paragraphs)


def tables(draft: Draft) -> tuple[tuple[Fact, Table], ...]:
    """The facts with a table that stand in the draft."""
    placed = {fact for section in draft.sections for fact in section.facts}
    return tuple((fact, fact.table) for fact in draft.brief.facts if fact.table and fact.id in placed)


def naming(table: Table) -> re.Pattern[str]:
    """How a text names a numbered table (见表1)."""
    return re.compile(rf"表\s?{table.number}(?!\d)")


def _with_tables(body: Sequence[Line], draft: Draft) -> Iterator[Line]:
    """The lines of the body, each table behind the first that names it, else at its section's end."""
    behind: dict[int, list[tuple[Fact, Table]]] = {}
    of_fact = {fact: section.id for section in draft.sections for fact in section.facts}
    for fact, table in tables(draft):
        own = [place for place, line in enumerate(body) if line.section == of_fact[fact.id]]
        name = naming(table)
        named = [place for place, line in enumerate(body) if line.role == "body" and name.search(line.text)]
        place = next((one for one in named if one in own), named[0] if named else own[-1])
        behind.setdefault(place, []).append((fact, table))
    for place, line in enumerate(body):
        yield line
        for fact, table in behind.get(place, ()):
            caption = f"表{table.number}　{fact.caption}"
            yield Line(text=caption, role="caption", section=line.section)
            yield from _cells(table, line.section)


def _cells(table: Table, section: str = "") -> Iterator[Line]:
    columns = len(table.rows[0])
    for place, text in enumerate(cell for row in table.rows for cell in row):
        yield Line(text=text, role="cell", section=section, columns=columns, place=place)


def _attached(official: Official) -> Iterator[str]:
    """附件说明 (§7.3.4): numbered where there are several, without a final mark."""
    titles = [one.title.strip("《》") for one in official.attachments]
    if len(titles) == 1:
        yield f"附件：{titles[0]}"
    else:
        yield from (f"{'附件：' if n == 1 else ''}{n}.{title}" for n, title in enumerate(titles, start=1))


def _units(units: Sequence[str], official: Official) -> Iterator[str]:
    """署名 (§7.3.5): one below the other; of a sealed copy side by side, as far as their seals have room."""
    longest = max(map(len, units))
    a_row = (3 if longest <= 8 else 2 if longest <= 12 else 1) if official.sealed else 1
    for at in range(0, len(units), a_row):
        row = units[at : at + a_row]
        yield "".join(f"\t{unit}" for unit in row) if len(row) > 1 else row[0]


def _attachments(official: Official) -> Iterator[Line]:
    """The attachments (§7.3.7), each with its number and title as 附件说明 has them.

    One of which only the title is given is a file of its own, and has no page here.
    """
    for number, one in enumerate(official.attachments, start=1):
        if not one.text and not one.table:
            continue
        several = len(official.attachments) > 1
        yield Line(text=f"附件{number}" if several else "附件", role="attachment_number")
        yield Line(text=one.title.strip("《》"), role="attachment_title")
        yield from (Line(text=text, role="attachment") for text in paragraphs_in(one.text))
        if one.table:
            yield from _cells(one.table)


def _foot(brief: Brief) -> Iterator[Line]:
    """版记 (§7.4); a letter's has no 印发机关 and 印发日期 (§8.1)."""
    official = brief.official
    if official.cc:
        yield Line(text=f"{COPIES[official.format]}：{'，'.join(official.cc)}。", role="cc")
    if official.format != "letter" and (official.print_by or official.print_date):
        day = f"{printed_date(official.print_date)}印发" if official.print_date else ""
        yield Line(text=f"{official.print_by}\t{day}", role="print")


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
    parts: list[str] = []
    for is_cell, group in groupby(lines(draft), key=lambda line: line.role == "cell"):
        if is_cell:
            parts += [_grid(rows) for _, rows in tables_in(list(group))]
        else:
            parts += [_as_markdown(line) for line in group]
    return "\n\n".join(parts) + "\n"


def tables_in(cells: Sequence[Line]) -> Iterator[tuple[Sequence[Line], list[list[str]]]]:
    """The tables that follow each other in these lines: the cells of each, and their texts row by row."""
    starts = [place for place, cell in enumerate(cells) if cell.place == 0]
    for start, end in zip(starts, [*starts[1:], len(cells)], strict=True):
        width = cells[start].columns
        rows = [[cell.text for cell in cells[at : at + width]] for at in range(start, end, width)]
        yield cells[start:end], rows


def _grid(rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    head, *others = (f"| {' | '.join(cell.replace('|', '｜') for cell in row)} |" for row in rows)
    return "\n".join([head, f"|{' --- |' * len(rows[0])}", *others])


def _as_markdown(line: Line) -> str:
    if line.role in ("title", "attachment_title"):
        return f"# {line.text}" if line.role == "title" else f"## {line.text}"
    if line.role == "heading":
        return f"## {line.text}"
    if line.heading:
        return f"**{line.text[: line.heading]}**{line.text[line.heading :]}"
    return line.text.strip("\t").replace("\t", "　")
