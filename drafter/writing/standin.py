"""A writer that stands in for another whose endpoint fails."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from drafter.errors import WriterError
from drafter.model import Brief
from drafter.writing import HandedOver, Piece, Restart, SectionWriter, Task
from drafter.writing.failures import EndpointError
from drafter.writing.sent import Sent, admit, sent_by

FIRST_ONLY = re.compile(r"DRAFTER_LLM_(?=BASE_URL|API_KEY|MODEL)")


def for_second(sentence: str) -> str:
    """A sentence about the second endpoint, naming its own settings."""
    return FIRST_ONLY.sub("DRAFTER_LLM2_", sentence)


class StandIn:
    """Two writers as one: `second` writes a section when the endpoint of `first` fails.

    A refusal or a fault of the text is no reason. A section that was handed over stays where it is, repairs
    included; every other section begins with `first`. `name` names those who wrote.
    """

    revises = True

    def __init__(self, first: SectionWriter, second: SectionWriter) -> None:
        self._first, self._second = first, second
        self._handed_over: set[str] = set()
        self._wrote: set[str] = set()

    @property
    def name(self) -> str:
        """Who wrote so far, joined by «、»; while nobody has, the first."""
        names = dict.fromkeys(one.name for one in (self._first, self._second))
        return "、".join(name for name in names if name in self._wrote) or self._first.name

    @property
    def tokens(self) -> int:
        """What both endpoints have counted so far, in and out."""
        return self._first.tokens + self._second.tokens

    @property
    def cost(self) -> float | None:
        """What both cost in yuan; None when it is unknown of one that was used."""
        costs = [one.cost for one in (self._first, self._second) if one.tokens]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if known and len(known) == len(costs) else None

    @property
    def sent(self) -> tuple[Sent, ...]:
        """Every request that left for a service elsewhere, in order."""
        return tuple(sorted((*sent_by(self._first), *sent_by(self._second)), key=lambda one: one.time))

    def admit(self, brief: Brief) -> None:
        """Raises WriterError when the brief bears a secrecy mark and neither writer is local."""
        try:
            admit(self._first, brief)
        except WriterError as refusal:
            try:
                admit(self._second, brief)
            except WriterError:
                raise refusal from None

    async def write(self, task: Task) -> AsyncGenerator[Piece, None]:
        """The section's prose, by the first or, after a HandedOver, by the second. Raises WriterError."""
        section = task.section.id
        if section in self._handed_over:
            async with aclosing(self._by(self._second, task)) as pieces:
                async for piece in pieces:
                    yield piece
            return
        begun = False
        try:
            async with aclosing(self._by(self._first, task)) as pieces:
                async for piece in pieces:
                    begun = begun or isinstance(piece, str)
                    yield piece
            return
        except EndpointError as error:
            failure = error
        self._handed_over.add(section)
        if begun:
            yield Restart()
        yield HandedOver(writer=self._second.name, why=failure.what)
        try:
            async with aclosing(self._by(self._second, task)) as pieces:
                async for piece in pieces:
                    yield piece
        except WriterError as error:
            what = f"{failure.what}，备用模型 {self._second.name} 也没有写成：{error.what}"
            raise WriterError(what, mend=for_second(error.mend)) from None

    async def _by(self, writer: SectionWriter, task: Task) -> AsyncGenerator[Piece, None]:
        async with closing(writer.write(task)) as pieces:
            async for piece in pieces:
                yield piece
        self._wrote.add(writer.name)


@asynccontextmanager
async def closing(pieces: AsyncIterator[Piece]) -> AsyncGenerator[AsyncIterator[Piece], None]:
    """Ends the request behind `pieces` when they are no longer wanted."""
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()
