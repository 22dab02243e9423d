"""Takes changes of a returned file into a draft, which is checked as after any other edit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from drafter.drafting import checked
from drafter.editing import free_id, in_order
from drafter.grounding import gate
from drafter.model import DocType, Draft, Section
from drafter.returning.compare import Change, ChangeKind
from drafter.review.parts import date_in

_STEPS: tuple[ChangeKind, ...] = (
    "title", "addressee", "unit", "date", "text", "heading", "order", "added", "stray", "removed",
)  # fmt: skip
"""The order in which changes are made: a section is gone only when nothing needs its place any more."""


class Taken(NamedTuple):
    """A draft with changes made, and their keys."""

    draft: Draft
    keys: frozenset[str]


def take(
    current: Draft,
    doctype: DocType,
    changes: Sequence[Change],
    chosen: Collection[str],
    places: Mapping[str, str] | None = None,
) -> Taken:
    """Make the changes whose keys are `chosen`, those left out that cannot be made.

    `places` says, by key, behind which section's text a stray text goes where that is not the section it
    stands behind in the file. The facts of a section that was removed or divided go where they are told now;
    those told nowhere are unplaced.
    """
    taker = _Taker(current, doctype)
    wanted = [one for one in changes if one.key in chosen and one.state in ("free", "clash")]
    for change in sorted(wanted, key=lambda one: _STEPS.index(one.kind)):
        place = (places or {}).get(change.key, change.section)
        if change.kind != "stray" or may_hold(current, place):
            taker.make(change, place)
    return Taken(taker.done(), frozenset(taker.made)) if taker.made else Taken(current, frozenset())


def may_hold(draft: Draft, section_id: str) -> bool:
    """Whether text can be put into a section: it is there, and not locked."""
    return any(one.id == section_id and not one.locked for one in draft.sections)


class _Taker:
    def __init__(self, current: Draft, doctype: DocType) -> None:
        self.draft, self.doctype = current, doctype
        self.sections = list(current.sections)
        self.made: set[str] = set()
        self._touched: list[str] = []
        self._divided: set[str] = set()
        self._released: list[str] = []
        self._last: dict[str, str] = {}

    def make(self, change: Change, place: str) -> None:
        """Make one change; numbers and facts are looked after in the end."""
        if change.kind == "text":
            self._write(change.section, change.new)
        elif change.kind == "heading":
            self._update(change.section, heading=change.new)
        elif change.kind == "order":
            self._reorder(change.order)
        elif change.kind == "added":
            self._add(change)
        elif change.kind == "stray":
            self._write(place, f"{self._section(place).text}\n{change.new}")
        elif change.kind == "removed":
            if change.section in self._touched:
                return
            self._remove(change.section)
        else:
            self._particular(change)
        self.made.add(change.key)

    def done(self) -> Draft:
        """The draft, its sections numbered, its facts where they are told, checked."""
        self._move_facts()
        draft = self.draft.model_copy(update={"sections": tuple(self.sections)})
        for spec in self._divided:
            sisters = [one for one in self.sections if one.level == 2 and one.spec == spec]
            draft = in_order(draft, self.doctype, spec, sisters)
        return checked(draft, self.doctype)

    def _particular(self, change: Change) -> None:
        """Title, addressee, unit or date: the brief's own data, which the text is checked against as well."""
        new: object = change.new
        if change.kind == "date":
            new = date_in(change.new)
        elif change.kind == "addressee":
            new = change.new.rstrip("：: ")
        self.draft = self.draft.model_copy(
            update={
                "brief": self.draft.brief.model_copy(update={change.kind: new}),
                "title": change.new if change.kind == "title" else self.draft.title,
            }
        )

    def _section(self, section_id: str) -> Section:
        return next(one for one in self.sections if one.id == section_id)

    def _update(self, section_id: str, **update: object) -> None:
        place = self.sections.index(self._section(section_id))
        self.sections[place] = self.sections[place].model_copy(update=update)

    def _write(self, section_id: str, text: str) -> None:
        section = self._section(section_id)
        self._update(section_id, text=text.strip(), stale=False)
        self._touched.append(section_id)
        if not section.written:
            self._divided.add(section.spec)

    def _reorder(self, order: Sequence[str]) -> None:
        """Put sections into this order, in the places that they have together."""
        places = sorted(self.sections.index(self._section(one)) for one in order)
        moved = [self._section(one) for one in order]
        for place, section in zip(places, moved, strict=True):
            self.sections[place] = section
        self._divided.add(moved[0].spec)

    def _add(self, change: Change) -> None:
        """Put a new level-2 section behind another, or behind the one that was put there before."""
        before = self._section(self._last.get(change.section, change.section))
        new_id = free_id(before.spec, (*self.draft.sections, *self.sections))
        new = Section(id=new_id, spec=before.spec, heading=change.heading, level=2, text=change.new)
        self.sections.insert(self.sections.index(before) + 1, new)
        self._last[change.section] = new_id
        self._touched.append(new_id)
        self._divided.add(before.spec)

    def _remove(self, section_id: str) -> None:
        gone = self._section(section_id)
        self._released += gone.facts
        self._divided.add(gone.spec)
        self.sections.remove(gone)

    def _move_facts(self) -> None:
        """Have every fact that lost its place stand where it is told now."""
        for section_id in self._touched:
            for fact_id in self._section(section_id).facts:
                if not self._tells(section_id, fact_id) and (home := self._home(fact_id)):
                    left = tuple(one for one in self._section(section_id).facts if one != fact_id)
                    self._update(section_id, facts=left)
                    self._update(home, facts=(*self._section(home).facts, fact_id))
        for fact_id in self._released:
            if home := self._home(fact_id):
                self._update(home, facts=(*self._section(home).facts, fact_id))
            else:
                self.draft = self.draft.model_copy(update={"unplaced": (*self.draft.unplaced, fact_id)})

    def _home(self, fact_id: str) -> str:
        """The first section that was written and tells a fact; empty for none."""
        return next((one for one in self._touched if self._tells(one, fact_id)), "")

    def _tells(self, section_id: str, fact_id: str) -> bool:
        brief = self.draft.brief
        return not gate.lost_facts(gate.read(self._section(section_id).text, brief), [brief.fact(fact_id)])
