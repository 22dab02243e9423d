"""Logging in and out. Sessions and failed attempts are in the database, so they hold across processes."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Callable

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from drafter.accounts import passwords
from drafter.accounts.audit import Audit
from drafter.accounts.model import Person, Refused
from drafter.accounts.tables import AttemptRow, SessionRow, UserRow
from drafter.accounts.users import Users, normal, user
from drafter.store import Store, now, reading, transaction

WINDOW = datetime.timedelta(minutes=15)
"""How long a failed attempt counts."""
TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS = 8, 40
"""Failed attempts within WINDOW; an address may be a whole office behind one router."""
NOTICE = datetime.timedelta(minutes=1)
"""How exactly it is kept when a session was last used: not every request writes."""


class Sessions:
    """`hours` is how long a session lasts at most, `idle` how many minutes it may lie unused."""

    def __init__(
        self,
        store: Store,
        hours: float = 12,
        idle: float = 120,
        clock: Callable[[], datetime.datetime] = now,
    ) -> None:
        self._engine, self._clock = store.engine, clock
        self._audit, self._users = Audit(store.engine), Users(store)
        self._hours, self._idle = datetime.timedelta(hours=hours), datetime.timedelta(minutes=idle)

    def log_in(self, login: str, password: str, address: str) -> str:
        """The token of a new session. Raises Refused; why a login failed is not told.

        The attempt is written down before the password is looked at: however many processes try at once, no
        more passwords are tried than the limits allow.
        """
        login = normal(login)[:64]
        key = self._try(login, password, address)
        token, moment = secrets.token_urlsafe(32), self._clock()
        with transaction(self._engine) as session:
            session.execute(delete(SessionRow).where(SessionRow.expires < moment))
            session.add(
                SessionRow(
                    token=_digest(token), user=key, created=moment, seen=moment, expires=moment + self._hours
                )
            )
        self._audit.note(login, "login", address=address)
        return token

    def change_password(self, login: str, old: str, new: str, address: str) -> None:
        """A person's own change, after which every session of the account has ended. Raises Refused for a
        wrong old password, InputError for a new one that will not do.
        """
        self._try(login, old, address)
        self._users.set_password(login, new, by=login)

    def _try(self, login: str, password: str, address: str) -> int:
        """The key of the account that the password opens. Raises Refused."""
        attempt = self._begin_attempt(login, address)
        with transaction(self._engine) as session:
            row = session.scalar(select(UserRow).where(UserRow.login == login, UserRow.active.is_(True)))
            key, kept = (row.key, row.password) if row else (0, None)
        if not passwords.fits(kept, password):
            self._audit.note(login, "login failed", address=address)
            raise Refused("登录名或密码不对", mend="请重新输入，忘记密码时请联系管理员")
        renewed = passwords.hashed(password) if kept and passwords.outdated(kept) else kept
        with transaction(self._engine) as session:
            session.execute(
                delete(AttemptRow).where(or_(AttemptRow.login == login, AttemptRow.key == attempt))
            )
            if renewed and renewed != kept:
                session.get_one(UserRow, key).password = renewed
        return key

    def _begin_attempt(self, login: str, address: str) -> int:
        moment = self._clock()
        with transaction(self._engine) as session:
            session.execute(delete(AttemptRow).where(AttemptRow.at < moment - WINDOW))
            row = AttemptRow(login=login, address=address, at=moment)
            session.add(row)
            session.flush()
            key = row.key
        with transaction(self._engine) as session:
            if (
                _count(session, AttemptRow.login == login) <= TRIES_PER_ACCOUNT
                and _count(session, AttemptRow.address == address) <= TRIES_PER_ADDRESS
            ):
                return key
            # What was not tried does not count: the way opens again however often somebody knocks meanwhile.
            session.execute(delete(AttemptRow).where(AttemptRow.key == key))
        self._audit.note(login, "login blocked", address=address)
        minutes = int(WINDOW.total_seconds() // 60)
        raise Refused("登录失败的次数太多", mend=f"请{minutes}分钟后再试，或联系管理员")

    def person(self, token: str) -> Person | None:
        """Whose session it is; None when there is none, it has expired, or the account is disabled."""
        moment = self._clock()
        own = SessionRow.token == _digest(token)
        query = (
            select(SessionRow, UserRow)
            .join(UserRow, UserRow.key == SessionRow.user)
            .where(own, UserRow.active.is_(True))
        )
        with reading(self._engine) as session:
            found = session.execute(query).one_or_none()
            if found is None:
                return None
            held, row = found
            over = held.expires <= moment or held.seen + self._idle <= moment
            noticed, person = moment - held.seen <= NOTICE, user(row).person
        if over or not noticed:
            change = delete(SessionRow) if over else update(SessionRow).values(seen=moment)
            with transaction(self._engine) as session:
                session.execute(change.where(own))
        return None if over else person

    def log_out(self, token: str, address: str = "") -> None:
        """End a session."""
        person = self.person(token)
        with transaction(self._engine) as session:
            session.execute(delete(SessionRow).where(SessionRow.token == _digest(token)))
        if person:
            self._audit.note(person.login, "logout", address=address)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _count(session: Session, which: object) -> int:
    return session.scalar(select(func.count()).select_from(AttemptRow).where(which)) or 0  # type: ignore[arg-type]
