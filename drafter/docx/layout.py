"""The lengths and fonts of GB/T 9704—2012; no other file knows them.

Lengths are millimetres and sizes points, as the standard gives them; twips (1/20 pt, 1/1440 inch) are what
WordprocessingML wants. A character (字) is one cell of the type area (版心, §5.2.3), 1/28 of its width.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

NumberPlace = Literal["outside", "center", "left", "right"]
"""Where the page number stands; «outside» is right on odd pages and left on even ones."""


def twips(millimetres: float) -> int:
    """Millimetres in twips."""
    return round(millimetres * 1440 / 25.4)


def half_points(points: float) -> int:
    """A font size in the half points of w:sz."""
    return round(points * 2)


def width_in_characters(text: str) -> float:
    """Width of `text` in characters: letters and digits of half width count one half."""
    return sum(1 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)


@dataclass(frozen=True)
class Font:
    """A font by the name Word knows, and those to take on a machine that lacks it, the best first."""

    name: str
    substitutes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Indent:
    """Blank at both ends of a line, in characters of `pitch` twips; `left` given, text stands at the left."""

    pitch: int
    left: float = 0
    right: float = 0


@dataclass(frozen=True)
class Layout:
    """Page, type area, fonts by role and sizes; the defaults are the standard's (§5.1, §5.2).

    Offices name their fonts differently, so fonts are data. `pitch` is the distance of lines in points; None
    is the largest with which all `lines` fit. {} in `number_format` is the page's number, `number_distance`
    how far below the type area its middle stands (§7.5).
    """

    paper_width: float = 210
    paper_height: float = 297
    top: float = 37
    bottom: float = 35
    left: float = 28
    right: float = 26
    lines: int = 22
    characters: int = 28
    pitch: float | None = None

    title_font: Font = Font("方正小标宋简体", ("方正小标宋_GBK", "华文中宋", "宋体"))
    body_font: Font = Font("仿宋_GB2312", ("仿宋", "FangSong", "华文仿宋"))
    level_1_font: Font = Font("黑体", ("SimHei", "方正黑体_GBK", "华文黑体"))
    level_2_font: Font = Font("楷体_GB2312", ("楷体", "KaiTi", "华文楷体"))
    level_3_font: Font = body_font
    level_4_font: Font = body_font
    number_font: Font = Font("宋体", ("SimSun", "方正书宋_GBK", "华文宋体"))

    title_size: float = 22
    body_size: float = 16
    number_size: float = 14
    number_format: str = "— {} —"
    number_place: NumberPlace = "outside"
    number_distance: float = 7
    table_title_size: float = 16
    table_size: float = 11
    cell_size: float = 12

    @property
    def fonts(self) -> tuple[Font, ...]:
        """Every font in use, once."""
        return tuple(dict.fromkeys((self.title_font, self.body_font, *self.level_fonts, self.number_font)))

    @property
    def level_fonts(self) -> tuple[Font, Font, Font, Font]:
        """The fonts of headings, by level."""
        return self.level_1_font, self.level_2_font, self.level_3_font, self.level_4_font

    @property
    def footer(self) -> float:
        """Height of the page number's lower edge above the paper's."""
        return self.bottom - self.number_distance - self.number_size / 2 / 72 * 25.4

    @property
    def text_width(self) -> int:
        """Width of the type area in twips."""
        return twips(self.paper_width - self.left - self.right)

    @property
    def line_pitch(self) -> int:
        """Distance of lines in twips."""
        if self.pitch is not None:
            return round(self.pitch * 20)
        return twips(self.paper_height - self.top - self.bottom) // self.lines

    @property
    def character_pitch(self) -> int:
        """Distance of body characters in twips: the largest with which all `characters` fit a line."""
        return self.text_width // self.characters

    @property
    def body_spacing(self) -> int:
        """What is added to each body character, in twips, to give `character_pitch`."""
        return self.character_pitch - round(self.body_size * 20)

    @property
    def title_characters(self) -> float:
        """Characters of the title's size that surely fit one line: one less than its width, as the digits of
        many title fonts are wider than half a character.
        """
        return self.text_width // (self.title_size * 20) - 1

    def signature_indents(self, unit: str, date: str) -> tuple[Indent, Indent]:
        """Where 署名 and 成文日期 stand without a seal (§7.3.5.2).

        署名 leaves two characters at its right, and 成文日期 begins two characters right of it. A date longer
        than 署名 leaves two itself, and 署名 as many more as the date then begins two right of it.
        """
        pitch = self.character_pitch
        unit_width = min(width_in_characters(unit), self.characters - 2)
        date_width = width_in_characters(date)
        if date_width > unit_width:
            return Indent(pitch, right=4 + date_width - unit_width), Indent(pitch, right=2)
        # Two characters into the margin, so that no font's wide digits break the line.
        return Indent(pitch, right=2), Indent(pitch, left=self.characters - unit_width, right=-2)


STANDARD = Layout()
