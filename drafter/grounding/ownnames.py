"""What a text calls the unit that signs it, and the others of its brief, in short."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations

from drafter.grounding.bodies import begins, place_letter
from drafter.grounding.lexicon import alternation, words
from drafter.grounding.names import plain

_LEAST = 3


def own_forms(unit: str) -> set[str]:
    """What a text may call the unit that signs it: one or two of its words with its ending (港航中心 and
    市港航中心 for 某市港航事业发展中心; 公交集团 for 公共交通集团有限公司; 市妇联 for 某市妇女联合会).
    """
    letter, rest = place_letter(unit)
    letters = ("", letter) if letter else ("",)
    found: set[str] = set()
    for core, ending, brief in {*_endings_of(rest), *_endings_of(_short(rest))}:
        if "局" in core:
            continue
        chunks = [core[at : at + 2] for at in range(0, len(core) - 1, 2)]
        cores = {*chunks, *(one[0] + two[0] for one, two in combinations(chunks, 2))}
        cores |= set() if letter else {core[2:]}
        found |= {f"{each}{ending}" for each in cores if len(each) > 1}
        if brief != ending:
            found |= {f"{each}{brief}" for each in (*cores, *core[:1]) if len(each) > 1 or letter}
    settlement = re.match(f".{{2,3}}{alternation(words('bodies')['settlements'])}", _short(rest))
    named = {f"{first}{form}" for first in letters for form in found}
    return {form for form in named if len(form) >= _LEAST} | ({settlement[0]} if settlement else set())


def _endings_of(name: str) -> Iterator[tuple[str, str, str]]:
    """The name before its ending, the ending, and the ending in short (协会, 协)."""
    brief = words("bodies")["short_endings"]
    for ending in {*words("bodies")["endings"], *words("bodies")["weak"], *brief, "中心", "院", "厅"}:
        if name.endswith(ending) and (len(ending) > 1 or ending == "厅"):
            yield name.removesuffix(ending), ending, brief.get(ending, ending)


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
    text = "\n".join(lines)
    found = (match for match in pattern.finditer(text))
    return frozenset(match[0] for match in found if len(match[0]) >= _LEAST and begins(text[: match.start()][-8:]))


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
