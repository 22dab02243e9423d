"""Unresolved claims carry a Word comment at their place; the printed text stays as it is."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from openxml_audit import OpenXmlValidator

from drafter.docx.comments import comment
from drafter.docx.reader import read_text
from drafter.docx.writer import write
from drafter.drafting import finish
from drafter.model import Note
from drafter.outline import build_outline
from drafter.printed import lines
from tests.makers import brief_of, template_draft

BRIEF = brief_of({"text": "清理河道12公里", "topic": "河道保洁"}, {"text": "举办培训班3期", "topic": "培训"})
_, TYPE = template_draft(BRIEF)
OUTLINE = build_outline(BRIEF, TYPE)
TEXTS = {"measures.1": "我局清理河道〔待核实：15公里〕。", "measures.2": "我局举办培训班约3期。"}
DRAFT = finish(BRIEF, TYPE, OUTLINE, "someone", TEXTS)


def anchored(data: bytes) -> dict[str, str]:
    """The text each comment is anchored to, and what it says."""
    document = docx.Document(io.BytesIO(data))
    said = {}
    for note in document.comments:
        for paragraph in document.element.body.iter(qn("w:p")):
            inside, text = False, ""
            for child in paragraph:
                if child.tag == qn("w:commentRangeStart") and child.get(qn("w:id")) == str(note.comment_id):
                    inside = True
                elif child.tag == qn("w:commentRangeEnd") and child.get(qn("w:id")) == str(note.comment_id):
                    inside = False
                elif inside and child.tag == qn("w:r"):
                    text += "".join(one.text or "" for one in child.iter(qn("w:t")))
            if text:
                said[text] = note.text
    return said


def test_each_open_claim_is_commented_at_its_place_with_the_reason() -> None:
    said = anchored(write(DRAFT, TYPE))
    assert set(said) == {"15公里", "约3期"}
    assert "没有事实" in said["15公里"] or "F1" in said["15公里"]
    assert "F2" in said["约3期"]


def test_comments_change_nothing_of_what_is_printed(tmp_path: Path) -> None:
    data = write(DRAFT, TYPE)
    assert read_text(data) == [line.text for line in lines(DRAFT)]
    (tmp_path / "x.docx").write_bytes(data)
    assert OpenXmlValidator().validate(str(tmp_path / "x.docx")).errors == []


def test_a_reviewers_note_is_a_comment_on_its_section() -> None:
    draft, doctype = template_draft(BRIEF)
    notes = [
        Note(section="measures.1", author="王科", text="请补充完成时间"),
        Note(section="x", author="", text="无"),
    ]
    document = docx.Document(io.BytesIO(write(draft, doctype, notes=notes)))
    assert [(note.author, note.text) for note in document.comments] == [("王科", "请补充完成时间")]
    (place,) = anchored(write(draft, doctype, notes=notes))
    assert "（一）" in place


def test_a_grounded_document_has_no_comments() -> None:
    draft, doctype = template_draft(BRIEF)
    assert anchored(write(draft, doctype)) == {}


@pytest.mark.parametrize(("start", "end", "text"), [(0, 2, "甲乙"), (1, 4, "乙丙丁"), (2, 6, "丙丁戊己")])
def test_a_span_over_several_runs_is_anchored_exactly(start: int, end: int, text: str) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("甲乙丙")
    paragraph.add_run("丁戊己").bold = True
    comment(document, paragraph._p, start, end, "注意", "审核")
    out = io.BytesIO()
    document.save(out)
    assert list(anchored(out.getvalue())) == [text]
    assert paragraph.text == "甲乙丙丁戊己"
