"""Dates, periods and clock times in a text."""

from __future__ import annotations

import re
from functools import cache

from drafter.grounding.lexicon import alternation, words
from drafter.grounding.numerals import value
from drafter.grounding.page import Figure, Kind, Page

_YEAR = r"(?:(?:19|20)\d{2}|[一二][零〇○一二三四五六七八九]{3})"
_MONTH = r"(?:1\d|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:\d{1,2}|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_TO = r"(?:[—–－~～\-]{1,2}|至|到)"
_QUARTER = r"第?[一二三四1-4]季度"
_FIRST = "(?:(?<![提目以之日])前|(?<=年)头)"
_PART = "上旬|中旬|下旬|月底|月初|底|末|初"

_IN_YEAR = rf"(?:(?P<y>{_YEAR})年度?)?"
_M, _M2 = rf"(?<![\d.])(?P<m>{_MONTH})", rf"(?P<m2>{_MONTH})"
_D, _D2 = rf"(?P<d>{_DAY})", rf"(?P<d2>{_DAY})"

_FORMS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("date", re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)")),
    ("period", re.compile(rf"(?P<y>{_YEAR})年?{_TO}(?P<y2>{_YEAR})年(?!\d)")),
    ("period", re.compile(rf"{_IN_YEAR}{_M}月?份?{_TO}{_M2}月份?(?!{_DAY}[日号])")),
    ("period", re.compile(r"(?P<m>[一二三四五六七八九])(?P<m2>[二三四五六七八九])月份")),
    ("date", re.compile(rf"{_IN_YEAR}{_M}月{_D}日?{_TO}{_D2}日")),
    ("date", re.compile(rf"{_IN_YEAR}{_M}月{_D}[日号](?!楼)")),
    # No month is the thirteenth, and so a fact's date it cannot be.
    ("date", re.compile(rf"{_IN_YEAR}(?<![\d.])(?P<m>1[3-9]|[2-9]\d)月{_D}[日号]")),
    ("period", re.compile(rf"{_IN_YEAR}{_M}月(?:份|(?P<part>{_PART}))?(?!\d+[日号、—–－~～至到-]|一)")),
    (
        "period",
        re.compile(rf"{_IN_YEAR}{_FIRST}(?P<m2>1[01]|[2-9]|[二三四五六七八九十])个?月(?![内后底])"),
    ),
    ("period", re.compile(rf"{_IN_YEAR}前(?P<q2>[二三四2-4])(?:个)?季度")),
    ("period", re.compile(rf"{_IN_YEAR}第?(?P<q>[一二三1-3])(?:季度)?{_TO}第?(?P<q2>[二三四2-4])季度")),
    ("period", re.compile(rf"{_IN_YEAR}第?(?<![\d.上下])(?P<q>[一二三四1-4])季度(?!一)")),
    ("period", re.compile(rf"{_IN_YEAR}(?P<h>[上下])半年")),
    ("period", re.compile(rf"(?<!\d)(?P<y>{_YEAR})年(?!代)(?:度|(?P<part>{_PART}))?")),
    ("period", re.compile(r"(?<![^。；;\n])(?P<y>20\d{2})(?=:)")),
)  # fmt: skip
_FREQUENCY = re.compile(r"每(?:半年|季度|季|个?月|周|星期|旬|年|日|天|两周|两个月|[三四五六]个月)(?!度)")
_CLOCK = re.compile(
    r"(?:上午|下午|凌晨|中午|晚上?|早上?)?(?<!\d)(?:[01]?\d|2[0-4]|[2-9]\d(?=时\d{1,2}分))"
    r"(?::\d{2,4}|(?:时|点)(?:[0-5]?\d分|整|半|许)?(?!空|间|效|期|候|段|差|至(?!\d|[次当]日|凌晨)|位))"
)


def dates(page: Page) -> None:
    """Dates and periods: whole or partial, ranges, quarters, halves, five-year plans, every month."""
    for kind, pattern in _FORMS:
        for match in page.matches(pattern):
            page.add(kind, *match.span(), normal=_normal(match.groupdict()))
    for match in page.matches(_FREQUENCY):
        page.add("period", *match.span(), normal=match[0].replace("个", "").replace("星期", "周"))
    for match in page.matches(_plan()):
        page.add("period", *match.span(), normal=match[0])
    for match in page.matches(_vague()):
        page.add("period", *match.span(), normal=match[0])


def clock(page: Page) -> None:
    """Clock times: 8:30, 下午3时."""
    for match in page.matches(_CLOCK):
        if match[0][-1] == "点" and not re.match(r"上午|下午|凌晨|中午|晚|早", match[0]):
            continue
        page.add("time", *match.span(), normal=_on_the_clock(match[0]))


def _on_the_clock(text: str) -> str:
    """A time of day by the 24-hour clock: 下午3时 is 15, 凌晨4时37分 is 4:37."""
    part = re.match(r"[\u4e00-\u9fff]*", text)
    named = part[0] if part else ""
    time = text[len(named) :].replace("时", ":").replace("点", ":").rstrip(":整分")
    hour, colon, minutes = time.removesuffix(":00").partition(":")
    later = named in ("下午", "晚", "晚上") and hour.isdecimal() and int(hour) < 12
    return f"{int(hour) + 12 if later else hour}{colon}{minutes}"


@cache
def _plan() -> re.Pattern[str]:
    return re.compile(f"{alternation(words('idioms')['plans'])}(?=时期|规划|期间|以来|收官|开局|末|初)")


@cache
def _vague() -> re.Pattern[str]:
    vague = words("idioms")["vague"]
    return re.compile(f"{alternation(vague['period'])}(?=[^，。；：]{{0,6}}{alternation(vague['trend'])})")


def _normal(parts: dict[str, str | None]) -> str:
    """Year-month-day with what is printed: «2025-12-05», «????-12», «????-Q3», «2025-H1», «2021~2025»."""
    year = _number(parts.get("y")) or "????"
    if parts.get("y2"):
        return f"{year}~{_number(parts['y2'])}"
    text = year
    if parts.get("h"):
        text += "-H1" if parts["h"] == "上" else "-H2"
    elif parts.get("q2"):
        text += f"-Q{_number(parts.get('q') or '1')}~{_number(parts['q2'])}"
    elif parts.get("q"):
        text += f"-Q{_number(parts['q'])}"
    if parts.get("m2") and not parts.get("m"):
        parts = {**parts, "m": "1"}
    for name in ("m", "d"):
        if parts.get(name):
            text += f"-{int(_number(parts[name])):02}"
            if parts.get(name + "2"):
                text += f"~{int(_number(parts[name + '2'])):02}"
    if parts.get("part"):
        text += "-" + (parts["part"] or "")[-2:].replace("月", "").replace("末", "底")
    return text


def _number(numeral: str | None) -> str:
    return str(value(numeral)) if numeral else ""


def months(part: str) -> tuple[int, int]:
    """The first and the last month of a quarter (Q1), several (Q1~3), a half (H1) or months (01~09)."""
    first, _, last = part.lstrip("QH").partition("~")
    length = {"Q": 3, "H": 6}.get(part[:1], 1)
    if not first.isdigit():
        return 0, -1
    return (int(first) - 1) * length + 1, int(last or first) * length


def is_dated(figure: Figure) -> bool:
    """Whether a figure stands at a place in the calendar: not «every month», a plan or a time of day."""
    return figure.kind in ("date", "period") and re.match(r"[\d?]{4}", figure.normal) is not None


def last_month(figure: Figure) -> int:
    """The last month of a dated figure, counted from the year 0."""
    year, _, rest = figure.normal.partition("-")
    return int(year[-4:]) * 12 + (months(rest.split("-")[0])[1] if rest else 12) - 1
