"""The heading that a writer proposes on request: what is asked, what is taken, what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from drafter import doctypes, headings
from drafter.errors import WriterError
from drafter.writing import Restart, Task
from tests.makers import brief_of, template_draft

TYPE = doctypes.load("work-summary")
DRAFT, _ = template_draft(
    brief_of({"text": "清理河道12公里", "topic": "河道保洁"}, {"text": "举办培训班3期", "topic": "培训"})
)
GOOD = "狠抓河道清理，守护一河清水"


class Headed:
    """A writer that answers with these pieces; it keeps what it was asked."""

    name = "headed"
    revises = True
    tokens = 0
    cost = None

    def __init__(self, *pieces: str | Restart) -> None:
        self.pieces = pieces
        self.asked: list[Task] = []

    async def write(self, task: Task) -> AsyncIterator[str | Restart]:
        self.asked.append(task)
        for piece in self.pieces:
            yield piece


async def test_a_heading_is_asked_for_with_the_sections_facts_and_without_its_present_heading() -> None:
    writer = Headed(GOOD)
    assert await headings.suggest(DRAFT, TYPE, writer, "measures.1") == GOOD
    [asked] = writer.asked
    assert asked.wants == "heading"
    assert [fact.id for fact in asked.facts] == ["F1"]
    assert [one.id for one in asked.outline.sections if one.level == 2 and not one.heading] == ["measures.1"]


@pytest.mark.parametrize(
    "pieces",
    [
        (f"“{GOOD}。”\n说明",),
        (f"1. {GOOD}",),
        (f"（一）{GOOD}。",),
        ("清理河道", Restart(), *GOOD),
        ("抓好河道保洁",),
    ],
    ids=["marks", "label", "number", "begun anew", "one clause"],
)
async def test_number_and_marks_about_a_heading_are_taken_off(pieces: tuple[str | Restart, ...]) -> None:
    made = await headings.suggest(DRAFT, TYPE, Headed(*pieces), "measures.1")
    assert made in (GOOD, "抓好河道保洁")


@pytest.mark.parametrize(
    "bad", ["", "清理河道15公里，守护一河清水", "落实《河道条例》，守护清水", "长" * 40, "河道"]
)
async def test_a_heading_that_claims_something_or_is_none_is_refused(bad: str) -> None:
    with pytest.raises(WriterError, match="标题"):
        await headings.suggest(DRAFT, TYPE, Headed(bad), "measures.1")


async def test_headings_of_no_section_or_of_one_without_facts_cannot_be_had() -> None:
    with pytest.raises(KeyError):
        await headings.suggest(DRAFT, TYPE, Headed(GOOD), "measures.9")
    with pytest.raises(WriterError, match="没有事实"):
        await headings.suggest(DRAFT, TYPE, Headed(GOOD), "situation")
