"""Kinds that follow numbers: of headings (一、→（一）→1.→（1）) and of enumerations (一是……二是……)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field

from drafter.grounding import numerals
from drafter.model import Heading
from drafter.review.lint_kinds.base import PROSE, Hit, Line, Rule, Text

_NUMERAL = re.compile(r"[一二三四五六七八九十百]{1,4}|\d{1,3}|[①-⑳]")
_BREAKS = "。；：，、！？;:,!?）)”\ue000"


def chinese(number: int) -> str:
    """A number from 1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    return (f"{digits[tens] if tens > 1 else ''}十" if tens else "") + (digits[ones] if ones else "")


def number_of(printed: str) -> int | None:
    """The number in a heading's printed number («（三）» is 3); None when there is none."""
    match = _NUMERAL.search(numerals.fold(printed))
    if not match:
        return None
    if "①" <= match.group() <= "⑳":
        return int(unicodedata.numeric(match.group()))
    return int(numerals.value(match.group()))


class Levels(Rule):
    """The numbers of headings of these `levels`. `fault` says which mistake is looked for:

    skipped (or begun with another number than 1), repeated, unordered, jump (一、→（1）; 一、→1. is accepted
    in a document without （一）), width (（一） and (一) in one document, or in one number). {expected} is
    the number that should stand there.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"expected"})

    fault: Literal["skipped", "repeated", "unordered", "jump", "width"]
    levels: tuple[int, ...] = (1, 2, 3, 4)

    def find(self, text: Text) -> Iterator[Hit]:
        if self.fault == "width":
            yield from self._widths(text)
            return
        attached = next((line.number for line in text.lines if line.role == "attachment"), None)
        headings = [heading for heading in text.reading.headings if not attached or heading.line < attached]
        for heading, fault, expected in _faults(headings):
            if fault == self.fault and heading.level in self.levels:
                yield _at_number(text, heading, chinese(expected) if heading.level < 3 else str(expected))

    def _widths(self, text: Text) -> Iterator[Hit]:
        bracketed = [heading for heading in text.reading.headings if heading.number[-1:] in (")", "）")]
        pairs = {id(heading): heading.number.strip()[0] + heading.number.strip()[-1] for heading in bracketed}
        usual = Counter(pairs.values()).most_common(1)
        wanted = usual[0][0] if usual and usual[0][0] in ("（）", "()") else "（）"
        for heading in bracketed:
            if pairs[id(heading)] in ("（）", "()", "（)", "(）") and pairs[id(heading)] != wanted:
                yield _at_number(text, heading, wanted)


def _at_number(text: Text, heading: Heading, expected: str) -> Hit:
    line = text.reading.lines[heading.line - 1]
    start = max(line.find(heading.number.strip()), 0)
    end = min(start + len(heading.number.strip()), len(line))
    return Hit(heading.line, start, end, {"expected": expected, "match": heading.number.strip()})


def _faults(headings: list[Heading]) -> Iterator[tuple[Heading, str, int]]:
    """Each wrong number: its heading, the fault, and the number that was expected."""
    last: dict[int, int] = {}
    has_second = any(heading.level == 2 and heading.number for heading in headings)
    for heading in headings:
        above = max((level for level in last if level < heading.level), default=0)
        last = {level: number for level, number in last.items() if level <= heading.level}
        number = number_of(heading.number)
        if number is None:
            continue
        before = last.get(heading.level)
        two_levels = above == 1 and heading.level == 3 and not has_second
        if before is None and above and heading.level - above > 1 and not two_levels:
            yield heading, "jump", 1
        if fault := _fault(number, before, heading.level):
            yield heading, fault, (before or 0) + 1
        last[heading.level] = number


def _fault(number: int, before: int | None, level: int) -> str:
    """What is wrong with a number after `before`. A list of the lower levels may begin again, or late."""
    if before is None:
        return "skipped" if number > 1 and level < 3 else ""
    if number == before:
        return "repeated" if number > 1 or level < 3 else ""
    if number > before + 1:
        return "skipped"
    return "unordered" if number < before and (number > 1 or level < 3) else ""


@dataclass
class _Chain:
    """An enumeration being read: where it began, its last number, how many items it has."""

    begin: Hit
    last: int
    items: int = 1


class Enumeration(Rule):
    """Marks of an enumeration, `form` with {n} for the Chinese numeral; `aliases` are words that count too
    (首先: 1). `fault` says which mistake is looked for: lone (the first item has no second), skipped,
    repeated. An enumeration does not reach over a heading. `instead` are words that continue a lone one.
    {expected} is the number that should stand there.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"expected"})

    form: str
    aliases: dict[str, int] = Field(default_factory=dict)
    instead: tuple[str, ...] = ()
    fault: Literal["lone", "skipped", "repeated"]

    @cached_property
    def marks(self) -> re.Pattern[str]:
        """The marks, at a clause's beginning."""
        before, after = (re.escape(part) for part in self.form.split("{n}", 1))
        words = "".join(f"|{re.escape(word)}" for word in self.aliases)
        numeral = "[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]"
        return re.compile(rf"(?:^|(?<=[{_BREAKS}]))\s*(?P<at>{before}(?P<n>{numeral}){after}{words})(?!否)")

    def find(self, text: Text) -> Iterator[Hit]:
        part: list[Line] = []
        for line in text.within(PROSE, ("titles", "quotes", "brackets")):
            if line.role == "heading":
                yield from self._in_part(part)
                part = []
            part.append(line)
        yield from self._in_part(part)

    def _in_part(self, part: list[Line]) -> Iterator[Hit]:
        open_chains: list[_Chain] = []
        for line in part:
            for match in self.marks.finditer(line.text):
                numeral = match["n"]
                number = int(numerals.value(numeral)) if numeral else self.aliases[match["at"]]
                yield from self._take(open_chains, number, Hit(line.number, *match.span("at")), part)
        for chain in open_chains:
            yield from self._lone(chain, part)

    def _take(self, chains: list[_Chain], number: int, hit: Hit, part: list[Line]) -> Iterator[Hit]:
        """Give an item to its enumeration: an inner one may stand between two items of an outer."""
        if number == 1:
            chains.append(_Chain(hit, 1))
            return
        while len(chains) > 1 and chains[-1].last != number - 1 and chains[-1].items > 1:
            if not any(chain.last == number - 1 for chain in chains[:-1]):
                break
            chains.pop()
        if not chains:
            chains.append(_Chain(hit, number, items=2))
            yield from self._report("skipped", hit, 1)
            return
        top = chains[-1]
        if number == top.last:
            yield from self._report("repeated", hit, top.last + 1)
        elif number > top.last + 1:
            yield from self._report("skipped", hit, top.last + 1)
        top.last = number
        top.items += 1

    def _lone(self, chain: _Chain, part: list[Line]) -> Iterator[Hit]:
        rest = "".join(
            line.text[chain.begin.end if line.number == chain.begin.line else 0 :]
            for line in part
            if line.number >= chain.begin.line
        )
        if chain.items == 1 and not any(word in rest for word in self.instead):
            yield from self._report("lone", chain.begin, 2)

    def _report(self, fault: str, hit: Hit, expected: int) -> Iterator[Hit]:
        if fault == self.fault:
            fields: Mapping[str, object] = {"expected": self.form.replace("{n}", chinese(expected))}
            yield hit._replace(fields=fields)
