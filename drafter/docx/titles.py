"""Breaks a long title (标题, §7.3.1) into lines of even length, whole in word and sense."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from drafter.data import shared
from drafter.docx.layout import width_in_characters

_WHOLE = re.compile(
    r"《[^》]*》|“[^”]*”|（[^）]*）|〔[^〕]*〕|[0-9A-Za-z０-９.%％—-]+[年月日号版期个项次]*|第.季度"
)
_NOT_AT_HEAD = "的和与及等之了、，。；：！？》”）〕"
_NOT_AT_END = "《“（〔第"


def title_lines(title: str, names: Sequence[str], limit: float) -> list[str]:
    """`title` in the fewest lines of at most `limit` characters, as even as can be.

    A 《》, “”, number, one of `names` or a common word is not split unless the title fits no other way.
    """
    if width_in_characters(title) <= limit:
        return [title]
    quoted = [match.span() for match in _WHOLE.finditer(title)]
    named = [match.span() for name in names if name for match in re.finditer(re.escape(name), title)]
    worded = [match.span() for match in _words().finditer(title)]
    for whole in (quoted + named + worded, quoted + named, quoted, []):
        places = _places(title, whole)
        fewest = _fewest(title, places, limit)
        if fewest is not None:
            return _even(title, places, limit, fewest)
    return [title]


@cache
def _words() -> re.Pattern[str]:
    """Words that a line's end must not cut in two; 关于 stays with what it is about."""
    listed = [*shared("bodies")["title_words"], *shared("verbs"), *shared("title_words")]
    return re.compile("关于.|" + "|".join(sorted(map(re.escape, listed), key=len, reverse=True)))


def _places(title: str, whole: Sequence[tuple[int, int]]) -> list[int]:
    """Where a line may begin: the start, the end, and between."""
    inside = {place for start, end in whole for place in range(start + 1, end)}
    between = [
        place
        for place in range(1, len(title))
        if place not in inside and title[place] not in _NOT_AT_HEAD and title[place - 1] not in _NOT_AT_END
    ]
    return [0, *between, len(title)]


def _fewest(title: str, places: Sequence[int], limit: float) -> int | None:
    """The least number of lines, each filled as far as it goes; None when a piece is too long."""
    count, start = 0, 0
    while start < len(title):
        ends = [end for end in places if end > start and width_in_characters(title[start:end]) <= limit]
        if not ends:
            return None
        start, count = ends[-1], count + 1
    return count


def _even(title: str, places: Sequence[int], limit: float, count: int) -> list[str]:
    """`title` in `count` lines with the least sum of squared widths, which is the most even split."""

    @cache
    def best(start: int, left: int) -> tuple[float, tuple[str, ...]]:
        if left == 0:
            return (0.0, ()) if start == len(title) else (float("inf"), ())
        found: tuple[float, tuple[str, ...]] = (float("inf"), ())
        for end in places:
            width = width_in_characters(title[start:end])
            if end <= start or width > limit:
                continue
            rest, lines = best(end, left - 1)
            found = min(found, (rest + width**2, (title[start:end], *lines)), key=lambda option: option[0])
        return found

    return list(best(0, count)[1])
