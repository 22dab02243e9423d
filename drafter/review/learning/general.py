"""What of a sample's words holds for other documents of its kind: headings and titles without its data."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple

from drafter.data import shared
from drafter.doctypes import shared_topics
from drafter.grounding import bodies, figures
from drafter.model import Reading

LONGEST_HEADING, LEAST_WORDS, LEAST_NAME = 24, 4, 2
"""Characters: a heading that is kept whole, what makes a heading of itself, and what makes a name."""
MOST_CUES, LONGEST_CUE = 12, 4
_TIME, _OWN = "\x00", "\x01"
_BRACKETS = re.compile(f"[（(][^（）()]*[{_TIME}{_OWN}][^（）()]*[）)]")
_CLAUSE = re.compile(r"[^，,；;\s]+")
_MARKS = re.compile('[“”‘’"《》（）()]')


class General(NamedTuple):
    """A heading without the sample's own data, and the pieces of the printed one that it is made of.

    `lead` is the first clause that stays, as printed: what tells the meaning of the heading.
    """

    heading: str
    pieces: tuple[str, ...]
    lead: str


def words() -> dict[str, Any]:
    """The word lists of templates/_shared/learn.yaml."""
    lists: dict[str, Any] = shared("learn")
    return lists


def own_names(reading: Reading) -> frozenset[str]:
    """The bodies and places that the document names, places also without their last letter (桃源县, 桃源)."""
    named = {
        figure.text for line in reading.lines for figure in figures.read(line) if figure.kind == "body"
    } | {reading.unit}
    heads = [reading.title, reading.unit, reading.addressee]
    heads += [line for line, role in zip(reading.lines, reading.roles, strict=True) if role == "opening"]
    local = {name for text in heads for name in bodies.local_names(text)}
    places = {bodies.place_of(name) for name in named | local} | local
    stems = {place[:-1] for place in places if len(place) > LEAST_NAME}
    return frozenset(name for name in named | places | stems if len(name) >= LEAST_NAME)


def general(heading: str, names: Collection[str]) -> General:
    """A heading without figures, dates and names; its text is empty when nothing of its own is left.

    Dates are taken out; of several clauses, those with other data of the sample's go; of a single one, its
    longest piece stays. A long heading keeps its first clauses.
    """
    blanked = _blanked(heading, names)
    spans = [found.span() for found in _CLAUSE.finditer(blanked)]
    kept = [span for span in spans if _OWN not in blanked[slice(*span)]]
    rows = [_pieces(blanked[slice(*span)]) for span in kept or spans]
    if not kept:
        rows = [[max((piece for row in rows for piece in row), key=len, default="")]]
    rows = [row for row in rows if any(row)]
    while len(rows) > 1 and sum(len(piece) for row in rows for piece in row) > LONGEST_HEADING:
        rows.pop()
    text = "，".join("".join(row) for row in rows)
    enough = len(text) >= (LEAST_NAME if blanked == heading else LEAST_WORDS)
    lead = heading[slice(*(kept or spans or [(0, 0)])[0])]
    pieces = tuple(piece for row in rows for piece in row)
    return General(text, pieces, lead) if enough else General("", (), lead)


def _blanked(heading: str, names: Collection[str]) -> str:
    """The heading with each letter of a time, or of another datum of the sample's, as a control character."""
    letters = list(heading)
    spans = [
        (figure.start, figure.end, _TIME if figure.kind in ("date", "period") else _OWN)
        for figure in figures.read(heading)
    ]
    spans += [(*found.span(), _OWN) for name in names for found in re.finditer(re.escape(name), heading)]
    spans += [(*found.span(), _TIME) for time in words()["times"] for found in re.finditer(time, heading)]
    for start, end, mark in sorted(spans, key=lambda span: span[2] == _OWN):
        letters[start:end] = [mark] * (end - start)
    return _BRACKETS.sub(lambda found: _TIME * len(found[0]), "".join(letters))


def _pieces(clause: str) -> list[str]:
    """What stands between the blanks of a clause, without what hung on them."""
    parts = re.split(f"[{_TIME}{_OWN}]+", clause)
    pieces = []
    for place, part in enumerate(parts):
        if place:
            part = re.sub(words()["loose_start"], "", part)
        if place < len(parts) - 1:
            part = re.sub(words()["loose_end"], "", part)
        pieces.append(_MARKS.sub("", part) if _unbalanced(part) else part)
    return [piece for piece in pieces if piece]


def _unbalanced(piece: str) -> bool:
    pairs = ("“”", "（）", "()", "《》")
    return any(piece.count(pair[0]) != piece.count(pair[1]) for pair in pairs) or '"' in piece


def cues(heading: str) -> tuple[str, ...]:
    """Words of a heading that show in a fact that it belongs below: those of a known topic, then its own."""
    heading = re.split("[，；]", heading)[0]
    apart = sorted(words()["empty_words"], key=len, reverse=True)
    listed = [word for topic in shared_topics() for word in (topic.topic, *topic.cues)]
    known = [word for word in listed if word in heading and word not in apart]
    rest = re.split(f"{'|'.join(map(re.escape, apart))}|{words()['empty_marks']}", heading)
    own = [half for word in rest for half in _halves(word)]
    return tuple(dict.fromkeys([*known, *own]))[:MOST_CUES]


def _halves(word: str) -> list[str]:
    """A word of two or three letters; one of four as its halves (经费预算 → 经费, 预算)."""
    if len(word) == LONGEST_CUE:
        return [word[:LEAST_NAME], word[LEAST_NAME:]]
    return [word] if LEAST_NAME <= len(word) < LONGEST_CUE else []


@cache
def _genre() -> re.Pattern[str]:
    one = "|".join(f"(?:{pattern})" for pattern in words()["genres"])
    return re.compile(f"(?:{one})(?:[及和暨与](?:{one}))?")


def genre(title: str, names: Collection[str]) -> str:
    """What a title calls its document (文种), without the sample's data; empty when it says nothing."""
    blanked = re.sub(f"[{_TIME}{_OWN}]", "", _blanked(title, names))
    found = [match[0] for match in _genre().finditer(blanked)]
    return re.sub("^(工作)?的", "", found[-1]) if found else ""
