"""The store as one person may use it, on SQLite and PostgreSQL: every method, in the own unit and others."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from drafter import editing
from drafter.accounts.model import LOCAL, Person, Refused, Role
from drafter.accounts.view import AuthorisedStore
from drafter.store import Saved, Store, StoreError
from tests.makers import brief_of, template_draft

DRAFT, DOCTYPE = template_draft(brief_of({"text": "清理河道12公里", "topic": "河道保洁"}))
OTHER = DRAFT.model_copy(update={"title": "改后的标题"})
SECTION = next(section.id for section in DRAFT.sections if section.written)
LOCKED = editing.with_lock(DRAFT, DOCTYPE, SECTION, True)

Call = Callable[[AuthorisedStore, Saved], object]
WITH_A_DRAFT: dict[str, Call] = {
    "load": lambda view, at: view.load(at.id),
    "revision": lambda view, at: view.revision(at.id, 1),
    "history": lambda view, at: view.history(at.id),
    "steps": lambda view, at: view.steps(at.id),
    "remarks": lambda view, at: view.remarks(at.id),
    "sent": lambda view, at: view.sent(at.id),
    "export": lambda view, at: view.export(at.id, 1),
    "save": lambda view, at: view.save(at, OTHER, "", "改"),
    "undo": lambda view, at: view.undo(at, ""),
    "redo": lambda view, at: view.redo(at, ""),
    "restore": lambda view, at: view.restore(at, 1, ""),
    "rewrite": lambda view, at: view.rewrite(at.id),
    "pass_on": lambda view, at: view.pass_on(at, "submitted", "", "送审"),
    "remark": lambda view, at: view.remark(at.id, SECTION, "意见", ""),
    "bring_remark": lambda view, at: view.bring_remark(at.id, SECTION, "批注", "外人"),
    "settle": lambda view, at: view.settle(at.id, 1),
    "note_sent": lambda view, at: view.note_sent(at.id, []),
    "delete": lambda view, at: view.delete(at.id),
    "undelete": lambda view, at: view.undelete(at.id),
}
"""Every method that takes a draft."""


def person(role: Role | None, unit: str = "甲局", name: str = "张三") -> Person:
    """Somebody with a role."""
    return Person(login="zhang", name=name, unit=unit, role=role)


def test_every_method_is_tried_here() -> None:
    public = {name for name, _ in inspect.getmembers(AuthorisedStore, inspect.isfunction) if name[0] != "_"}
    assert public == {*WITH_A_DRAFT, "allow", "create", "drafts"}


@pytest.mark.parametrize("role", ["staff", "editor", "reviewer", "admin"])
def test_another_units_draft_is_not_there(store: Store, role: Role) -> None:
    at = store.create(DRAFT, "别人", "生成", owner="乙局")
    view = AuthorisedStore(store, person(role))
    for name, call in WITH_A_DRAFT.items():
        said = []
        for draft in (at, at.model_copy(update={"id": "nothing"})):
            with pytest.raises(StoreError) as caught:
                call(view, draft)
            said.append(str(caught.value))
        assert said[0] == said[1], name
    assert store.load(at.id) == at
    assert view.drafts() == []


def test_a_draft_from_before_accounts_belongs_to_no_unit_until_it_is_handed_over(store: Store) -> None:
    at = store.create(DRAFT, "", "生成")
    view = AuthorisedStore(store, person("editor"))
    with pytest.raises(StoreError):
        view.load(at.id)
    assert store.hand_over("甲局") == 1
    assert view.load(at.id) == at
    assert store.hand_over("乙局") == 0


def test_a_person_without_unit_reaches_nothing(store: Store) -> None:
    at = store.create(DRAFT, "", "生成", owner="甲局")
    with pytest.raises(StoreError):
        AuthorisedStore(store, person("admin", unit="")).load(at.id)


def test_on_a_machine_without_accounts_everything_is_as_it_was(store: Store) -> None:
    view = AuthorisedStore(store, LOCAL)
    at = view.create(DRAFT, "自己写的名字", "生成")
    assert (at.author, store.owner(at.id)) == ("自己写的名字", "")
    store.create(DRAFT, "别人", "生成", owner="乙局")
    assert len(view.drafts()) == 2
    at = view.pass_on(at, "submitted", "自己写的名字", "送审")
    assert view.pass_on(at, "approved", "自己写的名字", "通过").status == "approved"


def test_a_new_draft_is_the_units_whatever_its_text_says(store: Store) -> None:
    at = AuthorisedStore(store, person("staff")).create(DRAFT, "冒名", "生成")
    assert (at.author, store.owner(at.id), at.draft.brief.unit) == ("张三", "甲局", "某市水务局")


def test_staff_neither_lock_nor_unlock_by_any_way(store: Store) -> None:
    staff, editor = AuthorisedStore(store, person("staff")), AuthorisedStore(store, person("editor"))
    at = staff.create(DRAFT, "", "生成")
    with pytest.raises(Refused, match="锁定"):
        staff.save(at, LOCKED, "", "锁定")
    at = editor.save(at, LOCKED, "", "锁定")
    for way in (lambda: staff.undo(at, ""), lambda: staff.restore(at, 1, "")):
        with pytest.raises(Refused, match="锁定"):
            way()
    undone = editor.undo(at, "")
    with pytest.raises(Refused, match="锁定"):
        staff.redo(undone, "")


def test_only_who_changed_the_text_has_written_it(store: Store) -> None:
    at = store.create(DRAFT, "甲", "生成", owner="甲局")
    at = store.pass_on(at, "submitted", "乙", "送审")
    at = store.pass_on(at, "returned", "丙", "退回")
    at = store.save(at, OTHER, "丁", "改")
    at = store.pass_on(at, "submitted", "乙", "送审")
    assert store.writers(at.id) == {"甲", "丁"}
    with pytest.raises(Refused, match="不能由您通过"):
        AuthorisedStore(store, person("reviewer", name="丁")).pass_on(at, "approved", "", "通过")
    assert AuthorisedStore(store, person("reviewer", name="丙")).pass_on(at, "approved", "", "通过")
