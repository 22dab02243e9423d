"""Kinds that look for words: patterns, substitutions, phrases that expire, residue of web pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar

from drafter.model import LineRole, Record
from drafter.review.lint_kinds.base import Day, Hit, Outside, Regex, Rule, Text, alternation, touches


class Pattern(Rule):
    """`patterns` are searched in every line of `roles`; a match that touches one of `exceptions` is none.

    The named group «at», where a pattern has one, is the place that is reported; the message may name any
    other named group.
    """

    patterns: tuple[Regex, ...]
    exceptions: tuple[Regex, ...] = ()
    roles: tuple[LineRole, ...] = ()
    outside: tuple[Outside, ...] = ()

    def known_fields(self) -> frozenset[str]:
        return frozenset(name for pattern in self.patterns for name in pattern.groupindex)

    def find(self, text: Text) -> Iterator[Hit]:
        for line in text.within(self.roles, self.outside):
            yield from self._matches(line.number, line.text)

    def _matches(self, number: int, line: str) -> Iterator[Hit]:
        allowed: list[tuple[int, int]] | None = None
        for pattern in self.patterns:
            for match in pattern.finditer(line):
                if allowed is None:
                    allowed = [found.span() for other in self.exceptions for found in other.finditer(line)]
                if not touches(allowed, *match.span()):
                    groups = match.groupdict()
                    yield Hit(number, *match.span("at" if groups.get("at") else 0), groups)


class HeadingPattern(Pattern):
    """As Pattern, but searched in headings of these `levels` only: in the whole line of one that stands
    alone, or with `run_in` in the number and heading of one that its text follows.
    """

    levels: tuple[int, ...] = (1, 2, 3, 4)
    run_in: bool = False

    def find(self, text: Text) -> Iterator[Hit]:
        for line in text.within(self.roles, self.outside):
            heading = text.headings.get(line.number)
            if heading and heading.level in self.levels and heading.run_in == self.run_in:
                yield from self._matches(line.number, line.text[: text.heading_end(line)].rstrip())


class Substitution(Rule):
    """`swap` holds wrong words and the right ones, {right} in a message; a match that touches one of
    `exceptions` is none.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"right"})

    swap: dict[str, str]
    exceptions: tuple[Regex, ...] = ()
    roles: tuple[LineRole, ...] = ()
    outside: tuple[Outside, ...] = ()

    @cached_property
    def words(self) -> re.Pattern[str]:
        """The wrong words."""
        return alternation(self.swap)

    def find(self, text: Text) -> Iterator[Hit]:
        for line in text.within(self.roles, self.outside):
            matches = list(self.words.finditer(line.text))
            allowed = [
                found.span() for other in self.exceptions if matches for found in other.finditer(line.text)
            ]
            for match in matches:
                if not touches(allowed, *match.span()):
                    yield Hit(line.number, *match.span(), {"right": self.swap[match.group()]})


class Phrase(Record):
    """A phrase (a regular expression) that is right from `valid_from` to `valid_to`, both inclusive, None for
    «always»; what stands in its place before or after; `context` is what its sentence must hold to count.
    """

    phrase: Regex
    replace: str
    valid_from: Day | None = None
    valid_to: Day | None = None
    context: Regex | None = None


class Expired(Rule):
    """`phrases` that are out of date on the document's day. A sentence in which one of `retrospective` is
    found looks back and is exempt; so is a document whose day is not known. {right} is the `replace`.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"right"})

    phrases: tuple[Phrase, ...]
    retrospective: tuple[Regex, ...] = ()
    outside: tuple[Outside, ...] = ("titles",)

    def find(self, text: Text) -> Iterator[Hit]:
        day = text.on
        stale = [
            phrase
            for phrase in self.phrases
            if day
            and (
                (phrase.valid_to and day > phrase.valid_to) or (phrase.valid_from and day < phrase.valid_from)
            )
        ]
        for line in text.within((), self.outside):
            for phrase in stale:
                for match in phrase.phrase.finditer(line.text):
                    around = _sentence_around(line.text, *match.span())
                    if (phrase.context is None or phrase.context.search(around)) and not any(
                        pattern.search(around) for pattern in self.retrospective
                    ):
                        yield Hit(line.number, *match.span(), {"right": phrase.replace})


class Residue(Rule):
    """Lines that a web page or a chat left in the text: templates/_shared/noise.yaml, and what the reader of
    the document took for noise.
    """

    def find(self, text: Text) -> Iterator[Hit]:
        return (Hit(number, 0, len(text.reading.lines[number - 1])) for number in sorted(text.residue))


def _sentence_around(line: str, start: int, end: int) -> str:
    begin = max(line.rfind(mark, 0, start) for mark in "。；！？") + 1
    ends = [place for mark in "。；！？" if (place := line.find(mark, end)) >= 0]
    return line[begin : min(ends, default=len(line))]
