"""The parts of a document round its headings: page furniture, title, addressee, signature, attachments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date as Date
from functools import cache

from drafter.data import shared
from drafter.grounding.numerals import fold, value
from drafter.intake import cut_noise
from drafter.model import LineRole
from drafter.review.heads import head, typed

TITLE_LENGTH, UNIT_LENGTH, ADDRESSEE_LENGTH = 60, 30, 60
SIGNATURE_REACH = 14
"""Lines from the end of the text among which the signature stands."""
_SENTENCE = re.compile("[。！？；!?;]|[：:，,]$|(?<=[\u4e00-\u9fff”%])[.]$")
_HAN_DIGIT = "零〇○Ｏ一二三四五六七八九"
_DAY = re.compile(
    rf"(?P<y>(?:19|20)\d\d|[{_HAN_DIGIT}]{{4}})\s*(?:年|[-/.])\s*(?P<m>\d{{1,2}}|元|[一二三四五六七八九十]{{1,2}})"
    r"\s*(?:月|[-/.])\s*(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})\s*日?"
)
_DATE = re.compile(_DAY.pattern + r"\s*$")
_YEAR = re.compile(r"(?:19|20)\d\d年")
_MONTH_ONLY = re.compile(
    r"^(?:(?:19|20)\d\d|[零〇○一二三四五六七八九]{4})\s*年\s*[\d一二三四五六七八九十]{1,2}\s*月$"
)
_YEARS = re.compile(r"[（(](?:19|20)\d\d\s*[—–－~～至-]+\s*(?:19|20)\d\d\s*年?[）)]$")
_ATTACHED = re.compile(
    r"^\s*附\s*(?:件|表|录)\s*(?P<n>\d{0,2}|[一二三四五六七八九十]?)\s*(?P<c>[:：])?\s*(?P<t>.*)$"
)
_BREAK = re.compile(r"(?<=[\u4e00-\u9fff”》）])\s+(?=[\d\u4e00-\u9fff“《（])|(?<=\d)\s+(?=[\u4e00-\u9fff])")
"""A line break or a gap in a title, which is no part of it."""
_LISTED = re.compile(r"^\s*\d{1,2}\s*[.．、]")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    listed = shared("parts")[name]
    return re.compile("|".join(f"(?:{one})" for one in ([listed] if isinstance(listed, str) else listed)))


def furniture(lines: Sequence[str]) -> list[LineRole]:
    """A first role for each line: blank, noise (of a web page, a chat, a printed page's number) or body."""
    kept = cut_noise(lines)
    roles: list[LineRole] = []
    for index, line in enumerate(lines):
        text = line.strip()
        if not text:
            roles.append("blank")
        elif index >= len(kept) or not kept[index].strip() or _pattern("furniture").search(fold(text)):
            roles.append("noise")
        else:
            roles.append("body")
    return roles


def title_of(lines: Sequence[str], roles: list[LineRole], end: int) -> str:
    """The title, its lines joined; empty when there is none. Marks title and letterhead in `roles`.

    It stands above line `end` (from 0).
    """
    zone = _zone(lines[:end], roles)
    if not zone:
        return ""
    named = [
        place for place in zone if _pattern("genres").search(lines[place]) and not _subtitle(lines[place])
    ]
    chosen = named[-1] if named else next((place for place in zone if not _subtitle(lines[place])), -1)
    if chosen < 0:
        return ""
    rows = [chosen]
    while (above := rows[0] - 1) in zone and not _subtitle(lines[above]):
        joined = "".join(lines[place].strip() for place in (above, *rows))
        fits = (
            _pattern("title_begins").search(lines[above].strip()) or lines[rows[0]].strip()[0] in "的和及暨"
        )
        fits = fits or bool(_pattern("title_first").search(lines[above]) and not _YEAR.search(lines[rows[0]]))
        if not fits or _pattern("letterhead").search(lines[above].strip()) or len(joined) > TITLE_LENGTH:
            break
        rows.insert(0, above)
    if rows[-1] + 1 in zone and _YEARS.fullmatch(lines[rows[-1] + 1].strip()):
        rows.append(rows[-1] + 1)
    head = [
        place for place in zone if place < rows[0] and _pattern("letterhead").search(lines[place].strip())
    ]
    for place in zone:
        text = lines[place].strip()
        # Above 发文字号 stand 份号 and the names of joint issuers.
        beside = place < max(head, default=-1) and (text.isdigit() or _is_unit(text))
        letterhead = place in head or beside
        roles[place] = "imprint" if letterhead else "title" if place >= rows[0] else "noise"
    printed = "".join(lines[place].strip() for place in rows)
    title = _BREAK.sub("", printed)
    for place in range(rows[-1] + 1, len(lines)):
        if lines[place].strip() in (title, printed):
            roles[place] = "noise"  # the running head of a printed page
    return title


def subtitle_date(lines: Sequence[str], roles: Sequence[LineRole]) -> Date | None:
    """The day that a subtitle gives: （2025年1月8日在…会议上）."""
    for line, role in zip(lines, roles, strict=True):
        match = _DAY.search(fold(line)) if role == "title" and _subtitle(line) else None
        if match:
            return _date(match)
    return None


def date_in(line: str) -> Date | None:
    """The day that a line ends with; None when it ends with none."""
    match = _DATE.search(fold(line))
    return _date(match) if match else None


def _zone(lines: Sequence[str], roles: Sequence[LineRole]) -> list[int]:
    """The lines above the text that may be title, letterhead or subtitle."""
    zone: list[int] = []
    for place, line in enumerate(lines):
        text = line.strip()
        if roles[place] != "body":
            continue
        if len(text) > TITLE_LENGTH or (_SENTENCE.search(text) and not _subtitle(text)) or head(line):
            break
        if zone and stands_apart(text):
            break
        zone.append(place)
    else:
        return zone[:1]
    return zone


def _subtitle(line: str) -> bool:
    text = line.strip()
    return text.startswith(("——", "--", "—", "（", "(")) or bool(_DATE.fullmatch(fold(text)))


def addressee_of(lines: Sequence[str], roles: list[LineRole], heads: Sequence[int]) -> str:
    """The addressee or salutation without its colon; marked in `roles`."""
    last = heads[0] if heads else len(lines)
    titled = max((place for place, role in enumerate(roles[:last]) if role == "title"), default=-1)
    for place in range(titled + 1, last):
        text = lines[place].strip()
        if roles[place] != "body":
            continue
        if (
            text[-1] in "：:"
            and len(text) <= ADDRESSEE_LENGTH
            and not re.search("[。；！？]", text)
            and not _pattern("no_addressee").search(text)
        ):
            roles[place] = "addressee"
            return text.rstrip("：: ")
        return ""
    return ""


def attachments(lines: Sequence[str], roles: list[LineRole], start: int) -> None:
    """Mark the list of attachments behind the text, and all from the first attachment's own page on."""
    place = start
    while place < len(lines):
        match = _ATTACHED.match(lines[place]) if roles[place] == "body" else None
        if not match or head(lines[place]) or _SENTENCE.search(match["t"]):
            place += 1
            continue
        if not match["c"] and not match["t"]:
            for later in range(place, len(lines)):
                if roles[later] == "body":
                    roles[later] = "attachment"
            return
        roles[place] = "attachment"
        place += 1
        while place < len(lines) and (roles[place] == "blank" or _LISTED.match(lines[place])):
            if roles[place] == "body":
                roles[place] = "attachment"
            place += 1


def signature_of(lines: Sequence[str], roles: list[LineRole], start: int) -> tuple[str, Date | None]:
    """Who signs, and when; marked in `roles`. `start` is the first line that may belong to it."""
    tail = [place for place in range(start, len(lines)) if roles[place] == "body"]
    for place in tail[-SIGNATURE_REACH:]:
        if _pattern("tailmatter").search(lines[place].strip()):
            roles[place] = "imprint"
    tail = [place for place in tail if roles[place] == "body"][-SIGNATURE_REACH:]
    for index in range(len(tail) - 1, -1, -1):
        text = fold(lines[tail[index]].strip())
        match = _DATE.search(text)
        if not match and not _MONTH_ONLY.match(text):
            continue
        before = text[: match.start()].strip() if match else ""
        if before and not _is_unit(before):
            continue
        day = _date(match) if match else None
        roles[tail[index]] = "date"
        if before:
            return before, day
        for beside in (index - 1, index + 1):
            if (
                0 <= beside < len(tail)
                and abs(tail[beside] - tail[index]) <= 3
                and _is_unit(lines[tail[beside]].strip())
            ):
                roles[tail[beside]] = "unit"
                return lines[tail[beside]].strip(), day
        return "", day
    if tail and _is_unit(lines[tail[-1]].strip()) and len(tail) > 1:
        roles[tail[-1]] = "unit"
        return lines[tail[-1]].strip(), None
    return "", None


def _is_unit(text: str) -> bool:
    compact = re.sub(r"\s+", "", text)
    return (
        len(compact) <= UNIT_LENGTH
        and not re.search("[，。；：！？,;:]", compact)
        and bool(_pattern("units").search(compact))
    )


def _date(match: re.Match[str]) -> Date | None:
    try:
        parts = (match[part].replace("○", "〇").replace("Ｏ", "〇").replace("元", "一") for part in "ymd")
        year, month, day = (int(value(part)) for part in parts)
        return Date(year, month, day)
    except ValueError:
        return None


def closes(text: str) -> bool:
    """Whether a paragraph reads like the last of a document."""
    return _pattern("closing").search(typed(text)) is not None


def stands_apart(text: str) -> bool:
    """Whether a heading without number belongs under no other."""
    return _pattern("apart").search(text.strip()) is not None
