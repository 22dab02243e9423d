"""Named bodies (机关、单位、组织) in a text, and whether they are the brief's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from drafter.data import shared
from drafter.grounding.lexicon import alternation, words
from drafter.grounding.names import plain
from drafter.grounding.page import TAKEN, Page

LONGEST = 24
LEAST_PLACE = 2
LEAST_TAIL = 4
LONGEST_LISTED = 8
_HAN = re.compile(r"[\u4e00-\u9fff]+$")
_LISTED = re.compile("[\u4e00-\u9fff]+(?:、[\u4e00-\u9fff]+)+")
OF_A_KIND = re.compile(r"(?<![镇乡村])\d+余?[个家所座处支](?![\u4e00-\u9fff])")
"""Behind what is no name but a kind, of which there are several (农贸市场6个)."""
_RUNS = re.compile(r"[\u4e00-\u9fff]+")
_RUN = re.compile(r"[\u4e00-\u9fffA-Za-z]*$")


@cache
def ends_here() -> str:
    """The pattern of what follows an ending: no letter that makes it another word (公司制, but 公司制定)."""
    data = words("bodies")
    return f"(?!(?!{alternation(data['after'])})[{data['not_before']}])"


@cache
def _ending() -> re.Pattern[str]:
    data = words("bodies")
    branch = alternation(data["branches"])
    behind = ends_here()
    known = alternation([*data["endings"], *data["weak"]])
    return re.compile(f"{known}{behind}(?:(?P<branch>[\u4e00-\u9fff]{{0,4}}?){branch}{behind})?")


@cache
def _break() -> re.Pattern[str]:
    """Up to the last word that no name holds."""
    return re.compile(f".*({alternation(words('bodies')['breaks'])})")


@cache
def _compound() -> re.Pattern[str]:
    return re.compile(alternation(words("bodies")["compounds"]))


@cache
def _generic() -> re.Pattern[str]:
    return re.compile(f"{alternation([*words('bodies')['generic'], *shared('verbs')])}*")


@cache
def _no_body() -> re.Pattern[str]:
    return re.compile(f"{alternation(words('bodies')['not_bodies'])}$")


@cache
def _seeming() -> re.Pattern[str]:
    return re.compile(alternation(words("bodies")["seeming"]))


@cache
def _before_name() -> re.Pattern[str]:
    data = words("bodies")
    general = (word for word in data["generic"] if len(word) > 1)
    listed = [*shared("verbs"), *data["breaks"], *data["before"], *general, *data["endings"]]
    return re.compile(f"(?:{alternation(listed)}|[0-9][年月日])$")


def read_bodies(page: Page) -> None:
    """Take the named bodies of a page. What names none in particular (各街道, 有关公司, 我局) is left."""
    last = 0
    seeming = [found.span() for found in _seeming().finditer(page.text)]
    for match in page.matches(_ending(), over_idioms=True):
        if any(start <= match.start() < end for start, end in seeming):
            continue
        start = _name_start(page, match.start(), last, single=match.end() - match.start() == 1)
        modifier = page.text[start : match.start()]
        last = match.end()
        data = words("bodies")
        firm = match[0] in (*data["firm"], *data["weak"]) and modifier in words("bodies")["places"]
        branch = match["branch"] or ""
        named = firm or len(branch) > 1 or (len(modifier) > 1 and not _generic().fullmatch(modifier))
        if named and not _no_body().search(page.text[start : match.end()]):
            page.add("body", start, match.end(), normal=page.text[start : match.end()])


def _name_start(page: Page, ending: int, last: int, *, single: bool) -> int:
    """Where the name whose ending is at `ending` begins: after a mark, a figure, or a word no name holds.

    Right before a `single` letter such a word is a part of the name (发展改革局, 协调局).
    """
    start = max(last, ending - LONGEST)
    start = max(start, page.taken.rfind(TAKEN, start, ending) + 1)
    han = _HAN.search(page.text[start:ending])
    if not han:
        return ending
    start += han.start()
    joined = masked(page.text[start:ending])
    cut = _break().match(joined)
    if cut and single and cut.end() == len(joined):
        hidden = joined[: cut.start(1)] + "□" * (len(joined) - cut.start(1))
        cut = _break().match(hidden)
    return start + cut.end() if cut else start


@cache
def _place() -> re.Pattern[str]:
    """The place that a name begins with, up to its last letter (group 1)."""
    return re.compile(
        f".{{0,6}}?(?<!社)(?![州乡镇村国][市县区]|国(?!家))({'|'.join(words('bodies')['places'])})(?=.{{3}})"
    )


def with_place(name: str) -> set[str]:
    """A name in full, and as its own place calls it (桃源县民政局, 县民政局; 区人民法院)."""
    name = plain(name)
    place = _place().match(name)
    return {name, name[place.start(1) :]} if place else {name}


def is_general(name: str) -> bool:
    """Whether a name is made of general words and an ending (产业学院)."""
    ending = next((one for one in words("bodies")["endings"] if name.endswith(one)), "")
    return bool(ending) and _general_words().fullmatch(name.removesuffix(ending)) is not None


@cache
def _general_words() -> re.Pattern[str]:
    return re.compile(f"{alternation(word for word in words('bodies')['generic'] if len(word) > 1)}+")


def ends_like_a_body(name: str) -> bool:
    """Whether a name ends as the names of bodies do."""
    data = words("bodies")
    return name.endswith((*data["endings"], *data["weak"], *data["offices"]))


@cache
def _local() -> re.Pattern[str]:
    """A body that opens with a place's letter (县委宣传部), one of another kind (行业党委), or a place of the
    lowest level (柳叶镇).
    """
    data = words("bodies")
    place = f"(?:{alternation(data['zones'])}?{alternation(data['places'])}(?:委|政府)?|社区)"
    word = "|".join(f"(?<={office}){letters}" for office, letters in data["office_words"].items())
    whole = f"(?![{data['not_before']}门理公事室员队组])(?!{word})"
    government = f"{alternation(data['places'])}政府(?!{alternation(data['government_words'])})"
    office = f"{place}[\u4e00-\u9fff]{{1,8}}?{alternation(data['offices'])}{whole}"
    organ = f"[\u4e00-\u9fff]{{0,5}}?{alternation(data['hosts'])}{alternation(data['organs'])}{whole}"
    part = f"{alternation(data['organs'])}|[\u4e00-\u9fff]{{2,4}}(?:分公司|分行|支行)"
    learned = f"{alternation(data['learned'])}(?:{part})?"
    small = (
        f"[\u4e00-\u9fff]{{2,6}}?{alternation(data['small'])}(?<!{')(?<!'.join(data['not_small'])}){whole}"
    )
    other = f"{alternation(data['ministries'])}|[\u4e00-\u9fff]{{0,14}}?{learned}{whole}|{small}"
    far = "[\u4e00-\u9fff]{2,3}[省市州县区][\u4e00-\u9fff]{2,3}"
    government_of = "(?:(?:人民)?政府|党委|党工委)?"
    settlement = f"(?:{far}|[\u4e00-\u9fff]{{2,3}}){alternation(data['settlements'])}(?!场){government_of}"
    return re.compile(
        f"(?P<office>{government}|(?:共青)?团[省市州县区旗]委{whole}|{organ}|{office})"
        f"|(?P<other>{other})|(?P<place>{settlement})"
    )


def local_names(text: str) -> Iterator[str]:
    """The offices and places that a fact names where a name can begin; what is general (示范社区) is none."""
    for run in _RUNS.finditer(text):
        first = {0} if not text[: run.start()][-1:].isalnum() else set()
        starts = {*first, *(found.end() for found in break_word().finditer(masked(run[0])))}
        behind_verbs = {found.end() for found in _verb().finditer(run[0])} - starts
        for start in (*starts, *behind_verbs):
            found = _local().match(run[0], start)
            if found and (
                (start in behind_verbs and not found["place"])
                or OF_A_KIND.match(text, run.start() + found.end())
            ):
                continue
            if not found or (found["place"] and _general_place(found["place"])):
                continue
            if not found["other"] or _particular(found["other"]):
                yield found[0]
            if behind := _run_on().match(found[0]):
                yield found[0][behind.end() :]


def listed_names(text: str) -> Iterator[str]:
    """The offices within a unit that a fact lists (从税政股、征管股抽调), each of three letters or more."""
    sure, other = words("bodies")["listed"]["sure"], words("bodies")["listed"]["other"]
    for run in _LISTED.findall(text):
        *items, last = run.split("、")
        ended = re.match(f"[\u4e00-\u9fff]{{1,6}}?[{sure}{other}]{ends_here()}", last)
        items = [item[_cut_before(item) :] for item in (*items, ended[0] if ended else "")]
        offices = [item for item in items if item[-1:] and item[-1] in sure + other]
        if len(offices) > 1 and any(item[-1] in sure for item in offices):
            yield from (item for item in offices if LEAST_PLACE < len(item) <= LONGEST_LISTED)


def _cut_before(item: str) -> int:
    """Where the last word that no name holds ends in an item of a list."""
    return max((found.end() for found in break_word().finditer(masked(item))), default=0)


@cache
def _verb() -> re.Pattern[str]:
    return re.compile(alternation(shared("verbs")))


@cache
def _run_on() -> re.Pattern[str]:
    """A verb that a fact runs on into a name (处置云栖路小学), where a name of some length is left."""
    return re.compile(f"{alternation([*shared('verbs'), *words('bodies')['run_on']])}(?=.{{{LEAST_TAIL}}})")


def _particular(name: str) -> bool:
    """Whether a name of three letters or more holds no word that names do not hold."""
    return len(name) > LEAST_PLACE and not break_word().search(masked(name))


def masked(text: str) -> str:
    """`text` without the words that hold a break's letter (和平, 有限)."""
    return _compound().sub(lambda found: "□" * len(found[0]), text)


def _general_place(name: str) -> bool:
    settlement = re.search(
        f"{alternation(words('bodies')['settlements'])}(?:(?:人民)?政府|党委|党工委)?$", name
    )
    if name.endswith(tuple(words("bodies")["not_settlements"])) or re.fullmatch(".社区", name):
        return True
    modifier = name[: settlement.start()] if settlement else name
    return _generic().fullmatch(modifier) is not None or break_word().search(modifier) is not None


def place_letter(name: str) -> tuple[str, str]:
    """The letter of the place that a name begins with (empty for none), and the rest of the name."""
    name = plain(name)
    place = _place().match(name)
    return (place[1], name[place.end() :]) if place else ("", name)


def place_of(name: str) -> str:
    """The place that a body's name opens with (青岚镇人民政府 → 青岚镇); empty when it is none of its own."""
    found = _place().match(plain(name))
    return found[0] if found and len(found[0]) > LEAST_PLACE else ""


@cache
def break_word() -> re.Pattern[str]:
    """A word at which a run of letters ends that may be a name."""
    return re.compile(alternation(words("bodies")["breaks"]))


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
        if letters.endswith(name) and begins(letters[: len(letters) - len(name)]):
            yield name


def tail(name: str, known: Iterable[str]) -> str:
    """The longest known name that `name` ends with, when what stands before it is no other place or name."""
    fitting = sorted((form for form in known if name.endswith(form)), key=len, reverse=True)
    for form in fitting:
        before = name[: len(name) - len(form)]
        whole = len(form) >= LEAST_TAIL and (form[0] in words("bodies")["places"] or form.endswith("公司"))
        fuller = [other[: -len(form)] for other in known if other != form and other.endswith(form)]
        if whole and before[-1:] not in words("bodies")["places"] and not any(map(_near(before), fuller)):
            return form
    return ""


def _near(before: str) -> Callable[[str], bool]:
    """Whether the letters before a name are another one's with a letter wrong (安新|市… for 安泰|市…)."""

    def wrong(place: str) -> bool:
        here = before[-len(place) :]
        return here != place and any(one == two for one, two in zip(here, place, strict=False))

    return wrong


def begins(before: str) -> bool:
    """Whether a name can begin behind these letters: behind none, a date, a verb, or a word no name holds."""
    return not _HAN.search(before) or _before_name().search(before) is not None
