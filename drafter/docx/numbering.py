"""Word's automatic numbers (ECMA-376 Part 1 §17.9): what it shows before a paragraph and the text lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

MAX_LEVEL, MAX_BASES = 8, 16
_HAN = "零一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"


def han(number: int) -> str:
    """1 to 99 as 一 to 九十九; larger numbers in Arabic digits."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else _HAN[tens] + "十"
    return ten + (_HAN[ones] if ones else "")


def roman(number: int) -> str:
    """1 to 39 in Roman numerals."""
    ones = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
    return "X" * (number // 10) + ones[number % 10] if 0 < number < 40 else str(number)


def letter(number: int) -> str:
    """1 to 26 as A to Z, then AA, BB …, as Word counts."""
    return chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number < 200 else str(number)


def circled(number: int) -> str:
    """1 to 20 as ① to ⑳."""
    return chr(0x245F + number) if 0 < number < 21 else str(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: str(number),
    "decimalFullWidth2": lambda number: str(number),
    "decimalHalfWidth": str,
    "chineseCounting": han,
    "chineseCountingThousand": han,
    "chineseLegalSimplified": han,
    "ideographDigital": han,
    "japaneseCounting": han,
    "japaneseDigitalTenThousand": han,
    "taiwaneseCounting": han,
    "taiwaneseCountingThousand": han,
    "koreanCounting": han,
    "ideographTraditional": lambda number: _STEMS[(number - 1) % 10],
    "decimalEnclosedCircle": circled,
    "decimalEnclosedCircleChinese": circled,
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "decimalEnclosedParen": lambda number: f"({number})",
    "upperRoman": roman,
    "lowerRoman": lambda number: roman(number).lower(),
    "upperLetter": letter,
    "lowerLetter": lambda number: letter(number).lower(),
}


class Numbering:
    """The automatic numbers of a document. `number(paragraph)` has to be asked of each, in order."""

    def __init__(self, document: Document) -> None:
        self._levels: dict[str, dict[int, BaseOxmlElement]] = {}
        self._list_of: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element}
        root = _numbering(document)
        if root is not None:
            self._learn(root)

    def _learn(self, root: BaseOxmlElement) -> None:
        lists = {one.get(qn("w:abstractNumId")): one for one in root.findall(qn("w:abstractNum"))}
        for num in root.findall(qn("w:num")):
            name = _value(num, "w:abstractNumId")
            chosen = lists.get(name)
            if chosen is None:
                continue
            key = str(num.get(qn("w:numId")))
            levels = {_int(level.get(qn("w:ilvl"))): level for level in chosen.findall(qn("w:lvl"))}
            overrides = num.findall(qn("w:lvlOverride"))
            for override in overrides:
                own = override.find(qn("w:lvl"))
                if own is not None:
                    levels[_int(override.get(qn("w:ilvl")))] = own
            self._levels[key] = levels
            # Lists that share a definition count on together, unless one of them starts anew.
            self._list_of[key] = key if overrides else f"abstract {name}"

    def number(self, paragraph: BaseOxmlElement) -> str:
        """What Word shows before a paragraph («（三）»); empty when it numbers it not, or with a bullet."""
        key, depth = self._list(paragraph)
        level = self._levels.get(key, {}).get(depth)
        if level is None:
            return ""
        counts = self._counts[self._list_of[key]]
        counts[depth] = counts[depth] + 1 if depth in counts else _start(level)
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        text = _value(level, "w:lvlText")
        if _value(level, "w:numFmt") in ("bullet", "none"):
            return ""
        for place in range(depth + 1):
            here = self._levels[key].get(place, level)
            shown = _FORMATS.get(_value(here, "w:numFmt"), str)(counts.setdefault(place, _start(here)))
            text = text.replace(f"%{place + 1}", shown)
        return text.strip()

    def _list(self, paragraph: BaseOxmlElement) -> tuple[str, int]:
        """The list that a paragraph belongs to, by itself or by its style, and its level from 0."""
        properties = paragraph.find(qn("w:pPr"))
        name = _value(properties, "w:pStyle") if properties is not None else ""
        depth = -1
        for _ in range(MAX_BASES):
            found = properties.find(qn("w:numPr")) if properties is not None else None
            if found is not None:
                depth = depth if depth >= 0 else _int(_value(found, "w:ilvl") or "0")
                if key := _value(found, "w:numId"):
                    return ("", 0) if key == "0" else (key, min(depth, MAX_LEVEL))
            style = self._styles.get(name)
            if style is None:
                break
            properties, name = style.find(qn("w:pPr")), _value(style, "w:basedOn")
        return "", 0

    def heading_level(self, paragraph: BaseOxmlElement) -> int:
        """The outline level that a paragraph or its style gives, from 1; 0 for text."""
        properties = paragraph.find(qn("w:pPr"))
        name = _value(properties, "w:pStyle") if properties is not None else ""
        for _ in range(MAX_BASES):
            level = _value(properties, "w:outlineLvl") if properties is not None else ""
            if level:
                return _int(level) + 1 if _int(level) < 9 else 0
            style = self._styles.get(name)
            if style is None:
                return 0
            properties, name = style.find(qn("w:pPr")), _value(style, "w:basedOn")
        return 0


def _numbering(document: Document) -> BaseOxmlElement | None:
    """The numbering part's root, if there is one that can be read."""
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith("/numbering"):
            root: Any = getattr(relation.target_part, "element", None)
            return root if isinstance(root, BaseOxmlElement) else None
    return None


def _value(parent: BaseOxmlElement, tag: str) -> str:
    child = parent.find(qn(tag))
    return "" if child is None else str(child.get(qn("w:val")) or "")


def _start(level: BaseOxmlElement) -> int:
    return _int(_value(level, "w:start") or "1")


def _int(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
