"""Variants of a finished document: one part of it taken away for each item of the checklist, and noise.

What is taken away follows from the item's kind; nothing here knows a document type but `WORDING`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from drafter import doctypes
from drafter.docx.reader import read_source
from drafter.docx.writer import write
from drafter.model import Brief, ChecklistItem, DocType, Fact, SourceLine
from drafter.outline import chinese_number
from drafter.printed import lines
from drafter.review.checklist import FIGURE, MEASURES
from tests.makers import template_draft

CLAUSE_END = "，。；：！？"
STEP = re.compile("[一二三四五六七八九十]+是")
ITEM = re.compile("[一二三四五六七八九十]+是[^；。]*[；。]?")
NUMBER = re.compile(r"(\d+(?:年度?|月|日|时(?:\d+分)?))|\d[\d.,%]*")
LABELLED = re.compile("整改措施：[^。]*。")
WORDING: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    # Who a text speaks of cannot be cut out of it: the third person takes the first one's place.
    ("duty-report", "first-person"): (("我是", "现任"), ("本人", "其"), ("我", "其")),
}


class Row(NamedTuple):
    """A line of a document with what it is: its role, its section (a spec's id), its level-2 section's id
    and how many of its first characters are heading.
    """

    line: SourceLine
    role: str
    spec: str
    section: str
    level: int
    heading: int

    @property
    def text(self) -> str:
        """The line's text."""
        return self.line.text

    @property
    def body(self) -> str:
        """The line's text without its heading."""
        return self.text[self.heading :]

    def saying(self, body: str) -> Row:
        """The row with another text behind its heading."""
        return self._replace(line=self.line.model_copy(update={"text": self.text[: self.heading] + body}))


Rows = tuple[Row, ...]


class Variant(NamedTuple):
    """A changed document, the items that have to miss something in it, and the brief it is held against."""

    name: str
    rows: Rows
    missed: frozenset[str]
    brief: Brief | None = None


class Original(NamedTuple):
    """A finished document: its rows, as a .docx gives them or as text does, its type and its brief."""

    name: str
    rows: Rows
    doctype: DocType
    brief: Brief

    def of(self, spec: str) -> Rows:
        """The rows of a section; of the whole document where no section is named."""
        return tuple(row for row in self.rows if (row.spec == spec if spec else row.section))


def original(name: str, brief: Brief, *, docx: bool) -> Original:
    """What the template writer makes of a brief, printed and read again."""
    draft, doctype = template_draft(brief)
    printed = lines(draft)
    source = read_source(write(draft, doctype)) if docx else [SourceLine(text=line.text) for line in printed]
    # A title's line break is read as a space; the title has no place in it that counts.
    assert [line.text.replace(" ", "") for line in source] == [line.text.replace(" ", "") for line in printed]
    specs = {section.id: section.spec for section in draft.sections}
    rows = [
        Row(read, line.role, specs.get(line.section, ""), line.section, line.level, line.heading)
        for read, line in zip(source, printed, strict=True)
    ]
    return Original(name, tuple(rows), doctype, brief)


def renumbered(rows: Sequence[Row]) -> Rows:
    """The rows with their level-1 and level-2 headings numbered anew, without a gap."""
    made, first, second = [], 0, 0
    for row in rows:
        if row.level == 1:
            first, second = first + 1, 0
            row = _with_number(row, f"{chinese_number(first)}、")
        elif row.level == 2:
            second += 1
            row = _with_number(row, f"（{chinese_number(second)}）")
        made.append(row)
    return tuple(made)


def _with_number(row: Row, number: str) -> Row:
    old = re.match("(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)", row.text)
    assert old, row.text
    text = number + row.text[old.end() :]
    return row._replace(
        line=row.line.model_copy(update={"text": text}), heading=row.heading + len(number) - old.end()
    )


def changed(document: Original, spec: str, change: Callable[[str], str]) -> Rows:
    """The document with every text of a section (or of all) changed; what nothing is left of is dropped."""
    rows = []
    for row in document.rows:
        if row.section and (row.spec == spec or not spec):
            body = change(row.body)
            if not body and not row.heading:
                continue
            row = row.saying(body)
        rows.append(row)
    return tuple(rows)


def without_clauses(text: str, pattern: re.Pattern[str]) -> str:
    """A text without the clauses that a pattern is found in."""
    whole = text
    while match := pattern.search(text):
        start = max(text.rfind(sign, 0, match.start() + 1) for sign in CLAUSE_END) + 1
        ends = [place for sign in CLAUSE_END if (place := text.find(sign, match.end() - 1)) >= 0]
        text = text[:start] + text[min(ends, default=len(text) - 1) + 1 :]
    return text if text[-1:] == whole[-1:] else re.sub("[，；：]$", "。", text)


def taken_away(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    """The variants of a document in which one item finds something missing."""
    yield from MAKERS[item.kind](document, item)


def _no_title(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    yield _variant(item, "", (row for row in document.rows if row.role != "title"))


def _no_section(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    if document.of(item.section):
        yield _variant(item, "", (row for row in document.rows if row.spec != item.section))


def _no_words(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    wording = WORDING.get((document.doctype.id, item.id), ())
    pattern = re.compile(item.pattern)

    def change(text: str) -> str:
        for old, new in wording:
            text = text.replace(old, new)
        return without_clauses(text, pattern)

    if document.of(item.section):
        rows = changed(document, item.section, change)
        named = {row.section for row in rows if row.level == 2 and pattern.search(row.text[: row.heading])}
        yield _variant(item, "", (row for row in rows if row.section not in named))


def _no_figures(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    def change(text: str) -> str:
        text = NUMBER.sub(lambda match: match[1] or "若干", text)
        return FIGURE.sub(lambda match: match[0] if match[0].isdigit() else f"若干{match[1] or ''}", text)

    if document.of(item.section):
        yield _variant(item, "", changed(document, item.section, change))


def _no_measures(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    labelled = [row for row in document.of(item.section) if LABELLED.search(row.body)]
    if labelled:
        yield _variant(item, "all", changed(document, item.section, lambda text: LABELLED.sub("", text)))
        last = labelled[-1]
        rows = (row.saying(LABELLED.sub("", row.body)) if row is last else row for row in document.rows)
        yield _variant(item, "one", rows)
        return
    yield _variant(item, "all", changed(document, item.section, _before_measures))
    yield _variant(item, "one", changed(document, item.section, _with_fewer_measures))


def _before_measures(text: str) -> str:
    cue = MEASURES.search(text)
    return text[: cue.start()] if cue else text


def _with_fewer_measures(text: str) -> str:
    cue = MEASURES.search(text)
    measures = list(ITEM.finditer(text, cue.start())) if cue else []
    return re.sub("；$", "。", text[: measures[-1].start()]) if measures else text


def _no_enumeration(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    if not STEP.search("".join(row.body for row in document.of(item.section))):
        return
    yield _variant(item, "none", changed(document, item.section, lambda text: STEP.sub("", text)))
    second = re.compile("二是[^；。]*[；。]")
    yield _variant(item, "gap", changed(document, item.section, lambda text: second.sub("", text)))


def _swapped(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    headed = [spec.id for spec in document.doctype.sections if spec.heading and document.of(spec.id)]
    for before, behind in pairwise(headed):
        first, second = document.of(before), document.of(behind)
        start = document.rows.index(first[0])
        rows = (*document.rows[:start], *second, *first, *document.rows[start + len(first) + len(second) :])
        yield _variant(item, f"{before}-{behind}", rows)


def _overlong(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    spec = next(spec for spec in document.doctype.sections if spec.default)
    last = document.of(spec.id)[-1]
    longer = last.saying(last.body + last.body * (spec.length[1] // len(last.body) + 1))
    yield _variant(item, "", (longer if row is last else row for row in document.rows))


def _emptied(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    """A level-2 heading that nothing stands under also leaves its section unfinished."""
    for row in document.rows:
        if row.level == 2:
            rows = (
                one.saying("") if one is row else one
                for one in document.rows
                if one.section != row.section or one is row
            )
            yield _variant(item, row.section, rows, *_present(document.doctype, row.spec))


def _left_open(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    """What waits to be filled in also leaves its section unfinished."""
    for spec in document.doctype.sections:
        if texts := [row for row in document.of(spec.id) if row.body]:
            last = texts[-1]
            at = last.body.find("，") + 1 or len(last.body) - 1
            open_one = last.saying(f"{last.body[:at]}〔待补充：{spec.needs or spec.label}〕{last.body[at:]}")
            rows = (open_one if row is last else row for row in document.rows)
            yield _variant(item, spec.id, rows, *_present(document.doctype, spec.id))


def _unsigned(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    for name, roles in (("unit", {"unit"}), ("date", {"date"}), ("both", {"unit", "date"})):
        yield _variant(item, name, (row for row in document.rows if row.role not in roles))


def _untold(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    more = Fact(id=f"F{len(document.brief.facts) + 1}", text="编印应急处置手册7731本")
    brief = document.brief.model_copy(update={"facts": (*document.brief.facts, more)})
    yield _variant(item, "", document.rows)._replace(brief=brief)


def _invented(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    spec = next(spec for spec in document.doctype.sections if spec.default)
    last = document.of(spec.id)[-1]
    told = last.saying(last.body + "共编印应急处置手册7731本。")
    yield _variant(item, "", (told if row is last else row for row in document.rows))._replace(
        brief=document.brief
    )


def _no_addressee(document: Original, item: ChecklistItem) -> Iterator[Variant]:
    yield _variant(item, "", (row for row in document.rows if row.role != "addressee"))


def _present(doctype: DocType, spec: str) -> Iterator[str]:
    return (item.id for item in doctype.checklist if item.kind == "present" and item.section == spec)


def _variant(item: ChecklistItem, what: str, rows: Iterator[Row] | Rows, *more: str) -> Variant:
    name = f"{item.id}-{what}" if what else item.id
    return Variant(name, renumbered(tuple(rows)), frozenset({item.id, *more}))


MAKERS: Mapping[str, Callable[[Original, ChecklistItem], Iterator[Variant]]] = {
    "titled": _no_title,
    "addressed": _no_addressee,
    "present": _no_section,
    "pattern": _no_words,
    "figures": _no_figures,
    "pairing": _no_measures,
    "enumerated": _no_enumeration,
    "order": _swapped,
    "length": _overlong,
    "subsections-grounded": _emptied,
    "facts-used": _untold,
    "grounded": _invented,
    "no-placeholders": _left_open,
    "signature": _unsigned,
}

TYPES = doctypes.available()
