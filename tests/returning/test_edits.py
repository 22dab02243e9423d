"""Every kind of edit a person makes in a word processor is found, shown as what it is, and can be taken."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from drafter import editing
from drafter.docx.returned import read_returned
from drafter.docx.writer import write
from drafter.model import Draft
from drafter.printed import lines
from drafter.returning.compare import Change, compare
from drafter.returning.match import match
from drafter.returning.take import take
from tests.makers import brief_of, template_draft
from tests.returning import hands

DRAFT, TYPE = template_draft(
    brief_of(
        {"text": "成立河湖长制工作领导小组，召开专题会议2次", "topic": "组织领导", "section": "situation"},
        {"text": "举办培训班6次，累计培训人员超过500人次", "topic": "培训"},
        {"text": "清理河道12公里", "topic": "河道保洁"},
        {"text": "开展执法检查30次", "topic": "执法检查"},
        {"text": "部分干部业务不熟", "kind": "problem"},
        {"text": "组织跟班学习", "kind": "measure"},
        {"text": "建立常态化学习机制", "kind": "plan"},
        addressee="市政府办公室",
    )
)
FILE = write(DRAFT, TYPE)
SISTERS = [one for one in DRAFT.sections if one.spec == "measures" and one.level == 2]
BOTH_WAYS = pytest.mark.parametrize(
    "sent", [lambda data: data, hands.without_marks], ids=["marked", "unmarked"]
)
Sent = Callable[[bytes], bytes]


def changes_in(data: bytes, base: Draft = DRAFT, current: Draft | None = None) -> list[Change]:
    """What the file changes."""
    return list(compare(match(read_returned(data), base, TYPE), base, current or base, TYPE))


def taken(data: bytes) -> Draft:
    """The draft with all of it."""
    changes = changes_in(data)
    return take(DRAFT, TYPE, changes, [one.key for one in changes]).draft


def kinds(data: bytes) -> list[tuple[str, str]]:
    """The kinds of the changes and the sections they are in."""
    return [(one.kind, one.section) for one in changes_in(data)]


def section(words: str) -> str:
    """The id of the section with these words."""
    return next(one.id for one in DRAFT.sections if words in one.printed_heading + one.text)


@BOTH_WAYS
def test_a_changed_figure_is_one_change_and_is_checked_again(sent: Sent) -> None:
    back = hands.saved_by_word(sent(hands.replaced(FILE, "12公里", "15公里")))
    (change,) = changes_in(back)
    assert (change.kind, change.section, change.state) == ("text", section("12公里"), "free")
    assert [(one.old, one.new) for one in editing.hunks(change.old, change.new) if one.changed] == [
        ("12", "15")
    ]
    draft = taken(back)
    assert [one.text for one in draft.claims if one.status == "unsupported"] == ["15公里"]
    assert any(one.rule.startswith("grounding.") and one.section == change.section for one in draft.findings)


@BOTH_WAYS
def test_a_renamed_heading_is_a_heading_change(sent: Sent) -> None:
    old = SISTERS[0].heading
    back = sent(hands.replaced(FILE, old, "抓实业务培训，锻造过硬队伍"))
    assert kinds(back) == [("heading", SISTERS[0].id)]
    assert editing.section_of(taken(back), SISTERS[0].id).heading == "抓实业务培训，锻造过硬队伍"


def test_the_heading_of_a_level_1_section_is_shown_and_stays() -> None:
    back = hands.replaced(FILE, "具体措施与成效", "主要做法和成效")
    (change,) = changes_in(back)
    assert (change.kind, change.new, change.state) == ("heading", "主要做法和成效", "fixed")
    assert taken(back) == DRAFT


@BOTH_WAYS
def test_sections_in_another_order_are_renumbered(sent: Sent) -> None:
    back = sent(hands.moved_before(FILE, SISTERS[2].heading, SISTERS[0].heading))
    (change,) = changes_in(back)
    assert change.kind == "order"
    moved = [one for one in taken(back).sections if one.spec == "measures" and one.level == 2]
    assert [one.id for one in moved] == [SISTERS[2].id, SISTERS[0].id, SISTERS[1].id]
    assert [one.number for one in moved] == ["（一）", "（二）", "（三）"]


@BOTH_WAYS
def test_a_deleted_section_goes_and_its_facts_are_unplaced(sent: Sent) -> None:
    back = sent(hands.deleted(FILE, SISTERS[1].heading))
    assert kinds(back) == [("removed", SISTERS[1].id)]
    draft = taken(back)
    assert SISTERS[1].id not in {one.id for one in draft.sections}
    assert draft.unplaced == SISTERS[1].facts


def test_the_facts_of_a_section_that_was_merged_into_another_go_with_its_text() -> None:
    back = hands.replaced(FILE, f"{SISTERS[1].number}{SISTERS[1].heading}。", "")
    back = hands.joined(back, SISTERS[0].text[-12:], SISTERS[1].text[-12:])
    assert kinds(back) == [("text", SISTERS[0].id), ("removed", SISTERS[1].id)]
    draft = taken(back)
    assert draft.unplaced == ()
    assert set(editing.section_of(draft, SISTERS[0].id).facts) == {*SISTERS[0].facts, *SISTERS[1].facts}


@BOTH_WAYS
def test_a_new_section_is_put_where_it_stands(sent: Sent) -> None:
    back = sent(hands.typed_after(FILE, SISTERS[0].heading, "（二）加强联合执法。我局开展联合执法3次。"))
    (change,) = changes_in(back)
    assert (change.kind, change.heading, change.new) == ("added", "加强联合执法", "我局开展联合执法3次。")
    draft = taken(back)
    headings = [one.printed_heading for one in draft.sections if one.spec == "measures" and one.level == 2]
    assert headings[1] == "（二）加强联合执法"
    assert headings[2] == f"（三）{SISTERS[1].heading}"
    assert [one.text for one in draft.claims if one.status == "unsupported"] == ["3次"]


def test_a_section_divided_in_two_takes_its_facts_apart() -> None:
    two = editing.with_fact_in(DRAFT, TYPE, "F3", SISTERS[0].id)
    text = "我局举办培训班6次，累计培训人员超过500人次。\n我局清理河道12公里。"
    two = editing.with_text(two, TYPE, SISTERS[0].id, text)
    back = hands.replaced(
        write(two, TYPE), "我局清理河道12公里。", "（二）推进清河行动。我局清理河道12公里。"
    )
    changes = changes_in(back, two)
    assert [one.kind for one in changes] == ["text", "added"]
    draft = take(two, TYPE, changes, [one.key for one in changes]).draft
    assert editing.section_of(draft, SISTERS[0].id).facts == ("F2",)
    assert next(one for one in draft.sections if one.heading == "推进清河行动").facts == ("F3",)


def test_text_under_a_foreign_level_1_heading_is_stray_and_goes_where_it_is_put() -> None:
    last = DRAFT.sections[-1]
    end = last.text.split("\n")[-1][-10:]
    back = hands.typed_after(FILE, end, "五、工作建议", "建议加大资金投入。", style="Heading1")
    (change,) = changes_in(back)
    assert (change.kind, change.new, change.section) == (
        "stray",
        "五、工作建议\n建议加大资金投入。",
        last.id,
    )
    put = take(DRAFT, TYPE, [change], [change.key], {change.key: SISTERS[0].id}).draft
    assert editing.section_of(put, SISTERS[0].id).text.endswith("\n五、工作建议\n建议加大资金投入。")
    assert editing.section_of(taken(back), last.id).text.endswith("建议加大资金投入。")
    assert take(DRAFT, TYPE, [change], []).draft == DRAFT


def test_text_behind_the_date_is_stray() -> None:
    back = hands.typed_after(FILE, "2025年12月5日", "（此件公开发布）", "联系人：李某")
    (change,) = changes_in(back)
    assert (change.kind, change.new) == ("stray", "（此件公开发布）\n联系人：李某")


@BOTH_WAYS
def test_paragraphs_can_be_broken_joined_and_added(sent: Sent) -> None:
    text = SISTERS[0].text
    half = text[: text.index("，") + 1]
    parted = sent(hands.parted(FILE, half))
    (change,) = changes_in(parted)
    assert change.new == half + "\n" + text[len(half) :]
    broken_behind_heading = sent(hands.parted(FILE, f"{SISTERS[0].heading}。"))
    assert changes_in(broken_behind_heading) == []
    added = sent(hands.typed_after(FILE, text[-10:], "群众反映良好。"))
    assert [one.new for one in changes_in(added)] == [f"{text}\n群众反映良好。"]


def test_what_is_typed_before_a_heading_belongs_to_the_section_above() -> None:
    back = hands.typed_before(FILE, SISTERS[1].heading, "培训效果良好。")
    assert [(one.section, one.new) for one in changes_in(back)] == [
        (SISTERS[0].id, f"{SISTERS[0].text}\n培训效果良好。")
    ]


@BOTH_WAYS
def test_title_addressee_unit_and_date_are_changed_as_such(sent: Sent) -> None:
    back = hands.replaced(FILE, "河湖管护工作总结", "河湖长制工作总结")
    back = hands.replaced(back, "市政府办公室：", "市委办公室、市政府办公室：")
    back = hands.replaced(back, "2025年12月5日", "2025年12月18日")
    back = sent(hands.saved_by_word(back))
    assert [one.kind for one in changes_in(back)] == ["title", "addressee", "date"]
    draft = taken(back)
    assert draft.title == "某市水务局2025年河湖长制工作总结"
    assert draft.brief.addressee == "市委办公室、市政府办公室"
    assert draft.brief.date == datetime.date(2025, 12, 18)


def test_what_is_typed_at_the_head_of_the_date_is_no_part_of_it() -> None:
    (change,) = changes_in(hands.typed_before(FILE, "2025年12月5日", "（盖章）"))
    assert (change.kind, change.new, change.section) == ("stray", "（盖章）", DRAFT.sections[-1].id)


def test_another_unit_below_the_text_is_a_change_of_unit() -> None:
    last = lines(DRAFT)[-2].text

    def change(document: object) -> None:
        unit = [one for one in document.paragraphs if one.text == last][-1]  # type: ignore[attr-defined]
        unit.runs[0].text = "某市水利局"

    back = hands.edited(FILE, change)
    assert [(one.kind, one.new) for one in changes_in(back)] == [("unit", "某市水利局")]
    assert taken(back).brief.unit == "某市水利局"


def test_a_date_that_is_none_cannot_be_taken() -> None:
    back = hands.replaced(FILE, "2025年12月5日", "2025年12月")
    assert [(one.kind, one.state) for one in changes_in(back)] == [("date", "fixed")]
    assert taken(back) == DRAFT


def test_a_checked_mark_is_settled_by_hand() -> None:
    doubtful = editing.with_text(DRAFT, TYPE, SISTERS[1].id, "我局清理河道〔待核实：15公里〕。")
    back = hands.replaced(write(doubtful, TYPE), "〔待核实：15公里〕", "12公里")
    (change,) = changes_in(back, doubtful)
    assert change.new == "我局清理河道12公里。"


def test_half_width_signs_and_other_brackets_hide_no_section() -> None:
    back = hands.without_marks(FILE)
    for one in SISTERS:
        number = one.number.replace("（", "(").replace("）", ")")
        back = hands.replaced(back, one.printed_heading, number + one.heading.replace("，", ","))
    commas = [one.id for one in SISTERS if "，" in one.heading]
    assert commas
    assert [(one.kind, one.section) for one in changes_in(back)] == [("heading", one) for one in commas]


def test_a_locked_section_is_shown_and_not_changed() -> None:
    locked = editing.with_lock(DRAFT, TYPE, SISTERS[1].id, True)
    changes = changes_in(hands.replaced(FILE, "12公里", "15公里"), DRAFT, locked)
    assert [one.state for one in changes] == ["locked"]
    assert take(locked, TYPE, changes, [changes[0].key]).draft == locked


def test_what_only_the_draft_changed_stays_and_what_both_changed_is_a_clash() -> None:
    now = editing.with_text(DRAFT, TYPE, SISTERS[0].id, "我局举办培训班6次，培训超过500人次。")
    now = editing.with_text(now, TYPE, SISTERS[1].id, "我局全面清理河道12公里。")
    back = hands.replaced(FILE, "12公里", "15公里")
    (change,) = changes_in(back, DRAFT, now)
    assert (change.section, change.state) == (SISTERS[1].id, "clash")
    assert (change.old, change.base) == ("我局全面清理河道12公里。", SISTERS[1].text)
    same = hands.replaced(FILE, SISTERS[1].text, "我局全面清理河道12公里。")
    assert changes_in(same, DRAFT, now) == []


def test_an_edit_in_a_section_that_is_gone_meanwhile_is_not_lost() -> None:
    now = editing.removed(DRAFT, TYPE, SISTERS[1].id)
    assert changes_in(FILE, DRAFT, now) == []
    (change,) = changes_in(hands.replaced(FILE, "12公里", "15公里"), DRAFT, now)
    assert (change.kind, change.state, change.section) == ("stray", "clash", SISTERS[0].id)
    assert "15公里" in change.new


def test_a_section_that_others_added_meanwhile_stays() -> None:
    now = editing.added(DRAFT, TYPE, "measures", "强化宣传引导")
    back = hands.moved_before(FILE, SISTERS[2].heading, SISTERS[0].heading)
    changes = changes_in(back, DRAFT, now)
    draft = take(now, TYPE, changes, [one.key for one in changes]).draft
    assert [one.heading for one in draft.sections if one.spec == "measures" and one.level == 2] == [
        SISTERS[2].heading, SISTERS[0].heading, SISTERS[1].heading, "强化宣传引导",
    ]  # fmt: skip


def test_tracked_changes_are_read_as_accepted_and_say_who_made_them() -> None:
    back = hands.tracked(FILE, "12公里", "15公里", "张三")
    back = hands.end_deleted_with_tracking(back, SISTERS[0].text[-10:], "李四")
    returned = read_returned(back)
    assert [(one.kind, one.text, one.author) for one in returned.tracked] == [
        ("deleted", "12公里", "张三"),
        ("inserted", "15公里", "张三"),
    ]
    joined = next(line.text for line in returned.lines if SISTERS[0].heading in line.text)
    assert SISTERS[1].heading in joined and "15公里" in joined


def test_text_moved_with_tracking_stands_where_it_was_moved_to() -> None:
    back = hands.moved_with_tracking(FILE, SISTERS[1].text[-8:], SISTERS[0].text[-10:], "王五")
    returned = read_returned(back)
    assert [(one.kind, one.author) for one in returned.tracked] == [("moved", "王五")]
    assert sum(SISTERS[1].text in line.text for line in returned.lines) == 1
    assert kinds(back) == [("text", SISTERS[0].id), ("removed", SISTERS[1].id)]
