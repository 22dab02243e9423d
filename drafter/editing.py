"""Changes an editor makes to a draft: each takes a draft and gives the changed one, checked anew.

Pure: nothing is stored here and no model is asked. A section whose outline changed is `stale`: its text no
longer tells just its facts and is to be written again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import count
from typing import Literal

from drafter.drafting import checked
from drafter.errors import InputError
from drafter.grounding import gate
from drafter.model import DocType, Draft, Record, Section
from drafter.outline import label_number

Direction = Literal["up", "down"]

TOKEN = re.compile(r"[0-9][0-9,.]*[%％]?|[A-Za-z]+|.", re.DOTALL)
ISLAND = 2
"""Unchanged stretches of at most this many characters between two changes are read as part of the change."""


class Hunk(Record):
    """A stretch of a text and of its new version; the same in both where nothing changed."""

    old: str
    new: str

    @property
    def changed(self) -> bool:
        """Whether the versions differ here."""
        return self.old != self.new


def hunks(old: str, new: str) -> tuple[Hunk, ...]:
    """The difference of two texts as a person reads it: by characters, but never inside a number or a word.

    Joining `old` of all hunks gives the old text, joining `new` the new one.
    """
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    row: list[Hunk] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        piece = Hunk(old="".join(before[i:j]), new="".join(after[k:m]))
        last = row[-1] if row else None
        island = (
            tag == "equal" and len(piece.old) <= ISLAND and last is not None and bool(k) and m < len(after)
        )
        if last is not None and (last.changed and (piece.changed or island)):
            row[-1] = Hunk(old=last.old + piece.old, new=last.new + piece.new)
        else:
            row.append(piece)
    return tuple(row)


def accepted(row: Sequence[Hunk], places: Collection[int]) -> str:
    """The text with the changes at `places` (indexes of hunks) taken and the others left as they were."""
    return "".join(hunk.new if place in places else hunk.old for place, hunk in enumerate(row))


def faults(draft: Draft, section_id: str, text: str) -> list[str]:
    """What the facts say against a text for a section, a sentence each."""
    section = section_of(draft, section_id)
    return gate.faults(text, draft.brief, [draft.brief.fact(fact_id) for fact_id in section.facts])


def section_of(draft: Draft, section_id: str) -> Section:
    """The section with this id. Raises InputError when the draft has none (any more)."""
    for section in draft.sections:
        if section.id == section_id:
            return section
    raise InputError("这一节已不在文稿中", mend="请刷新页面")


def changed(draft: Draft, doctype: DocType, *replaced: Section) -> Draft:
    """The draft with these sections in place of those with their ids, checked anew."""
    by_id = {section.id: section for section in replaced}
    sections = tuple(by_id.get(section.id, section) for section in draft.sections)
    return checked(draft.model_copy(update={"sections": sections}), doctype)


def filled(
    draft: Draft,
    base: Draft,
    doctype: DocType,
    texts: Mapping[str, str],
    failures: Mapping[str, str],
    writer: str,
) -> Draft:
    """The draft with texts (section id → prose) that `writer` made for it as it was at `base`.

    What a person has written, locked or removed since stays as they have it; a section whose facts changed
    meanwhile is stale.
    """
    before = {section.id: section for section in base.sections}

    def fill(section: Section) -> Section:
        known = before.get(section.id)
        if section.id not in texts or known is None or section.locked or section.text != known.text:
            return section
        stale = section.facts != known.facts
        return section.model_copy(update={"text": texts[section.id].strip(), "stale": stale})

    sections = tuple(fill(section) for section in draft.sections)
    return checked(draft.model_copy(update={"sections": sections, "writer": writer}), doctype, failures)


def with_text(draft: Draft, doctype: DocType, section_id: str, text: str) -> Draft:
    """The draft with another text of a section. Raises InputError when the section is locked."""
    section = unlocked(draft, section_id)
    return changed(draft, doctype, section.model_copy(update={"text": text.strip(), "stale": False}))


def unlocked(draft: Draft, section_id: str) -> Section:
    """The section, if it may be changed. Raises InputError when it is locked."""
    section = section_of(draft, section_id)
    if section.locked:
        raise InputError("这一节已锁定", mend="请先解锁")
    return section


def with_lock(draft: Draft, doctype: DocType, section_id: str, locked: bool) -> Draft:
    """The draft with a section locked or unlocked."""
    section = section_of(draft, section_id)
    return changed(draft, doctype, section.model_copy(update={"locked": locked}))


def with_heading(draft: Draft, doctype: DocType, section_id: str, heading: str) -> Draft:
    """The draft with another heading of a level-2 section. Raises InputError for an empty or other one."""
    section = unlocked(draft, section_id)
    heading = heading.strip().rstrip("。")
    if section.level != 2 or not heading:
        raise InputError("只有二级标题可以改，且不能为空", mend="请写一个短语作标题")
    return changed(draft, doctype, section.model_copy(update={"heading": heading}))


def moved(draft: Draft, doctype: DocType, section_id: str, direction: Direction) -> Draft:
    """The draft with a level-2 section one place up or down among its sisters; numbers follow."""
    section = unlocked(draft, section_id)
    sisters = [one for one in draft.sections if one.level == 2 and one.spec == section.spec]
    place = sisters.index(section) if section in sisters else -1
    other = place + (1 if direction == "down" else -1)
    if place < 0 or not 0 <= other < len(sisters):
        return draft
    sisters[place], sisters[other] = sisters[other], sisters[place]
    return numbered(draft, doctype, section.spec, sisters)


def removed(draft: Draft, doctype: DocType, section_id: str) -> Draft:
    """The draft without a level-2 section; its facts are unplaced until they are moved elsewhere."""
    section = unlocked(draft, section_id)
    if section.level != 2:
        raise InputError("只有二级标题可以删除", mend="一级标题由文种规定")
    sisters = [
        one for one in draft.sections if one.level == 2 and one.spec == section.spec and one != section
    ]
    draft = draft.model_copy(update={"unplaced": (*draft.unplaced, *section.facts)})
    return numbered(draft, doctype, section.spec, sisters)


def free_id(spec: str, sections: Iterable[Section]) -> str:
    """An id that no section has, for a new level-2 section of a level-1 section."""
    taken = {one.id for one in sections}
    return next(one for n in count(1) if (one := f"{spec}.{n}") not in taken)


def added(draft: Draft, doctype: DocType, spec: str, heading: str) -> Draft:
    """The draft with a new, empty level-2 section at the end of a level-1 section that has such."""
    if doctype.section(spec).layout != "subsections" or not heading.strip():
        raise InputError("这一部分不设二级标题，或标题为空", mend="请选择有二级标题的部分，并写出标题")
    sisters = [one for one in draft.sections if one.level == 2 and one.spec == spec]
    own_id = free_id(spec, draft.sections)
    new = Section(id=own_id, spec=spec, heading=heading.strip().rstrip("。"), level=2, stale=True)
    return numbered(draft, doctype, spec, [*sisters, new])


def with_fact_in(draft: Draft, doctype: DocType, fact_id: str, section_id: str) -> Draft:
    """The draft with a fact moved to another section, or, with an empty `section_id`, taken out of the text.

    The sections touched are stale until they are rewritten.
    """
    touched: list[Section] = []
    if section_id:
        target = unlocked(draft, section_id)
        if not target.written:
            raise InputError("这一部分的事实要放在它的二级标题下", mend="请选择一个二级标题")
        touched.append(target.model_copy(update={"facts": (*target.facts, fact_id), "stale": True}))
    for section in draft.sections:
        if fact_id in section.facts:
            if section.id == section_id:
                return draft
            unlocked(draft, section.id)
            left = tuple(one for one in section.facts if one != fact_id)
            touched.append(section.model_copy(update={"facts": left, "stale": True}))
    unplaced = tuple(one for one in draft.unplaced if one != fact_id)
    if not section_id:
        unplaced = (*unplaced, fact_id)
    return changed(draft.model_copy(update={"unplaced": unplaced}), doctype, *touched)


def numbered(draft: Draft, doctype: DocType, spec: str, sisters: Sequence[Section]) -> Draft:
    """The draft with these level-2 sections under the level-1 section of `spec`, numbered, checked."""
    return checked(in_order(draft, doctype, spec, sisters), doctype)


def in_order(draft: Draft, doctype: DocType, spec: str, sisters: Sequence[Section]) -> Draft:
    """The same, not checked yet. The level-1 section itself stays written where it has a text."""
    level2 = [
        section.model_copy(update={"number": label_number(doctype, 2, place)})
        for place, section in enumerate(sisters, start=1)
    ]
    row: list[Section] = []
    for section in draft.sections:
        if section.spec != spec:
            row.append(section)
        elif section.level != 2:
            row += [section.model_copy(update={"written": not level2 or bool(section.text)}), *level2]
    return draft.model_copy(update={"sections": tuple(row)})


def unwritten(draft: Draft) -> list[str]:
    """Ids of the sections that should have a text and have none."""
    return [section.id for section in draft.sections if section.written and not section.text]
