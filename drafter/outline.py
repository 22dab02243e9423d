"""Brief + DocType → Outline: the type's level-1 sections, level-2 sections from the facts' topics.

Where a fact goes is decided in this order: the section it names, the kind it states, the kind its words
show, then — for work and results — the section whose cues its topic's facts hit most, else the type's
default section. A fact that shows none of these is unplaced, never dropped. A topic that the brief gives has
a level-2 section of its own; of those that the facts' words show, single short facts go together.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from drafter.data import shared
from drafter.doctypes import shared_topics
from drafter.errors import InputError
from drafter.model import Brief, DocType, Fact, FactKind, Outline, Section, SectionSpec, Topic
from drafter.sandbox import sandbox

CHINESE_NUMERALS = "零一二三四五六七八九"

SHORT = 40
"""Up to this many characters, a fact alone is too little for a level-2 section."""

ALONE = 3
"""From this number on, short facts without kin go together as well."""


def chinese_number(number: int) -> str:
    """1–99 in Chinese numerals as headings print them: 一, 十, 十二, 二十."""
    tens, ones = divmod(number, 10)
    text = {0: "", 1: "十"}.get(tens, CHINESE_NUMERALS[tens] + "十")
    return text + (CHINESE_NUMERALS[ones] if ones else "")


def self_reference(unit: str) -> str:
    """How the unit speaks of itself: 市交通运输局 → 我局."""
    name = unit.split("（")[0].strip()
    return next(str(row["self"]) for row in shared("units") if name.endswith(row["ending"]))


def seed_of(brief: Brief) -> int:
    """A number that is the same for the same brief: varies wording without chance."""
    return zlib.crc32("\n".join((brief.unit, brief.period, brief.topic)).encode())


def compose_title(brief: Brief, doctype: DocType) -> str:
    """The given title, or unit + period + topic + 文种 by the type's own line."""
    if brief.title:
        return brief.title
    given = {"unit": brief.unit, "period": brief.period, "topic": brief.topic, "genre": doctype.genre}
    return sandbox().render_text(doctype.title, given)


def hits(words: Sequence[str], text: str) -> int:
    """How many of `words` stand in `text`."""
    return sum(map(text.__contains__, words))


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


def named_topic(name: str, topics: Sequence[Topic]) -> Topic | None:
    """The topic that people call `name`."""
    return next((topic for topic in topics if name in (topic.topic, *topic.names)), None)


def cues_of(topics: Sequence[Topic]) -> list[tuple[str, Topic]]:
    """The words that show a topic, each with the topic, in the order of the topics."""
    return [(cue, topic) for topic in topics for cue in (topic.topic, *topic.cues)]


def known_topic(words: str, cues: Sequence[tuple[str, Topic]]) -> Topic | None:
    """The topic most of whose cues stand in `words`; the earlier one where two are equal."""
    shown = [topic for cue, topic in cues if cue in words]
    return max(shown, key=shown.count, default=None)


class Group:
    """Facts of one topic in one section, in the making. `given` tells whether the brief names the topic."""

    def __init__(self, name: str, topic: Topic | None, *, given: bool = False) -> None:
        self.name, self.topic, self.given = name, topic, given
        self.facts: list[Fact] = []

    @property
    def thin(self) -> bool:
        """Whether this is one short fact under a topic that nobody gave."""
        return not self.given and len(self.facts) == 1 and len(self.facts[0].text) <= SHORT

    def take(self, other: Group) -> None:
        """Have the facts of another group as well."""
        self.facts += other.facts


def gathered(groups: Sequence[Group], topics: Sequence[Topic]) -> list[Group]:
    """The groups with the thin ones put together: those of one area under its name, with the larger ones of
    the area; the rest, where they are many or there is a group without a name, without a name.
    """
    areas = {group.topic.area for group in groups if group.thin and group.topic and group.topic.area}
    made: list[Group] = []
    by_area: dict[str, Group] = {}
    for group in groups:
        area = group.topic.area if group.topic and not group.given else ""
        if area not in areas:
            made.append(group)
        elif area in by_area:
            first = by_area[area]
            first.name, first.topic = area, named_topic(area, topics)
            first.take(group)
        else:
            by_area[area] = group
            made.append(group)
    rest = [group for group in made if group.thin and group.name]
    nameless = next((group for group in made if not group.name), None)
    if not nameless and len(rest) >= ALONE:
        made.append(nameless := Group("", None))
    if nameless:
        for group in rest:
            nameless.take(group)
            made.remove(group)
    return made


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
    topics = (*doctype.topics, *shared_topics())
    cues = cues_of(topics)
    placed: dict[str, list[Group]] = {spec.id: [] for spec in doctype.sections}
    floating: list[Group] = []
    unplaced: list[str] = []

    def join(groups: list[Group], name: str, topic: Topic | None, fact: Fact) -> None:
        group = next((group for group in groups if group.name == name), None)
        if group is None:
            groups.append(group := Group(name, topic))
        group.given = group.given or bool(fact.topic)
        group.facts.append(fact)

    for fact in brief.facts:
        named = named_topic(fact.topic, topics) or known_topic(fact.topic, cues) if fact.topic else None
        topic = named or known_topic(fact.text, cues)
        name = fact.topic or (topic.topic if topic else "")
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
    for spec_id, groups in placed.items():
        placed[spec_id] = groups = gathered(groups, topics)
        for group in groups:
            group.facts.sort(key=lambda fact: rank[fact.id])
        groups.sort(key=lambda group: rank[group.facts[0].id])
    return placed, unplaced


def home_of(group: Group, doctype: DocType) -> SectionSpec | None:
    """The section whose cues name the topic, or most of its facts; else the type's default section."""
    known = group.topic.topic if group.topic else ""
    for spec in doctype.sections:
        drawn = sum(hits(spec.cues, fact.text) > 0 for fact in group.facts)
        if hits(spec.cues, f"{group.name} {known}") or drawn * 2 > len(group.facts):
            return spec
    return next((spec for spec in doctype.sections if spec.default), None)


def heading_for(group: Group, used: set[str], brief: Brief, doctype: DocType) -> str:
    """A heading phrase for the group that the document does not have yet, the type's own before others; of a
    topic's phrases, the one whose words its facts show most.
    """
    name = group.name
    if is_phrase(name):
        return name
    seed = seed_of(brief)
    subject = name or (brief.topic if brief.topic and not is_phrase(brief.topic) else "各项工作")
    fallback: list[str] = [pattern.format(topic=subject) for pattern in shared("headings")["fallback"]]
    own = [pattern.format(topic=subject) for pattern in doctype.headings]
    topic = group.topic if group.topic and name in (group.topic.topic, *group.topic.names) else None
    if own and topic not in doctype.topics:
        topic = None
    shown = [fact.text for fact in group.facts]
    phrases = sorted(
        rotated([*topic.headings] if topic else [], seed), key=lambda phrase: -shown_in(phrase, shown)
    )
    options = phrases + rotated(own, seed + len(used)) + rotated(fallback, seed + len(used))
    return next((option for option in options if option not in used), options[0])


def is_phrase(name: str) -> bool:
    """Whether a topic as the brief gives it is a heading already."""
    return len(name) >= 8 or any(mark in name for mark in "，、 ")


def shown_in(phrase: str, texts: Sequence[str]) -> int:
    """How many pairs of neighbouring characters of a phrase stand in the texts."""
    return sum(any(one + other in text for text in texts) for one, other in pairwise(phrase))


def rotated(options: list[str], seed: int) -> list[str]:
    """The options, beginning at a place that the seed decides."""
    start = seed % len(options) if options else 0
    return options[start:] + options[:start]


def in_order(facts: Sequence[Fact]) -> tuple[str, ...]:
    """Ids with results after the work they come from, otherwise as given."""
    return tuple(fact.id for fact in sorted(facts, key=lambda fact: kind_of(fact) == "result"))


def build_outline(brief: Brief, doctype: DocType) -> Outline:
    """The outline of the document that `brief` asks for.

    A required section without facts stays in the outline, so that what is missing can be seen; an optional
    one that rests on facts and has none is left out. Raises InputError when a fact names an unknown section.
    """
    placed, unplaced = assign(brief, doctype)
    used: set[str] = set()
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
        split = spec.layout == "subsections" and bool(groups)
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
            heading = heading_for(group, used, brief, doctype)
            used.add(heading)
            sections.append(
                Section(
                    id=f"{spec.id}.{place}",
                    spec=spec.id,
                    number=label_number(doctype, 2, place),
                    heading=heading,
                    level=2,
                    topic=group.topic.topic if group.topic else group.name,
                    facts=in_order(group.facts),
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
