"""Whether a name, a title, a body or a date in a text is one of the brief's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from drafter.grounding.amounts import MARGIN, RIVAL, Verdict, label
from drafter.grounding.bodies import called, is_kind, slips
from drafter.grounding.context import Place, features, likeness, sentence
from drafter.grounding.knowledge import BRIEF, Knowledge
from drafter.grounding.lexicon import idiom_pattern, words
from drafter.grounding.names import plain
from drafter.grounding.page import Figure

CLOSE, CLOSE_TO_COMMON = 0.5, 0.7
_SHORT_TITLE = re.compile(
    r"(?:通知|方案|意见|规定|办法|条例|规划|规划纲要|纲要|规则|细则|报告|要点|决定|通报|公报|标准|指南|纲要草案)"
)
_SMALL_BODY = re.compile(r"(?:工作)?(?:领导小组(?:办公室)?|工作专班|专班|办公室|指挥部)$")


def judge_name(figure: Figure, known: Knowledge, short: dict[str, tuple[str, ...]]) -> Verdict | None:
    """The verdict on a 《title》 or a “name”; None for a phrase that is everybody's."""
    listed = known.titles if figure.kind == "title" else known.names
    sources = listed.get(figure.normal) or known.holding(figure.normal, whole_names=True)
    if not sources and figure.kind == "name":
        sources = known.titles.get(figure.normal, set())
    if sources:
        return Verdict("supported", tuple(sorted(sources)))
    if figure.normal in short:
        return Verdict("supported", short[figure.normal])
    if figure.kind == "title" and _SHORT_TITLE.fullmatch(figure.normal):
        longer = {source for title, ids in listed.items() if title.endswith(figure.normal) for source in ids}
        if longer:
            return Verdict("supported", tuple(sorted(longer)))
    common = figure.normal in _phrases() or idiom_pattern().fullmatch(figure.normal)
    if figure.kind == "name" and common:
        return _closest(figure, listed, CLOSE_TO_COMMON) if len(figure.normal) > 2 else None
    return _closest(figure, listed, CLOSE) or Verdict("unsupported", (), "没有事实提到这个名称")


def _phrases() -> frozenset[str]:
    return frozenset(plain(phrase) for phrase in words("idioms")["phrases"])


def _closest(figure: Figure, listed: dict[str, set[str]], enough: float) -> Verdict | None:
    """Drift from the name that is most alike, if one is alike enough."""
    best = max(listed, key=lambda name: _overlap(figure.normal, name), default="")
    if not best or _overlap(figure.normal, best) < enough:
        return None
    sources = tuple(sorted(listed[best]))
    return Verdict("drift", sources, f"名称与{label(sources[0])}不一致，原文为“{best}”")


def _overlap(one: str, other: str) -> float:
    """How alike two names are: equal letters in equal places, or shared pairs of letters (Dice)."""
    if len(one) == len(other):
        return sum(a == b for a, b in zip(one, other, strict=True)) / max(1, len(one))
    pairs = [{name[place : place + 2] for place in range(len(name) - 1)} for name in (one, other)]
    return 2 * len(pairs[0] & pairs[1]) / (len(pairs[0]) + len(pairs[1])) if pairs[0] and pairs[1] else 0.0


def judge_number(figure: Figure, known: Knowledge) -> Verdict:
    """The verdict on a document number: year, number and the issuing office's letters."""
    exact = known.numbers.get(figure.normal)
    if exact:
        return Verdict("supported", tuple(sorted(exact)))
    digits = re.sub(r"^\D+", "", figure.normal)
    for normal, sources in known.numbers.items():
        if normal.endswith(figure.normal) or figure.normal.endswith(normal):
            return Verdict("supported", tuple(sorted(sources)))
        if re.sub(r"^\D+", "", normal) == digits:
            return Verdict("drift", tuple(sorted(sources)), f"发文字号与{label(min(sources))}不一致")
    return Verdict("unsupported", (), "没有事实提到这个发文字号")


def judge_body(figure: Figure, text: str, known: Knowledge, topic: str) -> Verdict | None:
    """The verdict on a named body in `text` (one line).

    The name has to be a known one in full, or without its place, or in its official short form; words before
    it must not be letters of another name. None for an unknown kind of body (薄弱学校).
    """
    names = {plain(figure.normal), *called(text, figure.end, known.bodies)} & known.bodies.keys()
    sources = {source for name in names for source in known.bodies[name]}
    sources |= _working_body(plain(figure.normal), known, topic)
    if sources:
        return Verdict("supported", tuple(sorted(sources)))
    return None if is_kind(figure.normal) else Verdict("unsupported", (), "没有事实提到这个机构")


def misspelt(text: str, figures: Sequence[Figure], known: Knowledge) -> list[tuple[Figure, Verdict]]:
    """The brief's own bodies with one letter wrong (市应急管埋局), whatever their names end in."""
    found: list[tuple[Figure, Verdict]] = []
    held = [figure for figure in figures if figure.kind != "body"]
    ends = {place for figure in figures if figure.kind == "body" for place in range(figure.start, figure.end)}
    for start, end, name in sorted(slips(text, known.full_names), key=lambda slip: slip[0] - slip[1]):
        free = all(end <= figure.start or figure.end <= start for figure in held)
        if free and end not in ends and not any(called(text, end, known.bodies)):
            why = f"机构名称与{label(min(known.bodies[name]))}不一致，应为“{name}”"
            verdict = Verdict("drift", tuple(sorted(known.bodies[name])), why)
            found.append((Figure("body", start, end, text[start:end], normal=text[start:end]), verdict))
            held.append(found[-1][0])
    return found


def _working_body(name: str, known: Knowledge, topic: str) -> set[str]:
    """A leading group named by the brief's own topic is the one that a fact sets up without naming it."""
    ending = _SMALL_BODY.search(name)
    if not ending or not topic:
        return set()
    rest = name[: ending.start()].replace(plain(topic), "").replace("工作", "")
    return known.holding(ending[0].removeprefix("工作")) - {BRIEF} if not rest else set()


def judge_placeholder(figure: Figure, known: Knowledge) -> Verdict:
    """A placeholder is right only where the brief itself has it."""
    sources = known.holding(plain(figure.text))
    if sources:
        return Verdict("supported", tuple(sorted(sources)))
    return Verdict("unsupported", (), "占位符没有替换成实际内容")


def judge_calendar(place: Place, text: str, known: Knowledge) -> Verdict:
    """The verdict on a date, a period or a time of day in `text` (one line)."""
    figure = place.figure
    if not re.match(r"[\d?]{4}", figure.normal) or figure.kind == "time":
        return _judge_wording(figure, known)
    owners = [other for other in known.calendar if _covers(other, figure.normal, known)]
    plain_owners = [owner for owner in owners if not owner.compared or place.compared]
    if owners and not plain_owners:
        why = f"“{figure.text}”在{label(owners[0].source)}中是比较的对象，此处不是"
        return Verdict("drift", (owners[0].source,), why)
    if owners:
        return _dated(place, text, known, plain_owners)
    partly = next(
        (other for other in known.calendar if other.figure.normal[5:] == figure.normal[5:] != ""), None
    )
    if partly:
        why = f"年份与{label(partly.source)}不一致，应为“{partly.figure.text}”"
        return Verdict("drift", (partly.source,), why)
    return Verdict("unsupported", (), "没有事实支持这个时间")


def _dated(place: Place, text: str, known: Knowledge, owners: list[Place]) -> Verdict:
    """A time that the brief holds: is it said of the same thing here?"""
    said = replace(place, left=place.left - known.topic, right=place.right - known.topic)
    best = max(likeness(said, owner) for owner in owners)
    others = [other for other in known.calendar if other not in owners and other.figure.kind != "time"]
    rival = max(others, key=lambda other: likeness(said, other), default=None)
    if rival and likeness(said, rival) >= max(RIVAL, best + MARGIN):
        why = f"此处所说的事项在{label(rival.source)}中的时间是“{rival.figure.text}”"
        return Verdict("drift", (rival.source,), why)
    sources = sorted({owner.source for owner in owners})
    around = features(sentence(text, place.figure))
    pairs = {feature for feature in around - known.topic if len(feature) > 1}
    if BRIEF in sources or not pairs or any(pairs & known.features[source] for source in sources):
        return Verdict("supported", tuple(sources))
    why = f"“{place.figure.text}”在{label(sources[0])}中说的是另一件事，请核对"
    return Verdict("drift", tuple(sources), why)


def _judge_wording(figure: Figure, known: Knowledge) -> Verdict:
    """Five-year plans, «every month», times of day, «year by year»."""
    sources = {other.source for other in known.calendar if other.figure.normal == figure.normal}
    sources |= known.holding(figure.normal) if figure.kind == "period" else set()
    plan = words("idioms")["plans"].get(figure.normal)
    if not sources and plan and any(plan[0] <= int(year) <= plan[1] + 1 for year in known.years):
        sources = {BRIEF}
    if sources:
        return Verdict("supported", tuple(sorted(sources)))
    return Verdict("unsupported", (), "没有事实支持这个时间")


def _covers(fact: Place, text: str, known: Knowledge) -> bool:
    """Whether the fact's date is the text's, or lies within it (12月5日 is in 12月, in 2025年).

    A year that one of the two leaves out is the brief's own; 前三季度 is 1至9月, and 9月底 its end where it
    is the brief's own period.
    """
    given, said = fact.figure.normal.split("-"), text.split("-")
    if said[0] == "????":
        same_year = True
    elif given[0] == "????":
        same_year = said[0] in known.years
    else:
        same_year = given[0] == said[0]
    if not same_year or given[1 : len(said)] == said[1:] or len(given) != 2 or len(said) < 2:
        return same_year and given[1 : len(said)] == said[1:]
    span, other = _months(given[1]), _months(said[1])
    ends = fact.source == BRIEF and said[2:] == ["底"] and span[1] == other[0] == other[1]
    return ends or (len(said) == 2 and span == other)


def _months(part: str) -> tuple[int, int]:
    """The first and the last month of a quarter (Q1), several (Q1~3), a half (H1) or months (01~09)."""
    first, _, last = part.lstrip("QH").partition("~")
    length = {"Q": 3, "H": 6}.get(part[0], 1)
    if not first.isdigit():
        return 0, -1
    return (int(first) - 1) * length + 1, int(last or first) * length
