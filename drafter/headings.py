"""Level-2 headings that a writer thinks out from the facts. What it proposes is checked; a person's own
headings, and those whose form the document type prescribes, are never touched.
"""

from __future__ import annotations

import re

from drafter.errors import WriterError
from drafter.grounding.ledger import check
from drafter.model import Brief, DocType, Draft, Outline, Section
from drafter.outline import build_outline, shown_in
from drafter.writing import Restart, SectionWriter, Task
from drafter.writing.prompts import unheaded
from drafter.writing.sent import admit

MOST = 30
"""Characters that a heading may have."""

FEWEST = 2
"""From this many headings on, a document's are asked for."""

ID = "headings"
"""What stands for a section's id where headings are asked for."""

CLAUSES = re.compile("([\u4e00-\u9fff]{3,10})，([\u4e00-\u9fff]{3,10})")
UNEVEN = 2
"""By how many characters two clauses may differ and still balance."""

LABEL = re.compile(r"^[（(第]?[0-9一二三四五六七八九十]+[节）)、.．：:]+\s*")
MARKS = ' 　。“”"'


def derived(brief: Brief, doctype: DocType, outline: Outline) -> tuple[Section, ...]:
    """The level-2 sections whose headings are the program's own, in two clauses."""
    own = {section.id: section.heading for section in build_outline(brief, doctype).sections}
    given = {fact.topic for fact in brief.facts}
    return tuple(
        section
        for section in outline.sections
        if section.level == 2
        and section.facts
        and section.heading == own.get(section.id)
        and section.heading not in given
        and "，" in section.heading
    )


def task_of(brief: Brief, doctype: DocType, outline: Outline, sections: tuple[Section, ...]) -> Task:
    """The task of heading these level-2 sections of the outline."""
    asked = {section.id for section in sections}
    bare = tuple(
        section.model_copy(update={"heading": ""}) if section.id in asked else section
        for section in outline.sections
    )
    facts = tuple(fact for section in sections for fact in section.facts)
    return Task(
        brief=brief,
        doctype=doctype,
        outline=outline.model_copy(update={"sections": bare}),
        section=Section(id=ID, spec=sections[0].spec, level=2, facts=facts),
        spec=doctype.section(sections[0].spec),
        facts=tuple(brief.fact(fact) for fact in facts),
        wants="headings",
    )


def document_task(brief: Brief, doctype: DocType, outline: Outline, writer: SectionWriter) -> Task | None:
    """The task of heading all sections of a document that have no heading of a person's; None where they are
    too few, or the writer thinks out none.
    """
    sections = derived(brief, doctype, outline) if getattr(writer, "heads", False) else ()
    return task_of(brief, doctype, outline, sections) if len(sections) >= FEWEST else None


async def headed(task: Task, outline: Outline, writer: SectionWriter) -> Outline:
    """The outline with what the writer proposes for the sections of `task`, where it fits; an answer that
    does not hold one line a section changes nothing. Raises WriterError.
    """
    asked = unheaded(task)
    lines = await _answer(task, writer)
    if len(lines) != len(asked):
        return outline
    built_in = {section.id: section.heading for section in outline.sections}
    used = {clause for section in task.outline.sections for clause in section.heading.split("，")}
    chosen: dict[str, str] = {}
    for section, line in zip(asked, lines, strict=True):
        clauses = set(line.split("，"))
        if fits(line, section, task.brief) and not clauses & used:
            chosen[section.id] = line
            used |= clauses
    for section in asked:
        if section.id not in chosen and built_in[section.id] in chosen.values():
            return outline
    return outline.model_copy(
        update={
            "sections": tuple(
                section.model_copy(update={"heading": chosen.get(section.id, section.heading)})
                for section in outline.sections
            )
        }
    )


def fits(heading: str, section: Section, brief: Brief) -> bool:
    """Whether a proposed heading has two balanced clauses, says something of the section's facts, and claims
    nothing that no fact supports.
    """
    clauses = CLAUSES.fullmatch(heading)
    if not clauses or abs(len(clauses[1]) - len(clauses[2])) > UNEVEN:
        return False
    facts = [brief.fact(fact) for fact in section.facts]
    words = [text for fact in facts for text in (fact.text, fact.topic or "")]
    return bool(shown_in(heading, words)) and not check([heading], brief).open


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
    outline = Outline(doctype=doctype.id, title=draft.title, sections=draft.sections, unplaced=draft.unplaced)
    lines = await _answer(task_of(draft.brief, doctype, outline, (section,)), writer)
    heading = lines[0] if lines else ""
    if not 4 <= len(heading) <= MOST or check([heading], draft.brief).open:
        raise WriterError("模型拟的标题不合用", mend="请重试，或自己写一个标题")
    return heading


async def _answer(task: Task, writer: SectionWriter) -> list[str]:
    """The lines of the writer's answer, each without number and marks."""
    pieces: list[str] = []
    async for piece in writer.write(task):
        if isinstance(piece, Restart):
            pieces.clear()
        elif isinstance(piece, str):
            pieces.append(piece)
    lines = (LABEL.sub("", line.strip(MARKS)).strip(MARKS) for line in "".join(pieces).split("\n"))
    return [line for line in lines if line]
