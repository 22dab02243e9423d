"""The formatting that paragraphs and runs have in effect (ECMA-376 part 1, §17.7.2).

Document defaults, then the paragraph's style chain with its numbering, the character style, and last what
stands on the paragraph or run itself; each later one wins, attribute by attribute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.layout import Layout
from drafter.docx.measures import attribute, number, points_of, switch, twips_of, value

DEFAULT_SIZE = 10.0
"""Points, where nothing states a size (§17.3.2.38)."""
SINGLE = 240
"""w:line of single spacing."""

_ALIGNMENTS = {"start": "left", "end": "right", "distribute": "both", "thaiDistribute": "both"}
_BLACK_THEME = ("text1", "dark1")
_SCRIPTS = {"zh-cn": "Hans", "zh-sg": "Hans", "zh-tw": "Hant", "zh-hk": "Hant"}


@dataclass(frozen=True)
class ParagraphFormat:
    """Indents in characters of the layout's pitch, `before` and `after` in twips.

    `line` is in twips, or in 240ths of a line when `rule` is «auto». `outline` is 1 for what the navigation
    pane shows at its first level, None for what it does not show.
    """

    alignment: str
    first: float
    left: float
    right: float
    before: float
    after: float
    line: float
    rule: str
    snaps: bool
    outline: int | None


@dataclass(frozen=True)
class RunFormat:
    """Fonts of Chinese, of Latin characters and of the rest (None: not stated); `size` in points, `spacing`
    in twips. `hinted` runs set quotes and dashes in the Chinese font. `colour` is empty for black.
    """

    chinese: str | None
    latin: str | None
    other: str | None
    hinted: bool
    size: float
    bold: bool
    colour: str
    spacing: float


class Formats:
    """Resolves the formatting of one document; lengths in characters are those of `layout`.

    What it has read of the styles it keeps: make a new one after changing them.
    """

    def __init__(self, document: Document, layout: Layout) -> None:
        self._document, self.layout = document, layout
        self._chains: dict[str, list[BaseOxmlElement]] = {}
        self.styles = root(document, RT.STYLES)
        self._by_id: dict[str, BaseOxmlElement] = {}
        self._default: str = ""
        for style in self.styles.findall(qn("w:style")) if self.styles is not None else []:
            style_id = attribute(style, "styleId") or ""
            self._by_id[style_id] = style
            if attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true", "on"):
                self._default = style_id

    def chain(self, style_id: str | None) -> list[BaseOxmlElement]:
        """The w:style elements that make up a style, the one it rests on first; the default for None."""
        name = style_id if style_id in self._by_id else self._default
        if name not in self._chains:
            found: list[BaseOxmlElement] = []
            style = self._by_id.get(name)
            while style is not None and style not in found:
                found.append(style)
                style = self._by_id.get(value(style, "basedOn") or "")
            self._chains[name] = found[::-1]
        return self._chains[name]

    def styled_as(self, paragraph: BaseOxmlElement, names: frozenset[str]) -> bool:
        """Whether the style of a w:p is, or rests on, one of `names` (in lower case)."""
        chain = self.chain(_style(paragraph, "w:pPr", "pStyle"))
        return any((value(one, "name") or "").lower() in names for one in chain)

    def paragraph(self, paragraph: BaseOxmlElement) -> ParagraphFormat:
        """What a w:p has in effect."""
        layers = list(self._paragraph_layers(paragraph))
        left, right, first = self._indents(layers)
        spacing = _merged(layers, "spacing")
        rule = spacing.get("lineRule", "auto")
        return ParagraphFormat(
            alignment=_last(layers, "jc") or "left",
            first=first,
            left=left,
            right=right,
            before=self._gap(spacing, "before"),
            after=self._gap(spacing, "after"),
            line=twips_of(spacing.get("line")) or SINGLE,
            rule=rule,
            snaps=next((on for one in layers[::-1] if (on := switch(one, "snapToGrid")) is not None), True),
            outline=self._outline(paragraph, layers),
        )

    def run(self, run: BaseOxmlElement, paragraph: BaseOxmlElement) -> RunFormat:
        """What a w:r of the w:p `paragraph` has in effect."""
        own = run.find(qn("w:rPr"))
        of_paragraph = [one.find(qn("w:rPr")) for one in self.chain(_style(paragraph, "w:pPr", "pStyle"))]
        character = _style(run, "w:rPr", "rStyle")
        of_character = [one.find(qn("w:rPr")) for one in self.chain(character)] if character else []
        stated = (*self.defaults("w:rPr"), *of_paragraph, *of_character, own)
        layers = [one for one in stated if one is not None]
        fonts = {slot: self._font(layers, slot) for slot in ("eastAsia", "ascii", "hAnsi")}
        hints = [attribute(one.find(qn("w:rFonts")), "hint") for one in layers]
        return RunFormat(
            chinese=fonts["eastAsia"],
            latin=fonts["ascii"],
            other=fonts["hAnsi"],
            hinted=next((hint for hint in hints[::-1] if hint), "") == "eastAsia",
            size=points_of(_last(layers, "sz")) or DEFAULT_SIZE,
            bold=self._toggled("b", own, of_character, of_paragraph),
            colour=_colour(layers),
            spacing=twips_of(_last(layers, "spacing")) or 0,
        )

    def numbering(self, paragraph: BaseOxmlElement) -> tuple[str, str] | None:
        """Numbering id and level (from 0) that a paragraph shows a number of, its own or its style's."""
        own = paragraph.find(qn("w:pPr"))
        styles = [one.find(qn("w:pPr")) for one in self.chain(_style(paragraph, "w:pPr", "pStyle"))]
        stated = [one.find(qn("w:numPr")) for one in (*styles, own) if one is not None]
        ids = [found for one in stated if (found := value(one, "numId"))]
        levels = [found for one in stated if (found := value(one, "ilvl"))]
        if not ids or ids[-1] == "0":
            return None
        return ids[-1], levels[-1] if levels else self._linked_level(ids[-1], paragraph)

    def level(self, numbering: tuple[str, str]) -> BaseOxmlElement | None:
        """The w:lvl that formats the numbers of a numbering id and level; None when it is not defined."""
        number_id, level = numbering
        return next(
            (one for one in self._levels(number_id) if attribute(one, "ilvl") == level),
            None,
        )

    def _linked_level(self, number_id: str, paragraph: BaseOxmlElement) -> str:
        names = [attribute(one, "styleId") for one in self.chain(_style(paragraph, "w:pPr", "pStyle"))[::-1]]
        for level in self._levels(number_id):
            if value(level, "pStyle") in names:
                return attribute(level, "ilvl") or "0"
        return "0"

    def _levels(self, number_id: str) -> list[BaseOxmlElement]:
        if self._numbering is None:
            return []
        for one in self._numbering.findall(qn("w:num")):
            if attribute(one, "numId") == number_id:
                abstract = value(one, "abstractNumId")
                found = self._numbering.findall(qn("w:abstractNum"))
                return [
                    level
                    for each in found
                    if attribute(each, "abstractNumId") == abstract
                    for level in each.findall(qn("w:lvl"))
                ]
        return []

    @cached_property
    def _numbering(self) -> BaseOxmlElement | None:
        return root(self._document, RT.NUMBERING)

    def defaults(self, tag: str) -> list[BaseOxmlElement]:
        """The document's default w:pPr or w:rPr (`tag` with prefix), if it states one."""
        if self.styles is None:
            return []
        holder = f"{qn('w:docDefaults')}/{qn(f'{tag}Default')}/{qn(tag)}"
        return list(self.styles.findall(holder))

    def _paragraph_layers(self, paragraph: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
        """The w:pPr elements in effect, weakest first. A numbering's indents stand before those of the
        style or paragraph that asks for the number.
        """
        styles = [one.find(qn("w:pPr")) for one in self.chain(_style(paragraph, "w:pPr", "pStyle"))]
        own = paragraph.find(qn("w:pPr"))
        numbering = self.numbering(paragraph)
        level = self.level(numbering) if numbering else None
        for one in (*self.defaults("w:pPr"), *styles, own):
            if one is None:
                continue
            if level is not None and one.find(qn("w:numPr")) is not None:
                yield from level.findall(qn("w:pPr"))
            yield one

    def _indents(self, layers: list[BaseOxmlElement]) -> tuple[float, float, float]:
        left = right = first = 0.0
        for one in layers:
            ind = one.find(qn("w:ind"))
            left = self._side(ind, left, ("leftChars", "startChars"), ("left", "start"))
            right = self._side(ind, right, ("rightChars", "endChars"), ("right", "end"))
            first = self._side(ind, first, ("firstLineChars",), ("firstLine",))
            first = -(self._side(ind, 0, ("hangingChars",), ("hanging",)) or -first)
        return left, right, first

    def _side(
        self,
        ind: BaseOxmlElement | None,
        before: float,
        characters: tuple[str, ...],
        lengths: tuple[str, ...],
    ) -> float:
        in_characters = number(attribute(ind, *characters))
        if in_characters:
            return in_characters / 100
        in_twips = twips_of(attribute(ind, *lengths))
        if in_twips is not None:
            return in_twips / self.layout.character_pitch
        return before if in_characters is None else 0.0

    def _gap(self, spacing: dict[str, str], side: str) -> float:
        if spacing.get(f"{side}Autospacing") in ("1", "true", "on"):
            return 280.0
        lines = number(spacing.get(f"{side}Lines"))
        return lines / 100 * self.layout.line_pitch if lines else twips_of(spacing.get(side)) or 0.0

    def _outline(self, paragraph: BaseOxmlElement, layers: list[BaseOxmlElement]) -> int | None:
        stated = number(_last(layers, "outlineLvl"))
        if stated is None:
            names = [value(one, "name") or "" for one in self.chain(_style(paragraph, "w:pPr", "pStyle"))]
            built_in = [name for name in names if name.lower().startswith("heading ")]
            stated = (number(built_in[-1].split()[-1]) or 10) - 1 if built_in else None
        return int(stated) + 1 if stated is not None and stated < 9 else None

    def _font(self, layers: list[BaseOxmlElement], slot: str) -> str | None:
        for one in layers[::-1]:
            fonts = one.find(qn("w:rFonts"))
            theme = attribute(fonts, f"{slot}Theme")
            name = self._theme_font(theme) if theme else attribute(fonts, slot)
            if name:
                return name
        return None

    def _theme_font(self, reference: str) -> str | None:
        """The font that «majorEastAsia», «minorHAnsi» … stands for."""
        if self._theme is None:
            return None
        space = {"a": "http://schemas.openxmlformats.org/drawingml/2006/main"}
        fonts = self._theme.find(f".//a:{reference[:5]}Font", space)
        if fonts is None:
            return None
        chinese = reference.endswith("EastAsia")
        found = fonts.find("a:ea" if chinese else "a:latin", space)
        name: str = found.get("typeface", "") if found is not None else ""
        if not name and chinese:
            scripts = {one.get("script"): one.get("typeface") for one in fonts.findall("a:font", space)}
            name = scripts.get(self._script) or ""
        return name or None

    @cached_property
    def _theme(self) -> BaseOxmlElement | None:
        return root(self._document, RT.THEME)

    @cached_property
    def _script(self) -> str:
        settings = root(self._document, RT.SETTINGS)
        language = settings.find(qn("w:themeFontLang")) if settings is not None else None
        return _SCRIPTS.get((attribute(language, "eastAsia") or "zh-CN").lower(), "Hans")

    def _toggled(
        self,
        tag: str,
        own: BaseOxmlElement | None,
        character: list[BaseOxmlElement | None],
        paragraph: list[BaseOxmlElement | None],
    ) -> bool:
        """A toggle property: what the run states holds; two styles that turn it on turn it off."""
        direct = switch(own, tag)
        if direct is not None:
            return direct
        on = [
            next((found for one in each[::-1] if (found := switch(one, tag)) is not None), False)
            for each in (character, paragraph)
        ]
        return any(switch(one, tag) for one in self.defaults("w:rPr")) or on[0] != on[1]


def root(document: Document, relationship: str) -> BaseOxmlElement | None:
    """The root element of a part the document is related to; None when it has none such."""
    try:
        part = document.part.part_related_by(relationship)
    except (KeyError, ValueError):
        return None
    held: BaseOxmlElement | None = getattr(part, "element", None)
    if held is None:
        held = parse_xml(part.blob)
    return held


def _style(parent: BaseOxmlElement, properties: str, tag: str) -> str | None:
    return value(parent.find(qn(properties)), tag)


def _last(layers: list[BaseOxmlElement], tag: str) -> str | None:
    found = next((text for one in layers[::-1] if (text := value(one, tag)) is not None), None)
    return _ALIGNMENTS.get(found or "", found) if tag == "jc" else found


def _merged(layers: list[BaseOxmlElement], tag: str) -> dict[str, str]:
    """The attributes of the child `tag`, without prefix. A length beats the weaker layers' lines."""
    merged: dict[str, str] = {}
    for one in layers:
        found = one.find(qn(f"w:{tag}"))
        stated = (
            {name.split("}")[-1]: str(text) for name, text in found.attrib.items()}
            if found is not None
            else {}
        )
        for side in ("before", "after"):
            if side in stated:
                merged.pop(f"{side}Lines", None)
                merged.pop(f"{side}Autospacing", None)
        merged |= stated
    return merged


def _colour(layers: list[BaseOxmlElement]) -> str:
    found = next(
        (one.find(qn("w:color")) for one in layers[::-1] if one.find(qn("w:color")) is not None), None
    )
    stated = (attribute(found, "val") or "auto").upper()
    black_theme = attribute(found, "themeColor") in _BLACK_THEME and attribute(found, "themeTint") is None
    return "" if stated in ("AUTO", "000000") or black_theme else stated
