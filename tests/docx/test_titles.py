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


TITLES = [
    "某市交通运输局2025年/生活垃圾分类工作总结",
    "某区住房和城乡建设局/2025年上半年城市更新工作总结",
    "青山街道办事处2025年第三季度/“无废城市”考核评估自查情况汇报",
    "某区人民政府关于贯彻落实/《优化营商环境条例》情况的汇报",
    "某市卫生健康委员会2025年/基本公共卫生服务项目工作总结",
    "某区城市管理综合行政执法局/2025年市容环境综合整治工作总结",
    "某市文化广电和旅游局关于2025年/国庆中秋假期文旅市场运行情况的专报",
    "某县审计局关于2024年度/县级预算执行和其他财政收支/审计查出问题整改情况的报告",
    "某高新技术产业开发区管理委员会/2025年招商引资工作总结",
    "某市交通运输局2026年/法治政府部门建设工作计划",
    "关于某区社区居家养老/服务现状与对策的调研报告",
    "某局党组书记2025年度/抓基层党建工作述职报告",
    "某县自然资源局关于耕地保护/督察反馈问题整改落实情况的报告",
    "某市公安局交通警察支队/关于春运交通安全情况的汇报",
    "某市推进城乡供水一体化三年行动/实施方案（2025—2027年）",
    "某县全面推行林长制工作/领导小组办公室2025年工作总结",
    "某省地质矿产勘查开发局/第二地质大队2025年工作总结",
    "关于贯彻落实《全市城市生活垃圾/分类三年行动方案（2024—2026年）》/有关情况的工作总结",
    "某区人民政府办公室关于做好/2025年度省级高质量发展综合/绩效考核迎检工作情况的汇报",
    "某市河长制办公室2025年第4期工作简报",
    "某区2025年“无废城市”建设实施方案",
    "某市水务局局长2025年度述职述廉报告",
]


@pytest.mark.parametrize("broken", TITLES)
def test_titles_of_all_kinds_break_where_an_office_would_break_them(broken: str) -> None:
    assert title_lines(broken.replace("/", ""), [], LIMIT) == broken.split("/")


def test_of_three_lines_the_middle_one_is_not_the_shortest() -> None:
    for broken in TITLES:
        widths = [width_in_characters(row) for row in title_lines(broken.replace("/", ""), [], LIMIT)]
        assert len(widths) < 3 or widths[1] >= min(widths[0], widths[2])
