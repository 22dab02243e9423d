"""Reads the outline of any document: title, addressee, opening, headings of four levels, closing, signature.

Real documents are untidy: numbers in half-width brackets, used twice or skipped, run-in headings, headings
without number, headings that only a style or Word's automatic numbering tells.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from drafter.model import Heading, LineRole, Reading, SourceLine
from drafter.review import parts
from drafter.review.heads import STEPS, Head, continued, cut, head, split_number

SHORT, LONG, LONG_UNDER_BARE, LEAST_UNDER = 45, 60, 40, 20
"""Characters: the longest heading without number, and the shortest paragraphs that it can stand over."""
LEAST_SERIES = 2
SHARED_START, LEAST_SHARED, MANY = 4, 2, 3
WRAPPED = 0.3
"""The share of lines cut in the middle of a sentence from which a text is one with hard line breaks."""
_BULLET = re.compile(r"\s*[（(●○■□◆◇★☆▲△►▪•·\-*—–]")
_END = re.compile("[。！？；：!?;:]$|(?<=[\u4e00-\u9fff”%])[.]$")


def read(source: Sequence[SourceLine]) -> Reading:
    """Read a document."""
    lines = [line.text for line in source]
    roles = parts.furniture(lines)
    for place, line in enumerate(source):
        if line.table and roles[place] == "noise":
            roles[place] = "body"
    title = parts.title_of(lines, roles, _not_title(source))
    found, taken = _numbered(source, roles)
    parts.attachments(lines, roles, _text_start(roles))
    found = {place: one for place, one in found.items() if roles[place] == "body"}
    last = max(found, default=-1)
    unit, day = parts.signature_of(lines, roles, max(last + 1, _text_start(roles)))
    day = day or parts.subtitle_date(lines, roles)
    addressee = parts.addressee_of(lines, roles, sorted(found))
    found |= _styled(source, roles, found)
    found |= _unnumbered(lines, roles, found, taken)
    headings = [_heading(lines, place, found[place]) for place in sorted(found)]
    for place in found:
        roles[place] = "heading"
    _mark_opening(roles, found)
    _mark_closing(lines, roles, found)
    return Reading(
        lines=tuple(lines),
        roles=tuple(roles),
        headings=tuple(headings),
        title=title,
        addressee=addressee,
        unit=unit,
        date=day,
    )


def _text_start(roles: Sequence[LineRole]) -> int:
    """The first line behind the title."""
    return max((place + 1 for place, role in enumerate(roles) if role == "title"), default=0)


def _not_title(source: Sequence[SourceLine]) -> int:
    """The first line that cannot be title: one with an automatic number, or with a heading's style below
    that of a line above it.
    """
    highest = 0
    for place, line in enumerate(source):
        if line.number or (highest and line.level > highest):
            return place
        if line.level and not highest:
            highest = line.level
    return len(source)


def _numbered(source: Sequence[SourceLine], roles: Sequence[LineRole]) -> tuple[dict[int, Head], set[int]]:
    """The headings that a number shows, printed or automatic; and the lines that end those above them."""
    lines = [line.text for line in source]
    found: dict[int, Head] = {}
    taken: set[int] = set()
    wrapped = _width(lines, roles)
    for place, line in enumerate(source):
        if roles[place] != "body" or line.table or place in taken:
            continue
        if wrapped and _continues(lines, roles, place, found):
            continue
        if joined := split_number(lines, place):
            one = head(joined)
            assert one
            found[place] = one._replace(end=len(line.text))
            taken.add(place + 1)
        elif line.number:
            one = head(line.number + line.text)
            if one:
                end = cut(line.text, _indent(line.text))
                found[place] = Head(one.level, line.number, _words(line.text, end), end)
        elif one := head(line.text):
            found[place] = _whole(lines, place, one, wrapped)
            if found[place] is not one:
                taken.add(place + 1)
    return found, taken


def _width(lines: Sequence[str], roles: Sequence[LineRole]) -> int:
    """The width, in characters, at which a text with hard line breaks is cut; 0 for one without."""
    text = [lines[place].rstrip() for place, role in enumerate(roles) if role == "body"]
    longest = max(map(len, text), default=0)
    full = [line for line in text if len(line) >= 0.8 * longest]
    cut_off = sum(not _END.search(line) for line in full)
    return longest if longest <= LONG and len(full) > 4 and cut_off >= WRAPPED * len(full) else 0


def _continues(lines: Sequence[str], roles: Sequence[LineRole], place: int, found: dict[int, Head]) -> bool:
    """Whether a line of a text with hard line breaks goes on with the sentence of the line before it."""
    if not place or roles[place - 1] != "body" or place - 1 in found or lines[place][:1].isspace():
        return False
    return not _END.search(lines[place - 1].rstrip())


def _whole(lines: Sequence[str], place: int, one: Head, wrapped: int) -> Head:
    """A heading with what the next line holds of it, where it stops at a comma or at the text's width."""
    line = lines[place].rstrip()
    broken = continued(line, one) or (wrapped and one.end >= len(line) >= 0.8 * wrapped)
    if not broken or place + 1 >= len(lines) or not lines[place + 1].strip() or head(lines[place + 1]):
        return one
    rest = lines[place + 1].strip()
    end = cut(rest, 0)
    return one._replace(heading=line[line.index(one.heading) :] + _words(rest, end)) if end else one


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _words(text: str, end: int) -> str:
    return text[:end].strip(" \u3000。：:；;，,")


def _styled(
    source: Sequence[SourceLine], roles: Sequence[LineRole], found: dict[int, Head]
) -> dict[int, Head]:
    """The headings that only their style shows. Where the title took the first level, the others move up."""
    styled = [
        place
        for place, line in enumerate(source)
        if line.level and roles[place] == "body" and place not in found and line.text.strip()
    ]
    shift = min((source[place].level for place in styled), default=1) - 1 if not found else 0
    heads = {}
    for place in styled:
        end = cut(source[place].text, _indent(source[place].text))
        level = min(4, source[place].level - shift)
        heads[place] = Head(level, "", _words(source[place].text, end), end)
    return heads


def _unnumbered(
    lines: Sequence[str], roles: Sequence[LineRole], found: dict[int, Head], taken: Collection[int]
) -> dict[int, Head]:
    """Short lines over longer paragraphs: bare ones, and sentences that stand so in a series."""
    by_parent: dict[int, list[int]] = defaultdict(list)
    heads: dict[int, Head] = {}
    text = [place for place, role in enumerate(roles) if role == "body"]
    for above, place, below in zip([-1, *text], text, text[1:], strict=False):
        line, under = lines[place].strip(), len(lines[below].strip())
        if (
            place in found
            or place in taken
            or below in found
            or not _may_head(line)
            or place < _text_start(roles)
        ):
            continue
        if not _END.search(line):
            alone = roles[place - 1 : place] in ([], ["blank"]) and roles[place + 1] == "blank"
            if (
                alone
                or parts.stands_apart(line)
                or (under >= LONG_UNDER_BARE and (above < 0 or _ends(lines[above], above, found)))
            ):
                heads[place] = _bare(line, place, found)
        elif line[-1] == "。" and under >= max(LEAST_UNDER, len(_first_sentence(line))):
            by_parent[_parent(place, found)].append(place)
    for parent, places in by_parent.items():
        level = found[parent].level if parent >= 0 else 0
        if parent >= 0 or not found:
            heads |= _series(lines, _in_series(lines, places, text), level)
    return heads


def _may_head(line: str) -> bool:
    """Whether a line without number can be a heading: short, in no list, no sentence with figures."""
    first = _first_sentence(line)
    if len(first) > SHORT or "\t" in line or _BULLET.match(line) or STEPS.match(line) or line[-1] in "，,":
        return False
    return not _END.search(line) or (
        line.count("。") <= 2 and len(line) <= LONG and not re.search(r"\d", first)
    )


def _under(lines: Sequence[str], place: int, text: Sequence[int]) -> int:
    """The length of the paragraph below a line."""
    return len(lines[text[text.index(place) + 1]].strip())


def _in_series(lines: Sequence[str], places: Sequence[int], text: Sequence[int]) -> list[int]:
    """The sentences that are headings: over long paragraphs or beginning alike, and two of them at least."""
    starts = [lines[place].strip()[:LEAST_SHARED] for place in places]
    kept = [
        place
        for place, start in zip(places, starts, strict=True)
        if starts.count(start) > 1 or _under(lines, place, text) >= min(LONG, 2 * len(lines[place].strip()))
    ]
    return kept if len(kept) >= LEAST_SERIES else []


def _ends(line: str, place: int, found: dict[int, Head]) -> bool:
    """Whether a line ends what it says, so that the next can begin something new."""
    return place in found or _END.search(line.strip()) is not None


def _bare(line: str, place: int, found: dict[int, Head]) -> Head:
    parent = _parent(place, found)
    level = 1 if parent < 0 or parts.stands_apart(line) else min(4, found[parent].level + 1)
    return Head(level, "", line.strip(), len(line))


def _parent(place: int, found: dict[int, Head]) -> int:
    """The line of the last numbered heading above; -1 when there is none."""
    return max((above for above in found if above < place), default=-1)


def _series(lines: Sequence[str], places: Sequence[int], level: int) -> dict[int, Head]:
    """A parent's headings without number. Those that begin alike stand over those between them."""
    starts = [lines[place].strip()[:SHARED_START] for place in places]
    counted = Counter(starts)
    most = max(counted.values(), default=0)
    alike = {start for start, count in counted.items() if count > 1 and count >= min(most, MANY)}
    nested = bool(alike) and len(alike) < len(counted)
    heads = {}
    for place, start in zip(places, starts, strict=True):
        first = _first_sentence(lines[place].strip())
        lower = 2 if nested and start not in alike else 1
        heads[place] = Head(min(4, level + lower), "", first.rstrip("。"), _indent(lines[place]) + len(first))
    return heads


def _first_sentence(line: str) -> str:
    return line[: line.index("。") + 1] if "。" in line else line


def _heading(lines: Sequence[str], place: int, one: Head) -> Heading:
    run_in = bool(lines[place][one.end :].strip())
    return Heading(level=one.level, number=one.number, heading=one.heading, line=place + 1, run_in=run_in)


def _mark_opening(roles: list[LineRole], found: dict[int, Head]) -> None:
    """What stands between title and first heading opens the document."""
    for place in range(min(found, default=0)):
        if roles[place] == "body":
            roles[place] = "opening"


def _mark_closing(lines: Sequence[str], roles: list[LineRole], found: dict[int, Head]) -> None:
    """The last paragraph, where it reads like one and is not all that its heading has."""
    text = [place for place, role in enumerate(roles) if role in ("body", "heading")]
    if len(text) < 2 or roles[text[-1]] != "body" or not parts.closes(lines[text[-1]]):
        return
    above = found.get(text[-2])
    if above is None or lines[text[-2]][above.end :].strip():
        roles[text[-1]] = "closing"
