"""The word data of the figure reader (templates/_shared), as lookups and regular expressions.

Loaded once. Every list is data: a unit, an idiom or a body's ending is added there, not here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import Any

from drafter.data import shared


@cache
def words(name: str) -> dict[str, Any]:
    """The lists of measure_words.yaml, idioms.yaml or bodies.yaml."""
    return dict(shared(name))


def alternation(items: Iterable[str]) -> str:
    """A regular expression for any of `items`, the longest first.

    Grouped by first letter, so that the regex engine can skip every place where none begins.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for item in items:
        groups[item[0]].append(item[1:])
    branches = (
        re.escape(first)
        + "(?:"
        + "|".join(re.escape(rest) for rest in sorted(rests, key=len, reverse=True))
        + ")"
        for first, rests in groups.items()
    )
    return "(?:" + "|".join(branches) + ")"


@cache
def units() -> dict[str, tuple[str, Fraction]]:
    """Printed unit → its base unit and the factor to it: 公里 → (米, 1000). Counters are their own base."""
    table = {word: (word, Fraction(1)) for word in words("measure_words")["counters"]}
    for base, members in words("measure_words")["measures"].items():
        table |= {word: (base, Fraction(str(factor))) for word, factor in members.items()}
    return table


@cache
def unit_pattern() -> str:
    """Any unit, alone or «per» another (微克/立方米, 元/日)."""
    one = alternation(units())
    return f"(?:{one}(?:/{one})?)"


@cache
def chinese_unit_pattern() -> str:
    """The units that make a figure of a Chinese numeral."""
    data = words("measure_words")
    measured = {unit for members in data["measures"].values() for unit in members}
    return alternation((measured | set(data["after_chinese"])) - set(data["not_after_chinese"]))


@cache
def single_unit_pattern() -> str:
    """The units that make a figure of 一 alone."""
    return alternation(words("measure_words")["after_one"])


@cache
def qualifiers() -> dict[str, str]:
    """Printed qualifier → what it does to the value: above, below, about, within or some."""
    data = words("measure_words")
    return {
        word: effect
        for place in ("prefixes", "suffixes", "infixes")
        for effect, listed in data[place].items()
        for word in listed
    }


@cache
def prefix_pattern() -> str:
    """A qualifier before a numeral; not 约 in 节约, nor 近 in 附近."""
    data = words("measure_words")
    guarded = {
        word: "".join(f"(?<!{other})" for other in before) for word, before in data["no_qualifier"].items()
    }
    listed = sorted(
        (word for effect, group in data["prefixes"].items() if effect != "some" for word in group),
        key=len,
        reverse=True,
    )
    return "(?:" + "|".join(guarded.get(word, "") + re.escape(word) for word in listed) + ")"


@cache
def suffix_pattern() -> str:
    """A qualifier behind a unit: 以上, 左右."""
    return alternation(word for group in words("measure_words")["suffixes"].values() for word in group)


@cache
def idiom_pattern() -> re.Pattern[str]:
    """Numerals that count nothing. Matches have still to be checked for a numeral right before them."""
    data = words("idioms")
    return re.compile(
        "|".join([*(f"(?:{pattern})" for pattern in data["patterns"]), alternation(data["words"])]), re.M
    )


@cache
def direction_pattern() -> re.Pattern[str]:
    """A verb of rising or falling at the end of the text before a figure, and whether it says «to»."""
    data, rates = words("measure_words")["directions"], words("measure_words")["rates"]
    return re.compile(
        f"(?:(?P<rate_up>{alternation(rates['up'])})|(?P<rate_down>{alternation(rates['down'])}))(?:为|是|达到?|在)?$"
        f"|(?:(?P<up>{alternation(data['up'])})|(?P<down>{alternation(data['down'])}))了?(?P<to>至|到|为)?了?$"
    )


@cache
def filler_pattern() -> re.Pattern[str]:
    """Words without content of their own."""
    return re.compile(alternation(words("measure_words")["fillers"]))
