"""A heading that a writer proposes for a level-2 section, on request; what it claims is checked."""

from __future__ import annotations

import re

from drafter.errors import WriterError
from drafter.grounding.ledger import check
from drafter.model import DocType, Draft, Section
from drafter.outline import outline_of
from drafter.writing import Restart, SectionWriter, Task, task_for
from drafter.writing.sent import admit

FEWEST, MOST = 4, 30
"""Characters that a heading may have."""

LABEL = re.compile(r"^[（(第]?[0-9一二三四五六七八九十]+[节）)、.．：:]+\s*")
MARKS = ' 　。“”"'


def task_of(draft: Draft, doctype: DocType, section: Section) -> Task:
    """The task of heading `section`, a section of `draft`, whose present heading is not shown."""
    bare = section.model_copy(update={"heading": ""})
    sections = tuple(bare if one.id == section.id else one for one in draft.sections)
    outline = outline_of(draft).model_copy(update={"sections": sections})
    return task_for(draft.brief, doctype, outline, bare).model_copy(update={"wants": "heading"})


async def suggest(draft: Draft, doctype: DocType, writer: SectionWriter, section_id: str) -> str:
    """A heading that the writer proposes for a level-2 section from its facts; it claims nothing else.

    Raises WriterError when there is none to be had, KeyError for an unknown section.
    """
    section = next((one for one in draft.sections if one.id == section_id), None)
    if section is None:
        raise KeyError(section_id)
    if not writer.revises or not section.facts:
        raise WriterError("这一节没有事实，拟不出标题", mend="请先放入事实，或自己写一个标题")
    admit(writer, draft.brief)
    heading = await _answer(task_of(draft, doctype, section), writer)
    if not FEWEST <= len(heading) <= MOST or check([heading], draft.brief).open:
        raise WriterError("模型拟的标题不合用", mend="请重试，或自己写一个标题")
    return heading


async def _answer(task: Task, writer: SectionWriter) -> str:
    """The first line of the writer's answer, without number and marks; empty where there is none."""
    pieces: list[str] = []
    async for piece in writer.write(task):
        if isinstance(piece, Restart):
            pieces.clear()
        elif isinstance(piece, str):
            pieces.append(piece)
    lines = (LABEL.sub("", line.strip(MARKS)).strip(MARKS) for line in "".join(pieces).split("\n"))
    return next(filter(None, lines), "")
