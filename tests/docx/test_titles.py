"""Long titles break into even lines, never inside a name, a number or a 《》."""

from __future__ import annotations

import pytest

from drafter.docx.layout import STANDARD, width_in_characters
from drafter.docx.titles import title_lines

LIMIT = STANDARD.title_characters


def test_a_short_title_stays_on_one_line() -> None:
    assert title_lines("某局2025年工作总结", [], LIMIT) == ["某局2025年工作总结"]


@pytest.mark.parametrize(
    ("title", "names"),
    [
        (
            "某市交通运输局2025年生活垃圾分类工作总结",
            ["某市交通运输局", "2025年", "生活垃圾分类", "工作总结"],
        ),
        (
            "某街道办事处2025年第三季度“无废城市”考核评估自查情况汇报",
            ["某街道办事处", "2025年第三季度", "“无废城市”考核评估", "自查情况汇报"],
        ),
        ("关于贯彻落实《全市城市生活垃圾分类三年行动方案（2024—2026年）》有关情况的工作总结", []),
    ],
)
def test_a_long_title_breaks_evenly_and_by_sense(title: str, names: list[str]) -> None:
    rows = title_lines(title, names, LIMIT)
    assert "".join(rows) == title
    assert len(rows) > 1
    for row in rows:
        assert width_in_characters(row) <= LIMIT
        assert row[0] not in "的和与，。、》”）"
        assert row.count("“") == row.count("”")
    for name in names:
        assert any(name in row for row in rows), name


def test_words_are_not_cut_and_no_line_ends_in_its_preposition() -> None:
    rows = title_lines("松岭县多措并举扎实推进冬春农田水利基本建设促进农业增产", [], LIMIT)
    assert len(rows) > 1
    for word in ("扎实", "推进", "农田", "水利", "建设", "促进", "农业"):
        assert any(word in row for row in rows), (word, rows)
    rows = title_lines("松岭县人民政府办公室关于二零二五年度法治政府建设工作情况的总结报告", [], LIMIT)
    assert not any(row.endswith(("关", "关于")) for row in rows)


def test_a_piece_longer_than_a_line_is_broken_after_all() -> None:
    title = "《" + "关于进一步加强和改进" * 5 + "》"
    rows = title_lines(title, [], LIMIT)
    assert "".join(rows) == title
    assert all(width_in_characters(row) <= LIMIT for row in rows)
