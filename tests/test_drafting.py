"""Drafting: sections side by side, a failed one alone, stopping, and what the finished draft says."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from typing import Any

import pytest

from drafter import doctypes, drafting, exporting
from drafter.errors import DrafterError, WriterError
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
    """A writer that tells its facts as they are, and errs as the test tells it to.

    `spoil` changes what it writes; it is given the text and how often the section was sent back.
    """

    name = "scripted"
    revises = True
    tokens = 0
    pause = 0.01
    """Seconds that every section takes."""

    def __init__(
        self, failing: str = "", restarting: str = "", spoil: Callable[[str, int], str] = lambda text, _: text
    ) -> None:
        self.failing, self.restarting, self.spoil = failing, restarting, spoil
        self.running = self.most = 0
        self.faults: list[tuple[str, ...]] = []

    async def write(self, task: Task) -> AsyncIterator[str | Restart]:
        self.running += 1
        self.most = max(self.most, self.running)
        if task.revision:
            self.faults.append(task.revision.faults)
        try:
            yield "前半句，"
            await asyncio.sleep(self.pause)
            if task.section.id == self.failing:
                raise WriterError("服务没有回应", mend="请重试")
            if task.section.id == self.restarting:
                yield Restart()
            told = "。".join(["后半句", *(fact.text for fact in task.facts)]) + "。"
            yield self.spoil(told, len(self.faults))
        finally:
            self.running -= 1


def text_of(draft: Draft, section: str) -> str:
    """The text of one section."""
    return next(one.text for one in draft.sections if one.id == section)


async def drafted(writer: Scripted, **options: Any) -> tuple[list[drafting.Event], Draft]:
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
    free.pause = narrow.pause = 0.3
    await drafted(free)
    await drafted(narrow, concurrency=2)
    assert free.most == 4
    assert narrow.most == 2


async def test_sections_of_several_documents_are_begun_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Longer than a busy machine keeps the event loop waiting.
    monkeypatch.setattr(drafting, "GAP", 0.05)
    begun: list[float] = []

    class Clocked(Scripted):
        def write(self, task: Task) -> AsyncIterator[str | Restart]:
            begun.append(asyncio.get_running_loop().time())
            return super().write(task)

    await asyncio.gather(*(drafted(Clocked()) for _ in range(4)))
    assert len(begun) >= 12
    assert all(later - earlier >= drafting.GAP / 2 for earlier, later in pairwise(begun))


async def test_the_longest_sections_are_begun_first() -> None:
    begun: list[str] = []

    class Noting(Scripted):
        async def write(self, task: Task) -> AsyncIterator[str | Restart]:
            begun.append(task.section.id)
            async for piece in super().write(task):
                yield piece

    long = [
        {"text": f"清理第{place}段河道12公里并修整岸坡", "topic": "培训"} for place in "一二三四五六七八九"
    ]
    brief = brief_of({"text": "清理河道12公里", "topic": "河道保洁"}, *long)
    async for _ in drafting.stream(brief, TYPE, Noting(), concurrency=1):
        pass
    assert begun.index("measures.2") == 0
    assert begun.index("measures.1") > 0


async def test_pieces_arrive_as_they_are_written() -> None:
    events, _ = await drafted(Scripted())
    pieces = [
        event.text for event in events if isinstance(event, drafting.TextAdded) and event.section == "opening"
    ]
    assert pieces == ["前半句，", "后半句。"]


async def test_a_failed_section_is_reported_and_the_rest_is_unharmed() -> None:
    events, draft = await drafted(Scripted(failing="measures.1"))
    assert [event.section for event in events if isinstance(event, drafting.SectionFailed)] == ["measures.1"]
    assert text_of(draft, "measures.1") == ""
    assert text_of(draft, "measures.2") == "前半句，后半句。举办培训班3期。"
    failed = [finding for finding in draft.findings if finding.rule == "draft.section-failed"]
    assert [finding.section for finding in failed] == ["measures.1"]
    assert "服务没有回应" in failed[0].message


async def test_a_section_that_begins_again_keeps_only_its_second_text() -> None:
    _, draft = await drafted(Scripted(restarting="outlook"))
    assert text_of(draft, "outlook") == "后半句。计划新建泵站2座。"


async def test_a_section_without_facts_is_marked_whoever_writes() -> None:
    _, draft = await drafted(Scripted())
    assert text_of(draft, "problems") == "〔待补充：存在的问题及改进措施〕"
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


def invent(text: str, tries: int) -> str:
    """12公里 becomes 15公里, until the section was sent back once."""
    return text.replace("12公里", "15公里") if tries < 1 else text


async def test_a_changed_figure_goes_back_with_what_is_wrong_and_comes_right() -> None:
    writer = Scripted(spoil=invent)
    events, draft = await drafted(writer)
    assert [event.section for event in events if isinstance(event, drafting.Repairing)] == ["measures.1"]
    assert any("15公里" in fault for fault in writer.faults[0])
    assert "清理河道12公里" in text_of(draft, "measures.1")
    assert not [finding for finding in draft.findings if finding.severity == "error"]


async def test_a_figure_that_stays_wrong_is_marked_and_the_fact_is_told_after_it() -> None:
    writer = Scripted(spoil=lambda text, _: text.replace("12公里", "15公里"))
    _, draft = await drafted(writer)
    assert len(writer.faults) == drafting.REPAIRS
    assert text_of(draft, "measures.1") == "前半句，后半句。清理河道〔待核实：15公里〕。清理河道12公里。"
    assert ("15公里", "unsupported") in {(claim.text, claim.status) for claim in draft.claims}
    assert {finding.section for finding in draft.findings if finding.severity == "error"} == {"measures.1"}
    assert "grounded" in {result.id for result in draft.checklist if not result.passed}


async def test_a_figure_that_stays_wrong_can_be_cut_instead() -> None:
    writer = Scripted(spoil=lambda text, _: text.replace("12公里", "15公里"))
    _, draft = await drafted(writer, on_unsupported="cut")
    assert text_of(draft, "measures.1") == "前半句，后半句。清理河道12公里。"
    assert not [finding for finding in draft.findings if finding.severity == "error"]


async def test_a_fact_that_is_left_out_is_asked_for_and_in_the_end_told_plainly() -> None:
    writer = Scripted(spoil=lambda text, _: text.replace("举办培训班3期。", ""))
    _, draft = await drafted(writer)
    assert any("漏写了事实F2" in fault for fault in writer.faults[0])
    assert text_of(draft, "measures.2").endswith("举办培训班3期。")
    assert draft.untold == ()


async def test_a_repair_that_makes_it_worse_is_not_taken() -> None:
    def worse(text: str, tries: int) -> str:
        return text.replace("12公里", "15公里") + ("另有99人参加，罚款8万元。" if tries else "")

    _, draft = await drafted(Scripted(spoil=worse))
    assert "99人" not in text_of(draft, "measures.1")


async def test_a_writer_that_fails_during_repair_keeps_the_first_text() -> None:
    class Fails(Scripted):
        async def write(self, task: Task) -> AsyncIterator[str | Restart]:
            if task.revision:
                raise WriterError("服务没有回应")
            async for piece in super().write(task):
                yield piece

    _, draft = await drafted(Fails(spoil=lambda text, _: text.replace("12公里", "15公里")))
    assert "〔待核实：15公里〕" in text_of(draft, "measures.1")


async def test_another_sections_figure_is_sent_back() -> None:
    writer = Scripted(
        spoil=lambda text, tries: text + ("举办培训班3期。" if "12公里" in text and not tries else "")
    )
    _, draft = await drafted(writer)
    assert any("其他节的事实（F2）" in fault for fault in writer.faults[0])
    assert text_of(draft, "measures.1").count("培训班") == 0


async def test_no_invented_figure_passes_unmarked_and_no_fact_is_lost_whatever_a_model_does() -> None:
    """200 drafts; a third of the sentences with a figure have it changed, at every try anew."""
    chance = random.Random(7)

    def err(text: str, _: int) -> str:
        parts = text.split("。")
        wrong = [re.sub(r"[0-9]+", lambda m: str(int(m[0]) + chance.randint(1, 9)), part) for part in parts]
        return "。".join(w if chance.random() < 0.33 else p for w, p in zip(wrong, parts, strict=True))

    for _ in range(200):
        _, draft = await drafted(Scripted(spoil=err))
        text = "\n".join(section.text for section in draft.sections)
        plain = re.sub("〔待核实：[^〕]*〕", "", text)
        assert set(re.findall("[0-9]+", plain)) == {"12", "3", "2"}
        assert draft.untold == ()


async def test_the_exported_file_is_checked_once_more() -> None:
    _, draft = await drafted(Scripted())
    assert exporting.export(draft, TYPE)
    tampered = draft.model_copy(
        update={
            "sections": tuple(
                one.model_copy(update={"text": one.text.replace("12", "21")}) for one in draft.sections
            )
        }
    )
    with pytest.raises(DrafterError, match="不一致"):
        exporting.export(tampered, TYPE)
