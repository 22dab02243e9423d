"""The .docx: valid, real styles, the text as printed, its checklist, nothing of the machine."""

from __future__ import annotations

import getpass
import io
import platform
import re
import zipfile
from pathlib import Path

import docx
import pytest
from openxml_audit import OpenXmlValidator

from drafter.docx.reader import read_text
from drafter.docx.writer import write
from drafter.model import Draft
from drafter.printed import lines
from tests.makers import brief_of, template_draft

BRIEF = brief_of(
    {"text": "成立河湖长制工作领导小组，召开专题会议2次", "topic": "组织领导"},
    {"text": "清理河道垃圾320吨", "topic": "河道保洁"},
    {"text": "天气晴好"},
    addressee="市政府办公室",
)
DRAFT, TYPE = template_draft(BRIEF)


def opened(draft: Draft = DRAFT, *, checklist: bool = True) -> docx.document.Document:
    """The draft as python-docx reads it back."""
    return docx.Document(io.BytesIO(write(draft, TYPE, checklist=checklist)))


def parts() -> dict[str, str]:
    """The XML parts of the written file by name."""
    with zipfile.ZipFile(io.BytesIO(write(DRAFT, TYPE))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_text_is_the_printed_lines() -> None:
    assert read_text(write(DRAFT, TYPE)) == [line.text for line in lines(DRAFT)]


def test_headings_are_real_styles_so_that_the_navigation_pane_shows_them() -> None:
    styles = {paragraph.text: paragraph.style.name for paragraph in opened().paragraphs}
    assert styles["一、基本情况"] == "heading 1" or styles["一、基本情况"] == "Heading 1"
    run_in = next(paragraph for paragraph in opened().paragraphs if paragraph.text.startswith("（一）"))
    assert run_in.style.name.lower() == "heading 2"
    assert run_in.runs[0].text.endswith("。")
    assert run_in.runs[1].style.style_id == "RunInText"


def test_the_file_is_valid_by_the_schema(tmp_path: Path) -> None:
    for name, data in {"full": write(DRAFT, TYPE), "plain": write(DRAFT, TYPE, checklist=False)}.items():
        (tmp_path / f"{name}.docx").write_bytes(data)
        result = OpenXmlValidator().validate(str(tmp_path / f"{name}.docx"))
        assert result.errors == []


def test_the_checklist_is_a_table_with_a_repeated_header_and_a_column_for_the_reviewer() -> None:
    table = opened().tables[0]
    assert [cell.text for cell in table.rows[0].cells] == [
        "项目",
        "是否必备",
        "结果",
        "位置或缺什么",
        "审核意见",
    ]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert [row.cells[0].text for row in table.rows[1:]] == [result.label for result in DRAFT.checklist]
    assert {row.cells[4].text for row in table.rows[1:]} == {""}


def test_the_checklist_can_be_left_out() -> None:
    document = opened(checklist=False)
    assert document.tables == []
    assert "检查表" not in "".join(paragraph.text for paragraph in document.paragraphs)


def test_unplaced_facts_are_listed_under_the_checklist() -> None:
    assert any("F3　天气晴好" in paragraph.text for paragraph in opened().paragraphs)


def test_what_waits_to_be_filled_in_is_highlighted() -> None:
    marked = [
        run.text
        for paragraph in opened().paragraphs
        for run in paragraph.runs
        if run._r.rPr is not None and "w:highlight" in run._r.rPr.xml
    ]
    assert "〔待补充：下一步工作打算〕" in marked


def test_a_section_that_nobody_wrote_says_so() -> None:
    empty = DRAFT.model_copy(
        update={"sections": tuple(one.model_copy(update={"text": ""}) for one in DRAFT.sections)}
    )
    assert "〔待补充：本部分内容〕" in read_text(write(empty, TYPE))


def test_control_characters_do_not_break_the_file() -> None:
    odd = DRAFT.model_copy(update={"title": "总\x00结\x0b报\ud800告"})
    assert opened(odd).paragraphs[0].text == "总结报告"


def test_properties_name_the_unit_and_nothing_of_the_machine() -> None:
    properties = opened().core_properties
    assert (properties.title, properties.author) == (DRAFT.title, BRIEF.unit)
    everything = "\n".join(parts().values())
    assert platform.node() not in everything
    assert not re.search(rf"\b{re.escape(getpass.getuser())}\b", everything)
    assert "python-docx" not in everything


def test_digits_take_no_extra_space_and_quotes_the_chinese_font() -> None:
    styles = parts()["word/styles.xml"]
    assert '<w:autoSpaceDE w:val="0"/>' in styles or '<w:autoSpaceDE w:val="false"/>' in styles
    assert "asciiTheme" not in styles
    assert 'w:hint="eastAsia"' in parts()["word/document.xml"]


@pytest.mark.parametrize("count", [1, 2, 300])
def test_any_number_of_facts_makes_a_valid_file(tmp_path: Path, count: int) -> None:
    draft, doctype = template_draft(
        brief_of(*({"text": f"完成任务{n}项", "topic": f"专项{n % 9}"} for n in range(1, count + 1)))
    )
    (tmp_path / "x.docx").write_bytes(write(draft, doctype))
    assert OpenXmlValidator().validate(str(tmp_path / "x.docx")).errors == []
