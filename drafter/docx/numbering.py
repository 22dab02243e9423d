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
        self._starts: dict[str, dict[int, int]] = defaultdict(dict)
        self._list_of: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[tuple[str, int]] = set()
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element}
        root = _numbering(document)
        if root is not None:
            self._learn(root)

    def _learn(self, root: BaseOxmlElement) -> None:
        lists = {one.get(qn("w:abstractNumId")): one for one in root.findall(qn("w:abstractNum"))}
        defined = {_value(one, "w:styleLink"): one for one in lists.values()}
        for num in root.findall(qn("w:num")):
            chosen = lists.get(_value(num, "w:abstractNumId"))
            if chosen is not None and (link := _value(chosen, "w:numStyleLink")):
                chosen = defined.get(link)
            if chosen is None:
                continue
            key = str(num.get(qn("w:numId")))
            levels = {_int(level.get(qn("w:ilvl"))): level for level in chosen.findall(qn("w:lvl"))}
            for override in num.findall(qn("w:lvlOverride")):
                depth = _int(override.get(qn("w:ilvl")))
                own = override.find(qn("w:lvl"))
                if own is not None:
                    levels[depth] = own
                if start := _value(override, "w:startOverride"):
                    self._starts[key][depth] = _int(start)
            self._levels[key] = levels
            # Lists that share a definition count on together, unless one of them starts anew.
            self._list_of[key] = str(chosen.get(qn("w:abstractNumId")))

    def number(self, paragraph: BaseOxmlElement) -> str:
        """What Word shows before a paragraph («（三）»); empty when it numbers it not, or with a bullet."""
        key, depth = self._list(paragraph)
        level = self._levels.get(key, {}).get(depth)
        if level is None:
            return ""
        counts = self._counts[self._list_of[key]]
        anew = depth in self._starts[key] and (key, depth) not in self._begun
        self._begun.add((key, depth))
        counts[depth] = counts[depth] + 1 if depth in counts and not anew else self._start(key, depth, level)
        for deeper in [other for other in counts if other > depth]:
            if self._restarts(key, deeper, depth):
                del counts[deeper]
        text = _value(level, "w:lvlText")
        if _value(level, "w:numFmt") in ("bullet", "none"):
            return ""
        legal = level.find(qn("w:isLgl")) is not None and _value(level, "w:isLgl") not in ("0", "false")
        for place in range(depth + 1):
            here = self._levels[key].get(place, level)
            count = counts.setdefault(place, self._start(key, place, here))
            shown = str(count) if legal else _FORMATS.get(_value(here, "w:numFmt"), str)(count)
            text = text.replace(f"%{place + 1}", shown)
        return text.strip()

    def _start(self, key: str, depth: int, level: BaseOxmlElement) -> int:
        """What a level begins with; 0 where nothing says so (§17.9.25)."""
        return self._starts[key].get(depth, _int(_value(level, "w:start")))

    def _restarts(self, key: str, deeper: int, depth: int) -> bool:
        """Whether a level begins anew behind one at `depth` (§17.9.10): behind any above it, if not said."""
        level = self._levels[key].get(deeper)
        restart = _value(level, "w:lvlRestart") if level is not None else ""
        return not restart or (restart != "0" and depth < _int(restart))

    def _list(self, paragraph: BaseOxmlElement) -> tuple[str, int]:
        """The list that a paragraph belongs to, by itself or by its style, and its level from 0."""
        properties = paragraph.find(qn("w:pPr"))
        name = _value(properties, "w:pStyle") if properties is not None else ""
        depth, own = -1, ""
        for _ in range(MAX_BASES):
            found = properties.find(qn("w:numPr")) if properties is not None else None
            if found is not None:
                if depth < 0 and (level := _value(found, "w:ilvl")):
                    depth = _int(level)
                if key := _value(found, "w:numId"):
                    depth = depth if depth >= 0 else self._linked(key, own)
                    return ("", 0) if key == "0" else (key, min(depth, MAX_LEVEL))
            style = self._styles.get(name)
            if style is None:
                break
            own, properties, name = name, style.find(qn("w:pPr")), _value(style, "w:basedOn")
        return "", 0

    def _linked(self, key: str, style: str) -> int:
        """The level of a list that names a style as its own (w:pStyle, §17.9.23); 0 when none does."""
        levels = self._levels.get(key, {})
        return next(
            (depth for depth, level in levels.items() if style and _value(level, "w:pStyle") == style), 0
        )

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


def _int(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
