"""The printed page, measured: LibreOffice makes a PDF, pdfplumber its coordinates (GB/T 9704—2012)."""

from __future__ import annotations

from functools import cache

import pytest

from drafter.docx.writer import write
from tests import rendering
from tests.makers import brief_of, template_draft
from tests.rendering import Page

pytestmark = pytest.mark.render

PURE = "全面加强河湖管护坚持系统治理源头治理综合治理压实各级河湖长责任推动水环境持续改善"


@cache
def printed() -> dict[str, list[Page]]:
    """The documents of these tests, rendered in one run."""
    rendering.require()
    draft, doctype = template_draft(
        brief_of(
            {"text": "成立河湖长制工作领导小组，召开专题会议2次", "topic": "组织领导"},
            *({"text": f"清理第{n}段河道{n}公里", "topic": "河道保洁"} for n in range(1, 9)),
            {"text": "天气晴好"},
            addressee="市政府办公室",
        )
    )
    grid = draft.model_copy(
        update={
            "sections": (draft.sections[0].model_copy(update={"text": (PURE * 60)[:2000] + "\n再接再厉"}),),
        }
    )
    long_list = draft.model_copy(update={"checklist": draft.checklist * 4})
    documents = {
        "document": write(draft, doctype),
        "grid": write(grid, doctype, checklist=False),
        "long_list": write(long_list, doctype),
    }
    return {name: rendering.pages(pdf) for name, pdf in rendering.to_pdfs(documents).items()}


def test_a_full_page_has_22_lines_of_28_characters() -> None:
    page = printed()["grid"][1]
    assert [len(line.text) for line in page.body] == [28] * 22


def test_the_type_area_stands_where_the_standard_wants_it() -> None:
    page = printed()["grid"][1]
    first, last = page.body[0], page.body[-1]
    assert (round(page.width), round(page.height)) == (210, 297)
    assert first.left == pytest.approx(28, abs=1)
    assert max(line.right for line in page.body) == pytest.approx(184, abs=1)
    pitch = (last.middle - first.middle) / 21
    assert pitch == pytest.approx(225 / 22, abs=0.05)
    assert first.middle - pitch / 2 == pytest.approx(37, abs=1)
    assert last.middle + pitch / 2 == pytest.approx(262, abs=1)


def test_body_lines_begin_two_characters_in() -> None:
    first = next(line for line in printed()["grid"][0].body if line.text.startswith(PURE[:4]))
    assert first.left == pytest.approx(28 + 2 * 156 / 28, abs=0.5)


@pytest.mark.parametrize(
    ("start", "font", "size"),
    [
        ("某市水务局2025年", "NotoSerifCJK", 22),
        ("一、基本情况", "FandolHei", 16),
        ("市政府办公室", "FandolFang", 16),
    ],
)
def test_each_level_has_its_font_and_size(start: str, font: str, size: float) -> None:
    line = next(line for line in printed()["document"][0].body if line.text.startswith(start))
    assert font in line.fonts[0].replace("-", "")
    assert line.sizes == {size}


def test_a_run_in_heading_is_kai_and_its_text_fangsong() -> None:
    line = next(line for line in printed()["document"][0].body if line.text.startswith("（一）"))
    end = line.text.index("。")
    assert all("Kai" in font for font in line.fonts[:end])
    assert all("Kai" not in font for font in line.fonts[end + 1 :])


def test_page_numbers_stand_outside_and_7_mm_below_the_type_area() -> None:
    for number, page in enumerate(printed()["grid"], start=1):
        (line,) = page.footer
        assert line.text == f"—{number}—"
        assert line.sizes == {14}
        assert line.middle - 262 == pytest.approx(7, abs=1)
        if number % 2:
            assert line.right == pytest.approx(184 - 156 / 28, abs=1.5)
        else:
            assert line.left == pytest.approx(28 + 156 / 28, abs=1.5)


def test_the_date_begins_two_characters_right_of_the_unit() -> None:
    pages = printed()["document"]
    rows = [line for page in pages for line in page.body]
    place = next(place for place, line in enumerate(rows) if line.text == "2025年12月5日")
    unit, date = rows[place - 1], rows[place]
    assert unit.text == "某市水务局"
    assert date.right > unit.right or date.right == pytest.approx(184 - 2 * 156 / 28, abs=1.5)


def test_the_checklist_has_the_page_after_the_document() -> None:
    pages = printed()["document"]
    with_list = [number for number, page in enumerate(pages) if "必备内容检查表" in page.text]
    (first,) = with_list
    assert "2025年12月5日" in pages[first - 1].text
    assert pages[first].body[0].text == "必备内容检查表"
    assert "未归入正文的事实" in "".join(page.text for page in pages[first:])


def test_a_long_checklist_repeats_its_header() -> None:
    pages = [page for page in printed()["long_list"] if "审核意见" in page.text]
    assert len(pages) > 1
