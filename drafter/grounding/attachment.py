"""Whether a figure that the brief holds is said of the same thing in the text.

Free prose tells a fact in other words and another order, so that unlikeness alone shows nothing. An alarm
needs more: two figures of the line that would both fit better in each other's place; a figure that the
document tells more often than the brief, or in quite other words, where another that suits the place stands
nowhere in the document; or a sentence that shares nothing with the figure's fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from drafter.grounding.context import (
    Place,
    features,
    head_letters,
    likeness,
    pairs_of,
    same_sentence,
    sentence,
    telling_pairs,
    weight,
    without,
)
from drafter.grounding.knowledge import Knowledge
from drafter.grounding.lexicon import words
from drafter.grounding.page import NUMERIC, Tellings, amount
from drafter.grounding.sameness import opposed, owners
from drafter.grounding.verdicts import BRIEF, Verdict, ids, label

_RATE_BEHIND = re.compile("的(?:增速|增幅|降幅|涨幅|速度|比例)")
_RATE = re.compile("(?:率|占比?|比例|比重|[增降涨跌]幅)[为达到至仅有是在]{0,3}$")
_AMONG = re.compile("[^，。；\\d]{0,8}[，（]其中[^，。；\\d]{0,6}")
SAID_LEFT = frozenset({"剩余", "余", "剩", "未", "尚"})
"""Features of words that a figure is what is left behind."""
RIVAL, MARGIN = 0.7, 0.35
VERBATIM, SMALL_MARGIN = 0.9, 0.12
CLEARLY = 3
FAINT, OF_A_FACT = 0.25, 4
REACH = 14
WORDS, WITHIN, BESIDE, SUBJECT = 0.83, 2.56, 0.75, 0.52
SAME_ROLE, OTHER_ROLE, CHANGE_FOR_LEVEL = 0.41, -0.49, -0.16
RIGHT_UNIT, WRONG_UNIT = 0.08, -0.31
SAME_YEAR, OTHER_YEAR = 0.28, -0.7
IN_ORDER, IN_ORDER_APART, REVERSED, UNLIKE, LEAST = 3.6, 2.2, 1.35, 0.3, 0.15
OTHER_FACT, OTHER_FACT_UNLIKE = 0.5, 0.9
AGAINST = -0.25
"""The weights of what speaks for a figure's place, and what two figures must gain by changing places.

They come from a logistic regression of exchanged pairs of figures against the pairs of untouched texts, of
which each weighs ten times as much (bench/attachment.py fits them anew). Two differ: the year weighs more,
because few of the exchanges go over years, and figures in their fact's order must gain more (3.6 and 2.2, not
3.35 and 1.27): free prose needs it, and no fewer exchanges of the texts in bench are found. Where words and
sentence lose more than AGAINST, no letters beside the figures (参加义务植树2680万人次，植树1.15亿株) show an
exchange.
"""


@lru_cache(maxsize=16384)
def terms(place: Place, other: Place) -> tuple[float, ...]:
    """What speaks for a figure of a fact at a place of the text: words, sentence, letters beside it, role,
    year, unit, and what a change is a change of; each weighed.
    """
    return (
        WORDS * likeness(place, other),
        WITHIN * _within(place, other),
        BESIDE * _beside(place, other),
        _role(place, other),
        _year(place, other),
        _unit(place, other),
        _subject(place, other),
    )


def fit(place: Place, other: Place) -> float:
    """How well a place of the text suits a figure of a fact."""
    return sum(terms(place, other))


def _beside(place: Place, other: Place) -> float:
    """How much of the letters right beside the figures is the same, on the same side."""
    return weight(place.near & other.near)


def _subject(place: Place, other: Place) -> float:
    """How far two changes (增长4.3%) are changes of the same thing, which the figures before them name."""
    if not (place.subject or other.subject):
        return 0.0
    one, two = place.subject or place.words, other.subject or other.words
    least = min(weight(one), weight(two))
    return SUBJECT * weight(one & two) / least if least else 0.0


def _unit(place: Place, other: Place) -> float:
    """Whether the noun beside the figure in the text is one that the fact's unit counts (起 for 案件)."""
    if not place.counted or other.figure.unit in ("%", "百分点", "倍", ""):
        return 0.0
    fits = other.figure.unit in words("measure_words")["counted"][place.counted]["units"]
    return RIGHT_UNIT if fits else WRONG_UNIT


def _within(place: Place, other: Place) -> float:
    """0 to 2: how much of the words beside each figure the other's sentence holds."""
    said, told = place.words | place.wide, other.words | other.wide
    one = weight(other.words & said) / weight(other.words) if other.words else 0.0
    two = weight(place.words & told) / weight(place.words) if place.words else 0.0
    return one + two


def _role(place: Place, other: Place) -> float:
    one, two = place.role, other.role
    if one == two:
        return SAME_ROLE if one else 0.0
    if {one, two} <= {"", "total", "to"}:
        return 0.0
    return CHANGE_FOR_LEVEL if not (one and two) else OTHER_ROLE


def _year(place: Place, other: Place) -> float:
    if not (place.when and other.when):
        return 0.0
    return SAME_YEAR if place.when == other.when else OTHER_YEAR


def attached(
    place: Place,
    row: Sequence[Place],
    text: str,
    known: Knowledge,
    same: Sequence[Place],
    told: Tellings,
) -> Verdict:
    """The verdict on a figure of `text` (one line) whose value, unit and qualifier are those of `same`.

    `told` holds the sentences in which the whole document tells each amount.
    """
    fits = {id(other): fit(place, other) for other in same}
    best = max(fits.values())
    # Without words of its own (其中10亿元以上5个) nothing tells which it is; beside figures of one fact
    # it may be that fact's.
    company = _company(place, row, text, known, same, ordered=True)
    sources = ids(
        other
        for other in same
        if not place.words or other.source in company or fits[id(other)] >= best - 0.15
    )
    if BRIEF in sources:
        return Verdict("supported", sources)
    owner = max(same, key=lambda other: fits[id(other)])
    rival = _exchanged(place, row, text, known, same) or _displaced(place, row, known, same, told)
    if not rival and not company:
        own = bool(_company(place, row, text, known, same, ordered=False))
        rival = _belonging(place, known, same, told, own_unit=own)
    if rival:
        here = f"此处所说的事项在{label(rival.source)}中是“{rival.figure.text}”"
        why = f"“{place.figure.text}”出自{label(owner.source)}，而{here}"
        return Verdict("drift", ids((owner, rival)), why, ((owner.source, owner.figure),))
    faint = max(likeness(place, other) for other in same) < FAINT
    once = _times(place, told) <= known.held(place.figure)
    akin = (
        not faint
        or _about(place, text, known, same, once=once)
        or _beside_another(place, row, text, known, same)
        or (SAID_LEFT & place.left and any(SAID_LEFT & mine.left for mine in same))
        or _told_again(place, row, text, known, same, told)
    )
    if not akin and not _on_its_day(place, row, text, known, same, once=once):
        why = f"“{place.figure.text}”在{label(owner.source)}中说的是另一件事，请核对所指对象"
        return Verdict("drift", ids((owner,)), why, ((owner.source, owner.figure),))
    return Verdict("supported", sources)


def _exchanged(
    place: Place, row: Sequence[Place], text: str, known: Knowledge, same: Sequence[Place]
) -> Place | None:
    """The fact's figure that has changed places with this one, when both suit each other's place better.

    Two that stand each among figures of its own fact have not.
    """
    for other in _neighbours(place, row):
        crossed = crossing(place, other, text, known, same)
        if (
            crossed
            and _part_exceeds(place, other, text)
            and crossed.rival.source in {one.source for one in same}
        ):
            return crossed.rival
        if not crossed or sum(crossed.gains) < crossed.least or sum(crossed.gains[:2]) < AGAINST:
            continue
        company = _company(place, row, text, known, same, ordered=False)
        if not company or crossed.rival.source in company:
            return crossed.rival
    return None


def _part_exceeds(place: Place, other: Place, text: str) -> bool:
    """Whether one of two figures is told as a part of the other and is greater (227人，其中243人取证)."""
    whole, part = sorted((place.figure, other.figure), key=lambda one: one.start)
    among = whole.unit == part.unit and _AMONG.fullmatch(text[whole.end : part.start])
    if not among or any(one.qualifier or one.direction for one in (whole, part)):
        return False
    total, share = whole.value or Fraction(0), part.value or Fraction(0)
    return total.denominator == share.denominator == 1 and share > total


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two figures of a line in each other's place: the fact's figure that would then stand for the first,
    what is gained by each of the `terms`, and the least sum of gains that shows an exchange.
    """

    rival: Place
    gains: tuple[float, ...]
    least: float


def crossing(
    place: Place, other: Place, text: str, known: Knowledge, same: Sequence[Place]
) -> Crossing | None:
    """What two figures of `text` would gain by changing places; None when one of them may be either.

    `same` are the facts' figures that the first may be.
    """
    its = [one for one in known.equal(other.figure) if one.figure.unit == other.figure.unit]
    if not same or not its or any(one in same for one in its):
        return None
    if place.figure.unit != other.figure.unit and (_is_rate(place, text) or _is_rate(other, text)):
        return None
    if any("/" in one.figure.unit and "/" not in place.figure.unit for one in same):
        return None
    if (place.figure.unit == "岁") != (other.figure.unit == "岁"):
        return None

    def best(here: Place, those: Sequence[Place]) -> tuple[Place, Sequence[float]]:
        return max(((one, terms(here, one)) for one in those), key=lambda pair: sum(pair[1]))

    rival, new = best(place, its)
    parts = ((new, 1), (best(other, same)[1], 1), (best(place, same)[1], -1), (best(other, its)[1], -1))
    each = [[sign * term for term in part] for part, sign in parts]
    gains = tuple(map(sum, zip(*each, strict=True)))
    return Crossing(rival, gains, _least_gain(place, other, text, its, same))


def _is_rate(place: Place, text: str) -> bool:
    """Whether a percentage stands beside the word for one (节约率为3.9%), where no amount could."""
    return place.figure.unit in ("%", "百分点") and (
        _RATE.search(text[: place.figure.start]) is not None
        or _RATE_BEHIND.match(text, place.figure.end) is not None
    )


def _least_gain(place: Place, other: Place, text: str, its: Sequence[Place], same: Sequence[Place]) -> float:
    """How much better two figures must suit each other's place to have changed places.

    Two of one fact that stand in its order, and rise or fall as there, have not; two in the other order, of
    unlike units, often have.
    """
    own, its_own = next(
        ((mine, one) for mine in same for one in its if mine.source == one.source), (None, None)
    )
    if own is None or its_own is None:
        return OTHER_FACT if place.figure.unit == other.figure.unit else OTHER_FACT_UNLIKE
    if OTHER_ROLE in (_role(place, own), _role(other, its_own)):
        return LEAST
    if (own.figure.start < its_own.figure.start) == (place.figure.start < other.figure.start):
        return IN_ORDER if same_sentence(text, place.figure, other.figure) else IN_ORDER_APART
    return REVERSED if place.figure.unit == other.figure.unit else UNLIKE


def _neighbours(place: Place, row: Sequence[Place]) -> Iterator[Place]:
    here = next(index for index, other in enumerate(row) if other is place)
    for other in row[max(0, here - REACH) : here + REACH + 1]:
        if other is not place and other.figure.kind in NUMERIC:
            yield other


def _displaced(
    place: Place, row: Sequence[Place], known: Knowledge, same: Sequence[Place], told: Tellings
) -> Place | None:
    """A fact's figure that suits this place better than one which the document tells more often than the
    brief does: one that the document owes (排查隐患55处，整改55处 for 57处 and 55处), or another of its fact
    where the line tells the same twice.
    """
    held = known.held(place.figure)
    if _times(place, told) <= held:
        return None
    here = [one for one in row if amount(one.figure) == amount(place.figure) and "<这" not in one.near]
    rivals = owed(place, known, told) + (_fellows(place, known, same) if len(here) > held > 0 else [])
    best = max(fit(place, mine) for mine in same)
    rival = max(rivals, key=lambda one: fit(place, one), default=None)
    return rival if rival and fit(place, rival) - best >= LEAST else None


def _fellows(place: Place, known: Knowledge, same: Sequence[Place]) -> list[Place]:
    """The other figures of its facts in a figure's unit."""
    sources = {one.source for one in same}
    return [
        one
        for one in known.numeric
        if one.source in sources
        and one.figure.unit == place.figure.unit
        and one.figure.value != place.figure.value
        and not opposed(place.figure.direction, one.figure.direction)
    ]


def owed(place: Place, known: Knowledge, told: Tellings) -> list[Place]:
    """The facts' figures like this one, in its unit, that the document tells less often than the brief."""
    return [
        one
        for _, one in known.alike(place)
        if one.figure.unit == place.figure.unit
        and _times(one, told) < known.held(one.figure)
        and one.figure.value != place.figure.value
        and not opposed(place.figure.direction, one.figure.direction)
    ]


def _belonging(
    place: Place, known: Knowledge, same: Sequence[Place], told: Tellings, *, own_unit: bool
) -> Place | None:
    """A fact's figure of the same unit that clearly belongs here and that the document tells nowhere.

    One of another unit belongs here only when it is told in these very words and the owner in quite others;
    with `own_unit` it never does.
    """
    best = max(likeness(place, mine) for mine in same)
    best_fit = max(fit(place, mine) for mine in same)
    for alikeness, rival in sorted(known.alike(place), key=lambda pair: -pair[0]):
        margin = SMALL_MARGIN if alikeness >= VERBATIM and best < RIVAL else MARGIN
        if alikeness < RIVAL or alikeness - best < margin:
            break
        clear = fit(place, rival) - best_fit >= CLEARLY * margin and rival not in same
        verbatim = alikeness >= VERBATIM and best < FAINT and not own_unit
        suits = verbatim or rival.figure.unit == place.figure.unit
        if clear and suits and amount(rival.figure) not in told:
            return rival
    return None


def _company(
    place: Place, row: Sequence[Place], text: str, known: Knowledge, same: Sequence[Place], *, ordered: bool
) -> set[str]:
    """The facts that give this figure and all others of the sentence, where it has others (`ordered`: in the
    facts' order).
    """
    beside = [
        {
            mine.source
            for mine in same
            for its in owners(other, known)
            if its.source == mine.source
            and (
                not ordered
                or (its.figure.start < mine.figure.start) == (other.figure.start < place.figure.start)
            )
        }
        for other in _neighbours(place, row)
        if same_sentence(text, place.figure, other.figure)
    ]
    return set.intersection(*beside) if beside else set()


def _beside_another(
    place: Place, row: Sequence[Place], text: str, known: Knowledge, same: Sequence[Place]
) -> bool:
    """Whether the sentence holds another figure of the same fact."""
    sources = {mine.source for mine in same}
    return any(
        {its.source for its in owners(other, known)} & sources
        for other in _neighbours(place, row)
        if same_sentence(text, place.figure, other.figure)
    )


def _about(place: Place, text: str, known: Knowledge, same: Sequence[Place], *, once: bool) -> bool:
    """Whether the words round the figure, or failing these the sentence, share something with its fact.

    A shared pair of letters is enough, of the sentence's two, and where the document tells the figure `once`
    one of the whole line's; a single letter only where it names what is counted.
    """
    telling = telling_pairs(text, place.figure)
    whole = features(sentence(text, place.figure))
    around = features(text) if once else whole
    pairs = {pair for pair in around - known.topic if len(pair) > 1}
    heads = head_letters(text, place.figure, 2 if once else 1)
    for other in same:
        said = known.features[other.source]
        if not said or telling & said or len(pairs & said) > (not once) or heads & other.words:
            return True
        if not telling and (not whole or whole & said):
            return True
    return False


def _told_again(
    place: Place, row: Sequence[Place], text: str, known: Knowledge, same: Sequence[Place], told: Tellings
) -> bool:
    """Whether another sentence tells the figure and speaks of its fact, and this one shares a pair of letters
    with that (完成整改问题29个…; 对29个问题“回头看”), tells what another fact says (42.73万元已退回) or tells
    the figure in words (五项问题列出清单).
    """
    own = sentence(without(text, (one.figure for one in row if one.figure.kind in NUMERIC)), place.figure)
    said = pairs_of(features(own)) - known.topic
    others = (pairs_of(features(other)) for other in told.get(amount(place.figure), ()) if other != own)
    in_words = not re.search(r"\d", place.figure.text)
    of_a_fact = in_words or any(len(said & its) >= OF_A_FACT for its in known.features.values())
    return any(
        (other & said or of_a_fact) and any(other & known.features[one.source] - known.topic for one in same)
        for other in others
    )


def _times(place: Place, told: Tellings) -> int:
    """How often the document tells the amount of a figure."""
    return len(told.get(amount(place.figure), ()))


def _on_its_day(
    place: Place, row: Sequence[Place], text: str, known: Knowledge, same: Sequence[Place], *, once: bool
) -> bool:
    """Whether the sentence gives a date of the figure's fact, or what stands before it in the line, if the
    document tells the figure `once`.
    """
    days = {
        other.figure.normal
        for other in row
        if other.figure.kind == "date"
        and (
            (once and other.figure.end <= place.figure.start)
            or same_sentence(text, place.figure, other.figure)
        )
    }
    return known.gives_a_day(days, {other.source for other in same})
