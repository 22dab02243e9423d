"""What the database keeps of work: the orders, and what each of their sections has so far.

A work belongs to whoever claimed it last: every later word on it must name that claim, so that a process
which was taken for dead, and comes back, changes nothing.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, Literal, cast, get_args

from sqlalchemy import CursorResult, ForeignKey, Text, case, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from drafter.grounding.gate import OnUnsupported
from drafter.model import Draft, Record
from drafter.store import Base, DraftRow, Saved, Store, StoreError, now
from drafter.work.progress import Part
from drafter.writing.sent import Sent

State = Literal["queued", "running", "done", "stopped", "failed"]
STATES: tuple[State, ...] = get_args(State)
OPEN: tuple[State, ...] = ("queued", "running")
"""The states of a work that is not at its end."""


class Lost(Exception):
    """The work belongs to another process now."""


class Order(Record):
    """What is to be written, and for whom.

    `writer` is as in make_writer. With `only`, the section of this id is written anew, and no other. `author`
    and `what` go into the revision; the draft belongs to `unit`. `batch` and `file` name the upload that a
    brief came with.
    """

    writer: str = "auto"
    unsupported: OnUnsupported = "mark"
    only: str = ""
    author: str = ""
    unit: str = ""
    what: str = "生成全文"
    batch: str = ""
    file: str = ""


class Work(Record):
    """An order and how far it is.

    `draft` is the id of the draft, empty for a file that no draft could be made of; `base` the revision that
    the writing started from, `result` the one that holds what was written, 0 while there is none. `said` is
    why it failed, or what is wanting of it, for the person. `version` grows with every change.
    """

    id: str
    draft: str
    base: int
    order: Order
    state: State
    said: str = ""
    result: int = 0
    version: int = 0
    tokens: int = 0
    cost: float | None = None
    created: datetime.datetime

    @property
    def open(self) -> bool:
        """Whether it is not at its end."""
        return self.state in OPEN


class Wishes(Record):
    """What others want of a work in progress: that it stops, that growing text is told while it grows."""

    stop: bool
    watched: bool


class Claimed(Record):
    """A work that was claimed: the token that proves it, the sections that are finished already, and what
    others want of it by now.
    """

    work: Work
    token: str
    kept: tuple[Part, ...]
    wishes: Wishes


class Told(Record):
    """What the process that holds a claim has to say of its work."""

    work: str
    token: str
    parts: tuple[Part, ...] = ()
    sent: tuple[Sent, ...] = ()
    tokens: int = 0
    cost: float | None = None


class WorkRow(Base):
    """A work; see Work. `owner` is the token of the last claim."""

    __tablename__ = "works"

    id: Mapped[str] = mapped_column(primary_key=True)
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("drafts.id"), index=True)
    base: Mapped[int] = mapped_column(default=0)
    writer: Mapped[str]
    unsupported: Mapped[str]
    only: Mapped[str]
    author: Mapped[str]
    unit: Mapped[str]
    what: Mapped[str]
    batch: Mapped[str] = mapped_column(index=True)
    file: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    owner: Mapped[str] = mapped_column(default="")
    stop: Mapped[bool] = mapped_column(default=False)
    watched: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    said: Mapped[str] = mapped_column(default="")
    result: Mapped[int] = mapped_column(default=0)
    tokens: Mapped[int] = mapped_column(default=0)
    cost: Mapped[float | None]
    created: Mapped[datetime.datetime]


class PartRow(Base):
    """What a section of a work in progress has; `version` is the work's when it last changed."""

    __tablename__ = "parts"

    work_id: Mapped[str] = mapped_column(ForeignKey("works.id"), primary_key=True)
    section: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="writing")
    text: Mapped[str] = mapped_column(Text, default="")
    said: Mapped[str] = mapped_column(default="")
    place: Mapped[int] = mapped_column(default=0)
    stood_in: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=0)


class WorkStore(Store):
    """The drafts of a database, and the work on them."""

    def begin(self, draft: Draft, order: Order, watched: bool = False) -> Work:
        """A new draft, with no text yet, and the order to write it."""
        with self._session() as session:
            saved = self._new(session, draft, order.author, order.what, "提纲", order.unit)
            return self._ordered(session, order, saved.id, saved.number, watched=watched)

    def again(self, base: Saved, order: Order, watched: bool = False) -> Work:
        """The order to write what a draft still lacks, or one of its sections anew.

        Raises StoreError when it is being written already.
        """
        with self._session() as session:
            # A change locks the row, so that of two that ask at once one sees the other.
            session.execute(update(DraftRow).where(DraftRow.id == base.id).values(head=DraftRow.head))
            busy = select(WorkRow.id).where(WorkRow.draft_id == base.id, WorkRow.state.in_(OPEN))
            if session.scalar(busy):
                raise StoreError("这份文稿正在起草", mend="请等它写完，或先停止")
            # It is the newest of the draft's works even when the clock was put back.
            last = session.scalar(select(func.max(WorkRow.created)).where(WorkRow.draft_id == base.id))
            created = max(now(), last + datetime.timedelta(microseconds=1)) if last else now()
            work = self._ordered(session, order, base.id, base.number, watched=watched, created=created)
            if not order.only:
                self._inherit(session, work, base)
            return work

    def _inherit(self, session: Session, work: Work, base: Saved) -> None:
        """Take over what works on the draft had finished and could not put into it: those that failed, or
        were stopped before they began.
        """
        lacking = [section.id for section in base.draft.sections if section.written and not section.text]
        ended = select(WorkRow.id).where(WorkRow.draft_id == work.draft, WorkRow.state.not_in(OPEN))
        query = select(PartRow).where(
            PartRow.work_id.in_(ended), PartRow.state == "done", PartRow.section.in_(lacking)
        )
        done = {part.section: part_of(part) for part in session.scalars(query)}
        session.add_all(PartRow(work_id=work.id, **part.model_dump()) for part in done.values())
        session.execute(delete(PartRow).where(PartRow.work_id.in_(ended)))

    def refused(self, order: Order, said: str) -> Work:
        """Note that no draft could be made of a file, and why."""
        with self._session() as session:
            return self._ordered(session, order, None, 0, state="failed", said=said)

    def _ordered(self, session: Session, order: Order, draft_id: str | None, base: int, **more: Any) -> Work:
        given = {"state": "queued", "id": secrets.token_urlsafe(12), "created": now(), **more}
        row = WorkRow(draft_id=draft_id, base=base, **order.model_dump(), **given)
        session.add(row)
        session.flush()
        return seen(row)

    def work(self, work_id: str) -> Work:
        """One work. Raises StoreError when there is none."""
        with self._reading() as session:
            row = session.get(WorkRow, work_id)
            if row is None:
                raise StoreError("没有这项起草", mend="请从文稿列表中打开")
            return seen(row)

    def open_work(self, draft_id: str) -> Work | None:
        """The work that is going on on a draft."""
        query = select(WorkRow).where(WorkRow.draft_id == draft_id, WorkRow.state.in_(OPEN))
        with self._reading() as session:
            row = session.scalars(query).first()
            return seen(row) if row else None

    def last_work(self, draft_id: str) -> Work | None:
        """The last work that was ordered on a draft."""
        query = select(WorkRow).where(WorkRow.draft_id == draft_id).order_by(WorkRow.created.desc())
        with self._reading() as session:
            row = session.scalars(query).first()
            return seen(row) if row else None

    def open_works(self) -> list[Work]:
        """All work that is not at its end."""
        query = select(WorkRow).where(WorkRow.state.in_(OPEN)).order_by(WorkRow.created)
        with self._reading() as session:
            return [seen(row) for row in session.scalars(query)]

    def batch(self, batch: str) -> list[Work]:
        """The works of an upload, the newest of each file, in the order of the files' names."""
        query = select(WorkRow).where(WorkRow.batch == batch).order_by(WorkRow.created)
        with self._reading() as session:
            newest = {row.file: seen(row) for row in session.scalars(query)}
        return [newest[file] for file in sorted(newest)]

    def claim(self, work_id: str) -> Claimed | None:
        """Take a work over, whoever had it; None when it is at its end."""
        token = secrets.token_hex(8)
        change = update(WorkRow).where(WorkRow.id == work_id, WorkRow.state.in_(OPEN))
        with self._session() as session:
            values = {"state": "running", "owner": token, "version": WorkRow.version + 1}
            if not changed(session, change.values(values)):
                return None
            row = session.get_one(WorkRow, work_id)
            kept = []
            for part in session.scalars(select(PartRow).where(PartRow.work_id == work_id)):
                if part.state == "writing":
                    part.text, part.place, part.version = "", 0, row.version
                else:
                    kept.append(part_of(part))
            wishes = self._wishes(session, [work_id])[work_id]
            return Claimed(work=seen(row), token=token, kept=tuple(kept), wishes=wishes)

    def tell(self, all_told: Iterable[Told]) -> set[str]:
        """Keep what is told of works in progress; returns the ids of those that belong to others now.

        What is finished stays as it is, and what was sent to a model service elsewhere is kept once.
        """
        lost = set()
        with self._session() as session:
            for told in all_told:
                change = update(WorkRow).where(*held(told.work, told.token))
                # Two sections that end together may tell the earlier sum last.
                newer = WorkRow.tokens <= told.tokens
                used = {
                    "tokens": case((newer, told.tokens), else_=WorkRow.tokens),
                    "cost": case((newer, told.cost), else_=WorkRow.cost),
                }
                if not changed(session, change.values(version=WorkRow.version + 1, **used)):
                    lost.add(told.work)
                    continue
                row = session.get_one(WorkRow, told.work)
                for part in told.parts:
                    self._keep(session, row, part)
                self._keep_sent(session, str(row.draft_id), told.sent)
        return lost

    def _keep(self, session: Session, work: WorkRow, part: Part) -> None:
        row = session.get(PartRow, (work.id, part.section))
        if row is None:
            row = PartRow(work_id=work.id, section=part.section, state="writing")
            session.add(row)
        if row.state == "writing":
            for name, value in part.model_dump(exclude={"section"}).items():
                setattr(row, name, value)
            row.version = work.version

    def finish(
        self, claimed: Claimed, head: Saved, draft: Draft, state: State, why: str, said: str
    ) -> Saved | None:
        """End a work: `draft`, made on the revision `head`, becomes a revision if it differs from it. `why`
        goes into the revision, `said` tells the person what is wanting.

        None when `head` is not the newest any more: the draft is to be made anew. Raises Lost; StoreError
        when the draft was sent for review meanwhile.
        """
        work = claimed.work
        with self._session() as session:
            change = update(WorkRow).where(*held(work.id, claimed.token))
            if not changed(session, change.values(version=WorkRow.version + 1)):
                raise Lost
            row = session.scalars(select(DraftRow).where(DraftRow.id == head.id).with_for_update()).one()
            if row.head != head.number:
                return None
            saved = head
            if draft != head.draft:
                if row.status in ("submitted", "approved"):
                    raise StoreError("文稿已送审或已通过，写成的内容没有放入", mend="退回后请再写一次")
                author, what = work.order.author, work.order.what
                saved = self._append(session, row, draft, author, what, why, head.number, 0)
            self._end(session, work.id, state, result=saved.number, said=said)
            return saved

    def fail(self, work_id: str, said: str, token: str | None = None) -> None:
        """End a work that could not be carried out; the person is told why. What is finished of it is kept
        for the next order. With the `token` of a claim that is lost meanwhile, nothing changes.
        """
        with self._session() as session:
            held = () if token is None else (WorkRow.owner == token,)
            self._end(session, work_id, "failed", *held, said=said)

    def _end(self, session: Session, work_id: str, state: State, *held: Any, **more: Any) -> None:
        change = update(WorkRow).where(WorkRow.id == work_id, WorkRow.state.in_(OPEN), *held)
        ended = changed(session, change.values(state=state, owner="", version=WorkRow.version + 1, **more))
        if ended and state != "failed":
            session.execute(delete(PartRow).where(PartRow.work_id == work_id))

    def ask_to_stop(self, work_ids: Sequence[str]) -> None:
        """Have works stop: at once where nobody has begun, else as soon as their process hears of it."""
        with self._session() as session:
            chosen = WorkRow.id.in_(work_ids)
            unbegun = update(WorkRow).where(chosen, WorkRow.state == "queued")
            values = {"state": "stopped", "result": WorkRow.base, "version": WorkRow.version + 1}
            session.execute(unbegun.values(values))
            session.execute(update(WorkRow).where(chosen, WorkRow.state == "running").values(stop=True))

    def watch(self, work_id: str) -> None:
        """Have a work's text told while it grows."""
        with self._session() as session:
            session.execute(update(WorkRow).where(WorkRow.id == work_id).values(watched=True))

    def wishes(self, work_ids: Sequence[str]) -> dict[str, Wishes]:
        """What others want of these works. The work on a deleted draft is to stop."""
        with self._reading() as session:
            return self._wishes(session, work_ids)

    def _wishes(self, session: Session, work_ids: Sequence[str]) -> dict[str, Wishes]:
        query = (
            select(WorkRow.id, WorkRow.stop, WorkRow.watched, DraftRow.deleted)
            .join(DraftRow, DraftRow.id == WorkRow.draft_id)
            .where(WorkRow.id.in_(work_ids))
        )
        return {
            work_id: Wishes(stop=stop or deleted is not None, watched=watched)
            for work_id, stop, watched, deleted in session.execute(query)
        }

    def news(self, work_id: str, since: int) -> tuple[Work, list[Part]]:
        """A work, and its sections that changed after version `since`."""
        query = select(PartRow).where(PartRow.work_id == work_id, PartRow.version > since)
        with self._reading() as session:
            row = session.get_one(WorkRow, work_id)
            parts = session.scalars(query) if row.version > since else ()
            return seen(row), [part_of(part) for part in parts]


def held(work_id: str, token: str) -> tuple[Any, ...]:
    """The condition that a work is still this claim's."""
    return WorkRow.id == work_id, WorkRow.owner == token, WorkRow.state == "running"


def changed(session: Session, change: Any) -> bool:
    """Carry a change out; whether there was anything to change."""
    return cast(CursorResult[Any], session.execute(change)).rowcount > 0


def part_of(row: PartRow) -> Part:
    """A section as the rest of the program sees it."""
    return Part(**{name: getattr(row, name) for name in Part.model_fields})


def seen(row: WorkRow) -> Work:
    """A work as the rest of the program sees it."""
    return Work(
        id=row.id,
        draft=row.draft_id or "",
        base=row.base,
        order=Order(**{name: getattr(row, name) for name in Order.model_fields}),
        state=cast(State, row.state),
        said=row.said,
        result=row.result,
        version=row.version,
        tokens=row.tokens,
        cost=row.cost,
        created=row.created.replace(tzinfo=datetime.UTC),
    )
