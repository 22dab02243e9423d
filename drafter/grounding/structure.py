"""The document counting itself: «以下四个方面» is right when four follow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from drafter.grounding.bodies import ends_like_a_body
from drafter.grounding.lexicon import alternation, words
from drafter.grounding.page import Figure
from drafter.grounding.verdicts import Verdict

_POINTING = re.compile(
    r"(?:以下|如下|下列|下面|上面|上述|以上|这|主要(?:体现|表现)在|分为|从)[^，。；：]{0,6}$"
)
_ORDINALS = "一二三四五六七八九十"
_SERIES = (
    tuple(f"{ordinal}是" for ordinal in _ORDINALS),
    tuple(f"（{ordinal}）" for ordinal in _ORDINALS),
    tuple(f"其{ordinal}，" for ordinal in _ORDINALS),
    tuple(f"第{ordinal}，" for ordinal in _ORDINALS),
    tuple(f"第{ordinal}条，" for ordinal in _ORDINALS),
    tuple(f"{ordinal}、" for ordinal in _ORDINALS),
    tuple(f"{number}." for number in range(1, 11)),
)
_BY_ONE_WORD = re.compile("(?:^|[，。；：！？\n])一([\u4e00-\u9fff])")
"""The first item of a series whose items begin with one more word: 一要…二要…, 一抓…二抓…."""
_STEPS = ("首先", "其次", "再次", "最后")
_SIDES = ("一方面", "另一方面")
_KINDS = re.compile("[种类样]")
_ADDED = re.compile("相加|合计|加起来|合起来|相抵|叠加")
_CLAUSE = re.compile("[，。；：！？（）]")
_MEASURED = re.compile("项(?:指标|数据)")
_MEMBERS = re.compile("家(?:单位|企业|公司|医院|学校)|个(?:单位|部门|科室)")
_RUN = re.compile(r"(?:[^，。；：！？（）、\d]+、)+[^，。；：！？（）、\d]+")
_REACH = 40


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(alternation(words("measure_words")["structural"]))


def count(figure: Figure, line: str, number: int, lines: Sequence[str]) -> Verdict | None:
    """The verdict on a count of the document's own items; None when the figure counts something else.

    Counted are the items that follow (以下四个方面：一是…), those just listed (生产、流通、餐饮三个环节),
    those named twice (…资金…，…资金…，两项资金), bodies that the sentence lists (教育局、住建局，两家单位)
    and those of the paragraph before (以上两个方面).
    """
    numeral = re.match(r"[\d一二三四五六七八九十两]+(?=[\u4e00-\u9fff])", figure.text)
    if figure.kind != "quantity" or figure.qualifier or figure.value is None or not numeral:
        return None
    before, behind = line[: figure.start], line[figure.start + numeral.end() :]
    named = _named(before, line[figure.end : figure.end + 2])
    added = figure.value == 2 and _ADDED.match(line, figure.end)
    in_words, counted = not figure.text[0].isdecimal(), _counted().match(behind) is not None
    listed = _listed(before, kinds=_KINDS.match(behind) is not None)
    if (in_words or before.endswith("这")) and (1 < figure.value <= listed or figure.value in named or added):
        return Verdict("structural")
    said, colon, listing = behind.partition("：")
    if in_words and colon and not _CLAUSE.search(said):
        items = len(re.split("[；;]", listing.split("。")[0]))
        if figure.value == items:
            return Verdict("structural")
    below = "\n".join(lines[number + 1 : number + 1 + _REACH])
    if in_words and (
        1 < figure.value == _items(_next_sentence(behind, below))
        or (_MEMBERS.match(behind) and figure.value in _members(before))
        or (_MEASURED.match(behind) and figure.value in _measured(before))
    ):
        return Verdict("structural")
    pointed = _POINTING.search(before) is not None
    if not counted and not pointed:
        return None
    items = _items(f"{line[figure.end :]}\n{below}")
    above = _items("\n".join((*lines[max(0, number - 1) : number], before)))
    if figure.value in (items, above):
        return Verdict("structural")
    if pointed and items and counted:
        return Verdict("unsupported", (), f"文中写“{figure.text}”，实际列出{items}项")
    return None


@cache
def _slogan() -> re.Pattern[str]:
    counters = alternation(words("idioms")["slogan_counters"])
    return re.compile(f"[二两三四五六七八九十]{counters}{alternation(words('idioms')['slogan_nouns'])}")


def is_slogan(figure: Figure, line: str) -> bool:
    """Whether a count in a Chinese numeral counts nothing that could be counted (做到三个到位)."""
    return _slogan().match(line, figure.start) is not None


def _next_sentence(behind: str, below: str) -> str:
    """What follows the clause of a count (三个到位。一是…) in its line, or when it ends the line, below it,
    where an enumeration begins right there; else nothing.
    """
    rest = _CLAUSE.split(behind, maxsplit=1)[-1] or below
    return rest if rest.startswith((_SIDES[0], *(series[0] for series in _SERIES))) else ""


def _listed(before: str, *, kinds: bool) -> int:
    """How many words joined by 、 stand right before a count, in its clause, or where it counts kinds and
    begins its clause, in the one before (铜锣和报警器，两种器材).
    """
    *_, last, this = ["", *_CLAUSE.split(before)]
    words_before = this or (last if kinds else "")
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


def _measured(before: str) -> set[int]:
    """How many clauses of a sentence give a figure, up to a place in it; if none does, how many sentences."""
    *sentences, last = re.split("[。；！？]", before)
    clauses = sum(re.search(r"\d", clause) is not None for clause in last.split("，"))
    if clauses:
        return {clauses}
    told = [re.search(r"\d", one) is not None for one in reversed(sentences)]
    return set(range(2, [*told, False].index(False) + 1))


def _named(before: str, noun: str) -> set[int]:
    """How often the noun that a count is followed by was named: in the sentence, or if never in it, in the
    one before, or in the whole line.
    """
    if len(noun) != 2:
        return set()
    *_, last, this = ["", *re.split("[。；！？]", before)]
    return {this.count(noun) or last.count(noun), before.count(noun)} - {0}


def _by_one_word(text: str) -> Iterator[tuple[str, ...]]:
    for word in dict.fromkeys(_BY_ONE_WORD.findall(text)):
        if re.search(f"[，。；：！？\n]二{word}", text):
            yield tuple(f"{ordinal}{word}" for ordinal in _ORDINALS)


def _items(text: str) -> int:
    """How many items the first enumeration behind a place lists."""
    firsts = [
        (text.find(series[0]), series) for series in (*_SERIES, *_by_one_word(text)) if series[0] in text
    ]
    steps = sum(step in text for step in _STEPS)
    if not firsts and text.startswith(("：", ":")):
        return len(re.split("[；;]", text.split("。")[0]))
    if not firsts:
        return steps if "首先" in text else 2 if all(side in text for side in _SIDES) else 0
    place, series = min(firsts, key=lambda pair: pair[0])
    listed = 0
    for item in series:
        place = text.find(item, place)
        if place < 0:
            break
        listed += 1
    return listed
