"""The audit trail: logins, refusals, changes to accounts and the model service, exports.

Who, when, what — never any content.
"""

from __future__ import annotations

import datetime
from typing import Literal

from sqlalchemy import Engine, select

from drafter.accounts.tables import AuditRow
from drafter.model import Record
from drafter.store import now, reading, transaction

Happening = Literal[
    "login", "login failed", "login blocked", "logout", "spoofed", "refused", "export", "user added",
    "password", "role", "unit", "name", "disabled", "enabled", "handed over", "model",
]  # fmt: skip


class Entry(Record):
    """One entry; `at` in UTC. `about` names a draft by its id, an account by its login, a model service by
    its host and model.
    """

    at: datetime.datetime
    who: str
    event: str
    about: str
    address: str


class Audit:
    """Entries are only ever added."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, who: str, event: Happening, about: str = "", address: str = "") -> None:
        """Add an entry."""
        with transaction(self._engine) as session:
            session.add(AuditRow(at=now(), who=who[:100], event=event, about=about[:200], address=address))

    def newest(self, count: int = 100) -> list[Entry]:
        """The newest entries, the newest first."""
        query = select(AuditRow).order_by(AuditRow.key.desc()).limit(count)
        with reading(self._engine) as session:
            return [
                Entry(
                    at=row.at.replace(tzinfo=datetime.UTC),
                    who=row.who,
                    event=row.event,
                    about=row.about,
                    address=row.address,
                )
                for row in session.scalars(query)
            ]
