"""Sections of a .docx: their page, the lines that stand in them, and their headers and footers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.effective import root
from drafter.docx.markup import Style
from drafter.docx.measures import attribute, switch, twips_of, value
from drafter.docx.places import pieces
from drafter.docx.reader import paragraphs

Side = Literal["header", "footer"]
Pages = Literal["default", "even", "first"]
GRIDS = ("lines", "linesAndChars", "snapToChars")

_PARAGRAPH, _SECTION = qn("w:p"), qn("w:sectPr")
_PAGE_FIELD = re.compile(r"(^|\s)PAGE(\s|$)", re.IGNORECASE)
_ONLY_NUMBER = re.compile(r"[\s\d０-９ivxlcIVXLC—–―─－\-~·.,/／|第页共总of]*", re.IGNORECASE)


@dataclass(frozen=True)
class Section:
    """A w:sectPr and the first of its lines (from 1). Lengths are twips; None where nothing is stated."""

    properties: BaseOxmlElement
    line: int

    @property
    def width(self) -> float | None:
        return self._length("w:pgSz", "w")

    @property
    def height(self) -> float | None:
        return self._length("w:pgSz", "h")

    @property
    def landscape(self) -> bool:
        """Whether its pages lie on their side: the margins of an official copy are not for them."""
        return (self.width or 0) > (self.height or 0)

    @property
    def grid(self) -> str:
        """The type of its grid; empty for none."""
        kind = attribute(self.properties.find(qn("w:docGrid")), "type") or ""
        return kind if kind in GRIDS else ""

    @property
    def line_pitch(self) -> float | None:
        return self._length("w:docGrid", "linePitch")

    @property
    def added_to_characters(self) -> float:
        """What its grid adds to each character."""
        if self.grid not in ("linesAndChars", "snapToChars"):
            return 0.0
        return (self._length("w:docGrid", "charSpace") or 0.0) / 4096 * 20

    @property
    def footer_distance(self) -> float:
        return self.margin("footer") or 0.0

    def margin(self, side: str) -> float | None:
        """A margin, the gutter included where it is bound at that side."""
        stated = self._length("w:pgMar", side)
        if side != "left" or stated is None:
            return stated
        return stated + (self._length("w:pgMar", "gutter") or 0.0)

    def reference(self, side: Side, pages: Pages) -> BaseOxmlElement | None:
        """Its own reference to a header or footer."""
        return next(
            (
                one
                for one in self.properties.findall(qn(f"w:{side}Reference"))
                if (attribute(one, "type") or "default") == pages
            ),
            None,
        )

    @property
    def own_first_page(self) -> bool:
        return bool(switch(self.properties, "titlePg"))

    def _length(self, tag: str, name: str) -> float | None:
        return twips_of(attribute(self.properties.find(qn(tag)), name))


def sections(document: Document) -> list[Section]:
    """The sections in order; empty when the document states no page at all."""
    found: list[Section] = []
    first, line = 1, 0
    lines = set(paragraphs(document))
    for paragraph in document.element.body.iter(_PARAGRAPH):
        line += paragraph in lines
        properties = paragraph.find(f"{qn('w:pPr')}/{_SECTION}")
        if properties is not None:
            found.append(Section(properties, first))
            first = line + 1
    last = document.element.body.find(_SECTION)
    return found if last is None else [*found, Section(last, first)]


def of_a_letter(document: Document, section: Section) -> bool:
    """Whether a section is of a letter of ours (§8.1): its first page bears no number."""
    first = story(document, section.reference("header", "first")) if section.own_first_page else None
    styles = first.iter(qn("w:pStyle")) if first is not None else ()
    return any(attribute(style, "val") == Style.MARK for style in styles)


def bears_foot_alone(document: Document, section: Section) -> bool:
    """Whether a section is the even page of 版记 alone, which has no number behind a blank page (§7.5)."""
    footers = [story(document, one) for one in section.properties.findall(qn("w:footerReference"))]
    blank = bool(footers) and all(one is None or next(numbered(one), None) is None for one in footers)
    return blank and value(section.properties, "type") == "evenPage"


def kinds_of_pages(section: Section, *, apart: bool) -> list[Pages]:
    """The kinds of pages that have a footer of their own; `apart` when odd and even ones have."""
    kinds: list[Pages] = ["default"]
    if apart:
        kinds.append("even")
    if section.own_first_page:
        kinds.append("first")
    return kinds


def odd_and_even(document: Document) -> bool:
    """Whether odd and even pages have headers and footers of their own."""
    return bool(switch(root(document, RT.SETTINGS), "evenAndOddHeaders"))


def story(document: Document, reference: BaseOxmlElement | None) -> BaseOxmlElement | None:
    """The w:hdr or w:ftr that a reference names; None when the file lacks it."""
    relationship = reference.get(qn("r:id")) if reference is not None else None
    part = document.part.rels.get(relationship) if relationship else None
    return getattr(part.target_part, "element", None) if part is not None and not part.is_external else None


def numbered(part: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """The paragraphs of a header or footer that hold a PAGE field."""
    for paragraph in part.iter(_PARAGRAPH):
        own = (one for one in paragraph.iter(qn("w:instrText")) if _holder(one) is paragraph)
        instructions = ["".join(one.text or "" for one in own)]
        simple = (one for one in paragraph.iter(qn("w:fldSimple")) if _holder(one) is paragraph)
        instructions += [attribute(one, "instr") or "" for one in simple]
        if any(_PAGE_FIELD.search(one) for one in instructions):
            yield paragraph


def only_number(paragraph: BaseOxmlElement) -> bool:
    """Whether a paragraph with a PAGE field prints nothing but the page's number."""
    text = "".join(piece.text for piece in pieces(paragraph))
    pictures = (qn(tag) for tag in ("w:drawing", "w:pict", "w:object"))
    return bool(_ONLY_NUMBER.fullmatch(text)) and next(paragraph.iter(*pictures), None) is None


def _holder(one: BaseOxmlElement) -> BaseOxmlElement | None:
    return next((parent for parent in one.iterancestors() if parent.tag == _PARAGRAPH), None)
