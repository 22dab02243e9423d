"""Tasks to write, for the tests of the writers."""

from __future__ import annotations

from drafter.model import Brief, DocType, Fact, Outline, Section, SectionSpec
from drafter.writing import Task, task_for

DOCTYPE = DocType(
    id="note",
    name="情况说明",
    english="Note",
    genre="情况说明",
    title="{{ unit }}{{ topic }}{{ genre }}",
    sections=(
        SectionSpec(id="lead", label="引言", length=(40, 200), guidance="一段话，以冒号结束。"),
        SectionSpec(
            id="body",
            label="做法",
            heading="主要做法",
            layout="subsections",
            default=True,
            needs="主要做法",
            length=(40, 400),
        ),
        SectionSpec(
            id="next",
            label="打算",
            heading="下一步打算",
            needs="下一步打算",
            length=(40, 300),
            guidance="分条写打算。",
        ),
    ),
    checklist=(),
)

FACTS = (
    Fact(id="F1", text="举办消防演练12场，参加人员超过800人次", topic="演练", kind="work"),
    Fact(id="F2", text="印发《楼道安全须知》近3000份", topic="演练", kind="work"),
    Fact(id="F3", text="排查老旧小区46个", topic="排查", kind="work"),
    Fact(id="F4", text="明年新建微型消防站5个", kind="plan"),
)


def brief(*facts: Fact, **more: object) -> Brief:
    """A brief with these facts, or the usual ones."""
    given = {"unit": "某区应急管理局", "period": "2025年", "topic": "消防安全", "leaders": ("区委",), **more}
    return Brief.model_validate({"doctype": "note", "facts": facts or FACTS, **given})


OUTLINE = Outline(
    doctype="note",
    title="某区应急管理局2025年消防安全情况说明",
    sections=(
        Section(id="lead", spec="lead"),
        Section(id="body", spec="body", number="一、", heading="主要做法", level=1, written=False),
        Section(
            id="body.1",
            spec="body",
            number="（一）",
            heading="强化演练，提升能力",
            level=2,
            facts=("F1", "F2"),
        ),
        Section(
            id="body.2", spec="body", number="（二）", heading="深入排查，消除隐患", level=2, facts=("F3",)
        ),
        Section(id="next", spec="next", number="二、", heading="下一步打算", level=1, facts=("F4",)),
    ),
)


def task(section: str = "body.1", of: Brief | None = None) -> Task:
    """The task of writing one section of OUTLINE."""
    chosen = next(part for part in OUTLINE.sections if part.id == section)
    return task_for(of or brief(), DOCTYPE, OUTLINE, chosen)


PROSE = "一是举办消防演练12场，参加人员超过800人次。二是印发《楼道安全须知》近3000份。"
"""What the scripted server's model writes of «body.1»."""
