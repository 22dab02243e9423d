"""What a brief may hold, as people give it, before ids are set."""

from __future__ import annotations

from datetime import date as Date
from typing import Annotated

from pydantic import BeforeValidator, Field

from drafter.intake.dates import read_date
from drafter.intake.official import OfficialEntry, Printed
from drafter.intake.tables import caption_from, naming
from drafter.model import Fact, FactKind, Record, Table
from drafter.yaml_lines import Tree

MAX_FACTS = 2000
MAX_FACT_CHARS = 2000
MAX_FIELD_CHARS = 200


def fact_text(text: str) -> str:
    """A fact in one line, without the mark that ends its sentence or list item."""
    return text.strip().rstrip("；;，,、。 ")


FieldText = Annotated[str, Field(max_length=MAX_FIELD_CHARS)]
ListText = Annotated[str, Field(min_length=1, max_length=MAX_FIELD_CHARS)]


class FactEntry(Record):
    """One fact of a brief file."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_FACT_CHARS)]
    topic: FieldText | None = None
    section: FieldText | None = None
    kind: FactKind | None = None
    source: FieldText | None = None
    table: Printed = None
    caption: FieldText = ""


class FactList(Record):
    """The facts of a brief file, in order."""

    facts: Annotated[tuple[FactEntry, ...], Field(max_length=MAX_FACTS)]


class BriefFile(FactList):
    """A brief file: the fields of a Brief, facts still without ids."""

    doctype: FieldText
    unit: FieldText
    period: FieldText = ""
    topic: FieldText = ""
    title: FieldText = ""
    addressee: FieldText = ""
    leaders: tuple[ListText, ...] = ()
    basis: tuple[ListText, ...] = ()
    date: Annotated[Date | None, BeforeValidator(read_date)] = None
    official: OfficialEntry = OfficialEntry()


def facts_of(given: FactList, tree: Tree) -> tuple[Fact, ...]:
    """The facts with ids F1, F2 … and the lines they stand in; tables are numbered in the same order."""
    facts, tables = [], 0
    for index, entry in enumerate(given.facts):
        fields = entry.model_dump(exclude={"table"})
        if entry.table is not None:
            tables += 1
            fields["table"] = Table(rows=entry.table.rows, number=tables)
            fields["caption"] = entry.caption or caption_from(entry.text, entry.topic or "")
            fields["text"] = naming(entry.text, tables)
        facts.append(Fact(id=f"F{index + 1}", line=tree.line(("facts", index)), **fields))
    return tuple(facts)
