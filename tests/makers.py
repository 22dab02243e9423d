"""Small makers of model objects for tests."""

from __future__ import annotations

import datetime

from drafter import doctypes
from drafter.drafting import finish, unsupported
from drafter.model import Brief, DocType, Draft, Fact
from drafter.outline import build_outline
from drafter.writing import task_for
from drafter.writing.template import compose


def brief_of(*facts: str | dict[str, str], **fields: object) -> Brief:
    """A brief of a made-up bureau with these facts; `fields` replace its other data."""
    given: dict[str, object] = {
        "doctype": "work-summary",
        "unit": "某市水务局",
        "period": "2025年",
        "topic": "河湖管护",
        "basis": ("《关于报送河湖管护工作总结的通知》",),
        "date": datetime.date(2025, 12, 5),
    }
    made = [{"text": fact} if isinstance(fact, str) else fact for fact in facts]
    return Brief(
        **{**given, **fields},  # type: ignore[arg-type]
        facts=tuple(Fact(id=f"F{place}", **fact) for place, fact in enumerate(made, start=1)),  # type: ignore[arg-type]
    )


def template_draft(brief: Brief) -> tuple[Draft, DocType]:
    """The draft that the template writer makes of a brief, with its type."""
    doctype = doctypes.load(brief.doctype)
    outline = build_outline(brief, doctype)
    texts = {
        section.id: unsupported(doctype, section) or compose(task_for(brief, doctype, outline, section))
        for section in outline.sections
        if section.written
    }
    return finish(brief, doctype, outline, "template", texts), doctype
