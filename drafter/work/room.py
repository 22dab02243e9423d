"""Where drafting is ordered, carried out and followed, alone or among other processes on one database."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, TimeoutError

from drafter import doctypes, drafting
from drafter.config import Settings
from drafter.drafting import Outcome, Planned
from drafter.editing import filled
from drafter.errors import DrafterError, WriterError
from drafter.grounding import gate
from drafter.model import Brief, DocType, Draft
from drafter.outline import build_outline, outline_of
from drafter.store import Saved, StoreError
from drafter.work.live import REFRESH, Live
from drafter.work.passes import Passes
from drafter.work.progress import Part, Progress, until
from drafter.work.records import Lost, Order, State, Work, WorkStore
from drafter.work.workers import BEAT, Roll
from drafter.writing import SectionWriter, limits
from drafter.writing.choose import make_writer
from drafter.writing.sent import admit

PULSE = 0.25
"""Seconds between two times that growing text is kept, for those who follow from elsewhere."""
SWEEP = 60.0
"""Seconds between two looks for work that nobody has; one is taken at once when a process died."""
GRACE = 10.0
"""Seconds that sections have to come to their end when the process is to stop."""
PATIENCE = 5.0
"""Most seconds between two tries at a database that does not answer."""
FORGOTTEN = 200
"""How many ended works the engine forgets at a time."""
NOW, LATER = 1, 10
"""Priorities in the queue: somebody waits at a page; a batch."""

AWAY = OperationalError | InterfaceError | InternalError | TimeoutError
"""What a database says that is restarted, locked or full, or gave up a transaction that stood still."""

Got = TypeVar("Got")

log = logging.getLogger(__name__)


class Room:
    """One process's part in the work. With `jobs`, every process carries out so many queued works at once."""

    def __init__(self, settings: Settings, store: WorkStore, *, jobs: int | None = None) -> None:
        self.store = store
        self._settings, self._jobs = settings, jobs or settings.jobs or None
        self._here = settings.workers == "here"
        self._roll = Roll(store.engine)
        shared = store.engine.dialect.name == "postgresql"
        self._passes = Passes(store.engine, self._roll.id) if shared else None
        self._live: dict[str, Live] = {}
        self._expected: dict[str, asyncio.Event] = {}
        """Works that begin here in a moment."""
        self._writing = 0
        self._closing = False
        self._pulse: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Join the work: from now on orders are taken, and those that a dead process left are carried on.

        Raises StoreError.
        """
        from drafter.work import engine

        await asyncio.to_thread(self._roll.enlist)
        if self._passes:
            limits.share(self._passes)
        try:
            engine.launch(self.store.engine, self._roll.id, self.carry_out, listen=self._here)
            await engine.set_jobs(self._jobs)
        except Exception as error:
            log.error("the engine does not start", exc_info=True)
            raise StoreError(
                f"起草队列无法使用（{type(error).__name__}）", mend="请检查数据库、文件夹和权限"
            ) from error
        self._pulse = asyncio.create_task(self._keep_pulse())

    def hold(self) -> None:
        """Take no more work, and begin no more sections: the process is about to stop."""
        self._closing = True
        for live in self._live.values():
            live.hold()

    async def close(self, grace: float = GRACE) -> None:
        """Hold, let the sections that are being written come to their end for at most `grace` seconds, and
        leave the rest to other processes or to the next start.
        """
        from drafter.work import engine

        self.hold()
        ends = time.monotonic() + grace
        while self._writing > sum(live.held for live in self._live.values()) and time.monotonic() < ends:
            await asyncio.sleep(0.05)
        if self._pulse:
            self._pulse.cancel()
        await self._abandon()
        limits.share(None)
        loop = asyncio.get_running_loop()
        # Not in the engine's pool of threads, whose places may all wait for a database that is away.
        loop.set_default_executor(ThreadPoolExecutor())
        await asyncio.to_thread(engine.shut_down)
        with suppress(StoreError):
            await asyncio.to_thread(self._roll.leave)

    async def start(self, brief: Brief, doctype: DocType, order: Order) -> Work:
        """Order a new draft, for somebody who waits for it. Raises SettingsError, WriterError, StoreError."""
        return await self._begin(await self._entered(brief, doctype, order, watched=not self._here))

    async def enqueue(self, brief: Brief, doctype: DocType, order: Order) -> Work:
        """Order a new draft that is written when a process is free. Raises as `start`."""
        work = await self._entered(brief, doctype, order, watched=False)
        await self._queue(work, LATER)
        return work

    async def again(self, saved: Saved, order: Order, *, waiting: bool = True) -> Work:
        """Order what a draft still lacks, or one of its sections anew; `waiting`: somebody waits for it.

        Raises StoreError when the draft is being written.
        """
        work = await asyncio.to_thread(self.store.again, saved, order, waiting and not self._here)
        if waiting:
            return await self._begin(work)
        await self._queue(work, LATER)
        return work

    async def stop(self, work_id: str) -> None:
        """Have a work stop, wherever it is carried out. What is written of it is kept. Raises StoreError."""
        if live := self._live.get(work_id):
            live.stopping.set()
        await asyncio.to_thread(self.store.ask_to_stop, [work_id])

    async def follow(self, work_id: str) -> AsyncGenerator[Progress, None]:
        """A work's progress whenever there is something new, and once a second, to its end.

        Raises WriterError when it could not be carried out, StoreError when the database cannot be asked.
        """
        if expected := self._expected.get(work_id):
            await expected.wait()
        progress = Progress()
        while True:
            if live := self._live.get(work_id):
                progress = live.progress
                known, shown = (-1, -1), 0.0
                while self._live.get(work_id) is live:
                    known = await live.change(known, shown)
                    yield progress
                    shown = time.monotonic()
            else:
                async with aclosing(self._followed(work_id, progress)) as looks:
                    async for progress in looks:
                        yield progress
            if work_id not in self._live:
                work = await asyncio.to_thread(self.store.work, work_id)
                if not work.open:
                    break
                progress = Progress()
        if work.state == "failed":
            raise WriterError(work.said)
        await self._ended(work, progress)
        yield progress

    async def _followed(self, work_id: str, progress: Progress) -> AsyncGenerator[Progress, None]:
        """Progress as another process tells it, until it ends or goes on here."""
        await asyncio.to_thread(self.store.watch, work_id)
        version, shown = 0, 0.0
        while work_id not in self._live:
            work, parts = await asyncio.to_thread(self.store.news, work_id, version)
            if not work.open:
                return
            if progress.outline is None:
                base = await asyncio.to_thread(self.store.revision, work.draft, work.base)
                progress.plan(outline_of(base.draft), work.order.only)
                if work.order.only:
                    progress.recall(base.draft, work.order.only)
            if work.version > version or time.monotonic() - shown >= 1:
                progress.read(parts)
                progress.tokens, progress.cost = work.tokens, work.cost
                version, shown = work.version, time.monotonic()
                yield progress
            await asyncio.sleep(REFRESH)

    async def _ended(self, work: Work, progress: Progress) -> None:
        """Complete the progress of a work that is at its end by what came of it."""
        saved = await asyncio.to_thread(self.store.revision, work.draft, work.result)
        progress.stopped = work.state == "stopped"
        progress.tokens, progress.cost = work.tokens, work.cost
        if progress.outline is None:
            progress.plan(outline_of(saved.draft))
        progress.conclude(saved.draft)

    async def _entered(self, brief: Brief, doctype: DocType, order: Order, *, watched: bool) -> Work:
        """The order of a new draft, in the store."""

        def enter() -> Work:
            writer = make_writer(self._settings, order.writer)
            admit(writer, brief)
            outline = build_outline(brief, doctype)
            draft = Draft(
                brief=brief,
                title=outline.title,
                writer=writer.name,
                sections=outline.sections,
                unplaced=outline.unplaced,
            )
            return self.store.begin(draft, order, watched)

        return await asyncio.to_thread(enter)

    async def _begin(self, work: Work) -> Work:
        if self._here and not self._closing:
            from drafter.work import engine

            self._expected[work.id] = asyncio.Event()
            await self._taken(work, engine.start(work.id))
        else:
            await self._queue(work, NOW)
        return work

    async def _queue(self, work: Work, priority: int) -> None:
        from drafter.work import engine

        await self._taken(work, engine.enqueue(work.id, priority))

    async def _taken(self, work: Work, ordering: Awaitable[None]) -> None:
        """Hand an order to the engine. One that it does not take is in the store, and found by a sweep."""
        try:
            await ordering
        except Exception:
            log.warning("the engine did not take an order; it is tried again", exc_info=True)
            self._begun(work.id)

    def _begun(self, work_id: str) -> None:
        """Whoever waits for a work to begin here need not any more."""
        if expected := self._expected.pop(work_id, None):
            expected.set()

    async def carry_out(self, work_id: str) -> None:
        """A work from its claim to its end: what the engine calls. Ends by CancelledError, which the engine
        takes for the death of the process, when the work is to be carried on elsewhere.
        """
        try:
            claimed = await self._surely(self.store.claim, work_id)
            if claimed is None:
                return
            live = self._live[work_id] = Live(claimed)
        finally:
            self._begun(work_id)
        live.task = asyncio.create_task(self._write(live))
        try:
            await live.task
        except Lost:
            raise asyncio.CancelledError from None
        finally:
            live.task.cancel()
            del self._live[work_id]
            live.over()

    async def _write(self, live: Live) -> None:
        """Write, and conclude. Raises Lost."""
        work = live.claimed.work
        try:
            base = await self._surely(self.store.revision, work.draft, work.base)
            doctype, writer = await asyncio.to_thread(self._tools, base.draft, work.order)
            live.writer = writer
            if work.order.only:
                live.progress.recall(base.draft, work.order.only)
            events = drafting.resume(
                base.draft,
                doctype,
                writer,
                only=work.order.only,
                on_unsupported=work.order.unsupported,
                begin=self._beginner(live),
            )
            async with aclosing(events):
                async for event in until(events, live.stopping):
                    live.take(event)
            await self._conclude(live, base, doctype)
        except Lost:
            raise
        except DrafterError as error:
            await self._surely(self.store.fail, work.id, str(error), live.claimed.token)
        except Exception as error:
            if isinstance(error, ExceptionGroup) and error.subgroup(Lost):
                raise Lost from None
            log.exception("a work could not be carried out")
            said = "起草时程序出错，已记入日志；请重试，仍不行时报告给管理员"
            await self._surely(self.store.fail, work.id, said, live.claimed.token)
        finally:
            await live.drop()

    def _tools(self, draft: Draft, order: Order) -> tuple[DocType, SectionWriter]:
        doctype = doctypes.load(draft.brief.doctype, self._settings.template_folders)
        return doctype, make_writer(self._settings, order.writer)

    def _beginner(self, live: Live) -> drafting.Begin:
        """Makes each section a step. Its writing begins at once, while the engine looks whether it knows the
        step; a section that was finished before is not written.
        """
        from drafter.work import engine

        kept = {part.section: part for part in live.claimed.kept}

        def begin(section: str, writing: Coroutine[Any, Any, Outcome]) -> Awaitable[Outcome]:
            if part := kept.get(section):
                writing.close()
                known: asyncio.Future[Outcome] = asyncio.Future()
                known.set_result(Outcome(text=part.text, failure=part.said))
                return engine.step(section, known)
            return engine.step(section, live.begin(self._kept(live, section, writing), writing))

        return begin

    async def _kept(self, live: Live, section: str, writing: Coroutine[Any, Any, Outcome]) -> Outcome:
        """What comes of a section, once it is in the store. Raises Lost."""
        self._writing += 1
        try:
            outcome = await live.written(section, writing, held=self._closing)
            part = Part(
                section=section,
                state="failed" if outcome.failure else "done",
                text=outcome.text,
                said=outcome.failure,
                stood_in=live.progress.stood_in.get(section, ""),
            )
            live.count_used()
            told = live.told(set(), live.unsent()).model_copy(update={"parts": (part,)})
            if await self._surely(self.store.tell, [told]):
                raise Lost
            live.noted(told)
            return outcome
        finally:
            self._writing -= 1

    async def _conclude(self, live: Live, base: Saved, doctype: DocType) -> None:
        """Put what was written into the draft, beside whatever others have changed in it meanwhile."""
        progress, draft = live.progress, live.progress.draft
        if progress.outline is None:  # it was to stop before it began
            live.take(Planned(outline=outline_of(base.draft)))
        assert progress.outline and live.writer
        state: State = "done" if draft else "stopped"
        texts = {section: progress.texts[section] for section in progress.finished}
        for section in progress.outline.sections:
            if progress.state(section.id) == "writing":
                facts = tuple(base.draft.brief.fact(fact) for fact in section.facts)
                texts[section.id] = await asyncio.to_thread(
                    gate.settle, progress.texts[section.id], base.draft.brief, facts
                )
        wanting = len(progress.failures)
        said = f"{wanting}节没有写成，原因见文稿" if wanting else ""
        writer = "、".join(dict.fromkeys([*live.writer.name.split("、"), *progress.stood_in.values()]))
        while True:
            head = await self._surely(self.store.load, base.id)
            if draft is None or head.number != base.number or live.claimed.work.order.only:
                made = await asyncio.to_thread(
                    filled, head.draft, base.draft, doctype, texts, progress.failures, writer
                )
            else:
                made = draft.model_copy(update={"writer": writer})
            if await self._surely(self.store.finish, live.claimed, head, made, state, writer, said):
                return

    async def _surely(self, ask: Callable[..., Got], *given: Any) -> Got:
        """Ask the store, again and again while the database does not answer: it is restarted, or locked, or
        its disk is full. The writing waits so long, and nothing is lost.
        """
        for tries in count():
            try:
                return await asyncio.to_thread(ask, *given)
            except StoreError as error:
                if not isinstance(error.__cause__, AWAY):
                    raise
                log.warning("the database does not answer: %s", error)
                await asyncio.sleep(min(0.1 * 2**tries, PATIENCE))
        raise AssertionError("count ends never")

    async def _keep_pulse(self) -> None:
        """Tell what grows, hear what others want, and see who is there, until the process ends."""
        beaten = swept = -SWEEP
        while True:
            now = time.monotonic()
            try:
                await self._tell_growing()
                if now - beaten >= BEAT:
                    beaten = now
                    await self._hear()
                    if await self._see() or now - swept >= SWEEP:
                        await self._sweep()
                        swept = now
            except StoreError as error:
                log.warning("the database does not answer: %s", error)
            except Exception:
                log.exception("work is not looked after as it should be")
            await asyncio.sleep(PULSE)

    async def _tell_growing(self) -> None:
        told = {one.work: one for live in self._live.values() if (one := live.growing())}
        if told:
            lost = await asyncio.to_thread(self.store.tell, list(told.values()))
            for work_id, one in told.items():
                live = self._live.get(work_id)
                if live and work_id in lost:
                    live.cancel()
                elif live:
                    live.noted(one)

    async def _hear(self) -> None:
        if self._passes:
            await asyncio.to_thread(self._passes.give_back)
        wishes = await asyncio.to_thread(self.store.wishes, list(self._live)) if self._live else {}
        for work_id, wish in wishes.items():
            if live := self._live.get(work_id):
                live.hear(wish)

    async def _see(self) -> bool:
        """Whether a process has died; a sign of life is given on the way."""
        if not await asyncio.to_thread(self._roll.beat):
            log.warning("this process was taken for dead; it leaves its work to others")
            await self._abandon()
        return bool(await asyncio.to_thread(self._roll.bury))

    async def _abandon(self) -> None:
        """Leave all work in progress as it is."""
        left = [task for live in self._live.values() if (task := live.cancel())]
        await asyncio.gather(*left, return_exceptions=True)

    async def _sweep(self) -> None:
        """Have work carried on whose process is gone, and work begun that the engine never heard of."""
        from drafter.work import engine

        works = await asyncio.to_thread(self.store.open_works)
        known = await engine.statuses([work.id for work in works]) if works else {}
        alive = await asyncio.to_thread(self._roll.alive)
        for work in works:
            status = known.get(work.id)
            if status and status.done:  # in a time that a backup was restored from has not seen yet
                await engine.forget([work.id])
                status = None
            if status is None:
                await engine.enqueue(work.id, LATER if work.order.batch else NOW)
            elif status.status == "PENDING" and status.executor not in alive:
                await engine.resume(work.id)
            elif status.ended:
                said = "起草多次中断，没有写成；请重试，仍不行时报告给管理员"
                await asyncio.to_thread(self.store.fail, work.id, said)
        if over := await engine.ended(FORGOTTEN):
            await engine.forget(over)
