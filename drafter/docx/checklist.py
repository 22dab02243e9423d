"""The page after the document: the checklist of required sections, for the reviewer's marks."""

from __future__ import annotations

from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.layout import Layout
from drafter.docx.markup import Style, paragraph, runs, table
from drafter.model import CheckResult, Draft

_COLUMNS = {"项目": 0.26, "是否必备": 0.13, "结果": 0.13, "位置或缺什么": 0.31, "审核意见": 0.17}

REMARK_LINES = 3
"""Lines for what the reviewer writes by hand."""


def checklist_page(draft: Draft, layout: Layout) -> list[BaseOxmlElement]:
    """What stands on the page; nothing when the draft has neither results nor unplaced facts."""
    if not draft.checklist and not draft.unplaced:
        return []
    page = [paragraph(Style.CHECKLIST_TITLE, runs("必备内容检查表"))]
    if draft.checklist:
        page += [paragraph(Style.CHECKLIST_TEXT, runs(_summary(draft))), _table(draft, layout)]
    if draft.unplaced:
        page += _unplaced(draft)
    page.append(paragraph(Style.CHECKLIST_NOTE, runs("审核意见：")))
    page += [paragraph(Style.REMARK_LINE, []) for _ in range(REMARK_LINES)]
    signed = "审核人：　　　　　　　　　　审核日期：　　　　年　　月　　日"
    return [*page, paragraph(Style.CHECKLIST_NOTE, runs(signed))]


def _summary(draft: Draft) -> str:
    missing = sum(result.required and not result.passed for result in draft.checklist)
    verdict = f"缺必备内容{missing}项，请补齐后报送" if missing else "必备内容已齐备"
    return f"共{len(draft.checklist)}项，{verdict}。本页供审核使用，不随正文印发。"


def _table(draft: Draft, layout: Layout) -> BaseOxmlElement:
    widths = [int(layout.text_width * share) for share in _COLUMNS.values()]
    head = [paragraph(Style.CHECKLIST_HEAD, runs(column)) for column in _COLUMNS]
    return table(Style.CHECKLIST_TABLE, widths, [head, *map(_row, draft.checklist)])


def _row(result: CheckResult) -> list[BaseOxmlElement]:
    outcome = "✓ 已具备" if result.passed else "✗ 缺"
    return [
        paragraph(Style.CHECKLIST_TEXT, runs(result.label)),
        paragraph(Style.CHECKLIST_MARK, runs("必备" if result.required else "可选")),
        paragraph(Style.CHECKLIST_MARK, runs(outcome, highlight=result.required and not result.passed)),
        paragraph(Style.CHECKLIST_TEXT, runs(result.detail)),
        paragraph(Style.CHECKLIST_TEXT, []),
    ]


def _unplaced(draft: Draft) -> list[BaseOxmlElement]:
    facts = (draft.brief.fact(fact_id) for fact_id in draft.unplaced)
    return [
        paragraph(Style.CHECKLIST_NOTE, runs("未归入正文的事实")),
        *(paragraph(Style.CHECKLIST_TEXT, runs(f"{fact.id}　{fact.text}", highlight=True)) for fact in facts),
    ]
