"""The outline reader: the untidiness that real documents have, in texts of our own, and the corpus."""

from __future__ import annotations

import json
from datetime import date as Date
from pathlib import Path

import pytest

from drafter.model import Reading, SourceLine
from drafter.review.document import text_lines
from drafter.review.outline_reader import read

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
TITLE = "某市水务局2025年河湖管护工作总结"
BODY = "我局组织沿河各乡镇开展集中清理，出动人员和机械清理河道垃圾，水面保洁实现常态化，群众反映良好。"
LONGER = (
    "各科室按照分工抓好落实，定期到现场查看进度，发现问题当场交办、限期整改，做到件件有着落、事事有回音。" * 2
)


def reading(*lines: str) -> Reading:
    """A document of plain lines, behind a title."""
    return read([SourceLine(text=line) for line in (TITLE, *lines)])


def outline(*lines: str) -> list[tuple[int, str, str]]:
    """Level, number and text of each heading of a document."""
    return [(one.level, one.number, one.heading) for one in reading(*lines).headings]


def roles(*lines: str) -> list[str]:
    """What each line behind the title is."""
    return list(reading(*lines).roles[1:])


def test_four_levels_of_headings_are_read_with_their_lines() -> None:
    found = reading(
        "一、基本情况",
        BODY,
        "（一）组织领导",
        BODY,
        "1.成立专班",
        BODY,
        "（1）明确分工",
        BODY,
        "二、下一步打算",
        BODY,
    )
    assert [(one.level, one.number, one.heading, one.line) for one in found.headings] == [
        (1, "一、", "基本情况", 2),
        (2, "（一）", "组织领导", 4),
        (3, "1.", "成立专班", 6),
        (4, "（1）", "明确分工", 8),
        (1, "二、", "下一步打算", 10),
    ]
    assert not any(one.run_in for one in found.headings)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("(一)组织领导", (2, "(一)", "组织领导")),
        ("（一)组织领导", (2, "（一)", "组织领导")),
        ("〔一〕组织领导", (2, "〔一〕", "组织领导")),
        ("（一）、组织领导", (2, "（一）、", "组织领导")),
        ("（ 一 ）组织领导", (2, "（ 一 ）", "组织领导")),
        ("(1)组织领导", (4, "(1)", "组织领导")),
        ("1)组织领导", (4, "1)", "组织领导")),
        ("一.组织领导", (1, "一.", "组织领导")),
        ("一，组织领导", (1, "一，", "组织领导")),
        ("十二、组织领导", (1, "十二、", "组织领导")),
        ("第一部分 组织领导", (1, "第一部分", "组织领导")),
        ("１．组织领导", (3, "１．", "组织领导")),
        ("1、组织领导", (3, "1、", "组织领导")),
        ("1、2025年重点工作", (3, "1、", "2025年重点工作")),
        ("　　一、　组织领导", (1, "一、", "组织领导")),
        ("一、组织领导。", (1, "一、", "组织领导")),
        ("一、组织领导：", (1, "一、", "组织领导")),
        ("一、抓学习，强本领", (1, "一、", "抓学习，强本领")),
    ],
)
def test_untidy_numbers_are_read(line: str, expected: tuple[int, str, str]) -> None:
    assert outline(line, BODY) == [expected]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("（一）加强组织领导。" + BODY, "加强组织领导"),
        ("（一）加强组织领导：" + BODY, "加强组织领导"),
        ("（一）加强组织领导 " + BODY, "加强组织领导"),
        ("（一）加强组织领导　　" + BODY, "加强组织领导"),
        ("（一）加强组织领导.我局成立专班。", "加强组织领导"),
        ("（一）加强组织领导.2025年，我局成立专班。", "加强组织领导"),
        ("（一）加强领导，压实责任。" + BODY, "加强领导，压实责任"),
    ],
)
def test_a_run_in_heading_ends_where_its_text_begins(line: str, heading: str) -> None:
    (found,) = reading(line).headings
    assert (found.heading, found.run_in) == (heading, True)


def test_a_sentence_before_a_late_colon_is_no_label() -> None:
    line = "（一）我局围绕年度目标任务和各项考核指标认真组织开展了以下几个方面的重点工作内容：召开会议。"
    (found,) = reading(line).headings
    assert found.heading.endswith("召开会议")


@pytest.mark.parametrize("number", ["1.", "1、", "１."])
def test_arabic_numbers_straight_under_level_1_keep_their_level(number: str) -> None:
    lines = (
        "一、重点工作",
        f"{number}河道保洁",
        BODY,
        f"{number.replace('1', '2').replace('１', '２')}水质监测",
        BODY,
    )
    assert [level for level, *_ in outline(*lines)] == [1, 3, 3]


def test_numbers_used_twice_or_skipped_are_read_as_printed() -> None:
    found = outline("一、基本情况", BODY, "二、主要做法", BODY, "二、存在问题", BODY, "五、下步打算", BODY)
    assert [(number, heading) for _, number, heading in found] == [
        ("一、", "基本情况"),
        ("二、", "主要做法"),
        ("二、", "存在问题"),
        ("五、", "下步打算"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        BODY + "（一）清理河道；（二）整治岸线；（三）巡查水库。",
        "三、四季度共清理河道垃圾320吨，水面保洁实现常态化。",
        "一、二、三产业协调发展，用水效率逐步提高。",
        "2025年，全市清理河道垃圾320吨，水面保洁实现常态化。",
        "12.5公里河道完成清淤，水面保洁实现常态化。",
        "3个村完成改水任务，受益群众1.4万人，群众反映良好。",
        "85%的河段实现专人管护，水面保洁实现常态化。",
        "一是清理河道垃圾320吨，二是整治岸线12公里。",
        "首先是基层巡河力量不足，其次是经费缺口较大。",
        "第一，要坚持系统治理；第二，要坚持源头治理。",
        "（2025年1月至6月）全市清理河道垃圾320吨。",
    ],
)
def test_what_only_begins_like_a_number_is_text(line: str) -> None:
    assert outline("一、基本情况", BODY, line, BODY) == [(1, "一、", "基本情况")]


def test_bullets_and_tables_are_no_headings() -> None:
    assert outline("一、基本情况", BODY, "● 清理河道", "- 整治岸线", "◆ 巡查水库", BODY) == [
        (1, "一、", "基本情况")
    ]
    rows = ["序号\t项目\t完成情况", "1.\t清理河道\t完成", "2.\t整治岸线\t完成"]
    assert outline("一、基本情况", BODY, *rows, BODY) == [(1, "一、", "基本情况")]


def test_the_cells_of_a_table_are_text_even_where_they_look_like_headings_or_page_numbers() -> None:
    cells = [SourceLine(text=text, table=True) for text in ("一、河道", "12", "（一）岸线", "完成")]
    found = read([SourceLine(text=TITLE), SourceLine(text="一、基本情况"), SourceLine(text=BODY), *cells])
    assert [one.heading for one in found.headings] == ["基本情况"]
    assert found.roles[3:] == ("body",) * 4


def test_bare_lines_over_long_paragraphs_are_headings() -> None:
    assert outline("基本情况", LONGER, "主要做法", LONGER, "下一步打算", LONGER) == [
        (1, "", "基本情况"),
        (1, "", "主要做法"),
        (1, "", "下一步打算"),
    ]
    assert outline("一、主要做法", BODY, "狠抓水面保洁", LONGER)[1] == (2, "", "狠抓水面保洁")


def test_sentences_in_a_series_over_longer_paragraphs_are_headings() -> None:
    found = outline(
        "一、主要做法", "坚持高位推动。", LONGER, "坚持源头治理。", LONGER, "坚持全民参与。", LONGER
    )
    assert found[1:] == [(2, "", "坚持高位推动"), (2, "", "坚持源头治理"), (2, "", "坚持全民参与")]


def test_one_short_sentence_alone_is_text() -> None:
    assert outline("一、主要做法", "成效较为明显。", LONGER) == [(1, "一、", "主要做法")]


def test_a_number_that_is_split_over_lines_is_one() -> None:
    found = outline("一、主要做法", BODY, "（", "一）河道保洁", BODY, "（", "二）水质监测", BODY)
    assert [(level, heading) for level, _, heading in found[1:]] == [(2, "河道保洁"), (2, "水质监测")]


def test_a_heading_that_stops_at_a_comma_goes_on_in_the_next_line() -> None:
    found = outline("一、深入贯彻上级部署，", "全面推进河湖管护", BODY)
    assert found == [(1, "一、", "深入贯彻上级部署，全面推进河湖管护")]


def test_hard_line_breaks_make_no_headings() -> None:
    text = (
        "全市各级河长湖长认真履职，全年共出动巡查人员三千余人次，发现并整改各类问题二百余个，河湖面貌持续改善。"
        * 6
    )
    width = 30
    broken = [text[start : start + width] for start in range(0, len(text), width)]
    broken[3] = "一、二级河道" + broken[3][6:]
    broken[5] = "3.5公里岸线" + broken[5][7:]
    assert outline("　　一、基本情况", "　　" + broken[0], *broken[1:]) == [(1, "一、", "基本情况")]


NOISE = [
    "— 3 —", "- 12 -", "第 2 页 共 5 页", "当前位置：首页 > 政务公开",
    "发布时间：2025-12-30 来源：本站", "字体：【大 中 小】",
    "更多范文请访问某某文库", "需要全文请联系微信", "https://www.example.cn/a/1.html",
]  # fmt: skip


@pytest.mark.parametrize("noise", NOISE)
def test_page_noise_is_neither_heading_nor_text(noise: str) -> None:
    found = roles("一、基本情况", BODY, noise, "二、主要做法", BODY)
    assert found == ["heading", "body", "noise", "heading", "body"]


def test_a_running_head_is_noise() -> None:
    assert roles("一、基本情况", BODY, TITLE, "二、主要做法", BODY)[2] == "noise"


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["某市水务局", "2025年河湖管护工作总结"], "某市水务局2025年河湖管护工作总结"),
        (["关于2025年全市河湖管护", "工作情况的汇报"], "关于2025年全市河湖管护工作情况的汇报"),
        (["某市水务局 2025年河湖管护工作总结"], "某市水务局2025年河湖管护工作总结"),
        (["某市水务局文件", "某水发〔2025〕12号", TITLE], TITLE),
        (["首页", "2025年河湖管护工作总结"], "2025年河湖管护工作总结"),
    ],
)
def test_titles_of_one_line_and_of_two(lines: list[str], title: str) -> None:
    found = read([SourceLine(text=line) for line in (*lines, "", "一、基本情况", BODY)])
    assert found.title == title


def test_a_text_without_title_has_none() -> None:
    assert read([SourceLine(text=line) for line in (BODY, "一、基本情况", BODY)]).title == ""


def test_a_subtitle_gives_the_date_and_is_no_part_of_the_title() -> None:
    found = reading("——在全市水务工作会议上", "（2026年1月8日）", "", "一、基本情况", BODY)
    assert (found.title, found.date) == (TITLE, Date(2026, 1, 8))
    assert found.roles[1:3] == ("title", "title")


@pytest.mark.parametrize("line", ["市政府办公室：", "市政府办公室:", "各位代表：", "市委、市政府："])
def test_addressee_and_salutation(line: str) -> None:
    found = reading(line, BODY, "一、基本情况", BODY)
    assert found.addressee == line[:-1]
    assert found.roles[1:4] == ("addressee", "opening", "heading")


def test_the_transition_to_the_text_is_no_addressee() -> None:
    assert reading("现将工作情况报告如下：", "一、基本情况", BODY).addressee == ""


SIGNED = ("一、基本情况", BODY, "特此报告。")


@pytest.mark.parametrize(
    ("lines", "unit", "day"),
    [
        (["某市水务局", "2025年12月5日"], "某市水务局", Date(2025, 12, 5)),
        (["2025年12月5日", "某市水务局"], "某市水务局", Date(2025, 12, 5)),
        (["某市水务局", "二〇二五年十二月五日"], "某市水务局", Date(2025, 12, 5)),
        (["某市水务局", "二○二五年元月二十一日"], "某市水务局", Date(2025, 1, 21)),
        (["某市水务局　　2025年12月5日"], "某市水务局", Date(2025, 12, 5)),
        (["某市水务局", "2025-12-05"], "某市水务局", Date(2025, 12, 5)),
        (["某市水务局", "２０２５年１２月５日"], "某市水务局", Date(2025, 12, 5)),
        (["某市水务局"], "某市水务局", None),
        (["2025年12月5日"], "", Date(2025, 12, 5)),
        (["某市水务局", "2025年13月45日"], "某市水务局", None),
        ([], "", None),
    ],
)
def test_signatures(lines: list[str], unit: str, day: Date | None) -> None:
    found = reading(*SIGNED, "", *lines)
    assert (found.unit, found.date) == (unit, day)
    assert found.roles[3] == "closing"


def test_attachments_are_marked_and_hold_no_headings() -> None:
    found = reading(
        *SIGNED,
        "附件：1.任务清单",
        "2.责任分工表",
        "某市水务局",
        "2025年12月5日",
        "附件1",
        "任务清单",
        "一、河道保洁",
        BODY,
    )
    assert [one.heading for one in found.headings] == ["基本情况"]
    assert found.roles[4:6] == ("attachment", "attachment")
    assert set(found.roles[8:]) == {"attachment"}
    assert (found.unit, found.date) == ("某市水务局", Date(2025, 12, 5))


def test_copies_and_contacts_are_the_imprint() -> None:
    found = reading(
        *SIGNED, "某市水务局", "2025年12月5日", "抄送：市委办公室。", "某市水务局办公室 2025年12月5日印发"
    )
    assert found.roles[6:] == ("imprint", "imprint")
    assert found.unit == "某市水务局"


def test_opening_and_closing_are_told_from_the_text() -> None:
    assert roles(BODY, "一、基本情况", BODY, "特此报告。") == ["opening", "heading", "body", "closing"]


def test_headings_that_only_a_style_shows_are_read() -> None:
    source = [
        SourceLine(text=TITLE),
        SourceLine(text="基本情况", level=1),
        SourceLine(text=BODY),
        SourceLine(text="组织领导", level=2),
        SourceLine(text=BODY),
    ]
    assert [(one.level, one.heading) for one in read(source).headings] == [(1, "基本情况"), (2, "组织领导")]


def test_where_the_title_took_the_first_level_the_others_move_up() -> None:
    source = text_lines(f"# {TITLE}\n\n## 基本情况\n\n{BODY}\n\n### 组织领导\n\n{BODY}\n", markdown=True)
    found = read(source)
    assert found.title == TITLE
    assert [(one.level, one.heading) for one in found.headings] == [(1, "基本情况"), (2, "组织领导")]


def test_automatic_numbers_are_the_headings_numbers() -> None:
    source = [
        SourceLine(text=TITLE),
        SourceLine(text="基本情况", number="一、"),
        SourceLine(text="组织领导。" + BODY, number="（一）"),
        SourceLine(text="成立专班", number="1."),
    ]
    assert [(one.level, one.number, one.heading, one.run_in) for one in read(source).headings] == [
        (1, "一、", "基本情况", False),
        (2, "（一）", "组织领导", True),
        (3, "1.", "成立专班", False),
    ]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "。", "：", "（", "一、", "附件", "12", "\t\t", "一、\n（一）\n1."]
)
def test_scraps_of_text_are_read_without_headings(text: str) -> None:
    assert read(text_lines(text)).headings == ()


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the annotated corpus is not here")
def test_the_headings_of_real_documents_are_read() -> None:
    right = found = wanted = 0
    for entry in json.loads((CORPUS / "index.json").read_text(encoding="utf-8")):
        text = (CORPUS / entry["file"]).read_text(encoding="utf-8")
        ours = {(one.level, one.heading, one.line) for one in read(text_lines(text)).headings}
        theirs = {(one["level"], one["heading"].strip(), one["line"]) for one in entry["outline"]}
        right, found, wanted = right + len(ours & theirs), found + len(ours), wanted + len(theirs)
    assert wanted > 200
    assert 2 * right / (found + wanted) >= 0.98
