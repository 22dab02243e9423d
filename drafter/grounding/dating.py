"""Whether a date, a period or a time of day in a text is one of the brief's, and said of the same thing."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise, takewhile

from drafter.grounding.calendar import covers, ends_of, level, meets
from drafter.grounding.context import Place, clause_of, features, pairs_of, same_sentence, sentence
from drafter.grounding.knowledge import Knowledge
from drafter.grounding.lexicon import alternation, words
from drafter.grounding.names import plain
from drafter.grounding.page import CALENDAR, NUMERIC, Figure
from drafter.grounding.sameness import owners as owners_of
from drafter.grounding.times import is_dated, months
from drafter.grounding.verdicts import BRIEF, Verdict, label

NEAR, WHOLE = 0.6, 0.45
VERBATIM = 8
"""Characters of a clause that is a fact's own words when a fact holds it."""
LEAST_NEAR = 2
LEAD = 14
LATE = 9
"""A report that ends in October or later plans for the next year: its 上半年 is the next one."""
_TITLE = re.compile("《[^》]*》|“[^”]*”|现将|每[年月周季][^，。；]{0,6}前")
_HEADING = re.compile("[一二三四五六七八九十]+、[^。；]{1,40}$")
_THAT_DAY = ("当日", "当天", "这天", "这一天", "那天", "那一天")
_WENT = ("情况", "成效", "进展", "回顾")
_TO = re.compile("[—–－~～至到-]{1,2}")
_EVERY = re.compile("每(.*)")


def heading_above(lines: Sequence[str]) -> str:
    """The last level-1 heading among lines; empty where there is none."""
    return next((line for line in reversed(lines) if _HEADING.match(line)), "")


def announces_plans(heading: str) -> bool:
    """Whether a level-1 heading announces what is to be done, and not how that went (重点工作开展情况)."""
    return _cue("plan_heading").search(heading) is not None and not heading.endswith(_WENT)


def judge_calendar(
    place: Place,
    row: Sequence[Place],
    text: str,
    known: Knowledge,
    dates: Mapping[str, int],
    *,
    planned: bool = False,
    late: bool = False,
) -> Verdict:
    """The verdict on a date, a period or a time of day in `text` (one line), whose figures are `row`.

    `dates` says how often the whole document tells each (see `undated`), `planned` that the line stands under
    a heading such as «下一步打算», `late` that it stands in the second half of its text.
    """
    figure = place.figure
    if not is_dated(figure):
        return _judge_wording(figure, known)
    owners = [other for other in known.calendar if covers(other, figure.normal, known)]
    plain_owners = [owner for owner in owners if not owner.compared or place.compared]
    if owners and not plain_owners:
        why = f"“{figure.text}”在{label(owners[0].source)}中是比较的对象，此处不是"
        return Verdict("drift", (owners[0].source,), why)
    if owners:
        if rival := _owed(place, row, text, known, dates):
            why = f"“{rival.figure.text}”（{label(rival.source)}）全文没有写到，请核对此处的“{figure.text}”"
            return Verdict("drift", (rival.source,), why)
        return _dated(place, row, text, known, plain_owners, planned, late)
    planned = planned or _plans(text, figure)
    if figure.normal == _next_year(known) and (planned or late):
        return Verdict("supported", (BRIEF,))
    if figure.normal == _next_part(known) and (planned or late):
        return Verdict("supported", (BRIEF,))
    partly = next(
        (other for other in known.calendar if other.figure.normal[5:] == figure.normal[5:] != ""), None
    )
    if partly:
        why = f"年份与{label(partly.source)}不一致，应为“{partly.figure.text}”"
        return Verdict("drift", (partly.source,), why)
    return Verdict("unsupported", (), "没有事实支持这个时间")


def undated(figure: Figure) -> str:
    """A time as it is compared, without its year."""
    return figure.normal[5:] if is_dated(figure) else ""


def _owed(
    place: Place, row: Sequence[Place], text: str, known: Knowledge, dates: Mapping[str, int]
) -> Place | None:
    """A date of the fact whose figures the sentence gives, told nowhere in the document, where this one is
    told more often than in the brief (3月和3月召开 for 3月和10月召开).
    """
    said = undated(place.figure)
    held = sum(undated(other.figure) == said for other in known.calendar)
    if not said or dates[said] <= held:
        return None
    sources = _told_of(place, row, text, known)
    return next(
        (
            other
            for other in known.calendar
            if other.source in sources
            and level(other.figure) == level(place.figure)
            and not any(end[5:] in dates for end in (other.figure.normal, *ends_of(other.figure)))
        ),
        None,
    )


def _next_year(known: Knowledge) -> str:
    """The year after the brief's period, of which every report's outlook may speak."""
    return str(int(max(known.own_years)) + 1) if known.own_years else ""


def _next_part(known: Knowledge) -> str:
    """The quarter or half that follows on a brief's period within its year."""
    month = known.end % 12 + 1
    return {3: "????-Q2", 6: "????-H2", 9: "????-Q4"}.get(month, "") if known.end else ""


def _dated(
    place: Place,
    row: Sequence[Place],
    text: str,
    known: Knowledge,
    owners: Sequence[Place],
    planned: bool,
    late: bool,
) -> Verdict:
    """A time that the brief holds: is it said of the same thing here?"""
    if rival := _compared_by(place, row, known, owners):
        return Verdict("drift", (rival.source,), f"{label(rival.source)}比较的是“{rival.figure.text}”")
    if rival := _other_span(place, row, text, known):
        return Verdict("drift", (rival.source,), f"起止时间与{label(rival.source)}不一致")
    if why := _out_of_tense(place, row, text, known, owners, planned, late):
        return Verdict("drift", (owners[0].source,), why)
    normal = place.figure.normal
    until = text.endswith(("截至", "截止", "截止到"), 0, place.figure.start)
    in_full = any(
        owner.source == BRIEF and (until or (normal[0] != "?" and owner.figure.normal == normal))
        for owner in owners
    )
    told = None if in_full else _told_with_another(place, row, text, known)
    if rival := told or _of_other_figures(place, row, known):
        why = f"此处所说的事项在{label(rival.source)}中的时间是“{rival.figure.text}”"
        return Verdict("drift", (rival.source,), why)
    sources = sorted({owner.source for owner in owners})
    said = sentence(text, place.figure)
    behind = text[place.figure.end :].partition("。")[2].partition("。")[0]
    around = features(f"{said} {behind}" if behind.startswith(_THAT_DAY) else said) - known.topic
    pairs = {feature for feature in around if len(feature) > 1}
    if (
        BRIEF in sources
        or not pairs
        or _HEADING.match(text)
        or any(pairs & known.features[source] for source in sources)
    ):
        return Verdict("supported", tuple(sources))
    days = {other.figure.normal for other in row if other is not place and other.figure.kind == "date"}
    days.discard(normal)
    given = (other for other in known.calendar if other.source in sources)
    if any(covers(other, day, known) for other in given for day in days) or _told_of(
        place, row, text, known
    ) & set(sources):
        return Verdict("supported", tuple(sources))
    if _told_next(place, row, known) & set(sources):
        return Verdict("supported", tuple(sources))
    if (planned or _plans(text, place.figure)) and any(
        _start(owner.figure, known) > known.end for owner in owners
    ):
        return Verdict("supported", tuple(sources))
    why = f"“{place.figure.text}”在{label(sources[0])}中说的是另一件事，请核对"
    return Verdict("drift", tuple(sources), why)


def _compared_by(
    place: Place, row: Sequence[Place], known: Knowledge, owners: Sequence[Place]
) -> Place | None:
    """The time that a fact compares by, where the text compares the fact's figure by another."""
    if not place.compared or any(owner.compared for owner in owners):
        return None
    behind = (
        other for other in row if other.figure.kind in NUMERIC and other.figure.start >= place.figure.end
    )
    first = next(behind, None)
    sources = {owner.source for owner in owners_of(first, known)} if first else set()
    return next(
        (
            other
            for other in known.calendar
            if other.compared and other.source in sources and level(other.figure) == level(place.figure)
        ),
        None,
    )


def lasting(place: Place, row: Sequence[Place], text: str, known: Knowledge) -> Verdict | None:
    """The verdict on a length of time that follows from two dates of the sentence (历时五个月) or from the
    years or months of the brief's period (五年来, 两个月里); None when it does not.
    """
    figure = place.figure
    if figure.unit not in ("日", "月", "年") or figure.value is None or figure.qualifier:
        return None
    years = sorted(int(year) for year in known.own_years)
    if re.match("多?(?:以来|来|间|里)", text[figure.end :]) or text.endswith("这", 0, figure.start):
        if years and figure.unit == "年":
            return Verdict("supported", (BRIEF,)) if figure.value in _lengths(years[-1] - years[0]) else None
        if figure.unit == "月" and figure.value in _own_months(known):
            return Verdict("supported", (BRIEF,))
    cue = alternation(words("measure_words")["lasting"])
    if not re.search(f"{cue}[^，。；]{{0,2}}$", text[: figure.start]):
        return None
    beside = [other.figure for other in _dates(row) if same_sentence(text, figure, other.figure)]
    ends = [end for one in beside for end in ends_of(one)]
    if len(ends) < 2:
        return None
    year = next((end[:4] for end in ends if end[0] != "?"), "2000")
    first, last = (_counted(end.replace("????", year), figure.unit) for end in (ends[0], ends[-1]))
    if first is None or last is None or figure.value not in _lengths(last - first):
        return None
    given = {
        other.source for other in known.calendar if any(covers(other, one.normal, known) for one in beside)
    }
    return Verdict("supported", tuple(sorted(given)), "由起止时间算得") if given else None


def _own_months(known: Knowledge) -> set[int]:
    """How many months the brief's period has."""
    parts = (place.figure.normal.split("-") for place in known.calendar if place.source == BRIEF)
    spans = [months(part[1]) for part in parts if len(part) == 2]
    return {last - first + 1 for first, last in spans if last > first}


def _lengths(apart: int) -> tuple[int, int]:
    """How long it is from one to another, with and without the first."""
    return apart, apart + 1


def _counted(end: str, unit: str) -> int | None:
    """A date's place in the count of days, months or years; None where it is not that fine."""
    parts = end.split("-")
    try:
        if unit == "年":
            return int(parts[0])
        month = int(parts[0]) * 12 + int(parts[1])
        return (
            month if unit == "月" else datetime.date(int(parts[0]), int(parts[1]), int(parts[2])).toordinal()
        )
    except (ValueError, IndexError):
        return None


@cache
def _cue(name: str) -> re.Pattern[str]:
    return re.compile(alternation(words("measure_words")["tense"][name]))


def _plans(text: str, figure: Figure) -> bool:
    """Whether the sentence of a time speaks of what is to be done."""
    return _cue("plan").search(_TITLE.sub("", sentence(text, figure))) is not None


def _out_of_tense(
    place: Place,
    row: Sequence[Place],
    text: str,
    known: Knowledge,
    owners: Sequence[Place],
    under_plans: bool,
    late: bool,
) -> str:
    """Why a whole year, half or quarter does not suit a sentence on what was done, or is to be done.

    `late` tells that the line stands in the second half of the text, where plans stand: there only words of
    what was done speak against a time to come. In the first half figures of other facts do, too.
    """
    figure = place.figure
    if not known.end or len(figure.normal.split("-")) > 2 or re.search(r"-\d", figure.normal):
        return ""
    if len(clause := plain(clause_of(text, figure))) >= VERBATIM and known.holding(clause):
        return ""
    start = _start(figure, known)
    plans = under_plans or _plans(text, figure)
    told_of = _told_of(place, row, text, known) if start > known.end and not (under_plans or late) else set()
    if told_of and not told_of & {owner.source for owner in owners}:
        return f"“{figure.text}”在报告期之后，此处所说的是另一件事"
    reports = not late or _cue("result").search(sentence(text, figure))
    if start > known.end and not plans and reports and not _like_a_fact(text, figure, owners):
        return f"“{figure.text}”在报告期之后，此处所说的不是打算"
    later = [
        place for place in known.calendar if place.source != BRIEF and _start(place.figure, known) > known.end
    ]
    planned = any(covers(place, figure.normal, known) for place in later)
    next_years = under_plans and figure.normal.startswith("?") and known.end % 12 >= LATE
    if next_years or _like_a_fact(text, figure, owners):
        return ""
    over = 0 < start <= known.end and not planned and (later or _next_part(known))
    if over and _leads_a_plan(_TITLE.sub("", text[figure.end :])):
        return f"“{figure.text}”在报告期之内，此处所说的是打算"
    return ""


def _leads_a_plan(behind: str) -> bool:
    """Whether the words behind a time make it the time of a plan: 2026年工作打算; 2026年，我镇将重点抓好…"""
    clause = re.split("[。；：！？]|[上下]半年|季度|明年", behind)[0][:LEAD]
    return _cue("plan_of").match(behind) is not None or _cue("plan_lead").search(clause) is not None


def _like_a_fact(text: str, figure: Figure, owners: Sequence[Place]) -> bool:
    said = pairs_of(features(sentence(text, figure)))
    return any(_share(pairs_of(owner.wide), said) >= WHOLE / 2 for owner in owners if owner.source != BRIEF)


def _start(figure: Figure, known: Knowledge) -> int:
    """The first month of a time, counted from the year 0; 0 where that is not known."""
    year, _, rest = figure.normal.partition("-")
    if not is_dated(figure):
        return 0
    if not year[:4].isdigit():
        if len(known.own_years) != 1:
            return 0
        year = next(iter(known.own_years))
    first = months(rest.split("-")[0])[0] if rest else 1
    return int(year[:4]) * 12 + first - 1


def _told_with_another(place: Place, row: Sequence[Place], text: str, known: Knowledge) -> Place | None:
    """The date of a fact that this sentence tells with another date of the same kind in its stead."""
    said = pairs_of(features(sentence(text, place.figure)))
    beside = [other for other in _dates(row) if same_sentence(text, place.figure, other.figure)]
    told_of = _told_of(place, row, text, known)
    told = [
        other
        for other in known.calendar
        if other.source != BRIEF
        and not other.compared
        and is_dated(other.figure)
        and _told(other, said, known)
        and (not told_of or other.source in told_of)
    ]
    if any(meets(place.figure.normal, other.figure.normal) for other in told):
        return None
    return next(
        (
            other
            for other in told
            if level(other.figure) == level(place.figure)
            and not all(
                any(meets(date.figure.normal, end) for date in beside) for end in ends_of(other.figure)
            )
        ),
        None,
    )


def _told_of(place: Place, row: Sequence[Place], text: str, known: Knowledge) -> set[str]:
    """The facts that the numbers of a time's sentence may be of."""
    return {
        owner.source
        for other in row
        if other.figure.kind in NUMERIC and same_sentence(text, place.figure, other.figure)
        for owner in owners_of(other, known)
    }


def _told_next(place: Place, row: Sequence[Place], known: Knowledge) -> set[str]:
    """The facts that the numbers behind a time in its line may be of, up to the next time."""
    behind = row[row.index(place) + 1 :]
    numbers = takewhile(lambda one: one.figure.kind not in CALENDAR, behind)
    return {its.source for one in numbers if one.figure.kind in NUMERIC for its in owners_of(one, known)}


def _other_span(place: Place, row: Sequence[Place], text: str, known: Knowledge) -> Place | None:
    """A date of the facts that begins or ends another span than this date does (4月15日至10月15日)."""
    spans = [
        (first, last)
        for first, last in pairwise(_dates(row))
        if _TO.fullmatch(text[first.figure.end : last.figure.start]) and place in (first, last)
    ]
    given = [
        (first, last)
        for first, last in pairwise(known.calendar)
        if first.source == last.source and 0 < last.figure.start - first.figure.end <= 2
    ]
    for span in spans:
        wanted = [place.figure.normal[5:] for place in span]
        told = [[place.figure.normal[5:] for place in other] for other in given]
        near = [other for other, ends in zip(given, told, strict=True) if set(ends) & set(wanted)]
        if near and wanted not in told:
            return near[0][0]
    return None


def _dates(row: Sequence[Place]) -> Iterator[Place]:
    yield from (other for other in row if other.figure.kind in CALENDAR and is_dated(other.figure))


def _share(wanted: frozenset[str], said: frozenset[str]) -> float:
    return len(wanted & said) / len(wanted) if wanted else 0.0


def _told(date: Place, said: frozenset[str], known: Knowledge) -> bool:
    """Whether a sentence holds the words beside a fact's date, or much of all that the fact says of it."""
    near, whole = pairs_of(date.words) - known.topic, pairs_of(date.wide) - known.topic
    return (len(near) >= LEAST_NEAR and _share(near, said) >= NEAR) or _share(whole, said) >= WHOLE


def _of_other_figures(place: Place, row: Sequence[Place], known: Knowledge) -> Place | None:
    """The date, with another year, that a fact gives for the figure which this one governs in the text."""
    year = place.figure.normal[:4]
    if not year.isdigit() or place.compared or "~" in place.figure.normal[:6]:
        return None
    governed = (
        other for other in row if other.figure.kind in NUMERIC and other.figure.start >= place.figure.end
    )
    first = next(governed, None)
    its = owners_of(first, known) if first and first.when == year else []
    if not its or any(owner.when in ("", year) for owner in its):
        return None
    dates = (date for date in known.calendar if date.source == its[0].source)
    return next((date for date in dates if date.figure.normal[:4] == its[0].when), None)


def _judge_wording(figure: Figure, known: Knowledge) -> Verdict:
    """Five-year plans, «every month», times of day, «year by year»."""
    sources = {other.source for other in known.calendar if other.figure.normal == figure.normal}
    sources |= known.holding(figure.normal) if figure.kind == "period" else set()
    if every := _EVERY.fullmatch(figure.normal):
        span = "[日天]" if every[1] in "日天" else every[1]
        begins, ends = r"(?:^|[，、；：（\s]|[人户]均)", "(?:均|补|薪|租|收|销|产|工资|增收)"
        averaged = rf"{begins}{span}(?=[\u4e00-\u9fff])|{span}{ends}|/{span}"
        sources |= known.matching(re.compile(f"每{span}|{averaged}"))
    plan = words("idioms")["plans"].get(figure.normal)
    if not sources and plan and any(plan[0] - 1 <= int(year) <= plan[1] + 1 for year in known.years):
        sources = {BRIEF}
    if sources:
        return Verdict("supported", tuple(sorted(sources)))
    return Verdict("unsupported", (), "没有事实支持这个时间")
