"""Whether a number in a text is a number of the brief, said of the same thing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, product

from drafter.grounding.attachment import RIVAL, SAID_LEFT, attached, owed
from drafter.grounding.context import Place, clause_before, likeness, same_sentence
from drafter.grounding.knowledge import Knowledge
from drafter.grounding.lexicon import alternation, prefix_pattern, words
from drafter.grounding.page import Amount, Figure, Tellings, amount
from drafter.grounding.sameness import opposed, owners, same_figure
from drafter.grounding.verdicts import Verdict, ids, label

_THAN = re.compile("[比较][^，。；]{1,8}[多少高低增减]|[多少高低]于")
_SENTENCE = re.compile("[。；！？]")
_NO_NUMBER = re.compile(r"0\d")
_FAILED = re.compile("[不未没]")
_TOGETHER = re.compile("(?:两项|二者|两者|三项|以上各项)(?:合计|相加|加起来|共计)")
_TWO = re.compile("[二两]者|前[两二][类项个种者]")
_LEFT = re.compile("(?:其余|剩余|余下|剩下|尚余|还剩|[，、；]余)的?$")
_MORE = re.compile("[再又]|连同|加上")
_REACHED = re.compile("(?:达到?|增[至到]|总数[为达]?|凑成)$")
_TO_EXACT = re.compile("[（(]|[，,][^，。；、：]{0,6}")
_OF_PEOPLE = {"人", "名", "位", "个"}
"""Units in which people are counted alike (编制22名，空着5个)."""
_OF_CASES = {"件", "件次"}
HALF, WHOLE = 50, 100
MOST_ADDENDS, MOST_SPREAD, AKIN, OWED = 10, 0.4, 0.15, 0.5


def judge(place: Place, row: Sequence[Place], text: str, known: Knowledge, told: Tellings) -> Verdict:
    """The verdict on a numeric figure of `text` (one line), whose figures are `row`.

    `told` holds the sentences in which the whole document tells each amount.
    """
    figure = place.figure
    if figure.lo is None or figure.hi is None:
        return _in_words(place, row, known)
    if _NO_NUMBER.match(figure.text):
        return Verdict("unsupported", (), f"“{figure.text}”不是数字的写法")
    alike = sorted(known.alike(place), key=lambda pair: -pair[0])
    equal = known.equal(figure)
    near = {id(other): alikeness for alikeness, other in alike}
    near |= {id(other): likeness(place, other) for other in equal if id(other) not in near}
    equal = sorted(equal, key=lambda other: -near.get(id(other), 0.0))
    same = [other for other in equal if same_figure(place, other)]
    said = attached(place, row, text, known, same, told) if same and not _doubled(figure, text) else None
    if said and said.status == "supported":
        return _left_otherwise(place, row, text, known, same) or said
    derived = _derived(place, text, known, alike) or _worked_out(place, row, text, known)
    if derived and not _stands_for_another(place, derived, known, told):
        return replace(derived, parts=(*derived.parts, *said.parts)) if said else derived
    if said:
        return said
    if equal:
        return _drifted(place, equal)
    return _rounded(place, row, text, known) or _unknown(place, alike)


def _left_otherwise(
    place: Place, row: Sequence[Place], text: str, known: Knowledge, same: Sequence[Place]
) -> Verdict | None:
    """Drift for what is left (17个，已改15个，余下3个) that no fact says is left nor two figures of the line
    leave; None where it may be right.
    """
    figure = place.figure
    if figure.value is None or not _LEFT.search(text[: figure.start]):
        return None
    told = [
        _value(one)
        for one in row
        if one.figure.end <= figure.start
        and one.figure.unit == figure.unit
        and _exact_in(one, figure.unit)
        and owners(one, known)
    ]
    left = {one - other for one, other in combinations(told, 2)}
    left |= {one - sum(told[size:]) for size in range(1, len(told)) for one in told[:size]}
    if not left or figure.value in left or any(SAID_LEFT & one.left for one in same):
        return None
    return Verdict("drift", ids(same[:1]), "与前文的总数和已完成数不相抵，请核对")


def owes(place: Place, known: Knowledge, told: Tellings, but: Collection[Amount] = ()) -> bool:
    """Whether the document owes a figure, none of `but`, that would stand well in this one's place."""
    return any(
        likeness(place, one) >= OWED for one in owed(place, known, told) if amount(one.figure) not in but
    )


def _stands_for_another(place: Place, derived: Verdict, known: Knowledge, told: Tellings) -> bool:
    """Whether a figure that can be worked out stands where another is owed (由28分钟缩短到15分钟, by 13).

    What it is worked out of may be owed where the document tells none of it, but the result alone.
    """
    parts = {amount(part) for _, part in derived.parts}
    return owes(place, known, told, but=() if parts & told.keys() else parts)


@cache
def _qualifier() -> re.Pattern[str]:
    return re.compile(f"{prefix_pattern()}$")


def _doubled(figure: Figure, text: str) -> bool:
    """Whether a qualified figure has another qualifier before it (不足近70%)."""
    return bool(figure.qualifier and _qualifier().search(text[: figure.start]))


def _in_words(place: Place, row: Sequence[Place], known: Knowledge) -> Verdict:
    """翻番, 过半: supported where a source has the same word, 过半 by a fact's share that its line gives."""
    sources = known.holding(place.figure.normal)
    if place.figure.normal == "过半":
        shares = (one for one in row if one.figure.unit == "%" and HALF < (one.figure.value or 0) < WHOLE)
        sources |= {its.source for one in shares for its in owners(one, known)}
    if sources:
        return Verdict("supported", tuple(sorted(sources)))
    return Verdict("unsupported", (), f"没有事实写明“{place.figure.text}”")


def _drifted(place: Place, equal: list[Place]) -> Verdict:
    """The value is there, but not with this unit, qualifier or direction."""
    figure = place.figure
    other = min(equal, key=lambda candidate: _distance(place, candidate))
    printed = other.figure.text
    if figure.unit != other.figure.unit:
        why = f"单位与{label(other.source)}不一致，应为“{printed}”"
    elif figure.qualifier != other.figure.qualifier:
        why = f"“余、约、超过”等限定语与{label(other.source)}不一致，应为“{printed}”"
    elif opposed(figure.direction, other.figure.direction):
        why = f"增减方向与{label(other.source)}不一致，请核对“{printed}”前的动词"
    else:
        why = f"与{label(other.source)}中“{printed}”的含义不一致"
    told = () if any(_distance(place, other)) else ((other.source, other.figure),)
    return Verdict("drift", ids((other,)), why, told)


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
    alike_parts = [other for alikeness, other in alike if alikeness > 0.2 and _exact_in(other, figure.unit)]
    target = figure.lo or Fraction(0)
    if _cue("sum_cues").search(around):
        near = {id(other): alikeness for alikeness, other in alike}
        by_fact = _by_fact(figure.unit, known).values()
        for chosen in _addends(by_fact, alike_parts[:MOST_ADDENDS]):
            if any(part.figure.unit != figure.unit for part in chosen):
                continue
            if sum(_value(part) for part in chosen) == target and _one_kind(chosen, near):
                return _from(chosen, "之和")
        for parts in by_fact:
            chosen = [part for part in parts if any(word in around for word in part.words if len(word) > 1)]
            if len(chosen) > 1 and sum(map(_value, chosen)) == target:
                return _from(chosen, "之和")
    if _cue("difference_cues").search(around) and not figure.direction.endswith("-to"):
        for one, other in combinations(alike_parts[:MOST_ADDENDS], 2):
            if abs(_value(one) - _value(other)) == target:
                return _from((one, other), "之差")
    return None


def _worked_out(place: Place, row: Sequence[Place], text: str, known: Knowledge) -> Verdict | None:
    """A right sum or difference of figures that the line gives before it: of one sentence, or of one fact
    (受理58件，办结53件。其余5件…; 由18天压缩到7天，净减11天; 减少8家，由29家压减至21家).
    """
    figure = place.figure
    if (
        figure.qualifier
        or figure.value is None
        or figure.kind not in ("quantity", "money", "percentage_point")
    ):
        return None
    unit = "%" if figure.kind == "percentage_point" else figure.unit
    before = [other for other in row if other.figure.end <= figure.start and _exact_in(other, unit)]
    behind = [other for other in row if other.figure.start >= figure.end and _exact_in(other, unit)]
    held = _of_facts(before[-MOST_ADDENDS:], known)
    around = clause_before(text, figure)
    lead = _SENTENCE.split(text[: figure.start])[-1]

    def beside(chosen: Sequence[tuple[Place, Sequence[Place]]]) -> bool:
        return all(same_sentence(text, other.figure, figure) for other, _ in chosen)

    def of_one_fact(chosen: Sequence[tuple[Place, Sequence[Place]]]) -> bool:
        return bool(set.intersection(*({one.source for one in its} for _, its in chosen)))

    if shared := _rest_of_total(held, lead, figure) or _shared_out(_of_facts(behind, known), text, figure):
        return shared
    if grown := _grown(place, held, lead, known, unit):
        return _from(grown, "之和")
    if figure.direction.endswith("-to") or place.role == "from":
        return None
    rest = (
        around.endswith("的")
        or _FAILED.match(text, figure.end)
        or any(
            cue.search(said)
            for cue, said in ((_cue("left_over"), lead), (_THAN, around), (_cue("remainder_cues"), around))
        )
    )
    grew = len(held) > 1 and held[-2][0].role == "from" and held[-1][0].figure.direction.endswith("-to")
    if figure.direction or rest or grew or _cue("difference_cues").search(around):
        for pair in (*combinations(reversed(held), 2), *combinations(_of_facts(behind, known)[:2], 2)):
            next_to = rest and pair[0] in held[-1:] and _is_telling(figure)
            told = (of_one_fact(pair) or _THAN.search(around) or next_to) and (rest or beside(pair))
            if told and abs(_value(pair[0][0]) - _value(pair[1][0])) == figure.value:
                return _from([its[0] for _, its in reversed(pair)], "之差")
    if (rest or unit == "%") and (left := _left(place, [its for _, its in reversed(held)], known, unit)):
        return _from(left, "之差")
    if _cue("sum_cues").search(around) or _TOGETHER.search(lead):
        lasts: list[Sequence[tuple[Place, list[Place]]]] = [held[-size:] for size in range(2, len(held) + 1)]
        lasts += combinations(held, 2) if _TWO.search(around) else ()
        for last in lasts:
            if (beside(last) or of_one_fact(last)) and sum(
                _value(other) for other, _ in last
            ) == figure.value:
                return _from([its[0] for _, its in last], "之和")
    return None


def _is_telling(figure: Figure) -> bool:
    """Whether a value has two digits that tell or more, so that it comes out right hardly ever by chance."""
    return len(re.sub(r"\D", "", figure.text).strip("0")) > 1


def _of_facts(row: Iterable[Place], known: Knowledge) -> list[tuple[Place, list[Place]]]:
    """Those of a row that facts give, each with the facts' figures that it may be."""
    return [(one, its) for one in row if (its := owners(one, known))]


def _rest_of_total(
    held: Sequence[tuple[Place, Sequence[Place]]], lead: str, figure: Figure
) -> Verdict | None:
    """The last part of a total that its sentence shares out (教师112名，其中兼职97名，专职15名)."""
    before, among, _ = lead.rpartition("其中")
    if not among:
        return None
    start = figure.start - len(lead)
    parts = [pair for pair in held if pair[0].figure.start >= start + len(before)]
    totals = [pair for pair in held if start <= pair[0].figure.start < start + len(before)]
    if (
        not parts
        or not totals
        or _value(totals[-1][0]) - sum(_value(one) for one, _ in parts) != figure.value
    ):
        return None
    return _from([its[0] for _, its in (totals[-1], *parts)], "之差")


def _shared_out(held: Sequence[tuple[Place, Sequence[Place]]], text: str, figure: Figure) -> Verdict | None:
    """A total that its sentence shares out among facts' figures (22家机构，其中卫生院18家、服务中心4家)."""
    rest = _SENTENCE.split(text[figure.end :])[0]
    parts = [pair for pair in held if pair[0].figure.end <= figure.end + len(rest)]
    if "其中" not in rest or len(parts) < 2 or sum(_value(one) for one, _ in parts) != figure.value:
        return None
    return _from([its[0] for _, its in parts], "之和")


def _grown(
    place: Place,
    held: Sequence[tuple[Place, Sequence[Place]]],
    lead: str,
    known: Knowledge,
    unit: str,
) -> tuple[Place, Place] | None:
    """A fact's figure and the one that its sentence adds to it (改造186户; 再改造114户，全年达到300户)."""
    if not held or not _MORE.search(lead) or not _REACHED.search(lead):
        return None
    added, its = held[-1]
    if added.figure.start < place.figure.start - len(lead):
        return None
    return next(
        (
            (one, its[0])
            for one in known.numeric
            if _exact_in(one, unit)
            and likeness(added, one) >= AKIN
            and _value(one) + _value(added) == place.figure.value
        ),
        None,
    )


def _left(
    place: Place, told: Sequence[Sequence[Place]], known: Knowledge, unit: str
) -> tuple[Place, ...] | None:
    """Two figures of one fact whose difference is this one: one that the line has `told` and another, or two
    that are said of the same; or all income less what was spent.
    """
    pairs = [
        (one, other)
        for its in told
        for one, other in product(its, known.numeric)
        if one.source == other.source and _exact_in(other, unit)
    ]
    by_fact = _by_fact(unit, known).values()
    for parts in by_fact:
        alike = [(likeness(place, part), part) for part in parts]
        pairs += [
            (one, other)
            for (near, one), (far, other) in combinations(alike, 2)
            if min(near, far) >= AKIN or max(near, far) >= 2 * AKIN
        ]
    if place.words & {"收支", "结余"}:
        money = [part for parts in by_fact for part in parts]
        income, spending = ([part for part in money if word in part.words] for word in ("收入", "支出"))
        pairs += product(income, spending)
        if len(spending) == 1 and sum(map(_value, income)) - _value(spending[0]) == place.figure.value:
            return (*income, *spending)
    return next(
        (pair for pair in pairs if abs(_value(pair[0]) - _value(pair[1])) == place.figure.value), None
    )


def _exact_in(place: Place, unit: str) -> bool:
    own = place.figure.unit
    alike = own == unit or {own, unit} <= _OF_PEOPLE or {own, unit} <= _OF_CASES
    return alike and place.figure.value is not None and not place.figure.qualifier


def _rounded(place: Place, row: Sequence[Place], text: str, known: Knowledge) -> Verdict | None:
    """A round figure that the sentence itself makes exact: 近48万元（47.8万元）, 四成以上，增幅为42.6%."""
    figure = place.figure
    if figure.lo is None or figure.lo != figure.hi or not figure.qualifier:
        return None
    behind = next((other for other in row if other.figure.start >= figure.end), None)
    exact = behind.figure if behind else figure
    gap = text[figure.end : exact.start]
    if not behind or exact.unit != figure.unit or exact.value is None or not _TO_EXACT.fullmatch(gap):
        return None
    its = owners(behind, known)
    if exact.qualifier or not its or not _rounds(figure, exact.value):
        return None
    return Verdict("supported", ids(its), f"是“{exact.text}”的约数")


def _rounds(figure: Figure, exact: Fraction) -> bool:
    """Whether a qualified figure is `exact` cut or raised to the figure's own last digit."""
    rounded, step = figure.lo or Fraction(0), Fraction(1)
    while rounded and rounded % (step * 10) == 0:
        step *= 10
    match figure.qualifier:
        case "above":
            return rounded <= exact < rounded + step
        case "below" | "within":
            return rounded - step < exact <= rounded
        case _:
            return abs(rounded - exact) < step


def _addends(by_fact: Iterable[Sequence[Place]], alike_parts: list[Place]) -> Iterator[Sequence[Place]]:
    """The groups of figures that may have been added up, the likeliest first."""
    yield from (parts for parts in by_fact if len(parts) > 1)
    for size in range(len(alike_parts), 1, -1):
        yield from combinations(alike_parts, size)


def _by_fact(unit: str, known: Knowledge) -> dict[str, list[Place]]:
    """The figures of each fact in a unit, which may be added up or set against each other."""
    by_fact: dict[str, list[Place]] = defaultdict(list)
    for other in known.numeric:
        if _exact_in(other, unit):
            by_fact[other.source].append(other)
    return by_fact


def _one_kind(chosen: Sequence[Place], near: dict[int, float]) -> bool:
    """Whether a sum is said of all its addends alike, and not of one of them alone (火情11起，减少4起)."""
    alikeness = [near.get(id(part), 0.0) for part in chosen]
    same_direction = len({part.figure.direction for part in chosen}) == 1
    return same_direction and max(alikeness) - min(alikeness) <= MOST_SPREAD


def _value(place: Place) -> Fraction:
    return place.figure.lo or Fraction(0)


def _from(chosen: Sequence[Place], how: str) -> Verdict:
    why = f"由{'、'.join(f'“{part.figure.text}”' for part in chosen)}{how}算得"
    parts = tuple((part.source, part.figure) for part in chosen)
    return Verdict("supported", ids(chosen), why, parts)
