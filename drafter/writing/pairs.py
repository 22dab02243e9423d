"""Which measure answers which problem, and how what is missing is said."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from drafter.model import Fact, SectionSpec
from drafter.outline import chinese_number, kind_in, kind_of
from drafter.writing import Task

ANSWERS = 3
"""From so many pairs of characters in common on, a plan answers a problem."""


def missing(what: str) -> str:
    """The visible mark of something that the brief should have given."""
    return f"〔待补充：{what}〕"


def pairs_in(facts: Sequence[Fact], spec: SectionSpec) -> tuple[list[Fact], list[Fact | None]]:
    """The problems among a section's facts, and its measures in their order, as `paired` gives them."""
    of_kind = {
        kind: [fact for fact in facts if kind_in(fact, spec) == kind] for kind in ("problem", "measure")
    }
    return of_kind["problem"], paired(of_kind["problem"], of_kind["measure"])


def paired(problems: Sequence[Fact], measures: Sequence[Fact]) -> list[Fact | None]:
    """The measures in the order of the problems, None where there is none, extra ones last.

    A measure answers the problem of its own topic; where there are fewer measures than problems, then the one
    that shares most words with it; the rest answer in turn.
    """
    left = list(measures)
    row: list[Fact | None] = [None] * len(problems)

    def answer(place: int, measure: Fact) -> None:
        row[place] = measure
        left.remove(measure)

    for place, problem in enumerate(problems):
        same = [fact for fact in left if problem.topic and fact.topic == problem.topic]
        if same:
            answer(place, same[0])
    if len(left) < row.count(None):
        for measure in list(left):
            free = [place for place, taken in enumerate(row) if taken is None]
            likest = max(free, key=lambda place: common(problems[place].text, measure.text))
            if common(problems[likest].text, measure.text):
                answer(likest, measure)
    for place, taken in enumerate(row):
        if taken is None and left:
            answer(place, left[0])
    return [*row, *left]


def common(one: str, other: str) -> int:
    """How many pairs of neighbouring characters two texts have in common."""
    return len(set(pairwise(one)) & set(pairwise(other)))


def plans_beside(task: Task) -> list[Fact]:
    """What the document plans in other sections."""
    own = {fact.id for fact in task.facts}
    return [fact for fact in task.brief.facts if fact.id not in own and kind_of(fact) == "plan"]


def answered(
    problems: Sequence[Fact], measures: Sequence[Fact | None], plans: Sequence[Fact]
) -> dict[int, Fact]:
    """The place (from 1) of each problem without a measure that a plan answers, by the words they share, and
    that plan: the one that shares most.
    """
    found = {}
    for place, (problem, measure) in enumerate(zip(problems, measures, strict=False), start=1):
        best = max(plans, key=lambda plan: common(problem.text, plan.text), default=None)
        if measure is None and best and common(problem.text, best.text) >= ANSWERS:
            found[place] = best
    return found


def unmet(problems: Sequence[Fact], measures: Sequence[Fact | None], plans: Sequence[Fact] = ()) -> str:
    """The one mark that says to which problems no measure was given; empty when each has one or is one that
    the plans answer, by the words they share.

    `measures` are in the order of the problems, None where there is none.
    """
    by_plan = answered(problems, measures, plans)
    bare = [
        place
        for place, (problem, measure) in enumerate(zip(problems, measures, strict=False), start=1)
        if measure is None and place not in by_plan
    ]
    if not bare:
        return ""
    if len(bare) == len(measures):
        return missing("改进措施")
    return missing(f"{'、'.join(f'第{chinese_number(place)}' for place in bare)}个问题的改进措施")
