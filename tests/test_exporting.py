"""送审稿 and 正式稿: what each has, what a final copy refuses, and both as PDF."""

from __future__ import annotations

import io

import docx
import pytest

from drafter import exporting
from drafter.docx import office
from drafter.drafting import checked
from drafter.errors import DrafterError, InputError
from drafter.model import Draft, Note
from tests import rendering
from tests.docx.copies import FOOT, copy_of
from tests.makers import brief_of, template_draft

WANTING, TYPE = template_draft(brief_of({"text": "清理河道垃圾320吨", "topic": "河道保洁"}))


def whole() -> Draft:
    """A draft in which nothing waits, one figure of which no fact supports."""
    sections = tuple(
        section.model_copy(update={"text": f"本节共完成任务{place + 7}项。"}) if section.written else section
        for place, section in enumerate(WANTING.sections)
    )
    return checked(WANTING.model_copy(update={"sections": sections}), TYPE)


def opened(data: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(data))


def test_a_review_copy_has_checklist_comments_and_lines_for_remarks() -> None:
    note = Note(section=WANTING.sections[0].id, author="王五", text="请补数字")
    document = opened(exporting.export(whole(), TYPE, notes=[note]))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "必备内容检查表" in texts
    place = texts.index("审核意见：")
    assert [one.style.name for one in document.paragraphs[place + 1 : place + 4]] == ["审核意见行"] * 3
    assert "请补数字" in [comment.text for comment in document.comments]


def test_a_final_copy_has_nothing_but_the_document() -> None:
    document = opened(exporting.export(whole(), TYPE, copy="final"))
    assert document.tables == []
    assert not list(document.comments)
    assert "w:highlight" not in document.element.xml
    assert document.paragraphs[-1].text == "2025年12月5日"


def test_a_final_copy_is_refused_while_something_waits_and_says_where() -> None:
    with pytest.raises(InputError) as refused:
        exporting.export(WANTING, TYPE, copy="final")
    said = str(refused.value)
    assert "不能出正式稿" in said
    assert "“一、基本情况”〔待补充：" in said
    assert "\n" not in said
    marked = whole().model_copy(update={"title": "总结〔待核实：3次〕"})
    with pytest.raises(InputError, match="还有1处没有写完，不能出正式稿：标题〔待核实：3次〕"):
        exporting.refuse_unfinished(marked, TYPE)


def test_a_file_that_says_more_than_the_checked_draft_is_not_given_out() -> None:
    with pytest.raises(DrafterError, match="与核对过的文稿不一致"):
        exporting.export(whole().model_copy(update={"claims": ()}), TYPE)


def test_without_libreoffice_a_pdf_is_refused_in_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_program", lambda: "")
    with pytest.raises(InputError, match="没有安装 LibreOffice，不能生成 PDF；请在这台机器上安装"):
        exporting.pdf(b"")


@pytest.mark.render
def test_a_pdf_holds_the_document_with_its_blank_pages() -> None:
    rendering.require()
    draft, doctype = template_draft(copy_of(**FOOT))
    data = exporting.pdf(exporting.export(draft, doctype, checklist=False))
    pages = rendering.pages(data)
    assert len(pages) % 2 == 0
    assert "某市水务局办公室2025年12月8日印发" in pages[-1].text
