"""Whether a number in a text is a number of the brief, said of the same thing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations

from drafter.grounding.context import (
    Place,
    clause_before,
    features,
    head_letters,
    likeness,
    sentence,
    telling_pairs,
)
from drafter.grounding.knowledge import BRIEF, Knowledge
from drafter.grounding.lexicon import alternation, words
from drafter.grounding.page import Figure
from drafter.model import ClaimStatus

RIVAL = 0.5
MARGIN = 0.25
VERBATIM, SMALL_MARGIN = 0.9, 0.12
FAINT = 0.25
MOST_ADDENDS, MOST_SPREAD = 10, 0.4


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of a claim: status, the sources it rests on or is taken from, and why it fails.

    `parts` holds the figures, each with its source, that a sum or a difference was made of.
    """

    status: ClaimStatus
    sources: tuple[str, ...] = ()
    why: str = ""
    parts: tuple[tuple[str, Figure], ...] = ()


def label(source: str) -> str:
    """A source as people read it."""
    return "任务信息" if source == BRIEF else f"事实{source}"


def judge(place: Place, row: Sequence[Place], text: str, known: Knowledge) -> Verdict:
    """The verdict on a numeric figure of `text` (one line), whose figures are `row`."""
    figure = place.figure
    if figure.lo is None or figure.hi is None:
        return _in_words(place, known)
    alike = sorted(known.alike(place), key=lambda pair: -pair[0])
    equal = known.by_value.get((figure.lo, figure.hi), [])
    near = {id(other): alikeness for alikeness, other in alike}
    near |= {id(other): likeness(place, other) for other in equal if id(other) not in near}
    equal = sorted(equal, key=lambda other: -near.get(id(other), 0.0))
    same = [other for other in equal if _same(place, other)]
    if same:
        return _attached(place, row, text, known, same, near, alike)
    if derived := _derived(place, text, known, alike):
        return derived
    if equal:
        return _drifted(place, equal)
    return _unknown(place, alike)


def _in_words(place: Place, known: Knowledge) -> Verdict:
    """翻番, 过半: supported where a source has the same word."""
    sources = known.holding(place.figure.normal)
    if sources:
        return Verdict("supported", tuple(sorted(sources)))
    return Verdict("unsupported", (), f"没有事实写明“{place.figure.text}”")


def _same(place: Place, other: Place) -> bool:
    one, two = place.figure, other.figure
    return (
        one.unit == two.unit
        and (one.kind == "ordinal") == (two.kind == "ordinal")
        and one.qualifier == two.qualifier
        and not _opposed(one.direction, two.direction)
    )


def _opposed(one: str, two: str) -> bool:
    """Whether one rises and the other falls, or one rises by and the other rises to the value."""
    return bool(one and two and one != two)


def _attached(
    place: Place,
    row: Sequence[Place],
    text: str,
    known: Knowledge,
    same: list[Place],
    near: dict[int, float],
    alike: list[tuple[float, Place]],
) -> Verdict:
    """A figure that the brief holds: is it said of the same thing here?"""
    best = near.get(id(same[0]), 0.0)
    sources = tuple(dict.fromkeys(other.source for other in same if near.get(id(other), 0.0) >= best - 0.05))
    if BRIEF in sources:
        return Verdict("supported", sources)
    chosen = {id(other) for other in same}
    rivals = (other for alikeness, other in alike if _nearer(alikeness, best) and id(other) not in chosen)
    if rival := next((other for other in rivals if not _stated(other, same[0], place, row)), None):
        return Verdict("drift", _ids(same[0], rival), _misplaced(place, same[0], rival))
    if best < FAINT and not _about(place, text, known, same):
        return Verdict(
            "drift",
            _ids(same[0]),
            f"“{place.figure.text}”在{label(same[0].source)}中说的是另一件事，请核对所指对象",
        )
    return Verdict("supported", sources)


def _nearer(likeness_of_rival: float, best: float) -> bool:
    """Whether a rival is clearly nearer: by a little when it is told in the very same words."""
    return likeness_of_rival >= RIVAL and likeness_of_rival - best >= (
        SMALL_MARGIN if likeness_of_rival >= VERBATIM else MARGIN
    )


def _stated(rival: Place, owner: Place, place: Place, row: Sequence[Place]) -> bool:
    """Whether the rival's figure stands beside `place`, in words that are its own rather than the owner's.

    Then nothing is misplaced: two figures of the brief have only been told in other words.
    """
    return any(
        other is not place
        and (other.figure.lo, other.figure.hi, other.figure.unit)
        == (rival.figure.lo, rival.figure.hi, rival.figure.unit)
        and likeness(other, rival) > max(likeness(other, owner), RIVAL - MARGIN)
        for other in row
    )


def _about(place: Place, text: str, known: Knowledge, same: list[Place]) -> bool:
    """Whether the words round the figure, or failing any the sentence, share something with its fact.

    A shared pair of letters is enough, a single letter only where it names what is counted.
    """
    about = [known.features[other.source] for other in same]
    telling = telling_pairs(text, place.figure)
    around = telling | head_letters(text, place.figure) if telling else features(sentence(text, place.figure))
    return not around or any(around & said or not said for said in about)


def _misplaced(place: Place, owner: Place, rival: Place) -> str:
    here = f"此处所说的事项在{label(rival.source)}中是“{rival.figure.text}”"
    return f"“{place.figure.text}”出自{label(owner.source)}，而{here}"


def _drifted(place: Place, equal: list[Place]) -> Verdict:
    """The value is there, but not with this unit, qualifier or direction."""
    figure = place.figure
    other = min(equal, key=lambda candidate: _distance(place, candidate))
    printed = other.figure.text
    if figure.unit != other.figure.unit:
        why = f"单位与{label(other.source)}不一致，应为“{printed}”"
    elif figure.qualifier != other.figure.qualifier:
        why = f"“余、约、超过”等限定语与{label(other.source)}不一致，应为“{printed}”"
    elif _opposed(figure.direction, other.figure.direction):
        why = f"增减方向与{label(other.source)}不一致，请核对“{printed}”前的动词"
    else:
        why = f"与{label(other.source)}中“{printed}”的含义不一致"
    return Verdict("drift", _ids(other), why)


def _distance(place: Place, other: Place) -> tuple[bool, bool]:
    return place.figure.unit != other.figure.unit, place.figure.qualifier != other.figure.qualifier


def _unknown(place: Place, alike: list[tuple[float, Place]]) -> Verdict:
    hint = next((other for alikeness, other in alike if alikeness >= RIVAL), None)
    if hint:
        return Verdict("unsupported", (), f"没有事实支持；{label(hint.source)}写的是“{hint.figure.text}”")
    return Verdict("unsupported", (), "没有事实支持这个数字")


@cache
def _cue(name: str) -> re.Pattern[str]:
    return re.compile(alternation(words("measure_words")[name]))


def _derived(place: Place, text: str, known: Knowledge, alike: list[tuple[float, Place]]) -> Verdict | None:
    """A right sum or difference of figures in the same unit: of all that one fact gives, or of alike ones."""
    figure = place.figure
    if figure.qualifier or figure.lo != figure.hi or figure.kind not in ("quantity", "money"):
        return None
    around = clause_before(text, figure)
    alike_parts = [other for alikeness, other in alike if alikeness > 0.2 and _addable(place, other)]
    target = figure.lo or Fraction(0)
    if _cue("sum_cues").search(around):
        near = {id(other): alikeness for alikeness, other in alike}
        for chosen in _addends(place, known, alike_parts[:MOST_ADDENDS]):
            if sum(_value(part) for part in chosen) == target and _one_kind(chosen, near):
                return _from(chosen, "之和")
    if _cue("difference_cues").search(around):
        for one, other in combinations(alike_parts[:MOST_ADDENDS], 2):
            if abs(_value(one) - _value(other)) == target:
                return _from((one, other), "之差")
    return None


def _addends(place: Place, known: Knowledge, alike_parts: list[Place]) -> Iterator[Sequence[Place]]:
    """The groups of figures that may have been added up, the likeliest first."""
    by_fact: dict[str, list[Place]] = defaultdict(list)
    for other in known.numeric:
        if _addable(place, other):
            by_fact[other.source].append(other)
    yield from (parts for parts in by_fact.values() if len(parts) > 1)
    for size in range(len(alike_parts), 1, -1):
        yield from combinations(alike_parts, size)


def _one_kind(chosen: Sequence[Place], near: dict[int, float]) -> bool:
    """Whether a sum is said of all its addends alike, and not of one of them alone (火情11起，减少4起)."""
    alikeness = [near.get(id(part), 0.0) for part in chosen]
    same_direction = len({part.figure.direction for part in chosen}) == 1
    return same_direction and max(alikeness) - min(alikeness) <= MOST_SPREAD


def _addable(place: Place, other: Place) -> bool:
    figure = other.figure
    return figure.unit == place.figure.unit and figure.lo == figure.hi and not figure.qualifier


def _value(place: Place) -> Fraction:
    return place.figure.lo or Fraction(0)


def _from(chosen: Sequence[Place], how: str) -> Verdict:
    why = f"由{'、'.join(f'“{part.figure.text}”' for part in chosen)}{how}算得"
    parts = tuple((part.source, part.figure) for part in chosen)
    return Verdict("supported", _ids(*chosen), why, parts)


def _ids(*owners: Place) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.source for place in owners))
