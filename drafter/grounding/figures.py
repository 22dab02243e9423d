"""The figure reader: what in a Chinese official text has to be true of something outside it.

Quantities, shares, money, dates and periods, 《titles》, “names”, document numbers, named bodies and
placeholders, each with its exact span. Enumerations, idioms and slogans are none (idioms.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import takewhile

from drafter.grounding import bodies, names, quantities, times
from drafter.grounding.lexicon import qualifiers
from drafter.grounding.numerals import CHINESE, fold
from drafter.grounding.page import NUMERIC, Figure, Kind, Page

__all__ = ["NUMERIC", "Figure", "Kind", "read"]

LONGEST = 40
"""Letters a numeral may have; a longer run of them is no figure, and would cost the square of its length."""
_BRACKETS = re.compile("[（(][^（）()]*[）)]")
_DAY_ALONE, _WORD = re.compile(r"(\d{1,2})日"), re.compile("[\u4e00-\u9fff]")
_NUMBERED = re.compile(r"^\s*\d{1,2}．(?=\d)", re.MULTILINE)
"""An item's number before one that begins with a figure (2．2号冷藏库)."""
_EACH, _BESIDE = re.compile("分别[^，。；：]*$"), re.compile("[、和及与]")
_NEXT_ITEM = re.compile("、[\u4e00-\u9fff]{1,8}")
_PLAIN = re.compile(r"(\d[\d,]*(?:\.\d+)?)[^\d.]")
_FAR_QUALIFIER = re.compile(r"(不足|不到|超过|超|(?<!预)约占|约为)[^\d，。；：、]{1,12}的$")
_FAR_BEHIND = re.compile(r"的[^\d，。；：、]{1,8}(以内|之内|以下)")
_ENDS = re.compile("[\u4e00-\u9fff]完|结束|截止|止|完成|完毕|收官|召开|举行|启动|开始|印发|前")
_SPAN = re.compile("[以之]?[内后]|[的游]")
"""What makes days of a number behind a comma (，5日内办结)."""
_REFERENCE = re.compile(
    r"(?:^|(?<=[见如附和、]))(?:附?表|附件|附图|图)\s?\d{1,2}(?=[，。、；：！？）\s]|$|所)", re.MULTILINE
)
"""The document's own tables and attachments: 见表1, 附件2."""
_OVERLONG = re.compile(rf"[0-9{CHINESE}]{{{LONGEST + 1},}}|\d{{1,3}}(?:,\d{{3}}){{{LONGEST // 3},}}")


def read(text: str) -> list[Figure]:
    """The figures of `text` in order; they never overlap, and ``text[f.start:f.end] == f.text``.

    What is read first is not read again: titles and names hide the numerals in them, dates go before idioms,
    and idioms before quantities. A figure does not reach over a line's end.
    """
    return list(_read(text))


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[Figure, ...]:
    page = Page(text, _OVERLONG.sub(lambda run: "□" * len(run[0]), fold(text)))
    for match in (*page.matches(_REFERENCE), *_NUMBERED.finditer(text)):
        page.hide(*match.span())
    for reader in (
        names.marks,
        names.titles,
        names.quoted,
        names.document_numbers,
        names.placeholders,
        times.dates,
        times.clock,
        quantities.idioms,
        quantities.shares,
        quantities.durations,
        quantities.amounts,
        bodies.read_bodies,
    ):
        reader(page)
    figures = sorted(page.figures, key=lambda figure: figure.start)
    completed: list[Figure] = []
    for figure in figures:
        completed.append(_qualified(_completed(figure, completed, text), text))
    return tuple(_of_lists(tuple(_of_totals(completed, text)), text))


def _of_totals(figures: Sequence[Figure], text: str) -> Iterator[Figure]:
    """Figures with the unit of the total before the brackets that they stand in (61起（雇工23、买卖20）), or
    that they add up to (问题41个：消防13、食堂28).
    """
    unit, end = "", 0
    for place, figure in enumerate(figures):
        if figure.kind == "quantity" and figure.unit:
            parts = list(takewhile(lambda one: one.kind == "quantity" and not one.unit, figures[place + 1 :]))
            told = [one.value for one in parts if one.value is not None]
            if len(told) == len(parts) > 1 and sum(told) == figure.value:
                unit, end = figure.unit, parts[-1].end
                yield figure
                continue
        bracket = _BRACKETS.match(text, figure.end)
        if figure.kind == "quantity" and not figure.unit and figure.end <= end:
            yield replace(figure, unit=unit)
            continue
        if figure.unit and bracket:
            unit, end = figure.unit, bracket.end()
        yield figure


def _of_lists(figures: Sequence[Figure], text: str) -> Sequence[Figure]:
    """Figures with the unit of a list's last, which gives it once (分别为4.8、21和43毫克/立方米; 食品320、
    药品98、化妆品45批次).
    """
    listed: list[Figure] = []
    last, unit, factor = 0, "", Fraction(0)
    for figure in reversed(figures):
        number = _PLAIN.match(figure.text)
        printed = Fraction(number[1].replace(",", "")) if number else Fraction(0)
        if figure.unit and figure.value and printed:
            unit, factor = figure.unit, figure.value / printed
        elif (
            figure.value is not None
            and not figure.unit
            and unit
            and (
                (_BESIDE.fullmatch(gap := text[figure.end : last]) and _EACH.search(text[: figure.start]))
                or _NEXT_ITEM.fullmatch(gap)
            )
        ):
            figure = replace(figure, lo=figure.value * factor, hi=figure.value * factor, unit=unit)
        else:
            unit = ""
        listed.append(figure)
        last = figure.start
    return listed[::-1]


def _completed(figure: Figure, before: Sequence[Figure], text: str) -> Figure:
    """A figure with what it leaves to those before it: the unit (由18个工作日压缩到7个) or the month
    (12日启动，30日结束, 5月12日 having gone before).
    """
    behind = text[figure.end :]
    if (
        figure.unit == "个"
        and before
        and before[-1].unit.startswith("个")
        and not re.search("[，。；：]", text[before[-1].end : figure.start])
        and not _WORD.match(behind)
    ):
        return replace(figure, unit=before[-1].unit)
    day = _DAY_ALONE.fullmatch(figure.text)
    date = next((one for one in reversed(before) if one.kind == "date"), None) if day else None
    if not day or not date:
        return figure
    gap = text[date.end : figure.start]
    follows = gap.endswith(("到", "至", "，")) and not _SPAN.match(behind)
    if not follows and (re.search("[。；]", gap) or not _ENDS.match(behind)):
        return figure
    normal = f"{date.normal[:7]}-{int(day[1]):02}"
    return Figure("date", figure.start, figure.end, figure.text, normal=normal)


def _qualified(figure: Figure, text: str) -> Figure:
    """A figure with a qualifier that stands apart from it (不足总数的15%, 控制在3.9亿立方米的指标以内)."""
    if figure.qualifier or not figure.unit:
        return figure
    share = figure.kind in ("percent", "fraction")
    far = share and _FAR_QUALIFIER.search(text[: figure.start])
    far = far or _FAR_BEHIND.match(text[figure.end :])
    return replace(figure, qualifier=qualifiers()[far[1]]) if far else figure
