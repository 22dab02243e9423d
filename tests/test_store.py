"""The store: nothing is overwritten, a later save never silently wins, undo and redo go back and forth."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, event, text, update
from sqlalchemy.exc import InternalError

import drafter.work.passes
import drafter.work.records  # noqa: F401  (tables of the schema)
from drafter import schema
from drafter import store as store_module
from drafter.model import Draft
from drafter.store import Base, Conflict, DraftRow, Saved, Store, StoreError, engine_for
from tests.databases import Cluster
from tests.makers import brief_of, template_draft

DRAFT, _ = template_draft(brief_of({"text": "清理河道12公里", "topic": "河道保洁"}))


def titled(title: str) -> Draft:
    """The draft with another title."""
    return DRAFT.model_copy(update={"title": title})


def create(store: Store, title: str = "甲") -> Saved:
    """A draft in the store."""
    return store.create(titled(title), "张", "生成")


def test_a_draft_comes_back_as_it_was(store: Store, url: str) -> None:
    made = create(store)
    again = Store(url).load(made.id)
    assert again.draft == titled("甲")
    assert (again.number, again.author, again.what) == (1, "张", "生成")


def test_every_change_is_kept_with_who_and_why(store: Store) -> None:
    first = create(store)
    second = store.save(first, titled("乙"), "李", "手工修改", "改标题")
    assert [(one.number, one.draft.title, one.author, one.why) for one in store.history(first.id)] == [
        (2, "乙", "李", "改标题"),
        (1, "甲", "张", ""),
    ]
    assert [
        Saved(draft=titled(title), **step.model_dump())
        for title, step in zip(("乙", "甲"), store.steps(first.id), strict=True)
    ] == store.history(first.id)
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


@pytest.mark.parametrize("address", ["nonsense", "sqlite:////proc/nowhere/x.db", "nodriver://x"])
def test_a_database_that_cannot_be_used_is_said_in_one_line(address: str) -> None:
    with pytest.raises(StoreError, match="DRAFTER_DATABASE_URL"):
        Store(address)


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


def test_a_database_of_the_first_release_is_taken_over(url: str) -> None:
    engine = create_engine(url) if url.startswith("postgresql") else engine_for(url)
    Base.metadata.drop_all(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    with engine.connect() as connection:
        command.upgrade(schema.config(connection), schema.FIRST)
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(
            text(
                "INSERT INTO drafts (id, title, doctype, unit, author, head, status, written) VALUES "
                "('old', '旧稿', 'work-summary', '某局', '张', 0, 'drafting', '2025-01-01 00:00:00')"
            )
        )
        connection.commit()
    engine.dispose()
    assert [one.title for one in Store(url).drafts()] == ["旧稿"]


def test_the_steps_lead_to_the_schema_that_the_program_uses(store: Store, url: str) -> None:
    with create_engine(url).connect() as connection:
        found = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(found, Base.metadata) == []


def test_a_database_of_a_newer_program_is_refused_and_left_alone(store: Store, url: str) -> None:
    create(store)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.SchemaError, match="更新版本") as caught:
        Store(url)
    assert "\n" not in str(caught.value)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM drafts")).scalar() == 1


def test_processes_that_start_together_upgrade_once(url: str) -> None:
    stores: list[Store] = []
    threads = [threading.Thread(target=lambda: stores.append(Store(url))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores) == 6
    assert create(stores[0]).number == 1


def test_a_server_that_comes_back_is_used_again(postgres: Cluster) -> None:
    store = Store(postgres.new_database("comes_back"))
    made = create(store)
    postgres.stop()
    try:
        with pytest.raises(StoreError, match="数据库出错") as caught:
            store.load(made.id)
        assert "\n" not in str(caught.value)
    finally:
        postgres.start()
    assert store.load(made.id).draft == titled("甲")


def test_a_full_disk_loses_nothing_and_is_said_in_one_line(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/drafts.db")
    first = create(store)
    with store._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    event.listen(
        store._engine,
        "connect",
        lambda raw, _: raw.execute(f"PRAGMA max_page_count={pages + 2}"),
    )
    store._engine.dispose()
    newest = first
    with pytest.raises(StoreError, match="磁盘空间") as caught:
        for number in range(200):
            newest = store.save(newest, titled(f"甲{number}"), "张", "手工修改")
    assert "\n" not in str(caught.value)
    assert store.load(first.id) == newest


def test_who_waits_for_a_lock_in_postgresql_is_told_so_and_who_stands_still_lets_go(
    postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "LOCKED", 1.0)
    monkeypatch.setattr(store_module, "VANISHED", 4.0)
    store = Store(postgres.new_database("locked"))
    made = create(store)
    with store.engine.connect() as vanished:
        vanished.execute(update(DraftRow).values(title="丙"))
        with pytest.raises(StoreError, match="稍后重试"):
            store.save(made, titled("乙"), "张", "手工修改")
        time.sleep(4)
        assert store.save(made, titled("乙"), "张", "手工修改").number == 2
        with pytest.raises(InternalError):
            vanished.commit()


def test_a_locked_database_waits_and_then_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(f"sqlite:///{tmp_path}/drafts.db")
    made = create(store)
    other = sqlite3.connect(tmp_path / "drafts.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    event.listen(store._engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=50"))
    store._engine.dispose()
    with pytest.raises(StoreError):
        store.save(made, titled("乙"), "张", "手工修改")
    other.execute("ROLLBACK")
    assert store.save(made, titled("乙"), "张", "手工修改").number == 2
