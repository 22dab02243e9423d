"""Recognising: what each type's own example draft, printed and read again, is taken for."""

from __future__ import annotations

from pathlib import Path

import pytest

from drafter import doctypes
from drafter.data import folder
from drafter.intake import read_brief
from drafter.model import Brief, Reading, Review, SourceLine
from drafter.printed import lines
from drafter.review.lint import rules
from drafter.review.outline_reader import read
from drafter.review.recognise import recognise
from drafter.review.verdict import judge
from tests.makers import template_draft

TYPES = doctypes.available()
EXAMPLES = sorted(folder("examples").glob("*.yaml"))


def read_again(brief: Brief) -> Reading:
    """The template writer's draft of a brief, as a stranger reads it from its print."""
    draft, _ = template_draft(brief)
    return read([SourceLine(text=line.text) for line in lines(draft)])


def judged(brief: Brief, *, facts: bool) -> Review:
    """The verdict on the draft of a brief, with or without the brief at hand."""
    return judge(read_again(brief), TYPES, rules(), brief=brief if facts else None)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_draft_is_recognised_as_its_type_by_a_clear_lead(path: Path) -> None:
    brief = read_brief(path)
    (first, share), (_, next_share), *_ = recognise(read_again(brief), TYPES)
    assert first == brief.doctype
    assert share >= 2 * next_share


@pytest.mark.parametrize("facts", [True, False], ids=["with-brief", "without-brief"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_draft_that_is_read_again_is_complete_and_raises_nothing(path: Path, facts: bool) -> None:
    review = judged(read_brief(path), facts=facts)
    assert [result.id for result in review.checklist if result.required and not result.passed] == []
    assert review.findings == ()


@pytest.mark.parametrize(
    ("title", "doctype"),
    [
        ("某局2025年度工作总结", "work-summary"),
        ("某街道第三季度“无废城市”考核评估自查情况汇报", "self-assessment"),
        ("某县2026年农业农村工作要点", "work-plan"),
        ("关于人居环境整治工作情况的汇报", "work-report"),
        ("某镇党委书记述职述廉报告", "duty-report"),
        ("关于农村养老服务情况的调查报告", "research-report"),
        ("关于“7·12”强降雨应对情况的汇报", "special-report"),
        ("关于巡察反馈意见整改落实情况的报告", "rectification-report"),
        ("某局多措并举筑牢防汛安全屏障", "bulletin"),
        ("某区老旧小区改造工作方案", "implementation-plan"),
        ("2026年政府工作报告", "work-report"),
    ],
)
def test_a_title_alone_tells_the_type(title: str, doctype: str) -> None:
    reading = read([SourceLine(text=line) for line in (title, "", "我局认真抓好各项任务落实。" * 4)])
    assert reading.title == title
    assert recognise(reading, TYPES)[0][0] == doctype


def test_of_a_type_without_headings_the_first_paragraph_is_the_lead_and_the_rest_its_body() -> None:
    brief = read_brief(folder("examples") / "bulletin.yaml")
    review = judged(brief, facts=False)
    places = {result.id: result.line for result in review.checklist}
    assert (places["opening"], places["body"]) == (2, 3)
