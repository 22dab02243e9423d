"""What the figure reader reads: one figure, and the text it is taken from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Kind = Literal[
    "quantity",
    "percent",
    "percentage_point",
    "fraction",
    "multiple",
    "range",
    "money",
    "ordinal",
    "date",
    "period",
    "time",
    "title",
    "name",
    "document_number",
    "body",
    "placeholder",
]

NUMERIC: frozenset[str] = frozenset(
    {"quantity", "percent", "percentage_point", "fraction", "multiple", "range", "money", "ordinal"}
)
TAKEN, IDIOM = 1, 2
CALENDAR: frozenset[str] = frozenset({"date", "period", "time"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in a text: `text` stands at `start`:`end` (characters from 0).

    Numeric kinds have `lo` and `hi`, exact and in the base `unit` (3.5公里 is 3,500 米); they differ for a
    range. Both are None for a figure in words (翻番). `scale` is the scale as printed (万). `qualifier` is
    what is done to the value: above (超过, 余), below (近, 不足), about, within (以内), some (数), or two of
    these joined by «+»; empty for an exact figure. `direction` is up, down, up-to or down-to where a verb
    says so. `noun` is what is counted, as far as the words beside it tell. `normal` is the form to compare
    the other kinds by: a date is «2025-12-05» with ???? for a year that is not printed.
    """

    kind: Kind
    start: int
    end: int
    text: str
    lo: Fraction | None = None
    hi: Fraction | None = None
    unit: str = ""
    scale: str = ""
    qualifier: str = ""
    direction: str = ""
    noun: str = ""
    normal: str = ""

    @property
    def value(self) -> Fraction | None:
        """The value of a figure that is not a range."""
        return self.lo if self.lo == self.hi else None


Amount = tuple[Fraction | None, Fraction | None, str]
"""Least and greatest value and base unit."""
Tellings = Mapping[Amount, Sequence[str]]
"""The sentences, without their figures, in which a text tells each amount."""


def amount(figure: Figure) -> Amount:
    """What two figures have in common that tell the same amount."""
    return figure.lo, figure.hi, figure.unit


class Page:
    """A text being read: its folded form, and which characters a figure or an idiom has taken."""

    def __init__(self, text: str, folded: str) -> None:
        self.text, self.folded = text, folded
        self.taken = bytearray(len(text))
        self.figures: list[Figure] = []

    def hide(self, start: int, end: int) -> None:
        """Keep `start`:`end` from being read."""
        self.taken[start:end] = bytes([TAKEN]) * (end - start)

    def hide_idiom(self, start: int, end: int) -> None:
        """Keep `start`:`end` from being read as a number; a body's name may still hold it (县红十字会)."""
        self.taken[start:end] = bytes([IDIOM]) * (end - start)

    def add(self, kind: Kind, start: int, end: int, **fields: object) -> None:
        """Take a figure."""
        self.hide(start, end)
        self.figures.append(Figure(kind, start, end, self.text[start:end], **fields))  # type: ignore[arg-type]

    def matches(self, pattern: re.Pattern[str], *, over_idioms: bool = False) -> Iterable[re.Match[str]]:
        """The matches of `pattern` in the folded text that touch nothing read before."""
        for match in pattern.finditer(self.folded):
            there = self.taken[match.start() : match.end()]
            if there and TAKEN not in there and (over_idioms or IDIOM not in there):
                yield match
