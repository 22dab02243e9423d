"""The checklist: each item fails when what it asks for is missing, and only then."""

from __future__ import annotations

import pytest

from drafter.model import Draft
from drafter.review.checklist import run_checklist
from tests.makers import brief_of, template_draft

COMPLETE = brief_of(
    {"text": "成立河湖长制工作领导小组，召开专题会议2次", "topic": "组织领导"},
    {"text": "清理河道垃圾320吨", "topic": "河道保洁"},
    {"text": "水质达标率达到97%", "topic": "河道保洁", "kind": "result"},
    {"text": "基层巡河力量不足", "kind": "problem"},
    {"text": "聘请专职巡河员", "kind": "measure"},
    {"text": "建设智慧水务平台", "kind": "plan"},
    {"text": "开展岸线整治", "kind": "plan"},
)
DRAFT, TYPE = template_draft(COMPLETE)


def failed(draft: Draft) -> set[str]:
    """Ids of the items that a draft does not meet."""
    return {result.id for result in run_checklist(draft, TYPE) if not result.passed}


def changed(spec: str, text: str) -> Draft:
    """The complete draft with the texts of one section replaced."""
    return DRAFT.model_copy(
        update={
            "sections": tuple(
                section.model_copy(update={"text": text if section.written else ""})
                if section.spec == spec
                else section
                for section in DRAFT.sections
            )
        }
    )


def without(spec: str) -> Draft:
    """The complete draft without one section."""
    return DRAFT.model_copy(
        update={"sections": tuple(section for section in DRAFT.sections if section.spec != spec)}
    )


def test_a_complete_draft_meets_every_item() -> None:
    assert failed(DRAFT) == set()
    assert [result.id for result in run_checklist(DRAFT, TYPE)] == [item.id for item in TYPE.checklist]


@pytest.mark.parametrize("spec", [spec.id for spec in TYPE.sections])
def test_a_section_that_is_gone_or_empty_is_missed(spec: str) -> None:
    assert spec in failed(without(spec))
    assert spec in failed(changed(spec, ""))


def test_a_placeholder_fails_its_section_and_the_document() -> None:
    assert failed(changed("outlook", "下一步，〔待补充：打算〕")) == {
        "outlook",
        "outlook-steps",
        "placeholders",
    }


def test_an_opening_without_basis_or_transition_is_missed() -> None:
    text = "今年工作开展顺利，各项任务均已完成，得到群众好评，社会反响良好，形势持续向好。" * 2
    assert failed(changed("opening", text)) == {"opening-basis", "opening-transition"}


def test_measures_without_figures_are_noted() -> None:
    text = "为改善水环境，我局组织清理河道，聘请社会力量参与，河道面貌明显改善，群众反映良好，效果逐步显现。"
    assert failed(changed("measures", text)) == {"measures-figures"}


def test_a_problem_without_measure_is_missed() -> None:
    facts = [
        fact.model_dump(exclude={"id"}, exclude_none=True)
        for fact in COMPLETE.facts
        if fact.kind != "measure"
    ]
    draft, _ = template_draft(brief_of(*facts))
    assert {"problems-paired", "placeholders"} <= failed(draft)


def test_sections_out_of_order_are_missed() -> None:
    assert failed(DRAFT.model_copy(update={"sections": DRAFT.sections[::-1]})) == {"order"}


def test_a_text_that_is_too_long_is_noted_with_its_length() -> None:
    draft = changed("outlook", "一是抓好巡河。" * 200 + "二是抓好宣传。")
    results = {result.id: result for result in run_checklist(draft, TYPE)}
    assert not results["length"].passed
    assert "1407字" in results["length"].detail


def test_an_unplaced_fact_is_named() -> None:
    draft, _ = template_draft(brief_of("清理河道12公里", "天气晴好"))
    result = next(result for result in draft.checklist if result.id == "facts-used")
    assert not result.passed
    assert "F2" in result.detail


def test_a_missing_date_fails_the_signature() -> None:
    draft, _ = template_draft(COMPLETE.model_copy(update={"date": None}))
    assert "signature" in failed(draft)
