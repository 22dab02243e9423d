"""The verdict on a document of any origin: its type, whether it is complete, and what to mend where."""

from __future__ import annotations

from collections.abc import Sequence

from drafter.model import Brief, CheckResult, Claim, DocType, Finding, Reading, Review
from drafter.review.checklist import run_checklist
from drafter.review.lint import Rule, lint
from drafter.review.matching import Laid, lay_out
from drafter.review.recognise import recognise


def judge(
    reading: Reading,
    doctypes: Sequence[DocType],
    rules: Sequence[Rule],
    *,
    chosen: str = "",
    brief: Brief | None = None,
    more: Sequence[Finding] = (),
) -> Review:
    """Judge a document by the type `chosen`, else by its brief's, else by the one it most likely is.

    `more` are findings from elsewhere (of its format). With a brief, every figure is held against its facts.
    """
    likely = recognise(reading, doctypes)
    name = chosen or (brief.doctype if brief else likely[0][0])
    doctype = next(one for one in doctypes if one.id == name)
    laid = lay_out(reading, doctype, brief)
    claims, grounding = _grounded(reading, brief) if brief else (None, ())
    if claims is not None:
        untold = tuple(finding.message.split(" ")[0] for finding in grounding if finding.rule == UNUSED)
        laid = laid._replace(draft=laid.draft.model_copy(update={"claims": claims, "untold": untold}))
    findings = [*lint(reading, rules, on=reading.date, unit=reading.unit), *grounding, *more]
    return Review(
        reading=reading,
        doctype=doctype.id,
        likely=likely,
        checklist=tuple(_placed(result, laid, doctype) for result in run_checklist(laid.draft, doctype)),
        findings=tuple(sorted(findings, key=lambda one: (one.line, one.column, one.rule))),
        claims=claims,
    )


UNUSED = "grounding.fact-unused"


def _placed(result: CheckResult, laid: Laid, doctype: DocType) -> CheckResult:
    """A result with the line of the section it looks at."""
    item = next(one for one in doctype.checklist if one.id == result.id)
    return result.model_copy(update={"line": laid.lines.get(item.section, 0)})


def _grounded(reading: Reading, brief: Brief) -> tuple[tuple[Claim, ...], tuple[Finding, ...]]:
    """The claims of the text, noise left out, and what is wrong with them."""
    from drafter.grounding import ledger
    from drafter.review.grounded import findings

    text = ["" if role == "noise" else line for line, role in zip(reading.lines, reading.roles, strict=True)]
    read = ledger.check(text, brief)
    return read.claims, findings(read, brief)
