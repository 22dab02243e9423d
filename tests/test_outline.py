"""The outline: which section and which heading a fact gets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter import doctypes
from drafter.doctypes import shared_topics
from drafter.errors import InputError
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
    for section, topic in zip(level2, ["培训", "河道保洁"], strict=True):
        assert section.heading != topic
        assert "，" in section.heading


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


def test_results_stand_after_the_work_of_their_topic() -> None:
    outline = build_outline(
        brief_of({"text": "满意度达到98%", "topic": "巡河"}, {"text": "巡河480次", "topic": "巡河"}), TYPE
    )
    assert next(section for section in outline.sections if section.level == 2).facts == ("F2", "F1")


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
    [(heading, facts)] = level2("巡查扬尘工地36处", "清理黑臭河道排污口12处", "清运厨余垃圾分类收集点8处")
    assert facts == ("F1", "F2", "F3")
    assert heading in next(topic.headings for topic in shared_topics() if topic.topic == "生态环境")


def test_many_short_facts_without_kin_go_together_under_the_briefs_topic() -> None:
    [(heading, facts)] = level2("巡查扬尘工地36处", "新发展党员9名", "调解矛盾纠纷12件")
    assert facts == ("F1", "F2", "F3")
    assert "河湖管护" in heading


def test_a_topic_that_the_brief_gives_keeps_its_section_however_thin() -> None:
    facts = [
        {"text": f"完成{topic}9处", "topic": topic} for topic in ("大气污染防治", "垃圾分类", "环境整治")
    ]
    assert [held for _, held in level2(*facts)] == [("F1",), ("F2",), ("F3",)]


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
        [(heading, _)] = level2("修渠道、建药材种植基地，壮大乡村产业，拓宽增收渠道3条", unit=unit)
        assert heading == "壮大乡村产业，拓宽增收渠道"


def test_headings_for_unknown_topics_do_not_end_alike() -> None:
    facts = [{"text": f"完成第{n}类任务{n}项", "topic": f"专项{n}"} for n in range(1, 9)]
    tails = [heading.split("，")[1] for heading, _ in level2(*facts)]
    assert len(set(tails)) == len(tails)


def test_every_area_is_a_topic() -> None:
    topics = {topic.topic for topic in shared_topics()}
    assert {topic.area for topic in shared_topics()} - {""} <= topics


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
