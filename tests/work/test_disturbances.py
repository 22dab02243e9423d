"""A database that is restarted, locked or full, and clocks that step: drafting waits, then goes on."""

from __future__ import annotations

import asyncio
import datetime
import resource
import time
from pathlib import Path

import pytest
from sqlalchemy import event

from drafter import store
from drafter.errors import DrafterError
from drafter.work import records
from drafter.work.records import Order
from tests.databases import Cluster
from tests.scripted_server import Held, ScriptedServer
from tests.work.conftest import opened, settings_for
from tests.work.processes import Process, nursery
from tests.work.test_room import BRIEF, SECTIONS, asked, begun, to_the_end, whole
from tests.work.trials import TYPE

LOCKS = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "LOCK TABLE works, parts, drafts IN ACCESS EXCLUSIVE MODE",
}


async def test_a_postgresql_that_is_restarted_only_delays_the_draft(postgres: Cluster) -> None:
    held = Held()
    with ScriptedServer(held) as server:
        url = postgres.new_database("restarted_while_drafting")
        async with opened(settings_for(url, server.base_url)) as room:
            work = await room.start(BRIEF, TYPE, Order())
            await begun(room, work)
            postgres.stop()
            held.go.set()
            await asyncio.sleep(2)
            postgres.start()
            async with asyncio.timeout(60):
                while room.store.work(work.id).open:
                    await asyncio.sleep(0.2)
            assert whole(room.store.load(work.draft).draft)
            assert set(asked(server).values()) == {1}


async def test_a_restart_under_several_processes_refuses_orders_meanwhile_and_loses_none(
    postgres: Cluster,
) -> None:
    held, url = Held(), postgres.new_database("restarted_under_several")
    settings = settings_for(url, llm_concurrency=3)
    with ScriptedServer(held) as server, nursery() as start:
        settings["llm_base_url"] = server.base_url
        async with opened({**settings, "workers": "elsewhere"}) as room:
            for _ in range(2):
                start(settings)
            works = [await room.enqueue(BRIEF, TYPE, Order(file=str(one))) for one in range(3)]
            await begun(room, works[0])
            postgres.stop()
            held.go.set()
            with pytest.raises(DrafterError) as caught:
                await room.enqueue(BRIEF, TYPE, Order())
            assert "\n" not in str(caught.value)
            await asyncio.sleep(2)
            postgres.start()
            async with asyncio.timeout(120):
                while any(room.store.work(one.id).open for one in works):
                    await asyncio.sleep(0.2)
            assert all(whole(room.store.load(one.draft).draft) for one in works)
            assert set(asked(server).values()) == {len(works)}


async def test_a_locked_database_only_delays_the_draft(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LOCKED", 0.2)
    held = Held()
    with ScriptedServer(held) as server:
        async with opened(settings_for(url, server.base_url)) as room:
            work = await room.start(BRIEF, TYPE, Order())
            await begun(room, work)
            with room.store.engine.connect() as other:
                other.exec_driver_sql(LOCKS[other.dialect.name])
                held.go.set()
                await asyncio.sleep(3)
                other.rollback()
            progress = await to_the_end(room, work)
            assert progress.draft is not None and whole(progress.draft)
            assert set(asked(server).values()) == {1}


async def test_a_full_database_only_delays_the_draft(tmp_path: Path) -> None:
    held = Held()
    with ScriptedServer(held) as server:
        async with opened(settings_for(f"sqlite:///{tmp_path}/drafts.db", server.base_url)) as room:
            work = await room.start(BRIEF, TYPE, Order())
            await begun(room, work)
            with room.store.engine.connect() as connection:
                pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            limit = [pages]
            for when in ("connect", "checkout"):
                event.listen(
                    room.store.engine,
                    when,
                    lambda raw, *_: raw.execute(f"PRAGMA max_page_count={limit[0]}"),
                )
            held.go.set()
            await asyncio.sleep(3)
            assert room.store.work(work.id).open
            limit[0] = 100_000
            progress = await to_the_end(room, work)
            assert progress.draft is not None and whole(progress.draft)
            assert set(asked(server).values()) == {1}


def writes(process: Process, most: int) -> None:
    """Let a process write files only up to so many bytes, as a full disk would: the engine's own included."""
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


async def test_a_process_that_cannot_write_any_file_waits_and_goes_on(tmp_path: Path) -> None:
    held = Held()
    with ScriptedServer(held) as server, nursery() as start:
        settings = settings_for(f"sqlite:///{tmp_path}/drafts.db", server.base_url)
        async with opened({**settings, "workers": "elsewhere"}) as room:
            process = start(settings)
            work = await room.start(BRIEF, TYPE, Order())
            await begun(room, work)
            writes(process, 1)
            held.go.set()
            await asyncio.sleep(3)
            assert room.store.work(work.id).open
            writes(process, resource.RLIM_INFINITY)
            progress = await to_the_end(room, work)
            assert progress.draft is not None and whole(progress.draft)
            assert set(asked(server).values()) == {1}


@pytest.mark.parametrize("step", [-7200.0, 7200.0])
async def test_a_clock_that_is_put_back_or_forward_changes_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch, step: float
) -> None:
    held = Held()
    with ScriptedServer(held) as server:
        async with opened(settings_for(url, server.base_url)) as room:
            work = await room.start(BRIEF, TYPE, Order())
            await begun(room, work)
            clock, calendar = time.time, store.now
            monkeypatch.setattr(time, "time", lambda: clock() + step)
            for module in (store, records):
                monkeypatch.setattr(module, "now", lambda: calendar() + datetime.timedelta(seconds=step))
            held.go.set()
            progress = await to_the_end(room, work)
            assert progress.draft is not None and whole(progress.draft)
            later = await room.enqueue(BRIEF, TYPE, Order())
            assert (await to_the_end(room, later)).draft is not None
            assert asked(server) == dict.fromkeys(SECTIONS.values(), 2)
            order = [one.number for one in room.store.history(work.draft)]
            assert order == sorted(order, reverse=True)
