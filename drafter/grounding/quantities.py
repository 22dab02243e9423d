"""Quantities in a text: counts, measures, money, shares, multiples, ordinals."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache

from drafter.grounding import lexicon
from drafter.grounding.lexicon import alternation, words
from drafter.grounding.numerals import CHINESE, SCALES, value
from drafter.grounding.page import Kind, Page

_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
_SCALED = rf"{_ARABIC}(?:(?:[十百千]?[万亿]亿?|千(?![瓦克米卡伏帕赫兹])|百(?=[余多]))(?:\d千)?)?"
_DIGIT = "一二三四五六七八九两"
_POINT = "(?:点[零〇一二三四五六七八九]+[万亿]*)?"
_HAN_MORE = rf"[零〇{_DIGIT}十百千万亿]*{_POINT}"
_HAN_MANY = rf"(?:[{_DIGIT[1:]}十]{_HAN_MORE}|一(?=[十百千万亿点]){_HAN_MORE})"
_HAN_SHARE = rf"[零〇{_DIGIT}十百]+(?:点[零〇一二三四五六七八九]+)?"
_TO = r"(?:[—–－~～\-]{1,2}|至|到)"
_NO_CODE = r"(?<![\dA-Za-z.])(?<![A-Za-z]-)"
_NO_WORD = f"(?<![第统逐星周初唯单划归专同惟拜级零〇{_DIGIT[:-1]}十百千万亿两几数])(?<![{_DIGIT}零十]点)"
_NO_ONE = "(?<![又再这那某同另任是有每])(?<!最[多少大小高低快慢])"
_SOME = (
    "(?:(?<![人户件总次起分指系倍基参函岁例少无多])(?:数|好?几)"
    "|(?<![晚以向往线网])上|(?<![附最])近|逾|超过?|突破|约)"
)
_NUMERAL = re.compile(f"[0-9.{CHINESE}几数第]")
_INSIDE = re.compile(f"[0-9.{CHINESE}几数第]$|[0-9],$|[{CHINESE}]点$")
_NEXT_WORDS = re.compile(r"[\u4e00-\u9fff]{1,10}")
_LAST_WORDS = re.compile(r"[\u4e00-\u9fff]+$")
_SCALE_LETTERS = re.compile("[百千万亿]")
_PLACED = "位"
_MONEY = frozenset({"元", "美元", "欧元", "港元"})


def idioms(page: Page) -> None:
    """Hide the numerals that count nothing."""
    for match in page.matches(lexicon.idiom_pattern()):
        before = page.folded[max(0, match.start() - 2) : match.start()]
        if not (_INSIDE.search(before) and _NUMERAL.match(match[0])):
            page.hide_idiom(*match.span())


@cache
def _share_patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    before, after = f"(?P<pre>{lexicon.prefix_pattern()})?", f"(?P<suf>{lexicon.suffix_pattern()})?"
    han = _HAN_SHARE
    percent = rf"(?<![\d.]){_ARABIC}"
    vague = words("idioms")["vague"]
    no_tenths = "(?![为立功果员效绩熟本长不就品都千交份因形分套])"
    forms: tuple[tuple[Kind, str], ...] = (
        ("range", rf"{before}(?P<n>{percent})[%‰]?{_TO}(?P<n2>{_ARABIC})(?P<u>个百分点|[%‰]){after}"),
        ("range", rf"{before}(?P<u>百分之)(?P<n>{han}){_TO}(?:百分之)?(?P<n2>{han}){after}"),
        ("percentage_point", rf"{before}(?P<n>{percent}|{han})(?P<in>[余多])?个?(?P<u>百分点){after}"),
        ("percent", rf"{before}(?P<n>{percent})(?P<in>[余多])?(?P<u>[%‰]){after}"),
        ("percent", rf"{before}(?P<u>百分之|千分之)(?P<n>{han}|{_ARABIC})(?P<in>[余多])?{after}"),
        ("fraction", rf"{before}(?P<den>{han}|\d+)分之(?P<n>{han}|\d+){after}"),
        ("fraction", rf"(?<![\d./年月])(?P<n>\d{{1,2}})/(?P<den>\d{{1,3}})(?![\d/.]){after}"),
        ("fraction", rf"{_NO_CODE}(?P<n>\d+(?:\.\d+)?):(?P<den>\d+(?:\.\d+)?)(?![\d:])"),
        ("fraction", rf"{before}{_NO_WORD}(?P<n>[{_DIGIT}])(?P<u>成)(?P<in>多)?{no_tenths}{after}"),
        ("multiple", alternation(vague["multiple"])),
        ("fraction", alternation(vague["fraction"])),
    )  # fmt: skip
    return tuple((kind, re.compile(form)) for kind, form in forms)


def shares(page: Page) -> None:
    """Percents, percentage points, fractions, ratios, multiples in words.

    Values are hundredths, except a ratio's.
    """
    for kind, pattern in _share_patterns():
        for match in page.matches(pattern):
            parts = match.groupdict()
            ratio = ":" in match[0]
            if not parts.get("n"):
                page.add(kind, *match.span(), normal=match[0])
            elif bounds := _share_bounds(parts, ratio):
                unit = "百分点" if "百分点" in match[0] else "比" if ratio else "%"
                _add(page, kind, match, bounds, unit)


def _readable(numeral: str | None) -> Fraction | None:
    """The value of a numeral, or None for letters that only look like one (百分之点)."""
    try:
        return value(numeral or "")
    except ValueError:
        return None


def _share_bounds(parts: dict[str, str | None], ratio: bool) -> tuple[Fraction, Fraction] | None:
    first = _readable(parts.get("n"))
    second = _readable(parts["n2"]) if parts.get("n2") else first
    below = _readable(parts["den"]) if parts.get("den") else Fraction(1)
    if first is None or second is None or not below:
        return None
    each = {"‰": Fraction(1, 10), "千分之": Fraction(1, 10), "成": Fraction(10)}.get(
        parts.get("u") or "", Fraction(1)
    )
    if parts.get("den"):
        each = Fraction(1 if ratio else 100) / below
    return min(first, second) * each, max(first, second) * each


@cache
def _duration() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<pre>{lexicon.prefix_pattern()})?{_NO_CODE}(?=\d+个?小时\d+分|\d+分钟?\d+秒)"
        r"(?:(?P<h>\d+)个?小时)?(?P<m>\d+)分钟?(?:(?P<s>\d+)秒钟?)?"
        rf"(?P<suf>{lexicon.suffix_pattern()})?"
    )


def durations(page: Page) -> None:
    """Lengths of time in two units or three (1小时25分钟, 9分12秒), in minutes."""
    for match in page.matches(_duration()):
        hours, minutes, seconds = (int(match[name] or 0) for name in "hms")
        length = hours * 60 + minutes + Fraction(seconds, 60)
        _add(page, "quantity", match, (length, length), "分钟")


@cache
def _amount_patterns() -> tuple[re.Pattern[str], ...]:
    """The forms of an amount, in the order they are tried; all name their parts alike."""
    no_unit = "个?人(?:均(?![在为可已能])|[口民格])|个人[大才工社事类]|台阶|次数|国[家道标内债]"
    other_word = "(?<=个点)[位次名]|(?<=次)之"
    unit = rf"(?!{no_unit})(?:{lexicon.unit_pattern()}|倍)(?!{other_word})(?:(?<![A-Za-z])|(?![A-Za-z]))"
    counter = f"(?:{lexicon.chinese_unit_pattern()}(?:/{alternation(lexicon.units())})?|倍)"
    before = f"(?P<pre>{lexicon.prefix_pattern()})?"
    after = rf"(?P<suf>多(?=[，。；、）年月天来])|{lexicon.suffix_pattern()})?"
    between = "(?P<in>[余多来几])?(?P<sc>[万亿]亿?)?(?P<in2>[余多])?"
    forms = (
        rf"{before}{_NO_CODE}(?P<n>{_SCALED})(?P<u1>{unit})?{_TO}(?P<n2>{_SCALED}){between}(?P<u>{unit})?{after}",
        rf"{before}{_NO_WORD}(?P<n>[一{_DIGIT[1:]}十]{_HAN_MORE})(?P<u1>{counter})?{_TO}"
        rf"(?P<n2>{_HAN_MANY}){between}(?P<u>{counter}){after}",
        rf"(?P<ord>第)(?P<n>\d+(?:,\d{{3}})*|[{_DIGIT}十]{_HAN_MORE})(?P<u>{unit})",
        r"(?<![。；：\s])(?P<ord>第)(?P<n>\d+)(?P<u>)(?=[，。；、）;]|,(?!\d)|$)",
        rf"(?:(?<=[列居名排])|(?<=全[国省市县区]))(?P<ord>第)(?P<n>\d+|[{_DIGIT}十]{_HAN_MORE})(?P<u>)(?=[，。；、）,;]|$)",
        rf"{before}{_NO_WORD}(?P<apx>十?[{_DIGIT}]{{2}})(?P<sc>[十百千万亿]*)(?P<u>{counter}){after}",
        rf"(?P<some>{_SOME})(?P<n>[十百千万亿]+)(?!分|货|姓|家争)(?P<in>[余多])?(?P<u>{counter})?{after}",
        rf"{before}{_NO_WORD}(?<!\d)(?P<n>[百千万])(?P<in>[余多])(?P<u>{counter}){after}",
        rf"{before}{_NO_CODE}(?P<n>{_SCALED}(?:×10\d(?!\d))?){between}(?P<u>{unit})?{after}(?:(?<=[\u4e00-\u9fff])|(?![A-Za-z]))",
        rf"{before}{_NO_WORD}(?P<n>{_HAN_MANY}){between}(?P<u>{counter}){after}",
        rf"{before}{_NO_WORD}{_NO_ONE}(?P<n>一)(?P<u>{lexicon.single_unit_pattern()}){after}",
    )
    return tuple(re.compile(form) for form in forms)


def amounts(page: Page) -> None:
    """Counts, measures, money, multiples, ranges, ordinals."""
    for pattern in _amount_patterns():
        for match in page.matches(pattern):
            parts = match.groupdict()
            if parts.get("ord"):
                parts["u"] = parts["u"] or _PLACED
            bounds = _bounds(parts) if _one_unit(parts) else None
            if bounds:
                unit, factor = _unit(parts.get("u") or parts.get("u1") or "")
                _add(page, _kind(parts, unit), match, (bounds[0] * factor, bounds[1] * factor), unit)


def _one_unit(parts: dict[str, str | None]) -> bool:
    """Whether both ends of a range are in the same unit: 2600处至4500元 is two figures."""
    first, second = parts.get("u1"), parts.get("u")
    return not (first and second) or _unit(first) == _unit(second)


def _kind(parts: dict[str, str | None], unit: str) -> Kind:
    if parts.get("ord"):
        return "ordinal"
    if parts.get("n2") or parts.get("apx"):
        return "range"
    return "multiple" if unit == "倍" else "money" if unit in _MONEY else "quantity"


def _bounds(parts: dict[str, str | None]) -> tuple[Fraction, Fraction] | None:
    """The first and the last value without its unit; None when the numeral is none after all. Of what falls
    (由200元到50元) the first is the greater.
    """
    scale = _readable(parts.get("sc") or "一")
    if scale is None:
        return None
    if parts.get("apx"):
        return _approximation(parts["apx"] or "", scale)
    first, second = parts["n"] or "", parts.get("n2") or ""
    low = _value(first)
    if low is None or not (parts.get("u") or _stands_alone(first, second)):
        return None
    if not second:
        return low * scale, low * scale
    high = _value(second)
    if high is None:
        return None
    scaled = _last_scale(first) > 1 or parts.get("u1")
    shared = Fraction(1) if scaled else _last_scale(second) * scale
    return low * shared, high * scale


def _stands_alone(first: str, second: str) -> bool:
    """Whether numerals without a unit are figures: not 0898-12345678, nor 2021-2025."""
    if first.startswith("0") and "." not in first and len(first) > 1:
        return False
    return not (second and (first[0] not in "123456789" or len(first) == len(second) == 4))


def _approximation(numeral: str, scale: Fraction) -> tuple[Fraction, Fraction] | None:
    """三四 is 3 to 4, 十七八 is 17 to 18; two digits that do not follow each other are none."""
    low, high = value(numeral[-2]), value(numeral[-1])
    if high - low not in (1, 2):
        return None
    tens = 10 if len(numeral) == 3 else 0
    return (low + tens) * scale, (high + tens) * scale


def _value(numeral: str) -> Fraction | None:
    """The value; «11.00×108» has lost its raised 8 in copying."""
    number, power, exponent = numeral.partition("×10")
    read = _readable(number)
    return read * (10 ** int(exponent) if power else 1) if read is not None else None


def _last_scale(numeral: str) -> int:
    """The scale that the numeral ends in (10,000 for 5万), else 1."""
    return SCALES[numeral[-1]] if numeral[-1] in "万亿" else 1


def _unit(printed: str) -> tuple[str, Fraction]:
    """Base unit and factor; «per» another unit stays as printed."""
    unit, slash, per = printed.partition("/")
    base, factor = lexicon.units().get(unit, (unit, Fraction(1)))
    return base + slash + per, factor


def _add(page: Page, kind: Kind, match: re.Match[str], bounds: tuple[Fraction, Fraction], unit: str) -> None:
    parts = match.groupdict()
    page.add(
        kind,
        *match.span(),
        lo=bounds[0],
        hi=bounds[1],
        unit=unit,
        scale=parts.get("sc") or "".join(_SCALE_LETTERS.findall((parts.get("n") or "")[-2:])),
        qualifier=_effects(*(parts.get(name) for name in ("pre", "some", "in", "in2", "suf"))),
        direction=_direction(page.folded[max(0, match.start() - 6) : match.start()]),
        noun=_noun(page.folded, match.start(), match.end()),
    )


def _effects(*printed: str | None) -> str:
    """What the qualifiers do to the value, each once: above+about for 约6000余元."""
    effects = {lexicon.qualifiers().get(word, "above") for word in printed if word}
    return "+".join(sorted(effects))


def _direction(before: str) -> str:
    match = lexicon.direction_pattern().search(before)
    if not match:
        return ""
    return ("up" if match["up"] or match["rate_up"] else "down") + ("-to" if match["to"] else "")


def _noun(text: str, start: int, end: int) -> str:
    """The words right behind the figure, else those before it in the clause, without fillers; at most 8."""
    after = _NEXT_WORDS.match(text, end)
    before = _LAST_WORDS.search(text[max(0, start - 16) : start])
    return _content(after[0] if after else "")[:8] or _content(before[0] if before else "")[-8:]


def _content(text: str) -> str:
    """A run of letters without the fillers in it and the particles round it."""
    return lexicon.filler_pattern().sub("", text).strip(words("measure_words")["particles"])
