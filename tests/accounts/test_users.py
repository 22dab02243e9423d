"""Accounts on SQLite and PostgreSQL: what is asked of them, and that somebody can always administer."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from drafter.accounts.users import Users
from drafter.errors import InputError
from drafter.store import Store

PASSWORD = "correct horse battery"


@pytest.fixture
def users(store: Store) -> Users:
    """The accounts of an empty database, with one administrator."""
    made = Users(store)
    made.add("boss", PASSWORD, name="管理", unit="甲局", role="admin", by="test")
    return made


def add(users: Users, login: str = "zhang", password: str = PASSWORD, **given: str) -> None:
    """Add an account of 甲局."""
    users.add(login, password, **({"name": login, "unit": "甲局", "role": "staff"} | given), by="test")


def test_an_account_is_found_whatever_the_capitals(users: Users) -> None:
    add(users, " Zhang ")
    found = users.find("ZHANG")
    assert found and (found.login, found.unit, found.role, found.active) == ("zhang", "甲局", "staff", True)
    assert users.count() == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"login": ""}, "不能用"),
        ({"login": "张三"}, "不能用"),
        ({"login": "a" * 65}, "不能用"),
        ({"login": "boss"}, "已有账号"),
        ({"login": "BOSS"}, "已有账号"),
        ({"name": "管理"}, "已有“管理”"),
        ({"name": " "}, "姓名"),
        ({"name": "a\nb"}, "姓名"),
        ({"unit": ""}, "单位"),
        ({"role": "king"}, "不认识的角色"),
        ({"password": "short"}, "10至256"),
        ({"password": "x" * 257}, "10至256"),
        ({"password": "zhang-zhang-1"}, "容易猜到"),
        ({"password": "aaaaaaaaaaaa"}, "容易猜到"),
    ],
)
def test_what_will_not_do_is_refused_in_one_line(users: Users, given: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        add(users, **given)
    assert "\n" not in str(caught.value)
    assert users.count() == 1


def test_the_same_name_in_another_unit_is_another_person(users: Users) -> None:
    add(users, name="管理", unit="乙局")
    assert users.count() == 2


def test_the_last_administrator_stays(users: Users) -> None:
    for change in (
        lambda: users.set_role("boss", "staff", by="test"),
        lambda: users.set_active("boss", False, by="test"),
    ):
        with pytest.raises(InputError, match="最后一个管理员"):
            change()
    add(users, role="admin")
    users.set_active("boss", False, by="test")
    assert [one.login for one in users.all() if one.active] == ["zhang"]


def test_who_is_not_there_cannot_be_changed(users: Users) -> None:
    for change in (
        lambda: users.set_role("nobody", "staff", by="test"),
        lambda: users.set_password("nobody", PASSWORD, by="test"),
        lambda: users.move("nobody", name="x", unit="y", by="test"),
    ):
        with pytest.raises(InputError, match="没有账号"):
            change()


def test_the_database_holds_no_password(users: Users, url: str) -> None:
    with create_engine(url).connect() as connection:
        (kept,) = connection.execute(text("SELECT password FROM users")).scalars()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
