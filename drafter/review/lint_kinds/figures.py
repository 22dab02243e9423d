"""The kind that compares a text's figures with each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import ClassVar, NamedTuple

from drafter.data import shared
from drafter.grounding.page import Figure
from drafter.review.lint_kinds.base import Hit, Regex, Rule, Sentence, Text, alternation, read_figures

_CLAUSE_END = re.compile(r"[，。；：、！？,;:!?（）()]")
_KINDS = frozenset({"quantity", "money", "percent"})


class _Stated(NamedTuple):
    figure: Figure
    hit: Hit
    sentence: str


class Contradiction(Rule):
    """The same thing counted twice with two numbers: clauses that are equal but for the figure and for words
    without content (templates/_shared/measure_words.yaml, `fillers`).

    A sentence in which one of `parts` is found counts a part, another period or a plan, and is not compared;
    nor are clauses of fewer than `least` characters, nor sections whose level-1 heading holds `plans`.
    `fillers` are taken out of clauses besides. {other} is the first figure, {line} its line.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"other", "line"})

    parts: tuple[Regex, ...]
    plans: Regex
    fillers: tuple[Regex, ...] = ()
    least: int = 4

    def find(self, text: Text) -> Iterator[Hit]:
        planned = self._planned(text)
        first: dict[tuple[str, str], _Stated] = {}
        for sentence in text.sentences:
            if sentence.line in planned or any(part.search(sentence.text) for part in self.parts):
                continue
            for key, stated in self._stated(sentence):
                known = first.setdefault(key, stated)
                if _differ(known.figure, stated.figure) and known.sentence != stated.sentence:
                    fields = {"other": known.figure.text, "line": known.hit.line}
                    yield stated.hit._replace(fields=fields)

    def _planned(self, text: Text) -> frozenset[int]:
        """The lines of the sections that are not compared."""
        lines: set[int] = set()
        planned = False
        for line in text.lines:
            heading = text.headings.get(line.number)
            if heading and heading.level == 1:
                planned = bool(self.plans.search(heading.heading))
            if planned:
                lines.add(line.number)
        return frozenset(lines)

    def _stated(self, sentence: Sentence) -> Iterator[tuple[tuple[str, str], _Stated]]:
        """The figures of a sentence that stand alone in their clause, by what they count."""
        found = [figure for figure in read_figures(sentence.text) if figure.kind in _KINDS]
        for figure in found:
            begin = max(
                (end.end() for end in _CLAUSE_END.finditer(sentence.text, 0, figure.start)), default=0
            )
            end = _CLAUSE_END.search(sentence.text, figure.end)
            stop = end.start() if end else len(sentence.text)
            if sum(begin <= other.start < stop for other in found) > 1 or figure.value is None:
                continue
            key = self._said(sentence.text[begin : figure.start] + "#" + sentence.text[figure.end : stop])
            if len(key) > self.least and not key.startswith("#"):
                start = sentence.start + figure.start
                hit = Hit(sentence.line, start, start + len(figure.text))
                yield (key, figure.unit), _Stated(figure, hit, sentence.text)

    def _said(self, clause: str) -> str:
        """What a clause says, without words that say nothing."""
        for pattern in (*self.fillers, _fillers()):
            clause = pattern.sub("", clause)
        return clause.strip()


@cache
def _fillers() -> re.Pattern[str]:
    return alternation(shared("measure_words")["fillers"])


def _differ(one: Figure, other: Figure) -> bool:
    """Whether two exact figures, or two of the same kind of inexact ones, have different values."""
    return one.qualifier == other.qualifier and one.direction == other.direction and one.value != other.value
