"""Which lines of a returned file are which part of the draft it was exported from.

A part begins where its mark stands. Where marks are gone (text pasted into another document), a heading
decides by its words, then by how much it and its text have in common with a section; a part without heading
by its first paragraph. What follows a beginning belongs to it, up to the next. A heading that is nobody's,
and all that stands under it, is `stray`: shown, and put somewhere or refused by a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from typing import Literal

from drafter.marks import role_mark, section_mark
from drafter.model import DocType, Draft, Mark, Reading, Record, Returned, Section, SourceLine
from drafter.printed import Line, Role, lines
from drafter.returning.texts import likeness, plain, solid, split_run_in, words_of
from drafter.review.heads import Head, head
from drafter.review.outline_reader import read

ALIKE = 0.5
"""How much a heading or a text must have in common with a section's to be taken for it."""
COMPARED = 400
"""Headings that are compared with the draft's; no document has more, and comparing costs their number."""
HeadRole = Literal["title", "addressee", "unit", "date"]
HEADS: tuple[HeadRole, ...] = ("title", "addressee", "unit", "date")
"""What a file says besides its sections and can be changed in it."""
TEXT: tuple[Role, ...] = ("heading", "body")
"""The roles of the lines that are a section's text."""

_SENTENCE_ENDS = "。！？；：，.!?;:,"


class Found(Record):
    """A section as the file has it: `heading` its words without number, `line` the place it begins at."""

    section: str
    heading: str
    paragraphs: tuple[str, ...]
    line: int


class Stray(Record):
    """Text that belongs to no section. `heading` and `level` are of a heading that is nobody's (0: none), of
    whose line, `printed`, `rest` is what follows it. `after` is the id of the section that the text stands
    behind, empty before the first.
    """

    heading: str = ""
    level: int = 0
    printed: str = ""
    rest: str = ""
    paragraphs: tuple[str, ...] = ()
    after: str


class Matched(Record):
    """The parts of a file in its order. `heads` holds title, addressee, unit and date as printed; one that
    the file lacks is missing. `owners` gives, for each line, the id of the section it stands in or its role.
    """

    found: tuple[Found, ...]
    strays: tuple[Stray, ...]
    heads: dict[HeadRole, str]
    owners: dict[int, str]


def match(returned: Returned, base: Draft, doctype: DocType) -> Matched:
    """Find the parts of `base` in the file."""
    return _Matcher(returned, base, doctype).matched()


class _Matcher:
    def __init__(self, returned: Returned, base: Draft, doctype: DocType) -> None:
        self.source = returned.lines
        self.text = [plain(line.number + line.text) for line in returned.lines]
        self.doctype = doctype
        self.marks = {mark.name: mark for mark in returned.marks}
        self.base = base
        self.sections = {section.id: section for section in base.sections}
        self.printed: dict[str, list[Line]] = {section.id: [] for section in base.sections}
        self.outside: list[Line] = []
        printed = lines(base)
        for line in printed:
            own = line.section and line.role in TEXT
            (self.printed[line.section] if own else self.outside).append(line)
        self.known = {plain(line.text): line.section for line in printed if line.section}
        self.reading: Reading = read(returned.lines)
        self.owners: dict[int, str] = {}
        self.heads: dict[HeadRole, str] = {}

    def matched(self) -> Matched:
        """The parts of the file."""
        for role in HEADS:
            self._take_head(role)
        self._take_outside()
        heads = self._headings()
        starts = self._marked()
        self._by_heading(starts, heads)
        self._by_first_paragraph(starts, heads)
        return self._cut(starts, {place: one for place, one in heads.items() if place not in starts})

    def _take_head(self, role: HeadRole) -> None:
        """Find title, addressee, unit or date: by its mark, as it was printed, or as any document has it."""
        printed = [line.text for line in self.outside if line.role == role]
        mark = self.marks.get(role_mark(role))
        if mark is not None:
            places = [place for place in range(mark.first, mark.last + 1) if self.text[place]]
        elif printed and (exact := self._exact(printed[0], last=role in ("unit", "date"))) is not None:
            places = [exact]
        else:
            places = [
                place
                for place, one in enumerate(self.reading.roles)
                if one == role and self.text[place] not in self.known
            ]
        places = [place for place in places if place not in self.owners]
        if role == "title":
            places = self._whole_title(places, printed)
        elif len(places) > 1 and printed:
            # What somebody typed before it fell into its mark.
            places = [max(places, key=lambda place: likeness(self.text[place], printed[0]))]
        if places:
            self.heads[role] = "".join(self.text[place] for place in places)
            self.owners |= dict.fromkeys(places, role)

    def _exact(self, printed: str, *, last: bool) -> int | None:
        places = [place for place, text in enumerate(self.text) if solid(text) == solid(printed)]
        return (places[-1] if last else places[0]) if places else None

    def _whole_title(self, places: list[int], printed: Sequence[str]) -> list[int]:
        """The title with the lines that its end was moved to: its line breaks may have become paragraphs."""
        wanted = solid(printed[0]) if printed else ""
        while places and places[-1] + 1 < len(self.text):
            joined = solid("".join(self.text[place] for place in (*places, places[-1] + 1)))
            if not self.text[places[-1] + 1] or not wanted.startswith(joined):
                break
            places = [*places, places[-1] + 1]
        return places

    def _take_outside(self) -> None:
        """Set aside what else was printed and is no section's text, as often as it was."""
        left = Counter(plain(line.text) for line in self.outside if line.role not in HEADS)
        for place, text in enumerate(self.text):
            if left[text] > 0 and place not in self.owners:
                left[text] -= 1
                self.owners[place] = "outside"

    def _headings(self) -> dict[int, Head]:
        """The lines that can begin a section by their number, style, or words."""
        rows = [line for printed in self.printed.values() for line in printed]
        first = {plain(line.text) for line in rows if line.heading}
        body = {plain(line.text) for line in rows} - first
        listed = {text for text in body if head(text)}
        found: dict[int, Head] = {}
        for place, line in enumerate(self.source):
            text = self.text[place]
            if not text or place in self.owners or line.table or text in body:
                continue
            one = _heading(line, text)
            if text in first:
                found[place] = one or Head(0, "", text, len(text))
            elif one is not None and (len(found) > COMPARED or not _is_body(text, first, listed)):
                found[place] = one
        return found

    def _marked(self) -> dict[int, str]:
        """Where sections begin by their marks."""
        starts: dict[int, str] = {}
        for section in self.base.sections:
            mark = self.marks.get(section_mark(section.id))
            if mark is None:
                continue
            place = self._begins(section, mark)
            if place not in starts and place not in self.owners:
                starts[place] = section.id
        return starts

    def _begins(self, section: Section, mark: Mark) -> int:
        """The line a section begins at: of those in its mark, the one with its heading. What somebody types
        before a heading falls into the mark as well.
        """
        places = [place for place in range(mark.first, mark.last + 1) if self.text[place]]
        if len(places) < 2 or not section.heading:
            return mark.first
        printed = self.printed[section.id][0].text
        return max(places, key=lambda place: (likeness(self.text[place][: len(printed)], printed), -place))

    def _by_heading(self, starts: dict[int, str], heads: dict[int, Head]) -> None:
        """Match the headings that are left with the sections that are left: alike first, likeliest first."""
        taken = set(starts.values())
        open_sections = [one for one in self.base.sections if one.id not in taken and one.heading]
        places = [place for place in heads if place not in starts][:COMPARED]
        ends = [*sorted({*heads, *starts}), len(self.text)]
        scored = []
        for place in places:
            words = words_of(heads[place].heading)
            end = next(end for end in ends if end > place)
            under = " ".join(self.text[place:end])
            for section in open_sections:
                score = self._score(section, words, under, heads[place])
                if score >= ALIKE:
                    scored.append((score, place, section.id))
        for _, place, section_id in sorted(scored, key=lambda one: (-one[0], one[1])):
            if place not in starts and section_id not in taken:
                starts[place] = section_id
                taken.add(section_id)

    def _score(self, section: Section, words: str, under: str, one: Head) -> float:
        """How much a heading with what stands under it has in common with a section, 0 to 2."""
        same_level = one.level in (0, section.level)
        if words == words_of(section.heading):
            return 2.0 if same_level else 1.5
        printed = " ".join(line.text for line in self.printed[section.id])
        return max(likeness(words, words_of(section.heading)), likeness(under, printed)) - (not same_level)

    def _by_first_paragraph(self, starts: dict[int, str], heads: dict[int, Head]) -> None:
        """Find the parts without heading: the line most like their first paragraph, and like no other's."""
        for section in self.base.sections:
            rows = self.printed[section.id]
            if section.heading or section.id in starts.values() or not rows:
                continue
            best, place = ALIKE, -1
            for here, text in enumerate(self.text):
                if not text or here in starts or here in self.owners or here in heads:
                    continue
                if self.known.get(text, section.id) != section.id:
                    continue
                score = likeness(text, rows[0].text)
                if score > best:
                    best, place = score, here
            if place >= 0:
                starts[place] = section.id

    def _cut(self, starts: dict[int, str], nobodys: dict[int, Head]) -> Matched:
        """Cut the text at the beginnings."""
        found: list[Found] = []
        strays: list[Stray] = []
        current: Found | Stray | None = None
        closed = False
        after = ""

        def keep() -> None:
            if isinstance(current, Found):
                found.append(current)
            elif current is not None:
                strays.append(current)

        for place, text in enumerate(self.text):
            if not text:
                continue
            if place in self.owners:
                closed = closed or self.owners[place] in ("unit", "date")
                continue
            after = current.section if isinstance(current, Found) else after
            if place in starts:
                keep()
                closed = False
                current = self._begun(starts[place], place)
                if strays and not found and not strays[-1].level and self._opens(current):
                    current = current.model_copy(
                        update={"paragraphs": (*strays.pop().paragraphs, *current.paragraphs)}
                    )
            elif place in nobodys and self._divides(nobodys[place], current):
                keep()
                one = nobodys[place]
                rest = text[one.end :].strip()
                current = Stray(heading=one.heading, level=one.level, printed=text, rest=rest, after=after)
            elif current is None or (closed and isinstance(current, Found)):
                keep()
                current = Stray(paragraphs=(text,), after=after)
            else:
                current = current.model_copy(update={"paragraphs": (*current.paragraphs, text)})
            self.owners[place] = current.section if isinstance(current, Found) else ""
        keep()
        return Matched(
            found=tuple(self._as_it_was(one) for one in found),
            strays=tuple(strays),
            heads=self.heads,
            owners=self.owners,
        )

    def _opens(self, found: Found) -> bool:
        """Whether a section is the first and has no heading: the text above it is its own."""
        return found.section == self.base.sections[0].id and not self.sections[found.section].heading

    def _divides(self, one: Head, current: Found | Stray | None) -> bool:
        """Whether a heading that is nobody's begins something new, or is text of the section it stands in."""
        if one.level == 2 and isinstance(current, Found):
            return self.doctype.section(self.sections[current.section].spec).layout == "subsections"
        return one.level in (1, 2)

    def _begun(self, section_id: str, place: int) -> Found:
        """The beginning of a section: its heading's words, and what its line has of the text."""
        section, text = self.sections[section_id], self.text[place]
        if not section.level:
            return Found(section=section_id, heading="", paragraphs=(text,), line=place)
        first = self.printed[section_id][0]
        if section.level == 2:
            end = split_run_in(text, first.text, first.heading)
        else:
            one = head(text)
            end = one.end if one and text != plain(first.text) else len(text)
        words, rest = text[:end].strip(), text[end:].strip()
        one = head(words)
        heading = one.heading if one else words.removeprefix(section.number).rstrip("。")
        return Found(section=section_id, heading=heading, paragraphs=(rest,) if rest else (), line=place)

    def _as_it_was(self, one: Found) -> Found:
        """A section with the draft's own words wherever only what nobody sees differs."""
        section = self.sections[one.section]
        own = {plain(line): line.strip() for line in section.text.split("\n")}
        heading = section.heading if words_of(one.heading) == words_of(section.heading) else one.heading
        return one.model_copy(
            update={
                "heading": heading,
                "paragraphs": tuple(own.get(text, text) for text in one.paragraphs),
            }
        )


def _heading(line: SourceLine, text: str) -> Head | None:
    """The heading of level 1 or 2 that a line is, by its number or by a style of those levels.

    A sentence in such a style is none: a run-in heading's paragraph that was broken in two leaves one.
    """
    one = head(text)
    if one is None and line.level in (1, 2) and text[-1] not in _SENTENCE_ENDS:
        return Head(line.level, "", text, len(text))
    return one if one is not None and one.level <= 2 else None


def _is_body(text: str, first: Set[str], listed: Set[str]) -> bool:
    """Whether a line with a number is one of the draft's `listed` paragraphs, edited, and no heading."""
    alike = max((likeness(text, one) for one in listed), default=0.0)
    return alike >= ALIKE and alike > max((likeness(text, one) for one in first), default=0.0)
