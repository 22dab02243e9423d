"""Numerals as Chinese official prose writes them, read exactly.

One way in for «1,200», «５００», «五百», «3.5万», «1万2千», «一点二亿» and «二〇二六». cn2an does not serve
here: it gives floats, refuses «一点二亿» and «1万2千», and costs a tenth of a second to import; the tests use
it as the oracle.
"""

from __future__ import annotations

import re
from fractions import Fraction

DIGITS = {digit: place for place, digit in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
    **{digit: place for place, digit in enumerate("壹贰叁肆伍陆柒捌玖", start=1)},
}
SCALES = {
    "十": 10,
    "百": 100,
    "千": 1000,
    "拾": 10,
    "佰": 100,
    "仟": 1000,
    "万": 10**4,
    "亿": 10**8,
}
CHINESE = "".join({**DIGITS, **SCALES})

_WIDE = {chr(0xFF10 + place): str(place) for place in range(10)}
_WIDE |= {chr(first + place): chr(ascii_first + place) for first, ascii_first in ((0xFF21, 65), (0xFF41, 97))
          for place in range(26)}  # fmt: skip
_WIDE |= dict(zip("．％℅﹪＋＝／∶：", ".%%%+=/::", strict=True))
_FOLD = str.maketrans(_WIDE)
_WIDE_GROUPS = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|点|[^\d.]")


def fold(text: str) -> str:
    """`text` with full-width digits, letters and signs made half-width, one for one: offsets stay.

    Not NFKC, which would join «完成500，300份» to 500,300: a full-width comma counts as a thousands separator
    only between full-width digits.
    """
    return _WIDE_GROUPS.sub(",", text).translate(_FOLD)


def value(numeral: str) -> Fraction:
    """The exact value of a numeral in any style. Raises ValueError when it is none.

    A run of digits without scales is read by position (二〇二六 is 2026); a scale at the front stands for one
    of it; a last digit straight after a scale counts the next lower one (三万五 is 35,000).
    """
    text = _GROUPED.sub(lambda group: group[0].replace(",", ""), fold(numeral))
    tokens = _TOKEN.findall(text)
    if not tokens or "".join(tokens) != text:
        raise ValueError(f"不是数字：{numeral}")
    amount = _Amount()
    for token in tokens:
        amount.take(token)
    return amount.total()


class _Amount:
    """Adds up the parts of a numeral: what is complete up to 亿, up to 万, and the digits not yet scaled."""

    def __init__(self) -> None:
        self.high = self.low = Fraction(0)
        self.open: Fraction | None = None
        self.decimals = 0
        self.scale = 0

    def take(self, token: str) -> None:
        if token in DIGITS:
            self._digit(DIGITS[token])
        elif token in SCALES:
            self._scaled(SCALES[token])
        elif token == "点" and not self.decimals and (self.open is not None or self.low):
            self.open, self.decimals = self.open or Fraction(0), 1
        elif token[0].isdecimal() and self.open is None:
            self.open = Fraction(token)
        else:
            raise ValueError(f"不是数字：{token}")

    def _digit(self, digit: int) -> None:
        if self.decimals:
            self.open = (self.open or Fraction(0)) + Fraction(digit, 10**self.decimals)
            self.decimals += 1
        elif self.open is None:
            self.open = Fraction(digit)
            self.scale = 0 if digit == 0 else self.scale
        else:
            self.open = self.open * 10 + digit
            self.scale = 0 if self.open >= 10 else self.scale

    def _scaled(self, scale: int) -> None:
        if scale < 10**4:
            self.low += (Fraction(1) if self.open is None else self.open) * scale
        elif scale == 10**4:
            self.low = (self.low + (self.open or 0) or Fraction(1)) * scale
        else:
            self.high = (self.high + self.low + (self.open or 0) or Fraction(1)) * scale
            self.low = Fraction(0)
        self.open, self.decimals, self.scale = None, 0, scale

    def total(self) -> Fraction:
        last = self.open or Fraction(0)
        if self.scale >= 100 and not self.decimals and last < 10:
            last = last * self.scale / 10
        return self.high + self.low + last
