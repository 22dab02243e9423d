"""Head, attachments and foot of a copy, and tables of facts, as briefs give them."""

from __future__ import annotations

import datetime

import pytest

from drafter.errors import InputError
from drafter.intake import facts_from_text, parse_brief
from drafter.intake.official import attachments_in, attachments_text
from drafter.model import Attachment, Official, Table

HEAD = "doctype: work-summary\nunit: 某市水务局\n"
YAML = (
    HEAD
    + """\
official:
  number: 某水[2025] 15号
  serial: 1
  secrecy: 机密*1年
  urgency: 加急
  signers: 张三、李四
  issuers: [某市教育局]
  sealed: true
  note: （此件公开发布）
  cc: 市委办公室、市人大常委会办公室
  print_by: 某市水务局办公室
  print_date: 2025年12月8日
  attachments:
    - 2025年统计表
    - title: 河湖名录
      text: |
        第一段。
        第二段。
      table: |
        | 河 | 长度 |
        |---|---:|
        | 甲河 | 12 |
facts:
  - 清理河道12公里
"""
)


def test_every_key_of_the_group_is_read() -> None:
    assert parse_brief(YAML).official == Official(
        number="某水〔2025〕15号",
        serial="000001",
        secrecy="机密★1年",
        urgency="加急",
        signers=("张三", "李四"),
        issuers=("某市教育局",),
        sealed=True,
        note="此件公开发布",
        cc=("市委办公室", "市人大常委会办公室"),
        print_by="某市水务局办公室",
        print_date=datetime.date(2025, 12, 8),
        attachments=(
            Attachment(title="2025年统计表"),
            Attachment(
                title="河湖名录",
                text="第一段。\n第二段。",
                table=Table(rows=(("河", "长度"), ("甲河", "12"))),
            ),
        ),
    )


def test_a_brief_without_the_group_has_none_of_it() -> None:
    official = parse_brief(HEAD + "facts: [甲]\n").official
    assert official == Official()
    assert not official.headed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("secrecy: 保密", "official.secrecy: 密级“保密”看不懂"),
        ("urgency: 急", "official.urgency: 紧急程度不能填“急”；可填：特急、加急"),
        ("number: 15", "official.number: 发文字号“15”看不懂"),
        ("serial: 甲", "official.serial: 份号“甲”不是数字"),
        ("format: mail", "official.format: 不能填“mail”；可填：standard、letter、memo"),
        ("sealed: 盖", "official.sealed: 不能填“盖”；可填：true、false"),
        ("copies: 甲", "official.copies: 不认识的字段"),
        ("attachments: [{titel: 甲}]", "official.attachments[1].titel: 不认识的字段；改为 title"),
        ("print_date: 明天", "official.print_date: 日期“明天”看不懂"),
    ],
)
def test_each_mistake_names_line_and_key(line: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_brief(f"{HEAD}official:\n  {line}\nfacts: [甲]\n", file="b.yaml")
    assert f"b.yaml:4: {said}" in str(caught.value)


def test_a_letter_has_no_signers() -> None:
    text = f"{HEAD}official: {{format: letter, signers: 张三}}\nfacts: [甲]\n"
    with pytest.raises(InputError, match="信函格式没有签发人"):
        parse_brief(text)


def test_a_text_brief_gives_it_in_lines_of_its_head() -> None:
    brief = parse_brief(
        "单位：某市水务局\n文种：工作总结\n发文字号：某水〔2025〕15号\n签发人：张三\n加盖印章：是\n"
        "抄送：市委办公室、市政府办公室\n附件：\n- 统计表\n- 河湖名录\n\n# 河道\n- 清理河道12公里\n",
        form="text",
    )
    assert brief.official.number == "某水〔2025〕15号"
    assert brief.official.signers == ("张三",)
    assert brief.official.sealed
    assert brief.official.cc == ("市委办公室", "市政府办公室")
    assert [one.title for one in brief.official.attachments] == ["统计表", "河湖名录"]
    assert [fact.text for fact in brief.facts] == ["清理河道12公里"]


def test_what_is_typed_of_attachments_comes_back_the_same() -> None:
    given = parse_brief(YAML).official.attachments
    text = attachments_text(given)
    again = parse_brief(
        HEAD
        + "official:\n  attachments: |\n"
        + "".join(f"    {line}\n" for line in text.split("\n"))
        + "facts: [甲]\n"
    )
    assert again.official.attachments == given
    assert [one["title"] for one in attachments_in("1.统计表\n2.名录")] == ["统计表", "名录"]  # type: ignore[index,call-overload]


def test_a_table_of_a_fact_is_numbered_and_named_in_its_text() -> None:
    brief = parse_brief(
        HEAD
        + "facts:\n- {text: 各区准确率见下表, table: [[区, 准确率], [甲区, 98.5%]]}\n"
        + "- text: 举办培训班6次\n  table: |\n    期数\t人数\n    第1期\t30\n"
    )
    first, second = brief.facts
    assert (first.text, first.caption) == ("各区准确率见表1", "各区准确率")
    assert first.table == Table(rows=(("区", "准确率"), ("甲区", "98.5%")), number=1)
    assert second.text == "举办培训班6次（见表2）"
    assert second.table == Table(rows=(("期数", "人数"), ("第1期", "30")), number=2)


def test_a_pasted_table_belongs_to_the_fact_above_it_or_has_its_caption() -> None:
    facts = facts_from_text(
        "# 分类\n各区准确率见下表\n| 区 | 准确率 |\n|---|---|\n| 甲区 | 98.5% |\n"
        "表2 投放点情况\n区\t投放点\n甲区\t120\n乙区\t86\n增设投放点12处"
    )
    assert [fact.text for fact in facts] == ["各区准确率见表1", "投放点情况见表2", "增设投放点12处"]
    assert facts[1].table == Table(rows=(("区", "投放点"), ("甲区", "120"), ("乙区", "86")), number=2)
    assert {fact.topic for fact in facts} == {"分类"}


def test_a_caption_that_is_a_label_alone_still_makes_a_fact_of_its_table() -> None:
    (fact,) = facts_from_text("表1 【培训】\n期数\t人数\n第1期\t30")
    assert fact.text == "有关情况见表1"
    assert fact.table is not None


def test_rows_parted_by_tabs_without_a_caption_stay_facts() -> None:
    facts = facts_from_text("宣传资料\t300余份\n培训班\t6次")
    assert [fact.text for fact in facts] == ["宣传资料，300余份", "培训班，6次"]


@pytest.mark.parametrize("table", ['"一句话"', '"| 一 | 二 |"', "[[一], [二]]"])
def test_what_is_no_table_is_refused(table: str) -> None:
    text = f"{HEAD}facts:\n- text: 甲\n  table: {table}\n"
    with pytest.raises(InputError, match=r"b.yaml:5: facts\[1\].table: 表格至少要有表头"):
        parse_brief(text, file="b.yaml")
