"""What went to a model service elsewhere, and what may not go there."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from drafter.model import Brief, Record
from drafter.writing import SectionWriter


class Sent(Record):
    """One request as it left: when (UTC), to which host and model, for which section (its id).

    `messages` are (role, text), with the placeholders in them. `masked` counts the pieces of personal data
    that were kept back, by kind. Repetitions of a request by the client are not listed.
    """

    time: datetime.datetime
    host: str
    model: str
    section: str
    messages: tuple[tuple[str, str], ...]
    masked: dict[str, int]


def sent_by(writer: SectionWriter) -> tuple[Sent, ...]:
    """Every request that the writer sent to a service elsewhere, in order; none for a local one."""
    sent: tuple[Sent, ...] = getattr(writer, "sent", ())
    return sent


def admit(writer: SectionWriter, brief: Brief) -> None:
    """Raises WriterError when the brief bears a secrecy mark and the writer would send it elsewhere."""
    check: Callable[[Brief], None] | None = getattr(writer, "admit", None)
    if check:
        check(brief)
