"""What web pages and chat programs leave in pasted text; the patterns are templates/_shared/noise.yaml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from drafter.data import shared

# A line that would cut more than this is no end of a page: nothing is lost to a mistaken pattern.
MAX_REST = 40


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in shared("noise")[name]))


def cut_noise(lines: Sequence[str]) -> list[str]:
    """`lines` without the residue of a web page at their end; time stamps of a chat become empty lines.

    The lines that stay keep their places, so line numbers still hold.
    """
    stripped = [line.strip() for line in lines]
    end = len(lines)
    for index in range(max(0, end - MAX_REST), end):
        if _pattern("rest").search(stripped[index]):
            end = index
            break
    while end and (not stripped[end - 1] or _pattern("tail").search(stripped[end - 1])):
        end -= 1
    if end and end < len(lines) and not any(stripped[end:]):
        end = len(lines)
    return [
        "" if _pattern("anywhere").search(short) else line
        for line, short in zip(lines[:end], stripped, strict=False)
    ]
