"""Names in a text: 《titles》, “names”, document numbers, and placeholders that should have been names."""

from __future__ import annotations

import re

from drafter.grounding.lexicon import words
from drafter.grounding.numerals import fold
from drafter.grounding.page import TAKEN, Page

_MARK = re.compile(r"〔待补充[^〕\n]{0,300}〕|〔待核实[:：]?")
_QUOTED = re.compile(r"“([^“”\n]{1,80})”|\"([^\"\n]{1,60})\"|「([^「」\n]{1,80})」")
_NUMBER = re.compile(r"([\u4e00-\u9fff]{0,12})([〔\[［(（](?:19|20)\d{2}[〕\]］)）]第?\d+号)")
_BEFORE_NUMBER = re.compile(
    r".*(?:根据|按照|依据|依照|贯彻|落实|印发|转发|关于|参照|遵照|执行|文件|即|见|按|和|与|及|以|为|的|《|》)"
)
_PLACE = (
    "街道|分局|社区|居委会|办事处|省|市|区|县|镇|乡|村|局|委|办|河段|路|小区"
    "|单位|公司|学校|大队|中心|同志|科|所|站"
)
_PLACEHOLDER = re.compile(
    rf"(?:19|20)(?:\d[XxＸ×*]|[XxＸ×*]{{2}})年?(?:[XxＸ×*]{{1,2}}月)?(?:[XxＸ×*]{{1,2}}日)?"
    rf"|(?<![A-Za-z0-9])[XxＸ×*]{{1,4}}(?:年|月|日|{_PLACE})|(?<![A-Za-z0-9])(?:[Xx]{{2,}}|[×*]{{2,}}|_{{2,}})(?![A-Za-z0-9])"
)


def marks(page: Page) -> None:
    """Hide 〔待补充：…〕, which is no text yet, and the opening of 〔待核实：…〕, whose content is."""
    for match in page.matches(_MARK):
        page.hide(*match.span())


def titles(page: Page) -> None:
    """《…》 with the brackets, a nested 《》 included."""
    place = page.text.find("《")
    while place >= 0:
        end = _closing(page.text, place)
        if end and TAKEN not in page.taken[place:end]:
            page.add("title", place, end, normal=plain(page.text[place + 1 : end - 1]))
        place = page.text.find("《", max(end, place + 1))


def _closing(text: str, start: int) -> int:
    """The place after the 》 that closes the 《 at `start` on the same line, or 0."""
    depth = 0
    for place in range(start, min(len(text), start + 200)):
        depth += (text[place] == "《") - (text[place] == "》")
        if text[place] == "\n":
            return 0
        if depth == 0:
            return place + 1
    return 0


def plain(text: str) -> str:
    """`text` without spaces and quotation marks, folded: what two names are compared by."""
    return re.sub(r"[\s“”\"「」『』‘’']", "", fold(text))


def quoted(page: Page) -> None:
    """“…” with the marks. A five-year plan in quotation marks is a period."""
    plans = words("idioms")["plans"]
    for match in page.matches(_QUOTED):
        normal = plain(match[0])
        if normal in plans:
            page.add("period", *match.span(), normal=normal)
        elif normal:
            page.add("name", *match.span(), normal=normal)


def document_numbers(page: Page) -> None:
    """国办发〔2024〕5号, with the letters of the office that issued it."""
    for match in page.matches(_NUMBER):
        lead = _BEFORE_NUMBER.match(match[1])
        start = match.start() + (lead.end() if lead else 0)
        digits = re.sub(r"\D+", "-", match[2]).strip("-")
        page.add("document_number", start, match.end(), normal=f"{page.text[start : match.start(2)]}{digits}")


def placeholders(page: Page) -> None:
    """202x年, XX街道: names and dates that were never filled in."""
    for match in page.matches(_PLACEHOLDER):
        page.add("placeholder", *match.span(), normal=match[0].upper().replace("×", "X"))
