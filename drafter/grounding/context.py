"""The words round a figure: what it is said of, and how alike two such contexts are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from drafter.grounding.lexicon import alternation, filler_pattern, words
from drafter.grounding.page import CALENDAR, NUMERIC, Figure

_CLAUSE = re.compile(r"[，。；：！？,;:!?（）()\n]")
_MARK = re.compile(r"[，。；：、！？,;:!?（）()\n]")
_SENTENCE = re.compile(r"[。；！？;!?\n]")
_LETTERS = re.compile(r"[\u4e00-\u9fffA-Za-z]+")
_LISTED = re.compile(r"\s*(?:[、和及与]|以及)?\s*")
_JOINED = re.compile("[\u4e00-\u9fff]{3}(?:以及|[和与及])$")
"""Behind what a figure counts, right before the next one (8套实训平台和3台加工中心)."""
_AND = re.compile(r"、|以及|[和及与]")
_FROM = re.compile(
    "(?:[由从](?!于)|此前|以前|以往|过去|之前|原来|原先|前[仅只]?[为有])[^，。；：]{0,16}$|比[^，。；：提增上升下降减]{0,6}的$"
)
_REACH = 60
_SHARED_REACH = 5
_NEAR_LEFT, _NEAR_RIGHT = 4, 12
_BESIDE = 4
_LETTER_WEIGHT = 0.35
_LEAST_WEIGHT = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A figure and its words. `source` is a fact's id, «brief», or empty for the text that is checked.

    `left` and `right` are the features of the words before and behind it in its clause, `order` its place in
    a row of bare figures (38.9%、64%、13%), from 1; 0 when it stands in none. `wide` holds the features of
    the sentence before it. `role` is what its clause makes of the number: «from» and «to» (由…提升至…), «up»
    and «down» for a change, «total»; `when` the year that governs it. `compared` tells a date that another is
    measured by (比二季度提高). `counted` is the class of noun beside the figure that only some units count.
    `near` holds the features of the few letters right before it and right behind it, each with its side.
    `subject` holds the features of the figure before a change that names nothing (产量1.2万吨，增长4.3%).
    """

    figure: Figure
    source: str
    left: frozenset[str]
    right: frozenset[str]
    order: int = 0
    wide: frozenset[str] = frozenset()
    role: str = ""
    when: str = ""
    counted: str = ""
    subject: frozenset[str] = frozenset()
    compared: bool = False
    near: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        return self.left | self.right


@cache
def _left_over() -> re.Pattern[str]:
    return re.compile(alternation(words("measure_words")["left_over"]))


@lru_cache(maxsize=8192)
def features(text: str) -> frozenset[str]:
    """The pairs of letters in `text` and its single letters, fillers and particles left out."""
    particles = words("measure_words")["particles"]
    found: set[str] = set()
    for run in _LETTERS.findall(_left_over().sub("剩余", filler_pattern().sub(" ", text))):
        found.update(run[place : place + 2] for place in range(len(run) - 1))
        found.update(letter for letter in run if letter not in particles)
    return frozenset(found)


def pairs_of(found: frozenset[str]) -> frozenset[str]:
    """The pairs of letters among features, without the single letters."""
    return frozenset(feature for feature in found if len(feature) > 1)


@cache
def _neutral() -> re.Pattern[str]:
    return re.compile(alternation(words("measure_words")["neutral"]))


def clause_before(text: str, figure: Figure) -> str:
    """The clause that a figure stands in, up to the figure."""
    return _clause_left(text, figure.start, 0)


def clause_of(text: str, figure: Figure) -> str:
    """The whole clause that a figure stands in."""
    start = max((match.end() for match in _CLAUSE.finditer(text, 0, figure.start)), default=0)
    end = _CLAUSE.search(text, figure.end)
    return text[start : end.start() if end else len(text)]


def telling_pairs(text: str, figure: Figure) -> frozenset[str]:
    """The pairs of letters in a figure's clause that name a thing; neutral verbs (覆盖, 达到) name none."""
    left, right = _clause_left(text, figure.start, 0), _clause_right(text, figure.end, len(text))
    return frozenset(pair for pair in features(_neutral().sub(" ", f"{left} {right}")) if len(pair) > 1)


def head_letters(text: str, figure: Figure, least: int) -> frozenset[str]:
    """The `least` letters that end the words on either side of a figure: what is counted stands there
    (轮训6次).
    """
    left = _LETTERS.findall(_clause_left(text, figure.start, 0))
    right = _LETTERS.findall(_clause_right(text, figure.end, len(text)))
    letters = (left[-1][-least:] if left else "") + (right[0][:least] + right[0][-least:] if right else "")
    return frozenset(letters) & features(letters)


@lru_cache(maxsize=8192)
def weight(found: frozenset[str]) -> float:
    """Pairs of letters count one, single letters a third."""
    return sum(1.0 if len(feature.lstrip("<>")) > 1 else _LETTER_WEIGHT for feature in found)


def likeness(one: Place, other: Place) -> float:
    """0 to 1: how far `one` is said of the same thing as `other`. Words on the same side count more."""
    if not one.words or not other.words:
        return 0.0
    said = weight(one.words)
    least = max(_LEAST_WEIGHT, 0.75 * min(said, weight(other.words)) + 0.25 * said)
    shared = weight(one.words & other.words)
    beside = weight(one.left & other.left) + weight(one.right & other.right)
    alike = 0.6 * min(1.0, shared / least) + 0.4 * min(1.0, beside / least)
    return alike if one.order == other.order or not (one.order and other.order) else 0.4 * alike


def places(text: str, figures: Sequence[Figure], source: str = "") -> list[Place]:
    """Each figure of `text` with its words, in order."""
    row: list[Place] = []
    for index, figure in enumerate(figures):
        before = next((other for other in reversed(figures[:index]) if other.kind in NUMERIC), None)
        behind = next((other for other in figures[index + 1 :] if other.kind in NUMERIC), None)
        floor = before.end if before else 0
        gap = text[floor : figure.start]
        if figure.kind not in NUMERIC:
            row.append(_near(text, figure, source))
            continue
        right = _clause_right(text, figure.end, behind.start if behind else len(text))
        if before and _LISTED.fullmatch(gap):
            _join(row, figure, features(right), _counted(text, figure))
            continue
        left = _clause_left(text, figure.start, floor)
        role, near = _role(figure, left), _beside(left, right)
        if not features(left) and not features(right):
            left = _clause_left(text, max(floor, figure.start - len(left) - 1), floor)
        wide, when = features(_sentence_left(text, figure.start, figures)), _when(text, figure, figures)
        counted = _counted(text, figure)
        subject = _subject(row, text, figure, left, right)
        row.append(
            Place(
                figure,
                source,
                features(left),
                features(right),
                0,
                wide,
                role,
                when,
                counted,
                subject,
                near=near,
            )
        )
    return _unordered(_respectively(row, text))


def _unordered(row: list[Place]) -> list[Place]:
    """The order of a row says nothing where its figures are in unlike units (57笔、1275万元)."""
    units: dict[int, set[str]] = defaultdict(set)
    for place in row:
        units[id(place.left)] |= {place.figure.unit} if place.order else set()
    return [
        replace(place, order=0) if place.order and len(units[id(place.left)]) > 1 else place for place in row
    ]


@cache
def _total() -> re.Pattern[str]:
    return re.compile(alternation(words("measure_words")["totals"]))


@cache
def _changes() -> re.Pattern[str]:
    directions, rates = words("measure_words")["directions"], words("measure_words")["rates"]
    listed = (word for group in (*directions.values(), *rates.values()) for word in group)
    return re.compile(alternation([*listed, *words("measure_words")["neutral"]]))


def _subject(row: Sequence[Place], text: str, figure: Figure, left: str, right: str) -> frozenset[str]:
    """What a change is said of when its own clause does not tell: the words of the figure before it."""
    own = features(_changes().sub(" ", f"{left} {right}"))
    before = next((place for place in reversed(row) if place.figure.kind in NUMERIC), None)
    telling = any(len(feature) > 1 for feature in own)
    if telling or not before or not same_sentence(text, before.figure, figure):
        return frozenset()
    return before.subject or before.words


@cache
def _nouns() -> dict[str, tuple[re.Pattern[str], re.Pattern[str], str]]:
    """Each class of word as it stands behind a figure and before it (参训人员达420人次), and where it may."""
    link = "(?:人数|总数)?(?:已|共|约|近)?(?:达到|达|有|为|共|了)?$"
    listed = {
        name: (alternation(each["nouns"]), each["where"])
        for name, each in words("measure_words")["counted"].items()
    }
    return {
        name: (re.compile(any_), re.compile(any_ + link), where) for name, (any_, where) in listed.items()
    }


def _counted(text: str, figure: Figure) -> str:
    """The class of word right beside a figure: see Place."""
    left = text[max(0, figure.start - _NEAR_RIGHT) : figure.start]
    for name, (behind, before, where) in _nouns().items():
        if where != "before" and behind.match(text, figure.end):
            return name
        if where != "behind" and before.search(left):
            return name
    return ""


def _beside(left: str, right: str) -> frozenset[str]:
    """The features of the last letters of what stands before a figure and of the first behind it."""
    before = features((_LETTERS.findall(left) or [""])[-1][-_BESIDE:])
    behind = features((_LETTERS.match(right) or [""])[0][:_BESIDE])
    return frozenset({f"<{feature}" for feature in before} | {f">{feature}" for feature in behind})


def _role(figure: Figure, left: str) -> str:
    """What a figure's clause makes of it: see Place."""
    if figure.direction:
        return "to" if figure.direction.endswith("-to") else figure.direction
    if _FROM.search(left):
        return "from"
    return "total" if _total().search(left) else ""


def _sentence_left(text: str, end: int, figures: Sequence[Figure]) -> str:
    """The sentence up to `end`, without its figures."""
    start = max(0, end - 2 * _REACH)
    start += max((match.end() for match in _SENTENCE.finditer(text[start:end])), default=0)
    said = text[start:end]
    for figure in figures:
        if start <= figure.start and figure.end <= end and figure.kind in NUMERIC | CALENDAR:
            said = said[: figure.start - start] + " " * len(figure.text) + said[figure.end - start :]
    return said


def _when(text: str, figure: Figure, figures: Sequence[Figure]) -> str:
    """The year, as printed, that was last named before a figure in its sentence; empty when there is none."""
    for other in reversed(figures):
        if other.end <= figure.start and other.kind in CALENDAR and other.normal[:4].isdigit():
            between = text[other.end : figure.start]
            if _SENTENCE.search(between):
                return ""
            if not is_compared(text, other):
                return other.normal[:4] if "~" not in other.normal[:6] else ""
    return ""


def is_compared(text: str, figure: Figure) -> bool:
    """Whether a date is one that another is measured by: 比二季度, 与2018年末相比."""
    before, behind = text[max(0, figure.start - 4) : figure.start], text[figure.end : figure.end + 8]
    if before[-1:] in ("比", "较"):
        return True
    return (
        before[-1:] in ("与", "同", "和", "跟")
        and re.match("(?:的[^，。；]{1,4})?(?:相比|比较|比)", behind) is not None
    )


def _respectively(row: list[Place], text: str) -> list[Place]:
    """«A、B、C分别增长1%、2%、3%»: each figure of the row belongs to its own word."""
    for index, place in enumerate(row):
        if place.order != 1:
            continue
        members = [index]
        for other in range(index + 1, len(row)):
            if row[other].order == len(members) + 1:
                members.append(other)
            elif row[other].order:
                break
        named, cut, shared = _clause_left(text, place.figure.start, 0).rpartition("分别")
        parts = _AND.split(named) if cut else []
        if len(parts) == len(members):
            for member, part in zip(members, parts, strict=True):
                row[member] = replace(row[member], left=features(f"{part} {shared}"), order=0)
    return row


def _near(text: str, figure: Figure, source: str) -> Place:
    """A date's words are the few next to it: the rest of its sentence may speak of several dates."""
    left = text[max(0, figure.start - _NEAR_LEFT) : figure.start]
    right = text[figure.end : figure.end + _NEAR_RIGHT]
    before = _CLAUSE.split(left)[-1]
    behind = _SENTENCE.split(right)[0]
    whole = features(sentence(text, figure))
    return Place(
        figure, source, features(before), features(behind), wide=whole, compared=is_compared(text, figure)
    )


def _join(row: list[Place], figure: Figure, right: frozenset[str], counted: str) -> None:
    """Add a figure that directly follows another: the whole row shares its words, and is counted."""
    last = next(place for place in reversed(row) if place.figure.kind in NUMERIC)
    first = last.order or 1
    row[:] = [
        replace(place, right=place.right | right, order=place.order or 1)
        if place is last or (last.order and place.order and place.left is last.left)
        else place
        for place in row
    ]
    row.append(replace(last, figure=figure, right=last.right | right, order=first + 1, counted=counted))


def _clause_left(text: str, end: int, floor: int) -> str:
    """The words before a figure back to its clause's start; those of the figure before it belong to that."""
    start = max(floor, end - _REACH)
    clause = _CLAUSE.split(text[start:end])[-1]
    if floor and len(clause) == end - floor:
        clause = "" if _JOINED.search(clause) else clause.partition("、")[2] if "、" in clause else clause
    return clause


def _clause_right(text: str, start: int, ceiling: int) -> str:
    """The words behind a figure up to the next mark; few of them when the next figure may claim them too."""
    words_behind = _MARK.split(text[start : min(ceiling, start + _REACH)], maxsplit=1)[0]
    shared = ceiling < len(text) and start + len(words_behind) == ceiling
    return words_behind[:_SHARED_REACH] if shared else words_behind


def sentence(text: str, figure: Figure) -> str:
    """The sentence that a figure stands in, without the figure."""
    head = max((match.end() for match in _SENTENCE.finditer(text, 0, figure.start)), default=0)
    tail = _SENTENCE.search(text, figure.end)
    return f"{text[head : figure.start]} {text[figure.end : tail.start() if tail else len(text)]}"


def without(text: str, figures: Iterable[Figure]) -> str:
    """`text` with a space for each letter of the figures."""
    for figure in figures:
        text = text[: figure.start] + " " * (figure.end - figure.start) + text[figure.end :]
    return text


def same_sentence(text: str, one: Figure, other: Figure) -> bool:
    """Whether no sentence ends between two figures."""
    return not _SENTENCE.search(text, min(one.end, other.end), max(one.start, other.start))
