"""layout.yaml: what it states holds, what follows from it follows, each mistake is named with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drafter.docx.format_check import check_format
from drafter.docx.house import STANDARD_HOUSE, House, house_of
from drafter.docx.layout import STANDARD, Font
from drafter.docx.looks import OWN
from drafter.docx.own_choices import choices
from drafter.docx.writer import write
from drafter.errors import LayoutError
from tests.docx.readings import parts_of, reading_of
from tests.makers import brief_of, template_draft

DRAFT, TYPE = template_draft(brief_of({"text": "清理河道3公里", "topic": "河道保洁"}))


def house(folder: Path, text: str) -> House:
    """The look of a folder with this layout.yaml."""
    (folder / "layout.yaml").write_text(text, encoding="utf-8")
    return house_of([folder])


def test_a_folder_without_files_has_the_standards_look(tmp_path: Path) -> None:
    assert house_of([tmp_path, tmp_path / "nowhere"]) is STANDARD_HOUSE
    assert house(tmp_path, "# nothing yet\n").layout == STANDARD


def test_what_the_file_states_holds(tmp_path: Path) -> None:
    layout = house(
        tmp_path,
        "margins: {left: 30}\nlines: 20\ncharacters: 26\n"
        "fonts:\n  title: {name: 华文中宋, size: 小一号}\n  level_1: {name: 黑体, substitutes: [黑字]}\n"
        "page_number: {format: '- {} -', place: center, distance: 5}\n",
    ).layout
    assert (layout.left, layout.lines, layout.characters) == (30, 20, 26)
    assert (layout.title_font.name, layout.title_size) == ("华文中宋", 24)
    assert layout.level_1_font == Font("黑体", ("黑字",))
    assert (layout.number_format, layout.number_place, layout.number_distance) == ("- {} -", "center", 5)
    assert layout.right == STANDARD.right


@pytest.mark.parametrize(
    ("text", "lines", "characters"),
    [
        ("margins: {top: 25, bottom: 25}", 24, 28),
        ("margins: {left: 20, right: 20}", 22, 30),
        ("fonts: {body: {size: 18}}", 22, 25),
        ("line_pitch: 28", 22, 28),
        ("line_pitch: 30", 21, 28),
    ],
)
def test_lines_and_characters_follow_where_they_are_not_stated(
    tmp_path: Path, text: str, lines: int, characters: int
) -> None:
    layout = house(tmp_path, text).layout
    assert (layout.lines, layout.characters) == (lines, characters)


def test_a_font_without_substitutes_gets_those_of_its_typeface(tmp_path: Path) -> None:
    layout = house(tmp_path, "fonts: {body: 仿宋}").layout
    assert layout.body_font == Font("仿宋", ("FangSong", "华文仿宋"))
    assert layout.level_3_font == layout.level_4_font == layout.body_font
    table = parts_of(write(DRAFT, TYPE, house=House(layout)))["word/fontTable.xml"].decode()
    assert re.search(r'w:name="仿宋">\s*<w:altName w:val="FangSong,华文仿宋"/>', table)


def test_a_later_folder_goes_over_an_earlier_one_value_by_value(tmp_path: Path) -> None:
    for name, text in {"office": "lines: 20\nmargins: {left: 30}", "unit": "lines: 21"}.items():
        (tmp_path / name).mkdir()
        house(tmp_path / name, text)
    layout = house_of([tmp_path / "office", tmp_path / "unit"]).layout
    assert (layout.lines, layout.left) == (21, 30)


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    assert house(tmp_path, "lines: 20").layout.lines == 20
    (tmp_path / "layout.yaml").unlink()
    assert house_of([tmp_path]).layout.lines == 22


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("margins:\n  topp: 30", "layout.yaml:2: margins.topp: 不认识的字段；改为 top"),
        ("lines: 二十", "layout.yaml:1: lines: 应为整数"),
        ("\nmargins: {top: 30毫米}", "layout.yaml:2: margins.top: 应为数；只写数字，不写单位"),
        ("margins: {top: -1}", "layout.yaml:1: margins.top: 不能填“-1”；不小于 0"),
        ("fonts: {body: {size: 三}}", "layout.yaml:1: fonts.body.size: 没有字号“三”"),
        ("fonts: {body: {size: nan}}", "fonts.body.size: 不能填“nan”"),
        ("lines: 22\nline_pitch: 28", "layout.yaml:2: line_pitch: 与 lines 只能写一个"),
        ("page_number: {format: 第页}", "layout.yaml:1: page_number.format: 要有且只有一个 {}"),
        ("page_number: {place: middle}", "page_number.place: 不能填“middle”；可填："),
        ("page_number: {distance: 30}", "page_number.distance: 页码离纸边不足 5 毫米"),
        ("margins: {left: 100, right: 100}", "layout.yaml:1: margins: 版心只剩 10×225 毫米"),
        ("characters: 50", "layout.yaml:1: characters: 每行 50 字排不下"),
        ("lines: 50", "layout.yaml:1: lines: 行距 12.75 磅小于字号 16 磅"),
        ("- lines", "layout.yaml:1: 应为“字段: 内容”的形式"),
        ("lines: [", "layout.yaml"),
    ],
)
def test_each_mistake_is_named_with_file_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(LayoutError) as raised:
        house(tmp_path, text)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_departs_from_the_standard_is_told_and_nothing_else(tmp_path: Path) -> None:
    layout = house(
        tmp_path, "margins: {top: 30}\nlines: 22\nfonts: {title: 方正小标宋_GBK, body: 宋体}"
    ).layout
    assert [str(choice) for choice in choices(layout)] == [
        "上页边距30毫米（标准为37毫米）",
        "正文字体宋体（标准为仿宋_GB2312）",
        "三级标题字体宋体（标准为仿宋_GB2312）",
        "四级标题字体宋体（标准为仿宋_GB2312）",
    ]
    assert choices(STANDARD) == ()


def test_a_document_is_held_to_its_offices_layout_and_the_choices_are_named(tmp_path: Path) -> None:
    own = house(
        tmp_path,
        "margins: {top: 30, left: 25}\nfonts: {title: {size: 一号}, level_2: 宋体}\n"
        "page_number: {format: '- {} -', place: center}",
    )
    reading = reading_of(DRAFT)
    found = check_format(write(DRAFT, TYPE, house=own), reading, own.layout)
    assert {one.rule for one in found} == {OWN}
    assert {one.severity for one in found} == {"info"}
    assert any("上页边距30毫米（标准为37毫米）" in one.message for one in found)
    by_the_standard = check_format(write(DRAFT, TYPE), reading, own.layout)
    margins = next(one for one in by_the_standard if one.rule == "GB9704-PAGE-02")
    assert margins.message.endswith("（本单位版式）")
    strict = {one.rule for one in check_format(write(DRAFT, TYPE, house=own), reading)}
    assert {"GB9704-PAGE-02", "GB9704-TITLE-02", "GB9704-NUM-04", "GB9704-NUM-05"} <= strict
