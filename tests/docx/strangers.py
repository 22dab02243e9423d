# ruff: noqa: E501
"""Documents as other people make them, with their Readings."""

from __future__ import annotations

import io

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt, RGBColor

from drafter.docx.reader import read_text
from drafter.model import Heading, LineRole, Reading


def plain() -> tuple[bytes, Reading]:
    """What people make with Word's own settings: US Letter, Calibri, a table, a picture, blank lines."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "内部资料"
    rows: list[tuple[str, LineRole]] = [
        ("某市水务局2025年河湖管护工作总结", "title"),
        ("", "blank"),
        ("市政府办公室：", "addressee"),
        ("现将2025年“河湖管护”工作情况总结如下：", "opening"),
        ("一、基本情况", "heading"),
        ("", "blank"),
        ("", "blank"),
        ("（一）加强组织领导。成立领导小组，召开会议2次。", "heading"),
        ("1.建立机制", "heading"),
        ("（1）明确分工", "heading"),
        ("　　" + "坚持系统治理源头治理" * 120, "body"),
        ("某市水务局", "unit"),
        ("2025年12月5日", "date"),
    ]
    for text, role in rows:
        if role == "heading":
            document.add_heading(text, 1)
        else:
            document.add_paragraph(text, "Title" if role == "title" else None)
    document.paragraphs[3].runs[0].font.color.rgb = RGBColor(255, 0, 0)
    document.paragraphs[3].runs[0].font.size = Pt(10)
    cell = document.add_table(rows=1, cols=2).rows[0].cells[0]
    cell.text = "项目"
    cell.paragraphs[0].add_run().add_picture(io.BytesIO(PIXEL), width=Mm(10))
    document.add_paragraph().add_run().add_picture(io.BytesIO(PIXEL), width=Mm(20))
    out = io.BytesIO()
    document.save(out)
    lines = tuple(read_text(out.getvalue()))
    headings = (
        Heading(level=1, number="一、", heading="基本情况", line=5),
        Heading(level=2, number="（一）", heading="加强组织领导", line=8, run_in=True),
        Heading(level=3, number="1.", heading="建立机制", line=9),
        Heading(level=4, number="（1）", heading="明确分工", line=10),
    )
    roles = [role for _, role in rows] + ["body", "blank", "blank"]
    return out.getvalue(), Reading(lines=lines, roles=tuple(roles), headings=headings)  # type: ignore[arg-type]


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6360606000"
    "00000400010d0a2db40000000049454e44ae426082"
)


def saved(document: docx.document.Document) -> bytes:
    """The bytes of a python-docx document."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def read_as(data: bytes, *roles: LineRole, headings: tuple[Heading, ...] = ()) -> Reading:
    """A Reading of these roles, the rest body."""
    lines = tuple(read_text(data))
    rest: tuple[LineRole, ...] = ("body",) * (len(lines) - len(roles))
    return Reading(lines=lines, roles=(*roles, *rest), headings=headings)


BOX = f"""<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape style="width:99pt;height:30pt">
<v:textbox><w:txbxContent><w:p><w:r><w:rPr><w:sz w:val="18"/></w:rPr><w:t>框内文字</w:t></w:r></w:p></w:txbxContent>
</v:textbox></v:shape></w:pict></w:r>"""
CONTROL = f"""<w:sdt {nsdecls("w")}><w:sdtContent><w:p><w:r><w:t>内容控件中的一段。</w:t></w:r></w:p></w:sdtContent></w:sdt>"""
CHANGED = f"""<w:p {nsdecls("w")}><w:ins w:id="1" w:author="甲"><w:r><w:t>增加的字</w:t></w:r></w:ins><w:del w:id="2"
 w:author="甲"><w:r><w:rPr><w:sz w:val="18"/></w:rPr><w:delText>删去的字</w:delText></w:r></w:del></w:p>"""


def odd() -> tuple[bytes, Reading]:
    """A landscape section with a table, a text box, a content control, tracked changes, automatic numbers."""
    document = docx.Document()
    document.add_paragraph("关于有关情况的报告")
    document.add_paragraph("自动编号的一段。", "List Number")
    document.add_paragraph("文字之后有框。")._p.append(parse_xml(BOX))
    end = document.element.body.sectPr
    end.addprevious(parse_xml(CONTROL))
    end.addprevious(parse_xml(CHANGED))
    wide = document.add_section(WD_SECTION.NEW_PAGE)
    wide.orientation, wide.page_width, wide.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    document.add_table(rows=2, cols=2).rows[0].cells[0].text = "横排的表"
    upright = document.add_section(WD_SECTION.NEW_PAGE)
    upright.orientation, upright.page_width, upright.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    document.add_paragraph("最后一段。")
    data = saved(document)
    return data, read_as(data, "title")
