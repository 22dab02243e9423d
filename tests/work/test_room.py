"""Works from the order to the draft: here, elsewhere, stopped, repeated, handed over."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing

import pytest

from drafter import editing
from drafter.errors import WriterError
from drafter.model import Draft
from drafter.outline import build_outline
from drafter.store import StoreError
from drafter.work import engine
from drafter.work.progress import Part, Progress
from drafter.work.records import Order, Told, Work
from drafter.work.room import Room
from tests.scripted_server import END_MARK, Exchange, Held, ScriptedServer
from tests.work.conftest import opened, settings_for
from tests.work.processes import nursery
from tests.work.trials import TYPE, brief, label_in, labels

BRIEF = brief(1)
SECTIONS = labels(BRIEF)
OUTLINE = build_outline(BRIEF, TYPE)
EMPTY = Draft(brief=BRIEF, title=OUTLINE.title, writer="ok", sections=OUTLINE.sections)


async def to_the_end(room: Room, work: Work) -> Progress:
    """The progress of a work when it is at its end."""
    progress = Progress()
    async with asyncio.timeout(60), aclosing(room.follow(work.id)) as looks:
        async for look in looks:
            progress = look
    return progress


async def begun(room: Room, work: Work) -> None:
    """Wait until a section has text and none is finished by a model."""
    async with asyncio.timeout(60), aclosing(room.follow(work.id)) as looks:
        async for progress in looks:
            if set(progress.texts) & set(SECTIONS.values()):
                return


def asked(server: ScriptedServer) -> Counter[str]:
    """How often each section was asked for."""
    return Counter(SECTIONS[label_in(one.user)] for one in server.requests)


def whole(draft: Draft) -> bool:
    """Whether a draft has every section and every fact."""
    return all(one.text for one in draft.sections if one.written) and draft.untold == ()


async def test_a_draft_is_kept_from_the_start_and_written_once(url: str) -> None:
    with ScriptedServer() as server:
        async with opened(settings_for(url, server.base_url)) as room:
            work = await room.start(BRIEF, TYPE, Order(author="张"))
            assert [one.title for one in room.store.drafts()] == [room.store.load(work.draft).draft.title]
            progress = await to_the_end(room, work)
            assert progress.draft is not None and whole(progress.draft)
            assert [one.author for one in room.store.history(work.draft)] == ["张", "张"]
            ended = room.store.work(work.id)
            assert (ended.state, ended.result, ended.tokens) == ("done", 2, 120 * len(SECTIONS))
        assert set(asked(server).values()) == {1}


async def test_growing_text_is_seen_while_another_process_writes_and_stops_when_asked(url: str) -> None:
    with ScriptedServer(Held()) as server, nursery() as start:
        settings = settings_for(url, server.base_url)
        async with opened({**settings, "workers": "elsewhere"}) as room:
            start(settings)
            work = await room.start(BRIEF, TYPE, Order())
            await begun(room, work)
            assert room.store.work(work.id).state == "running"
            await room.stop(work.id)
            assert (await to_the_end(room, work)).stopped
            assert room.store.work(work.id).state == "stopped"
            draft = room.store.load(work.draft).draft
            assert any(editing.section_of(draft, one).text for one in SECTIONS.values())


async def test_what_failed_is_written_again_and_nothing_else(url: str) -> None:
    mended = False

    async def answer(exchange: Exchange) -> None:
        if "泵站" in exchange.prose and not mended:
            await exchange.error(401, "Incorrect API key provided")
        else:
            await exchange.answer(f"{exchange.prose}\n{END_MARK}")

    with ScriptedServer(answer) as server:
        async with opened(settings_for(url, server.base_url)) as room:
            work = await room.start(BRIEF, TYPE, Order())
            progress = await to_the_end(room, work)
            assert list(progress.failures) == ["outlook"]
            assert "1节" in room.store.work(work.id).said
            mended, before = True, asked(server)
            again = await room.again(room.store.load(work.draft), Order(only="outlook"))
            progress = await to_the_end(room, again)
            assert progress.draft is not None and whole(progress.draft)
            assert asked(server) - before == Counter({"outlook": 1})


async def test_what_a_person_writes_meanwhile_stays(url: str) -> None:
    held = Held()
    with ScriptedServer(held) as server:
        async with opened(settings_for(url, server.base_url)) as room:
            work = await room.start(BRIEF, TYPE, Order())
            await begun(room, work)
            saved = room.store.load(work.draft)
            edited = editing.with_text(saved.draft, TYPE, "outlook", "由人写成。")
            room.store.save(saved, edited, "王", "手工修改")
            with pytest.raises(StoreError, match="正在起草"):
                await room.again(saved, Order())
            held.go.set()
            await to_the_end(room, work)
            draft = room.store.load(work.draft).draft
            assert editing.section_of(draft, "outlook").text == "由人写成。"
            assert all(one.text for one in draft.sections if one.written)
            assert [one.author for one in room.store.history(work.draft)] == ["", "王", ""]


async def test_a_brief_that_must_not_leave_is_refused_before_anything_is_kept(url: str) -> None:
    secret = BRIEF.model_copy(update={"title": "机密★1年 总结"})
    async with opened(settings_for(url, "http://model.example/v1")) as room:
        with pytest.raises(WriterError, match="涉密"):
            await room.start(secret, TYPE, Order())
        assert room.store.drafts() == []


async def test_no_more_is_drafted_at_once_than_jobs_allow(url: str) -> None:
    held = Held()
    with ScriptedServer(held) as server:
        async with opened(settings_for(url, server.base_url, llm_concurrency=64), jobs=2) as room:
            works = [await room.enqueue(BRIEF, TYPE, Order(file=str(one))) for one in range(4)]
            async with asyncio.timeout(60):
                while len(server.requests) < 2 * len(SECTIONS):
                    await asyncio.sleep(0.05)
            await asyncio.sleep(2)
            assert [room.store.work(one.id).state for one in works].count("running") == 2
            assert len(server.requests) == 2 * len(SECTIONS)
            held.go.set()
            assert {(await to_the_end(room, one)).stopped for one in works} == {False}


async def test_a_work_that_was_to_stop_when_its_process_died_stops_without_asking_the_model(url: str) -> None:
    with ScriptedServer() as server:
        async with opened(settings_for(url, server.base_url)) as room:
            work = room.store.begin(EMPTY, Order())
            claim = room.store.claim(work.id)
            assert claim
            part = Part(section="outlook", state="done", text="写好的一节。")
            room.store.tell([Told(work=work.id, token=claim.token, parts=(part,))])
            await room.stop(work.id)
            await engine.enqueue(work.id, 1)
            assert (await to_the_end(room, work)).stopped
            draft = room.store.load(work.draft).draft
            assert [one.text for one in draft.sections if one.text] == ["写好的一节。"]
            assert server.requests == []


async def test_work_that_the_engine_takes_for_done_is_carried_out_when_the_store_says_it_is_open(
    url: str,
) -> None:
    with ScriptedServer() as server:
        async with opened(settings_for(url, server.base_url)) as room:
            work = await room.start(BRIEF, TYPE, Order())
            await to_the_end(room, work)
            with room.store.engine.begin() as connection:  # as a backup from before has it
                connection.exec_driver_sql("UPDATE works SET state = 'running'")
            async with asyncio.timeout(60):
                while room.store.work(work.id).open:
                    await room._sweep()  # again and again, as ever: the engine may not have closed it yet
                    await asyncio.sleep(0.5)
            assert room.store.work(work.id).state == "done"
            assert whole(room.store.load(work.draft).draft)


async def test_queued_work_that_nobody_began_stops_at_once(url: str) -> None:
    async with opened(settings_for(url, workers="elsewhere")) as room:
        work = await room.start(BRIEF, TYPE, Order())
        await room.stop(work.id)
        assert (await to_the_end(room, work)).stopped


async def test_a_process_that_is_asked_to_end_finishes_its_sections_and_hands_the_rest_over(url: str) -> None:
    held = Held()
    with ScriptedServer(held) as server, nursery() as start:
        settings = settings_for(url, server.base_url, llm_concurrency=2)
        async with opened({**settings, "workers": "elsewhere"}) as room:
            first = start(settings)
            work = await room.start(BRIEF, TYPE, Order())
            await begun(room, work)
            ending = asyncio.create_task(asyncio.to_thread(first.ask_to_end))
            await asyncio.sleep(1)
            held.go.set()
            await ending
            before = asked(server)
            assert before.total() < len(SECTIONS)
            _, parts = room.store.news(work.id, 0)
            assert {part.section for part in parts if part.state == "done"} >= set(before)
            assert room.store.work(work.id).open
            start(settings)
            progress = await to_the_end(room, work)
            assert progress.draft is not None and whole(progress.draft)
            assert set(asked(server).values()) == {1}
