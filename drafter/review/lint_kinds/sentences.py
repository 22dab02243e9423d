"""Kinds that look at sentences: said twice, too long, stock phrases in place of facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from typing import ClassVar, Literal

from drafter.grounding.page import NUMERIC
from drafter.review.lint_kinds.base import PROSE, Hit, Line, Regex, Rule, Text, alternation, read_figures

_SAID = re.compile(r"[^\w]+")
_CLAUSES = re.compile(r"[^。！？!?；;：:]+")
_FACTS = NUMERIC | {"title", "date", "document_number"}


class RepeatedSentence(Rule):
    """A sentence of at least `least` characters that stands in the document already. {first} is the line of
    its first place. Figures, marks and spaces count as they are printed, but for the marks.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"first"})

    least: int = 16

    def find(self, text: Text) -> Iterator[Hit]:
        first: dict[str, int] = {}
        for sentence in text.sentences:
            said = _SAID.sub("", sentence.text)
            if len(said) < self.least:
                continue
            if said in first:
                end = sentence.start + len(sentence.text)
                yield Hit(sentence.line, sentence.start, end, {"first": first[said]})
            first.setdefault(said, sentence.line)


class SentenceLength(Rule):
    """A sentence, or a part of it up to a semicolon or colon, of more than `most` characters. {length} is how
    many it has.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"length"})

    most: int

    def find(self, text: Text) -> Iterator[Hit]:
        for sentence in text.sentences:
            for match in _CLAUSES.finditer(sentence.text):
                if len(match.group()) > self.most:
                    start, end = (sentence.start + place for place in match.span())
                    yield Hit(sentence.line, start, end, {"length": len(match.group())})


class Density(Rule):
    """Stock phrases (空话套话) make up over `share` per cent of a text of at least `least` characters that
    has fewer than `facts` figures, dates and titles in a thousand. `of` says what is measured: each
    paragraph, or the document. {share} and {facts} are what was measured, {phrases} the commonest.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"share", "facts", "phrases"})

    phrases: tuple[str, ...]
    patterns: tuple[Regex, ...] = ()
    of: Literal["paragraph", "document"]
    share: int
    facts: int
    least: int = 150

    @cached_property
    def words(self) -> re.Pattern[str]:
        """The stock phrases."""
        return alternation(self.phrases)

    def find(self, text: Text) -> Iterator[Hit]:
        prose = list(text.within(PROSE))
        for _, lines in groupby(prose, key=lambda line: line.number if self.of == "paragraph" else 0):
            yield from self._measured(text, list(lines))

    def _measured(self, text: Text, lines: list[Line]) -> Iterator[Hit]:
        size = sum(len(line.text) for line in lines)
        if size < self.least:
            return
        found = [
            match.group()
            for line in lines
            for pattern in (self.words, *self.patterns)
            for match in pattern.finditer(line.text)
        ]
        share = 100 * sum(map(len, found)) // size
        if share <= self.share:
            return
        facts = sum(
            figure.kind in _FACTS
            for sentence in text.sentences
            if lines[0].number <= sentence.line <= lines[-1].number
            for figure in read_figures(sentence.text)
        )
        if facts * 1000 < self.facts * size:
            named = "、".join(f"“{phrase}”" for phrase in list(dict.fromkeys(found))[:4])
            end = len(lines[0].text) if self.of == "paragraph" else 0
            yield Hit(lines[0].number, 0, end, {"share": share, "facts": facts, "phrases": named})
