"""Short forms that a text introduces (以下简称《实施方案》), and whether they fit the full name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from drafter.grounding.bodies import ends_like_a_body
from drafter.grounding.lexicon import alternation, words
from drafter.grounding.names import plain

_INTRODUCED = re.compile(
    r"[（(](?P<number>[^（）()]{0,30}?[,，、])?(?:以下|下文|后文|下)?(?:均|并)?(?P<how>统称|合称|简称|称)(?:为)?[:：]?\s*"
    r"(?P<mark>[“《]?)(?P<short>[^”》）)\n]{1,30})[”》]?[)）]"
)
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_FULL = (
    re.compile(r"《([^《》]*(?:《[^《》]*》[^《》]*)*)》$"),
    re.compile(r"“([^“”]*)”$"),
    re.compile(r"([^，。；：！？\n]{2,40})$"),
)
_SELF = re.compile("[我本该](.{1,3})$")
_LEAST_CHUNK = 2


@dataclass(frozen=True, slots=True)
class Introduction:
    """A short form (as names are compared), its place in its line (characters from 0), and its full name."""

    short: str
    start: int
    end: int
    full: str
    fits: bool


def introductions(line: str) -> Iterator[Introduction]:
    """The short forms that a line introduces."""
    for match in _INTRODUCED.finditer(line):
        before = line[: match.start()].rstrip()
        full = next((found for found in (form.search(before) for form in _FULL) if found), None)
        if not full:
            continue
        name, short = plain(full[1]), plain(match["short"])
        title = match["mark"] == "《"
        fits = match["how"] in ("统称", "合称") or shortens(short, name, title=title)
        # Of several bodies it is the last's short form.
        if not fits and not title and shortens(short, last := re.split("[、与和及]", name)[-1]):
            name, fits = last, True
        yield Introduction(short, *match.span("short"), name, fits)


def introduced(lines: Iterable[str]) -> list[Introduction]:
    """The short forms that a text introduces and that fit what they stand for."""
    return [one for line in lines for one in introductions(line) if one.fits]


def meant(one: Introduction, text: str) -> str:
    """The short form that a text uses instead of the introduced one, with a letter more inside (管委会 for
    “管会”); empty where it uses the introduced one, or no such.
    """
    if text.count(one.short) > 1:
        return ""
    text = text.replace(one.full, "")
    longer = (
        one.short[:place] + letter + one.short[place:]
        for place in range(1, len(one.short))
        for letter in one.full
    )
    return next((form for form in longer if form in text), "")


def of_bodies(found: Iterable[Introduction]) -> frozenset[str]:
    """The short forms among them that stand for bodies (宏基建工 for 宏基建工有限公司)."""
    return frozenset(one.short for one in found if ends_like_a_body(one.full) and not _SELF.match(one.short))


def shortens(short: str, full: str, *, title: bool = False) -> bool:
    """Whether a short form can be made of the letters of a full name.

    A title keeps whole words and its last (实施方案, 行动计划). A body keeps its ending and the order of its
    letters but for its place (区环保分局 for 市环保局某区分局), a company letters of its brand (城服公司). Of
    any other name only the letters have to be there (双拥, 五经普). Behind 我, 本 or 该 stand such letters or
    what a unit is called.
    """
    if not short:
        return True
    if own := _SELF.match(short):
        return own[1] in words("bodies")["selves"] or (in_order(own[1], full) and own[1][-1] == full[-1])
    if title:
        return _of_words(short, _BRACKETS.sub("", full))
    if full.endswith(("公司", "集团")) or short.endswith("公司"):
        brand = re.sub("(?:公司|集团)$", "", short)
        return short in ("公司", "集团") or (len(brand) >= _LEAST_CHUNK and in_order(brand, full))
    if short in full:
        return True
    if ends_like_a_body(full):
        place = short[0] if short[0] in words("bodies")["places"] and short[0] in full else ""
        return len(short) > 1 and _ends_alike(short, full) and in_order(short.removeprefix(place), full)
    return not Counter(short) - Counter(full)


def _ends_alike(short: str, full: str) -> bool:
    """Whether a short form has the full name's ending, or what is short for it (旧改办 for …办公室)."""
    brief = words("bodies")["short_endings"].items()
    return short[-1] == full[-1] or any(full.endswith(one) and short.endswith(two) for one, two in brief)


def in_order(short: str, full: str) -> bool:
    """Whether all letters of a short form stand in the full name, in the same order."""
    letters = iter(full)
    return all(letter in letters for letter in short)


@cache
def _word() -> re.Pattern[str]:
    return re.compile(alternation(words("bodies")["title_words"]))


def _of_words(short: str, full: str) -> bool:
    """Whether a short title is made of runs of two letters or more of the full one, in order, to its end."""
    cuts = {place for word in _word().finditer(full) for place in range(word.start() + 1, word.end())}

    def rest_fits(rest: str, start: int) -> bool:
        if not rest:
            return False
        for place in range(start, len(full)):
            for size in range(len(rest), _LEAST_CHUNK - 1, -1):
                end = place + size
                whole = full.startswith(rest[:size], place) and not {place, end} & cuts
                if whole and ((size == len(rest) and end == len(full)) or rest_fits(rest[size:], end)):
                    return True
        return False

    return rest_fits(short, 0)
