"""Reads an office's layout.yaml: what it states takes the place of the standard's value.

Every mistake is named with file, line and key. Lengths are millimetres, line_pitch is in points; a size is in
points or a name (三号). What follows from a changed value follows: a wider type area holds more characters, a
higher one more lines, unless the file says how many.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from drafter import yaml_lines
from drafter.data import shared
from drafter.docx.layout import STANDARD, Font, Layout, NumberPlace, twips
from drafter.docx.typefaces import alike
from drafter.errors import LayoutError
from drafter.model import Record
from drafter.yaml_lines import Tree

FILE_NAME = "layout.yaml"

NARROWEST, LOWEST = 60, 60
"""Millimetres of the smallest type area."""
EDGE = 5
"""Millimetres at the paper's edge that no printer reaches."""
TIGHT = 0.8
"""How much closer than their size characters may stand: less, and they overlap."""


def _named(given: Any) -> Any:
    """A font that is given by its name alone."""
    return {"name": given} if isinstance(given, str) else given


def _points(given: Any) -> Any:
    """A size in points, from its name where it has one."""
    sizes = {name: points for points, name in shared("fonts")["sizes"].items()}
    if not isinstance(given, str) or given in sizes:
        return sizes.get(given, given)
    try:
        return float(given)
    except ValueError:
        raise ValueError(f"没有字号“{given}”，可用磅数，或：{'、'.join(sizes)}") from None


Millimetres = Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)]
Size = Annotated[float, BeforeValidator(_points), Field(ge=5, le=72, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=60)]


class FontChoice(Record):
    """A font, and what to take where it is not installed; without a list, fonts of its own typeface."""

    name: Name
    substitutes: tuple[Name, ...] | None = None

    def font(self) -> Font:
        return Font(self.name, alike(self.name) if self.substitutes is None else self.substitutes)


class SizedFont(FontChoice):
    name: Name | None = None  # type: ignore[assignment]
    size: Size | None = None


class Fonts(Record):
    title: Annotated[SizedFont, BeforeValidator(_named)] = SizedFont()
    body: Annotated[SizedFont, BeforeValidator(_named)] = SizedFont()
    level_1: Annotated[FontChoice, BeforeValidator(_named)] | None = None
    level_2: Annotated[FontChoice, BeforeValidator(_named)] | None = None
    level_3: Annotated[FontChoice, BeforeValidator(_named)] | None = None
    level_4: Annotated[FontChoice, BeforeValidator(_named)] | None = None
    page_number: Annotated[SizedFont, BeforeValidator(_named)] = SizedFont()


class Paper(Record):
    width: Millimetres | None = None
    height: Millimetres | None = None


class Margins(Record):
    top: Millimetres | None = None
    bottom: Millimetres | None = None
    left: Millimetres | None = None
    right: Millimetres | None = None


class PageNumber(Record):
    format: Annotated[str, Field(max_length=30)] | None = None
    place: NumberPlace | None = None
    distance: Annotated[float, Field(ge=-50, le=50, allow_inf_nan=False)] | None = None


class LayoutFile(Record):
    """The file as it stands; None is what it leaves as it is."""

    paper: Paper = Paper()
    margins: Margins = Margins()
    lines: Annotated[int, Field(ge=5, le=80)] | None = None
    characters: Annotated[int, Field(ge=5, le=80)] | None = None
    line_pitch: Annotated[float, Field(ge=5, le=100, allow_inf_nan=False)] | None = None
    fonts: Fonts = Fonts()
    page_number: PageNumber = PageNumber()

    def values(self) -> dict[str, Any]:
        """The values of Layout that the file states."""
        fonts, number = self.fonts, self.page_number
        sized = {"title": fonts.title, "body": fonts.body, "number": fonts.page_number}
        faces = {role: one for role, one in sized.items() if one.name is not None}
        levels = {f"level_{level}": getattr(fonts, f"level_{level}") for level in (1, 2, 3, 4)}
        found: dict[str, Any] = {
            "paper_width": self.paper.width,
            "paper_height": self.paper.height,
            **self.margins.model_dump(),
            "lines": self.lines,
            "characters": self.characters,
            "pitch": self.line_pitch,
            **{f"{role}_font": one.font() for role, one in (faces | levels).items() if one is not None},
            **{f"{role}_size": one.size for role, one in sized.items()},
            "number_format": number.format,
            "number_place": number.place,
            "number_distance": number.distance,
        }
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True)
class Stated:
    """A layout, and the names of its values that somebody stated: those stand whatever else there is."""

    layout: Layout = STANDARD
    names: frozenset[str] = frozenset()


def read_layout(path: Path, base: Stated) -> Stated:
    """`base` with what the file states in its place. Raises LayoutError."""
    tree = yaml_lines.read(path, LayoutError)
    if tree.value is None:
        return base
    if not isinstance(tree.value, dict):
        raise tree.mistake("应为“字段: 内容”的形式", mend="例如 margins: {top: 37}")
    file = tree.build(LayoutFile)
    if file.lines is not None and file.line_pitch is not None:
        raise tree.mistake("与 lines 只能写一个", ("line_pitch",), "删去其中一个")
    form = file.page_number.format
    if form is not None and form.count("{}") != 1:
        raise tree.mistake("要有且只有一个 {}，即页码数字的位置", ("page_number", "format"), "例如“— {} —”")
    values = file.values()
    layout = following(replace(base.layout, **_headings(values, base)), frozenset(values))
    _refuse_impossible(tree, layout)
    return Stated(layout, base.names | frozenset(values))


def following(layout: Layout, stated: frozenset[str]) -> Layout:
    """A layout with as many lines and characters as its type area holds, where `stated` does not say."""
    height = twips(layout.paper_height - layout.top - layout.bottom)
    if "pitch" in stated:
        layout = replace(layout, lines=max(int(height // layout.line_pitch), 1))
    elif "lines" in stated:
        layout = replace(layout, pitch=None)
    elif stated & {"paper_height", "top", "bottom"}:
        pitch = layout.line_pitch if layout.pitch else STANDARD.line_pitch
        layout = replace(layout, lines=max(int(height // pitch), 1))
    if "characters" not in stated and stated & {"paper_width", "left", "right", "body_size"}:
        layout = replace(layout, characters=max(round(layout.text_width / (layout.body_size * 20)), 1))
    return layout


def _headings(values: dict[str, Any], base: Stated) -> dict[str, Any]:
    """The values, with levels 3 and 4 in the body's font where nobody says otherwise (§7.3.3)."""
    if "body_font" not in values:
        return values
    levels = {"level_3_font", "level_4_font"} - base.names
    return dict.fromkeys(levels, values["body_font"]) | values


def _refuse_impossible(tree: Tree, layout: Layout) -> None:
    width = layout.paper_width - layout.left - layout.right
    height = layout.paper_height - layout.top - layout.bottom
    if width < NARROWEST or height < LOWEST:
        raise tree.mistake(f"版心只剩 {width:g}×{height:g} 毫米", ("margins",), "减小页边距")
    if layout.character_pitch < layout.body_size * 20 * TIGHT:
        raise tree.mistake(
            f"每行 {layout.characters} 字排不下（{layout.body_size:g} 磅的字会重叠）",
            ("characters",),
            "减少字数",
        )
    if layout.line_pitch < layout.body_size * 20:
        key = "line_pitch" if layout.pitch else "lines"
        mend = "加大行距" if layout.pitch else "减少行数"
        raise tree.mistake(
            f"行距 {layout.line_pitch / 20:g} 磅小于字号 {layout.body_size:g} 磅", (key,), mend
        )
    if layout.footer < EDGE:
        raise tree.mistake("页码离纸边不足 5 毫米", ("page_number", "distance"), "减小这个数，或加大下边距")
