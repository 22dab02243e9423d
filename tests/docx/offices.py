"""Looks that offices set up for themselves, for tests: reference.docx files as Word users make them."""

from __future__ import annotations

import base64
import io

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

RED = RGBColor(0xC0, 0, 0)
LOGO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)
FRAME = (
    "某市水务局文件",
    "{{ number }}",
    "{{ title }}",
    "{{ addressee }}",
    "{{ body }}",
    "{{ unit }}",
    "{{ date }}",
)


def face(document: Document, style: str, font: str, size: float, *, bold: bool = False) -> None:
    """Set a style in a Chinese font, as «字体» in Word does."""
    found = document.styles[style]
    found.font.name, found.font.size, found.font.bold = font, Pt(size), bold
    found.font.color.rgb = RED if style == "Title" else RGBColor(0, 0, 0)
    fonts = found.element.rPr.rFonts
    for name in [name for name in fonts.attrib if "Theme" in name]:
        del fonts.attrib[name]
    fonts.set(qn("w:eastAsia"), font)


def office() -> Document:
    """A look with narrow margins, red titles, bold 楷体 at level 2, a logo above and an address below."""
    document = docx.Document()
    face(document, "Normal", "仿宋_GB2312", 15)
    face(document, "Title", "方正小标宋简体", 26)
    face(document, "Heading 1", "黑体", 16)
    face(document, "Heading 2", "楷体_GB2312", 15, bold=True)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(30)
    section.header.paragraphs[0].add_run().add_picture(io.BytesIO(LOGO), width=Mm(10))
    section.footer.paragraphs[0].text = "地址：某市某路1号"
    document.core_properties.author = "张三的电脑"
    return document


def framed(*lines: str) -> Document:
    """The same with placeholders, one line a paragraph; «Title» is the style of the title's."""
    document = office()
    for line in lines or FRAME:
        document.add_paragraph(line, "Title" if line == "{{ title }}" else None)
    return document


def saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
