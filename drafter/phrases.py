"""The heading of a level-2 section: a phrase of its topic, or one made of the topic's name and its facts."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from itertools import pairwise

from drafter.data import shared
from drafter.grouping import Group, is_phrase
from drafter.model import Brief, DocType

VERB = 2
"""Characters of the verb before a topic's name."""

UNEVEN = 2
"""By how many characters the two clauses of a heading may differ."""


def seed_of(brief: Brief) -> int:
    """A number that is the same for the same brief: varies wording without chance."""
    return zlib.crc32("\n".join((brief.unit, brief.period, brief.topic)).encode())


def shown_in(phrase: str, texts: Sequence[str]) -> int:
    """How many pairs of neighbouring characters of a phrase stand in the texts."""
    return sum(any(one + other in text for text in texts) for one, other in pairwise(phrase))


class Headings:
    """Gives the headings of one document, one after the other, so that they differ."""

    def __init__(self, brief: Brief, doctype: DocType) -> None:
        self._doctype, self._seed = doctype, seed_of(brief)
        self._used: list[str] = []

    def heading_for(self, group: Group) -> str:
        """A heading for the group: the person's own, the type's form, else of its topic's phrases the one
        that its facts show most, else one made of its name.
        """
        heading = group.name if is_phrase(group.name) else self._found(group)
        self._used.append(heading)
        return heading

    def _found(self, group: Group) -> str:
        topic = group.topic if group.topic and group.name in (group.topic.topic, *group.topic.names) else None
        if self._doctype.headings and topic not in self._doctype.topics:
            name = group.name or str(shared("headings")["rest"])
            forms = [form.format(topic=name) for form in rotated(self._doctype.headings, self._turn)]
            return next((form for form in forms if form not in self._used), forms[0])
        texts = [fact.text for fact in group.facts]
        own = [group.name] if len(group.parts) == 1 else []

        def fit(phrase: str) -> tuple[int, int]:
            return shown_in(phrase, texts), shown_in(phrase, own) - self._repeats(phrase)

        phrases = [] if topic is None else [one for one in topic.headings if self._fresh(one)]
        return max(phrases, key=fit, default="") or self._made(group.name, texts)

    @property
    def _turn(self) -> int:
        return self._seed + len(self._used)

    def _clauses(self) -> list[str]:
        return [clause for heading in self._used for clause in heading.split("，")]

    def _fresh(self, phrase: str) -> bool:
        """Whether the document says none of the phrase's clauses yet."""
        return not set(phrase.split("，")) & set(self._clauses())

    def _repeats(self, phrase: str) -> int:
        """How many of its clauses open with a word that other clauses of the document open with."""
        opened = {clause[:2] for clause in self._clauses()}
        return sum(clause[:2] in opened for clause in phrase.split("，"))

    def _made(self, name: str, texts: Sequence[str]) -> str:
        """A verb with the name and, where the facts show one that balances, a second clause."""
        data = shared("headings")
        name = name or data["rest"]
        second = self._second(name, texts)
        verbs = next(row["verbs"] for row in data["verbs"] if name.endswith(row["ending"]))
        firsts = [
            verb + name
            for verb in rotated(verbs, self._turn)
            if not name.startswith(verb) and not second.startswith(verb)
        ]
        first = min(firsts or [name], key=lambda one: (not self._fresh(one), self._repeats(one)))
        return "，".join(filter(None, (first, second)))

    def _second(self, name: str, texts: Sequence[str]) -> str:
        """The clause that the facts show most and that balances a verb with the name; empty if none does."""
        shown = [
            (sum(re.search(row["cues"], text) is not None for text in texts), row["clause"])
            for row in shared("headings")["shows"]
            if self._fresh(row["clause"])
            and abs(len(row["clause"]) - len(name) - VERB) <= UNEVEN
            and not shown_in(row["clause"], [name])
        ]
        most, clause = max(shown, key=lambda one: one[0], default=(0, ""))
        return clause if most and most * 2 >= len(texts) else ""


def rotated(options: Sequence[str], turn: int) -> list[str]:
    """The options, beginning at the place whose turn it is."""
    start = turn % len(options) if options else 0
    return [*options[start:], *options[:start]]
