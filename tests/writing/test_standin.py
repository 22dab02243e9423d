from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from drafter import doctypes, drafting
from drafter.config import Settings
from drafter.errors import WriterError
from drafter.writing import HandedOver, Piece, Restart
from drafter.writing.choose import make_writer
from drafter.writing.standin import StandIn
from tests.scripted_server import BEHAVIOURS, Exchange, ScriptedServer
from tests.writing.tasks import PROSE, brief, task


@pytest.fixture
def servers() -> Iterator[tuple[ScriptedServer, ScriptedServer]]:
    with ScriptedServer() as first, ScriptedServer() as second:
        yield first, second


def writer_for(first: str, model: str, second: str, stand_in: str = "ok", **more: object) -> StandIn:
    given = {
        "DRAFTER_LLM_BASE_URL": first,
        "DRAFTER_LLM_API_KEY": "first-key",
        "llm_model": model,
        "llm2_base_url": second,
        "llm2_api_key": "second-key",
        "llm2_model": stand_in,
        **more,
    }
    writer = make_writer(Settings.model_validate(given))
    assert isinstance(writer, StandIn)
    return writer


async def pieces(writer: StandIn, section: str = "body.1") -> list[Piece]:
    return [piece async for piece in writer.write(task(section))]


def text_of(written: list[Piece]) -> str:
    """What stands at the end: the text after the last Restart."""
    text = ""
    for piece in written:
        if isinstance(piece, Restart):
            text = ""
        elif isinstance(piece, str):
            text += piece
    return text


@pytest.mark.parametrize(
    ("model", "why"),
    [
        ("402", "余额"),
        ("quota", "余额"),
        ("429", "过于频繁"),
        ("408", "408"),
        ("500", "暂时出错（500）"),
        ("503", "503"),
        ("drop", "连接不上"),
        ("html", "格式"),
        ("cut", "不完整"),
        ("reset", "中途断开"),
    ],
)
async def test_the_second_writes_when_the_endpoint_of_the_first_fails(
    servers: tuple[ScriptedServer, ScriptedServer], model: str, why: str
) -> None:
    first, second = servers
    writer = writer_for(first.base_url, model, second.base_url)
    written = await pieces(writer)
    assert text_of(written) == PROSE
    (told,) = [piece for piece in written if isinstance(piece, HandedOver)]
    assert told.writer == "ok"
    assert why in told.why
    assert writer.name == "ok"
    assert [request.headers["authorization"] for request in second.requests] == ["Bearer second-key"]
    assert {request.headers["authorization"] for request in first.requests} == {"Bearer first-key"}


async def test_the_second_writes_when_nobody_listens_or_answers_in_time(
    servers: tuple[ScriptedServer, ScriptedServer], unused_tcp_port: int
) -> None:
    first, second = servers
    dead = writer_for(f"http://127.0.0.1:{unused_tcp_port}/v1", "any", second.base_url)
    silent = writer_for(first.base_url, "silent", second.base_url, llm_timeout=0.2)
    for writer in (dead, silent):
        assert text_of(await pieces(writer)) == PROSE


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("content-filter", "内容审核"),
        ("inspection", "内容审核"),
        ("refusal", "拒绝"),
        ("too-long", "长度限制"),
        ("empty", "没有写出正文"),
        ("401", "密钥"),
        ("404", "没有模型"),
    ],
)
async def test_a_refusal_or_a_wrong_setting_is_not_passed_on(
    servers: tuple[ScriptedServer, ScriptedServer], model: str, said: str
) -> None:
    first, second = servers
    with pytest.raises(WriterError, match=said):
        await pieces(writer_for(first.base_url, model, second.base_url))
    assert second.requests == []


async def test_the_text_that_the_first_began_is_void(
    servers: tuple[ScriptedServer, ScriptedServer],
) -> None:
    first, second = servers
    written = await pieces(writer_for(first.base_url, "reset", second.base_url))
    place = next(place for place, piece in enumerate(written) if isinstance(piece, HandedOver))
    assert any(isinstance(piece, str) for piece in written[:place])
    assert written[place - 1] == Restart()


async def test_when_both_fail_the_sentence_tells_of_both(
    servers: tuple[ScriptedServer, ScriptedServer],
) -> None:
    first, second = servers
    with pytest.raises(WriterError) as caught:
        await pieces(writer_for(first.base_url, "500", second.base_url, "401"))
    said = str(caught.value)
    assert "暂时出错（500）" in said
    assert "备用模型 401 也没有写成：模型服务不认可密钥（401）" in said
    assert "DRAFTER_LLM2_API_KEY" in said
    assert "\n" not in said


async def test_a_section_that_was_handed_over_stays_with_the_second(
    servers: tuple[ScriptedServer, ScriptedServer],
) -> None:
    first, second = servers
    writer = writer_for(first.base_url, "402", second.base_url)
    await pieces(writer)
    asked = len(first.requests)
    written = await pieces(writer)
    assert text_of(written) == PROSE
    assert not any(isinstance(piece, HandedOver) for piece in written)
    assert len(first.requests) == asked
    await pieces(writer, "next")
    assert len(first.requests) == asked + 1


async def test_tokens_and_cost_are_those_of_both() -> None:
    async def flaky(exchange: Exchange) -> None:
        if "下一步" in exchange.label:
            await exchange.error(402, "Insufficient Balance")
        else:
            await BEHAVIOURS["ok"](exchange)

    prices = {"llm_price_in": 1, "llm_price_out": 1, "llm2_price_in": 10, "llm2_price_out": 10}
    with ScriptedServer(flaky) as first, ScriptedServer() as second:
        writer = writer_for(first.base_url, "model-a", second.base_url, **prices)
        await pieces(writer)
        assert writer.cost == pytest.approx(120 / 1_000_000)
        await pieces(writer, "next")
        assert (writer.tokens, writer.name) == (240, "model-a、ok")
        assert writer.cost == pytest.approx(1320 / 1_000_000)
        unpriced = writer_for(first.base_url, "model-a", second.base_url, llm_price_in=1, llm_price_out=1)
        await pieces(unpriced)
        assert unpriced.cost == pytest.approx(120 / 1_000_000)
        await pieces(unpriced, "next")
        assert unpriced.cost is None


async def test_a_draft_says_who_wrote_and_its_events_say_why() -> None:
    turns = 0

    async def every_other(exchange: Exchange) -> None:
        nonlocal turns
        turns += 1
        if turns % 2:
            await BEHAVIOURS["402"](exchange)
        else:
            await BEHAVIOURS["ok"](exchange)

    with ScriptedServer(every_other) as first, ScriptedServer() as second:
        writer = writer_for(first.base_url, "model-a", second.base_url)
        given = brief(doctype="work-summary")
        kind = doctypes.load("work-summary")
        events = [event async for event in drafting.stream(given, kind, writer)]
    (draft,) = [event.draft for event in events if isinstance(event, drafting.DraftDone)]
    assert draft.writer == "model-a、ok"
    told = [event for event in events if isinstance(event, drafting.StoodIn)]
    assert told
    assert {event.writer for event in told} == {"ok"}
    assert all("余额" in event.why for event in told)
    assert not [event for event in events if isinstance(event, drafting.SectionFailed)]
    for fact in given.facts:
        assert fact.text in "".join(section.text for section in draft.sections)


async def test_closing_the_stream_ends_the_request_of_the_second(
    servers: tuple[ScriptedServer, ScriptedServer],
) -> None:
    first, second = servers
    writing = writer_for(first.base_url, "402", second.base_url, "endless").write(task())
    while not isinstance(await anext(writing), str):
        pass
    assert second.active == 1
    await writing.aclose()
    async with asyncio.timeout(5):
        while second.active:
            await asyncio.sleep(0.01)
