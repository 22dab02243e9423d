"""What may not leave for a model service elsewhere: where personal data stands in a text.

The patterns are data (templates/_shared/privacy.yaml); check digits and numbering plans are decided by
python-stdnum and phonenumbers.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from drafter.data import shared
from drafter.model import PRIVATE

NAME = "姓名"
"""The kind of the names that a person marks; no rule finds them."""

TRIGGER = re.compile(r"[0-9@〖]")
"""What every text with personal data holds, names apart."""

INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
FOLD = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys((0x09, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x3000), " ")
    | dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")
)


@dataclass(frozen=True)
class Span:
    """Personal data of a `kind` (手机 …) in a text: its characters from `start` up to `end`, from 0."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Rule:
    """What data of a kind looks like, and the test that decides."""

    kind: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool]


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of privacy.yaml in order of precedence."""
    return tuple(
        Rule(row["kind"], re.compile(row["pattern"]), CHECKS[row.get("check", "")])
        for row in shared("privacy")["personal"]
    )


@cache
def kinds() -> tuple[str, ...]:
    """Every kind of personal data."""
    return (NAME, *dict.fromkeys(rule.kind for rule in rules()))


def plain(text: str) -> tuple[str, Sequence[int]]:
    """The text as the rules see it, and for each of its characters the place in `text`.

    Full-width characters become ASCII, blanks a space, dashes a hyphen; what nobody can see is left out.
    """
    folded = text.translate(FOLD)
    if not INVISIBLE.search(folded):
        return folded, range(len(text))
    places = [place for place, character in enumerate(folded) if not INVISIBLE.match(character)]
    return "".join(folded[place] for place in places), places


def find(text: str, names: re.Pattern[str] | None = None) -> list[Span]:
    """The personal data in a text, in order and without overlap; `names` finds the names that were marked."""
    folded, places = plain(text)
    found: list[Span] = []

    def take(start: int, end: int, kind: str) -> bool:
        span = Span(places[start], places[end - 1] + 1, kind)
        free = all(span.end <= other.start or other.end <= span.start for other in found)
        if free:
            found.append(span)
        return free

    if TRIGGER.search(folded):
        for match in PRIVATE.finditer(folded):
            take(*match.span(), NAME)
        for rule in rules():
            search(rule, folded, take)
    if names:
        for match in names.finditer(folded):
            take(*match.span(), NAME)
    return sorted(found, key=lambda span: span.start)


def search(rule: Rule, text: str, take: Callable[[int, int, str], bool]) -> None:
    """Hand every match of the rule that passes its check to `take`; after one that does not, the next place
    is tried, so that a number is found behind another that begins like it.
    """
    place = 0
    while match := rule.pattern.search(text, place):
        groups = match.groupdict()
        whole = "value" if groups.get("value") else 0
        number = "number" if groups.get("number") else whole
        passed = rule.check(match[number]) and take(*match.span(whole), rule.kind)
        place = match.end() if passed else match.start() + 1


def names_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """What finds the marked names, the longer one first; None for no names."""
    known = sorted({plain(name)[0].strip() for name in names} - {""}, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, known))) if known else None


def digits_of(value: str) -> str:
    """A number without what groups it."""
    return re.sub(r"[ ()+.-]", "", value).upper()


def is_id(value: str) -> bool:
    """Whether it is a resident's identity number (GB 11643), of 18 characters or the old 15.

    Province, date and check digit decide. The county does not, as it would in stdnum's own test: people bear
    the code that was in force when the number was issued, which may be long after their birth.
    """
    from stdnum.cn import ric
    from stdnum.exceptions import ValidationError

    number = digits_of(value)
    if len(number) == 15:
        number = f"{number[:6]}19{number[6:]}"
        number += ric.calc_check_digit(number + "0")
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return False
    known = number[:2] in shared("privacy")["provinces"] and born.year > 1850
    return known and born <= datetime.date.today() and number[-1] == ric.calc_check_digit(number)


def is_credit_code(value: str) -> bool:
    """Whether it is a unified social credit code (GB 32100)."""
    from stdnum.cn import uscc

    return uscc.is_valid(value)


def is_card(value: str) -> bool:
    """Whether it is a bank card's number: an issuer's first digits, its length, and the Luhn digit."""
    from stdnum import luhn

    number = digits_of(value)
    lengths = shared("privacy")["cards"]
    issued = any(number.startswith(first) and len(number) in lengths[first] for first in lengths)
    return issued and luhn.is_valid(number)


def is_phone(value: str) -> bool:
    """Whether it is a telephone number that can be in use in China."""
    from phonenumbers import NumberParseException, is_valid_number_for_region, parse

    try:
        return is_valid_number_for_region(parse(value, "CN"), "CN")
    except NumberParseException:
        return False


CHECKS: dict[str, Callable[[str], bool]] = {
    "": lambda value: True,
    "id": is_id,
    "credit-code": is_credit_code,
    "card": is_card,
    "phone": is_phone,
}
