"""The drafts and the writing of them as one person may use them: what every page works with."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

from drafter.accounts.model import Person
from drafter.accounts.view import AuthorisedStore
from drafter.model import Brief, DocType
from drafter.store import Saved, StoreError
from drafter.work.progress import Progress
from drafter.work.records import Order, Work
from drafter.work.room import Room


class Office(AuthorisedStore):
    """The drafts of a person's unit, and the work on them, for what the person's role allows.

    An order is signed with the person's name, and what comes of it belongs to the person's unit.
    """

    def __init__(self, room: Room, person: Person) -> None:
        super().__init__(room.store, person)
        self._room, self._works = room, room.store

    async def start(self, brief: Brief, doctype: DocType, order: Order) -> Work:
        """Order a new draft, for somebody who waits for it."""
        self.allow("draft")
        return await self._room.start(brief, doctype, self._signed(order))

    async def enqueue(self, brief: Brief, doctype: DocType, order: Order) -> Work:
        """Order a new draft that is written when a process is free."""
        self.allow("draft")
        return await self._room.enqueue(brief, doctype, self._signed(order))

    def refused(self, order: Order, said: str) -> Work:
        """Note that no draft could be made of a file, and why."""
        self.allow("draft")
        return self._works.refused(self._signed(order), said)

    async def again(self, saved: Saved, order: Order, *, waiting: bool = True) -> Work:
        """Order what a draft still lacks, or one of its sections anew."""
        self._reach("edit", saved.id)
        return await self._room.again(saved, self._signed(order), waiting=waiting)

    async def stop(self, work: Work) -> None:
        """Have a work stop, wherever it is carried out."""
        self._reach("edit", work.draft)
        await self._room.stop(work.id)

    def follow(self, work: Work) -> AsyncGenerator[Progress, None]:
        """A work's progress to its end."""
        self._reach("read", work.draft)
        return self._room.follow(work.id)

    def work(self, work_id: str) -> Work:
        """One work. Raises StoreError when there is none, or none of this unit."""
        work = self._works.work(work_id)
        if self.person.role is not None and work.order.unit != self.person.unit:
            raise StoreError("没有这项起草", mend="请从文稿列表中打开")
        return work

    def open_work(self, draft_id: str) -> Work | None:
        """The work that is going on on a draft."""
        self._reach("read", draft_id)
        return self._works.open_work(draft_id)

    def batch(self, batch: str) -> list[Work]:
        """The works of an upload, the newest of each file, in the order of the files' names."""
        works = self._works.batch(batch)
        return [one for one in works if self.person.role is None or one.order.unit == self.person.unit]

    def _signed(self, order: Order) -> Order:
        return order.model_copy(update={"author": self._name(order.author), "unit": self.person.unit})


Offices = Callable[[Person], Office]
"""Whence the pages get their office: there is none without a person."""
