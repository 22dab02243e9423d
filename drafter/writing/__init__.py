"""Writers: each turns one section of the outline and its facts into formal prose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal, Protocol

from drafter.model import Brief, DocType, Fact, Outline, Record, Section, SectionSpec


class Revision(Record):
    """A text that is to be written again: as it stands, and what is wrong with it, a sentence each, or how an
    editor wants it (`instruction`).
    """

    text: str
    faults: tuple[str, ...] = ()
    instruction: str = ""


class Task(Record):
    """All that a writer needs for one section. `facts` are the section's own, in the order of the outline.

    `revision` is given when the section was written before and is to be mended. `wants` tells whether the
    section's prose is to be written or a heading for it.
    """

    brief: Brief
    doctype: DocType
    outline: Outline
    section: Section
    spec: SectionSpec
    facts: tuple[Fact, ...]
    revision: Revision | None = None
    wants: Literal["prose", "heading"] = "prose"


def task_for(brief: Brief, doctype: DocType, outline: Outline, section: Section) -> Task:
    """The task of writing `section`."""
    return Task(
        brief=brief,
        doctype=doctype,
        outline=outline,
        section=section,
        spec=doctype.section(section.spec),
        facts=tuple(brief.fact(fact_id) for fact_id in section.facts),
    )


class Restart(Record):
    """Yielded in place of text: what the section has so far is void, it is written anew from the start."""


class Waiting(Record):
    """Yielded in place of text: the request waits its turn. `place` 1 = next, 0 = its turn has come."""

    place: int


class HandedOver(Record):
    """Yielded in place of text: another writer, called `writer`, goes on with this section, and why."""

    writer: str
    why: str


Piece = str | Restart | Waiting | HandedOver
"""What a writer yields."""


class SectionWriter(Protocol):
    """The template writer and the LLM writer are equals behind this.

    `name` is what the draft records as its writer. `revises` tells whether it can mend a text that has faults
    (Task.revision); the template writer, which has one text for a brief, cannot. `tokens` is what it has used
    so far, as its endpoint reports it, `cost` what that costs in yuan, None when it is unknown. `write`
    yields the text of the section piece by piece, as it comes, paragraphs separated by one newline, and in
    between what is to be known of it. It raises WriterError when there is no text to be had.
    """

    @property
    def name(self) -> str: ...

    @property
    def revises(self) -> bool: ...

    @property
    def tokens(self) -> int: ...

    @property
    def cost(self) -> float | None: ...

    def write(self, task: Task) -> AsyncIterator[Piece]: ...
