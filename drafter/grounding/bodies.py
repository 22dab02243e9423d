"""Named bodies (机关、单位、组织) in a text, and whether they are the brief's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from drafter.data import shared
from drafter.grounding.lexicon import alternation, words
from drafter.grounding.names import plain
from drafter.grounding.page import TAKEN, Page

LONGEST = 24
LEAST_FOR_SLIP = 4
_HAN = re.compile(r"[\u4e00-\u9fff]+$")
_SMALL = re.compile("..[委局院会厅]")
_RUN = re.compile(r"[\u4e00-\u9fffA-Za-z]*$")


@cache
def _ending() -> re.Pattern[str]:
    data = words("bodies")
    branch = alternation(data["branches"])
    behind = f"(?![{data['not_before']}])"
    known = alternation([*data["endings"], *data["weak"]])
    return re.compile(f"{known}{behind}(?:[\u4e00-\u9fff]{{0,4}}?{branch}{behind})?")


@cache
def _break() -> re.Pattern[str]:
    """Up to the last word that no name holds."""
    return re.compile(f".*{alternation(words('bodies')['breaks'])}")


@cache
def _compound() -> re.Pattern[str]:
    return re.compile(alternation(words("bodies")["compounds"]))


@cache
def _generic() -> re.Pattern[str]:
    return re.compile(f"{alternation(words('bodies')['generic'])}*")


@cache
def _no_body() -> re.Pattern[str]:
    return re.compile(f"{alternation(words('bodies')['not_bodies'])}$")


@cache
def _before_name() -> re.Pattern[str]:
    data = words("bodies")
    general = (word for word in data["generic"] if len(word) > 1)
    listed = [*shared("verbs"), *data["breaks"], *general, *data["endings"]]
    return re.compile(f"{alternation(listed)}$")


def read_bodies(page: Page) -> None:
    """Take the named bodies of a page. What names none in particular (各街道, 有关公司, 我局) is left."""
    last = 0
    for match in page.matches(_ending(), over_idioms=True):
        start = _name_start(page, match.start(), last)
        modifier = page.text[start : match.start()]
        last = match.end()
        data = words("bodies")
        firm = match[0] in (*data["firm"], *data["weak"]) and modifier in words("bodies")["places"]
        named = firm or (len(modifier) > 1 and not _generic().fullmatch(modifier))
        if named and not _no_body().search(page.text[start : match.end()]):
            page.add("body", start, match.end(), normal=page.text[start : match.end()])


def _name_start(page: Page, ending: int, last: int) -> int:
    """Where the name that ends at `ending` begins: after punctuation, a figure, or a word no name holds."""
    start = max(last, ending - LONGEST)
    start = max(start, page.taken.rfind(TAKEN, start, ending) + 1)
    han = _HAN.search(page.text[start:ending])
    if not han:
        return ending
    start += han.start()
    joined = _compound().sub(lambda found: "□" * len(found[0]), page.text[start:ending])
    cut = _break().match(joined)
    return start + cut.end() if cut else start


@cache
def _place() -> re.Pattern[str]:
    """The place that a name begins with, up to its last letter (group 1)."""
    return re.compile(f".{{0,6}}?(?<!社)({'|'.join(words('bodies')['places'])})(?=.{{3}})")


def with_place(name: str) -> set[str]:
    """A name in full, and as its own place calls it (桃源县民政局, 县民政局; 区人民法院)."""
    name = plain(name)
    place = _place().match(name)
    if place and (_is_name(name[place.end() :]) or name[place.end() :] in words("bodies")["firm"]):
        return {name, name[place.start(1) :]}
    return {name}


def forms(name: str) -> set[str]:
    """What a body may be called: in full, without its place (市交通运输局, 交通运输局), and in short."""
    known = with_place(name)
    place = _place().match(plain(name))
    if place and _is_name(plain(name)[place.end() :]):
        known.add(plain(name)[place.end() :])
    short = words("bodies")["abbreviations"].items()
    return known | {form.replace(long, brief) for form in known for long, brief in short if long in form}


def _is_name(words_left: str) -> bool:
    """Whether more than an ending and general words is left of a name without its place."""
    ending = re.search(f"{alternation(words('bodies')['endings'])}$", words_left)
    return not ending or not _generic().fullmatch(words_left[: ending.start()])


@cache
def _kind() -> re.Pattern[str]:
    data = words("bodies")
    return re.compile(f"(?!.{{0,4}}?(?:{'|'.join(data['places'])})).*{alternation(data['soft'])}$")


def is_kind(name: str) -> bool:
    """Whether a name may be a kind of body (薄弱学校) rather than one body."""
    return _kind().match(name) is not None or name.endswith(tuple(words("bodies")["weak"]))


def called(text: str, end: int, names: Iterable[str]) -> Iterator[str]:
    """The names that the letters up to `end` close with, where a name can begin."""
    run = _RUN.search(plain(text[max(0, end - LONGEST - 6) : end]))
    letters = run[0] if run else ""
    for name in names:
        if letters.endswith(name) and _begins(letters[: len(letters) - len(name)]):
            yield name


def _begins(before: str) -> bool:
    """Whether a name can begin behind these letters: behind none, a verb, or a word that no name holds."""
    return not _HAN.search(before) or _before_name().search(before) is not None


def slips(text: str, names: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """Start, end and right name wherever a known name stands with one letter wrong.

    The last letter has to be right: 市政府的 is no slip of 市政府办. Of names of three letters, only the
    middle one of a 委 or 局 is looked at (团宁委).
    """
    for name in names:
        if len(name) < LEAST_FOR_SLIP and not _SMALL.fullmatch(name):
            continue
        half = len(name) // 2
        for part, offset in ((name[:half], 0), (name[half:], half)):
            place = text.find(part)
            while place >= 0:
                start = place - offset
                window = text[max(0, start) : start + len(name)]
                if _one_wrong(window, name) and _stands_apart(text[: max(0, start)], window, name):
                    yield start, start + len(name), name
                place = text.find(part, place + 1)


def _one_wrong(window: str, name: str) -> bool:
    if len(window) != len(name) or window[-1] != name[-1] or not _HAN.fullmatch(window):
        return False
    return sum(one != other for one, other in zip(window, name, strict=True)) == 1


def _stands_apart(before: str, window: str, name: str) -> bool:
    """Whether it is the name that is wrong, and not another word that ends alike."""
    if len(name) < LEAST_FOR_SLIP:
        return window[0] == name[0] and _begins(before)
    return window[0] == name[0] or _begins(before)
