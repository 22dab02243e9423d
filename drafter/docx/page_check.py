"""Holds pages and page numbers to the layout (GB/T 9704—2012 §5.1, §5.2, §7.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.effective import SINGLE, Formats, ParagraphFormat
from drafter.docx.layout import Layout, twips
from drafter.docx.looks import Look
from drafter.docx.measures import attribute
from drafter.docx.places import pieces
from drafter.docx.sections import (
    Pages,
    Section,
    bears_foot_alone,
    kinds_of_pages,
    numbered,
    odd_and_even,
    of_a_letter,
    sections,
    story,
)
from drafter.docx.typefaces import named, size_name, typeface

TOLERANCE = twips(1)
"""What §5.2.1 allows a margin to be off; the paper and the page number get as much."""

NATURAL = 1.3
"""Height of a single-spaced line of 宋体, in font sizes."""

_SIDES = {"top": "上", "bottom": "下", "left": "左", "right": "右"}
_WANTED = {"left": "居左空一字", "right": "居右空一字", "center": "居中"}
_PLACES = {"left": "左对齐", "right": "右对齐", "center": "居中", "both": "左对齐"}


def looks(document: Document, formats: Formats, layout: Layout) -> Iterator[Look]:
    """What there is to say of the sections and of their page numbers."""
    found = sections(document)
    if not found:
        yield Look("GB9704-PAGE-01", 1, "未设定", _paper(layout), where="*")
    for number, section in enumerate(found, start=1):
        where = f"第{number}节" if len(found) > 1 else "*"
        yield from _page(section, layout, where)
    yield from _page_numbers(document, found, formats, layout)


def _page(section: Section, layout: Layout, where: str) -> Iterator[Look]:
    wide, high = section.width or 0, section.height or 0
    short, long = sorted((wide, high))
    right = _near(short, twips(layout.paper_width)) and _near(long, twips(layout.paper_height))
    measured = "" if right else f"{_mm(wide)}×{_mm(high)}毫米" if wide and high else "未设定"
    yield Look("GB9704-PAGE-01", section.line, measured, _paper(layout), where=where)
    if section.landscape:
        return
    wanted = {side: getattr(layout, side) for side in _SIDES}
    has = {side: section.margin(side) for side in _SIDES}
    wrong = [side for side in _SIDES if not _near(has[side], twips(wanted[side]))]
    measured = "、".join(f"{_SIDES[side]}{_stated(has[side])}" for side in wrong)
    required = "、".join(f"{_SIDES[side]}{wanted[side]:g}±1毫米" for side in wrong)
    yield Look("GB9704-PAGE-02", section.line, measured, required, where=where)
    yield Look("GB9704-PAGE-03", section.line, _grid(section, layout), f"每页{layout.lines}行", where=where)


def _grid(section: Section, layout: Layout) -> str:
    """What is wrong with a section's grid; empty when nothing is."""
    pitch = section.line_pitch
    if not section.grid or not pitch:
        return "未设定"
    lines = lines_in(pitch, layout)
    return "" if lines == layout.lines else f"每页{lines}行（行距{pitch / 20:g}磅）"


def lines_in(pitch: float, layout: Layout) -> int:
    """How many lines of a `pitch` in twips the type area holds."""
    return int(twips(layout.paper_height - layout.top - layout.bottom) // pitch)


def _page_numbers(
    document: Document, found: list[Section], formats: Formats, layout: Layout
) -> Iterator[Look]:
    apart = odd_and_even(document)
    inherited: dict[Pages, BaseOxmlElement | None] = {}
    for number, section in enumerate(found, start=1):
        where = f"第{number}节" if len(found) > 1 else "*"
        if of_a_letter(document, section) or bears_foot_alone(document, section):
            continue
        kinds = kinds_of_pages(section, apart=apart)
        own = {kind: section.reference("footer", kind) for kind in kinds}
        for kind in kinds:
            if own[kind] is not None:
                inherited[kind] = story(document, own[kind])
        if number > 1 and not any(one is not None for one in own.values()):
            continue
        yield from _footers(section, {kind: inherited.get(kind) for kind in kinds}, formats, layout, where)


def _footers(
    section: Section,
    footers: dict[Pages, BaseOxmlElement | None],
    formats: Formats,
    layout: Layout,
    where: str,
) -> Iterator[Look]:
    """The page numbers of one section: one finding a fault, though each of its footers may have it."""
    numbers = {kind: next(numbered(one), None) if one is not None else None for kind, one in footers.items()}
    names: dict[Pages, str] = {
        "default": "单页" if "even" in footers else "",
        "even": "双页",
        "first": "首页",
    }
    missing = "、".join(names[kind] or "页脚中" for kind, one in numbers.items() if one is None)
    line = section.line
    yield Look("GB9704-NUM-01", line, missing and f"{missing}没有", "每页都有", where=where)
    present = {kind: one for kind, one in numbers.items() if one is not None}
    if not present:
        return
    rows = [list(_number(kind, one, section, formats, layout)) for kind, one in present.items()]
    for same in zip(*rows, strict=True):
        rule, _, required = same[0]
        if rule == "GB9704-NUM-05" and layout.number_place == "outside" and "even" not in footers:
            yield Look(rule, line, "不分单页、双页", "单页居右空一字，双页居左空一字", where=where)
            continue
        faults = {measured: required for _, measured, required in same if measured}
        wanted = "，".join(dict.fromkeys(faults.values())) or required
        yield Look(rule, line, "，".join(faults), wanted, where=where)


def _number(
    kind: Pages, paragraph: BaseOxmlElement, section: Section, formats: Formats, layout: Layout
) -> Iterator[tuple[str, str, str]]:
    """Rule, measured value (empty when right) and required value of each thing about a page number."""
    format_ = formats.paragraph(paragraph)
    runs = [formats.run(run, paragraph) for run in _runs(paragraph)]
    face = typeface(layout.number_font)
    fonts = [one.latin or "（未指定）" for one in runs if not face.has(one.latin)]
    yield "GB9704-NUM-02", "、".join(dict.fromkeys(fonts)), named(layout.number_font)
    sizes = [size_name(one.size) for one in runs if one.size != layout.number_size]
    yield "GB9704-NUM-03", "、".join(dict.fromkeys(sizes)), size_name(layout.number_size)
    text = "".join(piece.text for piece in pieces(paragraph)).strip()
    counted = attribute(section.properties.find(qn("w:pgNumType")), "fmt") or "decimal"
    form = f"“{text}”" if counted == "decimal" else f"“{text}”（{counted}）"
    right = _form(layout).fullmatch(text) and counted == "decimal"
    yield "GB9704-NUM-04", "" if right else form, f"“{layout.number_format.replace('{}', '1')}”"
    side = layout.number_place
    if side == "outside":
        side = "left" if kind == "even" else "right"
    yield "GB9704-NUM-05", _misplaced(paragraph, format_, side), _WANTED[side]
    yield "GB9704-NUM-06", *_distance(format_, max((one.size for one in runs), default=0), section, layout)


def _form(layout: Layout) -> re.Pattern[str]:
    """What a page number may look like: either dash of one 字 will do, and no result need be stored."""
    before, after = (
        re.escape(words.strip()).replace("—", "[—―]") for words in layout.number_format.split("{}")
    )
    return re.compile(rf"\s*{before}\s*\d*\s*{after}\s*")


def _runs(paragraph: BaseOxmlElement) -> list[BaseOxmlElement]:
    """The runs of a page number that print something; those of its field when no result is stored."""
    printing = [piece.run for piece in pieces(paragraph) if piece.text.strip()]
    return printing or list(paragraph.iter(qn("w:r")))


def _misplaced(paragraph: BaseOxmlElement, format_: ParagraphFormat, side: str) -> str:
    """Where a page number stands that should stand at `side`, one character in unless it is the centre; empty
    when it does.
    """
    frame = paragraph.find(f"{qn('w:pPr')}/{qn('w:framePr')}")
    if frame is not None:
        at = attribute(frame, "xAlign") or "left"
        return "" if at in (side, "outside") else _PLACES.get(at, at)
    at = "left" if format_.alignment == "both" else format_.alignment
    blank = format_.right if side == "right" else format_.left + format_.first
    if at != side:
        return f"{_PLACES.get(at, at)}"
    return "" if side == "center" or 0.5 <= blank <= 1.5 else f"{_PLACES[at]}、空{round(blank, 1):g}字"


def _distance(format_: ParagraphFormat, size: float, section: Section, layout: Layout) -> tuple[str, str]:
    """How far below the type area the number's dash stands, when not as far as it should."""
    line = format_.line if format_.rule != "auto" else size * 20 * NATURAL * format_.line / SINGLE
    dash = section.footer_distance + line / 2
    wanted = twips(layout.bottom) - twips(layout.footer) - layout.number_size * 10
    measured = twips(layout.bottom) - dash
    off = not section.landscape and abs(measured - wanted) > TOLERANCE * 1.5
    return (f"{_mm(measured)}毫米" if off else ""), f"{_mm(wanted)}毫米"


def _paper(layout: Layout) -> str:
    return f"A4（{layout.paper_width:g}×{layout.paper_height:g}毫米）"


def _near(length: float | None, wanted: float) -> bool:
    return length is not None and abs(length - wanted) <= TOLERANCE


def _stated(length: float | None) -> str:
    return "未设定" if length is None else f"{_mm(length)}毫米"


def _mm(length: float) -> str:
    return f"{round(length / 1440 * 25.4, 1):g}"
