"""Lines of text → facts: headings group them, glyphs and numbering are stripped, labels state their kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import get_args

from drafter.data import shared
from drafter.errors import InputError
from drafter.intake import tables
from drafter.intake.cleaning import clean
from drafter.intake.entries import FactList, fact_text, facts_of
from drafter.intake.noise import cut_noise
from drafter.intake.tables import caption_from, caption_of
from drafter.model import DocType, Fact, FactKind
from drafter.yaml_lines import Place, Tree, Value

_NUMERAL = "[一二三四五六七八九十]"
_GLYPH = re.compile(
    rf"""\s*(?:
      [-+*–—](?!\d)\s* | [•·●○■□◆◇▪▫➢➤✓✔√☑☐►▶→※★☆\ue000-\uf8ff]\s*
    | \[[ xX]\]\s+
    | \d{{1,3}}[.．](?!\d|$)\s* | \d{{1,3}}[.．](?=20\d\d年)
    | \d{{1,3}}、(?!\d{{1,2}}[月日号、])\s* | \d{{1,3}}[)）]\s*
    | [(（]\d{{1,3}}[)）]\s* | [①-⒛㈠-㈩❶-❿]\s*
    | [(（]{_NUMERAL}{{1,3}}[)）]\s* | {_NUMERAL}{{1,3}}[、.．](?!{_NUMERAL})\s*
    | {_NUMERAL}{{1,2}}是(?!{_NUMERAL})\s* | 第{_NUMERAL}{{1,2}}[，、]\s* | (?:首先|其次|再次|最后)，
    )""",
    re.VERBOSE,
)
_MARKDOWN_HEADING = re.compile(r"(#{1,6})\s*([^#\s].*)")
_BRACKET_HEADING = re.compile(r"【([^】]{1,16})】[：:]?")
_BOLD_HEADING = re.compile(r"\*\*([^*]{1,20})\*\*[：:]?")
_COLON_HEADING = re.compile(r"([^，。；：、]{2,12})：")
_LEAD_IN = re.compile(r"\D{0,30}如下：")
_NUMBERED_HEADINGS = (
    (7, re.compile(rf"{_NUMERAL}{{1,3}}、\s*((?!{_NUMERAL}、)[^\d，。；：]{{2,16}})")),
    (8, re.compile(rf"（{_NUMERAL}{{1,3}}）\s*([^\d，。；：]{{2,16}})")),
)
_LABEL_LEVEL = 9

_FIRST = re.compile(r".{0,6}?一是")
_ENUMERATED = re.compile(rf"(?<=[；。])\s*(?={_NUMERAL}{{1,2}}是)")
_LABEL_BEFORE = re.compile(r"[\[【]([^\]】]{1,16})[\]】]\s*(?=.)")
_KIND_BEFORE = re.compile(r"([^，。；：]{1,12})：\s*(?=.)")
_LABEL_AFTER = re.compile(r"([\[【（])([^\[\]【】（）]{1,40})[\]】）]$")
_SOURCE = re.compile(r"来源[：:]\s*(.+)")


@cache
def kind_words() -> Mapping[str, FactKind]:
    """Headings and labels that state a kind (templates/_shared/kinds.yaml)."""
    words: dict[FactKind, list[str]] = shared("kinds")["headings"]
    return {word: kind for kind in get_args(FactKind) for word in words[kind]}


def strip_glyph(line: str) -> str:
    """The line without list glyphs and numbering («- », «1.», «（1）», «①», «一是» …) at its beginning."""
    for _ in range(3):
        match = _GLYPH.match(line)
        if match is None or match.end() == len(line):
            break
        line = line[match.end() :]
    return line.strip()


def has_glyph(line: str) -> bool:
    """Whether the line begins as an item of a list does."""
    return _GLYPH.match(line) is not None


def heading_of(line: str, following: str) -> tuple[int, str] | None:
    """Level and words of a line that is a heading, else None. `following` is the next line with text."""
    if match := _MARKDOWN_HEADING.fullmatch(line):
        return len(match[1]), strip_glyph(match[2].replace("**", "")).rstrip("#：: ")
    for pattern in (_BRACKET_HEADING, _BOLD_HEADING):
        if match := pattern.fullmatch(line):
            return _LABEL_LEVEL, strip_glyph(match[1])
    for level, numbered in _NUMBERED_HEADINGS:
        if match := numbered.fullmatch(line):
            # «一、…» followed by «二、…» is a list of facts, not a heading.
            return (level, match[1].strip()) if following and not numbered.match(following) else None
    if following and not has_glyph(line) and (match := _COLON_HEADING.fullmatch(line)):
        return _LABEL_LEVEL, match[1].strip()
    return None


@dataclass(frozen=True)
class _Heading:
    """A heading and what it says of the facts below it."""

    level: int
    section: str | None
    kind: FactKind | None
    topic: str | None


@dataclass
class FactReader:
    """Takes the lines one by one and collects facts as an entry each, with its line number.

    `sections` maps headings and labels of the document type to section ids.
    """

    sections: Mapping[str, str]
    entries: list[Value] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    _headings: list[_Heading] = field(default_factory=list)
    _serial: int = 0

    def take(self, number: int, line: str, following: str) -> None:
        """Read one stripped line; `following` is the next one with text, empty at the end."""
        if not any(character.isalnum() for character in line) or _LEAD_IN.fullmatch(line):
            return
        if heading := heading_of(line, following):
            self._open(*heading)
            return
        text = strip_glyph(line.replace("**", ""))
        if "\t" in text:
            self._add(number, self._row(text))
            return
        for piece in _ENUMERATED.split(text) if _FIRST.match(line) else [text]:
            self._add(number, strip_glyph(piece))

    def take_table(self, number: int, lines: Sequence[str], caption: str, follows: bool) -> None:
        """Read a table: of the fact above it, which it `follows`, else a fact of its own named `caption`."""
        last = self.entries[-1] if self.entries else None
        if follows and isinstance(last, dict) and "table" not in last:
            last["table"] = "\n".join(lines)
            return
        topic = next((heading.topic for heading in reversed(self._headings) if heading.topic), "")
        before = len(self.entries)
        for text in (caption, caption_from("", topic)):
            self._add(number, text)
            if len(self.entries) > before:
                break
        made = self.entries[-1]
        assert isinstance(made, dict)
        made |= {"table": "\n".join(lines), "caption": str(made["text"])}

    def _open(self, level: int, words: str) -> None:
        self._headings = [heading for heading in self._headings if heading.level < level]
        section, kind = self.sections.get(words), kind_words().get(words)
        topic = None if section or kind else words
        self._headings.append(_Heading(level, section, kind, topic))

    def _row(self, text: str) -> str:
        """A table row as one text, its cells joined by commas, a running number in front left out."""
        cells = [cell.strip() for cell in text.split("\t") if cell.strip()]
        self._serial = self._serial + 1 if cells[0] == str(self._serial + 1) else 0
        return "，".join(cells[1:] if self._serial and len(cells) > 2 else cells)

    def _add(self, number: int, text: str) -> None:
        entry: dict[str, Value] = {}
        for heading in self._headings:
            given = {"section": heading.section, "kind": heading.kind, "topic": heading.topic}
            entry.update({name: value for name, value in given.items() if value})
        text = _take_labels(text, entry)
        if text:
            self.entries.append({"text": text, **entry})
            self.lines.append(number)


def _take_labels(text: str, entry: dict[str, Value]) -> str:
    """Move 【问题】 and 【培训】 at either end, «问题：» and （来源：…） out of the text into the entry."""
    text = fact_text(text)
    if match := _LABEL_BEFORE.match(text):
        kind = kind_words().get(match[1])
        entry["kind" if kind else "topic"] = kind or match[1]
        text = text[match.end() :]
    elif (match := _KIND_BEFORE.match(text)) and (kind := kind_words().get(match[1])):
        entry["kind"] = kind
        text = text[match.end() :]
    while match := _LABEL_AFTER.search(text):
        if kind := kind_words().get(match[2]):
            entry["kind"] = kind
        elif source := _SOURCE.fullmatch(match[2]):
            entry["source"] = source[1]
        elif match[1] == "【":
            entry["topic"] = match[2]
        else:
            break
        text = fact_text(text[: match.start()])
    return text


def facts_from_text(text: str, doctype: DocType | None = None) -> tuple[Fact, ...]:
    """Facts from pasted text, one a line, grouped by headings; ids F1, F2 … in order.

    With a `doctype`, its own section headings place the facts below them. Raises InputError when there are
    too many facts, or one is too long.
    """
    numbered = list(enumerate(cut_noise(clean(text).split("\n")), 1))
    reader = read_facts(numbered, doctype)
    places: dict[Place, int] = {("facts", index): line for index, line in enumerate(reader.lines)}
    tree = Tree({"facts": reader.entries}, places, "", InputError)
    return facts_of(tree.build(FactList), tree)


def read_facts(numbered: Iterable[tuple[int, str]], doctype: DocType | None) -> FactReader:
    """Read cleaned lines with their numbers."""
    sections: dict[str, str] = {}
    for spec in doctype.sections if doctype else ():
        sections |= {name: spec.id for name in (spec.label, spec.heading) if name}
    reader = FactReader(sections)
    waiting = [(number, line.strip()) for number, line in numbered if line.strip()]
    lines = [line for _, line in waiting]
    place, taken = 0, False
    while place < len(lines):
        number, following = waiting[place][0], "".join(lines[place + 1 : place + 2])
        caption = caption_of(lines[place])
        start = place + bool(caption)
        end = tables.block(lines, start)
        if end > start:
            reader.take_table(number, lines[start:end], caption, follows=taken and not caption)
            place, taken = end, False
            continue
        before = len(reader.entries)
        reader.take(number, lines[place], following)
        place, taken = place + 1, len(reader.entries) > before
    return reader
