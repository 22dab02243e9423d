"""Headings by their numbers, as people really print them: 一、 （一） 1. （1） and their untidy cousins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from drafter.grounding.numerals import fold, value

_HAN = "一二三四五六七八九十百零〇"
_FORMS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"第[{_HAN}\d]{{1,3}}\s*(?:部分|章|篇|编)\s*[、:：.．]?")),
    (1, re.compile(rf"[{_HAN}]{{1,3}}\s*(?:、|[.．,，](?=[^{_HAN}\d]))")),
    (2, re.compile(rf"[(（〔﹝]\s*[{_HAN}]{{1,3}}\s*[)）〕﹞]\s*[、.．,，]?")),
    (3, re.compile(r"\d{1,2}\s*(?:[、.．]|[,，](?=[\u4e00-\u9fff“《]))(?!\d)")),
    (3, re.compile(r"\d{1,2}\s*、(?=(?:19|20)\d\d年)")),
    (4, re.compile(r"[(（〔﹝]\s*\d{1,2}\s*[)）〕﹞]\s*[、.．]?")),
    (4, re.compile(r"\d{1,2}\s*[)）]\s*")),
)
# What begins like a number and is none: 三、四季度, 一、二、三产业, 十、百、千.
_NO_NUMBER = re.compile(
    rf"[{_HAN}]{{1,3}}、(?:[{_HAN}]{{1,3}}(?:、|[季产线期级类等届年月个批审孩胎])|[{_HAN}]+$)"
)
_END = re.compile(r"[。！？!?]|[；;](?=\s*$)|(?<=[\u4e00-\u9fff”])\.(?=[\u4e00-\u9fff“\d]|\s*$)")
_COLON = re.compile("[：:]")
_GAP = re.compile(r"\s{2,}|[\u3000\t]+")
_TRAILING = " \u3000。：:；;，,、.．"
_WIDE = str.maketrans(",;:!?.", "，；：！？。")
_NARROW = re.compile(
    r"(?<=[\u4e00-\u9fff”》）〕])[,;:!?](?!\d)|(?<=[\u4e00-\u9fff”》）〕%])\.(?=\D|$)|[,;:!?](?=\s*[\u4e00-\u9fff“《]|\s*$)"
)
"""Half-width signs in Chinese text; not those of times (5:20) and thousands (12,600)."""
LONGEST_LABEL = 30
"""Characters before a colon that still are a heading («水力资源：…»); more of them are a sentence."""
STEPS = re.compile(
    "(?:[一二三四五六七八九十]+[是要抓]|首先|其次|再次|最后|第[一二三四五六七八九十]+[，,、]|一方面|另一方面)"
)
"""How the members of an enumeration within the text begin; none of them is a heading."""


class Head(NamedTuple):
    """A line's heading: its level, its number as printed, its words, and where the line's text goes on."""

    level: int
    number: str
    heading: str
    end: int


def head(line: str) -> Head | None:
    """The numbered heading that a line begins with; None when it begins with none."""
    if line.count("\t") > 1:
        return None
    folded = fold(line)
    start = len(line) - len(line.lstrip())
    if _NO_NUMBER.match(folded, start):
        return None
    for level, form in _FORMS:
        match = form.match(folded, start)
        if match:
            end = cut(line, match.end())
            words = line[match.end() : end].strip(_TRAILING)
            number = line[start : match.end()].strip()
            return Head(level, number, words, end) if words else None
    return None


def cut(line: str, start: int) -> int:
    """Where the heading that begins at `start` ends: at a full stop, a colon, a gap or the line's end."""
    end = len(line)
    for pattern in (_END, _GAP):
        match = pattern.search(line, start + 1)
        if match and line[match.end() :].strip():
            end = min(end, match.end())
    space = line.find(" ", start + 1, end)
    if start < space and space - start <= LONGEST_LABEL and len(line) - space > 2 * (space - start):
        end = space + 1
    colon = _COLON.search(line, start)
    if colon and colon.end() < end and colon.start() - start <= LONGEST_LABEL:
        end = colon.end()
    return end


def order_of(number: str) -> int:
    """The place that a printed number gives (（三） and 3. give 3); 0 when it holds none."""
    found = re.search(rf"\d+|[{_HAN}]+", fold(number))
    return int(value(found[0])) if found else 0


def continued(line: str, one: Head) -> bool:
    """Whether a heading goes on in the next line: it stops at a comma."""
    return one.end >= len(line.rstrip()) and line.rstrip()[-1] in "，,、"


def split_number(lines: Sequence[str], index: int) -> str:
    """A number that is broken over lines («（», «三）…») as one line; empty when there is none at `index`."""
    if not re.fullmatch(r"\s*[(（]\s*", lines[index]) or index + 1 >= len(lines):
        return ""
    joined = lines[index].strip() + lines[index + 1].strip()
    return joined if head(joined) else ""


def typed(line: str) -> str:
    """A line as it should have been typed: digits half-width, the signs of Chinese text full-width."""
    return _NARROW.sub(lambda sign: sign[0].translate(_WIDE), fold(line.strip()))
