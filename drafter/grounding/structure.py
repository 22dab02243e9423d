"""The document counting itself: «以下四个方面» is right when four follow."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache

from drafter.grounding.bodies import ends_like_a_body
from drafter.grounding.context import Place
from drafter.grounding.figures import read
from drafter.grounding.lexicon import alternation, words
from drafter.grounding.page import NUMERIC, Figure
from drafter.grounding.verdicts import Verdict

_POINTING = re.compile(
    r"(?:如下|下列|下面|上面|上述|(?<![\d万亿%]\S)(?<!\d)以[下上]|这|主要(?:体现|表现)[在为]|分为|从(?!业|事))[^，。；：]{0,6}$"
)
_ABOVE = re.compile("(?:上面|上述|以上)[^，。；：]{0,6}$")
_ORDINALS = "一二三四五六七八九十"
_SERIES = (
    tuple(f"{ordinal}是" for ordinal in _ORDINALS),
    tuple(f"（{ordinal}）" for ordinal in _ORDINALS),
    tuple(f"其{ordinal}，" for ordinal in _ORDINALS),
    tuple(f"第{ordinal}，" for ordinal in _ORDINALS),
    tuple(f"第{ordinal}条，" for ordinal in _ORDINALS),
    tuple(f"{ordinal}、" for ordinal in _ORDINALS),
    *(tuple(f"{number}{mark}" for number in range(1, 11)) for mark in ".．、"),
)
_BY_ONE_WORD = re.compile("(?:^|[，。；：！？\n])(第?)一([\u4e00-\u9fff])")
"""The first item of a series whose items begin with one more word: 一要…二要…, 第一种…第二种…."""
_STEPS = ("首先", "其次", "再次", "最后")
_SIDES = re.compile("一(方面|[个种类项条处家])(?s:.*?)另一\\1")
_KINDS = re.compile("[种类样]")
_ADDED = re.compile("相加|合计|加起来|合起来|相抵|叠加")
_CLAUSE = re.compile("[，。；：！？（）]")
_PAPERS = re.compile("[项个份部](?:新的?|配套)?(?:制度|办法|文件|规定|方案|标准|规范|预案|细则)")
_IN_ALL = re.compile("[合共总]计?")
_MEASURED = re.compile("项(?:指标|数据)")
_HAN = re.compile("[\u4e00-\u9fff]{2}")
_PARTIES = re.compile("家|个(?:单位|部门)")
_WITH = re.compile("(?:[我本]..?(?:与|同|和|跟)|联合|会同)([^，。；]*)")
_ASIDE = re.compile("（[^（）]*）")
_MEMBERS = re.compile("家(?:单位|企业|公司|医院|学校)|个(?:单位|部门|科室)")
_RUN = re.compile(r"(?:[^，。；：！？（）、\d]+、)+[^，。；：！？（）、\d]+")
_LASTING = (*"年月天日周时分秒岁次度", "分钟", "小时")
"""What a count that is parallel to nothing is of."""
_HANDING_ON, _FEW = tuple("的由把将对被哪那这"), "两三四五六七八九十"
_COUNTED_BASES = {"人", "日", "月", "张"}
"""Bases of measures that items are counted by as well."""
_LATELY = 3
"""Sentences over which a count reaches back."""
_OPENINGS = ("", *"。；！？：")
_THESE = ("这", "这些", "那", "上述")
_BEING = re.compile("(?:[都均就正也]?是|[成作]?为|构成|组成)")
_REACH = 40


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(alternation(words("measure_words")["structural"]))


def count(figure: Figure, line: str, number: int, lines: Sequence[str], *, parallel: bool) -> Verdict | None:
    """The verdict on a count of the document's own items; None when the figure counts something else.

    Counted are the items that follow (以下四个方面：一是…), those just listed (生产、流通、餐饮三个环节),
    those named twice (…资金…，…资金…，两项资金), bodies that the sentence lists (教育局、住建局，两家单位)
    and those of the paragraph before (以上两个方面); with `parallel` whatever the last sentences name side by
    side. An ordinal that begins a sentence (第一本是经营账) counts the text's own items.
    """
    numeral = re.match(r"第?[\d一二三四五六七八九十两]+(?=[\u4e00-\u9fff])", figure.text)
    if figure.kind not in ("quantity", "ordinal") or figure.qualifier or figure.value is None or not numeral:
        return None
    if figure.unit in words("measure_words")["measures"].keys() - _COUNTED_BASES:
        return None
    before, behind = line[: figure.start], line[figure.start + numeral.end() :]
    below = "\n".join(filter(None, lines[number + 1 : number + 1 + _REACH]))
    in_words = _in_words(figure)
    if (in_words or before.endswith("这")) and _just_named(figure.value, before, behind, line[figure.end :]):
        return Verdict("structural")
    opens = figure.kind == "ordinal" and before[-1:] in _OPENINGS
    parallel = parallel and not figure.unit.endswith(_LASTING)
    if in_words and (
        opens
        or (parallel and _named_lately(figure.value, before))
        or _told_beside(figure.value, before, behind, below)
        or (_PAPERS.match(behind) and figure.value in _titled((*lines[:number], before)))
    ):
        return Verdict("structural")
    if figure.value == 1:
        return None
    return _of_items(figure, line, number, lines, f"{line[figure.end :]}\n{below}", behind)


def _just_named(value: Fraction, before: str, behind: str, rest: str) -> bool:
    """Whether a count is of the words joined right before it, or of what its noun names so often; `behind`
    begins with the count's unit, `rest` behind it.
    """
    noun = rest[:2]
    named = _named(before, noun) | ({_following(behind).count(noun)} if _HAN.match(noun) else set())
    added = value == 2 and _ADDED.match(rest) is not None
    return 1 < value <= _listed(before, kinds=_KINDS.match(behind) is not None) or value in named or added


def _named_lately(value: Fraction, before: str) -> bool:
    """Whether a count is of all that the last sentences name side by side, or of some of it (前两项)."""
    lately = _parallels(before)
    return value in lately or (before[-1:] in ("前", "后") and value < max(lately, default=0))


def _told_beside(value: Fraction, before: str, behind: str, below: str) -> bool:
    """Whether a count is of what a colon lists or an enumeration in the next sentence, or of the bodies or
    figures that the sentence names.
    """
    said, colon, listing = behind.partition("：")
    listed = {listing.split("。")[0].count(mark) + 1 for mark in "；，、"}
    return (
        (colon != "" and not _CLAUSE.search(said) and 1 < value in listed)
        or 1 < value == _items(_next_sentence(behind, below))
        or (_MEMBERS.match(behind) is not None and value in _members(before))
        or (_PARTIES.match(behind) is not None and value in _parties(before, behind))
        or (_MEASURED.match(behind) is not None and value in _measured(before))
        or value == _shared_out(behind)
        or (value == 2 and "前者" in before and "后者" in before)
    )


def _of_items(
    figure: Figure, line: str, number: int, lines: Sequence[str], rest: str, behind: str
) -> Verdict | None:
    """The verdict on a count that points at an enumeration, or whose noun is one that documents count; `rest`
    is what follows it in its line and in those below.
    """
    before = line[: figure.start]
    pointed, counted = _POINTING.search(before) is not None, _counted().match(behind) is not None
    if not pointed and not (counted and _in_words(figure)):
        return None
    items = _items(rest)
    above = _items("\n".join((*lines[max(0, number - 1) : number], before)))
    far = (
        _listed_above("\n".join(lines[max(0, number - _REACH) : number])) if _ABOVE.search(before) else set()
    )
    if figure.value in {items, above, _items(line[figure.end :]), *far} or (
        _in_words(figure) and counted and figure.value in _parallels(_following(behind))
    ):
        return Verdict("structural")
    if pointed and counted and _items("\n".join(rest.split("\n")[:2])):
        return Verdict("unsupported", (), f"文中写“{figure.text}”，实际列出{items}项")
    return None


def _in_words(figure: Figure) -> bool:
    return re.search(r"\d", figure.text) is None


def antecedent(place: Place, row: Sequence[Place], line: str) -> Place | None:
    """The figure of the line that one behind 这 says again (剩余13个。这13个…); in words it may count by
    another unit (两个主力…这两处).
    """
    figure = place.figure
    if figure.value is None or not line.endswith(_THESE, 0, figure.start):
        return None
    for one in reversed(row[: row.index(place)]):
        same = one.figure.value == figure.value and one.figure.qualifier == figure.qualifier
        if same and (_in_words(figure) or one.figure.unit == figure.unit):
            return one
    return None


@cache
def _slogan() -> re.Pattern[str]:
    counters = alternation(words("idioms")["slogan_counters"])
    return re.compile(f"[二两三四五六七八九十]{counters}{alternation(words('idioms')['slogan_nouns'])}")


def is_slogan(figure: Figure, line: str) -> bool:
    """Whether a count in a Chinese numeral counts nothing that could be counted (做到三个到位)."""
    return _slogan().match(line, figure.start) is not None


def hands_on(figure: Figure, line: str) -> bool:
    """Whether a count in a Chinese numeral can only mean what is known: behind a word that hands on what was
    named (新出台的两项制度), before a figure of speech (三个“硬骨头”), or two where a clause begins (两座库).
    """
    before, behind = line[: figure.start], line[figure.end :]
    begins = not before or _CLAUSE.search(before[-1]) is not None
    if figure.text[0] not in _FEW or figure.qualifier:
        return False
    return behind.startswith("“") or (
        _HAN.match(behind) is not None
        and (before.endswith(_HANDING_ON) or (begins and figure.text.startswith("两")))
    )


def _next_sentence(behind: str, below: str) -> str:
    """What follows the clause of a count (三个到位。一是…) in its line, or when it ends the line, below it,
    where an enumeration begins right there; else nothing.
    """
    rest = _CLAUSE.split(behind, maxsplit=1)[-1] or below
    begins = rest.startswith(tuple(series[0] for series in _SERIES)) or _SIDES.match(rest)
    return rest if begins else ""


def _following(behind: str) -> str:
    """The sentence behind a count's own (主要集中在三个方面。其中，…)."""
    return behind.partition("。")[2].partition("。")[0]


def _listed(before: str, *, kinds: bool) -> int:
    """How many words joined by 、 stand right before a count, in its clause, or where it counts kinds and
    begins its clause, or says what they are, in the one before (铜锣和报警器，两种器材; …，是两个主力).
    """
    *_, last, this = ["", *_CLAUSE.split(before)]
    words_before = last if _BEING.match(this) or (kinds and not this) else this
    if re.search(r"\d", words_before):
        return 0
    return len(re.split("、|以及|[和及与]", words_before))


def _members(before: str) -> set[int]:
    """How many bodies the lists of a sentence have, up to a place in it."""
    runs = _RUN.findall(re.split("[。；！？]", before)[-1])
    runs = [run for run in runs if ends_like_a_body(run.partition("、")[0])]
    counts = {run.count("、") + 1 for run in runs}
    return counts | {
        run.count("、") + 2 for run in runs if re.search("以及|[和及与]", run.rsplit("、", 1)[1])
    }


def _parties(before: str, behind: str) -> set[int]:
    """How many bodies the sentence of a count names before it, with the sentence before, or behind it; the
    unit is one more where it acts with them (我局与县水利局会商。两家还…).
    """
    *_, last, this = ["", *re.split("[。；！？]", _ASIDE.sub("", before))]
    counts = set()
    for said in (this, f"{last}。{this}", _ASIDE.sub("", behind).partition("。")[0]):
        named = len({one.text for one in read(said) if one.kind == "body"})
        counts |= {named + (_WITH.search(said) is not None) if named else 0}
    counts |= {len(re.split("、|以及|[和与及]", others)) + 1 for others in _WITH.findall(before)}
    return counts - {0, 1}


def _parallels(before: str) -> set[int]:
    """How many titles, names, figures, or words joined by 、 the last one, two or three sentences hold."""
    counts: set[int] = set()
    sentences = re.split("[。；！？]", before)
    for first in range(max(0, len(sentences) - _LATELY), len(sentences)):
        said = "。".join(sentences[first:])
        kinds = Counter[str](one.kind for one in read(said))
        counts |= {kinds["title"], kinds["name"], sum(kinds[kind] for kind in NUMERIC)}
        counts |= {run.count("、") + 1 for run in _RUN.findall(said)}
    return counts - {0, 1}


def _measured(before: str) -> set[int]:
    """How many clauses of a sentence give a figure, up to a place in it; if none does, how many sentences."""
    *sentences, last = re.split("[。；！？]", before)
    clauses = sum(re.search(r"\d", clause) is not None for clause in last.split("，"))
    if clauses:
        return {clauses}
    told = [re.search(r"\d", one) is not None for one in reversed(sentences)]
    return set(range(2, [*told, False].index(False) + 1))


def _shared_out(behind: str) -> int:
    """How many clauses behind 其中 in a count's sentence give a figure, a total's aside (两座水厂，其中…)."""
    among = behind.partition("。")[0].partition("其中")[2]
    clauses = re.split("[，；、]", among)
    return sum(re.search(r"\d", one) is not None and not _IN_ALL.match(one) for one in clauses)


def _titled(lines: Sequence[str]) -> set[int]:
    """How many titles the sentences of lines hold that hold any."""
    return {one.count("《") for line in lines for one in re.split("[。；！？]", line)} - {0, 1}


def _named(before: str, noun: str) -> set[int]:
    """How often the noun that a count is followed by was named: in the sentence, or if never in it, in the
    one before, or in the whole line.
    """
    if len(noun) != 2:
        return set()
    *_, last, this = ["", *re.split("[。；！？]", before)]
    return {this.count(noun) or last.count(noun), before.count(noun)} - {0}


def _by_one_word(text: str) -> Iterator[tuple[str, ...]]:
    for lead, word in dict.fromkeys(_BY_ONE_WORD.findall(text)):
        if re.search(f"[，。；：！？\n]{lead}二{word}", text):
            yield tuple(f"{lead}{ordinal}{word}" for ordinal in _ORDINALS)


def _items(text: str) -> int:
    """How many items the first enumeration behind a place lists."""
    firsts = [
        (text.find(series[0]), series) for series in (*_SERIES, *_by_one_word(text)) if series[0] in text
    ]
    steps = sum(step in text for step in _STEPS)
    if not firsts and text.startswith(("：", ":")):
        return len(re.split("[；;]", text.split("。")[0]))
    if not firsts and steps:
        return steps + ("首先" not in text)
    if not firsts:
        return 2 if _SIDES.search(text) else 0
    place, series = min(firsts, key=lambda pair: pair[0])
    return _run(text[place:], series)


def _run(text: str, series: Sequence[str]) -> int:
    """How many items of a series follow each other in a text that begins with the first, before another."""
    place, end = 0, text.find(series[0], 1)
    for listed, item in enumerate(series):
        place = text.find(item, place, end if end > 0 and listed else None)
        if place < 0:
            return listed
    return len(series)


def _listed_above(text: str) -> set[int]:
    """How many items the last enumeration of each kind lists in what stands before a place."""
    kinds = [series for series in (*_SERIES, *_by_one_word(text)) if series[0] in text]
    return {_run(text[text.rindex(series[0]) :], series) for series in kinds}
