"""The ledger: each claim of a text against the facts that support it, and each fact against the text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from drafter.grounding import amounts, dating, structure, wording
from drafter.grounding.context import Place, places, sentence, without
from drafter.grounding.coverage import Coverage
from drafter.grounding.figures import read
from drafter.grounding.knowledge import Knowledge, learn
from drafter.grounding.ownnames import OwnNames, own_names
from drafter.grounding.page import CALENDAR, NUMERIC, Amount, Figure, Tellings, amount
from drafter.grounding.shortforms import introduced, of_bodies
from drafter.grounding.verdicts import Verdict
from drafter.model import Brief, Claim, Fact, Record

REMEMBERED = 128
"""Texts whose ledgers are remembered."""
_CAPTION = re.compile(r"表\s?\d{1,2}[\s　]")
"""How the caption of a table begins, which may say what the text says."""
OPEN = ("unsupported", "drift")
"""The verdicts on a claim that is neither supported nor the document's own structure."""


@dataclass(frozen=True, slots=True)
class _Document:
    """A text and its brief, read: what every line of it is judged by."""

    lines: Sequence[str]
    brief: Brief
    known: Knowledge
    short: frozenset[str]
    own: OwnNames
    told: Tellings
    dates: Mapping[str, int]


class Repeat(Record):
    """A fact stated in more than one place: its id and the lines (from 1)."""

    fact: str
    lines: tuple[int, ...]


class Lost(Record):
    """A figure of a fact that stands in the text otherwise, but without it: the fact's id and the figure."""

    fact: str
    text: str


class Ledger(Record):
    """What a text claims and what it leaves out.

    `unused` holds the ids of facts that the text does not state, `lost` the figures missing from those it
    does, `repeated` the facts stated in several sections (or lines, where no sections were given).
    """

    claims: tuple[Claim, ...] = ()
    unused: tuple[str, ...] = ()
    lost: tuple[Lost, ...] = ()
    repeated: tuple[Repeat, ...] = ()

    def on_line(self, line: int) -> tuple[tuple[int, int, Claim], ...]:
        """The claims of a line (from 1) with their spans (characters from 0), for highlighting."""
        return tuple(
            (claim.column - 1, claim.column - 1 + len(claim.text), claim)
            for claim in self.claims
            if claim.line == line
        )

    def uses(self, source: str) -> tuple[Claim, ...]:
        """The claims that rest on a fact (or on «brief»)."""
        return tuple(claim for claim in self.claims if source in claim.supported_by)

    @property
    def open(self) -> tuple[Claim, ...]:
        """The claims that are neither supported nor the document's own structure."""
        return tuple(claim for claim in self.claims if claim.status in OPEN)


def check(lines: Sequence[str], brief: Brief, sections: Sequence[str] = ()) -> Ledger:
    """Check a text, one paragraph a line, against its brief.

    `sections`, when given, holds the section id of each line: a fact is then repeated when two sections state
    it. `supported_by` of a claim with the status «drift» names the facts that the figure was taken from.

    What was checked lately is remembered: a draft that was just checked is read again when it is exported.
    """
    return _check(tuple(lines), brief, tuple(sections))


@lru_cache(maxsize=REMEMBERED)
def _check(lines: tuple[str, ...], brief: Brief, sections: tuple[str, ...]) -> Ledger:
    document = _document(lines, brief)
    claims: list[Claim] = []
    given: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    said: dict[str, list[str]] = defaultdict(list)
    for number in range(len(lines)):
        for figure, verdict in _judged(number, document):
            claims.append(_claim(figure, number, verdict))
            counted = figure.kind in NUMERIC and verdict.status == "supported"
            if counted:
                said[_key(figure)].append(sentence(lines[number], figure))
            for source in verdict.sources if counted else ():
                given[source][_key(figure)].add(number)
            for source, part in verdict.parts:
                given[source][_key(part)].add(number)
    told = Coverage(brief, lines)
    captions = {number for number, line in enumerate(lines) if _CAPTION.match(line)}
    held = [fact for fact in brief.facts if told.stated(fact, given[fact.id])]
    held_ids = {fact.id for fact in held}
    return Ledger(
        claims=tuple(claims),
        unused=tuple(fact.id for fact in brief.facts if fact.id not in held_ids),
        lost=tuple(
            Lost(fact=fact.id, text=figure.text)
            for fact in held
            for figure in _lost(fact, given[fact.id], told)
            if not (_told_as_often(figure, document) and told.told_in(said[_key(figure)], fact, figure))
        ),
        repeated=tuple(
            Repeat(fact=fact.id, lines=tuple(line + 1 for line in sorted(again)))
            for fact in held
            if _apart(again := told.again(fact, _figures(fact, given[fact.id])) - captions, sections)
        ),
    )


def check_line(lines: Sequence[str], number: int, brief: Brief) -> tuple[Claim, ...]:
    """The claims of one line (from 0) of a text, as `check` finds them."""
    document = _document(lines, brief)
    return tuple(_claim(figure, number, verdict) for figure, verdict in _judged(number, document))


def _document(lines: Sequence[str], brief: Brief) -> _Document:
    figures = [figure for line in lines for figure in read(line)]
    told: dict[Amount, list[str]] = defaultdict(list)
    for line in lines:
        row = [figure for figure in read(line) if figure.kind in NUMERIC]
        bare = without(line, row)
        for figure in row:
            told[amount(figure)].append(sentence(bare, figure))
    known = learn(brief)
    found = introduced(lines)
    own = own_names(lines, brief.unit, known.official, known.full_names | of_bodies(found))
    short = frozenset(one.short for one in found)
    dates = Counter(dating.undated(figure) for figure in figures if figure.kind in CALENDAR)
    return _Document(lines, brief, known, short, own, told, dates)


def _judged(number: int, document: _Document) -> list[tuple[Figure, Verdict]]:
    """The figures of a line that claim something, in order, with their verdicts."""
    line, known, short = document.lines[number], document.known, document.short
    figures = read(line)
    slips = wording.misspelt(line, figures, known, short, document.own)
    wrong = [*wording.misintroduced(line, figures, document.lines), *slips]
    row = places(line, [figure for figure in figures if not _overlaps(figure, wrong)])
    judged = [_judge(place, row, number, document) for place in row]
    return sorted(filter(None, [*wrong, *judged]), key=lambda pair: pair[0].start)


def _judge(
    place: Place, row: Sequence[Place], number: int, document: _Document
) -> tuple[Figure, Verdict] | None:
    """The figure as it is to be shown, with its verdict; None when it claims nothing."""
    figure, line, known, short = place.figure, document.lines[number], document.known, document.short
    if meant := structure.antecedent(place, row, line):
        again = _judge(meant, row, number, document)
        if again and again[1].status not in OPEN:
            return figure, again[1]
    if figure.kind in NUMERIC:
        verdict = amounts.judge(place, row, line, known, document.told)
        if verdict.status != "supported":
            akin = "；" in verdict.why
            owes = amounts.owes(place, known, document.told)
            counted = (
                None if owes else structure.count(figure, line, number, document.lines, parallel=not akin)
            )
            verdict = dating.lasting(place, row, line, known) or counted or verdict
        opens = verdict.status == "unsupported" or (verdict.status == "drift" and not known.held(figure))
        slogan = (opens and structure.is_slogan(figure, line)) or (
            verdict.status in OPEN and structure.hands_on(figure, line)
        )
        picked = line.endswith("的", 0, figure.start)
        return None if _says_nothing(figure, verdict, slogan=slogan, picked=picked) else (figure, verdict)
    match figure.kind:
        case "title" | "name":
            named = wording.judge_name(figure, line, known, short)
            return (figure, named) if named else None
        case "document_number":
            return figure, wording.judge_number(figure, known)
        case "placeholder":
            return figure, wording.judge_placeholder(figure, known)
        case "body":
            body = wording.judge_body(figure, line, known, document.brief.topic, short)
            return (figure, body) if body else None
        case _:
            heading = dating.heading_above(document.lines[: number + 1])
            planned = dating.announces_plans(heading)
            # A line under a heading that announces no plans reports, however late it stands.
            late = number > len(document.lines) // 2 and (planned or heading in ("", line))
            return figure, dating.judge_calendar(
                place, row, line, known, document.dates, planned=planned, late=late
            )


def _overlaps(figure: Figure, others: Sequence[tuple[Figure, Verdict]]) -> bool:
    return any(figure.start < other.end and other.start < figure.end for other, _ in others)


def _says_nothing(figure: Figure, verdict: Verdict, *, slogan: bool, picked: bool) -> bool:
    """一次, 一名 without a fact beside it is «a», no count; nor is one `picked` of several (最大的一家), nor
    a slogan's, if no fact counts the like.
    """
    one = figure.text.startswith("一") and figure.value == 1 and verdict.status != "supported"
    return ((one or slogan) and "；" not in verdict.why) or (one and picked)


def _claim(figure: Figure, number: int, verdict: Verdict) -> Claim:
    return Claim(
        text=figure.text,
        kind=figure.kind,
        line=number + 1,
        column=figure.start + 1,
        status=verdict.status,
        supported_by=verdict.sources,
        why=verdict.why,
    )


def _figures(fact: Fact, given: Mapping[str, set[int]]) -> list[tuple[Figure, set[int]]]:
    """The numeric figures of a fact, each with the lines (from 0) that give it."""
    figures = [figure for figure in read(fact.text) if figure.kind in NUMERIC]
    return [(figure, given.get(_key(figure), set())) for figure in figures]


def _lost(fact: Fact, given: Mapping[str, set[int]], told: Coverage) -> Iterator[Figure]:
    """The numeric figures of a fact that no claim gives. «One» is given by the noun alone (中心1个), «none»
    by its denial (未发生火灾).
    """
    for figure in read(fact.text):
        implied = figure.kind == "quantity" and (
            (figure.value == 1 and told.tells(fact, figure))
            or (figure.value == 0 and told.denies(fact, figure))
        )
        if figure.kind in NUMERIC and not _is_given(figure, given) and not implied:
            yield figure


def _told_as_often(figure: Figure, document: _Document) -> bool:
    """Whether the text tells an amount as often as the brief, which gives it more than once: each of its
    facts may then have it, whichever a claim was found to rest on.
    """
    return 1 < document.known.held(figure) <= len(document.told.get(amount(figure), ()))


def _is_given(figure: Figure, given: Mapping[str, set[int]]) -> bool:
    """Whether the text gives the figure; one without a unit (超百万) with any that the text adds (元), one by
    the unit (0.11元/立方米) with that before it (每立方米0.11元).
    """
    key = _key(figure)
    bare = figure.lo is not None and not figure.unit
    return (
        key.partition("/")[0] in given
        or key in given
        or (bare and any(re.fullmatch(rf"{re.escape(key)}[^\d/~]+", one) for one in given))
    )


def _key(figure: Figure) -> str:
    """What two figures must share to be the same."""
    return f"{figure.lo}~{figure.hi}{figure.unit}" if figure.lo is not None else figure.normal or figure.text


def _apart(lines: set[int], sections: Sequence[str]) -> bool:
    """Whether lines lie in more than one section, or, where no sections are given, are more than one."""
    return len({sections[line] if line < len(sections) else line for line in lines}) > 1
