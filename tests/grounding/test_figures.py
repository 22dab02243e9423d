"""What the figure reader takes from a text, and what it leaves."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.grounding.figures import Figure, read

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
LETTERS = (
    "发放宣传资料举办培训班超过约近余多一二三两十百千万亿第"
    "0123456789０５.,，。；：、%％百分之点年月日季度个次人名元《》“”〔〕（）是至—到X局街道办公室公司 abcGDP\n"
)
read("1")  # The word lists are compiled once, and not in the time of a property's first example.


def only(text: str) -> Figure:
    figures = read(text)
    assert len(figures) == 1, figures
    return figures[0]


def kinds(text: str) -> list[tuple[str, str]]:
    return [(figure.kind, figure.text) for figure in read(text)]


@pytest.mark.parametrize(
    ("text", "printed", "number", "unit", "qualifier"),
    [
        ("发放宣传资料300余份", "300余份", 300, "份", "above"),
        ("累计培训人员超过500人次", "超过500人次", 500, "人次", "above"),
        ("发表稿件近100篇次", "近100篇次", 100, "篇次", "below"),
        ("吸引数千名网友", "数千名", 1000, "人", "some"),
        ("投入1,200万元", "1,200万元", 12_000_000, "元", ""),
        ("投入2000余万元", "2000余万元", 20_000_000, "元", "above"),
        ("增收约6000余元", "约6000余元", 6000, "元", "about+above"),
        ("改造3.5万平方米", "3.5万平方米", 35000, "平方米", ""),
        ("参与五百人次", "五百人次", 500, "人次", ""),
        ("接待１２００人", "１２００人", 1200, "人", ""),
        ("覆盖5万人以上", "5万人以上", 50000, "人", "above"),
        ("压缩至3天以内", "3天以内", 3, "日", "within"),
        ("浓度11.8微克/立方米", "11.8微克/立方米", Fraction(118, 10**10), "千克/立方米", ""),
        ("节约500万元", "500万元", 5_000_000, "元", ""),
        ("附近5个村", "5个", 5, "个", ""),
        ("走访几十家", "几十家", 10, "家", "some"),
        ("共1.2万余人", "1.2万余人", 12000, "人", "above"),
        ("平均9分12秒到达", "9分12秒", Fraction(46, 5), "分钟", ""),
        ("用时1小时25分钟以内", "1小时25分钟以内", 85, "分钟", "within"),
        ("首次跨上600万台阶", "600万", 6_000_000, "", ""),
    ],
)
def test_a_quantity_has_value_unit_and_qualifier(
    text: str, printed: str, number: Fraction, unit: str, qualifier: str
) -> None:
    figure = only(text)
    assert (figure.text, figure.value, figure.unit, figure.qualifier) == (printed, number, unit, qualifier)


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("达到95.6%", "percent", "95.6", "95.6"),
        ("达到95.6％", "percent", "95.6", "95.6"),
        ("达到95.6℅", "percent", "95.6", "95.6"),
        ("达到百分之九十五点六", "percent", "95.6", "95.6"),
        ("坡度3.78‰", "percent", "0.378", "0.378"),
        ("提高3.2个百分点", "percentage_point", "3.2", "3.2"),
        ("四分之三", "fraction", "75", "75"),
        ("超过七成", "fraction", "70", "70"),
        ("增长7.1倍", "multiple", "7.1", "7.1"),
        ("每次3—5个", "range", "3", "5"),
        ("多立二到三起", "range", "2", "3"),
        ("走访三四户", "range", "3", "4"),
        ("约十七八人", "range", "17", "18"),
        ("补助3至5万元", "range", "30000", "50000"),
        ("奖励2000——200元", "range", "2000", "200"),
        ("抽查10%—15%", "range", "10", "15"),
    ],
)
def test_shares_and_ranges_have_exact_bounds(text: str, kind: str, low: str, high: str) -> None:
    figure = only(text)
    assert (figure.kind, figure.lo, figure.hi) == (kind, Fraction(low), Fraction(high))


@pytest.mark.parametrize(
    ("text", "kind", "normal"),
    [
        ("2025年12月5日", "date", "2025-12-05"),
        ("二〇二六年十二月五日", "date", "2026-12-05"),
        ("12月5日", "date", "????-12-05"),
        ("2025-12-05", "date", "2025-12-05"),
        ("二〇二六年", "period", "2026"),
        ("第三季度", "period", "????-Q3"),
        ("三季度", "period", "????-Q3"),
        ("2025年上半年", "period", "2025-H1"),
        ("1至9月", "period", "????-01~09"),
        ("“十四五”时期", "period", "十四五"),
        ("每季度", "period", "每季度"),
        ("8:30", "time", "8:30"),
        ("《关于“两新”工作的通知》", "title", "关于两新工作的通知"),
        ("“三抓三促”", "name", "三抓三促"),
        ("根据国办发〔2024〕5号", "document_number", "国办发2024-5"),
        ("202x年", "placeholder", "202X年"),
        ("XX街道", "placeholder", "XX街道"),
        ("由市生态环境局", "body", "市生态环境局"),
        ("海棠区文化和旅游局", "body", "海棠区文化和旅游局"),
        ("会同县公安局森林分局", "body", "县公安局森林分局"),
    ],
)
def test_times_and_names_have_a_form_to_compare_by(text: str, kind: str, normal: str) -> None:
    figure = only(text)
    assert (figure.kind, figure.normal) == (kind, normal)


def test_a_unit_or_a_month_told_once_holds_for_what_follows() -> None:
    units = [figure.unit for figure in read("由18个工作日压缩到7个；办件7个批次")]
    assert units[:2] == ["个工作日"] * 2 and units[2] != "个工作日"
    counts = [(figure.text, figure.unit) for figure in read("调解61起（雇工23、买卖20），另有5")]
    assert counts[:3] == [("61起", "起"), ("23", "起"), ("20", "起")] and ("5", "起") not in counts
    days = [(figure.kind, figure.normal) for figure in read("自查5月12日启动，30日结束，用时18日")]
    assert days == [("date", "????-05-12"), ("date", "????-05-30"), ("quantity", "")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "排放分别为4.8、21和43毫克/立方米。",
            [("4.8", "3/625000"), ("21", "21/1000000"), ("43毫克/立方米", "43/1000000")],
        ),
        ("大厅面积1,120平方米。", [("1,120平方米", "1120")]),
        ("2．2号冷库超温3℃。", [("3℃", "3")]),
        ("社员516口人，监事3个人。", [("516口人", "516"), ("3个人", "3")]),
        ("9月3日查起，24日查完，展到26日。", []),
    ],
)
def test_units_and_numerals_stand_where_they_are_told(text: str, told: list[tuple[str, str]]) -> None:
    found = [figure for figure in read(text) if figure.lo is not None]
    assert [(one.text, str(one.lo)) for one in found] == told


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        ("不足参赛队伍总数的15%", "below"),
        ("约占鲜切花的六成", "about"),
        ("控制在3.9亿立方米的年度指标以内", "within"),
        ("排队最多时达到42人", "within"),
    ],
)
def test_a_qualifier_may_stand_apart(text: str, qualifier: str) -> None:
    assert only(f"其中，{text}").qualifier == qualifier


def test_a_year_before_a_colon_is_no_ratio() -> None:
    assert next((figure.kind, figure.normal) for figure in read("2026：11个小区")) == ("period", "2026")
    assert read("配比为1：3")[0].kind == "fraction"


@pytest.mark.parametrize(
    "text",
    [
        "一是加强领导；二是压实责任；三是强化督查。",
        "（一）基本情况",
        "一、总体要求",
        "1.抓好落实",
        "首先、其次、最后",
        "推进减量化、资源化、无害化，构建一体化格局",
        "深入贯彻党的二十大和二十届三中全会精神",
        "落实一岗双责，第一时间赶到一线，全方位推进",
        "新建一批项目，采取一系列措施，解决一些问题，进一步提升",
        "坚持五位一体，千方百计、万众一心，十分重要",
        "各科室、有关部门、下属单位、各街道、社区和我局",
        "构建新发展格局，服务大局，开好局起好步",
        "PM2.5、5G基站、4A级景区、世界500强、7×24小时".replace("7×24小时", ""),
        "统一部署、统一组织，逐一销号",
        "发扬“”精神",
        "〔待补充：3项以上成效〕",
        "“三农”".replace("“三农”", "三农工作"),
    ],
)
def test_enumerations_idioms_and_general_words_are_no_figures(text: str) -> None:
    assert read(text) == []


def test_numerals_inside_names_are_not_read_again() -> None:
    assert kinds("印发《2025年10项实事》，落实“六个百分百”") == [
        ("title", "《2025年10项实事》"),
        ("name", "“六个百分百”"),
    ]


def test_a_verb_tells_rise_from_fall_and_by_from_to() -> None:
    directions = [figure.direction for figure in read("增长5%，下降3%，提高到90%，压缩至3天")]
    assert directions == ["up", "down", "up-to", "down-to"]


def test_neighbouring_figures_are_kept_apart() -> None:
    assert kinds("带动104户265人，由21%提升至74%") == [
        ("quantity", "104户"),
        ("quantity", "265人"),
        ("percent", "21%"),
        ("percent", "74%"),
    ]


def test_the_noun_counted_is_the_word_behind_or_else_before() -> None:
    assert only("派驻14名检察服务官").noun.startswith("检察服务官")
    assert only("发放宣传资料300余份").noun.endswith("宣传资料")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "Hello GDP grew, see https://example.org",
        "3",
        "《",
        "“",
        "第",
        "百分之",
        "三分之",
        "〔",
    ],
)
def test_odd_input_gives_no_exception(text: str) -> None:
    read(text)


@given(st.text(alphabet=LETTERS, max_size=80))
def test_spans_are_exact_and_never_overlap(text: str) -> None:
    end = 0
    for figure in read(text):
        assert figure.start >= end
        assert text[figure.start : figure.end] == figure.text != ""
        end = figure.end


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert all(text[figure.start : figure.end] == figure.text for figure in read(text))


@given(st.integers(min_value=3, max_value=99_999_999))
def test_a_count_survives_every_style_of_numeral(number: int) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in str(number))
    wide_groups = f"{number:,}".translate({**{48 + d: 0xFF10 + d for d in range(10)}, 44: "，"})
    styles = [str(number), f"{number:,}", wide, wide_groups, cn2an.an2cn(number), f"{number / 10000:.4f}万"]
    for style in styles:
        figure = only(f"发放资料{style}份")
        assert (figure.text, figure.value, figure.unit) == (f"{style}份", number, "份")


@given(st.integers(min_value=1, max_value=9999))
def test_a_percent_survives_every_style_of_numeral(hundredths: int) -> None:
    number = f"{hundredths / 100:.2f}"
    for style in (f"{number}%", f"{number}％", f"百分之{cn2an.an2cn(number)}"):
        figure = only(f"达到{style}")
        assert (figure.kind, figure.value) == ("percent", Fraction(number))


@given(st.dates())
def test_a_date_survives_both_styles(day: object) -> None:
    year, month, date = str(day).split("-")
    if not 1900 <= int(year) < 2100:
        return
    digits = "".join("〇一二三四五六七八九"[int(d)] for d in year)
    chinese = f"{digits}年{cn2an.an2cn(int(month)).removeprefix('一') or '一'}月{cn2an.an2cn(int(date))}日"
    chinese = re.sub("一十", "十", chinese)
    for text in (f"{year}年{int(month)}月{int(date)}日", chinese.replace("年月", "年一月")):
        assert only(text).normal == str(day)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the annotated corpus is not here")
def test_the_annotated_quantities_of_real_documents_are_read() -> None:
    wanted = missed = 0
    for entry in json.loads((CORPUS / "index.json").read_text(encoding="utf-8")):
        text = (CORPUS / entry["file"]).read_text(encoding="utf-8")
        digits = {place for figure in read(text) for place in range(figure.start, figure.end)}
        for quantity in entry["quantities"]:
            wanted += 1
            spans = [match.span() for match in re.finditer(re.escape(quantity), text)]
            missed += not any(
                all(
                    place in digits
                    for place in range(*span)
                    if re.match(r"[\d一二三四五六七八九十两]", text[place])
                )
                for span in spans
            )
    assert wanted > 200
    assert missed / wanted <= 0.02


@pytest.mark.parametrize("letters", ["1", "十", "二〇", "123,"])
def test_an_overlong_run_of_numerals_is_no_figure(letters: str) -> None:
    assert read(letters * 100 + "。") == []


def test_a_figure_beside_an_overlong_run_is_read_at_its_place() -> None:
    (found,) = read("编号" + "7" * 500 + "，发放资料300份")
    assert (found.text, found.start) == ("300份", 507)
