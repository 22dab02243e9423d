"""Brings the official copy's styles into a document that has its own.

Each stands by itself, based on nothing, so that the document's own Normal and defaults, and with them its
tables, headers and notes, stay as they are.
"""

from __future__ import annotations

from copy import deepcopy

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.parts.styles import StylesPart

from drafter.docx.effective import Formats, root
from drafter.docx.markup import element
from drafter.docx.measures import attribute, value
from drafter.docx.order import put, remove

BLANK = "BlankLine"
"""Style of a blank line that takes no room."""

OFFICIAL = (
    "Title",
    "Addressee",
    "BodyText",
    "Heading1",
    "Heading2",
    "Heading3",
    "Heading4",
    "RunInText",
    "Signature",
    "IssueDate",
    "FooterOdd",
    "FooterEven",
)
"""Ids, in base/word/styles.xml, of the styles that are brought in."""

_MERGED = (qn("w:ind"), qn("w:spacing"), qn("w:rFonts"))
_UPRIGHT = {"b": "0", "bCs": "0", "i": "0", "iCs": "0", "color": "auto"}
_FLUSH = dict.fromkeys(("left", "right", "firstLine", "leftChars", "rightChars", "firstLineChars"), "0")


def install(document: Document, model: Document, formats: Formats) -> dict[str, str]:
    """Give `document` the OFFICIAL styles of `model` and BLANK; returns what their ids are there.

    A style that looks as it should is left alone; another of the same name is replaced, but for its id.
    `formats` is of `document` as it was.
    """
    styles = root(document, RT.STYLES)
    if styles is None:
        styles = _new_part(document)
    source = Formats(model, formats.layout)
    wanted = {style_id: alone(source, style_id) for style_id in OFFICIAL}
    wanted[BLANK] = _blank_line()
    mine = {_name(style): style for style in styles.findall(qn("w:style"))}
    taken = {attribute(style, "styleId") for style in mine.values()}
    ids: dict[str, str] = {}
    for style_id, style in wanted.items():
        found = mine.get(_name(style))
        if found is not None and attribute(found, "type") != attribute(style, "type"):
            found = None
        ids[style_id] = (attribute(found, "styleId") or "") if found is not None else _free(style_id, taken)
    for style_id, style in wanted.items():
        _place(styles, style, mine, ids, formats, ids[style_id])
    _unlink_numbers(document, set(ids.values()))
    drop_copy(document)
    return ids


def _place(
    styles: BaseOxmlElement,
    style: BaseOxmlElement,
    mine: dict[str, BaseOxmlElement],
    ids: dict[str, str],
    formats: Formats,
    style_id: str,
) -> None:
    following = style.find(qn("w:next"))
    if following is not None:
        following.set(qn("w:val"), ids[value(style, "next") or ""])
    found = mine.get(_name(style))
    if found is None or attribute(found, "styleId") != style_id:
        style.set(qn("w:styleId"), style_id)
        styles.append(style)
    elif _looks(_merged(formats, style_id)) != _looks(style):
        remove(found, *(qn(f"w:{tag}") for tag in ("basedOn", "next", "semiHidden", "pPr", "rPr")))
        for tag in ("next", "qFormat", "pPr", "rPr"):
            part = style.find(qn(f"w:{tag}"))
            if part is not None:
                put(found, deepcopy(part))


def alone(formats: Formats, style_id: str) -> BaseOxmlElement:
    """A style with all that it inherits, based on nothing."""
    style = deepcopy(formats.chain(style_id)[-1])
    remove(style, *(qn(f"w:{tag}") for tag in ("basedOn", "pPr", "rPr")))
    for part in _merged(formats, style_id):
        style.append(part)
    return style


def _merged(formats: Formats, style_id: str) -> list[BaseOxmlElement]:
    """The w:pPr and w:rPr of a style, of its chain and (a paragraph style's) of the document's defaults."""
    chain = formats.chain(style_id)
    of_paragraph = attribute(chain[-1], "type") == "paragraph"
    found = []
    for tag in ("w:pPr", "w:rPr"):
        layers = [*formats.defaults(tag)] if of_paragraph else []
        layers += [part for one in chain for part in one.findall(qn(tag))]
        made = element(tag)
        if of_paragraph:
            _reset(made)
        for layer in layers:
            for child in layer:
                _lay(made, child)
        if len(made):
            found.append(made)
    return found


def _reset(made: BaseOxmlElement) -> None:
    """State what a document's own defaults may state otherwise."""
    if made.tag == qn("w:pPr"):
        put(made, element("w:ind", {f"w:{name}": text for name, text in _FLUSH.items()}))
    else:
        for tag, text in _UPRIGHT.items():
            put(made, element(f"w:{tag}", {"w:val": text}))


def _lay(made: BaseOxmlElement, child: BaseOxmlElement) -> None:
    before = made.find(child.tag)
    if before is not None and child.tag in _MERGED:
        before.attrib.update(child.attrib)
    else:
        put(made, deepcopy(child))


def _looks(parts: list[BaseOxmlElement] | BaseOxmlElement) -> dict[str, dict[str, str]]:
    """What a style's properties say, the order aside."""
    if not isinstance(parts, list):
        parts = [part for tag in ("w:pPr", "w:rPr") for part in parts.findall(qn(tag))]
    return {
        f"{part.tag}/{child.tag}": dict(child.attrib) | {"children": str(len(child))}
        for part in parts
        for child in part
    }


def _blank_line() -> BaseOxmlElement:
    style: BaseOxmlElement = parse_xml(
        f'<w:style {nsdecls("w")} w:type="paragraph" w:customStyle="1" w:styleId="{BLANK}">'
        '<w:name w:val="不占行的空段"/><w:next w:val="BodyText"/><w:pPr><w:widowControl w:val="0"/>'
        '<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="2" w:lineRule="exact"/>'
        '</w:pPr><w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr></w:style>'
    )
    return style


def _name(style: BaseOxmlElement) -> str:
    return (value(style, "name") or "").lower()


def _free(style_id: str, taken: set[str | None]) -> str:
    """`style_id`, or one like it that no style has."""
    number, free = 1, style_id
    while free in taken:
        number, free = number + 1, f"{style_id}{number}x"
    taken.add(free)
    return free


def _new_part(document: Document) -> BaseOxmlElement:
    package = document.part.package
    styles: BaseOxmlElement = parse_xml(f"<w:styles {nsdecls('w')}/>")
    part = StylesPart(PackURI("/word/styles.xml"), CT.WML_STYLES, styles, package)
    document.part.relate_to(part, RT.STYLES)
    return styles


def drop_copy(document: Document) -> None:
    """Leave out the copy of the styles that Word 2010 reads instead of them."""
    for relationship_id, one in list(document.part.rels.items()):
        if one.reltype.endswith("/stylesWithEffects"):
            del document.part.rels[relationship_id]


def _unlink_numbers(document: Document, ids: set[str]) -> None:
    """Undo numberings' ties to the styles: the paragraphs that show a number have it themselves."""
    numbering = root(document, RT.NUMBERING)
    for level in numbering.iter(qn("w:lvl")) if numbering is not None else ():
        if value(level, "pStyle") in ids:
            remove(level, qn("w:pStyle"))
