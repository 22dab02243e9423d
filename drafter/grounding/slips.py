"""Slips in names: a body of the brief with one letter wrong (市应急管埋局), wherever it stands in a text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from drafter.grounding.bodies import begins
from drafter.grounding.echoes import in_a_word
from drafter.grounding.lexicon import alternation, words
from drafter.grounding.ownnames import Bare

LEAST = 4
_STARTS = ("", *"，。；：")
_SMALL = re.compile("..[委局院会厅府联协办部署站所队处台馆镇乡村社科厂寺县市团区室股庭库校]|.党组|.人大|..组")
_PAIR = re.compile("([\u4e00-\u9fff])委[、和及与]([\u4e00-\u9fff])政府")
_LEADING_GROUP = re.compile("领导小(?!组)[\u4e00-\u9fff]")
_STREET_OFFICE = re.compile("街道办事(?![处机大员中效流程窗指服能事])[\u4e00-\u9fff]")
_HAN = re.compile(r"[\u4e00-\u9fff]+$")


def slips(text: str, names: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """Start, end and right name wherever a known name stands with one letter wrong.

    The last letter has to be right (市政府的 is no slip of 市政府办), but for a street's. Names of three
    letters have to stand where a name can begin (团宁委), and no other level of office (市政府 for 县政府)
    is a slip of theirs. 领导小 is one of 领导小组, and 街道办事 of 街道办事处, whatever is known.
    """
    yield from _committees(text, names)
    for match in _LEADING_GROUP.finditer(text):
        yield *match.span(), "领导小组"
    for match in _STREET_OFFICE.finditer(text):
        yield *match.span(), "街道办事处"
    seen = set()
    for size, parts in _parts(names).items():
        for place in range(len(text) - size + 1):
            for name, offset in parts.get(text[place : place + size], ()):
                start = place - offset
                window = text[max(0, start) : start + len(name)]
                if (start, name) in seen or not _one_wrong(window, name):
                    continue
                seen.add((start, name))
                if not _stands_apart(text[: max(0, start)], window, name) or _goes_on(text, start, name):
                    continue
                wrong = next(at for at, right in enumerate(name) if window[at] != right)
                if not in_a_word(text, start + wrong):
                    yield start, start + len(name), name


def _goes_on(text: str, start: int, name: str) -> bool:
    """Whether the last letter begins another word (城管执法队伍)."""
    behind = words("bodies")["office_words"].get(name[-1])
    return behind is not None and re.match(behind, text[start + len(name) :]) is not None


@lru_cache(maxsize=32)
def _parts(names: frozenset[str]) -> dict[int, dict[str, list[tuple[str, int]]]]:
    """The parts of names, by length, each with the names and its place in them.

    A name with one letter wrong has one of its halves right, a short one its first or its last letters.
    """
    parts: dict[int, dict[str, list[tuple[str, int]]]] = defaultdict(lambda: defaultdict(list))
    for name in names:
        if len(name) >= LEAST:
            half = len(name) // 2
            pieces = [(name[:half], 0), (name[half:], half)]
        elif _SMALL.fullmatch(name):
            pieces = [(name[0], 0), (name[1:], 1)]
        else:
            continue
        for piece, offset in pieces:
            parts[len(piece)][piece].append((name, offset))
    return parts


@cache
def _inspection() -> re.Pattern[str]:
    """自查 with a wrong letter before the end of such a group's name, or that end with one."""
    data = words("bodies")["inspections"]
    han, ends = "[\u4e00-\u9fff]", alternation(data["ends"])
    second, first = f"(?![{data['with_second']}]){han}查", f"自(?![{data['with_first']}]){han}"
    between = "(?:工作)?(?:领导)?"
    return re.compile(
        f"(?:{second}(?P<second>{between}{ends})|{first}(?P<first>{between}{ends})"
        f"|自查(?![{data['of_end']}]){han}(?P<end>组))(?![{data['behind']}])"
    )


def inspections(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and right name wherever a group that inspects its own unit has a letter wrong (自泰小组)."""
    for match in _inspection().finditer(text):
        if match["end"]:
            yield *match.span(), "自查小组"
        elif match["first"] or begins(text[: match.start()]):
            yield *match.span(), f"自查{match['second'] or match['first']}"


def bare_slips(text: str, own: Iterable[Bare]) -> Iterator[tuple[int, int, str]]:
    """Start, end and right word wherever a unit's own word (学校) stands with one letter wrong.

    It has to stand where a name can begin, and where a clause does when the text never uses the word.
    """
    for one in own:
        size = len(one.word)
        near = "|".join(f"{one.word[:at]}[\u4e00-\u9fff]{one.word[at + 1 :]}" for at in range(size))
        for match in re.finditer(f"(?=({near}))", text):
            start = match.start()
            here = begins(text[:start]) if one.used else text[start - 1 : start] in _STARTS
            if here and one.slip(match[1], text[start + size : start + size + 1]):
                yield start, start + size, one.word


@cache
def _committee() -> re.Pattern[str]:
    data = words("bodies")
    no_names = (word for word in (*data["places"], *data["breaks"]) if len(word) == 1)
    other = f"{data['committees']['before']}{''.join(no_names)}"
    return re.compile(f"(?![{other}])[\u4e00-\u9fff]委(?![{data['committees']['behind']}])")


def _committees(text: str, names: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """A place's committee with the place's letter wrong (华委): beside a government (华委、区政府), or where
    a name can begin and the brief has such a committee; and so the government beside a committee.
    """
    known = min((name for name in names if len(name) == 2 and name[1] == "委"), default="")
    places = words("bodies")["places"]
    pairs = {match.start(): match for match in _PAIR.finditer(text)}
    for match in _committee().finditer(text):
        pair = pairs.get(match.start())
        beside = f"{pair[2]}委" if pair and pair[2] in places else ""
        if beside or (known and begins(text[: match.start()])):
            yield *match.span(), beside or known
    for pair in pairs.values():
        if pair[1] in places and pair[2] not in places:
            yield pair.start(2), pair.end(), f"{pair[1]}政府"


def _one_wrong(window: str, name: str) -> bool:
    if len(window) != len(name) or not _HAN.fullmatch(window):
        return False
    if window[-1] != name[-1] and not _street(window, name):
        return False
    return sum(one != other for one, other in zip(window, name, strict=True)) == 1


def _street(window: str, name: str) -> bool:
    """Whether a street's office (望湖街道) has its last letter wrong; 望湖街头 is a word of its own."""
    return name.endswith("街道") and window[-1] not in words("bodies")["bare"]["街道"]["other_last"]


def _stands_apart(before: str, window: str, name: str) -> bool:
    """Whether it is the name that is wrong, and not another word or body that ends alike."""
    data = words("bodies")
    if any(here != right and here in data["breaks"] for here, right in zip(window, name, strict=True)):
        return False
    if window[0] != name[0] and window[0] in data["verbs_before"]:
        return False
    if window[0] != name[0] and {window[0], name[0]} <= set(data["places"]):
        return False
    if name.endswith("府") and window[0] == name[0]:
        return True
    if len(name) >= LEAST:
        return window[0] == name[0] or begins(before)
    if window.endswith(tuple(data["weak"])) and window[0] in data["places"]:
        return False
    wrong = window[0] if window[0] != name[0] else ""
    if wrong == "新" and name[-1] not in "村区县":
        return begins(before)
    return wrong not in (*data["places"], *data["generic"], *data["breaks"]) and begins(before)
