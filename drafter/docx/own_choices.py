"""Where an office's own layout departs from GB/T 9704—2012: allowed, and told.

The names of the values, and the rules of the format check that then hold to the office's, are data:
templates/_shared/layout.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from drafter.data import shared
from drafter.docx.layout import STANDARD, Font, Layout, twips
from drafter.docx.typefaces import size_name, typeface


@dataclass(frozen=True)
class Choice:
    """A value that an office set for itself and the standard's, as people read them; the rules it changes."""

    name: str
    own: str
    standard: str
    rules: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}{self.own}（标准为{self.standard}）"


@lru_cache(maxsize=64)
def choices(layout: Layout) -> tuple[Choice, ...]:
    """What of a layout is not as the standard wants it; another font of the same typeface is."""
    found = []
    for value, told in shared("layout")["values"].items():
        own, standard = getattr(layout, value), getattr(STANDARD, value)
        if not _same(value, own, standard):
            said, wanted = (_said(value, one, told.get("unit", "")) for one in (own, standard))
            found.append(Choice(told["name"], said, wanted, tuple(told["rules"])))
    return tuple(found)


def rules_of(layout: Layout) -> frozenset[str]:
    """The rules that hold a document to the office's value instead of the standard's."""
    return frozenset(rule for choice in choices(layout) for rule in choice.rules)


def _same(value: str, own: Any, standard: Any) -> bool:
    if isinstance(own, Font):
        return typeface(own).name == typeface(standard).name
    if value in ("paper_width", "paper_height", "top", "bottom", "left", "right", "number_distance"):
        return abs(twips(own) - twips(standard)) <= twips(1)
    return bool(own == standard)


def _said(value: str, given: Any, unit: str) -> str:
    if isinstance(given, Font):
        return given.name
    if value.endswith("_size"):
        return size_name(given)
    if value == "number_place":
        return str(shared("layout")["places"][given])
    return f"“{given}”" if isinstance(given, str) else f"{round(given, 1):g}{unit}"
