"""reference.docx: documents are built on it, its placeholders filled, what is unsafe refused in one line."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from openxml_audit import OpenXmlValidator

from drafter.docx.house import House, house_of
from drafter.docx.reader import read_text
from drafter.docx.writer import write
from drafter.errors import LayoutError
from drafter.exporting import export
from drafter.model import Draft
from drafter.printed import lines
from tests.docx.offices import FRAME, framed, office, saved
from tests.docx.readings import edited, parts_of
from tests.docx.test_writer import BRIEF, DRAFT, TYPE

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def house(folder: Path, data: bytes, layout: str = "") -> House:
    """The look of a folder with this reference.docx, and this layout.yaml where there is one."""
    (folder / "reference.docx").write_bytes(data)
    if layout:
        (folder / "layout.yaml").write_text(layout, encoding="utf-8")
    return house_of([folder])


def opened(own: House, draft: Draft = DRAFT) -> docx.document.Document:
    return docx.Document(io.BytesIO(write(draft, TYPE, house=own)))


def test_text_is_the_drafts_and_none_of_the_references(tmp_path: Path) -> None:
    model = office()
    model.add_paragraph("这里的文字不印")
    own = house(tmp_path, saved(model))
    assert read_text(write(DRAFT, TYPE, house=own)) == [line.text for line in lines(DRAFT)]


def test_styles_are_the_references_and_the_missing_ones_ours(tmp_path: Path) -> None:
    document = opened(house(tmp_path, saved(office())))
    title = document.paragraphs[0].style
    assert (title.style_id, title.font.size, title.font.color.rgb) == (
        "Title",
        Pt(26),
        office().styles["Title"].font.color.rgb,
    )
    heading = next(one for one in document.paragraphs if one.text == "一、基本情况")
    assert heading.style.font.name == "黑体"
    body = next(one for one in document.paragraphs if one.text.startswith("为切实"))
    assert body.style.base_style.name == "Normal"
    date = next(one for one in document.paragraphs if one.text == "2025年12月5日")
    assert date.style.name == "成文日期"


def test_page_header_footer_and_picture_are_the_references(tmp_path: Path) -> None:
    data = write(DRAFT, TYPE, house=house(tmp_path, saved(office())))
    document = docx.Document(io.BytesIO(data))
    section = document.sections[0]
    assert round(section.left_margin.mm) == 25
    assert "w:drawing" in section.header._element.xml
    assert "地址：某市某路1号" in section.footer._element.xml
    assert any(name.startswith("word/media/") for name in parts_of(data))


def test_a_reference_without_page_numbers_gets_ours_and_one_with_keeps_its_own(tmp_path: Path) -> None:
    ours = opened(house(tmp_path, saved(office()))).sections[0]
    assert "PAGE" in ours.footer._element.xml and "— " in ours.even_page_footer._element.xml
    model = office()
    field = f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    model.sections[0].footer.paragraphs[0]._p.append(parse_xml(field))
    theirs = opened(house(tmp_path, saved(model)))
    assert theirs.sections[0].footer._element.xml.count("PAGE") == 1
    assert not theirs.settings.odd_and_even_pages_header_footer


def test_a_style_that_nobody_set_is_words_own_and_not_the_offices(tmp_path: Path) -> None:
    own = house(tmp_path, saved(docx.Document()))
    document = opened(own)
    assert own.layout.title_font.name == "方正小标宋简体"
    assert document.paragraphs[0].style.font.size == Pt(22)


def test_the_layout_file_goes_over_the_reference_in_the_same_folder(tmp_path: Path) -> None:
    text = "margins: {top: 37}\nfonts: {title: {name: 华文中宋, size: 20}}\nlines: 20"
    document = opened(house(tmp_path, saved(office()), text))
    style = document.styles["Title"]
    assert (style.font.size, style.element.rPr.rFonts.get(qn("w:eastAsia"))) == (Pt(20), "华文中宋")
    assert str(style.font.color.rgb) == "C00000"
    assert round(document.sections[0].top_margin.mm) == 37
    assert round(document.sections[0].left_margin.mm) == 25
    body = next(one for one in document.paragraphs if one.text.startswith("为切实"))
    assert body.style.paragraph_format.line_spacing.twips == own_pitch(document)


def own_pitch(document: docx.document.Document) -> int:
    return int(document.sections[0]._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch")))


def test_text_behind_a_bold_heading_in_its_line_is_not_bold(tmp_path: Path) -> None:
    document = opened(house(tmp_path, saved(office())))
    run_in = next(one for one in document.paragraphs if one.text.startswith("（一）"))
    assert run_in.style.font.bold
    assert [run.bold for run in run_in.runs] == [None, False]


@pytest.mark.parametrize("lines_", [(), FRAME])
def test_the_file_is_valid_by_the_schema(tmp_path: Path, lines_: tuple[str, ...]) -> None:
    own = house(tmp_path, saved(framed(*lines_) if lines_ else office()))
    (tmp_path / "out.docx").write_bytes(write(DRAFT, TYPE, house=own))
    assert OpenXmlValidator().validate(str(tmp_path / "out.docx")).errors == []


def test_nothing_of_the_references_author_stays(tmp_path: Path) -> None:
    data = write(DRAFT, TYPE, house=house(tmp_path, saved(office())))
    properties = docx.Document(io.BytesIO(data)).core_properties
    assert (properties.title, properties.author) == (DRAFT.title, BRIEF.unit)
    assert "张三" not in "".join(part.decode("utf-8", "replace") for part in parts_of(data).values())


def test_placeholders_are_filled_and_the_text_stands_where_body_is(tmp_path: Path) -> None:
    own = house(
        tmp_path, saved(framed(*FRAME, "抄送：{{ addressee }}。{% if period %}（{{ period }}）{% endif %}"))
    )
    text = read_text(write(DRAFT, TYPE, house=own))
    own_lines = [line.text for line in lines(DRAFT)]
    assert text == ["某市水务局文件", "〔待补充：发文字号〕", *own_lines, "抄送：市政府办公室。（2025年）"]


def test_a_line_that_the_frame_places_looks_as_the_frame_has_it(tmp_path: Path) -> None:
    model = framed("{{ body }}")
    signed = model.add_paragraph()
    signed.alignment = 1
    signed.add_run("{{ un").italic = True
    signed.add_run("it }}")
    document = opened(house(tmp_path, saved(model)))
    unit = [one for one in document.paragraphs if one.text == BRIEF.unit]
    assert len(unit) == 1
    assert unit[0].alignment == 1
    assert unit[0].runs[0].italic


def test_the_export_of_a_framed_document_is_checked_as_any_other(tmp_path: Path) -> None:
    own = house(tmp_path, saved(framed(*FRAME, "印发300份")))
    assert "印发300份" in read_text(export(DRAFT, TYPE, house=own))


def test_comments_come_along(tmp_path: Path) -> None:
    claim = DRAFT.claims[0].model_copy(update={"status": "unsupported", "why": "没有依据"})
    doubted = DRAFT.model_copy(update={"claims": (claim,)})
    for data in (saved(office()), saved(framed())):
        document = opened(house(tmp_path, data), doubted)
        assert [comment.author for comment in document.comments] == ["依据核对"]


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ 7*7 }}",
        "{% for x in range(9) %}{{ x }}{% endfor %}",
        "{_{ unit }_}",
        "{{ unit.__class__ }}",
        "\ue100unit\ue101",
        "<w:p/>&amp;",
        "甲\t乙",
    ],
)
def test_template_syntax_in_the_facts_changes_nothing(tmp_path: Path, hostile: str) -> None:
    odd = DRAFT.model_copy(
        update={"title": f"关于{hostile}的总结", "brief": BRIEF.model_copy(update={"unit": hostile})}
    )
    own = house(tmp_path, saved(framed("{{ unit }}文件（{{ title }}）", *FRAME)))
    text = ["".join(line.split()) for line in read_text(write(odd, TYPE, house=own))]
    printed = "".join(hostile.split())
    assert text[0] == f"{printed}文件（关于{printed}的总结）"
    assert [line for line in text if line.startswith("关于")] == [f"关于{printed}的总结"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("{{ titel }}", "{{ body }}"), "不认识的占位符（'titel' is undefined）；可用：title、"),
        (("{{ title", "{{ body }}"), "占位符写法有误"),
        (("{{ title }}",), "{{ body }} 要有且只有一处"),
        (("{{ body }}", "{{ body }}"), "{{ body }} 要有且只有一处"),
        (("正文：{{ body }}",), "{{ body }} 没有独占一段"),
        (("{{ body }}", "{% for x in range(99999999) %}{{ x }}{% endfor %}"), "占位符写法有误"),
        (("{{ body }}", "{{ title.__class__.__mro__ }}"), "占位符写法有误"),
        (("{{ body }}", "{{ 'x' * 999999999 }}"), "占位符写法有误"),
    ],
)
def test_wrong_or_hostile_placeholders_are_refused_in_one_line(
    tmp_path: Path, rows: tuple[str, ...], said: str
) -> None:
    own = house(tmp_path, saved(framed(*rows)))
    with pytest.raises(LayoutError) as raised:
        write(DRAFT, TYPE, house=own)
    assert said in str(raised.value)
    assert "reference.docx" in str(raised.value) and "\n" not in str(raised.value)


def with_relationship(kind: str, target: str) -> bytes:
    added = (
        f'<Relationship Id="rIdX" Type="{RELATIONSHIPS}/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )
    return edited(
        saved(office()), "word/_rels/document.xml.rels", lambda xml: xml.replace("</Relationships>", added)
    )


def revised() -> bytes:
    model = office()
    insertion = f'<w:ins {nsdecls("w")} w:id="1" w:author="张三"><w:r><w:t>新</w:t></w:r></w:ins>'
    model.add_paragraph("改")._p.append(parse_xml(insertion))
    return saved(model)


def bomb() -> bytes:
    out = io.BytesIO(saved(office()))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/huge.bin", bytes(200 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "文件是空的"),
        (b"PK\x03\x04 nonsense", "不是能读取的 .docx 文件"),
        (with_relationship("image", "http://example.invalid/logo.png"), "链接到外部的图片"),
        (with_relationship("oleObject", "file:///etc/passwd"), "嵌入对象"),
        (revised(), "批注或修订"),
        (bomb(), "展开后过大"),
    ],
    ids=["empty", "broken", "outside picture", "object", "tracked changes", "bomb"],
)
def test_broken_and_hostile_files_are_refused_in_one_line(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(LayoutError) as raised:
        house(tmp_path, data)
    assert said in str(raised.value)
    assert "reference.docx" in str(raised.value) and "\n" not in str(raised.value)
