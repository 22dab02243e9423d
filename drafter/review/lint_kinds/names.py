"""Kinds that look at how bodies are called: the short form before the full one, one's own name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import ClassVar

from pydantic import Field

from drafter.data import shared
from drafter.review.lint_kinds.base import Hit, Rule, Text, alternation

_DEFINED = re.compile(r"[（(]以下(?:统一|统)?(?:简称|统称)(?:为|：|:)?(?P<at>[^（）()]{2,30})[）)]")
_QUOTES = str.maketrans("", "", "“”\"‘’'")
_REACH = 60


class FirstMention(Rule):
    """A short form that stands before the place which introduces it. Without `names`: before its own
    «（以下简称……）». With `names` (short form: full form): before the first full form in the document.
    {full} is the full form, or the line of the definition.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"full"})

    names: dict[str, str] = Field(default_factory=dict)

    def find(self, text: Text) -> Iterator[Hit]:
        return self._known(text) if self.names else self._defined(text)

    def _defined(self, text: Text) -> Iterator[Hit]:
        for index, line in enumerate(text.lines):
            for match in _DEFINED.finditer(line.text):
                short = match["at"].translate(_QUOTES).strip()
                full = line.text[max(0, match.start() - _REACH) : match.start()]
                if len(short) >= 3 and short not in full:
                    yield from self._before(text, short, index, match.start())

    def _before(self, text: Text, short: str, index: int, column: int) -> Iterator[Hit]:
        """The first place of `short` before a column of the line with this index, if there is one."""
        plain = text.lines if short.startswith("《") else text.outside(("titles",))
        fields: Mapping[str, object] = {"full": f"第{plain[index].number}行"}
        for line in plain[: index + 1]:
            if line.role in ("title", "addressee"):
                continue
            place = line.text.find(short, 0, column if line is plain[index] else len(line.text))
            if place >= 0:
                yield Hit(line.number, place, place + len(short), fields)
                return

    @cached_property
    def words(self) -> re.Pattern[str]:
        """The known short and full forms."""
        return alternation([*self.names, *self.names.values()])

    def _known(self, text: Text) -> Iterator[Hit]:
        early: dict[str, Hit] = {}
        full_seen: set[str] = set()
        for line in text.outside(("titles",)):
            if line.role in ("title", "addressee", "unit"):
                continue
            for match in self.words.finditer(line.text):
                full = self.names.get(match.group())
                if full is None:
                    full_seen.add(match.group())
                    if match.group() in early:
                        yield early.pop(match.group())
                elif full not in full_seen and full not in early:
                    early[full] = Hit(line.number, *match.span(), {"full": full})


class SelfName(Rule):
    """我局 in the document of a 街道: the unit calls itself by a name that is not its own, and never by its
    own (templates/_shared/units.yaml). Silent where the unit is not known. {right} is how it calls itself.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"right"})

    others: tuple[str, ...]

    def find(self, text: Text) -> Iterator[Hit]:
        endings: list[dict[str, str]] = shared("units")
        own = next((one["self"] for one in endings if text.unit and text.unit.endswith(one["ending"])), "")
        if own not in self.others:
            return
        words = alternation(self.others)
        hits = [
            Hit(line.number, *match.span(), {"right": own, "match": match.group()})
            for line in text.outside(("titles", "quotes"))
            for match in words.finditer(line.text)
        ]
        if hits and all(hit.fields["match"] != own for hit in hits):
            yield hits[0]
