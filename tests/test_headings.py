"""Headings that a writer thinks out: what is asked, what is taken, and what stays as it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from drafter import doctypes, drafting, headings
from drafter.errors import WriterError
from drafter.model import Brief, Draft, Outline
from drafter.outline import build_outline
from drafter.writing import Task
from drafter.writing.template import compose
from tests.makers import brief_of, template_draft

TYPE = doctypes.load("work-summary")
BRIEF = brief_of(
    {"text": "清理河道12公里", "topic": "河道保洁"},
    {"text": "举办培训班3期", "topic": "培训"},
    {"text": "建成站点4个", "topic": "坚持系统治理，筑牢生态屏障"},
)
GOOD = "狠抓河道清理，守护一河清水", "办好培训课堂，练就过硬本领"


class Headed:
    """The template writer, with these lines for headings after `pause` seconds; it keeps what was asked."""

    name = "headed"
    revises = True
    heads = True
    tokens = 0
    cost = None

    def __init__(self, *lines: str, pause: float = 0.0) -> None:
        self.lines, self.pause = lines, pause
        self.asked: list[Task] = []

    async def write(self, task: Task) -> AsyncIterator[str]:
        if task.wants == "prose":
            await asyncio.sleep(0.05)
            yield compose(task)
            return
        self.asked.append(task)
        await asyncio.sleep(self.pause)
        if not self.lines:
            raise WriterError("服务没有回应", mend="请重试")
        yield "\n".join(self.lines)


def printed(outline: Outline | Draft) -> list[str]:
    """The level-2 headings."""
    return [section.heading for section in outline.sections if section.level == 2]


async def drafted(writer: Headed, brief: Brief = BRIEF) -> tuple[list[drafting.Event], Draft]:
    events = [event async for event in drafting.stream(brief, doctypes.load(brief.doctype), writer)]
    assert isinstance(events[-1], drafting.DraftDone)
    return events, events[-1].draft


async def test_one_request_heads_all_sections_but_those_that_a_person_headed() -> None:
    writer = Headed(*GOOD)
    events, draft = await drafted(writer)
    assert printed(draft) == [*GOOD, "坚持系统治理，筑牢生态屏障"]
    assert [printed(event.outline) for event in events if isinstance(event, drafting.Headed)] == [
        printed(draft)
    ]
    assert len(writer.asked) == 1
    assert [fact.id for fact in writer.asked[0].facts] == ["F1", "F2"]


@pytest.mark.parametrize(
    "lines",
    [
        (),
        GOOD[:1],
        (*GOOD, "做好收尾工作，善始善终完成"),
        ("清理河道15公里，守护一河清水", "培训"),
        ("落实《河道条例》，守护清水", "举办培训，全面提升业务能力水平"),
        ("加快园林绿化，扩大绿色空间", "严格执法监管，维护市场秩序"),
    ],
    ids=[
        "no answer",
        "too few",
        "too many",
        "a figure or one clause",
        "a title or uneven",
        "of other things",
    ],
)
async def test_an_answer_that_does_not_fit_leaves_the_headings_as_they_were(lines: tuple[str, ...]) -> None:
    _, draft = await drafted(Headed(*lines))
    assert printed(draft) == printed(build_outline(BRIEF, TYPE))


async def test_one_bad_line_costs_only_its_own_heading() -> None:
    _, draft = await drafted(Headed(GOOD[0], "狠抓河道清理，练就过硬本领"))
    assert printed(draft) == [GOOD[0], *printed(build_outline(BRIEF, TYPE))[1:]]


async def test_numbers_and_marks_about_a_heading_are_taken_off() -> None:
    _, draft = await drafted(Headed(f"1. {GOOD[0]}。", f"（二）“{GOOD[1]}”"))
    assert printed(draft)[:2] == [*GOOD]


async def test_headings_are_not_waited_for_when_all_sections_are_done() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    _, draft = await drafted(Headed(*GOOD, pause=30))
    assert loop.time() - began < 10
    assert printed(draft) == printed(build_outline(BRIEF, TYPE))


async def test_a_draft_that_holds_text_keeps_its_headings() -> None:
    draft, _ = template_draft(BRIEF)
    writer = Headed(*GOOD)
    last = [event async for event in drafting.resume(draft, TYPE, writer, only="opening")][-1]
    assert isinstance(last, drafting.DraftDone)
    assert printed(last.draft) == printed(draft)
    assert writer.asked == []


async def test_headings_whose_form_the_type_prescribes_are_not_asked_for() -> None:
    facts = [
        {"text": "台账不全", "kind": "problem", "topic": "台账"},
        {"text": "巡河不足", "kind": "problem", "topic": "巡河"},
    ]
    writer = Headed(*GOOD)
    _, draft = await drafted(writer, brief_of(*facts, doctype="rectification-report"))
    assert writer.asked == []
    assert printed(draft) == ["关于台账的问题", "关于巡河的问题"]


async def test_a_heading_is_proposed_from_the_facts_and_claims_nothing_else() -> None:
    draft, _ = template_draft(BRIEF)
    made = await headings.suggest(draft, TYPE, Headed("“狠抓河道清理，守护一河清水。”", "说明"), "measures.1")
    assert made == "狠抓河道清理，守护一河清水"
    for bad in ("", "清理河道15公里，守护一河清水", "落实《河道条例》，守护清水", "长" * 40):
        with pytest.raises(WriterError, match="标题"):
            await headings.suggest(draft, TYPE, Headed(bad), "measures.1")


async def test_headings_of_no_section_or_of_one_without_facts_cannot_be_had() -> None:
    draft, _ = template_draft(BRIEF)
    with pytest.raises(KeyError):
        await headings.suggest(draft, TYPE, Headed(*GOOD), "measures.9")
    with pytest.raises(WriterError, match="没有事实"):
        await headings.suggest(draft, TYPE, Headed(*GOOD), "situation")
