"""Drafting: sections side by side, a failed one alone, stopping, and what the finished draft says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from drafter import doctypes, drafting
from drafter.errors import WriterError
from drafter.model import Draft
from drafter.writing import Restart, Task
from tests.makers import brief_of

TYPE = doctypes.load("work-summary")
BRIEF = brief_of(
    {"text": "清理河道12公里", "topic": "河道保洁"},
    {"text": "举办培训班3期", "topic": "培训"},
    {"text": "计划新建泵站2座"},
)


class Scripted:
    """A writer that says what the test tells it to."""

    name = "scripted"

    def __init__(self, failing: str = "", restarting: str = "") -> None:
        self.failing, self.restarting = failing, restarting
        self.running = self.most = 0

    async def write(self, task: Task) -> AsyncIterator[str | Restart]:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            yield "前半句，"
            await asyncio.sleep(0.01)
            if task.section.id == self.failing:
                raise WriterError("服务没有回应", mend="请重试")
            if task.section.id == self.restarting:
                yield Restart()
            yield "后半句。"
        finally:
            self.running -= 1


async def drafted(writer: Scripted, **options: int) -> tuple[list[drafting.Event], Draft]:
    """All events of a run, and the draft it ends in."""
    events = [event async for event in drafting.stream(BRIEF, TYPE, writer, **options)]
    last = events[-1]
    assert isinstance(last, drafting.DraftDone)
    return events, last.draft


async def test_the_outline_comes_first_and_the_draft_last() -> None:
    events, draft = await drafted(Scripted())
    assert isinstance(events[0], drafting.Planned)
    assert [section.id for section in draft.sections] == [
        section.id for section in events[0].outline.sections
    ]
    assert draft.writer == "scripted"


async def test_sections_are_written_side_by_side_but_not_more_than_allowed() -> None:
    free, narrow = Scripted(), Scripted()
    await drafted(free)
    await drafted(narrow, concurrency=2)
    assert free.most == 4
    assert narrow.most == 2


async def test_pieces_arrive_as_they_are_written() -> None:
    events, _ = await drafted(Scripted())
    pieces = [
        event.text for event in events if isinstance(event, drafting.TextAdded) and event.section == "opening"
    ]
    assert pieces == ["前半句，", "后半句。"]


async def test_a_failed_section_is_reported_and_the_rest_is_unharmed() -> None:
    events, draft = await drafted(Scripted(failing="measures.1"))
    assert [event.section for event in events if isinstance(event, drafting.SectionFailed)] == ["measures.1"]
    texts = {section.id: section.text for section in draft.sections}
    assert texts["measures.1"] == ""
    assert texts["measures.2"] == "前半句，后半句。"
    failed = [finding for finding in draft.findings if finding.severity == "error"]
    assert [finding.section for finding in failed] == ["measures.1"]
    assert "服务没有回应" in failed[0].message


async def test_a_section_that_begins_again_keeps_only_its_second_text() -> None:
    _, draft = await drafted(Scripted(restarting="outlook"))
    assert next(section.text for section in draft.sections if section.id == "outlook") == "后半句。"


async def test_a_section_without_facts_is_marked_whoever_writes() -> None:
    _, draft = await drafted(Scripted())
    text = next(section.text for section in draft.sections if section.id == "problems")
    assert text == "〔待补充：存在的问题及改进措施〕"
    assert "draft.placeholder" in {finding.rule for finding in draft.findings}


async def test_closing_the_stream_stops_the_writing() -> None:
    writer = Scripted()
    stream = drafting.stream(BRIEF, TYPE, writer)
    async for event in stream:
        if isinstance(event, drafting.TextAdded):
            break
    await stream.aclose()
    assert writer.running == 0


async def test_a_lone_level_2_heading_is_pointed_out() -> None:
    brief = brief_of({"text": "清理河道12公里", "topic": "河道保洁"})
    events = [event async for event in drafting.stream(brief, TYPE, Scripted())]
    draft = events[-1].draft
    assert [finding.section for finding in draft.findings if finding.rule == "draft.lone-heading"] == [
        "measures.1"
    ]


async def test_placeholder_findings_point_at_their_printed_place() -> None:
    from drafter.printed import lines

    _, draft = await drafted(Scripted())
    finding = next(finding for finding in draft.findings if finding.rule == "draft.placeholder")
    line = lines(draft)[finding.line - 1].text
    assert line[finding.column - 1 :][: finding.length].startswith("〔待补充：")
