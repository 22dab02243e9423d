"""Normalisation of characters and punctuation. Never NFKC: it would turn «完成500，300份» into 500,300."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HAN = r"〇々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HAN_CHAR = re.compile(f"[{_HAN}]")
# A half-width mark beside one of these stands in Chinese text.
_CHINESE = re.compile(f"[{_HAN}、。，；：？！…—（）《》〈〉「」『』【】〔〕“”‘’％]")
# How far into quotes and brackets Chinese is looked for: nested ones must not cost the square of the length.
_REACH = 200
_CLOSERS = frozenset("》〉」』】〕")
_OPENERS = frozenset("《〈「『【〔")

_REMOVED = (
    *range(0x09), 0x0E, 0x0F, *range(0x10, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0),
    0xAD, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
    0xFEFF, *range(0xFFF9, 0x10000), *range(0xD800, 0xE000), *range(0xE0000, 0xE0080),
)  # fmt: skip
_SPACES = (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_TABLE = (
    dict.fromkeys(_REMOVED, "")
    | dict.fromkeys(_SPACES, " ")
    | dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), "\n")
    | {0xFF10 + digit: str(digit) for digit in range(10)}
)
_WIDE = str.maketrans(",:;?!()", "，：；？！（）")

_URL = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,15}://|www\.)[!-~]*[^\s!-/:-@\[-`{-~\x80-\U0010ffff]/?", re.IGNORECASE
)
_MARKS = re.compile(r"[,:;?!]+(?: +[,:;?!]+)*")
_SINGLE_QUOTES = re.compile(rf"(?<![A-Za-z])'(?=[^'‘’\n]{{0,{_REACH}}}[{_HAN}])([^'‘’\n]+)'(?![A-Za-z])")
_DECIMAL_POINT = re.compile(r"(?<=\d)．(?=\d)")


def characters(text: str) -> str:
    """`text` with plain line ends, spaces and digits, and without what nobody can see.

    Full-width digits become ASCII one to one. Line breaks stay where they are; punctuation is untouched.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE)
    return "\n".join(line.rstrip(" \t") for line in _DECIMAL_POINT.sub(".", text).split("\n"))


def clean(text: str) -> str:
    """`text` with `characters` and the punctuation of Chinese text in full width. Idempotent.

    Half-width , : ; ? ! ( ) and straight quotes are widened beside Chinese, never inside numbers, times,
    web addresses or Latin text.
    """
    text = characters(text)
    return "\n".join(_punctuate(line) for line in text.split("\n"))


def _punctuate(line: str) -> str:
    if line.isascii():
        return line
    return _widen_marks(_widen_brackets(_SINGLE_QUOTES.sub(r"‘\1’", _curl_quotes(line))))


def _is_han(character: str) -> bool:
    return bool(_HAN_CHAR.match(character))


def _in_urls(line: str) -> frozenset[int]:
    """Positions that belong to a web address."""
    return frozenset(place for match in _URL.finditer(line) for place in range(*match.span()))


def _touches_chinese(line: str, start: int, end: int) -> bool:
    """Whether Chinese stands inside line[start:end+1], or directly beside it."""
    before, after = line[start - 1 : start], line[end + 1 : end + 2]
    return (
        _is_han(before)
        or _is_han(after)
        or before in _CLOSERS
        or after in _OPENERS
        or _HAN_CHAR.search(line, start, min(end, start + _REACH)) is not None
    )


def _curl_quotes(line: str) -> str:
    """Straight double quotes, taken in pairs, as “ ” where Chinese stands in or beside them."""
    places = [place for place, character in enumerate(line) if character == '"']
    output = list(line)
    for start, end in zip(places[::2], places[1::2], strict=False):
        if _touches_chinese(line, start, end):
            output[start], output[end] = "“", "”"
    return "".join(output)


def _bracket_pairs(line: str) -> Iterator[tuple[int, int]]:
    """Places of each bracket and its partner, half or full width, outside web addresses."""
    urls = _in_urls(line)
    opened: list[int] = []
    for place, character in enumerate(line):
        if place in urls:
            continue
        if character in "(（":
            opened.append(place)
        elif character in ")）" and opened:
            yield opened.pop(), place


def _widen_brackets(line: str) -> str:
    if "(" not in line and ")" not in line:
        return line
    output = list(line)
    for start, end in _bracket_pairs(line):
        if line[start] == "（" or line[end] == "）" or _touches_chinese(line, start, end):
            output[start], output[end] = "（", "）"
    return "".join(output)


def _widen_marks(line: str) -> str:
    """Runs of half-width marks as full-width ones where they stand in Chinese text."""
    urls = _in_urls(line)
    output: list[str] = []
    done = 0
    for match in _MARKS.finditer(line):
        start, end = match.span()
        if start in urls:
            continue
        after = end
        while line[after : after + 1] == " ":
            after += 1
        if not _in_chinese(line[start - 1 : start], line[after : after + 1], after > end):
            continue
        output += line[done:start], match[0].replace(" ", "").translate(_WIDE)
        done = after
    return "".join(output) + line[done:]


def _in_chinese(before: str, after: str, spaced: bool) -> bool:
    """Whether a mark between these two characters (empty at a line's end) is Chinese punctuation."""
    if before.isdigit() and after.isdigit():
        return False
    if before and _CHINESE.match(before):
        return True
    return bool(after and _CHINESE.match(after)) and not (spaced and before.isascii() and before.isalpha())
