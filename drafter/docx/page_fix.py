"""Puts pages and page numbers right (GB/T 9704—2012 §5.1, §5.2, §7.5)."""

from __future__ import annotations

from copy import deepcopy

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.part import XmlPart
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.parts.hdrftr import FooterPart, HeaderPart

from drafter.docx.layout import Layout, twips
from drafter.docx.markup import element
from drafter.docx.measures import attribute
from drafter.docx.order import put, remove
from drafter.docx.page_check import TOLERANCE
from drafter.docx.places import pieces
from drafter.docx.sections import (
    Pages,
    Section,
    Side,
    bears_foot_alone,
    kinds_of_pages,
    numbered,
    odd_and_even,
    of_a_letter,
    only_number,
    sections,
    story,
)

_PARAGRAPH, _RUN, _BOX = qn("w:p"), qn("w:r"), qn("w:txbxContent")


def put_pages_right(document: Document, layout: Layout) -> None:
    """Paper, margins and grid; a section that lies on its side keeps its margins and has no grid made."""
    if not sections(document):
        document.element.body.append(element("w:sectPr"))
    for section in sections(document):
        _paper(section, layout)
        if not section.landscape:
            _margins(section, layout, footer_too=not of_a_letter(document, section))
            pitch = str(layout.line_pitch)
            put(section.properties, element("w:docGrid", {"w:type": "lines", "w:linePitch": pitch}))


def put_numbers_right(document: Document, model: Document, ids: dict[str, str]) -> None:
    """Page numbers as in the footers of `model`; what else stands in headers and footers stays.

    `ids` are the ids that the styles of `model` have in `document`.
    """
    found = sections(document)
    _separate_odd_and_even(document, found)
    numbers = _numbers(model, ids)
    made: set[Pages] = set()
    for section in found:
        _arabic(section)
        if of_a_letter(document, section) or bears_foot_alone(document, section):
            continue
        for kind in kinds_of_pages(section, apart=True):
            part = story(document, section.reference("footer", kind))
            if part is None and kind not in made:
                part = _add(document, section, "footer", kind).element
                remove(part, _PARAGRAPH)
            if part is not None:
                made.add(kind)
                _number(part, numbers["even" if kind == "even" else "default"])
            header = story(document, section.reference("header", kind))
            for paragraph in list(numbered(header)) if header is not None else []:
                if only_number(paragraph):
                    remove(paragraph, *(child.tag for child in paragraph if child.tag != qn("w:pPr")))


def _paper(section: Section, layout: Layout) -> None:
    short, long = twips(layout.paper_width), twips(layout.paper_height)
    has = sorted((section.width or 0, section.height or 0))
    if all(abs(one - other) <= TOLERANCE for one, other in zip(has, (short, long), strict=True)):
        return
    size = {"w:w": str(short), "w:h": str(long)}
    if section.landscape:
        size = {"w:w": str(long), "w:h": str(short), "w:orient": "landscape"}
    put(section.properties, element("w:pgSz", size))


def _margins(section: Section, layout: Layout, *, footer_too: bool) -> None:
    lengths = {side: twips(getattr(layout, side)) for side in ("top", "right", "bottom", "left")}
    lengths |= {"header": 851, "footer": twips(layout.footer), "gutter": 0}
    attributes = {f"w:{side}": str(length) for side, length in lengths.items()}
    for kept in ("header",) if footer_too else ("header", "footer"):
        stated = attribute(section.properties.find(qn("w:pgMar")), kept)
        if stated is not None:
            attributes[f"w:{kept}"] = stated
    put(section.properties, element("w:pgMar", attributes))


def _arabic(section: Section) -> None:
    kind = section.properties.find(qn("w:pgNumType"))
    if kind is not None:
        kind.attrib.pop(qn("w:fmt"), None)
        if not kind.attrib:
            section.properties.remove(kind)


def _separate_odd_and_even(document: Document, found: list[Section]) -> None:
    """Give odd and even pages footers of their own, with the headers and footers that all pages had."""
    if odd_and_even(document):
        return
    for section in found:
        sides: tuple[Side, ...] = ("header", "footer")
        for side in sides:
            unused = section.reference(side, "even")
            if unused is not None:
                section.properties.remove(unused)
            common = section.reference(side, "default")
            if story(document, common) is not None and common is not None:
                source = document.part.rels[common.get(qn("r:id"))].target_part
                _copy(source, _add(document, section, side, "even"))
    document.settings.odd_and_even_pages_header_footer = True


def _add(document: Document, section: Section, side: Side, pages: Pages) -> XmlPart:
    """A new header or footer of a section, instead of one that it refers to."""
    former = section.reference(side, pages)
    if former is not None:
        section.properties.remove(former)
    package = document.part.package
    part: XmlPart = FooterPart.new(package) if side == "footer" else HeaderPart.new(package)
    relationship = document.part.relate_to(part, RT.FOOTER if side == "footer" else RT.HEADER)
    reference = {"w:type": pages, "r:id": relationship}
    made = element(f"w:{side}Reference", reference)
    others = [
        one for one in section.properties if one.tag in (qn("w:headerReference"), qn("w:footerReference"))
    ]
    if others:
        others[-1].addnext(made)
    else:
        section.properties.insert(0, made)
    return part


def _copy(source: XmlPart, copy: XmlPart) -> None:
    """Have a header or footer say what another does, with the pictures and links it relates to."""
    for child in list(copy.element):
        copy.element.remove(child)
    copy.element.extend(deepcopy(child) for child in source.element)
    for relationship_id, one in source.rels.items():
        target = one.target_ref if one.is_external else one.target_part
        copy.load_rel(one.reltype, target, relationship_id, one.is_external)


def _numbers(model: Document, ids: dict[str, str]) -> dict[Pages, BaseOxmlElement]:
    """The page number's paragraph for odd and even pages, in the document's own style ids."""
    (section,) = sections(model)
    found: dict[Pages, BaseOxmlElement] = {}
    pages: tuple[Pages, ...] = ("default", "even")
    for kind in pages:
        footer = story(model, section.reference("footer", kind))
        if footer is not None:
            found[kind] = deepcopy(footer.find(_PARAGRAPH))
            style = found[kind].find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            style.set(qn("w:val"), ids[style.get(qn("w:val"))])
    return found


def _number(part: BaseOxmlElement, wanted: BaseOxmlElement) -> None:
    """Have a footer hold the page number once, in the place of the one it has, or first of all.

    A number in a line with other words stays there: the words are not to be touched.
    """
    number = deepcopy(wanted)
    has = list(numbered(part))
    alone = [paragraph for paragraph in has if only_number(paragraph)]
    for paragraph in has:
        if paragraph not in alone and next(paragraph.iter(_BOX), None) is None:
            properties = deepcopy(number.find(qn("w:pPr")))
            remove(paragraph, properties.tag)
            paragraph.insert(0, properties)
            return
    empty = [one for one in part.findall(_PARAGRAPH) if not _prints(one)]
    for paragraph in alone:
        outer = _out_of_box(paragraph)
        if number.getparent() is None:
            outer.addprevious(number)
        _take_away(outer)
    if number.getparent() is None:
        part.insert(0, number)
        for paragraph in empty:
            part.remove(paragraph)


def _prints(paragraph: BaseOxmlElement) -> bool:
    pictures = (qn("w:drawing"), qn("w:pict"), qn("w:object"))
    return any(piece.text.strip() for piece in pieces(paragraph)) or any(
        True for _ in paragraph.iter(*pictures)
    )


def _out_of_box(paragraph: BaseOxmlElement) -> BaseOxmlElement:
    """The paragraph itself; of one in a text box, the paragraph that the box is tied to, without the box."""
    outer = paragraph
    for parent in paragraph.iterancestors():
        if parent.tag == _RUN:
            box = parent
        elif parent.tag == _PARAGRAPH:
            outer = parent
    if outer is not paragraph and box.getparent() is not None:
        box.getparent().remove(box)
    return outer


def _take_away(paragraph: BaseOxmlElement) -> None:
    """Remove a page number's paragraph, unless it prints something besides (the box of another number)."""
    if paragraph.getparent() is not None and (only_number(paragraph) or not _prints(paragraph)):
        paragraph.getparent().remove(paragraph)
