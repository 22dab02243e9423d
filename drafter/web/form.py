"""What stands in the form, and the Brief it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date as Date
from typing import Any, get_args

from drafter.errors import InputError
from drafter.intake import clean, facts_from_text
from drafter.intake.dates import read_date
from drafter.intake.official import markdown_rows
from drafter.model import Brief, DocType, Fact, FactKind, Official, Record
from drafter.printed import printed_date
from drafter.web.official_form import FORMATS, OFFICIAL_FIELDS, official_fields, official_of
from drafter.web.words import Words

FIELDS = (
    "doctype", "unit", "period", "topic", "date", "basis", "leaders", "addressee", "title",
    *OFFICIAL_FIELDS, "facts",
)  # fmt: skip
"""The fields of the form in the order of the page; each is a str."""

UNCONFIRMED = "〔待确认〕"
"""What stands behind a fact that was taken over from an older document."""

KINDS: tuple[FactKind, ...] = get_args(FactKind)

Corrections = dict[str, dict[str, str]]
"""What the person chose for a fact, by the fact's text: {"section": id, "kind": kind}; else automatic."""


class Form(Record):
    """The form as typed. Nothing in it is checked until `brief` is asked for."""

    doctype: str = ""
    unit: str = ""
    period: str = ""
    topic: str = ""
    date: str = ""
    basis: str = ""
    leaders: str = ""
    addressee: str = ""
    title: str = ""
    copy_format: str = FORMATS[0]
    mark: str = ""
    number: str = ""
    signers: str = ""
    serial: str = ""
    secrecy: str = ""
    urgency: str = ""
    issuers: str = ""
    attachments: str = ""
    note: str = ""
    cc: str = ""
    print_by: str = ""
    print_date: str = ""
    facts: str = ""

    def sketch(self, doctype: DocType, corrections: Corrections) -> Brief:
        """The brief as far as it goes, for an outline while typing: an unreadable date is left out."""
        try:
            day = date_of(self.date)
        except ValueError:
            day = None
        try:
            official = self.official()
        except InputError:
            official = Official()
        facts = facts_from_text(self.facts, doctype)
        return Brief(
            doctype=doctype.id,
            unit=clean(self.unit),
            period=clean(self.period),
            topic=clean(self.topic),
            title=clean(self.title),
            addressee=clean(self.addressee),
            leaders=tuple(part for part in re.split(r"[\n、，；]", clean(self.leaders)) if part.strip()),
            basis=tuple(line.strip() for line in clean(self.basis).splitlines() if line.strip()),
            date=day,
            official=official,
            facts=tuple(corrected(fact, corrections, doctype) for fact in facts),
        )

    def official(self) -> Official:
        """What the folded step says. Raises InputError for a field that cannot be understood."""
        return official_of({name: getattr(self, name) for name in OFFICIAL_FIELDS})

    def brief(self, doctype: DocType, corrections: Corrections, words: Words) -> Brief:
        """The brief to write from. Raises InputError that names the fields still empty, or the wrong date."""
        brief = self.sketch(doctype, corrections)
        missing = [] if brief.unit else [words("field.unit")]
        if not brief.facts:
            missing.append(words("step.facts"))
        if missing:
            raise InputError(words("error.fields", names="、".join(missing)))
        if self.date.strip() and brief.date is None:
            raise InputError(words("error.date", text=self.date.strip()))
        self.official()
        return brief


def form_of(brief: Brief) -> Form:
    """The form that shows `brief`; what a fact names for itself is in `corrections_of`."""
    return Form(
        doctype=brief.doctype,
        unit=brief.unit,
        period=brief.period,
        topic=brief.topic,
        date=printed_date(brief.date) if brief.date else "",
        basis="\n".join(brief.basis),
        leaders="\n".join(brief.leaders),
        addressee=brief.addressee,
        title=brief.title,
        **official_fields(brief.official),
        facts=facts_text(brief.facts),
    )


def as_new(brief: Brief) -> tuple[Form, Corrections]:
    """The form of a new document that starts from an old one: its facts come over to be confirmed.

    Period and date are left empty. Each fact bears UNCONFIRMED until a person takes it away; a document that
    still holds it is not finished.
    """
    facts = tuple(fact.model_copy(update={"text": fact.text + UNCONFIRMED}) for fact in brief.facts)
    official = brief.official.model_copy(update={"number": "", "serial": "", "print_date": None})
    given = {"facts": facts, "period": "", "date": None, "title": "", "official": official}
    new = brief.model_copy(update=given)
    return form_of(new), corrections_of(new)


def corrections_of(brief: Brief) -> Corrections:
    """The sections and kinds that the facts of a brief state, as choices made by the person."""
    stated = {fact.text: {"section": fact.section or "", "kind": fact.kind or ""} for fact in brief.facts}
    return {text: {name: value for name, value in given.items() if value} for text, given in stated.items()}


def facts_text(facts: tuple[Fact, ...]) -> str:
    """The facts as one types them: ungrouped ones first, then «# 主题» and its facts."""
    topics = dict.fromkeys(fact.topic or "" for fact in facts)
    lines: list[str] = []
    for topic in sorted(topics, key=bool):
        lines += [f"# {topic}"] * bool(topic)
        for fact in facts:
            if (fact.topic or "") == topic:
                lines += [fact.text, markdown_rows(fact.table)] if fact.table else [fact.text]
    return "\n".join(lines)


def corrected(fact: Fact, corrections: Corrections, doctype: DocType) -> Fact:
    """`fact` with the section and kind chosen for its text; choices the type does not know are dropped."""
    choice = corrections.get(fact.text, {})
    given: dict[str, Any] = {}
    if choice.get("section") in {spec.id for spec in doctype.sections}:
        given["section"] = choice["section"]
    if choice.get("kind") in KINDS:
        given["kind"] = choice["kind"]
    return fact.model_copy(update=given)


def choose(corrections: Corrections, change: Mapping[str, str]) -> Corrections:
    """`corrections` after a choice {"fact": text, "field": "section"|"kind", "value": id or ""}."""
    name = change["field"]
    if name not in ("section", "kind"):
        return corrections
    choice = {**corrections.get(change["fact"], {}), name: change["value"]}
    return {**corrections, change["fact"]: {key: value for key, value in choice.items() if value}}


def date_of(text: str) -> Date | None:
    """The date a person wrote, as intake reads it; None for no text. Raises ValueError for no date."""
    day = read_date(text.strip()) if text.strip() else None
    if day is not None and not isinstance(day, Date):
        raise ValueError(text)
    return day


def file_name(title: str, fallback: str, ending: str = ".docx") -> str:
    """A file's name made of the title that every system accepts; at most 80 characters before the ending."""
    stem = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]', "", title).strip(" .")[:80]
    return f"{stem or fallback}{ending}"
