"""An endpoint's limits across processes: places, requests and tokens a minute, the dead, the clock."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, text

from drafter.store import engine_for
from drafter.work.passes import AGAIN, LONGEST, Passes
from drafter.work.workers import Roll
from drafter.writing.limits import MINUTE, Limits
from tests.databases import Cluster


@pytest.fixture
def database(postgres: Cluster) -> Engine:
    """An empty database in PostgreSQL."""
    return engine_for(postgres.new_database(f"passes_{secrets.token_hex(6)}"))


def process(database: Engine) -> tuple[Passes, Roll]:
    """A process on the roll, and its hand in the limits."""
    roll = Roll(database)
    roll.enlist()
    return Passes(database, roll.id), roll


def test_the_places_are_shared_by_all_and_free_again_when_left(database: Engine) -> None:
    (one, _), (two, _) = process(database), process(database)
    limits = Limits(concurrency=2)
    first, second = one.take("gate", limits, 10), two.take("gate", limits, 10)
    assert first[0] and second[0]
    assert one.take("gate", limits, 10) == (0, AGAIN)
    assert two.take("another gate", limits, 10)[0]
    two.leave(second[0], 5)
    assert one.take("gate", limits, 10)[0]


def test_the_requests_of_a_minute_are_counted_together(database: Engine) -> None:
    (one, _), (two, _) = process(database), process(database)
    limits = Limits(concurrency=9, rpm=3)
    assert one.take("gate", limits, 1)[0] and two.take("gate", limits, 1)[0]
    two.note("gate")
    key, wait = one.take("gate", limits, 1)
    assert not key and MINUTE - 10 < wait <= MINUTE


def test_tokens_count_as_they_were_used_in_the_end(database: Engine) -> None:
    (one, _), (two, _) = process(database), process(database)
    limits = Limits(concurrency=9, tpm=100)
    key, _ = one.take("gate", limits, 90)
    assert not two.take("gate", limits, 50)[0]
    one.leave(key, 20)
    assert two.take("gate", limits, 50)[0]


def test_the_places_of_a_dead_process_are_free(database: Engine) -> None:
    (one, roll), (two, _) = process(database), process(database)
    limits = Limits(concurrency=1, rpm=5)
    assert one.take("gate", limits, 1)[0]
    assert not two.take("gate", limits, 1)[0]
    roll.leave()
    assert two.take("gate", limits, 1)[0]


def test_a_clock_that_was_put_back_stops_nobody_for_longer_than_a_minute(database: Engine) -> None:
    one, _ = process(database)
    limits = Limits(concurrency=9, rpm=1)
    assert one.take("gate", limits, 1)[0]
    with database.begin() as connection:
        connection.execute(text("UPDATE passes SET at = at + 86400"))
    key, wait = one.take("gate", limits, 1)
    assert not key and wait <= MINUTE


@contextmanager
def away(postgres: Cluster) -> Iterator[None]:
    """PostgreSQL is stopped, and started again."""
    postgres.stop()
    try:
        yield
    finally:
        postgres.start()


def test_while_the_database_is_away_nobody_passes(database: Engine, postgres: Cluster) -> None:
    one, _ = process(database)
    with away(postgres):
        key, wait = one.take("gate", Limits(concurrency=1), 1)
        assert not key and wait > 0
    assert one.take("gate", Limits(concurrency=1), 1)[0]


def test_a_place_that_was_left_while_the_database_was_away_is_free_afterwards(
    database: Engine, postgres: Cluster
) -> None:
    (one, _), (two, _) = process(database), process(database)
    limits = Limits(concurrency=1)
    key, _ = one.take("gate", limits, 10)
    with away(postgres):
        one.leave(key, 5)
    assert not two.take("gate", limits, 10)[0]
    one.give_back()
    assert two.take("gate", limits, 10)[0]


def test_a_place_that_nobody_leaves_is_free_after_the_longest_time(database: Engine) -> None:
    (one, _), (two, _) = process(database), process(database)
    limits = Limits(concurrency=1)
    assert one.take("gate", limits, 1)[0]
    with database.begin() as connection:
        connection.execute(text(f"UPDATE passes SET at = at - {LONGEST + 1}"))
    assert two.take("gate", limits, 1)[0]
    with database.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM passes")) == 1
