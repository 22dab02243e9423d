"""Dates as people write them."""

from __future__ import annotations

import re
from datetime import date as Date

from pydantic_core import PydanticCustomError

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_CHINESE_DATE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")


def read_date(text: object) -> object:
    """A date written as 2025-12-20, 2025.12.20, 2025年12月20日 or 二〇二五年十二月二十日."""
    if not isinstance(text, str):
        return text
    if match := _CHINESE_DATE.fullmatch(text):
        parts = [match[1].translate(_DIGITS), str(_small_number(match[2])), str(_small_number(match[3]))]
    elif match := _DATE.fullmatch(text):
        parts = [match[1], match[2], match[3]]
    else:
        raise PydanticCustomError("chinese", f"日期“{text[:30]}”看不懂；写成 2025-12-20 或 2025年12月20日")
    try:
        return Date(*(int(part) for part in parts))
    except ValueError:
        raise PydanticCustomError("chinese", f"没有“{text}”这一天；请核对年月日") from None


def _small_number(numeral: str) -> int:
    """A Chinese numeral from 一 to 九十九."""
    tens, ten, ones = numeral.rpartition("十")
    value = int(ones.translate(_DIGITS)) if ones else 0
    return value + 10 * (int(tens.translate(_DIGITS)) if tens else 1) if ten else value
