"""Measures as WordprocessingML writes them (ST_OnOff, ST_TwipsMeasure, ST_HpsMeasure), read without fear."""

from __future__ import annotations

import re

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

_UNIVERSAL = re.compile(r"(-?\d+(?:\.\d+)?)(mm|cm|in|pt|pc|pi)$")
_TWIPS = {"mm": 1440 / 25.4, "cm": 14400 / 25.4, "in": 1440.0, "pt": 20.0, "pc": 240.0, "pi": 240.0}


def number(text: str | None) -> float | None:
    """A plain number; None when `text` is absent or none."""
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def twips_of(text: str | None) -> float | None:
    """A length in twips: «640», «32pt», «2cm». None when `text` is absent or no length."""
    universal = _UNIVERSAL.match(text or "")
    return float(universal[1]) * _TWIPS[universal[2]] if universal else number(text)


def points_of(text: str | None) -> float | None:
    """A font size in points, from half points or «16pt»."""
    universal = _UNIVERSAL.match(text or "")
    if universal:
        return float(universal[1]) * _TWIPS[universal[2]] / 20
    size = number(text)
    return size / 2 if size is not None else None


def attribute(parent: BaseOxmlElement | None, *names: str) -> str | None:
    """The first of the attributes `names` (without prefix) that `parent` has."""
    if parent is None:
        return None
    found = (parent.get(qn(f"w:{name}")) for name in names)
    return next((value for value in found if value is not None), None)


def value(parent: BaseOxmlElement | None, tag: str) -> str | None:
    """w:val of the child `tag` (without prefix)."""
    return attribute(parent.find(qn(f"w:{tag}")), "val") if parent is not None else None


def switch(parent: BaseOxmlElement | None, tag: str) -> bool | None:
    """What the child `tag` turns on or off; None when there is no such child."""
    child = parent.find(qn(f"w:{tag}")) if parent is not None else None
    return None if child is None else attribute(child, "val") not in ("0", "false", "off")
