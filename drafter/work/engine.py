"""The durable engine: DBOS, which only this file knows.

A work is a DBOS workflow with the work's id, a section one of its steps. DBOS keeps tables of its own: in
PostgreSQL in the schema «dbos» of the same database; beside SQLite in a file of their own, so that its
polling and its writes never stand in the way of an edit, and so that it can be thrown away: what DBOS has
lost goes on from what the store holds.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID, error
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from drafter.drafting import Outcome
from drafter.model import Record
from drafter.store import reading
from drafter.work.records import Lost

QUEUE = "drafts"
JOBS = 4
POLL = 1.0
"""Seconds between two looks into the queue."""
VERSION = "1"
"""Of the workflow below. DBOS leaves a work of another version alone, and what was begun goes on after an
upgrade; so this stays the same as long as a section is a step, in the order of drafting.resume."""
MOST_ATTEMPTS = 20
"""How often a work that brings its process down is begun again."""
THREADS = 32
"""That the event loop's work aside has, DBOS's included; without a bound there would be one a section."""
CONNECTIONS = 5
"""That DBOS holds to PostgreSQL in each process."""

log = logging.getLogger(__name__)
_carry_out: Callable[[str], Coroutine[Any, Any, None]]


class Status(Record):
    """Where DBOS has a work: its status, and the process that it is with."""

    status: str
    executor: str

    @property
    def done(self) -> bool:
        """Whether DBOS takes it for carried out."""
        return self.status == "SUCCESS"

    @property
    def ended(self) -> bool:
        """Whether DBOS will not touch it again."""
        return self.status not in ("PENDING", "ENQUEUED", "DELAYED")


@DBOS.workflow(name="draft", max_recovery_attempts=MOST_ATTEMPTS)
async def draft(work_id: str) -> None:
    """Carry out a work."""
    await _carry_out(work_id)


def system_url(database: Database) -> str:
    """Where DBOS keeps its tables for the drafts in `database`; a SQLite file lets many read meanwhile."""
    url = database.url
    if database.dialect.name == "sqlite":
        path = _beside(database)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        return f"sqlite:///{path}"
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _beside(database: Database) -> Path:
    """DBOS's file beside a SQLite file of drafts."""
    return Path(database.url.database or "drafts.db").with_name("work.db")


def trouble(database: Database) -> str:
    """What keeps DBOS from its tables for the drafts in `database`, and what to do; empty when nothing."""
    if database.dialect.name == "sqlite":
        path = _beside(database)
        try:
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA schema_version")
        except sqlite3.Error as error:
            return f"{path} 不能使用（{error}），请停止程序后删去它；其中没有文稿"
        return ""
    may = "SELECT to_regnamespace('dbos') IS NOT NULL OR has_database_privilege(current_database(), 'CREATE')"
    with reading(database) as session:
        if session.scalar(text(may)):
            return ""
    return "数据库账号不能建立模式 dbos，请授权：GRANT CREATE ON DATABASE"


def launch(
    database: Database,
    executor: str,
    carry_out: Callable[[str], Coroutine[Any, Any, None]],
    *,
    listen: bool,
) -> None:
    """Start the engine in the running event loop; with `listen`, works of the queue are carried out here.

    Raises SQLAlchemyError, OSError, and what DBOS raises.
    """
    global _carry_out
    _carry_out = carry_out
    DBOS(
        config={
            "name": "drafter",
            "system_database_url": system_url(database),
            "executor_id": executor,
            "application_version": VERSION,
            "sys_db_pool_size": CONNECTIONS,
            "max_executor_threads": THREADS,
            "log_level": "ERROR",
        }
    )
    DBOS.listen_queues([QUEUE] if listen else [])
    DBOS.launch()


async def set_jobs(jobs: int | None) -> None:
    """How many works each listening process carries out at once: kept in the database, for all of them.

    None leaves the number as it is, at first JOBS.
    """
    await DBOS.register_queue_async(
        QUEUE,
        worker_concurrency=jobs or JOBS,
        polling_interval_sec=POLL,
        on_conflict="always_update" if jobs else "never_update",
    )


def shut_down() -> None:
    """Stop the engine. What is under way stays with this process's name, for others to take over."""
    DBOS.destroy()


async def start(work_id: str) -> None:
    """Carry a work out here and now."""
    with SetWorkflowID(work_id):
        await DBOS.start_workflow_async(draft, work_id)


async def enqueue(work_id: str, priority: int) -> None:
    """Have a work carried out by whichever process is free; the lower priorities come first."""
    with SetWorkflowID(work_id), SetEnqueueOptions(priority=priority):
        await DBOS.enqueue_workflow_async(QUEUE, draft, work_id)


async def resume(work_id: str) -> None:
    """Put a work whose process is gone into the queue again."""
    await DBOS.resume_workflow_async(work_id, queue_name=QUEUE)


async def statuses(work_ids: Sequence[str]) -> dict[str, Status]:
    """Where DBOS has these works; those that it does not know are left out."""
    found = await DBOS.list_workflows_async(workflow_ids=list(work_ids), load_input=False, load_output=False)
    return {one.workflow_id: Status(status=one.status, executor=one.executor_id or "") for one in found}


async def forget(work_ids: Sequence[str]) -> None:
    """Drop what DBOS keeps of works that are at their end."""
    await DBOS.delete_workflows_async(list(work_ids))


async def ended(most: int) -> list[str]:
    """At most so many works that DBOS has brought to their end."""
    found = await DBOS.list_workflows_async(
        status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
        limit=most,
        load_input=False,
        load_output=False,
    )
    return [one.workflow_id for one in found]


def step(section: str, coming: Awaitable[Outcome]) -> Coroutine[Any, Any, Outcome]:
    """The step of a section, numbered now; its outcome is `coming`. To be called inside a work.

    Raises Lost when the work belongs to another process now. What DBOS cannot record is no loss: the store
    has it already.
    """
    reserved = DBOS.reserve_step()

    async def body() -> dict[str, Any]:
        return (await coming).model_dump()

    async def taken() -> Outcome:
        try:
            return Outcome.model_validate(await reserved.run_async({"name": section}, body))
        except error.DBOSWorkflowConflictIDError:
            raise Lost from None
        except SQLAlchemyError:
            log.warning("the engine could not record a section", exc_info=True)
            return await coming

    return taken()
