"""An editor's changes: readable differences, locks, an outline that can be changed, facts that move."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter import editing
from drafter.errors import InputError
from tests.makers import brief_of, template_draft

BRIEF = brief_of(
    {"text": "清理河道12公里", "topic": "河道保洁"},
    {"text": "举办培训班3期", "topic": "培训"},
    {"text": "张贴海报40张", "topic": "宣传"},
    {"text": "计划新建泵站2座"},
)
DRAFT, TYPE = template_draft(BRIEF)

TEXTS = st.text(alphabet="我局清理河道举办培训班，。0123456789%ab", max_size=60)


@given(old=TEXTS, new=TEXTS)
def test_a_difference_gives_back_both_texts(old: str, new: str) -> None:
    row = editing.hunks(old, new)
    changes = [place for place, hunk in enumerate(row) if hunk.changed]
    assert editing.accepted(row, []) == old
    assert editing.accepted(row, changes) == new


def test_a_number_changes_as_a_whole() -> None:
    row = editing.hunks("清理河道12公里，巡河480次。", "清理河道12公里，巡河485次。")
    assert [(hunk.old, hunk.new) for hunk in row if hunk.changed] == [("480", "485")]


def test_changes_a_character_apart_are_read_as_one() -> None:
    row = editing.hunks("我局积极开展了工作。", "我局扎实推进了工作。")
    assert [(hunk.old, hunk.new) for hunk in row if hunk.changed] == [("积极开展", "扎实推进")]


def test_changes_can_be_taken_singly() -> None:
    row = editing.hunks("甲乙丙丁戊己庚辛", "甲子丙丁戊己庚丑")
    first, second = [place for place, hunk in enumerate(row) if hunk.changed]
    assert editing.accepted(row, [first]) == "甲子丙丁戊己庚辛"
    assert editing.accepted(row, [second]) == "甲乙丙丁戊己庚丑"


def test_a_text_by_hand_passes_the_same_check() -> None:
    draft = editing.with_text(DRAFT, TYPE, "measures.1", "我局清理河道15公里。")
    assert {claim.text for claim in draft.claims if claim.status == "unsupported"} == {"15公里"}
    assert "grounded" in {result.id for result in draft.checklist if not result.passed}
    others = [(one.id, one.text) for one in draft.sections if one.id != "measures.1"]
    assert others == [(one.id, one.text) for one in DRAFT.sections if one.id != "measures.1"]


def test_a_locked_section_cannot_be_changed() -> None:
    locked = editing.with_lock(DRAFT, TYPE, "measures.1", True)
    for change in (
        lambda: editing.with_text(locked, TYPE, "measures.1", "别的"),
        lambda: editing.with_heading(locked, TYPE, "measures.1", "别的"),
        lambda: editing.removed(locked, TYPE, "measures.1"),
        lambda: editing.with_fact_in(locked, TYPE, "F1", "measures.2"),
    ):
        with pytest.raises(InputError, match="锁定"):
            change()
    unlocked = editing.with_lock(locked, TYPE, "measures.1", False)
    assert editing.with_text(unlocked, TYPE, "measures.1", "我局清理河道12公里。")


def numbers(draft: editing.Draft) -> list[tuple[str, str]]:
    """Ids and numbers of the level-2 sections in order."""
    return [(one.id, one.number) for one in draft.sections if one.level == 2]


def test_sections_move_and_the_numbers_follow() -> None:
    draft = editing.moved(DRAFT, TYPE, "measures.1", "down")
    assert numbers(draft) == [("measures.2", "（一）"), ("measures.1", "（二）"), ("measures.3", "（三）")]
    assert editing.moved(draft, TYPE, "measures.2", "up") == draft
    assert not any(section.stale for section in draft.sections)


def test_a_removed_section_leaves_its_facts_to_be_placed() -> None:
    draft = editing.removed(DRAFT, TYPE, "measures.2")
    assert numbers(draft) == [("measures.1", "（一）"), ("measures.3", "（二）")]
    assert draft.unplaced == ("F2",)
    back = editing.with_fact_in(draft, TYPE, "F2", "measures.1")
    assert back.unplaced == ()
    assert [one.id for one in back.sections if one.stale] == ["measures.1"]


def test_a_fact_can_be_left_out_of_the_text_and_is_then_unplaced() -> None:
    draft = editing.with_fact_in(DRAFT, TYPE, "F2", "")
    assert draft.unplaced == ("F2",)
    assert [one.id for one in draft.sections if one.stale] == ["measures.2"]
    assert editing.with_fact_in(draft, TYPE, "F2", "") == draft


def test_removing_the_last_level_2_section_leaves_a_place_to_write() -> None:
    draft = DRAFT
    for section_id in ("measures.1", "measures.2", "measures.3"):
        draft = editing.removed(draft, TYPE, section_id)
    parent = editing.section_of(draft, "measures")
    assert parent.written
    again = editing.added(draft, TYPE, "measures", "加强河道保洁")
    assert not editing.section_of(again, "measures").written
    assert numbers(again) == [("measures.1", "（一）")]


def test_a_moved_fact_marks_only_the_two_sections_it_concerns() -> None:
    draft = editing.with_fact_in(DRAFT, TYPE, "F1", "measures.3")
    assert [one.id for one in draft.sections if one.stale] == ["measures.1", "measures.3"]
    assert editing.section_of(draft, "measures.3").facts == ("F3", "F1")
    assert editing.with_fact_in(draft, TYPE, "F1", "measures.3") == draft


def test_level_1_headings_belong_to_the_type() -> None:
    for change in (editing.removed, lambda d, t, s: editing.with_heading(d, t, s, "别的")):
        with pytest.raises(InputError, match="二级标题"):
            change(DRAFT, TYPE, "measures")


def test_an_unknown_section_is_an_error_not_a_crash() -> None:
    with pytest.raises(InputError, match="不在文稿中"):
        editing.with_text(DRAFT, TYPE, "nowhere", "")
