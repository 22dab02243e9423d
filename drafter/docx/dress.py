"""Puts a finished document into an office's reference.docx: its styles, headers, footers, logo and theme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.data import shared
from drafter.docx.base import empty_document, properties
from drafter.docx.effective import Formats, root
from drafter.docx.house import House
from drafter.docx.markup import Style, element
from drafter.docx.measures import attribute, switch, value
from drafter.docx.official_styles import alone
from drafter.docx.order import properties_of, properties_of_style, put, remove
from drafter.docx.page_fix import put_numbers_right
from drafter.docx.placeholders import fill, has_placeholders, lone, settle
from drafter.docx.reference import (
    FACES,
    HEADINGS,
    SIZES,
    has_numbers,
    open_reference,
    rename_styles,
    styles_of,
)
from drafter.docx.sections import Pages, Side

_LINES = {
    "title": Style.TITLE,
    "addressee": Style.ADDRESSEE,
    "unit": Style.SIGNATURE,
    "date": Style.ISSUE_DATE,
}
"""Lines of the document that a placeholder alone in its paragraph takes over."""
_REVIEW = ("comments", "commentsExtended", "commentsIds", "people")
_SETTINGS = ("attachedTemplate", "mailMerge", "rsids", "docVars", "trackRevisions")
"""What its settings say of the machine and the people it comes from, or would do to the next reader."""
_SIDES: tuple[Side, ...] = ("header", "footer")
_PAGES: tuple[Pages, ...] = ("default", "even", "first")


def dress(document: Document, house: House, values: Mapping[str, str]) -> Document:
    """`document` as `house` wants it: itself where there is no reference.docx.

    `values` are those of the placeholders. Raises LayoutError.
    """
    if house.reference is None:
        return document
    model = open_reference(house.reference)
    file = str(house.reference)
    framed = has_placeholders(model)
    if framed:
        model = fill(model, values, file)
    _bring_styles(document, model, house)
    last = _bring_pages(document, model)
    if framed:
        _into_frame(document, model, last)
        settle(model, values)
    else:
        _instead(document, model, last)
    _upright(model, house)
    _bring_parts(document, model)
    _number(model, house)
    _count_pictures(model)
    return model


def _bring_styles(document: Document, model: Document, house: House) -> None:
    """Add the styles that the reference lacks; what the layout.yaml states goes over those it has."""
    wanted = styles_of(document)
    for kind in ("paragraph", "character", "table"):
        others = {
            style_id: [(value(style, "name") or "").lower()]
            for style_id, style in wanted.items()
            if attribute(style, "type") == kind and style_id not in shared("layout")["styles"]
        }
        rename_styles(model, others, kind)
    source = Formats(document, house.layout)
    has = styles_of(model)
    styles = model.styles.element
    for style_id, style in wanted.items():
        if style_id not in has:
            of_text = attribute(style, "type") == "paragraph"
            styles.append(alone(source, style_id) if of_text else deepcopy(style))
        else:
            _lay_over(has[style_id], style_id, alone(source, style_id), house)
    _settle_run_in(model, house)


def _lay_over(style: BaseOxmlElement, style_id: str, wanted: BaseOxmlElement, house: House) -> None:
    stated, text = house.stated, style_id in FACES and style_id != Style.TITLE
    tags: list[str] = []
    if FACES.get(style_id) in stated:
        tags.append("rFonts")
    if (SIZES["BodyText"] if style_id in HEADINGS else SIZES.get(style_id)) in stated:
        tags += ["sz", "szCs"]
    if text and stated & {"characters", "body_size"}:
        tags.append("spacing")
    for tag in tags:
        found = wanted.find(f"{qn('w:rPr')}/{qn(f'w:{tag}')}")
        if found is not None:
            put(properties_of_style(style, "w:rPr"), deepcopy(found))
    if text and stated & {"lines", "pitch"}:
        pitch = {"w:line": str(house.layout.line_pitch), "w:lineRule": "exact"}
        spacing = element("w:spacing", {"w:before": "0", "w:after": "0"} | pitch)
        put(properties_of_style(style, "w:pPr"), spacing)


def _settle_run_in(model: Document, house: House) -> None:
    """Have the text behind a run-in heading look as the body does, and its paragraph break across pages: kept
    with the next as a heading is, whole pages of text would hang together.
    """
    body = Formats(model, house.layout).run(element("w:r"), _in_style(Style.BODY))
    own = styles_of(model)[Style.RUN_IN_TEXT].find(qn("w:rPr"))
    size = str(round(body.size * 2))
    put(own, element("w:sz", {"w:val": size}))
    put(own, element("w:szCs", {"w:val": size}))
    put(own, element("w:color", {"w:val": body.colour or "auto"}))
    heading = styles_of(model)[Style.HEADING_2]
    for tag in ("keepNext", "keepLines"):
        put(properties_of_style(heading, "w:pPr"), element(f"w:{tag}", {"w:val": "0"}))


def _upright(model: Document, house: House) -> None:
    """Take bold off the text behind a run-in heading that is bold: no character style can (§17.7.3)."""
    heading = Formats(model, house.layout).run(element("w:r"), _in_style(Style.HEADING_2))
    if not heading.bold:
        return
    for run in model.element.body.iter(qn("w:r")):
        if value(run.find(qn("w:rPr")), "rStyle") == Style.RUN_IN_TEXT:
            put(properties_of(run, "w:rPr"), element("w:b", {"w:val": "0"}))


def _bring_pages(document: Document, model: Document) -> BaseOxmlElement:
    """The document's last section with the reference's headers and footers; those it alone has it keeps.

    Its inner sections take over the same.
    """
    own = model.element.body.find(qn("w:sectPr"))
    theirs = {(side, pages): _reference(own, side, pages) for side in _SIDES for pages in _PAGES}
    for section in document.element.body.iter(qn("w:sectPr")):
        for side in _SIDES:
            for pages in _PAGES:
                mine, found = _reference(section, side, pages), theirs[side, pages]
                if mine is not None and (found is not None or side == "footer"):
                    section.remove(mine)
                elif mine is not None:
                    _carry(document, model, mine)
        for found in reversed([one for one in theirs.values() if one is not None]):
            section.insert(0, deepcopy(found))
        if own is not None and switch(own, "titlePg"):
            put(section, element("w:titlePg"))
    if own is not None:
        own.getparent().remove(own)
    last: BaseOxmlElement = document.element.body.find(qn("w:sectPr"))
    return last


def _carry(document: Document, model: Document, reference: BaseOxmlElement) -> None:
    """Take a header of the document along into the reference."""
    part = document.part.rels[reference.get(qn("r:id"))].target_part
    part.partname = model.part.package.next_partname("/word/header%d.xml")
    reference.set(qn("r:id"), model.part.relate_to(part, RT.HEADER))


def _instead(document: Document, model: Document, last: BaseOxmlElement) -> None:
    """The document in place of the text that the reference holds."""
    body = model.element.body
    for child in list(body):
        body.remove(child)
    for block in list(document.element.body):
        body.append(block)
    assert body[-1] is last


def _into_frame(document: Document, model: Document, last: BaseOxmlElement) -> None:
    """The document where {{ body }} stands; its title, addressee, unit and date where placeholders alone in
    a paragraph stand for them. The checklist is the last thing of all.
    """
    places = lone(model)
    blocks = [block for block in document.element.body if block is not last]
    for name, style in _LINES.items():
        own = [block for block in blocks if _style(block) == style]
        if name in places and own:
            _take_place(places[name], own[0])
            blocks.remove(own[0])
    cut = next((at for at, block in enumerate(blocks) if _style(block) == Style.CHECKLIST_TITLE), len(blocks))
    for block in blocks[:cut]:
        places["body"].addprevious(block)
    places["body"].getparent().remove(places["body"])
    for block in [*blocks[cut:], last]:
        model.element.body.append(block)


def _take_place(place: BaseOxmlElement, line: BaseOxmlElement) -> None:
    """Have a line of the document stand in a paragraph of the reference, and look as that does."""
    run = next(place.iter(qn("w:r")))
    looks = run.find(qn("w:rPr"))
    for child in list(place):
        if child.tag != qn("w:pPr"):
            place.remove(child)
    for child in list(line):
        if child.tag != qn("w:pPr"):
            place.append(child)
    for one in place.iter(qn("w:r")):
        own = properties_of(one, "w:rPr")
        for setting in looks if looks is not None else []:
            found = own.find(setting.tag)
            if found is None:
                put(own, deepcopy(setting))
            elif setting.tag == qn("w:rFonts"):
                found.attrib.update(setting.attrib)


def _bring_parts(document: Document, model: Document) -> None:
    """Comments and properties are the document's; nothing of the reference's author or machine stays."""
    for relationship in list(model.part.rels.values()):
        if relationship.reltype.rsplit("/", 1)[-1] in _REVIEW:
            del model.part.rels[relationship.rId]
    for part in _related(document, RT.COMMENTS):
        model.part.relate_to(part, RT.COMMENTS)
    package = model.part.package
    for relationship in list(package.rels.values()):
        if relationship.reltype != RT.OFFICE_DOCUMENT:
            del package.rels[relationship.rId]
    for relationship in document.part.package.rels.values():
        if relationship.reltype != RT.OFFICE_DOCUMENT:
            package.relate_to(relationship.target_part, relationship.reltype)
    settings = root(model, RT.SETTINGS)
    if settings is not None:
        remove(settings, *(qn(f"w:{tag}") for tag in _SETTINGS))
    _name_fonts(document, model)


def _name_fonts(document: Document, model: Document) -> None:
    """Tell of each font what stands in for it, in the reference's table of fonts as in the document's."""
    wanted, has = root(document, RT.FONT_TABLE), root(model, RT.FONT_TABLE)
    part = next(_related(model, RT.FONT_TABLE), None)
    if part is None or has is None or wanted is None:
        for own in _related(document, RT.FONT_TABLE):
            own.partname = PackURI("/word/fontTable.xml")
            model.part.relate_to(own, RT.FONT_TABLE)
        return
    names = {attribute(one, "name"): one for one in has.findall(qn("w:font"))}
    for font in wanted.findall(qn("w:font")):
        found = names.get(attribute(font, "name"))
        if found is None:
            has.append(deepcopy(font))
        elif found.find(qn("w:altName")) is None and font.find(qn("w:altName")) is not None:
            found.insert(0, deepcopy(font.find(qn("w:altName"))))
    _keep(part, has)


def _keep(part: Part, held: BaseOxmlElement) -> None:
    """Have a part that python-docx holds as bytes say what `held` does."""
    part._blob = serialize_part_xml(held)


def _number(model: Document, house: House) -> None:
    """Page numbers as the layout wants them, where the reference has none or the layout.yaml states some."""
    stated = {name for name in house.stated if name.startswith("number_")}
    if stated or not has_numbers(model):
        numbers = empty_document(house.layout, properties(title="", author="", subject="", category=""))
        put_numbers_right(model, numbers, {name: name for name in styles_of(model)})


def _count_pictures(model: Document) -> None:
    """Number pictures anew: a header's that even pages got too would have the same number twice."""
    held = (getattr(part, "element", None) for part in model.part.package.iter_parts())
    pictures = (one for part in held if part is not None for one in part.iter(qn("wp:docPr")))
    for number, picture in enumerate(pictures, start=1):
        picture.set("id", str(number))


def _related(document: Document, kind: str) -> Iterator[Part]:
    for relationship in document.part.rels.values():
        if relationship.reltype == kind and not relationship.is_external:
            yield relationship.target_part


def _reference(section: BaseOxmlElement | None, side: Side, pages: Pages) -> BaseOxmlElement | None:
    if section is None:
        return None
    found = section.findall(qn(f"w:{side}Reference"))
    return next((one for one in found if (attribute(one, "type") or "default") == pages), None)


def _style(block: BaseOxmlElement) -> str:
    return value(block.find(qn("w:pPr")), "pStyle") or ""


def _in_style(style: Style) -> BaseOxmlElement:
    return element("w:p", None, element("w:pPr", None, element("w:pStyle", {"w:val": style})))
