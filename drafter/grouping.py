"""Facts of one subject put together: what will be the level-2 sections of a level-1 section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drafter.doctypes import shared_topics
from drafter.model import DocType, Fact, Topic

MOST = 8
"""Level-2 sections of a level-1 section; where there are more, those of one area go together."""

SHORT = 40
"""Up to this many characters, a fact alone is too little for a level-2 section."""

FEW = 6
"""Up to this many facts go together so that none of them stands alone."""

ALONE = 3
"""From this number on, short facts without kin go together as well."""

SECTIONS = 4
"""From this many on, a topic that the brief gives does not keep a section for one short fact that has kin."""


def shared_words(words: Sequence[str], text: str) -> int:
    """How many of `words` stand in `text`."""
    return sum(map(text.__contains__, words))


def topics_of(doctype: DocType) -> tuple[Topic, ...]:
    """The topics that facts of a type may have, the type's own first."""
    return (*doctype.topics, *shared_topics())


def named_topic(name: str, topics: Sequence[Topic]) -> Topic | None:
    """The topic that people call `name`."""
    return next((topic for topic in topics if name in (topic.topic, *topic.names)), None)


def known_topic(words: str, topics: Sequence[Topic]) -> Topic | None:
    """The topic most of whose cues stand in `words`; the earlier one where two are equal."""
    counted = [(shared_words((topic.topic, *topic.cues), words), topic) for topic in topics]
    most, best = max(counted, key=lambda one: one[0], default=(0, None))
    return best if most else None


def is_phrase(name: str) -> bool:
    """Whether a topic as the brief gives it is a heading already."""
    return len(name) >= 8 or any(mark in name for mark in "，、 ")


class Group:
    """Facts of one subject in one section, in the making. `given` tells whether the brief names the subject,
    `parts` holds the facts by subject where several have gone together.
    """

    def __init__(self, name: str, topic: Topic | None, facts: Sequence[Fact] = ()) -> None:
        self.name, self.topic, self.given = name, topic, False
        self.parts: list[list[Fact]] = [list(facts)]

    @property
    def facts(self) -> list[Fact]:
        """All its facts, those of one subject side by side."""
        return [fact for part in self.parts for fact in part]

    @property
    def thin(self) -> bool:
        """Whether this is one short fact."""
        return len(self.facts) == 1 and len(self.facts[0].text) <= SHORT

    def take(self, fact: Fact) -> None:
        """Have one more fact of the subject."""
        self.given = self.given or bool(fact.topic)
        self.parts[0].append(fact)


def areas_of(group: Group, topics: Sequence[Topic]) -> Iterator[Topic]:
    """The subjects that a group belongs to, from its own to the broadest. A heading that a person wrote
    belongs to none.
    """
    topic = None if is_phrase(group.name) else group.topic
    while topic:
        yield topic
        area = topic.area
        topic = next((one for one in topics if one.topic == area), None)


def gathered(groups: Sequence[Group], topics: Sequence[Topic]) -> list[Group]:
    """The groups, those of one area under its name where there are too many of them or one is thin; the thin
    ones that nobody named and that have no kin, where they are many or there is a group without a name,
    without a name, at the end.
    """
    made = list(groups)
    while kin := _next_kin(made, topics):
        area, members = kin
        united = Group(area.topic, area)
        united.parts = [part for group in members for part in group.parts]
        made[made.index(members[0])] = united
        made = [group for group in made if group not in members]
    rest = [group for group in made if group.thin and group.name and not group.given]
    nameless = [group for group in made if not group.name]
    if nameless or len(rest) >= ALONE:
        last = Group("", None, [fact for group in (*rest, *nameless) for fact in group.facts])
        made = [group for group in made if group not in rest and group not in nameless]
        made.append(last)
    return made


def _next_kin(groups: Sequence[Group], topics: Sequence[Topic]) -> tuple[Topic, list[Group]] | None:
    """The groups to go together next, and their area: of those that may, the ones with the fewest facts."""
    kin: dict[str, tuple[Topic, list[Group]]] = {}
    for group in groups:
        for topic in areas_of(group, topics):
            kin.setdefault(topic.topic, (topic, []))[1].append(group)

    def size(members: list[Group]) -> int:
        return sum(len(group.facts) for group in members)

    def too_little(group: Group) -> bool:
        return group.thin and (not group.given or len(groups) >= SECTIONS)

    may = [
        (area, members)
        for area, members in kin.values()
        if len(members) > 1
        and (len(groups) > MOST or (any(map(too_little, members)) and size(members) <= FEW))
    ]
    return min(may, key=lambda one: size(one[1]), default=None)


def subjects(facts: Sequence[Fact], doctype: DocType) -> dict[str, list[Fact]]:
    """A section's facts by subject, in their order: the topic the brief gives, else the one they show."""
    topics = topics_of(doctype)
    parts: dict[str, list[Fact]] = {}
    for fact in facts:
        parts.setdefault(subject_of(fact, topics)[0], []).append(fact)
    return parts


def subject_of(fact: Fact, topics: Sequence[Topic]) -> tuple[str, Topic | None]:
    """What a fact is about: the name the brief gives or its topic's, empty where there is none; the topic."""
    named = named_topic(fact.topic, topics) or known_topic(fact.topic, topics) if fact.topic else None
    topic = named or known_topic(fact.text, topics)
    return fact.topic or (topic.topic if topic else ""), topic
