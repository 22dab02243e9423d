"""Grounding as findings: open claims of a text, facts it does not tell, facts it tells twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from drafter.grounding.ledger import Ledger
from drafter.model import Brief, Finding, Severity


def findings(
    ledger: Ledger, brief: Brief, sections: Sequence[str] = (), left_out: Collection[str] = ()
) -> tuple[Finding, ...]:
    """The findings of a ledger. `sections` holds the section id of each line of the text that was checked;
    `left_out` the ids of facts that are known to be left out and reported elsewhere.
    """
    return (*unsupported(ledger, sections), *untold(ledger, brief, left_out), *repeated(ledger))


def unsupported(ledger: Ledger, sections: Sequence[str] = ()) -> Iterator[Finding]:
    """Every claim that no fact supports as it stands."""
    for claim in ledger.open:
        yield Finding(
            rule=f"grounding.{claim.status}",
            severity="error",
            line=claim.line,
            column=claim.column,
            length=len(claim.text),
            message=f"“{claim.text}”：{claim.why}",
            suggestion="请与事实核对后改正或删去",
            section=sections[claim.line - 1] if claim.line <= len(sections) else "",
        )


def untold(ledger: Ledger, brief: Brief, left_out: Collection[str] = ()) -> Iterator[Finding]:
    """Every fact that the text does not state, and every figure missing from those it does."""
    for fact_id in ledger.unused:
        if fact_id not in left_out:
            text = brief.fact(fact_id).text
            yield about_facts("fact-unused", "error", f"{fact_id} 没有写入正文：{text}", "请补写这条事实")
    for lost in ledger.lost:
        message = f"{lost.fact} 的“{lost.text}”没有写入正文"
        yield about_facts("figure-lost", "error", message, "请补写这个数字")


def repeated(ledger: Ledger) -> Iterator[Finding]:
    """Every fact that is stated in more than one place."""
    for repeat in ledger.repeated:
        message = f"{repeat.fact} 在第{'、'.join(map(str, repeat.lines))}行重复写到"
        yield about_facts("fact-repeated", "warning", message, "请只保留一处", repeat.lines[-1])


def about_facts(rule: str, severity: Severity, message: str, suggestion: str, line: int = 1) -> Finding:
    """A finding on how the facts are told."""
    return Finding(
        rule=f"grounding.{rule}",
        severity=severity,
        line=line,
        column=1,
        length=0,
        message=message,
        suggestion=suggestion,
    )
