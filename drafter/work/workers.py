"""Which processes are there: each keeps a row and counts in it, and is dead when the count stands still.

Nobody's clock is compared with anybody else's, nor with the time of day. A process on the same machine whose
number the system does not know any more is dead at once; one that it knows is given longer, for it may only
be kept waiting by a busy machine.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from drafter.store import Base, reading, transaction

BEAT = 1.0
"""Seconds between two signs of life."""
SILENT = 10.0
"""Seconds without one after which a process is taken for dead."""
HUNG = 60.0
"""The same for a process that this machine still has."""


class WorkerRow(Base):
    """A process that works: `beat` is its count, `place` the machine where its number is `pid`."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str]
    pid: Mapped[int]
    beat: Mapped[int]


def this_place() -> str:
    """What processes share that see each other's numbers: the kernel's start and its namespace of processes.

    Empty where the system does not tell.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""
    return hashlib.sha256(f"{boot} {namespace}".encode()).hexdigest()[:16]


def is_gone(pid: int) -> bool:
    """Whether this machine has no process of this number, or only the rest of one that has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state == b"Z"


class Roll:
    """This process's row, and its look at those of the others. `clock` gives seconds."""

    def __init__(self, database: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self.id = secrets.token_hex(8)
        self._database, self._clock = database, clock
        self._place, self._pid = this_place(), os.getpid()
        self._seen: dict[str, tuple[int, float]] = {}
        """Another process → its count, and since when it stands there."""
        self._looked = 0.0

    def enlist(self) -> None:
        """Put this process on the roll."""
        with transaction(self._database) as session:
            session.add(WorkerRow(id=self.id, place=self._place, pid=self._pid, beat=0))

    def beat(self) -> bool:
        """Give a sign of life; False when this process was taken for dead meanwhile: it is on the roll again,
        but its work is others'.
        """
        change = update(WorkerRow).where(WorkerRow.id == self.id).values(beat=WorkerRow.beat + 1)
        with transaction(self._database) as session:
            known = bool(session.execute(change.returning(WorkerRow.id)).first())
        if not known:
            self.enlist()
        return known

    def bury(self) -> list[str]:
        """Take the dead off the roll; their names. To be called right after a beat of one's own.

        After a pause in which this process saw nothing (the database was away, the machine slept) everybody
        is given the whole time anew.
        """
        now = self._clock()
        if now - self._looked > 3 * BEAT:
            self._seen.clear()
        self._looked = now
        dead = []
        with transaction(self._database) as session:
            others = session.scalars(select(WorkerRow).where(WorkerRow.id != self.id)).all()
            self._seen = {row.id: self._since(row, now) for row in others}
            for row in others:
                if now - self._seen[row.id][1] > self._patience(row):
                    gone = delete(WorkerRow).where(WorkerRow.id == row.id, WorkerRow.beat == row.beat)
                    session.execute(gone)
                    dead.append(row.id)
        return dead

    def _since(self, row: WorkerRow, now: float) -> tuple[int, float]:
        seen = self._seen.get(row.id)
        return seen if seen and seen[0] == row.beat else (row.beat, now)

    def _patience(self, row: WorkerRow) -> float:
        """Seconds of silence after which a process is dead."""
        if not self._place or row.place != self._place:
            return SILENT
        return -1.0 if is_gone(row.pid) else HUNG

    def alive(self) -> set[str]:
        """Everybody on the roll."""
        with reading(self._database) as session:
            return set(session.scalars(select(WorkerRow.id)))

    def leave(self) -> None:
        """Take this process off the roll: others carry on with what it had."""
        with transaction(self._database) as session:
            session.execute(delete(WorkerRow).where(WorkerRow.id == self.id))
