"""The HTML of the editing pages, from Jinja2 files in html/."""

from __future__ import annotations

from collections.abc import Sequence

from drafter import editing
from drafter.accounts.model import Person
from drafter.editing import Hunk
from drafter.model import DocType, Draft, Record, Section
from drafter.printed import printed_date
from drafter.returning.importing import Import
from drafter.store import Remark, Saved, Step, Summary
from drafter.web.views import Piece, proven, render, status
from drafter.web.words import Words
from drafter.writing.sent import Sent

__all__ = [
    "about",
    "coming",
    "compared",
    "history",
    "listed",
    "paper",
    "proposal",
    "remarks",
    "returned",
    "saved_line",
    "status",
    "verdict",
]


class Card(Record):
    """One section as the editor sees it."""

    section: Section
    label: str
    paragraphs: tuple[tuple[Piece, ...], ...]
    current: bool
    open_claims: int
    remarks: tuple[Remark, ...] = ()


def paper(
    draft: Draft,
    doctype: DocType,
    current: str,
    words: Words,
    draft_id: str,
    remarks: Sequence[Remark] = (),
) -> str:
    """The whole document, one card a section; the section in hand is marked, open remarks stand at theirs."""
    prose = proven(draft, words)
    wrong: dict[str, int] = {}
    for finding in draft.findings:
        if finding.section and finding.rule.startswith("grounding."):
            wrong[finding.section] = wrong.get(finding.section, 0) + 1
    cards = [
        Card(
            section=section,
            label=doctype.label_of(section),
            paragraphs=prose.get(section.id, ()),
            current=section.id == current,
            open_claims=wrong.get(section.id, 0),
            remarks=tuple(one for one in remarks if one.section == section.id and not one.settled),
        )
        for section in draft.sections
    ]
    return render(
        "edit_paper.html",
        words,
        draft=draft,
        draft_id=draft_id,
        cards=cards,
        current=current,
        day=printed_date(draft.brief.date) if draft.brief.date else "",
    )


def verdict(draft: Draft, words: Words) -> str:
    """Whether the document is complete, in one sentence, and its checklist."""
    missing = sum(item.required and not item.passed for item in draft.checklist)
    return render(
        "verdict.html",
        words,
        draft=draft,
        missing=missing,
        passed=sum(item.passed for item in draft.checklist),
    )


def remarks(given: Sequence[Remark], draft: Draft, doctype: DocType, words: Words) -> str:
    """All remarks with their sections."""
    labels = {section.id: doctype.label_of(section) for section in draft.sections}
    return render("remarks.html", words, remarks=given, labels=labels)


def about(
    draft: Draft, doctype: DocType, section: Section, words: Words, remarks: Sequence[Remark] = ()
) -> str:
    """The section in hand: its name and state, its facts and where each could go, what is wrong with it."""
    places = [(one.id, doctype.label_of(one)) for one in draft.sections if one.written]
    facts = [draft.brief.fact(fact_id) for fact_id in (*section.facts, *draft.unplaced)]
    return render(
        "about.html",
        words,
        section=section,
        label=doctype.label_of(section),
        facts=facts,
        unplaced=set(draft.unplaced),
        places=places,
        elsewhere=[fact for fact in draft.brief.facts if fact not in facts],
        remarks=[one for one in remarks if one.section == section.id and not one.settled],
        findings=[finding for finding in draft.findings if finding.section == section.id],
    )


def proposal(row: Sequence[Hunk], faults: Sequence[str], words: Words) -> str:
    """A new text beside the old: every change with a box to take it or leave it, and what the facts say
    against it.
    """
    return render("proposal.html", words, hunks=list(enumerate(row)), faults=faults)


def coming(text: str, words: Words) -> str:
    """A new text while it is being written."""
    return render("coming.html", words, text=text)


def compared(old: Saved, new: Saved, words: Words) -> str:
    """What changed in the document from one revision to another, section by section."""
    before = {section.id: section for section in old.draft.sections}
    after = {section.id: section for section in new.draft.sections}
    changes = []
    for section_id in dict.fromkeys((*before, *after)):
        first, second = (
            f"{one.printed_heading}\n{one.text}".strip() if (one := side.get(section_id)) else ""
            for side in (before, after)
        )
        if first != second:
            changes.append(editing.hunks(first, second))
    return render("compared.html", words, old=old, new=new, changes=changes)


def returned(one: Import, doctype: DocType, words: Words) -> str:
    """What a returned file changes, each place with a box to take it or leave it; what people tracked and
    said in it.
    """
    changes = [
        (
            change,
            editing.hunks(change.old, change.new),
            editing.hunks(change.base, change.old) if change.base else (),
        )
        for change in one.changes
    ]
    sections = one.saved.draft.sections
    return render(
        "returned.html",
        words,
        one=one,
        changes=changes,
        labels={section.id: doctype.label_of(section) for section in sections},
        places=[(section.id, doctype.label_of(section)) for section in sections if not section.locked],
    )


def history(revisions: Sequence[Step], words: Words) -> str:
    """All revisions, the newest first, each with a way to compare and to restore it."""
    return render("history.html", words, revisions=revisions)


def sent(requests: Sequence[Sent], draft: Draft, doctype: DocType, words: Words) -> str:
    """Every request that left for a model service elsewhere, as it left."""
    labels = {section.id: doctype.label_of(section) for section in draft.sections}
    return render("sent.html", words, sent=requests, labels=labels)


def listed(
    drafts: Sequence[Summary],
    deleted: Sequence[Summary],
    names: dict[str, str],
    words: Words,
    person: Person,
) -> str:
    """The drafts as a table, the recently deleted ones below it, and what the person may do with them."""
    return render("drafts.html", words, drafts=drafts, deleted=deleted, names=names, may=person.may)


def saved_line(saved: Saved, words: Words) -> str:
    """«已保存 10:42», in the time of this machine."""
    return words("edit.saved", time=saved.written.astimezone().strftime("%H:%M"))
