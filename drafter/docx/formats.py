"""What differs between the formats of an official copy: the general one (§7), the letter (§8.1), the internal
paper laid out as minutes are (§8.3). Lengths are millimetres, sizes points.
"""

from __future__ import annotations

from dataclasses import dataclass

from drafter.model import CopyFormat

RED = "FF0000"
"""红色 of 发文机关标志 and of the lines beside it."""


@dataclass(frozen=True)
class Format:
    """Head and foot of a copy.

    `mark_top` is how far 发文机关标志 stands below the type area's upper edge; a letter's stands in the
    header of the first page, that far below the paper's. `mark_size` is its largest size: a long name is set
    smaller, down to `least_mark`, then narrower. `number_below` and `title_below` count the blank lines above
    发文字号 and title; `rule_below` is how far below it the red line stands. `ruled` tells whether 版记 has
    its lines.
    """

    mark_top: float = 35
    mark_size: float = 48
    least_mark: float = 30
    narrowest: float = 0.6
    number_below: float = 2
    title_below: float = 2
    rule_below: float = 4
    letter: bool = False
    ruled: bool = True


FORMATS: dict[CopyFormat, Format] = {
    "standard": Format(),
    "letter": Format(mark_top=30, mark_size=36, letter=True, ruled=False),
    "memo": Format(mark_size=56, number_below=1),
}

LETTER_RULE = 170
"""Length of a letter's red double lines, centred on the paper."""
LETTER_FOOT = 20
"""How far above the paper's lower edge the second of them stands."""
LETTER_FIRST = 7 / 8
"""What is left between the first of them and the line below it, in heights of a body character."""

THICK, THIN = 0.35, 0.25
"""Thickness of the first and last line of 版记, and of those between (§7.4.1)."""
FOOT_SIZE, FOOT_PITCH = 14, 24
"""Size of 版记 (4号) and distance of its lines, in points."""
