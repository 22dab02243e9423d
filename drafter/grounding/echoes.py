"""Bodies of the brief with a letter wrong, by the letters round it: names need not be known where they begin.

What a fact closes with the ending of a body (…马鞍乡畜牧兽医站) is compared letter by letter with the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from drafter.data import shared
from drafter.grounding.bodies import LONGEST, OF_A_KIND, begins, break_word, ends_here, masked, with_place
from drafter.grounding.lexicon import alternation, words

LEAST, LEAST_WITHIN, LEFT, LEAST_RIGHT = 4, 5, 2, 4
"""Letters of a name, of a part of one, and of what has to be right before the wrong letter: one will do where
so many behind it are right.
"""
BEFORE, BEHIND = 2, 4
"""Letters that a text must share with a fact on either side of one that differs."""
_RUNS = re.compile("[\u4e00-\u9fff]+")
_HAN = re.compile("[\u4e00-\u9fff]")


@cache
def _ending() -> re.Pattern[str]:
    data = words("bodies")
    several = [*data["endings"], *data["weak"], *data["learned"], *data["closings"]]
    longer = [office for office in (*data["offices"], *data["organs"]) if len(office) > 1]
    before, behind = data["no_closing"], data["office_words"]
    single = "|".join(
        (f"(?<![{before[letter]}])" if letter in before else "")
        + letter
        + (f"(?!{behind[letter]})" if letter in behind else "")
        for letter in data["closing_letters"]
    )
    return re.compile(f"(?:{alternation([*several, *longer])}|(?!(?<=场)所)(?:{single})){ends_here()}")


@cache
def _no_name() -> re.Pattern[str]:
    return re.compile(alternation([*words("bodies")["breaks"], *shared("verbs")]))


@cache
def _group_word() -> re.Pattern[str]:
    return re.compile(alternation(words("bodies")["group_words"]))


@cache
def _runs_on() -> re.Pattern[str]:
    """A verb (摸排小区), which makes no name of what follows it."""
    return re.compile(alternation([*shared("verbs"), *words("bodies")["run_on"]]))


@cache
def _joint() -> frozenset[str]:
    return frozenset(words("bodies")["joints"])


def stems(text: str) -> Iterator[tuple[str, bool]]:
    """The letters up to each ending of a body, back to a word that no name holds; if a name begins there."""
    for run in _RUNS.finditer(text):
        letters = run[0]
        hidden = _group_word().sub(lambda found: "□" * len(found[0]), letters)
        breaks = list(break_word().finditer(masked(hidden)))
        hard = [found.end() for found in breaks if found[0] not in _joint()]
        first = not text[: run.start()][-1:].isalnum()
        for place in range(len(letters)):
            ending = _ending().match(letters, place)
            if not ending or OF_A_KIND.match(text, run.start() + ending.end()):
                continue
            for cuts in ([found.end() for found in breaks], hard):
                cut = max((cut for cut in cuts if cut <= place), default=0)
                start = max(cut, ending.end() - LONGEST)
                if ending.end() - start >= LEAST and not _runs_on().fullmatch(letters, start, place):
                    stem = letters[start : ending.end()]
                    yield stem, start == cut and (cut > 0 or first)
                    yield from ((short, True) for short in with_place(stem) - {stem} if len(short) >= LEAST)


@lru_cache(maxsize=32)
def _patterns(known: frozenset[tuple[str, bool]]) -> tuple[tuple[str, str, str], ...]:
    """What has to stand before a wrong letter, the right letter, and what has to stand behind it."""
    found = set()
    for stem, starts in known:
        size = len(stem)
        for place in range(0 if starts and size >= LEAST_WITHIN else 1, size - 1):
            left = 1 if size - 1 - place >= LEAST_RIGHT else LEFT
            start = max(0, min(place - left, size - LEAST_WITHIN))
            if size - start >= LEAST_WITHIN or (start == 0 and starts):
                found.add((stem[start:place], stem[place], stem[place + 1 :]))
    return tuple(sorted(found))


def echoes(text: str, known: frozenset[tuple[str, bool]]) -> Iterator[tuple[int, int, str]]:
    """Start, end and right letters wherever the letters of a fact's body stand in a text with one wrong."""
    for left, letter, right in _patterns(known):
        piece = max(left, right, key=len)
        at = text.find(piece)
        while at >= 0:
            place = at + len(left) if piece is left else at - 1
            start = place - len(left)
            if (
                start >= 0
                and text.startswith(left, start)
                and text.startswith(right, place + 1)
                and _is_slip(text, place, letter)
                and (left or begins(text[:place]))
            ):
                own = left.lstrip("".join(_joint()))
                yield place - len(own), place + 1 + len(right), f"{own}{letter}{right}"
            at = text.find(piece, at + 1)


def _is_slip(text: str, place: int, right: str) -> bool:
    """Whether the letter at `place` is no other word's (推进 for 推动), nor another place's (县 for 市)."""
    data, letter = words("bodies"), text[place]
    if letter == right or not _HAN.fullmatch(letter) or letter in data["breaks"]:
        return False
    if {letter, right} <= {*data["places"], *data["generic"]}:
        return False
    return not in_a_word(text, place)


def in_a_word(text: str, place: int) -> bool:
    """Whether the letter at `place` belongs to a verb or another word that no name holds (建成村级服务站)."""
    near = range(max(0, place - 3), place + 1)
    return any((found := _no_name().match(text, start)) and found.end() > place for start in near)


def misprints(text: str, runs: Mapping[tuple[str, str], str]) -> Iterator[tuple[int, int, str]]:
    """Start, end and right letters wherever a text has one letter other than a fact between so many that are
    the fact's, whatever they name (退役瑞人创业园): the wrong letter with the one on either side.
    """
    for place in range(BEFORE, len(text) - BEHIND):
        left, right = text[place - BEFORE : place], text[place + 1 : place + 1 + BEHIND]
        letter = runs.get((left, right))
        if letter and not {letter, text[place]} & _joining() and _is_slip(text, place, letter):
            yield place - 1, place + 2, f"{left[-1]}{letter}{right[0]}"


@cache
def _joining() -> frozenset[str]:
    """Letters that join words or only colour them, one of which may stand for another (中 for 里)."""
    return frozenset(words("measure_words")["joining"])


def runs_of(texts: Iterable[str]) -> dict[tuple[str, str], str]:
    """The letters of several texts by those before and behind each; without verbs, which others stand for."""
    found: dict[tuple[str, str], str] = {}
    for text in texts:
        for run in _RUNS.findall(text):
            verbs = {at for match in _no_name().finditer(run) for at in range(*match.span())}
            for place in range(BEFORE, len(run) - BEHIND):
                if place not in verbs:
                    key = run[place - BEFORE : place], run[place + 1 : place + 1 + BEHIND]
                    found[key] = "" if found.get(key, run[place]) != run[place] else run[place]
    return found


def stems_of(texts: Iterable[str]) -> frozenset[tuple[str, bool]]:
    """The stems of several texts."""
    return frozenset(stem for text in texts for stem in stems(text))
