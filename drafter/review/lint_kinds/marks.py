"""Kinds that look at marks and style: brackets and quotation marks in pairs, one style through a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal, NamedTuple

from drafter.model import LineRole
from drafter.review.lint_kinds.base import Hit, Line, Outside, Regex, Rule, Text

_CLOSING = {
    "）": "（",
    ")": "(",
    "》": "《",
    "〉": "〈",
    "”": "“",
    "’": "‘",
    "〕": "〔",
    "】": "【",
    "]": "[",
}
_MARK = re.compile("[" + re.escape("".join([*_CLOSING, *_CLOSING.values()])) + "]")
_WIDTHS = {"（": "(", "(": "（"}
_ITEM = re.compile(r"(?:^|[。；：，、;:,\s])(?:\d{1,3}|[a-zA-Z]|[一二三四五六七八九十]{1,3})$")
_WHOLE = re.compile(r"[。！？；：!?;:][”’）》]*\s*$")


class _Open(NamedTuple):
    mark: str
    line: int
    place: int


class Pairs(Rule):
    """Brackets, quotation marks and title marks that are not in pairs. `fault` says what is looked for:

    open (no closing mark; {partner} is the one missing), shut (no opening mark), mixed (（ closed by a
    half-width bracket), nested (“ directly inside “, 《 inside 《). A pair may reach over a line that does
    not end a sentence; 1） and a) are numbers.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"partner"})

    fault: Literal["open", "shut", "mixed", "nested"]
    marks: str = "（《〈“‘〔【"

    def find(self, text: Text) -> Iterator[Hit]:
        for fault, mark, line, place, partner in _unpaired(text.lines):
            if fault == self.fault and (mark in self.marks or _CLOSING.get(mark, "") in self.marks):
                yield Hit(line, place, place + 1, {"partner": partner})


def _unpaired(lines: tuple[Line, ...]) -> Iterator[tuple[str, str, int, int, str]]:
    """Each fault: its name, the mark, where it stands, and its partner."""
    opened: list[_Open] = []
    for line in lines:
        for match in _MARK.finditer(line.text):
            mark, place = match.group(), match.start()
            if mark in _CLOSING:
                yield from _shut(opened, mark, line, place)
                continue
            if opened and opened[-1].mark == mark and mark in "“《" and opened[-1].place != place - 1:
                yield "nested", mark, line.number, place, "‘" if mark == "“" else "〈"
            opened.append(_Open(mark, line.number, place))
        if _WHOLE.search(line.text) or line.role != "body":
            yield from _left_open(opened)
            opened.clear()
    yield from _left_open(opened)


def _shut(opened: list[_Open], mark: str, line: Line, place: int) -> Iterator[tuple[str, str, int, int, str]]:
    partner = _CLOSING[mark]
    depth = next((depth for depth in reversed(range(len(opened))) if opened[depth].mark == partner), None)
    if depth is not None:
        yield from _left_open(opened[depth + 1 :])
        del opened[depth:]
    elif opened and opened[-1].mark == _WIDTHS.get(partner):
        opened.pop()
        yield "mixed", partner, line.number, place, "）" if mark == ")" else ")"
    elif not (mark in "）)" and _ITEM.search(line.text[max(0, place - 6) : place])):
        yield "shut", mark, line.number, place, partner


def _left_open(opened: list[_Open]) -> Iterator[tuple[str, str, int, int, str]]:
    closing = {opening: mark for mark, opening in _CLOSING.items()}
    for one in opened:
        yield "open", one.mark, one.line, one.place, closing[one.mark]


class Consistent(Rule):
    """Two of the `styles` (name: pattern) stand in one document; the first place of each but the commonest
    (of equals, the first) is reported. Where there are `items`, {item} in the patterns stands for each of
    them, and the styles are compared item by item. {style} and {usual} are what the styles print there.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"style", "usual"})

    styles: dict[str, str]
    items: tuple[str, ...] = ()
    exceptions: tuple[Regex, ...] = ()
    roles: tuple[LineRole, ...] = ()
    outside: tuple[Outside, ...] = ("titles", "quotes")

    def find(self, text: Text) -> Iterator[Hit]:
        for item in self.items or ("",):
            yield from self._mixed(text, item)

    def _mixed(self, text: Text, item: str) -> Iterator[Hit]:
        places = {name: self._places(text, name, item) for name in self.styles}
        used = {name: hits for name, hits in places.items() if hits}
        if len(used) < 2:
            return
        usual = max(used, key=lambda name: len(used[name]))
        fields: Mapping[str, object] = {
            "usual": text.reading.lines[used[usual][0].line - 1][slice(*used[usual][0][1:3])]
        }
        for name, hits in used.items():
            if name != usual:
                yield hits[0]._replace(fields={**fields, "style": name})

    def _places(self, text: Text, name: str, item: str) -> list[Hit]:
        pattern = re.compile(self.styles[name].replace("{item}", item))
        return [
            Hit(line.number, *match.span())
            for line in text.within(self.roles, self.outside)
            for match in pattern.finditer(line.text)
            if not any(
                other.search(line.text[max(0, match.start() - 6) : match.end() + 6])
                for other in self.exceptions
            )
        ]
