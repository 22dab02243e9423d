"""The store: nothing is overwritten, a later save never silently wins, undo and redo go back and forth."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from drafter.model import Draft
from drafter.store import Conflict, Saved, Store, StoreError
from tests.makers import brief_of, template_draft

DRAFT, _ = template_draft(brief_of({"text": "清理河道12公里", "topic": "河道保洁"}))


def titled(title: str) -> Draft:
    """The draft with another title."""
    return DRAFT.model_copy(update={"title": title})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store in a new SQLite file, whose folder does not exist yet."""
    return Store(f"sqlite:///{tmp_path}/data/drafts.db")


def create(store: Store, title: str = "甲") -> Saved:
    """A draft in the store."""
    return store.create(titled(title), "张", "生成")


def test_a_draft_comes_back_as_it_was(store: Store, tmp_path: Path) -> None:
    made = create(store)
    again = Store(f"sqlite:///{tmp_path}/data/drafts.db").load(made.id)
    assert again.draft == titled("甲")
    assert (again.number, again.author, again.what) == (1, "张", "生成")


def test_every_change_is_kept_with_who_and_why(store: Store) -> None:
    first = create(store)
    second = store.save(first, titled("乙"), "李", "手工修改", "改标题")
    assert [(one.number, one.draft.title, one.author, one.why) for one in store.history(first.id)] == [
        (2, "乙", "李", "改标题"),
        (1, "甲", "张", ""),
    ]
    assert store.revision(first.id, 1).draft.title == "甲"
    assert store.load(first.id) == second


def test_a_save_on_an_old_revision_is_refused_and_names_who_was_first(store: Store) -> None:
    first = create(store)
    store.save(first, titled("乙"), "李", "手工修改")
    with pytest.raises(Conflict, match="李") as caught:
        store.save(first, titled("丙"), "王", "手工修改")
    assert caught.value.number == 2
    assert store.load(first.id).draft.title == "乙"


def test_of_many_at_once_exactly_one_wins(store: Store) -> None:
    first = create(store)
    outcomes: list[str] = []

    def save(title: str) -> None:
        try:
            store.save(first, titled(title), title, "手工修改")
            outcomes.append("saved")
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=save, args=[str(number)]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 7 + ["saved"]
    assert len(store.history(first.id)) == 2


def test_undo_and_redo_go_back_and_forth_and_lose_nothing(store: Store) -> None:
    at = create(store, "甲")
    for title in ("乙", "丙"):
        at = store.save(at, titled(title), "张", "手工修改")
    seen = []
    for step in ("undo", "undo", "undo", "redo", "redo", "redo", "undo"):
        at = getattr(store, step)(at, "张")
        seen.append(at.draft.title)
    assert seen == ["乙", "甲", "甲", "乙", "丙", "丙", "乙"]
    at = store.save(at, titled("丁"), "张", "手工修改")
    assert store.redo(at, "张") == at
    assert store.undo(at, "张").draft.title == "乙"
    assert {one.draft.title for one in store.history(at.id)} == {"甲", "乙", "丙", "丁"}


def test_any_revision_can_be_restored_as_a_new_one(store: Store) -> None:
    at = store.save(create(store, "甲"), titled("乙"), "张", "手工修改")
    at = store.restore(at, 1, "李")
    assert (at.number, at.draft.title, at.why) == (3, "甲", "恢复到第1版")
    assert store.undo(at, "李").draft.title == "乙"


def test_drafts_are_listed_newest_first_and_found_by_words(store: Store) -> None:
    create(store, "河湖管护总结")
    create(store, "100%达标_汇报")
    assert [one.title for one in store.drafts()] == ["100%达标_汇报", "河湖管护总结"]
    assert [one.title for one in store.drafts("河湖")] == ["河湖管护总结"]
    assert [one.title for one in store.drafts("%达标_")] == ["100%达标_汇报"]
    assert [one.title for one in store.drafts("水务局")] == ["100%达标_汇报", "河湖管护总结"]
    assert store.drafts("没有") == []


def test_a_deleted_draft_can_be_brought_back(store: Store) -> None:
    made = create(store)
    store.delete(made.id)
    assert store.drafts() == []
    assert [one.id for one in store.drafts(deleted=True)] == [made.id]
    store.undelete(made.id)
    assert [one.id for one in store.drafts()] == [made.id]


def test_what_is_not_there_is_said_in_one_line(store: Store) -> None:
    for call in (lambda: store.load("nothing"), lambda: store.revision(create(store).id, 9)):
        with pytest.raises(StoreError) as caught:
            call()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////proc/nowhere/x.db", "nodriver://x"])
def test_a_database_that_cannot_be_used_is_said_in_one_line(url: str) -> None:
    with pytest.raises(StoreError, match="DRAFTER_DATABASE_URL"):
        Store(url)


def test_a_draft_is_sent_for_review_returned_and_approved(store: Store) -> None:
    at = store.pass_on(create(store), "submitted", "张", "送审")
    assert [one.status for one in store.drafts()] == ["submitted"]
    with pytest.raises(StoreError, match="退回后"):
        store.save(at, titled("乙"), "张", "手工修改")
    at = store.pass_on(at, "returned", "审", "退回", "数字请再核")
    at = store.save(at, titled("乙"), "张", "手工修改")
    at = store.pass_on(store.pass_on(at, "submitted", "张", "送审"), "approved", "审", "通过")
    assert at.status == "approved"
    assert [one.what for one in store.history(at.id)] == ["通过", "送审", "手工修改", "退回", "送审", "生成"]
    with pytest.raises(StoreError, match="状态"):
        store.pass_on(at, "submitted", "张", "送审")


def test_undo_passes_over_what_happened_to_the_status(store: Store) -> None:
    at = store.save(create(store, "甲"), titled("乙"), "张", "手工修改")
    at = store.pass_on(store.pass_on(at, "submitted", "张", "送审"), "returned", "审", "退回")
    at = store.undo(at, "张")
    assert (at.draft.title, at.status) == ("甲", "returned")


def test_remarks_stay_with_their_section_until_settled(store: Store) -> None:
    made = create(store)
    store.remark(made.id, "measures.1", "请补充出处", "审")
    (remark,) = store.remarks(made.id)
    assert (remark.section, remark.text, remark.author, remark.settled) == (
        "measures.1",
        "请补充出处",
        "审",
        False,
    )
    store.settle("another", remark.key)
    assert not store.remarks(made.id)[0].settled
    store.settle(made.id, remark.key)
    assert store.remarks(made.id)[0].settled
