"""Holds a .docx to GB/T 9704—2012: each deviation with the measured and the required value.

The rules' severity, clause and wording are data: templates/_shared/format.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter

from docx.document import Document

from drafter.docx import page_check, signature
from drafter.docx.effective import SINGLE, Formats, ParagraphFormat, RunFormat
from drafter.docx.layout import STANDARD, Layout, twips
from drafter.docx.looks import Look, findings
from drafter.docx.places import Piece, Place, blank_runs, may_be_blank, places
from drafter.docx.reader import open_document
from drafter.docx.sections import Section, sections
from drafter.docx.setting import Setting, after_heading, setting_of
from drafter.docx.typefaces import for_latin, named, size_name, symbols, typeface
from drafter.model import Finding, Reading

EXACT = 0.3
"""Characters an indent may be off."""

HIDDEN = 20
"""Twips; a blank line that is no higher takes no room that anyone sees."""

_CHINESE = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff，。、；：？！（）《》〔〕【】]")
_LATIN = re.compile("[0-9A-Za-z]")
_QUOTES = re.compile("[“”‘’—…]")
_ALIGNMENTS = {"left": "左对齐", "right": "右对齐", "center": "居中", "both": "两端对齐"}


def check_format(
    document: bytes | Document, reading: Reading, layout: Layout = STANDARD
) -> tuple[Finding, ...]:
    """Every deviation of a .docx from `layout`, by line. `reading` says what each of its paragraphs is.

    Raises InputError when the bytes are no .docx that can be read, or `reading` is of another document.
    """
    opened = open_document(document) if isinstance(document, bytes) else document
    return findings(_Check(opened, reading, layout).looks(), layout)


class _Check:
    def __init__(self, document: Document, reading: Reading, layout: Layout) -> None:
        self.document, self.layout = document, layout
        self.formats = Formats(document, layout)
        self.places = places(document, reading)
        self.sections = sections(document)

    def looks(self) -> Iterator[Look]:
        """All that is looked at, in the document's order within each rule."""
        yield from page_check.looks(self.document, self.formats, self.layout)
        for place in self.places:
            if place.official:
                format_ = self.formats.paragraph(place.paragraph)
                yield from self._characters(place)
                yield from self._paragraph(place, format_)
        yield from self._signature()
        yield from self._blank_lines()

    def _characters(self, place: Place) -> Iterator[Look]:
        setting, after = setting_of(place, self.layout), after_heading(self.layout)
        for piece in place.pieces:
            format_ = self.formats.run(piece.run, place.paragraph)
            if not piece.text.strip() or (format_.latin or "").lower() in symbols():
                continue
            if place.kind != "heading":
                yield from self._piece(place, piece, format_, setting)
                continue
            # A full stop may be set with the heading or with the text.
            cut = place.heading_end - piece.start
            head, rest = piece.text[: max(cut, 0)], piece.text[max(cut, 0) :]
            if head.rstrip("。．.：:；;"):
                yield from self._piece(place, replace(piece, text=head), format_, setting)
            if rest.strip():
                start = max(piece.start, place.heading_end)
                yield from self._piece(place, replace(piece, start=start, text=rest), format_, after)

    def _piece(self, place: Place, piece: Piece, has: RunFormat, wants: Setting) -> Iterator[Look]:
        def look(rule: str, wrong: bool, measured: str, required: str) -> Look:
            said = measured if wrong else ""
            return Look(rule, place.line, said, required, piece.start + 1, len(piece.text))

        face, text = typeface(wants.font), piece.text
        if _CHINESE.search(text):
            wrong = not face.has(has.chinese)
            yield look(wants.font_rule, wrong, has.chinese or "未指定字体", named(wants.font))
        yield look(wants.size_rule, has.size != wants.size, size_name(has.size), size_name(wants.size))
        if wants.bold_rule:
            yield look(wants.bold_rule, has.bold, "加粗", "不加粗")
        if _LATIN.search(text):
            wrong = (has.latin or "times new roman").lower() not in for_latin()
            yield look("GB9704-TEXT-01", wrong, has.latin or "", "Times New Roman或与汉字相同的字体")
        if _QUOTES.search(text):
            wrong = not has.hinted and (has.other or "times new roman").lower() not in _chinese_fonts()
            yield look("GB9704-TEXT-02", wrong, has.other or "西文字体", "与汉字相同的字体")
        yield look("GB9704-TEXT-03", bool(has.colour), f"“#{has.colour}”", "黑色")
        if place.kind in ("text", "heading") and _CHINESE.search(text):
            yield self._characters_a_line(place, piece, has)

    def _characters_a_line(self, place: Place, piece: Piece, has: RunFormat) -> Look:
        """Of the right size and in the right type area; both have rules of their own."""
        layout, section = self.layout, self._section(place)
        pitch = layout.body_size * 20 + has.spacing + (section.added_to_characters if section else 0)
        characters = int(twips(layout.paper_width - layout.left - layout.right) // pitch)
        wrong = characters != layout.characters
        return Look(
            "GB9704-PARA-05",
            place.line,
            f"每行{characters}字（字距{pitch / 20:.4g}磅）" if wrong else "",
            f"每行{layout.characters}字（字距{layout.character_pitch / 20:g}磅）",
            piece.start + 1,
            len(piece.text),
        )

    def _paragraph(self, place: Place, has: ParagraphFormat) -> Iterator[Look]:
        def look(rule: str, measured: str, required: str) -> Look:
            return Look(rule, place.line, measured, required, length=len(place.text))

        aligned = _ALIGNMENTS.get(has.alignment, has.alignment)
        if place.kind == "title":
            yield look("GB9704-TITLE-03", _off_centre(place, has), "居中、无缩进")
            return
        if place.kind == "addressee":
            yield look("GB9704-ADDR-01", _not_flush(place, has, aligned), "顶格、左对齐")
        if place.kind == "heading":
            pane = (
                ""
                if has.outline == place.level
                else "不是标题样式"
                if has.outline is None
                else f"的样式是标题{has.outline}"
            )
            yield look("GB9704-HEAD-07", pane, f"标题{place.level}样式")
        if place.kind in ("text", "heading") or (place.kind == "attachment" and "附件" in place.text[:5]):
            yield look("GB9704-PARA-01", _indented(place, has), "首行缩进2字、左右不缩进")
        if place.kind in ("text", "heading"):
            wrong = has.alignment != "both" and (place.kind == "text" or has.alignment != "left")
            yield look("GB9704-PARA-02", aligned if wrong else "", "两端对齐")
            gaps = [
                f"{name}{gap / 20:g}磅" for name, gap in (("段前", has.before), ("段后", has.after)) if gap
            ]
            yield look("GB9704-PARA-04", "、".join(gaps), "段前段后0")
        if not place.has_picture:
            required = f"固定值{self.layout.line_pitch / 20:g}磅（每页{self.layout.lines}行）"
            yield look("GB9704-PARA-03", self._line_pitch(place, has), required)

    def _line_pitch(self, place: Place, has: ParagraphFormat) -> str:
        """What is wrong with the distance of lines; empty when the type area holds as many as it should."""
        layout, section = self.layout, self._section(place)
        on_grid = has.snaps and section is not None and bool(section.grid)
        if has.rule == "exact":
            pitch, name = has.line, f"固定值{has.line / 20:g}磅"
        elif has.rule == "atLeast":
            pitch, name = max(has.line, layout.line_pitch if on_grid else 0), f"最小值{has.line / 20:g}磅"
        else:
            # Whether the grid is the right one is a rule of its own.
            pitch, name = (
                layout.line_pitch * has.line / SINGLE if on_grid else 0,
                f"{has.line / SINGLE:g}倍行距",
            )
        lines = page_check.lines_in(pitch, layout) if pitch else 0
        if lines == layout.lines:
            return ""
        return f"{name}（每页{lines}行）" if lines else f"{name}（每页行数随字体而变）"

    def _signature(self) -> Iterator[Look]:
        signed = signature.signed([place for place in self.places if place.official])
        if signed is not None:
            unit, date = signed
            stands = {
                place.line: signature.stand(place, self.formats.paragraph(place.paragraph), self.layout)
                for place in (unit, date)
                if place is not None
            }
            yield from signature.looks(unit, date, stands, self.layout)

    def _blank_lines(self) -> Iterator[Look]:
        """Blank lines but the one that the standard wants, and those that take no room."""
        found = [Look("GB9704-TEXT-04", one.line, "", "") for one in self.places if one.official]
        for before, row, after in blank_runs(self.places):
            seen = [one for one in row if self.formats.paragraph(one.paragraph).line > HIDDEN]
            if len(seen) == 1 and may_be_blank(before, after):
                continue
            said = f"用空段落隔开（连续{len(seen)}个）" if len(seen) > 1 else "用空段落隔开"
            found += [Look("GB9704-TEXT-04", one.line, said, "用段前、段后间距") for one in seen]
        yield from sorted(found, key=attrgetter("line"))

    def _section(self, place: Place) -> Section | None:
        return next((one for one in reversed(self.sections) if one.line <= place.line), None)


def _chinese_fonts() -> frozenset[str]:
    return for_latin() - {"times new roman"}


def _off_centre(place: Place, has: ParagraphFormat) -> str:
    if has.alignment != "center":
        return _ALIGNMENTS.get(has.alignment, has.alignment)
    shift = has.first + has.left - has.right
    return f"居中但缩进{round(shift, 1):g}字" if abs(shift) > EXACT else ""


def _not_flush(place: Place, has: ParagraphFormat, aligned: str) -> str:
    blank = has.left + has.first + place.typed_blank
    if abs(blank) > EXACT:
        return f"缩进{round(blank, 1):g}字"
    return "" if has.alignment in ("left", "both") else aligned


def _indented(place: Place, has: ParagraphFormat) -> str:
    """What is wrong with the indents of a paragraph that begins two characters in."""
    first = has.first + place.typed_blank
    wrong = []
    if abs(first - 2) > EXACT:
        wrong.append(f"首行缩进{round(first, 1):g}字")
    for name, side in (("左", has.left), ("右", has.right)):
        if abs(side) > EXACT:
            wrong.append(f"{name}缩进{round(side, 1):g}字")
    return "、".join(wrong)
