"""An endpoint's limits for all processes on one PostgreSQL database.

Each request has a pass, a row; a gate's passes are counted and given under a lock. The clock is the
database's. Of a process that died, what it took counts to the end of the minute, but nothing is running.
"""

from __future__ import annotations

import hashlib
import logging

from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from drafter.store import Base, StoreError, transaction
from drafter.work.workers import WorkerRow
from drafter.writing.limits import MINUTE, Limits, Window

AGAIN = 0.2
"""Seconds until one asks again while all places are taken."""
LONGEST = 900.0
"""Seconds that a request is taken to run when nobody says that it has ended."""
AWAY = 1.0
"""Seconds until one asks again while the database does not answer."""

log = logging.getLogger(__name__)


class PassRow(Base):
    """A request to an endpoint: when it passed its gate (seconds of the database's clock), and its tokens."""

    __tablename__ = "passes"

    key: Mapped[int] = mapped_column(primary_key=True)
    gate: Mapped[str] = mapped_column(index=True)
    worker: Mapped[str]
    at: Mapped[float]
    tokens: Mapped[int]
    running: Mapped[bool]


class Passes:
    """What the process called `worker` takes of the limits that all share; see limits.Share."""

    def __init__(self, database: Engine, worker: str) -> None:
        self._database, self._worker = database, worker
        self._left: dict[int, int] = {}
        """Passes that are to be given back → the tokens used."""

    def take(self, gate: str, limits: Limits, tokens: int) -> tuple[int, float]:
        """A pass for a request of about so many tokens: its key or, as there is none yet, 0 and after how
        many seconds to ask again.
        """
        try:
            with transaction(self._database) as session:
                return self._take(session, gate, limits, tokens)
        except StoreError as error:
            log.warning("the shared limits cannot be asked: %s", error)
            return 0, AWAY

    def _take(self, session: Session, gate: str, limits: Limits, tokens: int) -> tuple[int, float]:
        now = self._locked(session, gate)
        alive = select(WorkerRow.id)
        mine = PassRow.gate == gate
        counts = PassRow.running, PassRow.worker.in_(alive), PassRow.at > now - LONGEST
        running = select(func.count()).where(mine, *counts)
        if (session.scalar(running) or 0) >= limits.concurrency:
            return 0, AGAIN
        requests, all_tokens = Window(), Window()
        query = select(PassRow.at, PassRow.tokens).where(mine, PassRow.at > now - MINUTE)
        for at, amount in session.execute(query.order_by(PassRow.at)):
            requests.take(at, 1)
            all_tokens.take(at, amount)
        wait = max(requests.wait(now, 1, limits.rpm), all_tokens.wait(now, tokens, limits.tpm))
        if wait > 0:
            return 0, wait
        row = PassRow(gate=gate, worker=self._worker, at=now, tokens=tokens, running=True)
        session.add(row)
        session.flush()
        return row.key, 0.0

    def _locked(self, session: Session, gate: str) -> float:
        """The database's time, with the gate to oneself; what is over is cleared away.

        Where the clock was put back, what was taken «in the future» counts from now on.
        """
        lock = int.from_bytes(hashlib.sha256(gate.encode()).digest()[:8], signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
        now = float(session.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0.0)
        mine = PassRow.gate == gate
        session.execute(update(PassRow).where(mine, PassRow.at > now).values(at=now))
        dead = PassRow.worker.not_in(select(WorkerRow.id)) | (PassRow.at <= now - LONGEST)
        over = delete(PassRow).where(mine, PassRow.at <= now - MINUTE, ~PassRow.running | dead)
        session.execute(over)
        return now

    def leave(self, key: int, tokens: int) -> None:
        """A request has ended; it used so many tokens."""
        self._left[key] = tokens
        self.give_back()

    def give_back(self) -> None:
        """Give back the passes of requests that have ended; what the database does not take now, it is to be
        given later.
        """
        left = dict(self._left)
        if not left:
            return
        try:
            with transaction(self._database) as session:
                for key, tokens in sorted(left.items()):
                    change = update(PassRow).where(PassRow.key == key).values(running=False, tokens=tokens)
                    session.execute(change)
        except StoreError as error:
            log.warning("passes are given back later: %s", error)
            return
        for key in left:
            self._left.pop(key, None)

    def note(self, gate: str) -> None:
        """Count a request that passed no gate."""
        try:
            with transaction(self._database) as session:
                now = self._locked(session, gate)
                session.add(PassRow(gate=gate, worker=self._worker, at=now, tokens=0, running=False))
        except StoreError as error:
            log.warning("a request was not counted: %s", error)
