"""Brief + DocType → Outline: the type's level-1 sections, level-2 sections from the facts' topics.

Where a fact goes is decided in this order: the section it names, the kind it states, the kind its words
show, then — for work and results — the section whose cues its topic's facts hit most, else the type's
default section. A fact that shows none of these is unplaced, never dropped. Which topics go together in one
level-2 section is grouping.py's; facts of a single topic that nobody named need no level-2 section.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from drafter.data import shared
from drafter.errors import InputError
from drafter.grouping import Group, gathered, shared_words, subject_of, topics_of
from drafter.model import Brief, DocType, Draft, Fact, FactKind, Outline, Section, SectionSpec, Topic
from drafter.phrases import Headings
from drafter.sandbox import sandbox

CHINESE_NUMERALS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """1–99 in Chinese numerals as headings print them: 一, 十, 十二, 二十."""
    tens, ones = divmod(number, 10)
    text = {0: "", 1: "十"}.get(tens, CHINESE_NUMERALS[tens] + "十")
    return text + (CHINESE_NUMERALS[ones] if ones else "")


def self_reference(unit: str) -> str:
    """How the unit speaks of itself: 市交通运输局 → 我局."""
    name = unit.split("（")[0].strip()
    return next(str(row["self"]) for row in shared("units") if name.endswith(row["ending"]))


def compose_title(brief: Brief, doctype: DocType) -> str:
    """The given title, or unit + period + topic + 文种 by the type's own line."""
    if brief.title:
        return brief.title
    given = {"unit": brief.unit, "period": brief.period, "topic": brief.topic, "genre": doctype.genre}
    return sandbox().render_text(doctype.title, given)


@cache
def kind_patterns() -> dict[FactKind, re.Pattern[str]]:
    """For each kind, in order of precedence, what shows it in a fact's words."""
    cues: dict[FactKind, list[str]] = shared("kinds")["cues"]
    verbs = "|".join(re.escape(verb) for verb in shared("verbs"))
    return {
        kind: re.compile("|".join([*patterns, f"^({verbs})"] if kind == "work" else patterns))
        for kind, patterns in cues.items()
    }


def kind_of(fact: Fact) -> FactKind | None:
    """The kind a fact states, or the first one that its words show."""
    if fact.kind:
        return fact.kind
    return next((kind for kind, pattern in kind_patterns().items() if pattern.search(fact.text)), None)


def kind_in(fact: Fact, spec: SectionSpec) -> FactKind | None:
    """The kind a fact counts as in the section it was placed in: its own where the section takes it."""
    kind = kind_of(fact)
    return spec.kinds[0] if spec.kinds and kind not in spec.kinds else kind


def placed_by_kind(fact: Fact, doctype: DocType) -> SectionSpec | None:
    """The section for a fact that names one, or whose kind only one section takes."""
    if fact.section:
        try:
            return doctype.section(fact.section)
        except KeyError:
            known = "、".join(spec.id for spec in doctype.sections)
            raise InputError(
                f"{fact.id} 指定的部分“{fact.section}”不在文种“{doctype.name}”中",
                line=fact.line,
                key="section",
                mend=f"可用：{known}",
            ) from None
    takers = [spec for spec in doctype.sections if kind_of(fact) in spec.kinds]
    return takers[0] if len(takers) == 1 else None


def assign(brief: Brief, doctype: DocType) -> tuple[dict[str, list[Group]], list[str]]:
    """Groups of facts by section id, and the ids of the facts that fit nowhere."""
    topics = topics_of(doctype)
    placed: dict[str, list[Group]] = {spec.id: [] for spec in doctype.sections}
    floating: list[Group] = []
    unplaced: list[str] = []

    def join(groups: list[Group], name: str, topic: Topic | None, fact: Fact) -> None:
        group = next((group for group in groups if group.name == name), None)
        if group is None:
            groups.append(group := Group(name, topic))
        group.take(fact)

    for fact in brief.facts:
        name, topic = subject_of(fact, topics)
        spec = placed_by_kind(fact, doctype)
        if spec:
            join(placed[spec.id], name, topic, fact)
        elif name or kind_of(fact):
            join(floating, name, topic, fact)
        else:
            unplaced.append(fact.id)

    for group in floating:
        spec = home_of(group, doctype)
        if spec is None:
            unplaced += [fact.id for fact in group.facts]
            continue
        for fact in group.facts:
            join(placed[spec.id], group.name, group.topic, fact)
    rank = {fact.id: place for place, fact in enumerate(brief.facts)}
    for spec in doctype.sections:
        groups = placed[spec.id]
        for group in groups:
            group.parts[0].sort(key=lambda fact: rank[fact.id])
        groups.sort(key=lambda group: rank[group.facts[0].id])
        if "problem" not in spec.kinds:
            placed[spec.id] = gathered(groups, topics)
    return placed, unplaced


def home_of(group: Group, doctype: DocType) -> SectionSpec | None:
    """The section whose cues name the topic, or most of its facts; else the type's default section."""
    known = group.topic.topic if group.topic else ""
    for spec in doctype.sections:
        drawn = sum(shared_words(spec.cues, fact.text) > 0 for fact in group.facts)
        if shared_words(spec.cues, f"{group.name} {known}") or drawn * 2 > len(group.facts):
            return spec
    return next((spec for spec in doctype.sections if spec.default), None)


def in_order(facts: Sequence[Fact]) -> list[Fact]:
    """Facts of one topic as given; results that open them go behind the work they come from."""
    work = next((place for place, fact in enumerate(facts) if kind_of(fact) != "result"), 0)
    return [*facts[work:], *facts[:work]]


def divided(groups: Sequence[Group], spec: SectionSpec) -> bool:
    """Whether a section has level-2 sections: more than one, or one that a person named."""
    lone = groups[0] if len(groups) == 1 else None
    return spec.layout == "subsections" and bool(groups) and (lone is None or lone.given)


def build_outline(brief: Brief, doctype: DocType) -> Outline:
    """The outline of the document that `brief` asks for.

    A required section without facts stays in the outline, so that what is missing can be seen; an optional
    one that rests on facts and has none is left out. Raises InputError when a fact names an unknown section.
    """
    placed, unplaced = assign(brief, doctype)
    headings = Headings(brief, doctype)
    sections: list[Section] = []
    level1 = 0
    for spec in doctype.sections:
        groups = placed[spec.id]
        if not groups and spec.needs and not spec.required:
            continue
        number = ""
        if spec.heading:
            level1 += 1
            number = label_number(doctype, 1, level1)
        split = divided(groups, spec)
        held = {fact.id for group in groups for fact in group.facts}
        facts = () if split else tuple(fact.id for fact in brief.facts if fact.id in held)
        sections.append(
            Section(
                id=spec.id,
                spec=spec.id,
                number=number,
                heading=spec.heading,
                level=1 if spec.heading else 0,
                facts=facts,
                written=not split,
            )
        )
        if not split:
            continue
        for place, group in enumerate(groups, start=1):
            sections.append(
                Section(
                    id=f"{spec.id}.{place}",
                    spec=spec.id,
                    number=label_number(doctype, 2, place),
                    heading=headings.heading_for(group),
                    level=2,
                    topic=group.topic.topic if group.topic else group.name,
                    facts=tuple(fact.id for part in group.parts for fact in in_order(part)),
                )
            )
    return Outline(
        doctype=doctype.id,
        title=compose_title(brief, doctype),
        sections=tuple(sections),
        unplaced=tuple(unplaced),
    )


def label_number(doctype: DocType, level: int, place: int) -> str:
    """The number of the `place`-th section of a level as the type prints it: 一、 （二） 3. （4）."""
    return doctype.numbering[level - 1].format(chinese=chinese_number(place), arabic=place)


def outline_of(draft: Draft) -> Outline:
    """The outline of a draft that is there."""
    return Outline(
        doctype=draft.brief.doctype, title=draft.title, sections=draft.sections, unplaced=draft.unplaced
    )
