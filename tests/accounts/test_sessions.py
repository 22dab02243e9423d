"""Sessions and the limit of attempts, on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime
import threading
import time

import pytest
from sqlalchemy import create_engine, text

from drafter.accounts import passwords
from drafter.accounts.audit import Audit
from drafter.accounts.model import Refused
from drafter.accounts.sessions import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, WINDOW, Sessions
from drafter.accounts.users import Users
from drafter.store import Store, now
from tests.accounts.test_users import PASSWORD


class Clock:
    """A clock that is moved on by hand."""

    def __init__(self) -> None:
        self.moment = now()

    def __call__(self) -> datetime.datetime:
        return self.moment

    def on(self, **by: float) -> None:
        """Move it on."""
        self.moment += datetime.timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    """The clock of `sessions`."""
    return Clock()


@pytest.fixture
def sessions(store: Store, clock: Clock) -> Sessions:
    """Sessions of at most 12 hours, two hours idle; there are accounts zhang and li."""
    users = Users(store)
    for login in ("zhang", "li"):
        users.add(login, PASSWORD, name=login, unit="甲局", role="admin", by="test")
    return Sessions(store, hours=12, idle=120, clock=clock)


def test_a_session_is_the_persons_until_it_ends(sessions: Sessions) -> None:
    token = sessions.log_in("Zhang", PASSWORD, "10.0.0.1")
    person = sessions.person(token)
    assert person and (person.login, person.unit, person.role) == ("zhang", "甲局", "admin")
    sessions.log_out(token)
    assert sessions.person(token) is None
    assert sessions.person("") is None


def test_a_session_that_lies_unused_expires(sessions: Sessions, clock: Clock) -> None:
    token = sessions.log_in("zhang", PASSWORD, "")
    for _ in range(3):
        clock.on(minutes=119)
        assert sessions.person(token)
    clock.on(minutes=121)
    assert sessions.person(token) is None


def test_a_session_in_use_expires_too(sessions: Sessions, clock: Clock) -> None:
    token = sessions.log_in("zhang", PASSWORD, "")
    for _ in range(12):
        assert sessions.person(token)
        clock.on(hours=1)
    assert sessions.person(token) is None


def test_role_and_unit_count_as_they_are_now(sessions: Sessions, store: Store) -> None:
    token, users = sessions.log_in("zhang", PASSWORD, ""), Users(store)
    users.set_role("zhang", "reviewer", by="test")
    users.move("zhang", name="张", unit="乙局", by="test")
    person = sessions.person(token)
    assert person and (person.role, person.unit, person.name) == ("reviewer", "乙局", "张")
    users.set_active("zhang", False, by="test")
    assert sessions.person(token) is None
    users.set_active("zhang", True, by="test")
    assert sessions.person(token) is None


def test_the_database_holds_no_token(sessions: Sessions, url: str) -> None:
    token = sessions.log_in("zhang", PASSWORD, "")
    with create_engine(url).connect() as connection:
        (kept,) = connection.execute(text("SELECT token FROM sessions")).scalars()
    assert token not in kept
    assert sessions.person(kept) is None


def fail(sessions: Sessions, login: str, address: str = "10.0.0.1") -> str:
    """What a login with a wrong password is told."""
    with pytest.raises(Refused) as caught:
        sessions.log_in(login, "wrong wrong wrong", address)
    return str(caught.value)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No password is hashed: every one fits or not by its text. Hashing is tested on its own."""
    monkeypatch.setattr(passwords, "fits", lambda kept, given: kept is not None and given == PASSWORD)


@pytest.mark.usefixtures("quick")
def test_an_account_is_closed_after_too_many_failures_and_opens_again(
    sessions: Sessions, clock: Clock
) -> None:
    for number in range(TRIES_PER_ACCOUNT):
        assert "不对" in fail(sessions, "zhang", f"10.0.0.{number}")
    for _ in range(3):
        with pytest.raises(Refused, match="15分钟后"):
            sessions.log_in("zhang", PASSWORD, "10.0.1.1")
    assert sessions.log_in("li", PASSWORD, "10.0.1.1")
    clock.on(seconds=WINDOW.total_seconds() + 1)
    assert sessions.log_in("zhang", PASSWORD, "10.0.1.1")


@pytest.mark.usefixtures("quick")
def test_a_success_forgives_the_failures(sessions: Sessions) -> None:
    for _ in range(3):
        for _ in range(TRIES_PER_ACCOUNT - 1):
            fail(sessions, "zhang")
        assert sessions.log_in("zhang", PASSWORD, "10.0.0.1")


@pytest.mark.usefixtures("quick")
def test_an_address_is_closed_whatever_accounts_it_tries(sessions: Sessions) -> None:
    for number in range(TRIES_PER_ADDRESS):
        assert "不对" in fail(sessions, f"made-up-{number}")
    with pytest.raises(Refused, match="15分钟后"):
        sessions.log_in("zhang", PASSWORD, "10.0.0.1")
    assert sessions.log_in("zhang", PASSWORD, "10.0.0.2")


def test_no_more_passwords_are_tried_at_once_than_one_after_the_other(
    url: str, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    monkeypatch.setattr(passwords, "fits", lambda kept, given: tried.append(given) and False)
    others = [Sessions(Store(url)) for _ in range(3)]

    def guess(place: int) -> None:
        with pytest.raises(Refused):
            others[place % 3].log_in("zhang", f"guess {place}", f"10.0.0.{place}")

    threads = [threading.Thread(target=guess, args=[place]) for place in range(3 * TRIES_PER_ACCOUNT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tried) <= TRIES_PER_ACCOUNT


def test_an_unknown_name_takes_as_long_as_a_known_one() -> None:
    kept = passwords.hashed(PASSWORD)
    passwords.fits(None, "warm up")
    times: dict[str | None, list[float]] = {kept: [], None: []}
    for _ in range(5):
        for hash_of, seen in times.items():
            begun = time.process_time()
            assert not passwords.fits(hash_of, "wrong wrong wrong")
            seen.append(time.process_time() - begun)
    assert 0.5 < min(times[None]) / min(times[kept]) < 2


def test_logins_and_failures_are_written_down(sessions: Sessions, store: Store) -> None:
    fail(sessions, "zhang")
    sessions.log_out(sessions.log_in("zhang", PASSWORD, "10.0.0.1"), "10.0.0.1")
    newest = [(one.who, one.event, one.address) for one in Audit(store.engine).newest(3)]
    assert newest == [
        ("zhang", "logout", "10.0.0.1"),
        ("zhang", "login", "10.0.0.1"),
        ("zhang", "login failed", "10.0.0.1"),
    ]


def test_an_older_hash_is_made_anew_at_the_next_login(
    sessions: Sessions, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept() -> str:
        with create_engine(url).connect() as connection:
            found = connection.execute(text("SELECT password FROM users WHERE login = 'zhang'")).scalar()
        return str(found)

    before = kept()
    monkeypatch.setattr(passwords, "outdated", lambda _: True)
    assert sessions.log_in("zhang", PASSWORD, "")
    assert kept() != before
    assert sessions.log_in("zhang", PASSWORD, "")
