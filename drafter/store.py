"""Drafts and their revisions in a database: SQLite in the data folder, or any other by URL.

A revision is the whole draft as it was after one change, with who made it, when, what and why. Revisions are
only ever added: undoing, redoing and restoring add one that says so. A change names the revision it was made
on; when another came in between, it is refused, so that a later save never silently wins.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Literal, cast

from sqlalchemy import (
    CursorResult,
    Engine,
    ForeignKey,
    QueuePool,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, defer, mapped_column

from drafter.errors import DrafterError
from drafter.model import Draft, Record
from drafter.writing.sent import Sent

Status = Literal["drafting", "submitted", "returned", "approved"]
"""起草、送审、退回、通过."""

STEPS: dict[Status, tuple[Status, ...]] = {
    "drafting": ("submitted",),
    "returned": ("submitted",),
    "submitted": ("returned", "approved"),
    "approved": ("returned",),
}
"""Which status may follow which."""


CONNECTIONS = 15
"""Connections that an engine keeps: one that is closed and made again costs PostgreSQL a process."""
LOCKED = 10.0
"""Seconds that one waits for what another transaction has locked."""
VANISHED = 60.0
"""Seconds that a transaction may stand still before PostgreSQL ends it."""


class StoreError(DrafterError):
    """The database cannot be used, or has no such draft."""


class Conflict(DrafterError):
    """Somebody else changed the draft meanwhile; `number` is the newest revision, `author` who made it."""

    def __init__(self, number: int, author: str) -> None:
        self.number, self.author = number, author
        super().__init__(
            f"{author or '他人'}刚刚改过这份文稿", mend="请先载入最新内容，再改一次；您的文字仍在框中"
        )


class Step(Record):
    """A revision of a draft, without its text. `undo` and `redo` are the numbers it goes back or forward to,
    0 for none.
    """

    id: str
    number: int
    author: str
    what: str
    why: str
    written: datetime.datetime
    status: Status = "drafting"
    undo: int = 0
    redo: int = 0


class Saved(Step):
    """A revision of a draft."""

    draft: Draft


class Remark(Record):
    """What a reviewer says of a section. `settled` when an editor has seen to it."""

    key: int
    section: str
    text: str
    author: str
    written: datetime.datetime
    settled: bool = False


class Summary(Record):
    """A draft in the list: `written` is the time of its newest revision (UTC), `author` who made that."""

    id: str
    title: str
    doctype: str
    unit: str
    author: str
    written: datetime.datetime
    status: Status


class Base(DeclarativeBase):
    """The tables."""


class DraftRow(Base):
    """A draft: what the list shows, and its newest revision."""

    __tablename__ = "drafts"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    doctype: Mapped[str]
    unit: Mapped[str]
    author: Mapped[str]
    head: Mapped[int]
    status: Mapped[str]
    written: Mapped[datetime.datetime]
    deleted: Mapped[datetime.datetime | None]
    owner: Mapped[str] = mapped_column(index=True, default="")
    """The unit of whoever began it; empty on a machine without accounts. The brief's unit is just text."""


class RevisionRow(Base):
    """One revision; rows are never changed."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    key: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), index=True)
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    author: Mapped[str]
    what: Mapped[str]
    why: Mapped[str]
    written: Mapped[datetime.datetime]
    status: Mapped[str]
    undo: Mapped[int]
    redo: Mapped[int]


class RemarkRow(Base):
    """A reviewer's remark; only `settled` ever changes."""

    __tablename__ = "remarks"

    key: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), index=True)
    section: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str]
    written: Mapped[datetime.datetime]
    settled: Mapped[bool]


class SentRow(Base):
    """A request that went to a model service elsewhere, as it left; rows are never changed."""

    __tablename__ = "sent"

    key: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), index=True)
    content: Mapped[str] = mapped_column(Text)


def engine_for(url: str) -> Engine:
    """An engine for the URL, its schema brought up to date; SQLite in WAL mode, its folder made.

    Raises StoreError, SchemaError.
    """
    try:
        engine = create_engine(
            url, pool_pre_ping=True, poolclass=QueuePool, pool_size=CONNECTIONS, max_overflow=0
        )
        if engine.dialect.name == "sqlite":
            if engine.url.database:
                Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
            event.listen(engine, "connect", prepare_sqlite)
        elif engine.dialect.name == "postgresql":
            event.listen(engine, "connect", prepare_postgresql)
        from drafter.schema import upgrade

        upgrade(engine)
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise StoreError(
            f"数据库无法使用（{type(error).__name__}）",
            key="DRAFTER_DATABASE_URL",
            mend="请检查地址、文件夹和权限",
        ) from error
    return engine


def prepare_sqlite(connection: object, _: object) -> None:
    """Readers do not wait for a writer, and a writer waits for another."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA busy_timeout={LOCKED * 1000:.0f}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def prepare_postgresql(connection: object, _: object) -> None:
    """Nobody waits for a lock longer than in SQLite, and a machine that vanished in the middle of a
    transaction does not hold one for the hours until TCP gives it up.
    """
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute(f"SET lock_timeout = '{LOCKED * 1000:.0f}ms'")
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{VANISHED * 1000:.0f}ms'")
    cursor.close()
    connection.commit()  # type: ignore[attr-defined]


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session whose work is committed as one, or not at all. Raises StoreError, IntegrityError."""
    try:
        with Session(engine) as session, session.begin():
            yield session
    except IntegrityError:
        raise
    except SQLAlchemyError as error:
        raise StoreError(
            f"数据库出错（{type(error).__name__}）", mend="请稍后重试；仍不行时检查磁盘空间和数据库"
        ) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only asks. No transaction is begun and committed for it: that would be half of the ways
    to a database elsewhere. Raises StoreError.
    """
    with transaction(engine) as session:
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield session


class Store:
    """The drafts in one database."""

    def __init__(self, url: str) -> None:
        self._engine = engine_for(url)

    @property
    def engine(self) -> Engine:
        """The database, for other rooms that keep tables in it."""
        return self._engine

    def answers(self) -> bool:
        """Whether the database can be asked now."""
        try:
            with self._reading() as session:
                session.execute(select(1))
        except StoreError:
            return False
        return True

    def create(self, draft: Draft, author: str, what: str, why: str = "", owner: str = "") -> Saved:
        """A new draft with its first revision; `owner` is the unit that it belongs to."""
        with self._session() as session:
            return self._new(session, draft, author, what, why, owner)

    def load(self, draft_id: str) -> Saved:
        """The newest revision of a draft. Raises StoreError when there is none."""
        with self._reading() as session:
            row = self._row(session, draft_id)
            return self._revision(session, draft_id, row.head)

    def save(self, base: Saved, draft: Draft, author: str, what: str, why: str = "") -> Saved:
        """A revision made on `base`. Raises Conflict when `base` is not the newest any more."""
        return self._add(base, draft, author, what, why, undo=base.number, redo=0)

    def pass_on(self, base: Saved, status: Status, author: str, what: str, why: str = "") -> Saved:
        """Send a draft for review, return it or approve it: a revision with the same text and the new status.

        Raises StoreError when its status does not allow that, Conflict when `base` is not the newest.
        """
        if status not in STEPS[base.status]:
            raise StoreError("文稿现在的状态不能这样办理", mend="请刷新页面查看最新状态")
        return self._add(base, base.draft, author, what, why, undo=base.undo, redo=base.redo, status=status)

    def remark(self, draft_id: str, section: str, text: str, author: str) -> None:
        """Keep a reviewer's remark on a section."""
        with self._session() as session:
            self._row(session, draft_id)
            session.add(
                RemarkRow(
                    draft_id=draft_id, section=section, text=text, author=author, written=now(), settled=False
                )
            )

    def settle(self, draft_id: str, key: int) -> None:
        """Note that a remark has been seen to."""
        with self._session() as session:
            row = session.get(RemarkRow, key)
            if row is not None and row.draft_id == draft_id:
                row.settled = True

    def remarks(self, draft_id: str) -> list[Remark]:
        """The remarks on a draft in the order they were made."""
        query = select(RemarkRow).where(RemarkRow.draft_id == draft_id).order_by(RemarkRow.key)
        with self._reading() as session:
            return [
                Remark(
                    key=row.key,
                    section=row.section,
                    text=row.text,
                    author=row.author,
                    written=row.written.replace(tzinfo=datetime.UTC),
                    settled=row.settled,
                )
                for row in session.scalars(query)
            ]

    def note_sent(self, draft_id: str, sent: Sequence[Sent]) -> None:
        """Keep what was sent to a model service elsewhere for a draft; what is kept already is left out."""
        with self._session() as session:
            self._row(session, draft_id)
            self._keep_sent(session, draft_id, sent)

    def sent(self, draft_id: str) -> list[Sent]:
        """What was sent to a model service elsewhere for a draft, in the order it left."""
        query = select(SentRow.content).where(SentRow.draft_id == draft_id)
        with self._reading() as session:
            found = [Sent.model_validate_json(content) for content in session.scalars(query)]
        return sorted(found, key=lambda one: one.time)

    def undo(self, base: Saved, author: str) -> Saved:
        """A revision that is as the draft was before `base`. `base` itself when there is nothing to undo."""
        return self._back_to(base, base.undo, author, "撤销")

    def redo(self, base: Saved, author: str) -> Saved:
        """A revision that takes back the undoing that `base` was. `base` itself when it was none."""
        return self._back_to(base, base.redo, author, "重做")

    def restore(self, base: Saved, number: int, author: str) -> Saved:
        """A revision that is as the draft was at revision `number`."""
        draft = self.revision(base.id, number).draft
        return self.save(base, draft, author, "恢复", f"恢复到第{number}版")

    def revision(self, draft_id: str, number: int) -> Saved:
        """One revision. Raises StoreError when there is none."""
        with self._reading() as session:
            return self._revision(session, draft_id, number)

    def history(self, draft_id: str) -> list[Saved]:
        """All revisions of a draft, the newest first."""
        with self._reading() as session:
            query = (
                select(RevisionRow)
                .where(RevisionRow.draft_id == draft_id)
                .order_by(RevisionRow.number.desc())
            )
            return [saved(row) for row in session.scalars(query)]

    def steps(self, draft_id: str) -> list[Step]:
        """All revisions of a draft without their texts, the newest first."""
        query = (
            select(RevisionRow)
            .options(defer(RevisionRow.content))
            .where(RevisionRow.draft_id == draft_id)
            .order_by(RevisionRow.number.desc())
        )
        with self._reading() as session:
            return [Step(**facts_of(row)) for row in session.scalars(query)]

    def drafts(self, words: str = "", deleted: bool = False, owner: str | None = None) -> list[Summary]:
        """The drafts whose title or unit holds `words`, the newest first; with `deleted` the deleted ones,
        with `owner` those that belong to that unit.
        """
        query = select(DraftRow).order_by(DraftRow.written.desc())
        if owner is not None:
            query = query.where(DraftRow.owner == owner)
        query = query.where(DraftRow.deleted.is_not(None) if deleted else DraftRow.deleted.is_(None))
        if words.strip():
            found = words.strip()
            query = query.where(
                or_(
                    DraftRow.title.contains(found, autoescape=True),
                    DraftRow.unit.contains(found, autoescape=True),
                )
            )
        with self._reading() as session:
            return [
                Summary(
                    id=row.id,
                    title=row.title,
                    doctype=row.doctype,
                    unit=row.unit,
                    author=row.author,
                    written=row.written.replace(tzinfo=datetime.UTC),
                    status=cast(Status, row.status),
                )
                for row in session.scalars(query)
            ]

    def delete(self, draft_id: str) -> None:
        """Take a draft off the list; `undelete` brings it back."""
        with self._session() as session:
            self._row(session, draft_id).deleted = now()

    def undelete(self, draft_id: str) -> None:
        """Put a deleted draft on the list again."""
        with self._session() as session:
            self._row(session, draft_id).deleted = None

    def owner(self, draft_id: str) -> str:
        """The unit that a draft belongs to. Raises StoreError when there is no such draft."""
        with self._reading() as session:
            return self._row(session, draft_id).owner

    def writers(self, draft_id: str) -> set[str]:
        """Everybody who has changed the text of a draft; to pass it on is not to change it."""
        columns = RevisionRow.author, RevisionRow.status
        query = select(*columns).where(RevisionRow.draft_id == draft_id).order_by(RevisionRow.number)
        found, before = set(), ""
        with self._reading() as session:
            for author, status in session.execute(query):
                if status == before or not before:
                    found.add(author)
                before = status
        return found

    def hand_over(self, owner: str) -> int:
        """Give every draft without owner, from the time before accounts, to a unit; returns how many."""
        change = update(DraftRow).where(DraftRow.owner == "").values(owner=owner)
        with self._session() as session:
            return cast(CursorResult[Any], session.execute(change)).rowcount

    def _session(self) -> AbstractContextManager[Session]:
        return transaction(self._engine)

    def _reading(self) -> AbstractContextManager[Session]:
        return reading(self._engine)

    def _new(self, session: Session, draft: Draft, author: str, what: str, why: str, owner: str) -> Saved:
        row = DraftRow(id=secrets.token_urlsafe(9), head=0, status="drafting", owner=owner)
        self._note(row, draft, author)
        session.add(row)
        session.flush()
        return self._append(session, row, draft, author, what, why, 0, 0)

    def _row(self, session: Session, draft_id: str) -> DraftRow:
        row = session.get(DraftRow, draft_id)
        if row is None:
            raise StoreError("没有这份文稿", mend="请从文稿列表中打开")
        return row

    def _keep_sent(self, session: Session, draft_id: str, sent: Sequence[Sent]) -> None:
        if not sent:
            return
        kept = set(session.scalars(select(SentRow.content).where(SentRow.draft_id == draft_id)))
        contents = dict.fromkeys(one.model_dump_json() for one in sent)
        session.add_all(
            SentRow(draft_id=draft_id, content=content) for content in contents if content not in kept
        )

    def _revision(self, session: Session, draft_id: str, number: int) -> Saved:
        query = select(RevisionRow).where(RevisionRow.draft_id == draft_id, RevisionRow.number == number)
        row = session.scalar(query)
        if row is None:
            raise StoreError(f"这份文稿没有第{number}版", mend="请从历史列表中选择")
        return saved(row)

    def _back_to(self, base: Saved, number: int, author: str, what: str) -> Saved:
        if not number:
            return base
        goal = self.revision(base.id, number)
        redo = base.number if what == "撤销" else goal.redo
        undo = goal.undo if what == "撤销" else base.number
        return self._add(base, goal.draft, author, what, f"回到第{number}版", undo=undo, redo=redo)

    def _add(
        self,
        base: Saved,
        draft: Draft,
        author: str,
        what: str,
        why: str,
        *,
        undo: int,
        redo: int,
        status: Status | None = None,
    ) -> Saved:
        if status is None and base.status in ("submitted", "approved"):
            raise StoreError("文稿已送审或已通过，不能修改", mend="退回后才能修改")
        try:
            with self._session() as session:
                row = self._row(session, base.id)
                if row.head != base.number:
                    raise Conflict(row.head, row.author)
                row.status = status or row.status
                return self._append(session, row, draft, author, what, why, undo, redo)
        except IntegrityError:
            # Another process added the same number between our look and our write.
            newest = self.load(base.id)
            raise Conflict(newest.number, newest.author) from None

    def _append(
        self,
        session: Session,
        row: DraftRow,
        draft: Draft,
        author: str,
        what: str,
        why: str,
        undo: int,
        redo: int,
    ) -> Saved:
        revision = RevisionRow(
            draft_id=row.id,
            number=row.head + 1,
            content=draft.model_dump_json(),
            author=author,
            what=what,
            why=why,
            written=now(),
            status=row.status,
            undo=undo,
            redo=redo,
        )
        session.add(revision)
        row.head += 1
        self._note(row, draft, author)
        session.flush()
        return saved(revision)

    def _note(self, row: DraftRow, draft: Draft, author: str) -> None:
        """What the list shows of a draft."""
        row.title, row.doctype, row.unit = draft.title, draft.brief.doctype, draft.brief.unit
        row.author, row.written = author, now()


def saved(row: RevisionRow) -> Saved:
    """A revision as the rest of the program sees it."""
    return Saved(draft=Draft.model_validate_json(row.content), **facts_of(row))


def facts_of(row: RevisionRow) -> dict[str, Any]:
    """What a row of the revisions tells beside the text."""
    return {
        "id": row.draft_id,
        "number": row.number,
        "author": row.author,
        "what": row.what,
        "why": row.why,
        "written": row.written.replace(tzinfo=datetime.UTC),
        "undo": row.undo,
        "redo": row.redo,
        "status": row.status,
    }


def now() -> datetime.datetime:
    """This moment in UTC, without zone as the database keeps it."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
