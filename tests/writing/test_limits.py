from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from email.utils import formatdate

import pytest

from drafter import doctypes, drafting
from drafter.config import Settings
from drafter.errors import WriterError
from drafter.writing import Restart, Waiting
from drafter.writing.choose import make_writer
from drafter.writing.client import gate_of, retry_after
from drafter.writing.failures import EndpointError
from drafter.writing.limits import Gate, Limits, OnHold, Turn, Window, gate_for
from drafter.writing.llm import LLMWriter
from tests.scripted_server import BEHAVIOURS, Exchange, ScriptedServer
from tests.writing.tasks import brief, task


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def settings_for(url: str, model: str = "ok", **more: object) -> Settings:
    return Settings.model_validate(
        {"DRAFTER_LLM_BASE_URL": url, "DRAFTER_LLM_API_KEY": "k", "llm_model": model, **more}
    )


async def passed(turn: Turn) -> list[int]:
    return [place async for place in turn.places()]


def test_a_minute_never_holds_more_than_the_limit() -> None:
    window = Window()
    for second in (0, 10, 20):
        assert window.wait(second, 1, 3) == 0
        window.take(second, 1)
    assert window.wait(30, 1, 3) == 30
    assert window.wait(59.5, 1, 3) == 0.5
    assert window.wait(60, 1, 3) == 0
    window.take(60, 1)
    assert window.wait(60, 1, 3) == 10
    assert window.wait(60, 2, 3) == 20


def test_without_a_limit_nobody_waits() -> None:
    window = Window()
    window.take(0, 10_000)
    assert window.wait(0, 10_000, 0) == 0


def test_what_is_more_than_a_minute_holds_waits_for_an_empty_minute() -> None:
    window = Window()
    assert window.wait(0, 500, 100) == 0
    window.take(0, 500)
    assert window.wait(15, 1, 100) == 45


async def test_requests_pass_in_the_order_they_came_and_know_their_place() -> None:
    gate = Gate(Limits(1), Clock())
    order: list[int] = []
    seen: dict[int, list[int]] = {}
    first_in, go_on = asyncio.Event(), asyncio.Event()

    async def request(number: int) -> None:
        with gate.turn(1) as turn:
            seen[number] = []
            async for place in turn.places():
                seen[number].append(place)
            order.append(number)
            first_in.set()
            await go_on.wait()

    tasks = [asyncio.create_task(request(0))]
    await first_in.wait()
    tasks += [asyncio.create_task(request(number)) for number in (1, 2, 3)]
    while len(seen) < 4 or not seen[3]:
        await asyncio.sleep(0)
    assert [seen[number] for number in range(4)] == [[], [1], [2], [3]]
    go_on.set()
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3]
    assert seen[3][0] == 3
    assert seen[3][-1] == 0
    assert seen[3] == sorted(seen[3], reverse=True)


async def test_one_who_gives_up_waiting_leaves_the_queue() -> None:
    gate = Gate(Limits(1), Clock())
    with gate.turn(1) as running:
        await passed(running)
        waiting = [asyncio.create_task(_through(gate)) for _ in range(2)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.gather(waiting[0], return_exceptions=True)
    async with asyncio.timeout(5):
        assert (await waiting[1])[-1] == 0


async def _through(gate: Gate) -> list[int]:
    with gate.turn(1) as turn:
        return await passed(turn)


async def test_the_limits_a_minute_hold_back_the_next_in_line() -> None:
    clock = Clock()
    gate = Gate(Limits(9, rpm=2, tpm=1000), clock)
    for _ in range(2):
        await _through(gate)
    with gate.turn(1) as turn:
        assert gate._look(turn) == (1, 60.0)
        clock.now += 60
        assert gate._look(turn) == (0, None)
    with gate.turn(999) as turn:
        assert gate._look(turn)[0] == 0
    clock.now += 30
    with gate.turn(500) as turn:
        assert gate._look(turn) == (1, 30.0)


async def test_tokens_are_put_right_when_the_endpoint_has_counted() -> None:
    clock = Clock()
    gate = Gate(Limits(9, tpm=1000), clock)
    with gate.turn(900) as turn:
        await passed(turn)
        turn.settle(100)
    with gate.turn(900) as turn:
        assert await passed(turn) == []
        turn.settle(5000)
    with gate.turn(1) as turn:
        assert gate._look(turn) == (1, 60.0)


async def test_a_hold_stops_everybody_and_a_long_one_sends_them_away() -> None:
    clock = Clock()
    gate = Gate(Limits(9), clock)
    gate.hold(7)
    with gate.turn(1) as turn:
        assert gate._look(turn) == (1, 7.0)
        clock.now += 7
        assert gate._look(turn) == (0, None)
    gate.hold(3600)
    with pytest.raises(OnHold):
        await _through(gate)


async def test_the_limit_is_shared_between_event_loops() -> None:
    gate = Gate(Limits(1))
    with gate.turn(1) as running:
        await passed(running)
        places: list[int] = []
        queued = threading.Event()

        async def other() -> None:
            with gate.turn(1) as turn:
                async for place in turn.places():
                    places.append(place)
                    queued.set()

        thread = threading.Thread(target=lambda: asyncio.run(other()))
        thread.start()
        assert await asyncio.to_thread(queued.wait, 10)
        assert places == [1]
    await asyncio.to_thread(thread.join, 10)
    assert places == [1, 0]


def test_an_endpoint_is_its_address_and_its_key() -> None:
    limits = Limits(1)
    gate = gate_for("http://h/v1", "a", limits)
    assert gate_for("http://h/v1", "a", Limits(2)) is gate
    assert gate.limits.concurrency == 2
    assert gate_for("http://h/v1", "b", limits) is not gate
    assert gate_for("http://i/v1", "a", limits) is not gate


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "soon"}, 0.0),
        ({}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
    ],
)
def test_what_a_response_asks_to_wait_is_read(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers) == seconds


def test_a_date_to_wait_for_is_read() -> None:
    later = formatdate(4_000_000_000, usegmt=True)
    assert retry_after({"retry-after": later}) > 1_000_000


async def test_all_documents_of_the_process_share_the_limit_of_an_endpoint() -> None:
    with ScriptedServer(delay=0.002) as server:
        given = brief(doctype="work-summary")
        kind = doctypes.load("work-summary")

        async def draft() -> list[drafting.Event]:
            writer = make_writer(settings_for(server.base_url, llm_concurrency=2))
            return [event async for event in drafting.stream(given, kind, writer)]

        runs = await asyncio.gather(draft(), draft(), draft())
        assert server.most_at_once == 2
    for events in runs:
        assert isinstance(events[-1], drafting.DraftDone)
        assert not [event for event in events if isinstance(event, drafting.SectionFailed)]
        queued = [event for event in events if isinstance(event, drafting.Queued)]
        assert queued
        for section in {event.section for event in queued}:
            positions = [event.position for event in queued if event.section == section]
            assert positions[-1] == 0
            told = [e for e in events if isinstance(e, drafting.TextAdded) and e.section == section]
            begun = next(place for place, event in enumerate(events) if event in told)
            assert any(isinstance(e, drafting.Queued) and e.position == 0 for e in events[:begun])


async def test_a_retry_after_holds_back_every_request_of_the_endpoint() -> None:
    refused = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def script(exchange: Exchange) -> None:
        if len(exchange.server.requests) == 1:
            await exchange.error(429, "Too many requests", retry_after="30")
            loop.call_soon_threadsafe(refused.set)
        else:
            await BEHAVIOURS["ok"](exchange)

    with ScriptedServer(script) as server:
        settings = settings_for(server.base_url)
        writing = asyncio.create_task(_pieces(LLMWriter(settings)))
        async with asyncio.timeout(10):
            await refused.wait()
            gate = gate_of(settings)
            while gate._held_until == 0:
                await asyncio.sleep(0.01)
            other = LLMWriter(settings).write(task("next"))
            assert await anext(other) == Waiting(place=1)
        with gate.turn(1) as turn:
            gate._look(turn)
            assert 20 < gate._held_until - gate._clock() <= 30
        await other.aclose()
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        assert len(server.requests) == 1


async def _pieces(writer: LLMWriter) -> list[object]:
    return [piece async for piece in writer.write(task())]


async def test_an_endpoint_that_asks_for_an_hour_is_told_at_once() -> None:
    with ScriptedServer(lambda exchange: exchange.error(429, "slow down", retry_after="3600")) as server:
        settings = settings_for(server.base_url)
        for said in ("过于频繁（429）", r"过于频繁，要求3\d{3}秒后再试"):
            with pytest.raises(EndpointError, match=said):
                await _pieces(LLMWriter(settings))
        assert len(server.requests) == 1


async def test_retries_count_as_requests(server: ScriptedServer) -> None:
    settings = settings_for(server.base_url, "500")
    with pytest.raises(WriterError):
        await _pieces(LLMWriter(settings))
    gate = gate_of(settings)
    assert len(server.requests) == 3
    assert gate._requests.wait(gate._clock(), 1, 3) > 0
    assert gate._requests.wait(gate._clock(), 1, 4) == 0


async def test_tokens_a_minute_are_those_that_the_endpoint_counted(server: ScriptedServer) -> None:
    settings = settings_for(server.base_url)
    await _pieces(LLMWriter(settings))
    gate = gate_of(settings)
    assert gate._tokens.wait(gate._clock(), 1, 121) == 0
    assert gate._tokens.wait(gate._clock(), 1, 120) > 0


async def test_waiting_in_the_queue_does_not_use_up_the_time_of_a_section(server: ScriptedServer) -> None:
    settings = settings_for(server.base_url, llm_concurrency=1, llm_total_timeout=0.5)
    gate = gate_of(settings)
    with gate.turn(1) as turn:
        await passed(turn)
        waiting = asyncio.create_task(_pieces(LLMWriter(settings)))
        await asyncio.sleep(0.8)
        assert not waiting.done()
    written = await waiting
    assert written[:2] == [Waiting(place=1), Waiting(place=0)]
    assert Restart() not in written
