"""Backup and restore: all of it or nothing, between the two kinds of database, while others write."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from pathlib import Path

import pytest

from drafter.accounts.audit import Audit
from drafter.accounts.users import Users
from drafter.backup import backup, restore
from drafter.errors import InputError
from drafter.store import Store, StoreError, engine_for
from drafter.work.records import Order, WorkStore
from drafter.work.workers import Roll
from tests.databases import Cluster
from tests.makers import brief_of, template_draft

DRAFT, _ = template_draft(brief_of({"text": "清理河道12公里", "topic": "河道保洁"}))


def filled(url: str) -> Store:
    """A store with two drafts, revisions, a remark and two accounts, one of them disabled."""
    store = Store(url)
    users = Users(store)
    for login in ("zhang", "li"):
        users.add(login, "correct horse battery", name=login, unit="甲局", role="admin", by="test")
    users.set_active("li", False, by="test")
    first = store.create(DRAFT, "张", "生成", owner="甲局")
    store.save(first, DRAFT.model_copy(update={"title": "改过"}), "李", "手工修改")
    store.remark(first.id, "measures.1", "请补充", "王")
    store.delete(store.create(DRAFT, "张", "生成").id)
    return store


def content(store: Store) -> list[object]:
    """Everything that a store holds."""
    drafts = store.drafts() + store.drafts(deleted=True)
    kept = [(one, store.owner(one.id), store.history(one.id), store.remarks(one.id)) for one in drafts]
    return [*kept, *Users(store).all(), *Audit(store.engine).newest()]


@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_comes_back_whole_in_either_kind_of_database(
    source: str, target: str, tmp_path: Path, postgres: Cluster
) -> None:
    def url(kind: str, name: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path}/{name}.db"
        return postgres.new_database(f"{name}_{source}_{target}")

    store = filled(url(source, "from"))
    rows = backup(str(store._engine.url.render_as_string(hide_password=False)), tmp_path / "b.gz")
    goal = url(target, "to")
    assert restore(tmp_path / "b.gz", goal) == rows
    again = Store(goal)
    assert content(again) == content(store)
    newest = again.drafts()[0]
    again.remark(newest.id, "opening", "新的意见", "王")
    assert len(again.remarks(newest.id)) == 2


def test_a_backup_made_while_others_write_is_of_one_moment(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/busy.db"
    store = Store(url)
    saved = [store.create(DRAFT, "张", "生成")]
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            title = f"第{saved[0].number}版"
            saved[0] = store.save(saved[0], DRAFT.model_copy(update={"title": title}), "李", "修改")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            backup(url, tmp_path / f"{number}.gz")
    finally:
        stop.set()
        writer.join()
    for number in range(5):
        goal = f"sqlite:///{tmp_path}/goal{number}.db"
        restore(tmp_path / f"{number}.gz", goal)
        again = Store(goal)
        newest = again.load(saved[0].id)
        assert [one.number for one in again.history(saved[0].id)] == list(range(newest.number, 0, -1))


def test_nothing_is_overwritten_unless_asked(tmp_path: Path) -> None:
    store = filled(f"sqlite:///{tmp_path}/a.db")
    backup(f"sqlite:///{tmp_path}/a.db", tmp_path / "b.gz")
    with pytest.raises(InputError, match="已经存在"):
        backup(f"sqlite:///{tmp_path}/a.db", tmp_path / "b.gz")
    other = filled(f"sqlite:///{tmp_path}/c.db")
    before = content(other)
    with pytest.raises(InputError, match="--force"):
        restore(tmp_path / "b.gz", f"sqlite:///{tmp_path}/c.db")
    assert content(Store(f"sqlite:///{tmp_path}/c.db")) == before
    restore(tmp_path / "b.gz", f"sqlite:///{tmp_path}/c.db", force=True)
    assert content(Store(f"sqlite:///{tmp_path}/c.db")) == content(store)


def test_the_processes_of_the_moment_are_in_no_backup_and_stand_in_no_ones_way(
    url: str, tmp_path: Path
) -> None:
    work, roll = WorkStore(url).begin(DRAFT, Order()), Roll(engine_for(url))
    roll.enlist()
    backup(url, tmp_path / "b.gz")
    goal = f"sqlite:///{tmp_path}/goal.db"
    there = Roll(engine_for(goal))
    there.enlist()
    restore(tmp_path / "b.gz", goal)
    assert WorkStore(goal).open_works() == [work]
    assert there.alive() == set()
    assert not there.beat()
    assert there.alive() == {there.id}


def test_a_restore_that_breaks_off_changes_nothing(url: str, tmp_path: Path) -> None:
    filled(f"sqlite:///{tmp_path}/a.db")
    backup(f"sqlite:///{tmp_path}/a.db", tmp_path / "b.gz")
    *lines, _ = gzip.decompress((tmp_path / "b.gz").read_bytes()).decode().splitlines()
    lines.append(json.dumps(["remarks", {"key": 9, "draft_id": None}]))
    digest = hashlib.sha256("".join(lines[1:]).encode()).hexdigest()
    end = json.dumps({"rows": len(lines) - 1, "sha256": digest})
    (tmp_path / "odd.gz").write_bytes(gzip.compress("\n".join([*lines, end, ""]).encode()))
    goal = filled(url)
    before = content(goal)
    with pytest.raises(StoreError):
        restore(tmp_path / "odd.gz", url, force=True)
    assert content(Store(url)) == before


def test_a_backup_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    head = json.dumps({"format": "drafter-backup-1", "schema": "9999", "tables": []})
    (tmp_path / "b.gz").write_bytes(gzip.compress(f"{head}\n".encode()))
    with pytest.raises(InputError, match="更新版本"):
        restore(tmp_path / "b.gz", f"sqlite:///{tmp_path}/a.db")


@pytest.mark.parametrize("harm", ["cut", "changed", "text", "empty"])
def test_a_harmed_backup_is_refused_and_changes_nothing(tmp_path: Path, harm: str) -> None:
    filled(f"sqlite:///{tmp_path}/a.db")
    backup(f"sqlite:///{tmp_path}/a.db", tmp_path / "b.gz")
    whole = (tmp_path / "b.gz").read_bytes()
    text = gzip.decompress(whole).decode()
    harmed = {
        "cut": whole[: len(whole) // 2],
        "changed": gzip.compress(text.replace("改过", "换过").encode()),
        "text": "不是备份".encode(),
        "empty": b"",
    }[harm]
    (tmp_path / "harmed.gz").write_bytes(harmed)
    goal = filled(f"sqlite:///{tmp_path}/goal.db")
    before = content(goal)
    with pytest.raises(InputError) as caught:
        restore(tmp_path / "harmed.gz", f"sqlite:///{tmp_path}/goal.db", force=True)
    assert "\n" not in str(caught.value)
    assert content(Store(f"sqlite:///{tmp_path}/goal.db")) == before
