"""A document that was read, laid out as a document type wants it: which of its parts is which section."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from drafter.model import Brief, DocType, Draft, Heading, Reading, Section, SectionSpec
from drafter.review.checklist import FIGURE, listed
from drafter.review.heads import typed
from drafter.review.naming import PLAIN, naming

OPENING, CLOSING = "opening", "closing"
"""Ids of the sections that document types print without a heading, by what they are."""

LISTED = 2
"""As many items make a list."""


class Laid(NamedTuple):
    """A document as a draft of a type, and where each of its sections stands (id → 1-based line)."""

    draft: Draft
    lines: dict[str, int]


class Part(NamedTuple):
    """A level-1 part of a document: its heading and the lines up to the next one (places from 0)."""

    heading: Heading
    start: int
    end: int


def lay_out(reading: Reading, doctype: DocType, brief: Brief | None = None) -> Laid:
    """The document as a draft of `doctype`.

    A heading that names two sections (存在问题及下一步打算) counts as both. What no heading names goes to the
    section that takes the rest, if it stands before the sections that are found behind that one. Of a type
    without headings, the first paragraph is the first section and all others the one that takes the rest.
    """
    if not any(spec.heading for spec in doctype.sections):
        return _as_draft(reading, doctype, brief, _paragraphs(reading, doctype))
    parts = list(_parts(reading))
    named = _named(parts, doctype)
    _take_lower(reading, parts, named, doctype)
    _take_rest(parts, named, doctype)
    closes = any(spec.id == CLOSING and not spec.heading for spec in doctype.sections)
    roles = ("body", "heading") if closes else ("body", "heading", "closing")
    found = [
        *_unheaded(reading, doctype, OPENING),
        *(one for index, part in enumerate(parts) for one in _sections(reading, part, named[index], roles)),
        *_unheaded(reading, doctype, CLOSING),
    ]
    return _as_draft(reading, doctype, brief, found)


def _as_draft(
    reading: Reading, doctype: DocType, brief: Brief | None, found: Sequence[tuple[Section, int]]
) -> Laid:
    """The sections found, each with its line, as a draft."""
    sections: list[Section] = []
    lines: dict[str, int] = {}
    for section, line in found:
        lines.setdefault(section.spec, line)
        sections.append(section)
    given = brief or Brief(doctype=doctype.id, unit=reading.unit, date=reading.date, facts=())
    stated = {"unit": reading.unit, "addressee": reading.addressee, "date": reading.date}
    given = given.model_copy(update=stated)
    return Laid(Draft(brief=given, title=reading.title, writer="", sections=tuple(sections)), lines)


def _paragraphs(reading: Reading, doctype: DocType) -> list[tuple[Section, int]]:
    """The text of a document that needs no headings: its first paragraph, and the rest. A first paragraph
    that lists what was done says no more who did it: it belongs to the rest.
    """
    text = [
        (place, typed(reading.lines[place]))
        for place, role in enumerate(reading.roles)
        if role in ("opening", "heading", "body", "closing")
    ]
    rest = next(spec for spec in doctype.sections if spec.default)
    first = int(bool(text) and listed(text[0][1]) < LISTED)
    parts = [(doctype.sections[0], text[:first]), (rest, text[first:])]
    return [
        (Section(id=spec.id, spec=spec.id, text="\n".join(line for _, line in rows)), rows[0][0] + 1)
        for spec, rows in parts
        if rows
    ]


def matches(heading: str, spec: SectionSpec) -> bool:
    """Whether a heading names a section: by the type's own words, or by what others call it."""
    return bool(spec.heading and spec.heading in heading) or any(
        re.search(name, heading) for name in spec.names
    )


def coverage(reading: Reading, doctype: DocType) -> float:
    """The share of a type's required sections, 0 to 1, that the document's headings name; of a type without
    headings, whether the document has none either.
    """
    if not any(spec.heading for spec in doctype.sections):
        return float(not reading.headings)
    wanted = [spec for spec in doctype.sections if spec.required and spec.heading]
    headings = [one.heading for one in reading.headings if one.level <= 2]
    return sum(any(matches(one, spec) for one in headings) for spec in wanted) / max(1, len(wanted))


def _parts(reading: Reading) -> Iterator[Part]:
    """The level-1 parts; of a document without level 1, those of its highest level."""
    top = min((heading.level for heading in reading.headings), default=1)
    tops = [heading for heading in reading.headings if heading.level == top]
    ends = [*(heading.line - 1 for heading in tops[1:]), len(reading.lines)]
    for heading, end in zip(tops, ends, strict=False):
        yield Part(heading, heading.line - 1, end)


def _within(reading: Reading, part: Part) -> Sequence[Heading]:
    """The headings below a part's own, up to its end."""
    first = bisect_right(reading.headings, part.start + 1, key=attrgetter("line"))
    return reading.headings[first : bisect_right(reading.headings, part.end, key=attrgetter("line"))]


def _named(parts: Sequence[Part], doctype: DocType) -> dict[int, list[SectionSpec]]:
    """The sections that each part's heading names. The type's own words decide before what others call them,
    and a heading that says nothing else before one that says it by the way.
    """
    named: dict[int, list[SectionSpec]] = {}
    plain: set[str] = set()
    for index, part in enumerate(parts):
        heading = part.heading.heading
        own = [spec for spec in doctype.sections if spec.heading and heading == spec.heading]
        named[index] = own or [spec for spec in doctype.sections if spec.heading and naming(heading, spec)]
        plain |= {spec.id for spec in named[index] if naming(heading, spec) == PLAIN}
    return {
        index: [
            spec
            for spec in specs
            if spec.default or spec.id not in plain or naming(parts[index].heading.heading, spec) == PLAIN
        ]
        for index, specs in named.items()
    }


def _take_lower(
    reading: Reading, parts: list[Part], named: dict[int, list[SectionSpec]], doctype: DocType
) -> None:
    """A section that only a lower heading names (（五）存在的问题) counts as a part of its own."""
    found = {spec.id for specs in named.values() for spec in specs}
    for spec in doctype.sections:
        if not spec.heading or spec.default or spec.id in found or not spec.names:
            continue
        lower = next(
            (
                (index, heading)
                for index, part in enumerate(parts)
                for heading in _within(reading, part)
                if heading.level == part.heading.level + 1
                and naming(heading.heading, spec) == PLAIN
                and not re.search("[，,]", heading.heading)
            ),
            None,
        )
        if lower:
            index, heading = lower
            end = next(
                (
                    one.line - 1
                    for one in reading.headings
                    if one.line > heading.line and one.level <= heading.level
                ),
                parts[index].end,
            )
            behind = doctype.sections[doctype.sections.index(spec) + 1 :]
            at = min(
                (place for place, specs in named.items() if any(one in behind for one in specs)),
                default=len(parts),
            )
            parts.insert(at, Part(heading, heading.line - 1, min(end, parts[index].end)))
            kept = {place + (place >= at): specs for place, specs in named.items()}
            named.clear()
            named.update({**kept, at: [spec]})


def _take_rest(parts: Sequence[Part], named: dict[int, list[SectionSpec]], doctype: DocType) -> None:
    """Give the parts that no name claims to the section that takes the rest, where none has it yet."""
    default = next(spec for spec in doctype.sections if spec.default)
    if any(default in specs for specs in named.values()):
        return
    behind = doctype.sections[doctype.sections.index(default) + 1 :]
    last = min(
        (index for index, specs in named.items() if any(spec in behind for spec in specs)), default=len(parts)
    )
    for index in range(len(parts)):
        if not named[index] and index < last:
            named[index] = [default]


def _sections(
    reading: Reading, part: Part, specs: Sequence[SectionSpec], roles: Sequence[str]
) -> Iterator[tuple[Section, int]]:
    """A part as a level-1 section and its level-2 sections, once for each section it is."""
    below = [heading for heading in _within(reading, part) if heading.level > part.heading.level]
    level = min((heading.level for heading in below), default=0)
    subs = [heading for heading in below if heading.level == level]
    for spec in specs:
        divided = subs if spec.layout == "subsections" else []
        own = _text(reading, part.heading, part.start, divided[0].line - 1 if divided else part.end, roles)
        yield (
            Section(
                id=spec.id,
                spec=spec.id,
                number=part.heading.number,
                heading=part.heading.heading,
                level=1,
                text=own,
                written=not divided or bool(own),
            ),
            part.heading.line,
        )
        ends = [*(sub.line - 1 for sub in divided[1:]), part.end]
        for number, (sub, end) in enumerate(zip(divided, ends, strict=False), start=1):
            yield (
                Section(
                    id=f"{spec.id}.{number}",
                    spec=spec.id,
                    number=sub.number,
                    heading=sub.heading,
                    level=2,
                    text=_text(reading, sub, sub.line - 1, end, roles) or _statement(sub, part.heading.level),
                ),
                sub.line,
            )


def _statement(sub: Heading, level: int) -> str:
    """A heading that is its own text: a row of a list below `level`, or a sentence that states a figure."""
    return sub.heading if sub.level > level + 1 or FIGURE.search(sub.heading) else ""


def _text(reading: Reading, heading: Heading, start: int, end: int, roles: Sequence[str]) -> str:
    """What stands under a heading, its run-in text first; lower headings with their numbers."""
    rows = []
    first = reading.lines[start]
    if heading.run_in and heading.heading[:8] in first:
        rows.append(first[first.index(heading.heading[:8]) + len(heading.heading) :].lstrip("。：:. \u3000"))
    for place in range(start + 1, end):
        if reading.roles[place] in roles:
            rows.append(reading.lines[place])
    return "\n".join(row for row in map(typed, rows) if row)


def _unheaded(reading: Reading, doctype: DocType, role: str) -> Iterator[tuple[Section, int]]:
    """The part without heading that has this role, where the type knows one and the document has it."""
    spec = next((one for one in doctype.sections if one.id == role and not one.heading), None)
    places = [place for place, here in enumerate(reading.roles) if here == role]
    if spec and places:
        text = "\n".join(typed(reading.lines[place]) for place in places)
        yield Section(id=spec.id, spec=spec.id, text=text), places[0] + 1
