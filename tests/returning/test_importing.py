"""A returned file finds its draft and its revision; what is taken is kept, what was said in it too."""

from __future__ import annotations

import pytest

from drafter import doctypes, editing
from drafter.accounts.view import AuthorisedStore
from drafter.docx import office
from drafter.errors import InputError
from drafter.exporting import export
from drafter.model import DocType, Draft, Note
from drafter.returning import report
from drafter.returning.importing import examine, keep
from drafter.store import Conflict, Saved, StoreError
from tests.makers import brief_of, template_draft
from tests.returning import hands

DRAFT, TYPE = template_draft(
    brief_of(
        {"text": "举办培训班6次", "topic": "培训"},
        {"text": "清理河道12公里", "topic": "河道保洁"},
        {"text": "部分干部业务不熟", "kind": "problem"},
        addressee="市政府办公室",
    )
)
RIVER = next(one for one in DRAFT.sections if "12公里" in one.text)


@pytest.fixture
def saved(store: AuthorisedStore) -> Saved:
    """The draft, in it."""
    return store.create(DRAFT, "甲", "生成")


def type_of(draft: Draft) -> DocType:
    """The type of a draft."""
    return doctypes.load(draft.brief.doctype)


def test_the_file_knows_its_draft_and_its_revision(store: AuthorisedStore, saved: Saved) -> None:
    data = hands.replaced(hands.exported(saved), "12公里", "15公里")
    later = store.save(
        saved, editing.with_text(DRAFT, TYPE, RIVER.id, "我局全面清理河道12公里。"), "乙", "编辑"
    )
    found = examine(data, store, type_of)
    assert (found.saved.number, found.base, found.known) == (later.number, saved.number, True)
    assert [(one.kind, one.state) for one in found.changes] == [("text", "clash")]
    kept, taken = keep(store, type_of, found, found.plain_keys, {}, "丙", "导入")
    assert (kept.number, taken.keys) == (later.number, frozenset())
    kept, taken = keep(store, type_of, found, {RIVER.id}, {}, "丙", "导入")
    assert "15公里" in editing.section_of(kept.draft, RIVER.id).text
    assert (kept.author, kept.what) == ("丙", "导入")


def test_a_file_without_origin_is_compared_with_the_likeliest_revision(
    store: AuthorisedStore, saved: Saved
) -> None:
    data = hands.without_marks(
        hands.without_properties(hands.replaced(hands.exported(saved), "12公里", "15公里"))
    )
    with pytest.raises(InputError, match="看不出"):
        examine(data, store, type_of)
    store.save(saved, editing.with_text(DRAFT, TYPE, "opening", "现将有关情况总结如下："), "乙", "编辑")
    found = examine(data, store, type_of, saved.id)
    assert (found.base, found.known) == (1, False)
    assert [one.section for one in found.changes] == [RIVER.id]


def test_the_file_of_another_draft_is_refused(store: AuthorisedStore, saved: Saved) -> None:
    other, _ = template_draft(brief_of("开展执法检查30次", unit="某县教育局", topic="校园安全", period=""))
    another = store.create(other, "甲", "生成")
    with pytest.raises(InputError, match="另一份文稿"):
        examine(hands.exported(another), store, type_of, saved.id)
    stranger = hands.without_marks(hands.without_properties(export(other, TYPE)))
    with pytest.raises(InputError, match="对不上"):
        examine(stranger, store, type_of, saved.id)
    with pytest.raises(StoreError, match="没有这份文稿"):
        examine(hands.exported(saved), store, type_of, "nobody")


def test_our_own_comments_stay_away_and_those_of_people_become_remarks_once(
    store: AuthorisedStore, saved: Saved
) -> None:
    doubtful = store.save(
        saved, editing.with_text(DRAFT, TYPE, RIVER.id, "我局清理河道15公里。"), "甲", "编辑"
    )
    store.remark(saved.id, RIVER.id, "请写明河段", "审核员")
    data = hands.exported(doubtful, Note(section=RIVER.id, author="审核员", text="请写明河段"))
    data = hands.commented(data, "15公里", "与台账不符", "李四")
    found = examine(data, store, type_of)
    assert [(one.section, one.author, one.text) for one in found.comments] == [
        (RIVER.id, "李四", "“15公里”：与台账不符")
    ]
    assert found.changes == ()
    keep(store, type_of, found, (), {}, "甲", "导入")
    assert [one.author for one in store.remarks(saved.id)] == ["审核员", "李四"]
    assert examine(data, store, type_of).comments == ()


def test_who_tracked_changes_is_kept_with_the_revision(store: AuthorisedStore, saved: Saved) -> None:
    data = hands.tracked(hands.exported(saved), "12公里", "12公里河段", "张三")
    found = examine(data, store, type_of)
    assert [(one.what, one.text, one.section) for one in found.tracked] == [
        ("deleted", "12公里", RIVER.id),
        ("inserted", "12公里河段", RIVER.id),
    ]
    kept, _ = keep(store, type_of, found, found.plain_keys, {}, "甲", "导入")
    assert kept.why == "张三"


def test_what_is_written_on_the_checklist_page_is_shown_and_is_no_text(
    store: AuthorisedStore, saved: Saved
) -> None:
    found = examine(hands.filled_in(hands.exported(saved), 2, "依据再核对"), store, type_of)
    assert (found.changes, found.checklist) == ((), ("依据再核对",))


def test_a_draft_that_somebody_changed_since_is_not_overwritten(store: AuthorisedStore, saved: Saved) -> None:
    found = examine(hands.replaced(hands.exported(saved), "12公里", "15公里"), store, type_of)
    store.save(saved, editing.with_lock(DRAFT, TYPE, RIVER.id, True), "乙", "锁定")
    with pytest.raises(Conflict):
        keep(store, type_of, found, found.plain_keys, {}, "甲", "导入")


def test_a_draft_that_is_with_the_reviewer_is_not_changed(store: AuthorisedStore, saved: Saved) -> None:
    store.pass_on(saved, "submitted", "甲", "送审")
    found = examine(hands.replaced(hands.exported(saved), "12公里", "15公里"), store, type_of)
    with pytest.raises(StoreError, match="送审"):
        keep(store, type_of, found, found.plain_keys, {}, "甲", "导入")


@pytest.mark.skipif(not office.present(), reason="LibreOffice is missing")
def test_edits_survive_being_saved_by_libreoffice(store: AuthorisedStore, saved: Saved) -> None:
    data = hands.tracked(hands.exported(saved), "12公里", "15公里", "张三")
    data = hands.replaced(data, "市政府办公室：", "市委办公室：")
    data = hands.typed_after(data, RIVER.heading, "（二）加强巡河。我局坚持日常巡河。")
    data = hands.commented(data, "培训班6次", "请补充时间", "李四")
    found = examine(office.convert(data, ".docx", "docx"), store, type_of)
    assert [one.kind for one in found.changes] == ["addressee", "text", "added"]
    assert {one.author for one in found.tracked} == {"张三"}
    assert [(one.author, one.text.split("：")[-1]) for one in found.comments] == [("李四", "请补充时间")]
    assert found.checklist == ()


def test_the_report_shows_every_change_in_its_place(store: AuthorisedStore, saved: Saved) -> None:
    data = hands.tracked(hands.exported(saved), "12公里", "15公里", "张三")
    found = examine(data, store, type_of)
    said = report.as_text(found, TYPE, {RIVER.id})
    assert f"[{RIVER.id}] 改文字 {RIVER.printed_heading}（已采用）" in said
    assert "[-12-]{+15+}公里。" in said
    assert f"修订 张三 {RIVER.printed_heading} 删：12公里" in said
