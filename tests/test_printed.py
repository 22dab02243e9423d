"""A draft as printed lines: what stands where, and the same as Markdown."""

from __future__ import annotations

from drafter.drafting import checked
from drafter.model import Attachment, Draft, Table
from drafter.printed import lines, markdown
from drafter.review.findings import ledger_of, of_draft
from tests.docx.copies import ATTACHED, FOOT, ROWS, copy_of
from tests.makers import template_draft


def texts(draft: Draft, *roles: str) -> list[str]:
    return [line.text for line in lines(draft) if not roles or line.role in roles]


def test_a_document_without_head_and_foot_is_title_text_and_signature() -> None:
    draft, _ = template_draft(copy_of({"text": "清理河道12公里", "topic": "河道保洁"}))
    assert [line.role for line in lines(draft)][:2] == ["title", "addressee"]
    assert texts(draft)[-2:] == ["某市水务局", "2025年12月5日"]


def test_a_number_alone_brings_the_units_mark_with_it() -> None:
    draft, _ = template_draft(copy_of(number="某水〔2025〕15号"))
    assert texts(draft)[:2] == ["某市水务局文件", "某水〔2025〕15号"]


def test_the_number_stands_on_the_row_of_the_last_signers() -> None:
    draft, _ = template_draft(copy_of(number="某水〔2025〕15号", signers=("张三", "李四", "王五")))
    assert texts(draft, "number") == ["\t签发人：张三\t李四", "某水〔2025〕15号\t王五"]


def test_joint_issuers_stand_in_mark_and_signature() -> None:
    joint = {"number": "某水〔2025〕15号", "issuers": ("某市教育局", "某市公安局")}
    draft, _ = template_draft(copy_of(**joint))
    assert texts(draft, "mark", "mark_word") == ["某市水务局", "某市教育局", "某市公安局", "文件"]
    assert texts(draft, "unit") == ["某市水务局", "某市教育局", "某市公安局"]
    sealed, _ = template_draft(copy_of(**joint, sealed=True))
    assert texts(sealed, "unit") == ["\t某市水务局\t某市教育局\t某市公安局"]


def test_a_letter_and_an_internal_paper_have_their_own_foot() -> None:
    letter, _ = template_draft(copy_of(format="letter", **FOOT))
    assert texts(letter, "cc", "print") == ["抄送：市委办公室，市人大常委会办公室，市政协办公室。"]
    memo, _ = template_draft(copy_of(format="memo", **FOOT))
    assert texts(memo, "cc", "print") == [
        "分送：市委办公室，市人大常委会办公室，市政协办公室。",
        "某市水务局办公室\t2025年12月8日印发",
    ]


def test_a_table_stands_behind_the_paragraph_that_names_it() -> None:
    draft, _ = template_draft(copy_of())
    row = lines(draft)
    place = next(place for place, line in enumerate(row) if line.role == "caption")
    assert "见表1" in row[place - 1].text
    assert row[place].text == "表1　各区准确率"
    assert [line.text for line in row[place + 1 : place + 10]] == [cell for cells in ROWS for cell in cells]
    assert {line.section for line in row[place : place + 10]} == {row[place - 1].section}
    assert "| 甲区 | 98.5 | 120 |" in markdown(draft)


def test_the_figures_of_a_table_rest_on_its_fact_and_those_of_an_attachment_on_the_brief() -> None:
    draft, _ = template_draft(copy_of(**ATTACHED))
    of_table = {claim.text: claim for claim in draft.claims if claim.text in ("98.5", "120")}
    assert {claim.supported_by for claim in of_table.values()} == {("F2",)}
    assert not [claim for claim in draft.claims if claim.status in ("unsupported", "drift")]


def test_a_cells_figure_may_be_said_in_the_text_and_another_may_not() -> None:
    draft, doctype = template_draft(copy_of())
    target = next(section for section in draft.sections if "F2" in section.facts)
    section = target.model_copy(update={"text": "甲区准确率98.5%，乙区准确率91.2%，见表1。"})
    sections = tuple(section if one.id == section.id else one for one in draft.sections)
    edited = checked(draft.model_copy(update={"sections": sections}), doctype)
    claims = {one.text: one.status for one in edited.claims}
    assert claims["98.5%"] == "supported"
    assert claims["91.2%"] != "supported"


def test_what_only_a_table_or_an_attachment_states_is_not_told() -> None:
    draft, doctype = template_draft(copy_of(**ATTACHED))
    silent = tuple(section.model_copy(update={"text": "稳步推进。"}) for section in draft.sections)
    assert "F2" in checked(draft.model_copy(update={"sections": silent}), doctype).untold


def test_a_table_that_the_text_does_not_name_is_reported() -> None:
    draft, doctype = template_draft(copy_of())
    silent = checked(
        draft.model_copy(
            update={
                "sections": tuple(
                    section.model_copy(update={"text": section.text.replace("见表1", "较高")})
                    for section in draft.sections
                )
            }
        ),
        doctype,
    )
    assert "draft.table-unnamed" in {finding.rule for finding in silent.findings}
    assert "draft.table-unnamed" not in {finding.rule for finding in draft.findings}
    assert [line.role for line in lines(silent)].count("cell") == 9


def test_tables_out_of_order_are_reported() -> None:
    table = Table(rows=ROWS, number=1)
    facts = (
        {"text": "成效见表1", "topic": "宣传", "table": table, "caption": "成效"},
        {"text": "河道保洁情况见表2", "topic": "组织领导", "table": table.model_copy(update={"number": 2})},
    )
    draft, _ = template_draft(copy_of(*facts))
    assert [line.text[:2] for line in lines(draft) if line.role == "caption"] == ["表2", "表1"]
    assert "draft.table-order" in {finding.rule for finding in draft.findings}


def test_an_attachment_without_content_is_listed_and_has_no_page() -> None:
    draft, _ = template_draft(copy_of(attachments=(Attachment(title="《统计表》"),)))
    assert texts(draft, "attached", "attachment_number") == ["附件：统计表"]


def test_nothing_of_this_is_reported_twice() -> None:
    draft, doctype = template_draft(copy_of(**ATTACHED, **FOOT))
    rules = [finding.rule for finding in of_draft(draft, doctype, ledger_of(draft))]
    assert "grounding.fact-repeated" not in rules
