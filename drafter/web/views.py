"""The HTML of the page's own parts, from Jinja2 files in html/. Everything typed is escaped by the engine."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from drafter.grounding import figures
from drafter.model import Brief, Claim, DocType, Draft, Fact, Outline, Record, Section
from drafter.outline import kind_of
from drafter.printed import MISSING_TEXT, lines, printed_date
from drafter.web.form import KINDS, Corrections
from drafter.web.words import Words
from drafter.work.progress import Progress

GAP = re.compile(r"(〔待(?:补充：[^〕]*|确认)〕)")


class Piece(Record):
    """A stretch of prose: plain, a gap that waits to be filled in, or a claim with what it rests on.

    `tone` is empty, «gap», or the status of a claim; `facts` holds the ids that support it, `why` what
    a person reads on pointing at it.
    """

    text: str
    tone: str = ""
    facts: tuple[str, ...] = ()
    why: str = ""


class Part(Record):
    """One section as the paper shows it. `state` is «outline» before writing, else a progress state.

    `paragraphs` are its paragraphs without heading, in pieces.
    """

    section: Section
    label: str
    state: str
    paragraphs: tuple[tuple[Piece, ...], ...] = ()
    failure: str = ""
    queued: int = 0
    facts: tuple[Fact, ...] = ()
    missing: str = ""
    composed: bool = False


class FactRow(Record):
    """One fact as understood: its text cut at the figures, where it stands, and what the person chose."""

    fact: Fact
    pieces: tuple[tuple[bool, str], ...]
    placed: str
    section: str
    kind: str
    found_kind: str


def outline_paper(brief: Brief, doctype: DocType, outline: Outline, words: Words) -> str:
    """The document to be: headings, the facts under them, and what required parts still lack."""
    parts = [outline_part(section, brief, doctype, outline, words) for section in outline.sections]
    return paper(brief, outline, parts, words)


def outline_part(section: Section, brief: Brief, doctype: DocType, outline: Outline, words: Words) -> Part:
    """A section before it is written."""
    spec = doctype.section(section.spec)
    missing = ""
    if spec.required and spec.needs and section.written and not section.facts:
        missing = spec.needs
    return Part(
        section=section,
        label=spec.label,
        state="outline",
        facts=tuple(brief.fact(fact_id) for fact_id in section.facts),
        missing=missing,
        composed=not spec.needs,
    )


def written_paper(
    brief: Brief, doctype: DocType, progress: Progress, words: Words, draft: Draft | None = None
) -> str:
    """The document as far as it is written; with `draft`, its checklist above it, what is not met first."""
    if progress.outline is None:
        return ""
    prose = proven(draft, words) if draft else coming(progress)
    parts = [
        Part(
            section=section,
            label=doctype.section(section.spec).label,
            state=progress.state(section.id),
            paragraphs=prose.get(section.id, ()),
            failure=progress.failures.get(section.id, ""),
            queued=progress.queued.get(section.id, 0),
        )
        for section in progress.outline.sections
    ]
    return paper(brief, progress.outline, parts, words, draft)


def coming(progress: Progress) -> dict[str, tuple[tuple[Piece, ...], ...]]:
    """The paragraphs of each section as far as they are written."""
    return {
        section: tuple(tuple(at_gaps(line)) for line in text.split("\n") if line.strip())
        for section, text in progress.texts.items()
    }


def proven(draft: Draft, words: Words) -> dict[str, tuple[tuple[Piece, ...], ...]]:
    """The paragraphs of each section of a finished draft, every claim with what it rests on."""
    claims: dict[int, list[Claim]] = {}
    for claim in draft.claims:
        claims.setdefault(claim.line, []).append(claim)
    found: dict[str, list[tuple[Piece, ...]]] = {}
    for number, line in enumerate(lines(draft), start=1):
        if line.role == "body" and line.text != MISSING_TEXT:
            pieces = at_claims(line.text, line.heading, claims.get(number, []), draft.brief, words)
            found.setdefault(line.section, []).append(tuple(pieces))
    return {section: tuple(paragraphs) for section, paragraphs in found.items()}


def at_claims(text: str, start: int, claims: Iterable[Claim], brief: Brief, words: Words) -> Iterable[Piece]:
    """`text` from `start` on in pieces, the claims among them. Columns count from 1 over the whole text."""
    for claim in claims:
        place = claim.column - 1
        if place < start:
            continue
        yield from at_gaps(text[start:place])
        start = place + len(claim.text)
        facts = tuple(source for source in claim.supported_by if source != "brief")
        yield Piece(text=claim.text, tone=claim.status, facts=facts, why=grounds(claim, brief, words))
    yield from at_gaps(text[start:])


def grounds(claim: Claim, brief: Brief, words: Words) -> str:
    """What a claim rests on, or why it rests on nothing, for the person who points at it."""
    rows = [words("claim.brief")] if "brief" in claim.supported_by else []
    for source in claim.supported_by:
        if source != "brief":
            fact = brief.fact(source)
            rows.append(f"{fact.id} {fact.text}" + (f"（{fact.source}）" if fact.source else ""))
    return "　".join([f"{words(f'claim.{claim.status}')}：{claim.why}" if claim.why else "", *rows]).strip(
        "　"
    )


def paper(
    brief: Brief, outline: Outline, parts: Iterable[Part], words: Words, draft: Draft | None = None
) -> str:
    """A sheet with title, addressee, parts and signature."""
    return render(
        "paper.html",
        words,
        brief=brief,
        title=outline.title if brief.title or (brief.unit and brief.topic) else "",
        parts=list(parts),
        unplaced=[brief.fact(fact_id) for fact_id in outline.unplaced],
        day=printed_date(brief.date) if brief.date else "",
        draft=draft,
        passed=sum(item.passed for item in draft.checklist) if draft else 0,
    )


def facts_list(
    brief: Brief, doctype: DocType, outline: Outline, corrections: Corrections, words: Words
) -> str:
    """What was understood of each fact, those without a place first, with selects to correct it."""
    labels = {spec.id: spec.heading or spec.label for spec in doctype.sections}
    places = {fact_id: section for section in outline.sections for fact_id in section.facts}
    rows = [
        FactRow(
            fact=fact,
            pieces=tuple(at_figures(fact.text)),
            placed=labels[places[fact.id].spec] if fact.id in places else "",
            section=corrections.get(fact.text, {}).get("section", ""),
            kind=corrections.get(fact.text, {}).get("kind", ""),
            found_kind=words(f"kind.{kind_of(fact) or 'unknown'}"),
        )
        for fact in brief.facts
    ]
    return render(
        "facts.html",
        words,
        rows=sorted(rows, key=lambda row: bool(row.placed)),
        unplaced=len(outline.unplaced),
        sections=[(spec.id, labels[spec.id]) for spec in doctype.sections if spec.needs],
        kinds=[(kind, words(f"kind.{kind}")) for kind in KINDS],
    )


def status(words: Words, text: str, tone: str = "") -> str:
    """One line beside the buttons. `tone` is «bad» for an error, «good» for a finished document."""
    return render("status.html", words, text=text, tone=tone)


def progress_line(key: str, progress: Progress, words: Words) -> str:
    """The phrase `key` filled with how far the writing is."""
    return words(
        key,
        done=len(progress.finished),
        total=progress.total,
        failed=len(progress.failures),
        seconds=progress.seconds,
    )


def step(words: Words, number: int, name: str) -> str:
    """The heading of a step of the form; `name` is its key in the catalogue."""
    return render("step.html", words, number=number, name=name)


def at_figures(text: str) -> Iterable[tuple[bool, str]]:
    """`text` in pieces, each with whether it is a figure that was recognised."""
    end = 0
    for figure in figures.read(text):
        yield False, text[end : figure.start]
        yield True, text[figure.start : figure.end]
        end = figure.end
    yield False, text[end:]


def at_gaps(text: str) -> Iterable[Piece]:
    """`text` in pieces, each 〔待补充：…〕 a gap."""
    pieces = enumerate(GAP.split(text))
    return (Piece(text=piece, tone="gap" if place % 2 else "") for place, piece in pieces if piece)


@cache
def engine() -> Environment:
    """The template engine; it escapes every value."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def render(template: str, words: Words, /, **values: Any) -> str:
    """The file `template` of html/ filled with `values`; `t` gives phrases."""
    return engine().get_template(template).render(t=words, **values)
