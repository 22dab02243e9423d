"""Whether a name, a title, a body or a date in a text is one of the brief's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from drafter.grounding.bodies import called, is_general, is_kind, place_letter, tail
from drafter.grounding.echoes import echoes, misprints
from drafter.grounding.knowledge import Knowledge
from drafter.grounding.lexicon import alternation, idiom_pattern, words
from drafter.grounding.names import plain
from drafter.grounding.ownnames import OwnNames, near_short
from drafter.grounding.page import NUMERIC, Figure
from drafter.grounding.shortforms import introductions, meant, shortens
from drafter.grounding.slips import bare_slips, inspections, slips
from drafter.grounding.verdicts import BRIEF, Verdict, label

CLOSE, CLOSE_TO_COMMON = 0.5, 0.7
SMALL_NAME, LONG_NAME = 3, 6
"""Letters of a name: with so many at most it may stand by chance, with so many a numeral is a part of it."""
NAMING_REACH = 6
"""Characters between a verb that gives a name and the name."""
_LEFT_OUT = re.compile("[型式制化版]|之.")
"""What a name is left without (“双师” for “双师型”, “熊猫血” for “熊猫血之家”)."""
_SHORT_TITLE = re.compile(
    r"(?:通知|方案|意见|规定|办法|条例|规划|规划纲要|纲要|规则|细则|报告|要点|决定|通报|公报|标准|指南|纲要草案)"
)
_PURPOSE = re.compile("工作|专项|整治|治理|整改|行动")
_COUNTED = re.compile(r"[共有达约近]?[\d,.]+余?[个家所支处批]")
_SMALL_BODY = re.compile(r"(?:工作)?(?:领导小组(?:办公室)?|工作专班|专班|办公室|指挥部)$")


def judge_name(figure: Figure, text: str, known: Knowledge, short: frozenset[str]) -> Verdict | None:
    """The verdict on a 《title》 or a “name” in `text` (one line); None for a phrase that is everybody's."""
    listed = known.titles if figure.kind == "title" else known.names
    if figure.kind == "name" and (slip := _slip(figure.normal, words("idioms")["plans"])):
        return Verdict("unsupported", (), f"没有事实提到这个名称，规划的名称是“{slip}”")
    sources = listed.get(figure.normal) or known.holding(figure.normal, whole_names=True)
    if not sources and figure.kind == "name":
        sources = known.titles.get(figure.normal, set())
    if sources:
        return Verdict("supported", tuple(sorted(sources)))
    if figure.normal in short:
        return Verdict("supported", (BRIEF,))
    if figure.kind == "title" and _SHORT_TITLE.fullmatch(figure.normal):
        longer = {source for title, ids in listed.items() if title.endswith(figure.normal) for source in ids}
        if longer:
            return Verdict("supported", tuple(sorted(longer)))
    if figure.kind == "title":
        return _closest(figure, listed, CLOSE) or Verdict("unsupported", (), "没有事实提到这个名称")
    return _judge_quoted(figure, text, known)


def _judge_quoted(figure: Figure, text: str, known: Knowledge) -> Verdict | None:
    """The verdict on a “name” in `text` that the brief does not hold.

    It is unsupported unless it is everybody's (a common phrase of idioms.yaml) or no name at all.
    """
    if len(figure.normal) == 1:
        return None
    if figure.normal in _phrases() or idiom_pattern().fullmatch(figure.normal):
        return _closest(figure, known.names, CLOSE_TO_COMMON) if len(figure.normal) > 2 else None
    if shortened := next((name for name in known.names if _cuts_short(figure.normal, name)), ""):
        return Verdict("supported", tuple(sorted(known.names[shortened])))
    if text.endswith(tuple(words("idioms")["figurative"]["verbs"]), 0, figure.start):
        return None
    if close := _closest(figure, known.names, CLOSE):
        return close
    if slip := _slip(figure.normal, known.names):
        sources = tuple(sorted(known.names[slip]))
        return Verdict("drift", sources, f"名称与{label(sources[0])}不一致，原文为“{slip}”")
    if _figurative(figure, text):
        return None
    if slip := _slip(figure.normal, _phrases()):
        return Verdict("unsupported", (), f"没有事实提到这个名称，通行的说法是“{slip}”")
    return Verdict("unsupported", (), "没有事实提到这个名称")


def _cuts_short(short: str, name: str) -> bool:
    return name.startswith(short) and _LEFT_OUT.fullmatch(name[len(short) :]) is not None


@cache
def _turn() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands between two quoted phrases that name nothing: behind the first, before the second."""
    turn = alternation(words("idioms")["figurative"]["turns"])
    return re.compile(f"{turn}“[^”]{{1,12}}”"), re.compile(f"“[^”]{{1,12}}”{turn}$")


@cache
def _naming() -> tuple[re.Pattern[str], re.Pattern[str]]:
    listed = words("idioms")["naming"]
    verb = f"{alternation(listed['before'])}[^，。；：！？“”]{{0,{NAMING_REACH}}}$"
    return re.compile(alternation(listed["behind"])), re.compile(verb)


def _named(figure: Figure, text: str) -> bool:
    """Whether the words round a quoted phrase make it a name: 打造“…”, “…”行动."""
    behind, before = _naming()
    held = re.search(r"[\dA-Za-z]", figure.normal)
    return bool(held or behind.match(text, figure.end) or before.search(text[: figure.start]))


def _figurative(figure: Figure, text: str) -> bool:
    """Whether quotation marks set off a way of speaking: «人找政策» into «政策找人», 让方志«活起来»."""
    behind, before = _turn()
    endings = tuple(words("idioms")["figurative"]["endings"])
    paired = behind.match(text, figure.end) or before.search(text[: figure.start])
    if re.fullmatch("|".join(words("idioms")["figurative"]["slogans"]), figure.text.strip('“”"')):
        return True
    return bool(paired) or figure.normal.endswith(endings) or not _named(figure, text)


def _slip(name: str, listed: Iterable[str]) -> str:
    """The first of the listed names that `name` is with a letter wrong; empty when there is none."""
    return next((other for other in listed if other != name and _one_letter_off(name, other)), "")


def _one_letter_off(one: str, other: str) -> bool:
    """Whether two phrases of three letters or more differ by one letter, changed, lost or added."""
    short, long = sorted((one, other), key=len)
    if len(long) < 3 or len(long) - len(short) > 1:
        return False
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    return any(short == long[:place] + long[place + 1 :] for place in range(len(long)))


@cache
def _phrases() -> frozenset[str]:
    return frozenset(plain(phrase) for phrase in (*words("idioms")["phrases"], *words("idioms")["plans"]))


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


def judge_body(
    figure: Figure, text: str, known: Knowledge, topic: str, short: frozenset[str]
) -> Verdict | None:
    """The verdict on a named body in `text` (one line).

    The name has to be a known one in full, without its place, in its official short form or in one that the
    text introduces; words before it must not be letters of another name. None for an unknown kind of body
    (薄弱学校; 调解委员会143个).
    """
    name = plain(figure.normal)
    names = {
        name,
        *called(text, figure.end, known.bodies),
        tail(name, known.full_names),
    } & known.bodies.keys()
    sources = {source for known_name in names for source in known.bodies[known_name]}
    sources |= _working_body(name, known, topic)
    if not sources and any(name.endswith(form) for form in short):
        sources = {BRIEF}
    if not sources:
        sources = {
            source
            for full in known.full_names
            if shortens(name, full) and len(name) > 3
            for source in known.bodies[full]
        }
    if sources:
        return Verdict("supported", tuple(sorted(sources)))
    if is_kind(figure.normal) or _COUNTED.match(text, figure.end):
        return None
    return Verdict("unsupported", (), "没有事实提到这个机构")


def misintroduced(text: str, figures: Sequence[Figure], lines: Sequence[str]) -> list[tuple[Figure, Verdict]]:
    """The short forms that a line introduces and that cannot be made of the full name's letters, or that the
    document, of these `lines`, uses with a letter more instead.
    """
    wrong = []
    for one in introductions(text):
        there = next(
            (figure for figure in figures if figure.start <= one.start and one.end <= figure.end), None
        )
        used = meant(one, "\n".join(lines)) if one.fits else ""
        if used or not one.fits:
            figure = there or Figure("name", one.start, one.end, text[one.start : one.end], normal=one.short)
            why = f"下文用的简称是“{used}”" if used else f"简称与全称“{one.full}”不一致"
            wrong.append((figure, Verdict("unsupported", (), why)))
    return wrong


def misspelt(
    text: str, figures: Sequence[Figure], known: Knowledge, short: frozenset[str], own: OwnNames
) -> list[tuple[Figure, Verdict]]:
    """The brief's own bodies with one letter wrong (市应急管埋局), whatever their names end in.

    `own` holds what the text calls them in short.
    """
    found: list[tuple[Figure, Verdict]] = []
    held = [figure for figure in figures if figure.kind != "body"]
    seeming = {figure for figure in held if figure.kind in NUMERIC and not re.search("[0-9]", figure.text)}
    bodies = [figure for figure in figures if figure.kind == "body"]
    wrong = [
        *slips(text, own.names),
        *echoes(text, known.stems),
        *misprints(text, known.runs),
        *near_short(text, known.official),
    ]
    wrong += inspections(text) if own.holds("自查") else ()
    for start, end, name in sorted(wrong, key=lambda slip: slip[0] - slip[1]):
        written = text[start:end]
        inside = seeming if len(written) >= LONG_NAME else set()
        free = all(end <= figure.start or figure.end <= start or figure in inside for figure in held)
        other = written[-2:] != name[-2:] and written[-2:] in words("bodies")["kinds_of_two"]
        small = len(written) <= SMALL_NAME
        copied = any(stem.endswith(written) for stem, _ in known.stems) if small else known.holding(written)
        copied = copied or any(_is_short(written, full) for full in known.official)
        right = (
            copied
            or other
            or is_general(written)
            or written in known.bodies
            or written in short
            or written in own.short
        )
        # A known name that reaches up to the wrong letter is right, and the letter before it another word's.
        least = len(written) - (written[0] != name[0])
        whole = any(len(one) >= least for one in called(text, end, known.bodies))
        cut = any(
            one.start < end < one.end and (one.start != start or one.normal in known.bodies) for one in bodies
        )
        if free and not right and not cut and not whole:
            sources = known.bodies.get(name) or known.holding(name) or {BRIEF}
            why = f"名称与{label(min(sources))}不一致，应为“{name}”"
            verdict = Verdict("drift", tuple(sorted(sources)), why)
            found.append((Figure("body", start, end, text[start:end], normal=text[start:end]), verdict))
            held.append(found[-1][0])
    for start, end, name in bare_slips(text, own.bare):
        free = all(end <= figure.start or figure.end <= start for figure in held)
        if free and not known.holding(text[start:end]) and not own.holds(text[start:end]):
            verdict = Verdict("drift", (BRIEF,), f"单位的自称有误，应为“{name}”")
            found.append((Figure("body", start, end, text[start:end], normal=text[start:end]), verdict))
    return found


def _is_short(written: str, full: str) -> bool:
    """Whether letters make a short form of a body's name behind its place (景区管委会)."""
    letter, rest = place_letter(full)
    return shortens(written.removeprefix(letter), rest)


def _working_body(name: str, known: Knowledge, topic: str) -> set[str]:
    """A leading group named by the brief's own topic is the one that a fact sets up without naming it."""
    ending = _SMALL_BODY.search(name)
    if not ending or not topic:
        return set()
    rest = _PURPOSE.sub("", name[: ending.start()].replace(plain(topic), ""))
    return known.holding(ending[0].removeprefix("工作")) - {BRIEF} if not rest else set()


def judge_placeholder(figure: Figure, known: Knowledge) -> Verdict:
    """A placeholder is right only where the brief itself has it."""
    sources = known.holding(plain(figure.text))
    if sources:
        return Verdict("supported", tuple(sorted(sources)))
    return Verdict("unsupported", (), "占位符没有替换成实际内容")
