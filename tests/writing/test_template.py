"""The template writer: every fact is told, nothing else is, and two briefs do not read alike."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from drafter import intake
from drafter.data import folder
from drafter.model import Draft
from drafter.writing.template import joined_titles, text_of
from tests.makers import brief_of, template_draft

EXAMPLES = sorted(folder("examples").glob("*.yaml"))
FIGURE = re.compile(r"[0-9][0-9,.]*[%％]?")


def prose(draft: Draft) -> str:
    """All that the draft's sections print."""
    return "\n".join(f"{section.heading}{section.text}" for section in draft.sections)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_fact_of_an_example_stands_in_the_text_and_no_other_figure_does(path: Path) -> None:
    brief = intake.read_brief(path)
    draft, _ = template_draft(brief)
    text = prose(draft)
    for fact in brief.facts:
        told = re.sub("^下一步，?(将|拟|计划)?", "", text_of(fact))
        assert text.count(told) == 1, fact
    given = " ".join([brief.period, brief.topic, *brief.basis, *(fact.text for fact in brief.facts)])
    assert set(FIGURE.findall(text)) <= set(FIGURE.findall(given))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_required_part_of_an_example_is_there_or_says_what_is_missing(path: Path) -> None:
    draft, doctype = template_draft(intake.read_brief(path))
    for item in doctype.checklist:
        result = next(result for result in draft.checklist if result.id == item.id)
        if item.kind == "present":
            assert result.passed or "〔待补充：" in result.detail


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_becomes_a_complete_document_without_errors(path: Path) -> None:
    draft, _ = template_draft(intake.read_brief(path))
    assert [result.id for result in draft.checklist if result.required and not result.passed] == []
    assert [finding.message for finding in draft.findings if finding.severity == "error"] == []


def test_a_duty_report_is_told_by_the_person_who_is_named() -> None:
    named = brief_of("分管河湖管护工作", doctype="duty-report", unit="某市水务局", topic="副局长李明")
    draft, _ = template_draft(named)
    assert draft.title == "某市水务局副局长李明2025年述职报告"
    assert draft.sections[0].text.startswith("我是某市水务局副局长李明。")
    assert "我局" not in prose(draft)


def test_a_duty_report_without_a_post_asks_for_the_person() -> None:
    draft, _ = template_draft(brief_of("巡河480次", doctype="duty-report", topic=""))
    assert "〔待补充：述职人姓名和职务〕" in draft.sections[0].text
    assert not next(result for result in draft.checklist if result.id == "opening-person").passed


def test_an_item_of_a_rectification_report_lacks_what_was_not_given() -> None:
    draft, _ = template_draft(
        brief_of(
            {"text": "台账登记不全", "kind": "problem", "topic": "台账"},
            {"text": "补齐台账", "kind": "measure", "topic": "台账"},
            {"text": "整改时限为6月底，责任人为李明", "kind": "measure", "topic": "台账"},
            {"text": "巡河次数不足", "kind": "problem", "topic": "巡河"},
            doctype="rectification-report",
        )
    )
    first, second = (section.text for section in draft.sections if section.level == 2)
    assert first.endswith("台账登记不全。整改措施：补齐台账。整改时限为6月底，责任人为李明。")
    assert second.endswith("巡河次数不足。整改措施：〔待补充：整改措施〕。〔待补充：整改时限和责任人〕。")
    paired = next(result for result in draft.checklist if result.id == "items-paired")
    assert not paired.passed
    assert "关于巡河的问题" in paired.detail


def test_what_the_brief_lacks_is_left_visibly_open() -> None:
    draft, doctype = template_draft(brief_of("巡河480次", basis=(), date=None))
    text = {section.id: section.text for section in draft.sections}
    assert "〔待补充：工作依据" in text["opening"]
    for spec in doctype.sections:
        if spec.needs and spec.id != "measures":
            assert text[spec.id] == f"〔待补充：{spec.needs}〕"


def test_a_problem_without_measure_leaves_the_measure_open() -> None:
    draft, _ = template_draft(
        brief_of(
            {"text": "巡河力量不足", "kind": "problem"},
            {"text": "设备老化", "kind": "problem"},
            {"text": "增配巡河人员", "kind": "measure"},
        )
    )
    text = next(section.text for section in draft.sections if section.id == "problems")
    assert text.endswith("：增配巡河人员。〔待补充：第二个问题的改进措施〕")


def test_measures_follow_the_order_of_their_problems() -> None:
    draft, _ = template_draft(
        brief_of(
            {"text": "巡河力量不足", "kind": "problem", "topic": "队伍"},
            {"text": "设备老化", "kind": "problem", "topic": "设备"},
            {"text": "更新巡查设备", "kind": "measure", "topic": "设备"},
            {"text": "增配巡河人员", "kind": "measure", "topic": "队伍"},
        )
    )
    text = next(section.text for section in draft.sections if section.id == "problems")
    assert text.index("增配巡河人员") < text.index("更新巡查设备")


def test_three_facts_of_a_topic_are_enumerated_and_the_result_comes_last() -> None:
    facts = [{"text": f"开展{name}巡查{n}次", "topic": "巡河"} for n, name in enumerate("日夜早晚", start=3)]
    draft, _ = template_draft(brief_of({"text": "满意度达到98%", "topic": "巡河"}, *facts))
    text = next(section.text for section in draft.sections if section.level == 2)
    places = [text.index(mark) for mark in ("一是", "二是", "三是", "四是", "满意度")]
    assert places == sorted(places)


def test_the_same_brief_is_always_told_in_the_same_words() -> None:
    brief = intake.read_brief(EXAMPLES[0])
    assert template_draft(brief)[0] == template_draft(brief)[0]


def test_different_briefs_do_not_read_like_one_form_letter() -> None:
    openings = {
        re.sub(unit, "", next(s.text for s in template_draft(brief_of("巡河9次", unit=unit))[0].sections))
        for unit in ("某市水务局", "某县水务局", "某区水务局", "某市水利局", "某州水务局", "某盟水务局")
    }
    assert len(openings) >= 3


def test_no_turn_of_phrase_opens_two_neighbouring_sections() -> None:
    facts = [{"text": f"完成任务{n}项", "topic": f"专项行动{n}"} for n in range(1, 5)]
    draft, _ = template_draft(brief_of(*facts))
    leads = [section.text.split("，")[0] for section in draft.sections if section.level == 2]
    assert all(first != second for first, second in pairwise(leads))


def test_every_paragraph_ends_in_a_final_mark_and_has_no_double_ones() -> None:
    for path in EXAMPLES:
        draft, _ = template_draft(intake.read_brief(path))
        for section in draft.sections:
            for paragraph in section.text.splitlines():
                assert paragraph.endswith(("。", "：", "〕")), paragraph
            assert not re.search("[。；，：]{2}|要求要求|工作工作|工作的工作", section.text), section.text


def test_titles_stand_side_by_side_without_a_mark_between_them() -> None:
    assert joined_titles(["《甲》", "《乙》", "市委部署", "《丙》"]) == "《甲》《乙》、市委部署、《丙》"
