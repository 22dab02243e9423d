"""Lint: every shipped rule finds its bad examples and no good one, and says nothing of finished drafts."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from drafter import data
from drafter.config import Settings
from drafter.errors import RuleError
from drafter.intake import read_brief
from drafter.model import Draft, Finding, Heading, Reading
from drafter.printed import lines
from drafter.review.lint import Rule, lint, rules
from drafter.review.lint_kinds import KINDS
from drafter.review.lint_kinds.base import Example
from tests.makers import template_draft
from tests.review.readings import reading_of

SHIPPED = rules()
BY_ID = {rule.id: rule for rule in SHIPPED}
EXAMPLES = sorted(data.folder("examples").glob("*.yaml"))
RULE = """\
id: {id}
kind: pattern
severity: warning
message: 用了“{{match}}”
source: 本单位的约定
strength: convention
patterns: ['{pattern}']
"""


def found(rule: Rule, example: Example) -> tuple[Finding, ...]:
    """What one rule finds in one of its examples."""
    reading = reading_of(example.text, title=example.title)
    return lint(reading, [rule], on=example.on, unit=example.unit)


def ids(text: str, using: tuple[Rule, ...] = SHIPPED) -> set[str]:
    """Ids of the rules that find something in a text."""
    return {finding.rule for finding in lint(reading_of(text), using)}


def cases(side: str) -> list[object]:
    """One test case for each example on one side, named after its rule."""
    return [
        pytest.param(rule, example, id=f"{rule.id}-{number}")
        for rule in SHIPPED
        for number, example in enumerate(getattr(rule.examples, side), 1)
    ]


def read_draft(draft: Draft) -> Reading:
    """A finished draft as it is read again from its print."""
    printed = lines(draft)
    sections = {section.id: section for section in draft.sections}
    headings = tuple(
        Heading(
            level=line.level,
            number=sections[line.section].number,
            heading=sections[line.section].heading.rstrip("。"),
            line=number,
            run_in=line.role != "heading",
        )
        for number, line in enumerate(printed, 1)
        if line.heading
    )
    return Reading(
        lines=tuple(line.text for line in printed),
        roles=tuple("heading" if line.heading else line.role for line in printed),
        headings=headings,
        title=draft.title,
        unit=draft.brief.unit,
        date=draft.brief.date,
    )


@pytest.mark.parametrize(("rule", "example"), cases("bad"))
def test_a_rule_finds_its_bad_example(rule: Rule, example: Example) -> None:
    assert {finding.rule for finding in found(rule, example)} == {rule.id}


@pytest.mark.parametrize(("rule", "example"), cases("good"))
def test_a_rule_leaves_its_good_example(rule: Rule, example: Example) -> None:
    assert found(rule, example) == ()


def test_every_shipped_rule_has_examples_of_both_sides() -> None:
    assert len(SHIPPED) >= 40
    assert [rule.id for rule in SHIPPED if not rule.examples.bad or not rule.examples.good] == []


def test_every_kind_is_in_use() -> None:
    assert {rule.kind for rule in SHIPPED} == set(KINDS)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_finished_drafts_raise_nothing(path: Path) -> None:
    draft, _ = template_draft(read_brief(path))
    assert lint(read_draft(draft), SHIPPED) == ()


def test_a_finding_names_its_place_by_line_and_column() -> None:
    finding, *others = lint(reading_of("一、基本情况\n我局召开布署会议。"), [BY_ID["GW-WORD-001"]])
    assert not others
    assert (finding.line, finding.column, finding.length) == (2, 5, 2)
    assert (finding.severity, finding.message) == ("error", "错别字：“布署”应为“部署”")
    assert finding.suggestion == "改为“部署”"


def test_findings_stand_in_the_order_of_the_text() -> None:
    findings = lint(reading_of("召开布署会议，完成率95℅。\n既使困难，，也要按装。"), SHIPPED)
    places = [(finding.line, finding.column) for finding in findings]
    assert places == sorted(places)
    assert len(places) >= 5


def test_noise_is_reported_once_and_not_proofread() -> None:
    reading = Reading(lines=("正文。", "责任编辑:小李,,"), roles=("body", "noise"))
    assert [finding.rule for finding in lint(reading, SHIPPED)] == ["GW-NOISE-001"]


def test_the_day_given_goes_before_the_documents_own() -> None:
    from datetime import date

    reading = reading_of("联合环保局开展检查。", on=date(2015, 6, 30))
    assert lint(reading, SHIPPED) == ()
    later = lint(reading, SHIPPED, on=date(2025, 6, 30))
    assert [finding.rule for finding in later] == ["GW-TIME-004"]


def test_a_switch_holds_for_the_next_line_only() -> None:
    text = "开头。\n<!-- drafter: off GW-WORD-001 引用原文 -->\n召开布署会议。\n又召开布署会议。"
    assert [finding.line for finding in lint(reading_of(text), SHIPPED)] == [4]


def test_a_switch_at_the_top_holds_for_the_document() -> None:
    text = "\n<!-- drafter: off GW-WORD-001, GW-PUNC-006 引用原文 -->\n召开布署会议，，\n又召开布署会议。"
    assert ids(text) == set()


def test_a_switch_without_a_reason_is_a_finding_itself() -> None:
    assert ids("<!-- drafter: off GW-WORD-001 -->\n召开布署会议。") == {"lint.off-without-reason"}


def test_a_switch_for_an_unknown_rule_is_reported() -> None:
    assert ids("<!-- drafter: off GW-WORD-999 引用原文 -->\n正文。") == {"lint.off-unknown"}
    assert ids("<!-- drafter: of GW-WORD-001 引用原文 -->\n正文。") == {"lint.off-unreadable"}


def test_a_dropped_in_file_adds_a_rule(tmp_path: Path) -> None:
    (tmp_path / "local.yaml").write_text(RULE.format(id="MY-1", pattern="垃圾桶"), encoding="utf-8")
    assert "MY-1" in ids("配备垃圾桶12个。", rules([tmp_path]))
    assert "MY-1" not in ids("配备垃圾桶12个。")


def test_a_dropped_in_file_replaces_a_rule_of_the_same_id(tmp_path: Path) -> None:
    (tmp_path / "local.yaml").write_text(RULE.format(id="GW-WORD-001", pattern="垃圾桶"), encoding="utf-8")
    assert ids("召开布署会议。", rules([tmp_path])) == set()


def test_a_dropped_in_file_switches_rules_off_and_regrades_them(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(
        "off: [GW-PUNC-006]\nseverity: {GW-WORD-001: info}\n", encoding="utf-8"
    )
    findings = lint(reading_of("召开布署会议，，抓落实。"), rules([tmp_path]))
    assert [(finding.rule, finding.severity) for finding in findings] == [("GW-WORD-001", "info")]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("off: [GW-PUNC-999]", "1: off[1]", "没有规则“GW-PUNC-999”"),
        ("severity:\n  GW-PUNC-006: fatal", "2: severity.GW-PUNC-006", "可填：error、warning、info"),
        (RULE.format(id="MY-1", pattern="("), "7: patterns[1]", "正则表达式有误"),
        (RULE.format(id="MY-1", pattern="x").replace("severity", "severty"), "3: severty", "改为 severity"),
        (RULE.format(id="MY-1", pattern="x").replace("pattern\n", "patern\n"), "2: kind", "改为 pattern"),
        (RULE.format(id="MY-1", pattern="x").replace("{match}", "{mach}"), "4: message", "改为 match"),
        (RULE.format(id="MY-1", pattern="x").replace("{match}", "{match"), "4: message", "花括号没有配对"),
        ("rules:\n  - id: MY-1\n    severity: info", "2: rules[1].kind", "缺少必填项"),
        ("- 一条", "1: ", "应为“字段: 内容”的形式"),
        ("id: [", "2: ", "括号没有配对"),
    ],
)
def test_a_mistake_in_a_rule_file_is_one_line_with_file_line_and_key(
    tmp_path: Path, text: str, place: str, words: str
) -> None:
    path = tmp_path / "local.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as raised:
        rules([tmp_path])
    message = str(raised.value)
    assert message.startswith(f"{path}:{place}")
    assert words in message
    assert "\n" not in message


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="规则文件夹不存在；检查 DRAFTER_RULES 的设置"):
        rules([tmp_path / "none"])


def test_rule_folders_come_from_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAFTER_RULES", "/one:/two")
    assert Settings().rule_folders == [Path("/one"), Path("/two")]


@pytest.mark.parametrize(
    "text",
    [
        "加强领导，落实责任。" * 2000,
        "\n".join(["一、甲"] * 5000),
        "《" * 10000 + "》" * 10000,
        " " * 19999 + "中",
        *(
            words * (20000 // len(words))
            for words in ("，", "（", "1", "甲", "一是", "截至", "基本", "约1", "关于")
        ),
    ],
    ids=lambda text: text[:4].strip() or "spaces",
)
def test_time_grows_with_the_length_of_the_text_only(text: str) -> None:
    def seconds(part: str) -> float:
        begin = time.process_time()
        lint(reading_of(part), SHIPPED)
        return time.process_time() - begin

    short = max(min(seconds(text[: len(text) // 4]) for _ in range(2)), 0.02)
    assert min(seconds(text) for _ in range(2)) < 12 * short


def test_nothing_heavy_is_imported() -> None:
    program = (
        "import sys; from drafter.review.lint import rules; rules();"
        "print({'langchain', 'langchain_core', 'openai', 'gradio', 'sqlalchemy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
