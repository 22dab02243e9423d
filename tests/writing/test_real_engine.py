"""A real third-party engine (llama.cpp) with a model of random weights: its text is nonsense with figures."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from drafter import doctypes, drafting
from drafter.errors import WriterError
from drafter.grounding.gate import MARK
from drafter.model import Draft
from drafter.writing.llm import LLMWriter
from tests.makers import brief_of
from tests.tiny_engine import MODEL, TinyEngine
from tests.writing.tasks import task
from tests.writing.test_llm import pieces, settings_for, text_of

TYPE = doctypes.load("work-summary")
BRIEF = brief_of(
    {"text": "清理河道12公里", "topic": "河道保洁"},
    {"text": "举办培训班3期", "topic": "培训"},
    {"text": "计划新建泵站2座"},
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyEngine]:
    """Writes some fifteen tokens, then the end mark, and goes on until it is cut off."""
    with TinyEngine(tmp_path_factory.mktemp("engine"), ending=1 / 15) as running:
        yield running


async def written(engine: TinyEngine) -> tuple[list[drafting.Event], Draft]:
    """All events of a draft, and the draft."""
    writer = LLMWriter(settings_for(engine.base_url, MODEL))
    async with asyncio.timeout(120):
        events = [event async for event in drafting.stream(BRIEF, TYPE, writer)]
    last = events[-1]
    assert isinstance(last, drafting.DraftDone)
    return events, last.draft


async def test_random_text_is_sent_back_then_marked_and_every_fact_is_told(engine: TinyEngine) -> None:
    events, draft = await written(engine)
    text = "\n".join(section.text for section in draft.sections)
    # Random text holds none of the facts, so every section of facts goes back; whether it holds a figure or
    # a name that has to be marked is a matter of chance.
    assert any(isinstance(event, drafting.Repairing) for event in events)
    assert "〔完〕" not in text
    assert draft.untold == ()
    for fact in BRIEF.facts:
        assert fact.text in text
    for claim in (claim for claim in draft.claims if claim.status in ("unsupported", "drift")):
        line = text_before(draft, claim.line, claim.column)
        assert line.endswith(MARK)


def text_before(draft: Draft, line: int, column: int) -> str:
    """What stands before a claim on its printed line."""
    from drafter.printed import lines

    return lines(draft)[line - 1].text[: column - 1]


async def test_text_comes_token_by_token_and_is_counted(engine: TinyEngine) -> None:
    writer = LLMWriter(settings_for(engine.base_url, MODEL))
    came = [len(await pieces(writer)) for _ in range(4)]
    assert max(came) > 5
    assert writer.input_tokens > 500
    assert writer.output_tokens > 20


async def test_what_the_engine_says_after_the_end_mark_is_not_in_the_text(engine: TinyEngine) -> None:
    text = text_of(await pieces(LLMWriter(settings_for(engine.base_url, MODEL))))
    assert text.endswith("。")
    assert "〔完〕" not in text


async def test_an_answer_without_end_mark_that_never_stops_is_a_failure(tmp_path: Path) -> None:
    with TinyEngine(tmp_path, most=60) as engine:
        writer = LLMWriter(settings_for(engine.base_url, MODEL))
        with pytest.raises(WriterError, match="两次写到长度上限"):
            await pieces(writer)


async def test_an_engine_that_stops_at_once_is_told(tmp_path: Path) -> None:
    with TinyEngine(tmp_path, stopping=1e9) as engine, pytest.raises(WriterError, match="没有写出正文"):
        await pieces(LLMWriter(settings_for(engine.base_url, MODEL)))


async def test_a_section_longer_than_the_engines_context_is_told(tmp_path: Path) -> None:
    with TinyEngine(tmp_path, context=1024) as engine, pytest.raises(WriterError, match="长度限制"):
        await pieces(LLMWriter(settings_for(engine.base_url, MODEL)))


async def test_llama_cpp_answers_to_any_model_name(engine: TinyEngine) -> None:
    assert text_of(await pieces(LLMWriter(settings_for(engine.base_url, "no-such-model"))))


async def test_stopping_frees_the_engine_for_the_next_section(tmp_path: Path) -> None:
    with TinyEngine(tmp_path, most=7000, places=1) as engine:
        writer = LLMWriter(settings_for(engine.base_url, MODEL))
        writing = writer.write(task())
        await anext(writing)
        await writing.aclose()
        again = writer.write(task("next"))
        async with asyncio.timeout(20):
            assert await anext(again)
        await again.aclose()


async def test_an_engine_that_dies_while_writing_is_told(tmp_path: Path) -> None:
    with TinyEngine(tmp_path, most=7000) as engine:
        writing = LLMWriter(settings_for(engine.base_url, MODEL)).write(task())
        await anext(writing)
        engine.kill()
        with pytest.raises(WriterError, match=r"连接不上|中途断开"):
            async with asyncio.timeout(60):
                async for _ in writing:
                    pass
