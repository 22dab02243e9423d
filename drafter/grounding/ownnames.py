"""What a text calls the unit that signs it, and the others of its brief, in short."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations

from drafter.grounding.bodies import begins, place_letter, place_of
from drafter.grounding.lexicon import alternation, words
from drafter.grounding.names import plain
from drafter.grounding.shortforms import in_order

_LEAST = 3
_LONGEST_CORE = 8
"""Letters of a short form before its ending."""
_HAN = re.compile("[\u4e00-\u9fff]")
_HANS = re.compile("[\u4e00-\u9fff]+")


def own_forms(unit: str) -> set[str]:
    """What a text may call the unit that signs it: some of its words with its ending (港航中心 and 市港航中心
    for 某市港航事业发展中心; 公交集团 for 公共交通集团有限公司; 市妇联 for 某市妇女联合会), and what goes by
    the same place (镇党委 for 某镇人民政府; 云岫县政府 for 云岫县茶业商会).
    """
    letter, rest = place_letter(unit)
    found = {_short(rest)}
    for core, ending, brief in {*_endings_of(rest), *_endings_of(_short(rest))}:
        found |= _shortened(core.rpartition("局")[2], ending, brief, placed=bool(letter))
    named = {f"{first}{form}" for first in {"", letter} for form in found}
    for ending, sisters in words("bodies")["sisters"].items():
        named |= set(sisters) if rest.endswith(ending) else set()
    if place := place_of(unit):
        named |= {f"{place}{office}" for office in ("政府", "人民政府", "委")}
    if unit.startswith("共青团") and letter:
        named.add(f"团{letter}委")
    settlements = re.findall(f"[\u4e00-\u9fff]{{2,3}}?{alternation(words('bodies')['settlements'])}", rest)
    return {form for form in (*named, *settlements) if len(form) >= _LEAST and not _is_kind(form)}


def _is_kind(form: str) -> bool:
    """Whether a form is of a kind that many are (总工会, 有限公司), and has no letters of its own."""
    return (len(form) == _LEAST and form.endswith("会")) or form.startswith("有限")


def _shortened(core: str, ending: str, brief: str, *, placed: bool) -> set[str]:
    """The names that some words of `core` make with an ending or with what is short for it."""
    chunks = [core[at : at + 2] for at in range(0, len(core) - 1, 2)]
    longer = {core[at : at + 3] for at in range(0, len(core) - 2, 2)}
    whole = {core, core.replace("和", ""), "".join(chunks[:2])}
    cores = {*chunks, *longer, *whole, *(one[0] + two[0] for one, two in combinations(chunks, 2))}
    cores |= set() if placed else {core[2:]}
    found = {f"{each}{ending}" for each in cores if len(each) > 1}
    found |= {ending, brief}
    if brief != ending:
        found |= {f"{each}{brief}" for each in (*cores, *core[:1]) if len(each) > 1 or placed}
    return found


@lru_cache(maxsize=256)
def _endings_of(name: str) -> tuple[tuple[str, str, str], ...]:
    """The name before its ending, the ending, and the ending in short (协会, 协)."""
    brief = words("bodies")["short_endings"]
    endings = {*words("bodies")["endings"], *words("bodies")["weak"], *brief, "中心", "院", "厅"}
    return tuple(
        (name.removesuffix(ending), ending, brief.get(ending, ending))
        for ending in endings
        if name.endswith(ending) and (len(ending) > 1 or ending == "厅")
    )


def _short(name: str) -> str:
    """A name without its legal form (集团有限公司), and with its official short words."""
    name = re.sub("(?<=集团)(?:股份|责任)?有限(?:责任)?公司$|(?:股份|责任)?有限(?:责任)?(?=公司$)", "", name)
    for long, brief in words("bodies")["abbreviations"].items():
        name = name.replace(long, brief) if long in name else name
    return name


def in_use(lines: Iterable[str], names: frozenset[str]) -> frozenset[str]:
    """The short forms of `names` that a text itself uses: their place's letter, some of their letters in
    order, and their ending (市公积金中心 for 某市住房公积金管理中心).
    """
    pattern = _in_short(names)
    if not pattern:
        return frozenset()
    return frozenset(
        match[0]
        for line in lines
        for match in pattern.finditer(line)
        if len(match[0]) >= _LEAST and begins(line[: match.start()])
    )


def near_short(line: str, names: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """Start, end and full name wherever a short form of `names` has one letter wrong (州非秋保护中心)."""
    for name in names:
        letter, rest = place_letter(name)
        for core, ending, brief in _endings_of(rest) if letter else ():
            for match in re.finditer(f"{ending}|{brief}", line):
                for start in range(max(0, match.start() - _LONGEST_CORE), match.start() - _LEAST):
                    window = line[start : match.start()]
                    if _one_wrong(window, letter, core) and begins(line[:start]):
                        yield start, match.end(), name


def _one_wrong(window: str, letter: str, core: str) -> bool:
    """Whether letters are a place's and some of `core` in order, but for one, which no other word is."""
    if not _HANS.fullmatch(window) or in_order(window[1:], core) == (window[0] == letter):
        return False
    if in_order(window[1:], core):
        return window[0] not in _no_name() and window[0] not in words("bodies")["verbs_before"]
    return window[0] == letter and any(
        window[place] not in _no_name() and in_order(window[1:place] + window[place + 1 :], core)
        for place in range(1, len(window))
    )


@lru_cache(maxsize=16)
def _in_short(names: frozenset[str]) -> re.Pattern[str] | None:
    forms = []
    for name in sorted(names):
        letter, rest = place_letter(name)
        if not letter:
            continue
        for core, ending, brief in _endings_of(rest):
            letters = "".join(f"{each}?" for each in core)
            forms.append(f"{letter}{letters}(?:{ending}|{brief})")
    return re.compile("|".join(forms)) if forms else None


@dataclass(frozen=True, slots=True)
class Bare:
    """A word that a unit calls itself by (学校), the letters that make other words of its last letter (高校),
    if any, of its first (街头), and those that do behind it (校园). `used` tells that the text begins a
    clause with it.
    """

    word: str
    other_first: str
    other_last: str
    behind: str
    used: bool

    def slip(self, window: str, next_letter: str) -> bool:
        """Whether letters are the word with one wrong (山校, 街祥, 管海会), and no other word."""
        if len(window) != len(self.word) or (next_letter and next_letter in self.behind):
            return False
        wrong = [place for place, letter in enumerate(self.word) if window[place] != letter]
        if len(wrong) != 1:
            return False
        place, letter = wrong[0], window[wrong[0]]
        if place == len(self.word) - 1:
            return bool(self.other_last) and letter not in self.other_last
        other = place == 0 and letter in self.other_first
        return not other and letter not in _no_name() and _HAN.fullmatch(letter) is not None


@cache
def _no_name() -> frozenset[str]:
    """The words of one letter that no name holds, and the letters of places."""
    data = words("bodies")
    return frozenset((*data["breaks"], *data["places"], *data["generic"])) - {"新"}


def bare_names(lines: Iterable[str], unit: str) -> tuple[Bare, ...]:
    """The words without a name that a text may call its unit by; `used` where one begins a clause."""
    name, text = plain(unit), "\n".join(lines)
    return tuple(
        Bare(
            word,
            data["other_first"],
            data.get("other_last", ""),
            data["behind"],
            used=data.get("anywhere", True) and _begins_clause(word, text),
        )
        for word, data in words("bodies")["bare"].items()
        if name.endswith(tuple(data["units"])) or (not data["units"] and _begins_clause(word, text))
    )


def _begins_clause(word: str, text: str) -> bool:
    return re.search(f"(?:^|[，。；：])我?{word}", text, re.MULTILINE) is not None


@dataclass(frozen=True, slots=True)
class OwnNames:
    """What a text calls the bodies of its brief: `short` forms of their names, `bare` words for the unit, and
    all `names` that are looked for in it.
    """

    names: frozenset[str]
    short: frozenset[str]
    bare: tuple[Bare, ...]
    text: str

    def holds(self, word: str) -> bool:
        """Whether the text says a word more than once, as it would not say a slip."""
        return self.text.count(word) > 1


def own_names(lines: Sequence[str], unit: str, official: frozenset[str], names: Set[str]) -> OwnNames:
    """What a text calls its unit, the other `official` bodies of its brief and whatever else facts name."""
    short = in_use(lines, official)
    return OwnNames(short | names, short, bare_names(lines, unit), "\n".join(lines))
