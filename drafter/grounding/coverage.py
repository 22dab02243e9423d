"""The other direction: which facts a text holds, where, and which it has lost."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from drafter.grounding.names import plain
from drafter.model import Brief, Fact

FOUND = 0.5
FOUND_WITH_FIGURE = 0.25
AGAIN = 0.7
_SENTENCE = re.compile(r"[。；！？;!?\n]+")


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring letters, marks left out."""
    letters = re.sub(r"[^\w%]+", "", plain(text))
    return frozenset(letters[place : place + 2] for place in range(len(letters) - 1)) or frozenset({letters})


class Wording:
    """The sentences of a text, for finding a fact's wording in them."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.line_of: list[int] = []
        self.found: dict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(lines):
            for part in filter(None, _SENTENCE.split(line)):
                for pair in pairs(part):
                    self.found[pair].append(len(self.line_of))
                self.line_of.append(number)

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


def wording_shares(brief: Brief, lines: Sequence[str]) -> dict[str, dict[int, float]]:
    """Fact id → line (from 0) → how much of the fact's wording stands there.

    The words of the brief's topic stand everywhere and show nothing; they are left out.
    """
    wording = Wording(lines)
    topic = pairs(brief.topic)

    def told(fact: Fact) -> dict[int, float]:
        wanted = pairs(fact.text)
        return wording.shares(wanted - topic or wanted)

    return {fact.id: told(fact) for fact in brief.facts}


def stated(shares: Mapping[int, float], figures: Mapping[str, set[int]]) -> bool:
    """Whether a fact is in the text: half of its wording, or a quarter of it beside one of its figures.

    `figures` holds, for each figure of the fact that the text gives, the lines it stands on.
    """
    lines = {line for found in figures.values() for line in found}
    return any(
        share >= FOUND or (share >= FOUND_WITH_FIGURE and line in lines) for line, share in shares.items()
    )


def told_again(shares: Mapping[int, float], figures: Mapping[str, set[int]]) -> set[int]:
    """The lines that state the same figure of a fact, or, of a fact without figures, its wording."""
    if figures:
        return max(figures.values(), key=len)
    return {line for line, share in shares.items() if share >= AGAIN}
