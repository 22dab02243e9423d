"""The other direction: which facts a text holds, where, and which it has lost."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from drafter.grounding.context import without
from drafter.grounding.figures import read
from drafter.grounding.names import plain
from drafter.grounding.page import NUMERIC, Figure
from drafter.model import Brief, Fact

FOUND = 0.5
FOUND_WITH_FIGURE = 0.25
AGAIN = 0.7
LEAST_PAIRS, LEAST_BESIDE = 6, 3
_CLAUSE = re.compile(r"[，、。；：！？（）,;:!?()]")
_PROBLEM = re.compile("(?:主要)?(?:问题|不足|短板|困难)[：:一二三四五六七八九十0-9]|存在")
_DENIAL = re.compile("未|无|没有|零|杜绝")
_SENTENCE = re.compile(r"[。；！？;!?\n]+")


@lru_cache(maxsize=8192)
def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring letters, marks left out."""
    letters = re.sub(r"[^\w%]+", "", plain(text))
    return frozenset(letters[place : place + 2] for place in range(len(letters) - 1)) or frozenset({letters})


class Wording:
    """The sentences of a text, for finding a fact's wording in them."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.line_of: list[int] = []
        self.parts: list[str] = []
        self.found: dict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(lines):
            for part in filter(None, _SENTENCE.split(line)):
                for pair in pairs(part):
                    self.found[pair].append(len(self.line_of))
                self.line_of.append(number)
                self.parts.append(part)

    def shares(self, wanted: frozenset[str]) -> dict[int, float]:
        """Line (from 0) → the greatest share of `wanted` that one sentence there, or two in a row, hold."""
        held: dict[int, set[str]] = defaultdict(set)
        for pair in wanted:
            for place in self.found.get(pair, ()):
                held[place].add(pair)
        most: dict[int, float] = {}
        for place, here in held.items():
            line = self.line_of[place]
            behind = held.get(place + 1, set())
            together = here | behind if behind and self.line_of[place + 1] == line else here
            most[line] = max(most.get(line, 0.0), len(together) / len(wanted))
        return most


class Coverage:
    """A text held against the facts of its brief.

    The words of the brief's topic stand everywhere and show nothing; they are left out.
    """

    def __init__(self, brief: Brief, lines: Sequence[str]) -> None:
        self._wording = Wording(lines)
        self._topic = pairs(brief.topic)

    def _shares(self, text: str) -> dict[int, float]:
        """Line (from 0) → how much of a fact's wording, or of a part of it, stands there."""
        wanted = pairs(text)
        return self._wording.shares(wanted - self._topic or wanted)

    def stated(self, fact: Fact, figures: Mapping[str, set[int]]) -> bool:
        """Whether a fact is in the text: all of its figures where it has two or more, half of its wording, or
        a quarter of it beside one of its figures.

        `figures` holds, for each figure of the fact that the text gives, the lines it stands on.
        """
        own = {figure.text for figure in read(fact.text) if figure.kind in NUMERIC}
        if len(figures) >= max(2, len(own)):
            return True
        lines = {line for found in figures.values() for line in found}
        return any(
            share >= FOUND or (share >= FOUND_WITH_FIGURE and line in lines)
            for line, share in self._shares(fact.text).items()
        )

    def again(self, fact: Fact, figures: Sequence[tuple[Figure, set[int]]]) -> set[int]:
        """The lines that tell one figure of a fact with the words beside it, or nearly all of its wording;
        a figure on one line only is not looked at.

        `figures` holds the fact's figures with the lines that give each. A name or a date that is said again
        tells nothing again, nor does the mend of a problem that names it.
        """
        if figures and not _is_problem(fact):
            repeated = ((figure, lines) for figure, lines in figures if len(lines) > 1)
            return max(
                (lines & self._beside(fact, figure) for figure, lines in repeated), key=len, default=set()
            )
        own = without(fact.text, (figure for figure in read(fact.text) if figure.kind not in NUMERIC))
        return self._lines(own, AGAIN) if len(pairs(own)) >= LEAST_PAIRS else set()

    def tells(self, fact: Fact, figure: Figure) -> bool:
        """Whether the text holds the words that a fact's figure is said of."""
        return bool(self._lines(_clause(fact.text, figure), AGAIN))

    def denies(self, fact: Fact, figure: Figure) -> bool:
        """Whether the text says that there was none of what a fact counts."""
        wanted = pairs(_clause(fact.text, figure))
        return any(
            _DENIAL.search(part) and len(wanted & pairs(part)) >= FOUND * len(wanted)
            for part in self._wording.parts
        )

    def told_in(self, sentences: Sequence[str], fact: Fact, figure: Figure) -> bool:
        """Whether one of some sentences holds half of the words beside a fact's figure, or of the fact."""
        wanted = [pairs(text) - self._topic for text in (_clause(fact.text, figure), fact.text)]
        held = [pairs(text) for text in sentences]
        return any(len(words & said) >= FOUND * len(words) for words in wanted if words for said in held)

    def _beside(self, fact: Fact, figure: Figure) -> set[int]:
        """The lines that hold half of the words beside a fact's figure, or where it has few, of the fact."""
        clause = _clause(fact.text, figure)
        return self._lines(clause if len(pairs(clause)) >= LEAST_BESIDE else fact.text, FOUND)

    def _lines(self, text: str, enough: float) -> set[int]:
        return {line for line, share in self._shares(text).items() if share >= enough}


def _is_problem(fact: Fact) -> bool:
    return fact.kind == "problem" or _PROBLEM.match(fact.text) is not None


def _clause(text: str, figure: Figure) -> str:
    """The clause of a fact that a figure stands in, without the figure."""
    start = max((mark.end() for mark in _CLAUSE.finditer(text, 0, figure.start)), default=0)
    end = _CLAUSE.search(text, figure.end)
    return f"{text[start : figure.start]} {text[figure.end : end.start() if end else len(text)]}"
