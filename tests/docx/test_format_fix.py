# ruff: noqa: E501
"""Putting right keeps what is no fault: links, notes of a footer, a writer's own bold words, typed blanks."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from drafter.docx.format_check import check_format
from drafter.docx.format_fix import put_right, split
from drafter.docx.sections import numbered, only_number
from drafter.model import Heading, LineRole
from tests.docx.strangers import read_as, saved

FIELD = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def mended(
    document: docx.document.Document, *roles: LineRole, **more: tuple[Heading, ...]
) -> docx.document.Document:
    """The document put right; fails when the check still finds a fault."""
    data = saved(document)
    reading = read_as(data, *roles, **more)
    result = put_right(data, reading)
    assert check_format(result, reading) == ()
    return docx.Document(io.BytesIO(result))


def footers(document: docx.document.Document) -> list[str]:
    section = document.sections[0]
    stories = (section.footer, section.even_page_footer)
    return ["|".join("".join(one.text or "" for one in each._p.iter(qn("w:t"))) for each in story.paragraphs) for story in stories]  # fmt: skip


def with_footer(*contents: str) -> docx.document.Document:
    """A document of one line with these paragraphs in its footer."""
    document = docx.Document()
    document.add_paragraph("全面加强河湖管护。")
    footer = document.sections[0].footer
    footer.is_linked_to_previous = False
    for one in list(footer._element):
        footer._element.remove(one)
    for content in contents:
        footer._element.append(parse_xml(f"<w:p {nsdecls('w')}>{content}</w:p>"))
    return document


@pytest.mark.parametrize(
    "content",
    [
        f"<w:r><w:t>第</w:t></w:r>{FIELD}<w:r><w:t>页</w:t></w:r>",
        FIELD,
        f'<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent><w:p>{FIELD}</w:p>'
        "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>",
    ],
)
def test_a_page_number_of_another_form_is_replaced(content: str) -> None:
    odd, even = footers(mended(with_footer(content)))
    assert (odd, even) == ("— 1 —", "— 2 —")


def test_other_words_of_a_footer_stay_on_odd_and_even_pages() -> None:
    odd, even = footers(mended(with_footer("<w:r><w:t>内部资料，注意保存</w:t></w:r>", FIELD)))
    assert odd.split("|") == ["内部资料，注意保存", "— 1 —"]
    assert even.split("|") == ["内部资料，注意保存", "— 2 —"]


def test_words_beside_a_page_number_make_it_no_number_alone() -> None:
    document = with_footer(f"<w:r><w:t>某市水务局 第</w:t></w:r>{FIELD}")
    (paragraph,) = numbered(document.sections[0].footer._element)
    assert not only_number(paragraph)


def test_a_link_stays_a_link_and_becomes_black() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("详见")
    link = f'<w:hyperlink {nsdecls("w")} w:anchor="top"><w:r><w:rPr><w:rStyle w:val="Blue"/></w:rPr><w:t>附表2</w:t></w:r></w:hyperlink>'
    paragraph._p.append(parse_xml(link))
    style = f'<w:style {nsdecls("w")} w:type="character" w:styleId="Blue"><w:name w:val="Blue"/><w:rPr><w:color w:val="0000FF"/></w:rPr></w:style>'
    document.styles.element.append(parse_xml(style))
    (kept,) = mended(document).element.body.iter(qn("w:hyperlink"))
    assert kept.get(qn("w:anchor")) == "top"
    assert "".join(one.text for one in kept.iter(qn("w:t"))) == "附表2"


def test_a_run_in_heading_is_cut_from_its_text_wherever_its_runs_begin() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("（一）加强")
    paragraph.add_run("领导。成立小组。")
    heading = Heading(level=2, number="（一）", heading="加强领导", line=1, run_in=True)
    (result,) = mended(document, "heading", headings=(heading,)).paragraphs
    assert [run.text for run in result.runs] == ["（一）加强", "领导。", "成立小组。"]
    assert [run.style.name for run in result.runs][2] == "段内正文"


def test_bold_words_of_the_body_stay_bold() -> None:
    document = docx.Document()
    document.add_paragraph().add_run("一是").bold = True
    document.paragraphs[0].add_run("加强领导。")
    assert [run.bold for run in mended(document).paragraphs[0].runs] == [True, None]


def test_the_blank_line_that_the_standard_wants_may_be_typed() -> None:
    document = docx.Document()
    for text in ("关于河湖管护的报告", "", "市政府：", "正文一段。", "", "某市水务局", "2025年12月5日"):
        document.add_paragraph(text)
    result = mended(document, "title", "blank", "addressee", "body", "blank", "unit", "date")
    assert [one.text for one in result.paragraphs] == [one.text for one in document.paragraphs]
    title, _, _, _, _, unit, _ = result.paragraphs
    assert (title.paragraph_format.space_after, unit.paragraph_format.space_before) == (0, 0)


@pytest.mark.parametrize("place", range(8))
def test_splitting_keeps_tabs_and_breaks_in_their_order(place: int) -> None:
    document = docx.Document()
    run = document.add_paragraph().add_run("甲乙\t丙\n丁戊")
    paragraph = document.paragraphs[0]
    split(paragraph._p, place)
    assert paragraph.text == "甲乙\t丙\n丁戊"
    assert len(paragraph.runs) == (2 if 0 < place < 7 else 1)
    assert run.text == paragraph.text[: place or None] if place < 7 else True


def test_symbols_keep_their_font() -> None:
    document = docx.Document()
    document.add_paragraph("完成情况").add_run("\uf0fe").font.name = "Wingdings"
    assert mended(document).paragraphs[0].runs[1].font.name == "Wingdings"


def test_numbers_that_a_heading_style_gives_go_on_showing() -> None:
    document = docx.Document()
    asked = document.styles["List Number"].element.pPr.numPr.numId.val
    number = f'<w:numPr {nsdecls("w")}><w:numId w:val="{asked}"/></w:numPr>'
    document.styles["Heading 1"].element.get_or_add_pPr().insert(0, parse_xml(number))
    document.add_heading("基本情况", 1)
    document.add_paragraph("一、手写编号")
    headings = tuple(
        Heading(level=1, number="", heading=text, line=line)
        for line, text in ((1, "基本情况"), (2, "一、手写编号"))
    )
    first, second = mended(document, "heading", "heading", headings=headings).paragraphs
    assert first._p.pPr.numPr.numId.val == asked
    assert second.style.name == first.style.name == "Heading 1"
    assert second._p.pPr.numPr is None
    assert first.style.element.pPr.numPr is None
