"""The outline: which section and which heading a fact gets."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter import doctypes
from drafter.doctypes import shared_topics
from drafter.errors import InputError
from drafter.grouping import MOST
from drafter.model import Outline
from drafter.outline import build_outline, chinese_number, self_reference
from tests.makers import brief_of

TYPE = doctypes.load("work-summary")


def holder(outline: Outline, fact: str) -> str:
    """The id of the SectionSpec that holds a fact; «unplaced» when none does."""
    return next((section.spec for section in outline.sections if fact in section.facts), "unplaced")


def test_level_1_sections_are_the_types_in_its_order() -> None:
    outline = build_outline(brief_of("清理河道12公里"), TYPE)
    level1 = [section for section in outline.sections if section.level == 1]
    assert [section.heading for section in level1] == [spec.heading for spec in TYPE.sections if spec.heading]
    assert [section.number for section in level1] == ["一、", "二、", "三、", "四、"]


def test_topics_become_level_2_sections_headed_by_a_phrase() -> None:
    outline = build_outline(
        brief_of({"text": "举办培训班3期", "topic": "培训"}, {"text": "巡河480次", "topic": "河道保洁"}), TYPE
    )
    level2 = [section for section in outline.sections if section.level == 2]
    assert [section.facts for section in level2] == [("F1",), ("F2",)]
    assert [section.number for section in level2] == ["（一）", "（二）"]
    known = next(topic.headings for topic in shared_topics() if topic.topic == "培训")
    assert level2[0].heading in known
    assert level2[1].heading in {f"{verb}河道保洁" for verb in ("抓好", "推进", "做好", "抓实")}


def test_no_two_headings_are_the_same() -> None:
    facts = [{"text": f"完成第{n}类任务{n}项", "topic": f"专项{n}"} for n in range(1, 12)]
    outline = build_outline(brief_of(*facts), TYPE)
    headings = [section.heading for section in outline.sections if section.level == 2]
    assert len(set(headings)) == len(headings) == 11


def test_a_topic_that_is_a_phrase_already_heads_its_section_as_it_stands() -> None:
    outline = build_outline(brief_of({"text": "建成站点4个", "topic": "坚持系统治理，筑牢生态屏障"}), TYPE)
    assert "坚持系统治理，筑牢生态屏障" in [section.heading for section in outline.sections]


def test_a_type_can_bring_its_own_phrases_for_headings() -> None:
    doctype = TYPE.model_copy(update={"headings": ("关于{topic}的问题", "{topic}方面")})
    facts = [{"text": f"完成任务{n}项", "topic": topic} for n, topic in enumerate(("培训", "台账"), start=3)]
    headings = {section.heading for section in build_outline(brief_of(*facts), doctype).sections}
    assert {"关于培训的问题", "台账方面"} <= headings or {"培训方面", "关于台账的问题"} <= headings


@pytest.mark.parametrize(
    ("fact", "spec"),
    [
        ({"text": "举办培训班6次", "section": "situation"}, "situation"),
        ({"text": "部分堤段老化", "kind": "problem"}, "problems"),
        ({"text": "队伍力量薄弱，人手不足"}, "problems"),
        ({"text": "加固堤防", "kind": "measure"}, "problems"),
        ({"text": "计划新建泵站2座"}, "outlook"),
        ({"text": "力争2026年完成治理30公里"}, "outlook"),
        ({"text": "2026年拟建泵站4座"}, "outlook"),
        ({"text": "成立领导小组，召开专题会议2次"}, "situation"),
        ({"text": "水质达标率提升至97%"}, "measures"),
        ({"text": "发放宣传册800份"}, "measures"),
    ],
)
def test_a_fact_goes_where_its_section_kind_or_words_say(fact: dict[str, str], spec: str) -> None:
    assert holder(build_outline(brief_of(fact), TYPE), "F1") == spec


def test_a_fact_that_shows_nothing_is_unplaced_not_dropped() -> None:
    outline = build_outline(brief_of("天气晴好", "清理河道12公里"), TYPE)
    assert outline.unplaced == ("F1",)
    assert holder(outline, "F2") == "measures"


def test_an_unknown_section_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"F1.*nowhere.*measures"):
        build_outline(brief_of({"text": "清理河道12公里", "section": "nowhere"}), TYPE)


def test_results_that_open_a_topic_go_behind_its_work_all_else_stands_as_given() -> None:
    texts = ("满意度达到98%", "巡河480次", "水质达标率提升至97%", "清理河道12公里")
    [(_, facts)] = level2(*({"text": text, "topic": "巡河"} for text in texts))
    assert facts == ("F2", "F3", "F4", "F1")


def test_paragraph_sections_keep_the_order_of_the_brief() -> None:
    facts = [{"text": text, "kind": "plan"} for text in ("加强宣传教育", "建设智慧平台", "加强宣传引导")]
    outline = build_outline(brief_of(*facts), TYPE)
    assert next(section for section in outline.sections if section.id == "outlook").facts == (
        "F1",
        "F2",
        "F3",
    )


def level2(*facts: str | dict[str, str], **fields: str) -> list[tuple[str, tuple[str, ...]]]:
    """Heading and facts of each level-2 section."""
    outline = build_outline(brief_of(*facts, **fields), TYPE)
    return [(section.heading, section.facts) for section in outline.sections if section.level == 2]


def test_single_short_facts_of_one_area_go_together_under_its_name() -> None:
    thin = ("巡查扬尘工地36处", "清理黑臭河道排污口12处", "清运厨余垃圾分类收集点8处")
    [(heading, facts), _] = level2(*thin, "举办培训班6次", "邀请专家授课3场")
    assert facts == ("F1", "F2", "F3")
    assert heading in next(topic.headings for topic in shared_topics() if topic.topic == "生态环境")


def test_many_short_facts_without_kin_go_together_at_the_end() -> None:
    short = ("巡查扬尘工地36处", "新发展党员9名", "调解矛盾纠纷12件")
    [first, (heading, facts)] = level2(*short, "举办培训班6次", "邀请专家授课3场")
    assert first[1] == ("F4", "F5")
    assert facts == ("F1", "F2", "F3")
    assert heading.endswith("其他工作")


def test_facts_of_one_topic_that_nobody_named_need_no_level_2_section() -> None:
    outline = build_outline(brief_of("举办培训班6次", "邀请专家授课3场", "满意度达到98%"), TYPE)
    measures = next(section for section in outline.sections if section.id == "measures")
    assert measures.written
    assert measures.facts == ("F1", "F2", "F3")
    assert level2({"text": "举办培训班6次", "topic": "培训"})[0][1] == ("F1",)


def test_a_topic_that_the_brief_gives_keeps_its_section_where_sections_are_few() -> None:
    facts = [{"text": f"完成{topic}9处", "topic": topic} for topic in ("大气污染防治", "垃圾分类", "宣传")]
    assert [held for _, held in level2(*facts)] == [("F1",), ("F2",), ("F3",)]


def test_among_more_sections_a_single_short_fact_goes_with_its_kin() -> None:
    one = [{"text": f"完成{topic}9处", "topic": topic} for topic in ("培训", "河道保洁", "宣传", "测量")]
    assert [held for _, held in level2(*one)] == [("F1", "F3"), ("F2",), ("F4",)]


TOWN = {
    "农业生产": 3, "特色产业": 3, "防返贫帮扶": 3, "河湖管护": 3, "垃圾分类": 2, "社会保障": 3, "养老服务": 2,
    "教育卫生": 3, "文体惠民": 2, "基层治理": 2, "信访化解": 2, "安全生产": 3, "道路交通": 2, "窗口服务": 2,
    "招商引资": 3, "党建引领": 2,
}  # fmt: skip


def test_too_many_topics_go_together_by_area_facts_of_one_topic_side_by_side() -> None:
    facts = [
        {"text": f"完成第{turn}类事项{turn + 3}件", "topic": topic}
        for turn in range(3)
        for topic, number in TOWN.items()
        if turn < number
    ]
    made = level2(*facts)
    held = [[facts[int(fact[1:]) - 1]["topic"] for fact in section] for _, section in made]
    assert len(made) <= MOST
    assert all(2 <= len(topics) <= 12 for topics in held)
    assert all(len(list(groupby(topics))) == len(set(topics)) for topics in held)
    assert next(topics for topics in held if "养老服务" in topics)[-2:] == ["文体惠民"] * 2


def test_a_persons_own_headings_and_items_that_are_problems_are_never_put_together() -> None:
    own = [{"text": f"建成站点{n}个", "topic": f"推进第{n}类设施，补齐短板弱项"} for n in range(2, 14)]
    assert len(level2(*own)) == 12
    items = [
        {"text": "登记不全", "kind": "problem", "topic": f"{topic}{n}"}
        for topic in ("宣传", "培训")
        for n in range(6)
    ]
    report = build_outline(
        brief_of(*items, doctype="rectification-report"), doctypes.load("rectification-report")
    )
    assert sum(section.level == 2 for section in report.sections) == 12


def test_a_topics_phrases_head_only_what_is_called_so() -> None:
    known = {heading for topic in shared_topics() for heading in topic.headings}
    [(called, _), (kin, _)] = level2(
        {"text": "巡查道路9次", "topic": "督导检查"}, {"text": "巡查道路12次", "topic": "陪餐监督"}
    )
    assert called in known
    assert kin not in known
    assert "陪餐监督" in kin


def test_of_a_topics_phrases_the_one_that_its_facts_show_is_taken() -> None:
    for unit in ("某市水务局", "某县水务局", "某区水务局"):
        shown = {"text": "修渠道、建药材种植基地，发展乡村产业，拓宽增收渠道3条", "topic": "特色产业"}
        [(heading, _)] = level2(shown, unit=unit)
        assert heading == "发展乡村产业，拓宽增收渠道"


def test_the_second_clause_for_an_unknown_topic_is_what_its_facts_show_or_none() -> None:
    facts = [
        {"text": "大宗食材集中招标采购，44所学校纳入", "topic": "食材采购"},
        {"text": "肉类价格下降6%", "topic": "食材采购"},
        {"text": "配送食材9次", "topic": "食材配送"},
    ]
    [(shown, _), (bare, _)] = level2(*facts)
    assert shown.split("，")[1] == "实行集中招标"
    assert bare.endswith("食材配送")


def test_no_clause_heads_two_sections() -> None:
    facts = [{"text": f"开展检查{n}次，整改问题{n}个", "topic": f"专项{n}"} for n in range(1, 9)]
    clauses = [clause for heading, _ in level2(*facts) for clause in heading.split("，")]
    assert len(set(clauses)) == len(clauses) > 8


def test_every_area_is_a_topic_and_none_is_its_own() -> None:
    areas = {topic.topic: topic.area for topic in shared_topics()}
    assert {*areas.values()} - {""} <= areas.keys()
    for topic in areas:
        above = [topic]
        while area := areas[above[-1]]:
            assert area not in above
            above.append(area)


WORDS = st.sampled_from(["举办", "培训", "不足", "计划", "宣传", "满意度", "天气", "12次", "领导小组", "好"])
FACTS = st.lists(
    st.fixed_dictionaries(
        {"text": st.lists(WORDS, min_size=1, max_size=5).map("".join)},
        optional={
            "topic": st.sampled_from(["培训", "宣传", "保洁"]),
            "kind": st.sampled_from(["work", "result", "problem", "measure", "plan"]),
        },
    ),
    min_size=1,
    max_size=20,
)


@pytest.mark.parametrize("doctype", [doctype.id for doctype in doctypes.available()])
@settings(max_examples=60, deadline=None)
@given(facts=FACTS)
def test_every_fact_is_placed_exactly_once(doctype: str, facts: list[dict[str, str]]) -> None:
    outline = build_outline(brief_of(*facts, doctype=doctype), doctypes.load(doctype))
    placed = [fact for section in outline.sections for fact in section.facts] + [*outline.unplaced]
    assert sorted(placed) == sorted(f"F{place}" for place in range(1, len(facts) + 1))


def test_the_title_is_composed_and_a_given_one_is_kept() -> None:
    assert build_outline(brief_of("巡河9次"), TYPE).title == "某市水务局2025年河湖管护工作总结"
    assert build_outline(brief_of("巡河9次", title="年度总结"), TYPE).title == "年度总结"


@pytest.mark.parametrize(
    ("unit", "me"),
    [
        ("某市交通运输局", "我局"),
        ("某区某街道办事处", "我街道"),
        ("某市发展和改革委员会", "我委"),
        ("某镇人民政府", "我镇"),
        ("某县人民法院", "我院"),
        ("某某研究组", "我单位"),
    ],
)
def test_a_unit_speaks_of_itself_by_its_kind(unit: str, me: str) -> None:
    assert self_reference(unit) == me


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")]
)
def test_numbers_are_printed_as_headings_print_them(number: int, text: str) -> None:
    assert chinese_number(number) == text
