"""Who is there and who is dead: by counts that stand still, whatever the clocks say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from drafter.store import engine_for
from drafter.work.workers import BEAT, HUNG, SILENT, Roll, is_gone


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def elsewhere(roll: Roll) -> Roll:
    """The same roll as if on another machine, whose process numbers say nothing here."""
    roll._place = ""
    return roll


def looks(roll: Roll, clock: Clock, seconds: float) -> list[str]:
    """Whom a process finds dead that looks every beat for so long."""
    dead: list[str] = []
    for _ in range(round(seconds / BEAT)):
        clock.now += BEAT
        dead += roll.bury()
    return dead


def test_a_process_that_falls_silent_is_dead_after_a_while_and_found_once(url: str) -> None:
    database, clock = engine_for(url), Clock()
    mine, other = Roll(database, clock), elsewhere(Roll(database))
    mine.enlist()
    other.enlist()
    assert looks(mine, clock, SILENT - BEAT) == []
    other.beat()
    assert looks(mine, clock, SILENT) == []
    assert looks(mine, clock, 3 * BEAT) == [other.id]
    assert mine.alive() == {mine.id}
    assert not other.beat()
    assert mine.alive() == {mine.id, other.id}


def test_after_a_pause_in_which_nothing_was_seen_nobody_is_taken_for_dead(url: str) -> None:
    database, clock = engine_for(url), Clock()
    mine, other = Roll(database, clock), elsewhere(Roll(database))
    mine.enlist()
    other.enlist()
    assert looks(mine, clock, SILENT - BEAT) == []
    clock.now += 3600
    assert mine.bury() == []
    assert looks(mine, clock, SILENT - BEAT) == []


def test_a_process_that_this_machine_still_has_is_given_longer(url: str) -> None:
    database, clock = engine_for(url), Clock()
    mine, other = Roll(database, clock), Roll(database)
    if not other._place:
        pytest.skip("the system does not tell whose process numbers are whose")
    mine.enlist()
    other.enlist()
    assert looks(mine, clock, HUNG) == []
    assert looks(mine, clock, 3 * BEAT) == [other.id]


def test_a_process_of_this_machine_that_is_gone_is_dead_at_once(url: str) -> None:
    database = engine_for(url)
    mine, other = Roll(database), Roll(database)
    if not other._place:
        pytest.skip("the system does not tell whose process numbers are whose")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    other._pid = gone.pid
    mine.enlist()
    other.enlist()
    assert mine.bury() == [other.id]


def test_who_leaves_is_on_the_roll_no_more(url: str) -> None:
    roll = Roll(engine_for(url))
    roll.enlist()
    roll.leave()
    assert roll.alive() == set()


def test_a_process_that_has_ended_is_gone_before_anybody_collects_it() -> None:
    if not Path("/proc/self/stat").exists():
        pytest.skip("the system does not tell")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(ended.pid)
    ended.wait()


def test_this_process_is_not_gone() -> None:
    assert not is_gone(os.getpid())
