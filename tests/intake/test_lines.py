import pytest

from drafter.errors import InputError
from drafter.intake import facts_from_text
from drafter.intake.entries import MAX_FACT_CHARS, MAX_FACTS
from drafter.model import DocType, SectionSpec


def texts(pasted: str) -> list[str]:
    return [fact.text for fact in facts_from_text(pasted)]


@pytest.mark.parametrize(
    "line",
    [
        "- 举办培训班6次",
        "* 举办培训班6次",
        "• 举办培训班6次",
        "·\t举办培训班6次",
        "\uf0d8 举办培训班6次",
        "➢举办培训班6次",
        "1. 举办培训班6次",
        "12、举办培训班6次",
        "3）举办培训班6次",
        "(1)举办培训班6次",
        "（一）举办培训班6次。",
        "① 举办培训班6次；",
        "一是举办培训班6次；",
        "第一，举办培训班6次",
        "首先,举办培训班6次",
        "- [x] 举办培训班6次",
        "- 1. 举办培训班6次",
        "  　举办培训班6次",
        "**举办**培训班6次",
    ],
)
def test_list_glyphs_and_numbering_are_stripped(line: str) -> None:
    assert texts(line) == ["举办培训班6次"]


@pytest.mark.parametrize(
    "line",
    [
        "3.5万元用于宣传",
        "3、5月份分别开展检查",
        "2025年举办培训6次",
        "-5℃以下启动预案",
        "一、二、三产业融合发展",
        "一体化推进3个项目",
        "“三抓三促”活动开展8次",
        "15张海报上墙",
    ],
)
def test_what_only_looks_like_numbering_stays(line: str) -> None:
    assert texts(line) == [line]


def test_a_number_before_a_year_is_numbering() -> None:
    assert texts("1.2025年举办培训6次\n2、2025年走访60户") == ["2025年举办培训6次", "2025年走访60户"]


def test_an_enumeration_in_one_line_is_a_fact_each() -> None:
    assert texts("一是抓学习；二是抓整改。三是抓考核") == ["抓学习", "抓整改", "抓考核"]


def test_blank_lines_and_rules_are_no_facts() -> None:
    assert texts("\n\n甲项完成\n-----\n******\n\n。。。\n") == ["甲项完成"]


def test_rows_of_a_table_are_one_readable_fact_each() -> None:
    assert texts("培训\t6次\t500人次\n宣传\t\t300份") == ["培训，6次，500人次", "宣传，300份"]


def test_running_numbers_of_a_table_are_left_out() -> None:
    assert texts("1\t培训\t6次\n2\t宣传\t8次") == ["培训，6次", "宣传，8次"]


def test_a_leading_figure_that_is_no_running_number_stays() -> None:
    assert texts("6\t培训\t场次") == ["6，培训，场次"]


def test_ids_and_lines_follow_the_text() -> None:
    facts = facts_from_text("\n# 培训\n- 甲项\n\n- 乙项")
    assert [(fact.id, fact.line, fact.topic) for fact in facts] == [("F1", 3, "培训"), ("F2", 5, "培训")]


@pytest.mark.parametrize(
    "heading", ["# 培训", "## 培训：", "【培训】", "**培训**", "培训：", "一、培训", "（一）培训"]
)
def test_headings_become_the_topic_of_what_follows(heading: str) -> None:
    facts = facts_from_text(f"{heading}\n- 举办6次")
    assert [(fact.text, fact.topic) for fact in facts] == [("举办6次", "培训")]


def test_numbered_lines_in_a_row_are_facts_not_headings() -> None:
    assert texts("一、健全制度机制\n二、强化督导检查\n三、从严考核问责") == [
        "健全制度机制",
        "强化督导检查",
        "从严考核问责",
    ]


def test_chinese_headings_nest() -> None:
    facts = facts_from_text("一、存在问题\n（一）培训\n- 覆盖不全\n二、下一步打算\n- 增加场次")
    assert [(fact.kind, fact.topic) for fact in facts] == [("problem", "培训"), ("plan", None)]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("存在问题", "problem"),
        ("下一步打算", "plan"),
        ("改进措施", "measure"),
        ("成效", "result"),
        ("主要做法", "work"),
    ],
)
def test_headings_of_a_kind_set_the_kind_and_no_topic(heading: str, kind: str) -> None:
    (fact,) = facts_from_text(f"# {heading}\n- 某项内容")
    assert (fact.kind, fact.topic) == (kind, None)


def test_a_kind_holds_below_its_heading_only() -> None:
    facts = facts_from_text("# 问题\n## 培训\n- 甲\n# 宣传\n- 乙")
    assert [(fact.kind, fact.topic) for fact in facts] == [("problem", "培训"), (None, "宣传")]


@pytest.mark.parametrize(
    "line",
    [
        "人手不足【问题】",
        "人手不足[问题]",
        "人手不足（问题）",
        "问题：人手不足",
        "【问题】人手不足",
        "- 问题:人手不足；",
    ],
)
def test_a_label_at_a_fact_states_its_kind(line: str) -> None:
    (fact,) = facts_from_text(line)
    assert (fact.text, fact.kind) == ("人手不足", "problem")


def test_other_labels_are_topic_and_source() -> None:
    (fact,) = facts_from_text("【宣传】推送稿件20条（来源：宣传台账）。")
    assert (fact.text, fact.topic, fact.source) == ("推送稿件20条", "宣传", "宣传台账")


def test_other_brackets_belong_to_the_fact() -> None:
    assert texts("修订方案（第3版）") == ["修订方案（第3版）"]
    assert texts("培训：举办6次") == ["培训：举办6次"]


def test_headings_of_the_document_type_name_the_section() -> None:
    doctype = DocType(
        id="t", name="某文种", english="t", genre="总结", title="t", checklist=(),
        sections=(SectionSpec(id="base", label="概况", heading="基本情况", default=True),),
    )  # fmt: skip
    facts = facts_from_text("# 一、基本情况\n- 甲\n# 概况\n- 乙", doctype)
    assert [(fact.section, fact.topic) for fact in facts] == [("base", None), ("base", None)]


def test_residue_of_web_pages_and_chats_is_no_fact() -> None:
    assert texts("昨天 10:23\n举办培训6次\n下一篇：某局总结") == ["举办培训6次"]


def test_a_lead_in_is_neither_fact_nor_heading() -> None:
    (fact,) = facts_from_text("现将情况汇报如下：\n办班6次")
    assert (fact.text, fact.topic) == ("办班6次", None)


def test_empty_text_has_no_facts() -> None:
    assert facts_from_text("") == ()
    assert facts_from_text("# 只有标题\n\n") == ()


def test_too_many_facts_are_refused() -> None:
    assert len(facts_from_text("- 甲项\n" * MAX_FACTS)) == MAX_FACTS
    with pytest.raises(InputError) as caught:
        facts_from_text("- 甲项\n" * (MAX_FACTS + 1))
    assert str(caught.value) == "第1行: facts: 最多 2000 项，现有 2001 项；分成几份"


def test_a_fact_too_long_is_named_by_its_line() -> None:
    with pytest.raises(InputError) as caught:
        facts_from_text("- 甲\n- " + "乙" * (MAX_FACT_CHARS + 1))
    assert str(caught.value) == "第2行: facts[2].text: 太长（2001 字，最多 2000 字）；分成几条，或删减"
