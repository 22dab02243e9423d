"""The format check tells each deviation from GB/T 9704—2012 and nothing else; putting right mends it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from openxml_audit import OpenXmlValidator

from drafter import intake
from drafter.data import folder
from drafter.docx.format_check import check_format
from drafter.docx.format_fix import put_right
from drafter.docx.writer import write
from drafter.errors import InputError
from tests import rendering
from tests.docx.faults import CORRECT, FAULTS, READING, STYLES, everywhere, seeded
from tests.docx.readings import edited, parts_of, reading_of
from tests.docx.strangers import odd, plain
from tests.makers import template_draft

EXAMPLES = sorted(folder("examples").glob("*.yaml"))


def texts(data: bytes) -> list[str]:
    """Every character of every paragraph of the body, as it stands in its runs."""
    body = docx.Document(io.BytesIO(data)).element.body
    return ["".join(one.text or "" for one in each.iter(qn("w:t"))) for each in body.iter(qn("w:p"))]


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_told_with_what_was_measured_and_nothing_else(name: str) -> None:
    rule, _, _, measured, required = FAULTS[name]
    found = check_format(seeded(name), READING)
    assert {finding.rule for finding in found} == {rule}, [finding.message for finding in found]
    assert measured in found[0].message
    assert required in found[0].message
    assert "GB/T 9704—2012" in found[0].message


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_put_right_and_the_text_is_the_same(name: str) -> None:
    faulty = seeded(name)
    mended = put_right(faulty, READING)
    assert check_format(mended, READING) == ()
    assert texts(mended) == texts(faulty)
    assert parts_of(put_right(mended, READING)) == parts_of(mended)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("checklist", [True, False])
def test_the_tools_own_documents_have_no_findings(example: Path, checklist: bool) -> None:
    draft, doctype = template_draft(intake.read_brief(example))
    assert check_format(write(draft, doctype, checklist=checklist), reading_of(draft)) == ()


def test_a_correct_document_stays_as_it_is() -> None:
    before, after = parts_of(CORRECT), parts_of(put_right(CORRECT, READING))
    assert {name for name in before | after if before.get(name) != after.get(name)} <= {STYLES}


def test_a_plain_document_is_put_right_with_its_table_picture_and_header() -> None:
    data, reading = plain()
    found = {one.rule for one in check_format(data, reading)}
    assert {"GB9704-PAGE-01", "GB9704-HEAD-02", "GB9704-NUM-01", "GB9704-TEXT-02", "GB9704-TEXT-04"} <= found
    mended = put_right(data, reading)
    assert check_format(mended, reading) == ()
    assert texts(mended) == texts(data)
    assert parts_of(put_right(mended, reading)) == parts_of(mended)
    document = docx.Document(io.BytesIO(mended))
    assert len(document.tables) == 1
    assert len(list(document.element.body.iter(qn("w:drawing")))) == 2
    section = document.sections[0]
    assert section.header.paragraphs[0].text == section.even_page_header.paragraphs[0].text == "内部资料"
    assert document.paragraphs[7].style.name == "Heading 2"


def test_paragraphs_with_the_same_fault_are_one_finding() -> None:
    everything = edited(CORRECT, STYLES, everywhere('w:sz w:val="32"', 'w:sz w:val="28"'))
    found = check_format(everything, READING)
    assert len(found) < 12
    assert any("—" in re.match("第[^段]*段", one.message).group() for one in found)  # type: ignore[union-attr]


def test_the_result_is_as_valid_as_what_was_given(tmp_path: Path) -> None:
    def errors(data: bytes) -> set[str]:
        (tmp_path / "x.docx").write_bytes(data)
        return {str(one.description) for one in OpenXmlValidator().validate(str(tmp_path / "x.docx")).errors}

    for name in FAULTS:
        assert errors(put_right(seeded(name), READING)) == set(), name
    data, reading = plain()
    assert errors(put_right(data, reading)) <= errors(data)
    data, reading = odd()
    assert errors(put_right(data, reading)) <= errors(data)


def test_boxes_controls_changes_and_automatic_numbers_are_kept() -> None:
    data, reading = odd()
    mended = put_right(data, reading)
    assert check_format(mended, reading) == ()
    assert texts(mended) == texts(data)
    document = docx.Document(io.BytesIO(mended))
    numbered = document.paragraphs[1]
    assert numbered.style.name == "Body Text"
    asked = docx.Document(io.BytesIO(data)).styles["List Number"].element.pPr.numPr
    assert numbered._p.pPr.numPr.numId.val == asked.numId.val
    body = document.element.body
    assert [one.text for one in body.iter(qn("w:delText"))] == ["删去的字"]
    (box,) = body.iter(qn("w:txbxContent"))
    assert [one.get(qn("w:val")) for one in box.iter(qn("w:sz"))] == ["18"]


def test_a_section_on_its_side_keeps_its_orientation_and_margins() -> None:
    data, reading = odd()
    before, after = (docx.Document(io.BytesIO(one)).sections for one in (data, put_right(data, reading)))
    assert after[1].orientation == before[1].orientation
    assert (after[1].left_margin, after[1].top_margin) == (before[1].left_margin, before[1].top_margin)
    assert [round(section.left_margin.mm) for section in (after[0], after[2])] == [28, 28]


def test_a_document_without_styles_is_checked_and_put_right() -> None:
    without = everywhere(r'<Relationship [^>]*styles.xml"/>', "")
    bare = edited(CORRECT, "word/_rels/document.xml.rels", without)
    assert "GB9704-BODY-02" in {one.rule for one in check_format(bare, READING)}
    assert check_format(put_right(bare, READING), READING) == ()


def test_alternative_names_of_a_font_pass() -> None:
    for name in ("仿宋", "FangSong", "方正仿宋_GBK"):
        assert check_format(edited(CORRECT, STYLES, everywhere("仿宋_GB2312", name)), READING) == ()


def test_a_strict_file_is_refused_with_a_clear_line() -> None:
    transitional = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    strict = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
    with pytest.raises(InputError, match="Strict"):
        check_format(edited(CORRECT, "_rels/.rels", everywhere(transitional, strict)), READING)


def test_a_reading_of_another_document_is_refused() -> None:
    other = READING.model_copy(update={"lines": READING.lines[1:], "roles": READING.roles[1:]})
    for work in (check_format, put_right):
        with pytest.raises(InputError, match="不是同一份文件"):
            work(CORRECT, other)


@pytest.mark.render
def test_a_plain_document_put_right_has_22_lines_of_28_characters() -> None:
    rendering.require()
    data, reading = plain()
    pages = rendering.pages(rendering.to_pdfs({"plain": put_right(data, reading)})["plain"])
    full = pages[1]
    assert (round(full.width), round(full.height)) == (210, 297)
    assert [len(line.text) for line in full.body if line.text != "内部资料"] == [28] * 22
    for number, page in enumerate(pages, start=1):
        assert [line.text for line in page.footer] == [f"—{number}—"]
