"""Seeded changes of a text: errors that a checker must find, and changes of style that it must not mind.

They find their targets with patterns of their own, not with the reader that is being measured.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cn2an  # type: ignore[import-untyped]
import yaml

from drafter.model import Brief

NUMBER = re.compile(
    r"(?!^\d{1,2}[.．、](?!\d))(?<![\dA-Za-z.,〔])\d[\d,]*(?:\.\d+)?(?![\dA-Za-z〕])(?!号|热线)"
)
PREFIX, INFIX, SUFFIX = "(超过|突破|近|(?<![签节])约|不少于|不到)", "([余多])", "(以上|以内|左右|以下)"
WORDS = yaml.safe_load((Path(__file__).with_name("mutations.yaml")).read_text(encoding="utf-8"))
UNITS: list[str] = WORDS["units"]
UNIT = f"(?:{'|'.join(UNITS)})"
SAME = ({"人", "名"},)
FIGURE = re.compile(
    rf"(?:{PREFIX})?(?<![\dA-Za-z.,])\d[\d,]*(?:\.\d+)?{INFIX}?[万亿]?{INFIX}?(?:{UNIT}|%|个百分点){SUFFIX}?"
)
RANGE = re.compile(rf"(\d+)(%?)([至—])(\d+)(?={UNIT}|%)|(三)(四)(户)")
TITLE, NAME = re.compile(r"《([^》]{4,})》"), re.compile(r"“([^”]{3,})”")
ENDING = re.compile(
    "(?:有限公司|产业集团|集团|领导小组|街道办事处|委员会|检察院|人民医院|服务中心|中心学校|人民政府|指挥部|专业合作社|街道|分局|.)$"
)
BODIES: dict[str, tuple[str, ...]] = {}
"""The unit of a brief → the bodies named in its text; filled when the samples are read."""
LETTERS = "华安宁康泰盛昌丰瑞祥东西南北中新春秋江海山林"
QUARTERS = "一二三四"


@dataclass(frozen=True)
class Change:
    """A line changed: its new text, and the spans where the change stands in it (characters from 0)."""

    text: str
    spans: tuple[tuple[int, int], ...]


Maker = Callable[[str, random.Random, Brief], Iterator[Change]]


def _quoted_freely(line: str, start: int, brief: Brief) -> bool:
    """Whether a place lies in a quoted figure of speech (“15分钟服务圈”), which no fact supports."""
    return any(m.start() < start < m.end() and not _is_named(m, line, brief) for m in NAME.finditer(line))


def _put(line: str, start: int, end: int, new: str, around: int = 0) -> Change:
    return Change(line[:start] + new + line[end:], ((max(0, start - around), start + len(new) + around),))


def _outside(line: str) -> list[re.Match[str]]:
    """The numbers outside of titles, names and enumeration."""
    hidden = [match.span() for pattern in (TITLE, NAME) for match in pattern.finditer(line)]
    return [m for m in NUMBER.finditer(line) if not any(start <= m.start() < end for start, end in hidden)]


def digit(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """One digit becomes another."""
    for match in _outside(line):
        place = chance.choice([p for p in range(*match.span()) if line[p].isdigit()])
        choices = [d for d in "0123456789" if d != line[place] and (d != "0" or place > match.start())]
        yield _put(line, place, place + 1, chance.choice(choices), around=1)


def power_of_ten(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """A zero more, a zero less, a moved point, 万 for 亿."""
    for match in _outside(line):
        if line[match.end() : match.end() + 1] in "年月日：:":
            continue
        number = match[0]
        behind = line[match.end() : match.end() + 1]
        if behind in ("万", "亿") and chance.random() < 0.5:
            yield _put(line, match.end(), match.end() + 1, "亿" if behind == "万" else "万", around=1)
        elif "." in number:
            yield _put(line, *match.span(), f"{float(number.replace(',', '')) * 10:.10g}")
        elif number.endswith("0") and chance.random() < 0.5 and len(number) > 1:
            yield _put(line, *match.span(), number[:-1])
        else:
            yield _put(line, *match.span(), number.replace(",", "") + "0")


def unit_swapped(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """The unit behind a number becomes another."""
    for match in re.finditer(rf"\d[余多]?[万亿]?[余多]?({UNIT})(?!均|口|分点)", line):
        if match[1] == "个" and line.startswith("百分点", match.end()):
            continue
        if _quoted_freely(line, match.start(), brief):
            continue
        same = next((group for group in SAME if match[1] in group), {match[1]})
        yield _put(line, *match.span(1), chance.choice([u for u in UNITS if u not in same]), around=1)
    for match in re.finditer(r"\d(%|个百分点)", line):
        yield _put(line, *match.span(1), "个百分点" if match[1] == "%" else "%", around=1)


def qualifier_dropped(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """300余份 becomes 300份."""
    for match in re.finditer(rf"{PREFIX}(?=\d)|(?<=\d){INFIX}", line):
        yield _put(line, *match.span(), "", around=1)
    for match in re.finditer(rf"\d(?:{UNIT}|%){SUFFIX}", line):
        yield _put(line, *match.span(1), "", around=2)


def qualifier_added(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """300份 becomes 300余份, 近300份, 300份以上."""
    for match in FIGURE.finditer(line):
        if (
            any(match.groups())
            or _quoted_freely(line, match.start(), brief)
            or re.search(f"[至—第]$|{PREFIX}$", line[: match.start()])
            or re.match("[以左之至—]", line[match.end() :])
        ):
            continue
        text = match[0]
        number = re.match(r"[\d,.]+", text)
        assert number
        forms = [f"超过{text}", f"近{text}", f"约{text}", f"{text}左右"]
        if not text.endswith(("%", "点")) and "." not in number[0]:
            forms.append(number[0] + "余" + text[number.end() :])
        yield _put(line, *match.span(), chance.choice(forms))


def range_narrowed(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """3—5个 becomes 4—5个, 3—4个, 3个, 5个."""
    for match in RANGE.finditer(line):
        if match[5]:
            yield _put(line, *match.span(), chance.choice(["三户", "四户", "3户", "4户"]))
            continue
        low, high = int(match[1]), int(match[4])
        step = max(1, (high - low) // 3)
        pairs = [(low + step, high), (low, high - step)]
        forms = [f"{a}{match[2]}{match[3]}{b}" for a, b in pairs if a < b] + [match[1], match[4]]
        yield _put(line, *match.span(), chance.choice(forms))


def date_moved(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """Another year, month, day, quarter or half."""
    for match in re.finditer(r"(?<!\d)(20\d\d)(?=年)", line):
        yield _put(line, *match.span(), str(int(match[1]) + chance.choice([-2, -1, 2, 3])), around=1)
    for match in re.finditer(r"(?<!\d)(1[0-2]|[1-9])(?=月)", line):
        yield _put(
            line, *match.span(), chance.choice([str(m) for m in range(1, 13) if str(m) != match[1]]), around=1
        )
    for match in re.finditer(r"(?<=月)(\d{1,2})(?=日)", line):
        yield _put(
            line, *match.span(), chance.choice([str(d) for d in range(1, 29) if str(d) != match[1]]), around=1
        )
    for match in re.finditer(r"([一二三四])(?=季度)", line):
        yield _put(line, *match.span(), chance.choice([q for q in QUARTERS if q != match[1]]), around=1)
    for match in re.finditer(r"([上下])(?=半年)", line):
        yield _put(line, *match.span(), "下" if match[1] == "上" else "上", around=1)


def title_altered(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """A letter of a 《title》 or a “name” is lost, doubled by another or replaced.

    A figure of speech in quotation marks (“定心丸”) is no name: only what the brief holds, or the line
    introduces as a short form, can be altered.
    """
    for pattern in (TITLE, NAME):
        for match in pattern.finditer(line):
            letters = [place for place in range(*match.span(1)) if "\u4e00" <= line[place] <= "\u9fff"]
            if not letters or not _is_named(match, line, brief):
                continue
            place = chance.choice(letters)
            letter = chance.choice([x for x in LETTERS if x != line[place]])
            yield _put(line, place, place + 1, chance.choice(["", letter, line[place] + letter]), around=1)


def _is_named(match: re.Match[str], line: str, brief: Brief) -> bool:
    introduced = re.search("简称[为：:]?[“《]$", line[: match.start(1)])
    return match[0][0] == "《" or bool(introduced) or _plain(match[1]) in _plain(brief.model_dump_json())


def _plain(text: str) -> str:
    return re.sub(r"[\s“”\"\\\\]", "", text)


def body_altered(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """A body of the brief gets another name, or becomes another place's."""
    for name in BODIES.get(brief.unit, ()):
        for match in re.finditer(re.escape(name), line):
            ending = ENDING.search(name)
            assert ending, name
            place = match.start() + chance.randrange(ending.start() or len(name))
            yield _put(
                line, place, place + 1, chance.choice([x for x in LETTERS if x != line[place]]), around=2
            )


def exchanged(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """Two figures change places."""
    found = list(FIGURE.finditer(line))
    chance.shuffle(found)
    for one, two in zip(found[::2], found[1::2], strict=False):
        first, second = sorted((one, two), key=lambda match: match.start())
        if first[0] == second[0] or not line[first.end() : second.start()].strip("、和—至"):
            continue
        text = (
            line[: first.start()]
            + second[0]
            + line[first.end() : second.start()]
            + first[0]
            + line[second.end() :]
        )
        shift = len(second[0]) - len(first[0])
        spans = (
            (first.start(), first.start() + len(second[0])),
            (second.start() + shift, second.start() + shift + len(first[0])),
        )
        yield Change(text, spans)


def attached_elsewhere(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """A figure of the brief in a new sentence on something else."""
    for match in FIGURE.finditer(line):
        start, end = chance.choice(WORDS["elsewhere"]).split("{}")
        if any(start[:2] in fact.text or start[2:] in fact.text for fact in brief.facts):
            continue
        added = start + match[0] + end
        yield Change(line + added, ((len(line), len(line) + len(added)),))


def style(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """The same value in another style of numeral."""
    hidden = [match.span() for pattern in (TITLE, NAME) for match in pattern.finditer(line)]
    for match in FIGURE.finditer(line):
        if line[match.start() - 1 : match.start()] in ("至", "—"):
            continue
        number = re.search(r"\d[\d,]*(?:\.\d+)?", match[0])
        assert number
        start, end = match.start() + number.start(), match.start() + number.end()
        yield _put(line, start, end, chance.choice(_styles(number[0], line[end : end + 1])))
    for match in re.finditer(r"(?<![\d.])(\d+(?:\.\d+)?)%(?![至—])", line):
        if line[match.start() - 1 : match.start()] not in ("至", "—"):
            yield _put(line, *match.span(), "百分之" + cn2an.an2cn(match[1]))
    for match in re.finditer(r"(20\d\d)年", line):
        if any(start <= match.start() < end for start, end in hidden):
            continue
        digits = "".join("〇一二三四五六七八九"[int(d)] for d in match[1])
        yield _put(line, *match.span(1), digits)


def _styles(number: str, behind: str) -> list[str]:
    plain = number.replace(",", "")
    wide = "".join(
        chr(ord(letter) + 0xFEE0) if letter.isdigit() or letter == "." else "，" for letter in number
    )
    forms = [wide]
    if "." not in plain:
        forms += [f"{int(plain):,}"]
        if behind not in "%" and int(plain) > 2:
            forms += [cn2an.an2cn(plain)]
        if int(plain) % 1000 == 0 and behind not in ("万", "亿", "余", "多", "%"):
            forms += [f"{int(plain) / 10000:.10g}万"]
    return forms


def idiom(line: str, chance: random.Random, brief: Brief) -> Iterator[Change]:
    """An idiom or a slogan with a numeral in it, put before a clause."""
    for match in re.finditer(r"(?<=[。，；])(?=[\u4e00-\u9fff]{4})", line):
        words = chance.choice(WORDS["idioms"])
        yield Change(
            line[: match.start()] + words + line[match.start() :],
            ((match.start(), match.start() + len(words)),),
        )


ERRORS: dict[str, Maker] = {
    "digit": digit,
    "power of ten": power_of_ten,
    "unit swapped": unit_swapped,
    "qualifier dropped": qualifier_dropped,
    "qualifier added": qualifier_added,
    "range narrowed": range_narrowed,
    "date moved": date_moved,
    "title altered": title_altered,
    "body altered": body_altered,
    "figures exchanged": exchanged,
    "attached elsewhere": attached_elsewhere,
}
HARMLESS: dict[str, Maker] = {"numeral style": style, "idiom inserted": idiom}
