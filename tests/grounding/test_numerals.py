"""Numerals in every style."""

from __future__ import annotations

from fractions import Fraction

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.grounding.numerals import fold, value

WHOLE = st.integers(min_value=0, max_value=10**12)


@pytest.mark.parametrize(
    ("numeral", "expected"),
    [
        ("1,200", 1200),
        ("５００", 500),
        ("１，２００", 1200),
        ("3.5万", 35000),
        ("1万2千", 12000),
        ("一点二亿", 120_000_000),
        ("二〇二六", 2026),
        ("三万五", 35000),
        ("一百零五", 105),
        ("两千零三", 2003),
        ("三万亿", 3 * 10**12),
        ("百", 100),
        ("九十五点六", Fraction(956, 10)),
    ],
)
def test_a_numeral_is_read_exactly(numeral: str, expected: Fraction) -> None:
    assert value(numeral) == expected


@pytest.mark.parametrize("numeral", ["", "abc", "点五", "3.5.1", "1 2", "，"])
def test_what_is_no_numeral_raises_value_error(numeral: str) -> None:
    with pytest.raises(ValueError):
        value(numeral)


@given(WHOLE)
def test_chinese_numerals_agree_with_cn2an(number: int) -> None:
    assert value(cn2an.an2cn(number)) == number
    assert value(cn2an.an2cn(number, "up")) == number


@given(WHOLE)
def test_thousands_separators_do_not_change_the_value(number: int) -> None:
    assert value(f"{number:,}") == number


@given(st.decimals(min_value=0, max_value=10**8, places=3, allow_nan=False))
def test_decimals_lose_nothing(number: object) -> None:
    assert value(f"{number:.3f}") == Fraction(str(number))


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_a_full_width_comma_between_half_width_digits_is_punctuation() -> None:
    assert fold("完成500，300份") == "完成500，300份"
