"""Whether two figures are one: equal in value, unit, qualifier and direction, however each is written."""

from __future__ import annotations

import re
from functools import cache

from drafter.grounding.context import Place, features
from drafter.grounding.knowledge import Knowledge
from drafter.grounding.lexicon import words

_ABOVE_OR_BELOW = re.compile("超过|超|高于|低于|大于|小于|多于|少于")
_MARKS = frozenset(
    f">{mark}"
    for mark in ("计划", "目标", "任务", "要求", "标准", "指标", "控制", "年度", "预期", "平均", "限值")
)
"""Features right behind a figure that another is measured by (超过27.5万吨的计划)."""


def same_figure(place: Place, other: Place) -> bool:
    """Whether two figures with equal values are equal in unit and qualifier too, and not opposed."""
    one, two = place.figure, other.figure
    return (
        (_same_unit(place, other) or _same_unit(other, place))
        and (one.kind == "ordinal") == (two.kind == "ordinal")
        and (
            one.qualifier == two.qualifier
            or _alike_but_in_form(place, other)
            or _alike_but_in_form(other, place)
        )
        and not opposed(one.direction, two.direction)
    )


def _alike_but_in_form(one: Place, two: Place) -> bool:
    """Whether a figure has a qualifier that another has in other words (7天内, 7天之内), or one that says how
    a third is measured by it (超过27.5万吨的计划).
    """
    measured = _ABOVE_OR_BELOW.match(one.figure.text) is not None and not _MARKS.isdisjoint(one.near)
    inside = ">内" in two.near or two.figure.noun.startswith("内") or "<前" in one.near
    return not two.figure.qualifier and (measured or (one.figure.qualifier == "within" and inside))


def _same_unit(one: Place, two: Place) -> bool:
    """Whether a figure has another's unit: leaves it to the words beside it (近6万居民), counts the unit's
    noun by 个 (4个小组, 4组), or people, counts by 家 what is a house (零售点43个, 39家已退出), or tells
    before it by what it is counted (亩产612公斤, 612公斤/亩).
    """
    own, its = one.figure.unit, two.figure.unit
    unit, slash, per = its.partition("/")
    counted = own == "个" and (
        one.figure.noun.startswith(its or "·")
        or not {f">{its}", f"<{its}"}.isdisjoint(one.near)
        or (its == "人" and _beside_people(one))
    )
    counted = counted or (not one.source and (own, its) == ("家", "个") and _is_house(two))
    each = features(per) <= one.left | one.wide or ">每" in one.near
    return own in (its, "", f"个{its}") or counted or (slash != "" and own == unit and each)


@cache
def _houses() -> frozenset[str]:
    return frozenset(words("measure_words")["houses"])


def _is_house(place: Place) -> bool:
    """Whether what is said of a figure is said of houses."""
    return any(len(pair) > 1 and pair[-1] in _houses() for pair in place.words | place.wide)


def _beside_people(place: Place) -> bool:
    """Whether what stands right behind a figure are people."""
    return any(f">{noun}" in place.near for noun in words("measure_words")["counted"]["people"]["nouns"])


def opposed(one: str, two: str) -> bool:
    """Whether one rises and the other falls, or one rises by and the other rises to the value."""
    return bool(one and two and one != two)


def owners(place: Place, known: Knowledge) -> list[Place]:
    """The figures of facts that the text's figure may be."""
    return [other for other in known.equal(place.figure) if same_figure(place, other)]
