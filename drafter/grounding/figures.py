"""The figure reader: what in a Chinese official text has to be true of something outside it.

Quantities, shares, money, dates and periods, 《titles》, “names”, document numbers, named bodies and
placeholders, each with its exact span. Enumerations, idioms and slogans are none (idioms.yaml).
"""

from __future__ import annotations

import re
from functools import lru_cache

from drafter.grounding import bodies, names, quantities, times
from drafter.grounding.numerals import CHINESE, fold
from drafter.grounding.page import NUMERIC, Figure, Kind, Page

__all__ = ["NUMERIC", "Figure", "Kind", "read"]

LONGEST = 40
"""Letters a numeral may have; a longer run of them is no figure, and would cost the square of its length."""
_REFERENCE = re.compile(
    r"(?:^|(?<=[见如附和、]))(?:附?表|附件|附图|图)\s?\d{1,2}(?=[，。、；：！？）\s]|$|所)", re.MULTILINE
)
"""The document's own tables and attachments: 见表1, 附件2."""
_OVERLONG = re.compile(rf"[0-9{CHINESE}]{{{LONGEST + 1},}}|\d{{1,3}}(?:,\d{{3}}){{{LONGEST // 3},}}")


def read(text: str) -> list[Figure]:
    """The figures of `text` in order; they never overlap, and ``text[f.start:f.end] == f.text``.

    What is read first is not read again: titles and names hide the numerals in them, dates go before idioms,
    and idioms before quantities. A figure does not reach over a line's end.
    """
    return list(_read(text))


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[Figure, ...]:
    page = Page(text, _OVERLONG.sub(lambda run: "□" * len(run[0]), fold(text)))
    for match in page.matches(_REFERENCE):
        page.hide(*match.span())
    for reader in (
        names.marks,
        names.titles,
        names.quoted,
        names.document_numbers,
        names.placeholders,
        times.dates,
        times.clock,
        quantities.idioms,
        quantities.shares,
        quantities.amounts,
        bodies.read_bodies,
    ):
        reader(page)
    return tuple(sorted(page.figures, key=lambda figure: figure.start))
