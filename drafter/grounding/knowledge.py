"""What a brief knows: its figures in their words, its names, and the years it speaks of."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache

from drafter.grounding.bodies import forms, listed_names, local_names, place_of, with_place
from drafter.grounding.context import Place, features, likeness, places, without
from drafter.grounding.echoes import runs_of, stems_of
from drafter.grounding.figures import read
from drafter.grounding.lexicon import words
from drafter.grounding.names import plain
from drafter.grounding.ownnames import own_forms
from drafter.grounding.page import CALENDAR, NUMERIC, Figure
from drafter.grounding.times import is_dated, last_month
from drafter.grounding.verdicts import BRIEF
from drafter.model import Brief, Fact

NEAREST = 16
_UNIT = re.compile(r"[（(](?:单位：)?([^（()）\d]{1,6})[)）]$")
_QUOTED = re.compile(r"“([^“”]+)”")

Bounds = tuple[Fraction, Fraction]


@dataclass
class Knowledge:
    """A brief read for checking. Ids are fact ids or «brief».

    `wording` holds each source's text as names are compared (folded, without quotation marks), `untitled`
    the same without its 《titles》 and “names”, so that a shortened name is not found inside a longer one.
    `end` is the last month of the brief's period, counted from the year 0 (0 when it gives none); `signed`
    the document's own date as it is compared.
    `official` holds the names of the unit and of those it answers to, `stems` what may be a body's name by
    its ending, `runs` each letter by those round it (see echoes).
    `topic` holds the features of the brief's topic, which stand beside every date and tell none from another.
    """

    wording: dict[str, str] = field(default_factory=dict)
    untitled: dict[str, str] = field(default_factory=dict)
    features: dict[str, frozenset[str]] = field(default_factory=dict)
    by_value: dict[Bounds, list[Place]] = field(default_factory=lambda: defaultdict(list))
    by_feature: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    numeric: list[Place] = field(default_factory=list)
    calendar: list[Place] = field(default_factory=list)
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    titles: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    numbers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    bodies: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    full_names: set[str] = field(default_factory=set)
    official: frozenset[str] = frozenset()
    stems: frozenset[tuple[str, bool]] = frozenset()
    runs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    years: set[str] = field(default_factory=set)
    own_years: set[str] = field(default_factory=set)
    end: int = 0
    signed: str = ""
    topic: frozenset[str] = frozenset()

    def holding(self, text: str, *, whole_names: bool = False) -> set[str]:
        """The sources whose wording holds `text`; with `whole_names`, outside of titles and names only."""
        within = self.untitled if whole_names else self.wording
        return {source for source, wording in within.items() if text in wording}

    def equal(self, figure: Figure) -> Sequence[Place]:
        """The brief's figures that have the value of a figure."""
        if figure.lo is None or figure.hi is None:
            return ()
        return self.by_value.get((figure.lo, figure.hi), ())

    def held(self, figure: Figure) -> int:
        """How often the brief gives the amount of a figure: its value in its unit. A fact that only says what
        it tells the parts of (463件中：到账30日以内298件…) does not, where another does.
        """
        its = [other for other in self.equal(figure) if other.figure.unit.partition("/")[0] == figure.unit]
        return sum(">中" not in other.near for other in its) or len(its)

    def gives_a_day(self, days: Set[str], sources: Collection[str]) -> bool:
        """Whether one of `sources` gives one of the `days` (forms to compare dates by)."""
        return any(date.figure.normal in days and date.source in sources for date in self.calendar)

    def matching(self, pattern: re.Pattern[str]) -> set[str]:
        """The sources whose wording has a match of `pattern`."""
        return {source for source, wording in self.wording.items() if pattern.search(wording)}

    def alike(self, place: Place) -> Iterable[tuple[float, Place]]:
        """The numeric places that share most with the words of `place`, and how alike they are."""
        shared: Counter[int] = Counter()
        for feature in place.words:
            for index in self.by_feature.get(feature, ()):
                shared[index] += len(feature)
        nearest = (self.numeric[index] for index, _ in shared.most_common(NEAREST))
        return ((likeness(place, other), other) for other in nearest)


@lru_cache(maxsize=16)
def learn(brief: Brief) -> Knowledge:
    """Read the brief's own fields and every fact."""
    known = Knowledge(topic=features(brief.topic))
    official = brief.official
    own = [brief.unit, brief.period, brief.topic, brief.title, brief.addressee, *brief.leaders, *brief.basis]
    own += official.texts
    if brief.date:
        known.signed = brief.date.isoformat()
    own += [f"{day.year}年{day.month}月{day.day}日" for day in (brief.date, official.print_date) if day]
    _add(known, BRIEF, "\n".join(own))
    _add_period(known, brief)
    named = (brief.unit, brief.addressee, *brief.leaders, *official.issuers, *official.cc)
    known.official = frozenset(filter(None, named))
    for name in known.official:
        _add_body(known, name, BRIEF)
        if place := place_of(name):
            _add_local(known, place, BRIEF)
    for name in own_forms(brief.unit):
        _add_local(known, name, BRIEF)
    for basis in (*brief.basis, brief.title):
        if basis:
            known.titles[plain(basis).strip("《》")].add(BRIEF)
    known.years = {place.figure.normal[:4] for place in known.calendar if place.figure.normal[:4].isdigit()}
    for fact in brief.facts:
        _add(known, fact.id, "\n".join(_texts_of(fact)))
    for group in words("bodies")["topical"] if brief.topic else ():
        for source in known.holding(group) - {BRIEF}:
            _add_local(known, plain(brief.topic) + group, source)
    known.stems = stems_of(known.wording.values())
    known.runs = runs_of(known.wording.values())
    return known


def _texts_of(fact: Fact) -> Iterator[str]:
    """What a fact says: its text, its topic, and its table: each cell alone, and each row as a sentence."""
    yield fact.text
    if fact.topic:
        yield fact.topic
    if fact.table:
        yield fact.caption
        head, *rows = fact.table.rows
        yield from head
        for row in rows:
            yield from row
            yield "，".join(
                f"{row[0]}{name}{_with_unit(cell, name)}"
                for name, cell in zip(head[1:], row[1:], strict=True)
            )


def _with_unit(cell: str, name: str) -> str:
    """A cell with the unit that its column's head gives: 98.5 under 准确率（%） is 98.5%."""
    unit = _UNIT.search(name)
    return cell + unit[1] if unit and cell[-1:].isdigit() else cell


def _add_period(known: Knowledge, brief: Brief) -> None:
    """The years and the last month of the brief's period, or of the document's date where it ends later; and
    the months that a period of days lies in (7月1日至9月20日), by which the text may call it (三季度以来).
    """
    ends, days, year = [], [], ""
    for figure in read(brief.period):
        if figure.kind in CALENDAR and is_dated(figure):
            known.own_years |= set(re.findall(r"\d{4}", figure.normal))
            year = figure.normal[:4].strip("?") or year
            ends += [last_month(replace(figure, normal=year + figure.normal[4:]))] if year else []
            days += [figure.normal[5:7]] if figure.kind == "date" else []
    if year and len(days) > 1:
        whole = Figure("period", 0, 0, brief.period, normal=f"{year}-{days[0]}~{days[-1]}")
        known.calendar.append(Place(whole, BRIEF, frozenset(), frozenset()))
    signed = brief.date.year * 12 + brief.date.month - 1 if brief.date else 0
    known.end = min(max(ends), signed or max(ends)) if ends else 0


def _add(known: Knowledge, source: str, text: str) -> None:
    figures = read(text)
    known.wording[source] = plain(text)
    for figure in figures:
        _add_name(known, source, figure)
    known.features[source] = features(
        without(text, (f for f in figures if f.normal == "" or f.kind in CALENDAR))
    )
    known.untitled[source] = plain(without(text, (f for f in figures if f.kind in ("title", "name"))))
    timeless = without(text, (f for f in figures if f.kind in CALENDAR | {"title", "name"}))
    for name in (*local_names(timeless), *listed_names(timeless)):
        _add_local(known, name, source)
    for name in _QUOTED.findall(text):
        known.names[plain(name)].add(source)
    for place in places(text, figures, source):
        _add_place(known, place)


def _add_name(known: Knowledge, source: str, figure: Figure) -> None:
    if figure.kind == "title":
        known.titles[figure.normal].add(source)
    elif figure.kind == "document_number":
        known.numbers[figure.normal].add(source)
    elif figure.kind == "body":
        _add_body(known, figure.normal, source)


def _add_local(known: Knowledge, name: str, source: str) -> None:
    known.full_names.add(name)
    known.bodies[name].add(source)


def _add_body(known: Knowledge, name: str, source: str) -> None:
    known.full_names |= with_place(name)
    for form in forms(name):
        known.bodies[form].add(source)


def _add_place(known: Knowledge, place: Place) -> None:
    figure = place.figure
    if figure.kind in CALENDAR:
        known.calendar.append(place)
    if figure.kind in NUMERIC:
        for feature in place.words:
            known.by_feature[feature].append(len(known.numeric))
        known.numeric.append(place)
        if figure.lo is not None and figure.hi is not None:
            known.by_value[figure.lo, figure.hi].append(place)
