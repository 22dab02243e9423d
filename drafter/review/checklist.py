"""The kinds of check a document type's checklist can name, and the run of a checklist over a draft.

A check looks at a draft and returns where the item is met, or raises nothing and returns what is missing:
`Outcome(passed, detail)`. What an item looks at and says comes from doctype.yaml.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple

from drafter.model import ChecklistItem, CheckResult, DocType, Draft, Section
from drafter.outline import kind_in

PLACEHOLDER = re.compile(r"〔(待补充|待核实)：[^〕]*〕|〔待确认〕")
FIGURE = re.compile(r"[0-9０-９]|百分之|[一二三四五六七八九十百千万]+(个|次|名|份|项|篇|人|家|处|台|吨|元)")


class Outcome(NamedTuple):
    """Whether an item is met; `detail` says where, or what is wrong (the item's own advice is added)."""

    passed: bool
    detail: str


Check = Callable[[ChecklistItem, Draft, DocType], Outcome]


def part(draft: Draft, spec: str) -> list[Section]:
    """The section made from `spec` and its level-2 sections; empty when the draft has none."""
    return [section for section in draft.sections if section.spec == spec]


def text_of(sections: list[Section]) -> str:
    """Headings and text of sections, as one string."""
    return "\n".join(f"{section.heading}\n{section.text}".strip() for section in sections)


def placeholders(text: str) -> str:
    """The placeholders in a text, as one phrase; empty when there are none."""
    return "、".join(match.group() for match in PLACEHOLDER.finditer(text))


def present(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """The section is there, has text, and nothing in it waits to be filled in."""
    sections = part(draft, item.section)
    written = [section for section in sections if section.written]
    if not written:
        return Outcome(False, "缺少这一部分")
    empty = [doctype.label_of(section) for section in written if not section.text]
    if empty:
        return Outcome(False, "没有内容：" + "、".join(empty))
    waiting = placeholders(text_of(sections))
    return Outcome(not waiting, waiting or doctype.label_of(sections[0]))


def pattern(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """The section's text (or the whole document's) holds a match of the item's pattern."""
    sections = part(draft, item.section) if item.section else list(draft.sections)
    match = re.search(item.pattern, text_of(sections))
    return Outcome(bool(match), f"“{match.group()}”" if match else "未找到")


def figures(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """The section states at least one figure."""
    sections = part(draft, item.section)
    found = sum(bool(FIGURE.search(section.text)) for section in sections)
    return Outcome(found > 0, f"{found}处段落有数据" if found else "没有数据")


def pairing(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """As many measures as problems among the section's facts."""
    spec = doctype.section(item.section)
    kinds = [
        kind_in(draft.brief.fact(fact), spec)
        for section in part(draft, item.section)
        for fact in section.facts
    ]
    problems, measures = kinds.count("problem"), kinds.count("measure")
    return Outcome(0 < problems <= measures, f"问题{problems}个，改进措施{measures}条")


def enumerated(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """The section's text is enumerated, and no number of the enumeration is skipped."""
    text = text_of(part(draft, item.section))
    marks = re.findall(r"(?:^|[。；：，\n])([一二三四五六七八九十]+)是", text)
    return Outcome(len(marks) > 1, f"分{len(marks)}条" if marks else "没有分条")


def order(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """The sections stand in the order of the document type."""
    wanted = [spec.id for spec in doctype.sections]
    places = [wanted.index(section.spec) for section in draft.sections if section.spec in wanted]
    wrong = next(
        (
            doctype.label_of(later)
            for later, (before, here) in zip(draft.sections[1:], pairwise(places), strict=False)
            if here < before
        ),
        "",
    )
    return Outcome(not wrong, f"“{wrong}”位置不对" if wrong else "")


def length(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """Every written text is within its section's length; what still waits to be filled in is not judged."""
    wrong = []
    for section in draft.sections:
        low, high = doctype.section(section.spec).length
        size = len(section.text)
        if section.written and size and not PLACEHOLDER.search(section.text) and not low <= size <= high:
            wrong.append(f"{doctype.label_of(section)}{size}字（建议{low}—{high}字）")
    return Outcome(not wrong, "；".join(wrong))


def subsections_grounded(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """Every level-2 section holds at least one fact."""
    level2 = [section for section in draft.sections if section.level == 2]
    empty = [doctype.label_of(section) for section in level2 if not section.facts]
    return Outcome(not empty, "、".join(empty) if empty else f"共{len(level2)}个二级标题")


def facts_used(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """No fact was left without a place, and every placed one is stated in the text."""
    faults = [f"未归入：{'、'.join(draft.unplaced)}"] if draft.unplaced else []
    faults += [f"未写入：{'、'.join(draft.untold)}"] if draft.untold else []
    return Outcome(not faults, "；".join(faults) or f"共{len(draft.brief.facts)}条")


def no_placeholders(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """Nothing in the document waits to be filled in or verified."""
    waiting = placeholders(text_of(list(draft.sections)))
    return Outcome(not waiting, waiting)


def grounded(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """Every figure, date, title and name stands on a fact."""
    statuses = Counter(claim.status for claim in draft.claims)
    open_claims = [claim.text for claim in draft.claims if claim.status in ("unsupported", "drift")]
    counts = f"{len(draft.claims)}处数字、日期和名称，有依据{len(draft.claims) - len(open_claims)}处"
    if not open_claims:
        return Outcome(True, counts)
    return Outcome(
        False,
        f"{counts}，无依据{statuses['unsupported']}处，与事实有出入{statuses['drift']}处：{'、'.join(open_claims)}",
    )


def signature(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """Unit and date are given (发文机关署名、成文日期, GB/T 9704—2012 §7.3.5)."""
    given = draft.brief.date is not None
    return Outcome(given, draft.brief.unit if given else f"{draft.brief.unit}，日期未填")


KINDS: Mapping[str, Check] = {
    "present": present,
    "pattern": pattern,
    "figures": figures,
    "pairing": pairing,
    "enumerated": enumerated,
    "order": order,
    "length": length,
    "subsections-grounded": subsections_grounded,
    "facts-used": facts_used,
    "grounded": grounded,
    "no-placeholders": no_placeholders,
    "signature": signature,
}


def run_checklist(draft: Draft, doctype: DocType) -> tuple[CheckResult, ...]:
    """The type's checklist over a draft, in the type's order."""
    results = []
    for item in doctype.checklist:
        outcome = KINDS[item.kind](item, draft, doctype)
        advice = "" if outcome.passed else item.missing
        results.append(
            CheckResult(
                id=item.id,
                label=item.label,
                required=item.required,
                passed=outcome.passed,
                detail="。".join(text for text in (outcome.detail, advice) if text),
            )
        )
    return tuple(results)
