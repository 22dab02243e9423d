"""What a person should look at in a draft: open claims, unfinished places, failed sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drafter.grounding import ledger
from drafter.grounding.ledger import Ledger
from drafter.model import DocType, Draft, Finding
from drafter.printed import lines, naming, tables
from drafter.review import grounded
from drafter.review.checklist import PLACEHOLDER

ASIDE = frozenset({"caption", "cell", "attachment_title", "attachment", "attached"})
"""Roles of the lines that stand beside the text."""
FAILED = "没有写成："
"""Stands between a section and why it could not be written."""


def ledger_of(draft: Draft) -> Ledger:
    """The draft's printed lines against its brief.

    A fact that only a table or an attachment states is not told: the text has to.
    """
    printed = lines(draft)
    sections = [line.section for line in printed]
    read = ledger.check([line.text for line in printed], draft.brief, sections)
    if not any(line.role in ASIDE for line in printed):
        return read
    told = ["" if line.role in ASIDE else line.text for line in printed]
    return ledger.check(told, draft.brief, sections).model_copy(update={"claims": read.claims})


def of_draft(
    draft: Draft, doctype: DocType, read: Ledger, failures: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """The findings of a draft whose ledger is `read`; `failures` maps a section to why it has no text."""
    return (
        *failed(draft, doctype, failures or {}),
        *grounded.findings(read, draft.brief, [line.section for line in lines(draft)], draft.unplaced),
        *waiting(draft),
        *left_out(draft),
        *lone_headings(draft, doctype),
        *unnamed_tables(draft),
    )


def failed(draft: Draft, doctype: DocType, failures: Mapping[str, str]) -> Iterator[Finding]:
    """A section that could not be written."""
    for section in draft.sections:
        if section.id in failures:
            yield Finding(
                rule="draft.section-failed",
                severity="error",
                line=line_of(draft, section.id),
                column=1,
                length=0,
                message=f"“{doctype.label_of(section)}”{FAILED}{failures[section.id]}",
                suggestion="请重试这一节",
                section=section.id,
            )


def line_of(draft: Draft, section: str) -> int:
    """The 1-based printed line on which a section begins; where it prints nothing yet, the one before it."""
    printed = lines(draft)
    order = [one.id for one in draft.sections]
    place = order.index(section)
    for number, line in enumerate(printed, start=1):
        if line.section and order.index(line.section) >= place:
            return number
    return len(printed)


def waiting(draft: Draft) -> Iterator[Finding]:
    """Every placeholder that is left in the text."""
    for number, line in enumerate(lines(draft), start=1):
        for match in PLACEHOLDER.finditer(line.text):
            yield Finding(
                rule="draft.placeholder",
                severity="warning",
                line=number,
                column=match.start() + 1,
                length=len(match.group()),
                message=f"有待补齐的内容：{match.group()}",
                suggestion="请补充后再定稿",
                section=line.section,
            )


def left_out(draft: Draft) -> Iterator[Finding]:
    """Every fact that fits nowhere."""
    for fact_id in draft.unplaced:
        yield Finding(
            rule="draft.unplaced-fact",
            severity="warning",
            line=1,
            column=1,
            length=0,
            message=f"{fact_id} 没有归入任何部分：{draft.brief.fact(fact_id).text}",
            suggestion="请为这条事实指定主题或所属部分",
        )


def lone_headings(draft: Draft, doctype: DocType) -> Iterator[Finding]:
    """A level-2 heading that has no sister: （一） without （二）."""
    for section in draft.sections:
        sisters = [one for one in draft.sections if one.level == 2 and one.spec == section.spec]
        if section.level == 2 and len(sisters) == 1:
            label = doctype.label_of(section)
            yield Finding(
                rule="draft.lone-heading",
                severity="info",
                line=line_of(draft, section.id),
                column=1,
                length=len(label),
                message=f"“{label}”是这一部分唯一的二级标题",
                suggestion="可再补充一个主题的事实，或改为不设二级标题",
                section=section.id,
            )


def unnamed_tables(draft: Draft) -> Iterator[Finding]:
    """Every table that its text does not name (见表1), or names after a later one."""
    body = "\n".join(line.text for line in lines(draft) if line.role == "body")
    found = [(fact, table.number, naming(table).search(body)) for fact, table in tables(draft)]
    last = -1
    for fact, number, match in found:
        where = next(section.id for section in draft.sections if fact.id in section.facts)
        early = match is not None and match.start() < last
        last = max(last, match.start() if match else -1)
        if match and not early:
            continue
        yield Finding(
            rule="draft.table-order" if match else "draft.table-unnamed",
            severity="warning",
            line=line_of(draft, where),
            column=1,
            length=0,
            message=f"正文先写到后面的表，后写到表{number}" if match else f"正文没有提到表{number}",
            suggestion="请调整事实的先后，使表按次序出现" if match else f"请在正文中写“见表{number}”",
            section=where,
        )
