"""What a format check looked at, and the findings that make up a report of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from drafter.data import shared
from drafter.docx.layout import Layout
from drafter.docx.own_choices import Choice, choices, rules_of
from drafter.model import Finding

MANY = 5
"""So many separate places of one fault are told one by one; more in one finding."""

OWN = "OWN-LAYOUT"
"""The rule that names what an office set for itself."""


@dataclass(frozen=True)
class Look:
    """One rule held to one paragraph or section: `measured` is empty where it is kept.

    `where` names the place when it is no paragraph; `column` (from 1) and `length` are the span in its line.
    """

    rule: str
    line: int
    measured: str
    required: str
    column: int = 1
    length: int = 0
    where: str = ""


def findings(looks: Iterable[Look], layout: Layout) -> tuple[Finding, ...]:
    """The faults by line; paragraphs that follow one another with the same fault are one finding.

    What `layout` has otherwise than the standard is told first, as the office's own choice.
    """
    by_rule: dict[str, list[Look]] = {}
    for look in looks:
        by_rule.setdefault(look.rule, []).append(look)
    own = rules_of(layout)
    found = [_own(choice) for choice in choices(layout)]
    found += [finding for row in by_rule.values() for finding in _of_rule(row, own)]
    return tuple(sorted(found, key=attrgetter("line", "rule")))


def _own(choice: Choice) -> Finding:
    rule = shared("format")[OWN]
    return Finding(
        rule=OWN,
        severity=rule["severity"],
        line=1,
        column=1,
        length=0,
        message=rule["message"].format(choice=choice),
        suggestion=rule["suggestion"],
    )


def _of_rule(row: list[Look], own: frozenset[str]) -> list[Finding]:
    def fault(look: Look) -> tuple[str, str, str]:
        return look.measured, look.required, look.where

    runs = [list(run) for _, run in groupby(_one_a_line(row), key=fault)]
    faults: dict[tuple[str, str, str], list[list[Look]]] = {}
    for run in runs:
        if run[0].measured:
            faults.setdefault(fault(run[0]), []).append(run)
    found = []
    for same in faults.values():
        if len(same) > MANY:
            found.append(_finding(same[0], f"{_where(same[0])}等{len(same)}处", own))
        else:
            found += [_finding(run, _where(run), own) for run in same]
    return found


def _one_a_line(row: list[Look]) -> list[Look]:
    """The looks at one line as one: it is at fault as soon as one of its runs is."""
    found = []
    for _, same in groupby(row, key=lambda look: (look.line, look.where)):
        looks = list(same)
        first = next((look for look in looks if look.measured), looks[0])
        said = dict.fromkeys(look.measured for look in looks if look.measured)
        found.append(replace(first, measured="、".join(said)))
    return found


def _where(run: list[Look]) -> str:
    first, last = run[0], run[-1]
    if first.where:
        return "" if first.where == "*" else first.where
    return f"第{first.line}段" if first.line == last.line else f"第{first.line}—{last.line}段"


def _finding(run: list[Look], where: str, own: frozenset[str]) -> Finding:
    first = run[0]
    rule = shared("format")[first.rule]
    source = "本单位版式" if first.rule in own else f"GB/T 9704—2012 第{rule['clause']}条"
    said = rule["message"].format(where=where, measured=first.measured, required=first.required)
    return Finding(
        rule=first.rule,
        severity=rule["severity"],
        line=first.line,
        column=first.column,
        length=first.length,
        message=f"{said}（{source}）",
        suggestion=rule["suggestion"],
    )
