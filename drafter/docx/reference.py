"""Reads an office's reference.docx: opened only when it is safe, its styles known by the part they play.

What plays a part of the official copy (templates/_shared/layout.yaml, `styles`) gets the id that base/ has
for it, so that whatever is written takes the office's style without knowing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.data import shared
from drafter.docx.effective import SINGLE, Formats, root
from drafter.docx.layout import STANDARD, Font, Layout, twips
from drafter.docx.layout_file import EDGE, LOWEST, NARROWEST, Stated
from drafter.docx.markup import element
from drafter.docx.measures import attribute, value
from drafter.docx.official_styles import drop_copy
from drafter.docx.order import properties_of_style, put
from drafter.docx.reader import open_document
from drafter.docx.sections import Pages, Section, Side, numbered, sections, story
from drafter.docx.typefaces import alike
from drafter.errors import InputError, LayoutError

FILE_NAME = "reference.docx"
MAX_BYTES = 8 * 1024 * 1024
"""The largest reference.docx: a logo or two, not an album."""
BODY = "BodyText"
FACES = {
    "Title": "title_font",
    BODY: "body_font",
    "Heading1": "level_1_font",
    "Heading2": "level_2_font",
    "Heading3": "level_3_font",
    "Heading4": "level_4_font",
}
"""Values of the layout by the style that shows them."""
HEADINGS = tuple(style_id for style_id in FACES if style_id.startswith("Heading"))
SIZES = {"Title": "title_size", BODY: "body_size"}

_ACTIVE = ("oleObject", "package", "aFChunk", "control", "frame", "subDocument", "vbaProject")
_REVIEWED = ("ins", "del", "moveFrom", "moveTo", "commentReference")
_STYLED = tuple(
    qn(f"w:{tag}")
    for tag in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link", "styleLink", "numStyleLink")
)
_SIDES: tuple[Side, ...] = ("header", "footer")
_PAGES: tuple[Pages, ...] = ("default", "even", "first")
_LEAST_GRID = 1.2
"""A grid of lines closer than this many sizes is Word's own default (15.6 pt), not meant for this text."""


def open_reference(path: Path) -> Document:
    """The file, with the ids of base/ on the styles that play its parts. Raises LayoutError."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as mistake:
        raise LayoutError(f"文件打不开（{mistake.strerror}）", file=path) from None
    if not data:
        raise LayoutError(f"文件是空的，或超过 {MAX_BYTES // 2**20} MB", file=path, mend="压缩其中的图片")
    try:
        document = open_document(data)
        _refuse_active(document)
        if root(document, RT.STYLES) is None:
            raise InputError("文件里没有样式", mend="用 Word 或 WPS 打开后另存一次")
        rename_styles(document, shared("layout")["styles"])
        _drop_defaults(document)
        _add_body_style(document)
        _indent(document)
        drop_copy(document)
    except InputError as mistake:
        raise LayoutError(mistake.what, file=path, mend=mistake.mend) from None
    except (KeyError, ValueError, AttributeError, TypeError):
        raise LayoutError("不是完整的 .docx", file=path, mend="用 Word 或 WPS 打开后另存一次") from None
    return document


def layout_of(document: Document) -> Stated:
    """The layout that a reference shows: its page, and the fonts, sizes and pitch of its styles.

    What it does not say, or says of a page that lies on its side, is the standard's.
    """
    formats = Formats(document, STANDARD)
    found = _page(document) | _faces(formats)
    layout = replace(STANDARD, **found)  # type: ignore[arg-type]
    return Stated(_pitched(document, Formats(document, layout), layout))


def stories(document: Document) -> Iterator[tuple[Side, Pages, BaseOxmlElement]]:
    """The headers and footers of its last section."""
    section = sections(document)[-1] if sections(document) else None
    for side in _SIDES if section is not None else ():
        for pages in _PAGES:
            held = story(document, section.reference(side, pages)) if section is not None else None
            if held is not None:
                yield side, pages, held


def has_numbers(document: Document) -> bool:
    """Whether its pages are numbered."""
    return any(next(numbered(held), None) is not None for _, _, held in stories(document))


def styles_of(document: Document) -> dict[str, BaseOxmlElement]:
    """The w:style elements by id."""
    styles = document.styles.element
    return {attribute(one, "styleId") or "": one for one in styles.findall(qn("w:style"))}


def parts(document: Document) -> Iterator[Part]:
    """Every part that the file consists of."""
    yield from document.part.package.iter_parts()


def _refuse_active(document: Document) -> None:
    """Raise InputError for what would run, load from elsewhere, or bring a reviewer's name along."""
    for part in parts(document):
        for relationship in list(part.rels.values()):
            kind = relationship.reltype.rsplit("/", 1)[-1]
            if kind == "attachedTemplate":
                del part.rels[relationship.rId]
            elif kind in _ACTIVE or (relationship.is_external and kind != "hyperlink"):
                raise InputError(
                    "文件里有嵌入对象、控件或链接到外部的图片", mend="删去它们，图片改为直接插入"
                )
    body = document.element.body
    if any(True for tag in _REVIEWED for _ in body.iter(qn(f"w:{tag}"))):
        raise InputError("文件里有批注或修订", mend="接受修订、删去批注后再存")


def rename_styles(document: Document, wanted: Mapping[str, Sequence[str]], kind: str = "paragraph") -> None:
    """Give its styles of a `kind` other ids: an id of `wanted` goes to the first style that has one of its
    names (in lower case). A style that has such an id and no such name gets one that nobody has.
    """
    named: dict[str, str] = {}
    for style_id, style in styles_of(document).items():
        if (attribute(style, "type") or "paragraph") == kind:
            named.setdefault((value(style, "name") or "").lower(), style_id)
    ids: dict[str, str] = {}
    for style_id, names in wanted.items():
        has = next((named[name] for name in names if name in named and named[name] not in ids), None)
        if has is not None:
            ids[has] = style_id
    ids |= {style_id: f"{style_id}Before" for style_id in ids.values() if style_id not in ids}
    for part in parts(document):
        held = getattr(part, "element", None)
        if held is not None:
            _put_ids(held, ids)


def _put_ids(held: BaseOxmlElement, ids: Mapping[str, str]) -> None:
    for one in held.iter(*_STYLED):
        if attribute(one, "val") in ids:
            one.set(qn("w:val"), ids[attribute(one, "val") or ""])
    for style in held.iter(qn("w:style")):
        if attribute(style, "styleId") in ids:
            style.set(qn("w:styleId"), ids[attribute(style, "styleId") or ""])


def _drop_defaults(document: Document) -> None:
    """Take out what plays a part by its name alone: a style that nobody gave a Chinese font is Word's own."""
    formats = Formats(document, STANDARD)
    chains = {style_id: formats.chain(style_id) for style_id in shared("layout")["styles"]}
    for style_id, style in styles_of(document).items():
        if style_id in chains and not _meant(chains[style_id]):
            style.getparent().remove(style)


def _add_body_style(document: Document) -> None:
    """Make the style of the body where a reference has none but sets its 正文 (Normal) for it."""
    normal = Formats(document, STANDARD).chain(None)
    if BODY in styles_of(document) or not _meant(normal):
        return
    style_id = attribute(normal[-1], "styleId") or ""
    made = element(
        "w:style",
        {"w:type": "paragraph", "w:styleId": BODY},
        element("w:name", {"w:val": "Body Text"}),
        element("w:basedOn", {"w:val": style_id}),
        element("w:qFormat"),
    )
    document.styles.element.append(made)


def _indent(document: Document) -> None:
    """Have body and headings begin two characters in where nobody said where they do (§7.3.3)."""
    formats = Formats(document, STANDARD)
    for style_id, style in styles_of(document).items():
        stated = any(one.find(f"{qn('w:pPr')}/{qn('w:ind')}") is not None for one in formats.chain(style_id))
        centred = formats.paragraph(_paragraph(style_id)).alignment == "center"
        if style_id in (BODY, *HEADINGS) and not stated and not centred:
            indent = element("w:ind", {"w:firstLineChars": "200", "w:firstLine": "640"})
            put(properties_of_style(style, "w:pPr"), indent)


def _meant(chain: Sequence[BaseOxmlElement]) -> bool:
    """Whether the style, or one that it rests on, has a Chinese font of its own and not the theme's."""
    for style in reversed(chain):
        fonts = style.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        if attribute(fonts, "eastAsiaTheme"):
            return False
        if attribute(fonts, "eastAsia"):
            return True
    return False


def _page(document: Document) -> dict[str, float]:
    found = sections(document)
    section = found[-1] if found else None
    if section is None or section.landscape or not section.width or not section.height:
        return {}
    lengths = {"paper_width": section.width, "paper_height": section.height}
    lengths |= {side: section.margin(side) or 0 for side in ("top", "bottom", "left", "right")}
    page = {name: round(length / 1440 * 25.4, 1) for name, length in lengths.items()}
    width = page["paper_width"] - page["left"] - page["right"]
    height = page["paper_height"] - page["top"] - page["bottom"]
    return page if width >= NARROWEST and height >= LOWEST else {}


def _faces(formats: Formats) -> dict[str, object]:
    found: dict[str, object] = {}
    for style_id, name in FACES.items():
        chain = formats.chain(style_id)
        if chain and attribute(chain[-1], "styleId") == style_id:
            has = formats.run(element("w:r"), _paragraph(style_id))
            if has.chinese:
                found[name] = Font(has.chinese, alike(has.chinese))
            if style_id in SIZES:
                found[SIZES[style_id]] = has.size
    if "body_font" in found:
        found = {"level_3_font": found["body_font"], "level_4_font": found["body_font"]} | found
    return found


def _pitched(document: Document, formats: Formats, layout: Layout) -> Layout:
    """With the lines and characters that its body and grid make; the page number stands where it can."""
    height = twips(layout.paper_height - layout.top - layout.bottom)
    section = sections(document)[-1] if sections(document) else None
    pitch, spacing = _grid(section, layout), None
    if BODY in styles_of(document):
        body = formats.paragraph(_paragraph(BODY))
        pitch = body.line if body.rule == "exact" else pitch * body.line / SINGLE if pitch else 0
        spacing = formats.run(element("w:r"), _paragraph(BODY)).spacing
    pitch = pitch or STANDARD.line_pitch
    size = layout.body_size * 20
    width = layout.text_width
    characters = round(width / size) if not spacing else int(width // (size + spacing))
    number = layout.number_distance
    if layout.footer < EDGE:
        number = max(0.0, layout.number_distance + layout.footer - EDGE)
    exact = None if abs(pitch - height // (height // pitch)) <= 1 else pitch / 20
    return replace(
        layout, lines=int(height // pitch), pitch=exact, characters=characters, number_distance=number
    )


def _grid(section: Section | None, layout: Layout) -> float:
    """The pitch of a reference's grid, in twips; 0 where it has none that is meant."""
    pitch = section.line_pitch if section is not None and section.grid else None
    return pitch if pitch and pitch >= _LEAST_GRID * layout.body_size * 20 else 0


def _paragraph(style_id: str) -> BaseOxmlElement:
    return element("w:p", None, element("w:pPr", None, element("w:pStyle", {"w:val": style_id})))
