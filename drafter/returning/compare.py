"""What a returned file changes in a draft, one Change a place, each to be taken or left.

The draft may have gone on since the file was exported (`base` is what the file shows, `current` what the
draft is now). What only the file changed can be taken; what only the draft changed stays; what both changed
differently is a clash: shown, and taken only when a person says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from drafter.model import DocType, Draft, Record, Section
from drafter.printed import Role, lines, paragraphs_of
from drafter.returning.match import HEADS, Found, HeadRole, Matched, Stray
from drafter.returning.texts import plain, solid
from drafter.review.parts import date_in

ChangeKind = Literal[
    "title", "addressee", "unit", "date", "heading", "text", "removed", "added", "order", "stray"
]
ChangeState = Literal["free", "locked", "clash", "fixed"]
"""Free to take; its section is locked; the draft was changed there meanwhile; not to be changed at all."""


class Change(Record):
    """A place where the file differs from the draft.

    `old` is what the draft has now, `new` what the file has; of an order, the sections' names, one a line.
    `section` is the id of the section it concerns: of an added one the section it comes behind, of stray text
    the one it stands behind, of an order the level-1 section. `base` is what the file was exported with,
    where that is not `old`.
    """

    key: str
    kind: ChangeKind
    label: str
    old: str
    new: str
    section: str = ""
    state: ChangeState = "free"
    base: str = ""
    heading: str = ""
    order: tuple[str, ...] = ()


def compare(matched: Matched, base: Draft, current: Draft, doctype: DocType) -> tuple[Change, ...]:
    """All changes, in the order of the document."""
    comparer = _Comparer(matched, base, current, doctype)
    return tuple(comparer.changes())


def printed_heads(draft: Draft) -> dict[Role, str]:
    """The first line of each role as printed, among them title, addressee, unit and date."""
    return {line.role: line.text for line in reversed(lines(draft))}


class _Comparer:
    def __init__(self, matched: Matched, base: Draft, current: Draft, doctype: DocType) -> None:
        self.matched, self.base, self.current, self.doctype = matched, base, current, doctype
        self.was = {section.id: section for section in base.sections}
        self.now = {section.id: section for section in current.sections}
        self.found = {one.section: one for one in matched.found}
        self.heads_were, self.heads_are = printed_heads(base), printed_heads(current)

    def changes(self) -> list[Change]:
        """Those of title, addressee, unit and date first, then section by section, then the rest."""
        rows = [change for role in HEADS if (change := self._head(role))]
        for section in self.base.sections:
            rows += self._of_section(section)
        rows += [self._stray(number, one) for number, one in enumerate(self.matched.strays, start=1)]
        rows += self._orders(rows)
        return rows

    def _head(self, role: HeadRole) -> Change | None:
        was, now = self.heads_were.get(role, ""), self.heads_are.get(role, "")
        new = self.matched.heads.get(role, "")
        if solid(new) in (solid(was), solid(now)) or (not new and role != "addressee"):
            return None
        state: ChangeState = "clash" if was != now else "free"
        if role == "date" and date_in(new) is None:
            state = "fixed"
        return Change(key=role, kind=role, label="", old=now, new=new, state=state, base=_other(was, now))

    def _of_section(self, was: Section) -> list[Change]:
        one = self.found.get(was.id)
        if one is None:
            return self._missing(was)
        now = self.now.get(was.id)
        text = "\n".join(one.paragraphs)
        kept = [plain(row) for row in paragraphs_of(was)] == [plain(row) for row in one.paragraphs]
        if now is None:
            return [] if kept and one.heading == was.heading else [self._homeless(was, one)]
        rows = []
        if one.heading != was.heading and one.heading != now.heading:
            rows.append(self._renamed(was, now, one))
        if not kept and text != now.text:
            rows.append(self._rewritten(was, now, text))
        return rows

    def _renamed(self, was: Section, now: Section, one: Found) -> Change:
        state = self._state(now, was.heading != now.heading)
        if now.level != 2 or not one.heading:
            state = "fixed"
        return Change(
            key=f"{was.id}:heading",
            kind="heading",
            label=self.doctype.label_of(now),
            section=was.id,
            old=now.heading,
            new=one.heading,
            state=state,
            base=_other(was.heading, now.heading),
        )

    def _rewritten(self, was: Section, now: Section, text: str) -> Change:
        return Change(
            key=was.id,
            kind="text",
            label=self.doctype.label_of(now),
            section=was.id,
            old=now.text,
            new=text,
            state=self._state(now, was.text != now.text),
            base=_other(was.text, now.text),
        )

    def _missing(self, was: Section) -> list[Change]:
        """A section of the draft that the file lacks."""
        now = self.now.get(was.id)
        if now is None:
            return []
        if now.level == 2:
            altered = (was.text, was.heading) != (now.text, now.heading)
            return [
                Change(
                    key=was.id,
                    kind="removed",
                    label=self.doctype.label_of(now),
                    section=was.id,
                    old=f"{now.printed_heading}。{now.text}",
                    new="",
                    state=self._state(now, altered),
                    base=was.text if altered else "",
                )
            ]
        rows = []
        if now.heading:
            bare = Found(section=was.id, heading="", paragraphs=(), line=0)
            rows.append(self._renamed(was, now, bare))
        if now.text:
            rows.append(self._rewritten(was, now, ""))
        return rows

    def _state(self, now: Section, altered: bool) -> ChangeState:
        return "locked" if now.locked else "clash" if altered else "free"

    def _homeless(self, was: Section, one: Found) -> Change:
        """What the file changed in a section that the draft has no more."""
        heading = f"{one.heading}。" if one.heading else ""
        return Change(
            key=f"{was.id}:gone",
            kind="stray",
            label="",
            section=self._before(was),
            old="",
            new=heading + "\n".join(one.paragraphs),
            state="clash",
        )

    def _before(self, was: Section) -> str:
        """The section that stands before one in the file and is in the draft still; empty for none."""
        rows = self.matched.found
        place = next(place for place, one in enumerate(rows) if one.section == was.id)
        return next((one.section for one in reversed(rows[:place]) if one.section in self.now), "")

    def _stray(self, number: int, one: Stray) -> Change:
        """Text that is nobody's: a new level-2 section where there can be one, else stray text."""
        after = one.after if one.after in self.now else ""
        parent = self.now.get(after)
        divided = parent is not None and self.doctype.section(parent.spec).layout == "subsections"
        if one.level == 2 and divided:
            return Change(
                key=f"new{number}",
                kind="added",
                label="",
                section=after,
                old="",
                new="\n".join(filter(None, (one.rest, *one.paragraphs))),
                heading=one.heading,
            )
        text = "\n".join(filter(None, (one.printed, *one.paragraphs)))
        return Change(key=f"stray{number}", kind="stray", label="", section=after, old="", new=text)

    def _orders(self, rows: Sequence[Change]) -> list[Change]:
        """The level-1 sections whose level-2 sections stand in another order in the file."""
        gone = {change.section for change in rows if change.kind == "removed"}
        changes = []
        for parent in self.base.sections:
            if parent.level == 2:
                continue
            was, now = (self._sisters(draft, parent.spec, gone) for draft in (self.base, self.current))
            common = [one for one in was if one in now]
            new = [one.section for one in self.matched.found if one.section in common]
            if new == common or new == [one for one in now if one in common]:
                continue
            altered = [one for one in now if one in common] != common
            locked = any(self.now[one].locked for one in common)
            changes.append(
                Change(
                    key=f"{parent.id}:order",
                    kind="order",
                    label=self.doctype.label_of(parent),
                    section=parent.id,
                    old="\n".join(self.now[one].heading for one in now if one in common),
                    new="\n".join(self.now[one].heading for one in new),
                    state="locked" if locked else "clash" if altered else "free",
                    order=tuple(new),
                )
            )
        return changes

    def _sisters(self, draft: Draft, spec: str, gone: set[str]) -> list[str]:
        return [
            one.id
            for one in draft.sections
            if one.level == 2 and one.spec == spec and one.id in self.found and one.id not in gone
        ]


def _other(was: str, now: str) -> str:
    """What a text was, where it is not that any more."""
    return was if was != now else ""
