"""Breaks a long title (标题, §7.3.1) into lines: whole in word and sense, in the shape of a trapezium (梯形)
or a rhombus (菱形).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from drafter.data import shared
from drafter.docx.layout import width_in_characters

_QUOTED = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》|“[^”]*”|（[^）]*）|〔[^〕]*〕")
_NUMBER = re.compile(
    r"[0-9０-９.·%％—-]+(?:年度?)?(?:第?[一二三四1-4]季度|[上下]半年|[0-9]{1,2}月)?[月日号版期个项次周]*"
    r"|[A-Za-z]+|第[一二三四五六七八九十百0-9]+(?:季度|[期号批次届个]|[大中支]队)?|[一二三四五六七八九十]+年"
)
_BODY = re.compile(
    r"(?:局|厅|委员会|委|政府|办公室|办事处|中心|[总支大]队|法院|检察院|联合会|总工会|指挥部|领导小组|公司|学校|医院|馆|站)"
    r"(?=[0-9“《第]|关于|落实|贯彻|推进)"
)
_NOT_AT_HEAD = "的和与及等之了、，。；：！？》”）〕"
_NOT_AT_END = "《“（〔第"

BESIDE_A_NAME, BETWEEN_WORDS, IN_A_CHUNK, IN_A_WORD = 0.0, 4.0, 14.0, 40.0
"""What a break costs: behind a body or a year, or beside 《》 and “”; between other words; at an odd place
among letters that no word list knows (most words have two); within a word.
"""
UNEVEN = 0.5
"""What a character's deviation from lines of even width costs, squared."""
ANOTHER_LINE = 10.0
"""What a line more than are needed costs."""
HOURGLASS = 8.0
"""What a line costs that is shorter than those on both sides of it."""


def title_lines(title: str, names: Sequence[str], limit: float) -> list[str]:
    """`title` in lines of at most `limit` characters, the best by sense and shape; a short one in one line.

    A 《》, “”, number or one of `names` is not split unless the title fits no other way.
    """
    if width_in_characters(title) <= limit:
        return [title]
    numbers = [match.span() for match in _NUMBER.finditer(title)]
    quoted = [match.span() for match in _QUOTED.finditer(title)]
    named = [match.span() for name in names if name for match in re.finditer(re.escape(name), title)]
    for whole in (numbers + quoted + named, numbers + quoted, numbers, []):
        costs = _costs(title, whole, quoted)
        fewest = _fewest(title, [*costs], limit)
        if fewest is not None:
            options = (_best(title, costs, limit, count) for count in (fewest, fewest + 1))
            _, rows = min(options, key=lambda option: option[0])
            return list(rows)
    return [title]


@cache
def _words() -> re.Pattern[str]:
    """Words that a line's end must not cut in two; 关于 stays with what it is about."""
    listed = [*shared("bodies")["title_words"], *shared("verbs"), *shared("title_words")]
    return re.compile("关于..|" + "|".join(sorted(map(re.escape, listed), key=len, reverse=True)))


def _costs(
    title: str, whole: Sequence[tuple[int, int]], quoted: Sequence[tuple[int, int]]
) -> dict[int, float]:
    """Where a line may end, and what a break there costs; the title's ends cost nothing."""
    inside = {place for start, end in whole for place in range(start + 1, end)}
    words = [match.span() for match in _words().finditer(title)]
    in_words = {place for start, end in words for place in range(start + 1, end)}
    good = {end for _, end in [*whole, *quoted]} | {start for start, _ in quoted}
    good |= {match.end() for match in _BODY.finditer(title)}
    known = sorted({0, len(title), *good, *(place for span in (*words, *whole) for place in span)})
    odd = {place for start, end in pairwise(known) for place in range(start + 1, end, 2)}
    costs = {0: 0.0}
    for place in range(1, len(title)):
        if place in inside or title[place] in _NOT_AT_HEAD or title[place - 1] in _NOT_AT_END:
            continue
        if place in in_words:
            costs[place] = IN_A_WORD
        elif place in good:
            costs[place] = BESIDE_A_NAME
        else:
            costs[place] = IN_A_CHUNK if place in odd else BETWEEN_WORDS
    return {**costs, len(title): 0.0}


def _fewest(title: str, places: Sequence[int], limit: float) -> int | None:
    """The least number of lines, each filled as far as it goes; None when a piece is too long."""
    count, start = 0, 0
    while start < len(title):
        ends = [end for end in places if end > start and width_in_characters(title[start:end]) <= limit]
        if not ends:
            return None
        start, count = ends[-1], count + 1
    return count


def _best(title: str, costs: dict[int, float], limit: float, count: int) -> tuple[float, tuple[str, ...]]:
    """`title` in `count` lines, and what that costs."""
    even = width_in_characters(title) / count
    needed = width_in_characters(title) / limit

    @cache
    def width_of(start: int, end: int) -> float:
        return width_in_characters(title[start:end])

    @cache
    def best(start: int, left: int, before: float, falling: bool) -> tuple[float, tuple[str, ...]]:
        """The best lines from `start` on, below a line of the width `before` (0 for none); `falling` tells
        whether that is shorter than the one above it.
        """
        if left == 0:
            return (0.0, ()) if start == len(title) else (float("inf"), ())
        found: tuple[float, tuple[str, ...]] = (float("inf"), ())
        for end, cost in costs.items():
            if end <= start:
                continue
            width = width_of(start, end)
            if width > limit:
                break
            rest, rows = best(end, left - 1, width, before > width)
            hourglass = HOURGLASS if falling and before < width else 0
            total = rest + cost + UNEVEN * (width - even) ** 2 + hourglass
            found = min(found, (total, (title[start:end], *rows)), key=lambda option: option[0])
        return found

    total, rows = best(0, count, 0.0, False)
    return total + ANOTHER_LINE * max(0.0, count - needed), rows
