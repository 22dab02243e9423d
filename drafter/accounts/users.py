"""The accounts of one database: add, change, disable."""

from __future__ import annotations

import datetime
import re

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from drafter.accounts import passwords
from drafter.accounts.audit import Audit
from drafter.accounts.model import ROLES, Person, Role
from drafter.accounts.tables import SessionRow, UserRow
from drafter.errors import InputError
from drafter.model import Record
from drafter.store import Store, now, reading, transaction

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


class User(Record):
    """An account as an administrator sees it; `created` in UTC."""

    login: str
    name: str
    unit: str
    role: Role
    active: bool
    created: datetime.datetime

    @property
    def person(self) -> Person:
        """The person who holds it."""
        return Person(login=self.login, name=self.name, unit=self.unit, role=self.role)


class Users:
    """Every change takes `by`, the login of whoever makes it, for the audit trail. All raise InputError."""

    def __init__(self, store: Store) -> None:
        self._engine = store.engine
        self._audit = Audit(store.engine)

    def count(self) -> int:
        """How many accounts can log in."""
        with reading(self._engine) as session:
            return session.scalar(select(func.count()).where(UserRow.active.is_(True))) or 0

    def all(self) -> list[User]:
        """Every account by unit and login."""
        with reading(self._engine) as session:
            return [
                user(row) for row in session.scalars(select(UserRow).order_by(UserRow.unit, UserRow.login))
            ]

    def find(self, login: str) -> User | None:
        """The account of that login, disabled ones included."""
        with reading(self._engine) as session:
            row = session.scalar(select(UserRow).where(UserRow.login == normal(login)))
            return user(row) if row else None

    def add(self, login: str, password: str, *, name: str, unit: str, role: str, by: str) -> User:
        """A new account."""
        login, name, unit = normal(login), name.strip(), unit.strip()
        if not LOGIN.fullmatch(login):
            raise InputError(f"登录名“{login}”不能用", mend="请用小写字母和数字，可含 . _ @ -，最多64个字符")
        _whole(name, unit)
        checked = _role(role)
        passwords.check_new(password, login)
        row = UserRow(
            login=login, name=name, unit=unit, role=checked, password=passwords.hashed(password), active=True,
            created=now(),
        )  # fmt: skip
        try:
            with transaction(self._engine) as session:
                _free(session, login, name, unit)
                session.add(row)
                session.flush()
                made = user(row)
        except IntegrityError:
            raise InputError(f"“{login}”已有账号", mend="请换一个登录名") from None
        self._audit.note(by, "user added", f"{login} {role} {unit}")
        return made

    def set_password(self, login: str, password: str, *, by: str) -> None:
        """Another password; whoever is logged in with the account is logged out."""
        passwords.check_new(password, normal(login))
        kept = passwords.hashed(password)
        with transaction(self._engine) as session:
            row = _row(session, login)
            row.password = kept
            session.execute(delete(SessionRow).where(SessionRow.user == row.key))
        self._audit.note(by, "password", normal(login))

    def set_role(self, login: str, role: str, *, by: str) -> None:
        """Another role, in force with the next request."""
        checked = _role(role)
        with transaction(self._engine) as session:
            row = _row(session, login)
            _keep_an_admin(session, row, row.active and checked == "admin")
            row.role = checked
        self._audit.note(by, "role", f"{normal(login)} {role}")

    def move(self, login: str, *, name: str, unit: str, by: str) -> None:
        """Another shown name or unit, in force with the next request. Drafts stay with the old unit."""
        name, unit = name.strip(), unit.strip()
        _whole(name, unit)
        with transaction(self._engine) as session:
            row = _row(session, login)
            if (row.name, row.unit) == (name, unit):
                return
            _free(session, "", name, unit)
            row.name, row.unit = name, unit
        self._audit.note(by, "unit", f"{normal(login)} {unit}")

    def set_active(self, login: str, active: bool, *, by: str) -> None:
        """Disable an account, whose sessions end at once, or enable it again."""
        with transaction(self._engine) as session:
            row = _row(session, login)
            _keep_an_admin(session, row, active and row.role == "admin")
            row.active = active
            if not active:
                session.execute(delete(SessionRow).where(SessionRow.user == row.key))
        self._audit.note(by, "enabled" if active else "disabled", normal(login))


def normal(login: str) -> str:
    """A login name as it is kept: capitals and spaces around it do not count."""
    return login.strip().lower()


def user(row: UserRow) -> User:
    """An account as the rest of the program sees it."""
    return User(
        login=row.login,
        name=row.name,
        unit=row.unit,
        role=_role(row.role),
        active=row.active,
        created=row.created.replace(tzinfo=datetime.UTC),
    )


def _row(session: Session, login: str) -> UserRow:
    row = session.scalar(select(UserRow).where(UserRow.login == normal(login)))
    if row is None:
        raise InputError(f"没有账号“{normal(login)}”", mend="可用 drafter user list 查看")
    return row


def _role(role: str) -> Role:
    for known in ROLES:
        if role == known:
            return known
    raise InputError(f"不认识的角色“{role}”", mend=f"请用 {'、'.join(ROLES)} 之一")


def _whole(name: str, unit: str) -> None:
    for what, text in (("姓名", name), ("单位", unit)):
        if not text or len(text) > 64 or not text.isprintable():
            raise InputError(f"{what}应为1至64个字", mend=f"请填写{what}")


def _free(session: Session, login: str, name: str, unit: str) -> None:
    """Refuse a login that is taken, and a second person of one name in a unit: history names the person."""
    if session.scalar(select(UserRow.key).where(UserRow.login == login)):
        raise InputError(f"“{login}”已有账号", mend="请换一个登录名")
    if session.scalar(select(UserRow.key).where(UserRow.unit == unit, UserRow.name == name)):
        raise InputError(f"{unit}已有“{name}”", mend="同名人员请加以区分，如“张伟（二科）”")


def _keep_an_admin(session: Session, row: UserRow, stays: bool) -> None:
    """Refuse to take away the last administrator."""
    if row.role != "admin" or not row.active or stays:
        return
    query = select(func.count()).where(UserRow.role == "admin", UserRow.active.is_(True))
    if (session.scalar(query) or 0) < 2:
        raise InputError("这是最后一个管理员", mend="请先指定另一个管理员")
