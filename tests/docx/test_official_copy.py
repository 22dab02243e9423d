"""Head, foot, attachments, tables and signature of the printed copy, measured (GB/T 9704—2012 §7, §8.1)."""

from __future__ import annotations

import io
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pdfplumber
import pytest
from PIL import Image, ImageChops

from drafter.docx.writer import write
from drafter.model import Brief, Draft, Section
from tests import rendering
from tests.docx.copies import ATTACHED, FOOT, HEAD, copy_of, filled
from tests.makers import template_draft
from tests.rendering import MM, Line, Page

pytestmark = pytest.mark.render

CHARACTER = 156 / 28
PITCH = 225 / 22
DPI = 254
"""Ten dots a millimetre."""
TOP = {"serial": "000001", "secrecy": "机密★1年", "urgency": "特急"}
THREE = ("某市教育局", "某市生态环境局")


def draft_of(brief: Brief, text: str = "") -> Draft:
    """A draft of one section whose text is given; without it, the template writer's."""
    draft, _ = template_draft(brief)
    if not text:
        return draft
    section = Section(id="opening", spec="opening", text=text)
    return draft.model_copy(update={"sections": (section,), "claims": ()})


@cache
def printed() -> dict[str, bytes]:
    """The copies of these tests as PDF, rendered in one run."""
    rendering.require()
    short = "现将有关情况报告如下。"
    drafts = {
        "full": draft_of(
            copy_of(**TOP, **HEAD, **FOOT, **ATTACHED, signers=("张三", "李四"), note="此件公开")
        ),
        "plain": draft_of(copy_of(**HEAD), short),
        "joint": draft_of(copy_of(**HEAD, issuers=THREE, sealed=True), short),
        "unsealed": draft_of(copy_of(**HEAD, issuers=THREE, signers=("张三", "李四", "王小五")), short),
        "sealed": draft_of(copy_of(**HEAD, sealed=True), short),
        "letter": draft_of(
            copy_of(**TOP, format="letter", number="某水函〔2025〕5号", cc=("市委办公室",)), filled(30)
        ),
        "memo": draft_of(copy_of(format="memo", mark="工作情况专报", number="第3期", **FOOT), short),
        "odd": draft_of(copy_of(**FOOT), short),
        "even": draft_of(copy_of(**FOOT), filled(30)),
        "full_even": draft_of(copy_of(**FOOT), filled(36)),
    }
    _, doctype = template_draft(copy_of())
    documents = {name: write(draft, doctype, checklist=False) for name, draft in drafts.items()}
    return rendering.to_pdfs(documents)


@cache
def pages(name: str) -> list[Page]:
    return rendering.pages(printed()[name])


@cache
def rules(name: str, page: int) -> list[tuple[float, float, float, float]]:
    """The black lines of a page from top to bottom: left, right, middle and thickness, in millimetres."""
    with pdfplumber.open(io.BytesIO(printed()[name])) as pdf:
        drawn = [line for line in pdf.pages[page - 1].lines if line["x1"] - line["x0"] > 100]
        found = [
            (line["x0"] * MM, line["x1"] * MM, line["top"] * MM, line["linewidth"] * MM) for line in drawn
        ]
    return sorted(found, key=lambda one: one[2])


@cache
def red(name: str) -> list[tuple[float, float, float, float]]:
    """What is red on the first page, from top to bottom: upper and lower edge, left, right; millimetres."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "x.pdf").write_bytes(printed()[name])
        command = ["pdftoppm", "-r", str(DPI), "-l", "1", "-png", "-singlefile", "x.pdf", "x"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        image = Image.open(Path(folder) / "x.png").convert("RGB")
    # Red is light, green and blue are dark.
    light, *dark = image.split()
    mask = light.point(lambda value: 255 if value > 200 else 0)
    for channel in dark:
        mask = ImageChops.darker(mask, channel.point(lambda value: 255 if value < 100 else 0))
    found: list[tuple[float, float, float, float]] = []
    start = None
    for row in range(image.height + 1):
        inked = row < image.height and mask.crop((0, row, image.width, row + 1)).getbbox() is not None
        if inked and start is None:
            start = row
        if not inked and start is not None:
            left, _, right, _ = mask.crop((0, start, image.width, row)).getbbox()  # type: ignore[misc]
            found.append((start / 10, row / 10, left / 10, right / 10))
            start = None
    return found


def page_with(name: str, start: str) -> tuple[int, Page]:
    """The first page on which a line begins so, and its number."""
    numbered = enumerate(pages(name), 1)
    return next((n, page) for n, page in numbered if any(one.text.startswith(start) for one in page.lines))


def line_of(name: str, start: str, page: int = 1) -> Line:
    return next(line for line in pages(name)[page - 1].lines if line.text.startswith(start))


def last_lines(name: str, count: int) -> list[Line]:
    return [line for page in pages(name) for line in page.body][-count:]


def test_the_top_lines_stand_at_the_left_of_the_first_three_lines() -> None:
    for place, text in enumerate(("000001", "机密★1年", "特急")):
        line = line_of("full", text)
        assert line.left == pytest.approx(28, abs=1)
        assert line.middle == pytest.approx(37 + (place + 0.5) * PITCH, abs=1)
    assert "Hei" in line_of("full", "机密").fonts[0]


@pytest.mark.parametrize("name", ["full", "plain", "joint", "memo"])
def test_the_mark_stands_35_mm_below_the_type_areas_upper_edge_and_in_its_middle(name: str) -> None:
    top, _, left, right = red(name)[0]
    assert top == pytest.approx(37 + 35, abs=1)
    assert left >= 28
    assert right <= 184
    if name != "joint":
        assert (left + right) / 2 == pytest.approx(106, abs=1)


@pytest.mark.parametrize(("name", "number"), [("full", "某水〔"), ("plain", "某水〔"), ("memo", "第3期")])
def test_a_red_line_as_wide_as_the_type_area_stands_4_mm_below_the_number(name: str, number: str) -> None:
    line, (top, _, left, right) = line_of(name, number), red(name)[-1]
    below = line.middle + 16 * MM / 2
    assert top - below == pytest.approx(4, abs=1)
    assert (left, right) == (pytest.approx(28, abs=1), pytest.approx(184, abs=1))


def test_the_number_stands_two_lines_below_the_mark_and_the_title_two_below_the_red_line() -> None:
    mark, rule = red("plain")[0], red("plain")[-1]
    number, title = line_of("plain", "某水〔"), line_of("plain", "某市水务局2025年")
    assert (number.middle - PITCH / 2) - mark[1] == pytest.approx(2 * PITCH, abs=2)
    assert (title.middle - PITCH / 2) - rule[0] == pytest.approx(2 * PITCH, abs=1)
    assert (number.left + number.right) / 2 == pytest.approx(106, abs=1)


def test_with_signers_the_number_is_one_character_in_and_their_names_are_kai() -> None:
    line = line_of("full", "某水〔")
    assert line.left == pytest.approx(28 + CHARACTER, abs=1)
    assert line.right == pytest.approx(184 - CHARACTER, abs=1)
    assert "Kai" in line.fonts[-1]
    assert "Kai" not in line.fonts[line.text.index("签")]
    rows = [line for line in pages("unsealed")[0].lines if "张三" in line.text or "王小五" in line.text]
    assert rows[1].text.startswith("某水〔")  # on the row of the last name


def test_joint_issuers_share_the_mark() -> None:
    names, *_ = [[line for line in pages("joint")[0].lines if line.sizes and max(line.sizes) > 24]]
    assert [line.text.removesuffix("文件") for line in names] == ["某市水务局", *THREE]
    word = next(line for line in names if line.text.endswith("文件"))
    assert word.middle == pytest.approx(names[1].middle, abs=2)


def test_a_sealed_date_leaves_four_characters_and_its_unit_stands_over_its_middle() -> None:
    unit, date = last_lines("sealed", 2)
    assert date.right == pytest.approx(184 - 4 * CHARACTER, abs=1)
    # The substitute font's digits are wider than half a character.
    assert (unit.left + unit.right) / 2 == pytest.approx((date.left + date.right) / 2, abs=4)


def test_sealed_units_stand_side_by_side_and_unsealed_ones_below_each_other() -> None:
    assert last_lines("joint", 2)[0].text == "某市水务局某市教育局某市生态环境局"
    rows = last_lines("unsealed", 4)
    assert [row.text for row in rows[:3]] == ["某市水务局", *THREE]
    assert rows[3].left == pytest.approx(rows[2].left + 2 * CHARACTER, abs=1)


def test_the_list_of_attachments_is_two_characters_in_and_each_has_a_page_of_its_own() -> None:
    number, _ = page_with("full", "附件：")
    first, second = line_of("full", "附件：1.", number), line_of("full", "2.河湖名录", number)
    assert first.left == pytest.approx(28 + 2 * CHARACTER, abs=1)
    assert second.left == pytest.approx(28 + 5 * CHARACTER, abs=1)
    for mark, title in (("附件1", "2025年河湖管护"), ("附件2", "河湖名录")):
        page = next(page for page in pages("full") if page.body and page.body[0].text == mark)
        assert page.body[0].left == pytest.approx(28, abs=1)
        assert "Hei" in page.body[0].fonts[0]
        heading = page.body[1]
        assert heading.text.startswith(title)
        assert heading.middle == pytest.approx(37 + 2.5 * PITCH, abs=1)
        assert heading.sizes == {22}


def test_a_long_table_repeats_its_head_and_keeps_its_rows_apart() -> None:
    with_head = [page for page in pages("full") if any(one.text == "序号事项办理情况" for one in page.body)]
    assert len(with_head) > 1
    rows = [line for page in with_head for line in page.body if line.text.endswith("已办结")]
    assert [row.text for row in rows] == [f"{n}事项{n}已办结" for n in range(1, 90)]
    apart = ((page.body[3:], page.body[4:]) for page in with_head)
    gaps = [b.middle - a.middle for first, then in apart for a, b in zip(first, then, strict=False)]
    assert min(gaps) > 12 * MM * 1.3


def test_a_table_stands_below_the_paragraph_that_names_it_with_three_lines() -> None:
    number, page = page_with("full", "表1各区")
    texts = [line.text for line in page.body]
    place = texts.index("表1各区准确率")
    assert "见表1" in "".join(texts[:place])
    assert texts[place + 1 : place + 4] == ["区准确率（%）投放点（处）", "甲区98.5120", "乙区97.286"]
    three = rules("full", number)
    assert len(three) == 3
    assert [round(one[3], 1) for one in three] == [0.5, 0.3, 0.5]
    assert all(one[:2] == (pytest.approx(28, abs=1), pytest.approx(184, abs=1)) for one in three)


@pytest.mark.parametrize(
    ("name", "count"), [("odd", 2), ("even", 2), ("full_even", 4), ("full", 8), ("memo", 2)]
)
def test_the_foot_ends_with_the_type_area_of_the_last_even_page(name: str, count: int) -> None:
    assert len(pages(name)) == count
    lines = rules(name, len(pages(name)))[-3:]
    assert lines[-1][2] == pytest.approx(262, abs=1)
    assert [one[3] for one in lines] == [pytest.approx(size, abs=0.05) for size in (0.35, 0.25, 0.35)]
    assert all(one[:2] == (pytest.approx(28, abs=1), pytest.approx(184, abs=1)) for one in lines)
    by, day = pages(name)[-1].body[-1].text.split("办公室")
    assert (by, day) == ("某市水务局", "2025年12月8日印发")
    assert pages(name)[-1].body[-1].sizes == {14}
    assert pages(name)[-1].body[-1].right == pytest.approx(184 - 14 * MM, abs=1)


def test_a_blank_page_before_the_foot_and_the_foots_own_have_no_number() -> None:
    assert [[one.text for one in page.footer] for page in pages("full_even")] == [["—1—"], ["—2—"], [], []]
    assert pages("full_even")[2].lines == ()
    assert [[one.text for one in page.footer] for page in pages("odd")] == [["—1—"], ["—2—"]]


def test_a_letter_has_its_mark_and_red_double_lines_and_no_number_on_its_first_page() -> None:
    mark, *lines = red("letter")
    assert mark[0] == pytest.approx(30, abs=1)
    assert lines[0][0] - mark[1] == pytest.approx(4, abs=1)
    assert (lines[-2][0] + lines[-1][1]) / 2 == pytest.approx(297 - 20, abs=1)
    assert len(lines) == 4
    upper, lower = lines[:2], lines[2:]
    assert upper[0][1] - upper[0][0] > upper[1][1] - upper[1][0]
    assert lower[0][1] - lower[0][0] < lower[1][1] - lower[1][0]
    for line in lines:
        assert (line[2], line[3]) == (pytest.approx(20, abs=1), pytest.approx(190, abs=1))
    first = pages("letter")[0]
    assert [one.text for one in first.footer] == []
    top = next(line for line in first.lines if line.text.startswith("000001"))
    assert top.text == "000001某水函〔2025〕5号"
    assert top.right == pytest.approx(184, abs=1)
    assert (top.middle - 8 * MM) - upper[1][1] == pytest.approx(16 * MM * 7 / 8, abs=1)
    assert pages("letter")[1].footer[0].middle - 262 == pytest.approx(7, abs=1)
    assert pages("letter")[-1].body[-1].text == "抄送：市委办公室。"
