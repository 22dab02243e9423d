"""What every lint rule has, and the text that rules look at."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date as Date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from drafter.grounding import figures
from drafter.grounding.page import Figure
from drafter.intake.noise import cut_noise
from drafter.model import Heading, LineRole, Reading, Record, Severity

Strength = Literal["standard", "regulation", "convention", "hint"]
"""How binding a rule's source is: a national standard, a regulation, a named convention, or a hint."""

Outside = Literal["titles", "quotes", "brackets"]
"""What a rule does not look into: 《titles》, “quotations”, （remarks）."""

PROSE: frozenset[LineRole] = frozenset({"opening", "heading", "body", "closing"})

LONGEST = 1000
_HIDDEN = "\ue000"
_INSIDE: Mapping[str, re.Pattern[str]] = {
    "titles": re.compile(r"(?<=《)[^《》\n]{1,200}(?=》)"),
    "quotes": re.compile(r"(?<=“)[^“”\n]{1,200}(?=”)"),
    "brackets": re.compile(r"(?<=（)[^（）\n]{1,200}(?=）)"),
}
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[”’）》]*")


def _compiled(given: object) -> object:
    if not isinstance(given, str):
        return given
    try:
        return re.compile(given)
    except re.error as mistake:
        where = "" if mistake.pos is None else f"（第{mistake.pos + 1}个字符处）"
        raise PydanticCustomError("regex", f"正则表达式有误{where}；改正，或给特殊字符加反斜杠") from None


def _day(given: object) -> object:
    try:
        return Date.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise PydanticCustomError("day", "不是日期；写成 2025-12-31 的形式") from None


def _example(given: object) -> object:
    return {"text": given} if isinstance(given, str) else given


Regex = Annotated[re.Pattern[str], BeforeValidator(_compiled)]
Day = Annotated[Date, BeforeValidator(_day)]


class Example(Record):
    """A text that a rule must find something in, or must not; its title, date and unit where they count."""

    text: str
    title: str = ""
    on: Day | None = None
    unit: str = ""


class Examples(Record):
    """What a rule finds (`bad`) and what it must not find (`good`)."""

    bad: tuple[Annotated[Example, BeforeValidator(_example)], ...] = ()
    good: tuple[Annotated[Example, BeforeValidator(_example)], ...] = ()


class Hit(NamedTuple):
    """A place that a rule found: 1-based line, characters from 0 within it, what the message may name."""

    line: int
    start: int
    end: int
    fields: Mapping[str, object] = {}


class Line(NamedTuple):
    """A line that is part of the document: 1-based number, text, role."""

    number: int
    text: str
    role: LineRole


class Sentence(NamedTuple):
    """A sentence with its end mark: where it stands (see Hit), and its text."""

    line: int
    start: int
    text: str


class Text:
    """A read document as rules see it: without blank lines, residue of web pages, and switches (`left_out`,
    line numbers). `residue` holds the numbers of lines that templates/_shared/noise.yaml or the reader of the
    document takes for such.
    """

    def __init__(self, reading: Reading, on: Date | None, unit: str, left_out: Collection[int] = ()) -> None:
        self.reading = reading
        self.on = on or reading.date
        self.unit = unit or reading.unit
        self.residue = frozenset(_residue(reading)) - set(left_out)
        unread = self.residue | set(left_out)
        self.lines = tuple(
            Line(number, text, role)
            for number, (text, role) in enumerate(zip(reading.lines, reading.roles, strict=True), 1)
            if role != "blank" and number not in unread and text.strip()
        )
        self._hidden: dict[tuple[Outside, ...], tuple[Line, ...]] = {(): self.lines}

    def outside(self, what: tuple[Outside, ...]) -> tuple[Line, ...]:
        """The lines with the inside of `what` blotted out, character for character."""
        if what not in self._hidden:
            self._hidden[what] = tuple(line._replace(text=_blotted(line.text, what)) for line in self.lines)
        return self._hidden[what]

    def within(self, roles: Collection[LineRole], what: tuple[Outside, ...] = ()) -> Iterator[Line]:
        """The lines of these roles (all when there are none given), with the inside of `what` blotted out."""
        return (line for line in self.outside(what) if not roles or line.role in roles)

    @cached_property
    def headings(self) -> Mapping[int, Heading]:
        """The headings by line."""
        return {heading.line: heading for heading in self.reading.headings}

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of the prose; a heading's own words are none."""
        return tuple(
            Sentence(line.number, start + match.start(), match.group())
            for line in self.within(PROSE)
            for start in (self.heading_end(line),)
            for match in _SENTENCE.finditer(line.text[start:])
            if match.group().strip()
        )

    def heading_end(self, line: Line) -> int:
        """Where the heading ends that this line is or begins with: 0 where there is none."""
        heading = self.headings.get(line.number)
        if heading is None:
            return 0
        if not heading.run_in:
            return len(line.text)
        end = line.text.find(heading.heading) + len(heading.heading)
        return end + (line.text[end : end + 1] in "。！？：，、；" and end < len(line.text))


class Rule(Record):
    """One lint rule, as its YAML file states it. Each kind is a subclass with parameters of its own.

    `source` is a standard's clause or a named convention, `strength` how binding that is. `message` and
    `suggestion` may name the kind's `fields` in braces; {match} is what was found, {count} how often.
    `when` must be found in the document's title for the rule to apply. `once` joins the findings of a line
    or of the document in one.
    """

    fields: ClassVar[frozenset[str]] = frozenset()

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$")
    kind: str
    severity: Severity
    message: str
    suggestion: str = ""
    source: str
    strength: Strength
    when: Regex | None = None
    once: Literal["", "line", "document"] = ""
    examples: Examples = Examples()

    @abstractmethod
    def find(self, text: Text) -> Iterable[Hit]:
        """The places in a text that break the rule."""

    def known_fields(self) -> frozenset[str]:
        """What the message may name besides {match} and {count}."""
        return self.fields

    def applies(self, text: Text) -> bool:
        """Whether the rule is for this document."""
        return self.when is None or bool(self.when.search(text.reading.title))


def touches(spans: Collection[tuple[int, int]], start: int, end: int) -> bool:
    """Whether any of the spans shares a character with `start`:`end`."""
    return any(start < other_end and other_start < end for other_start, other_end in spans)


def alternation(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern of these words, the longest first; one that matches nothing when there are none."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def read_figures(sentence: str) -> list[Figure]:
    """The figures of a sentence; none of what is too long to be one, where reading would take for ever."""
    return figures.read(sentence) if len(sentence) <= LONGEST else []


def _residue(reading: Reading) -> Iterator[int]:
    kept = cut_noise(reading.lines)
    kept += [""] * (len(reading.lines) - len(kept))
    for number, (line, left, role) in enumerate(zip(reading.lines, kept, reading.roles, strict=True), 1):
        if line.strip() and (role == "noise" or not left.strip()):
            yield number


def _blotted(text: str, what: Iterable[Outside]) -> str:
    def hide(match: re.Match[str]) -> str:
        return _HIDDEN * len(match.group())

    for name in what:
        text = _INSIDE[name].sub(hide, text)
    return text


def shown(value: Any, longest: int = 24) -> str:
    """A value as a message names it: shortened in the middle when it is long."""
    text = str(value).strip()
    return text if len(text) <= longest else f"{text[: longest - 8]}…{text[-6:]}"
