"""Claims against facts, and facts against the text."""

from __future__ import annotations

import datetime
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.grounding.ledger import Ledger, check
from drafter.model import Brief, Claim, Fact

FACTS = (
    "发放宣传资料300余份",
    "举办培训班6次，累计培训人员超过500人次",
    "设置宣传栏3版、张贴海报15张",
    "12月5日召开专题会议，印发《市交通运输局生活垃圾分类工作实施方案》",
    "投入资金1200万元，改造场地35000平方米",
    "知晓率由85%提升至95.6%",
    "部分群众分类意识不强",
    "一季度检查点位12处",
    "二季度检查点位15处",
    "开展“三抓三促”行动，与绿禾环保有限公司签订协议",
    "每次慰问3—5户",
)


def a_brief(*facts: str, **fields: object) -> Brief:
    given_facts = tuple(Fact(id=f"F{place}", text=text) for place, text in enumerate(facts or FACTS, start=1))
    known: dict[str, object] = {
        "doctype": "work-summary",
        "unit": "某市交通运输局",
        "period": "2025年",
        "topic": "生活垃圾分类",
        "leaders": ("省委", "市城市管理委员会"),
        "basis": ("《关于报送2025年生活垃圾分类工作总结的通知》",),
        "date": datetime.date(2025, 12, 20),
    }
    return Brief.model_validate({**known, **fields, "facts": given_facts})


def one(text: str, brief: Brief | None = None) -> Claim:
    claims = check([text], brief or a_brief()).claims
    assert len(claims) == 1, claims
    return claims[0]


def statuses(text: str, brief: Brief | None = None) -> list[str]:
    return [claim.status for claim in check([text], brief or a_brief()).claims]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("发放宣传资料300余份。", "F1"),
        ("累计培训人员超过五百人次。", "F2"),
        ("共举办６次培训班。", "F2"),
        ("投入资金1,200万元。", "F5"),
        ("投入资金0.12亿元。", "F5"),
        ("改造场地3.5万平方米。", "F5"),
        ("知晓率提升至百分之九十五点六。", "F6"),
        ("2025年12月5日召开专题会议。", "F4"),
        ("第一季度检查点位。", "F8"),
        ("印发《市交通运输局生活垃圾分类工作实施方案》。", "F4"),
        ("深化“三抓三促”行动。", "F10"),
        ("与绿禾环保有限公司签订协议。", "F10"),
        ("慰问3至5户。", "F11"),
        ("我局根据《关于报送2025年生活垃圾分类工作总结的通知》。", "brief"),
        ("二〇二五年十二月二十日", "brief"),
        ("某市交通运输局", "brief"),
        ("市交通局高度重视", "brief"),
    ],
)
def test_the_same_thing_in_another_style_is_supported(text: str, source: str) -> None:
    claim = one(text)
    assert (claim.status, source in claim.supported_by) == ("supported", True), claim


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("发放宣传资料300份。", "限定语"),
        ("累计培训人员500人次。", "限定语"),
        ("累计培训人员超过500人。", "单位"),
        ("发放手册500份。", "单位"),
        ("举办培训班约6次。", "限定语"),
        ("知晓率下降至95.6%。", "方向"),
        ("组织志愿者巡河超过500人次。", "另一件事"),
        ("发放宣传资料超过500人次。", "F1"),
        ("2024年12月5日召开专题会议。", "年份"),
        ("印发《市交通运输局垃圾分类工作实施方案》。", "不一致"),
        ("深化“三抓两促”行动。", "不一致"),
        ("某市交通远输局", "应为"),
        ("某县交通运输局", "应为"),
        ("市城市管埋委员会部署", "应为"),
    ],
)
def test_what_was_changed_on_the_way_is_drift(text: str, why: str) -> None:
    claim = one(text)
    assert claim.status == "drift", claim
    assert why in claim.why
    assert claim.supported_by


@pytest.mark.parametrize(
    "text",
    [
        "发放宣传资料400余份。",
        "举办培训班60次。",
        "慰问4户。",
        "12月15日召开专题会议。",
        "第三季度检查点位。",
        "根据国办发〔2024〕5号文件。",
        "印发《机关食堂管理办法》。",
        "打造“清风驿站”品牌。",
        "会同市水务局推进",
        "XX街道落实责任",
        "成立应急救援领导小组",
        "产量实现翻番",
    ],
)
def test_what_no_fact_holds_is_unsupported_and_says_why(text: str) -> None:
    claim = one(text)
    assert claim.status == "unsupported", claim
    assert claim.why.strip()


@pytest.mark.parametrize(
    "text",
    [
        "深入贯彻习近平新时代中国特色社会主义思想和党的二十大精神，做到“两个维护”。",
        "各科室、有关部门、下属单位协同发力，我局一抓到底。",
        "召开了一次会议，形成了一项制度。",
        "今年以来，全年工作有序推进，取得阶段性成效。",
    ],
)
def test_what_needs_no_fact_is_no_claim(text: str) -> None:
    assert check([text], a_brief()).claims == ()


def test_figures_that_changed_places_are_both_found() -> None:
    assert statuses("知晓率由95.6%提升至85%。") == ["drift", "drift"]


def test_two_figures_of_a_fact_told_in_other_words_are_supported() -> None:
    brief = a_brief("参演单位12个、人员160余人")
    assert statuses("12个单位、160余人参演。", brief) == ["supported", "supported"]


def test_figures_told_respectively_belong_to_their_own_words() -> None:
    brief = a_brief("能耗下降5.6%，水耗下降6.3%，油耗下降4.8%")
    assert statuses("能耗、水耗、油耗分别下降5.6%、6.3%、4.8%。", brief) == ["supported"] * 3
    assert "drift" in statuses("能耗、水耗、油耗分别下降4.8%、6.3%、5.6%。", brief)


def test_a_right_sum_is_supported_and_names_its_parts() -> None:
    claim = one("共检查点位27处。")
    assert (claim.status, claim.supported_by) == ("supported", ("F8", "F9"))
    assert "12处" in claim.why
    assert "15处" in claim.why


def test_a_wrong_sum_is_unsupported() -> None:
    assert one("共检查点位28处。").status == "unsupported"


def test_a_right_difference_is_supported() -> None:
    brief = a_brief("上半年检查点位12处", "下半年检查点位15处")
    claim = one("检查点位增加3处。", brief)
    assert (claim.status, claim.supported_by) == ("supported", ("F1", "F2"))


def test_a_sum_of_one_thing_and_its_change_is_none() -> None:
    brief = a_brief("发生火情11起，较上年减少4起")
    assert one("共发生火情15起。", brief).status == "unsupported"


@pytest.mark.parametrize(
    "text",
    [
        "做好以下三个方面工作：一是抓落实。二是强检查。三是促整改。",
        "聚焦生产、流通、餐饮三个环节。",
        "首先，甲。其次，乙。针对以上两个问题加以改进。",
    ],
)
def test_a_document_that_counts_its_own_items_rightly_is_structural(text: str) -> None:
    assert one(text).status == "structural"


def test_a_document_that_counts_its_own_items_wrongly_is_told_so() -> None:
    claim = one("做好以下四个方面工作：一是抓落实。二是强检查。三是促整改。")
    assert claim.status == "unsupported"
    assert "实际列出3项" in claim.why


def test_a_short_form_that_the_text_introduces_is_supported() -> None:
    lines = [
        "印发《市交通运输局生活垃圾分类工作实施方案》（以下简称《分类方案》）。",
        "严格落实《分类方案》。",
    ]
    assert {claim.status for claim in check(lines, a_brief()).claims} == {"supported"}


def test_a_short_form_of_nothing_is_not_supported() -> None:
    assert one("严格落实《分类方案》。").status != "supported"


def test_lines_and_columns_count_from_one() -> None:
    ledger = check(["开头", "发放宣传资料300余份。"], a_brief())
    (claim,) = ledger.claims
    assert (claim.line, claim.column) == (2, 7)
    assert ledger.on_line(2) == ((6, 11, claim),)
    assert ledger.uses("F1") == (claim,)


def test_facts_that_the_text_leaves_out_are_named() -> None:
    ledger = check(
        ["发放宣传资料300余份。部分群众的分类意识还不够强，有待提高。"], a_brief(FACTS[0], FACTS[6], FACTS[2])
    )
    assert ledger.unused == ("F3",)


def test_a_figure_that_a_stated_fact_has_lost_is_named() -> None:
    ledger = check(["举办培训班，累计培训人员超过500人次。"], a_brief(FACTS[1]))
    assert [(lost.fact, lost.text) for lost in ledger.lost] == [("F1", "6次")]


def test_a_fact_told_in_two_sections_is_repeated_and_in_one_is_not() -> None:
    lines = ["举办培训班6次。", "累计举办培训班6次。"]
    assert [repeat.lines for repeat in check(lines, a_brief(FACTS[1])).repeated] == [(1, 2)]
    assert check(lines, a_brief(FACTS[1]), ["work", "work"]).repeated == ()
    assert check(lines, a_brief(FACTS[1]), ["work", "plan"]).repeated != ()


@pytest.mark.parametrize(
    "lines", [[], [""], ["  "], ["123 456"], ["Hello, GDP 5.1% ABC"], ["《", "“", "〔待核实："]]
)
def test_odd_input_gets_a_sensible_answer(lines: list[str]) -> None:
    bare = Brief(doctype="x", unit="", facts=())
    assert isinstance(check(lines, bare), Ledger)
    assert isinstance(check(lines, a_brief()), Ledger)
    assert check(lines, bare).unused == ()


def test_without_facts_every_figure_is_unsupported() -> None:
    bare = Brief(doctype="x", unit="", facts=())
    assert one("举办培训班6次。", bare).status == "unsupported"


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_text_can_be_checked(lines: list[str]) -> None:
    for claim in check(lines, a_brief()).claims:
        assert lines[claim.line - 1][claim.column - 1 :].startswith(claim.text)


def test_a_long_document_costs_in_proportion_to_its_length() -> None:
    facts = [f"第{place}项工作走访企业{place * 7 + 3}家，投入{place * 11 + 5}万元" for place in range(80)]
    brief = a_brief(*facts)
    lines = [f"（{place}）{facts[place % 80]}，各项工作有序推进。" for place in range(400)]
    check(lines[:10], brief)

    def seconds(count: int) -> float:
        began = time.process_time()
        check(lines[:count], brief)
        return time.process_time() - began

    short, long = (min(seconds(count) for _ in range(3)) for count in (100, 400))
    assert long < 16 * short


def test_a_figure_without_words_of_its_own_rests_on_every_fact_that_has_it() -> None:
    brief = a_brief("签约亿元以上项目45个，其中10亿元以上5个", "对落地10亿元以上项目的招商团队一事一议奖励")
    ledger = check(["签约亿元以上项目45个，其中10亿元以上5个。"], brief)
    assert [claim.supported_by for claim in ledger.claims if claim.text == "10亿元以上"] == [("F1", "F2")]
    assert "F1" not in {lost.fact for lost in ledger.lost}


def test_a_figure_without_a_unit_is_stated_with_the_unit_that_goes_without_saying() -> None:
    brief = a_brief("14个村集体经营性收入全部超过20万元，其中3个村超百万")
    told = "14个村集体经营性收入全部超过20万元，其中3个村超{}。"
    assert check([told.format("百万元")], brief).lost == ()
    assert [one.text for one in check([told.format("千万元")], brief).lost] == ["超百万"]


TWICE = ("问题：5个处室157件材料归档超期", "整改：157件已于9月18日前补归完毕")


def test_an_amount_that_two_facts_give_is_lost_where_it_is_told_once() -> None:
    brief = a_brief(*TWICE)
    told = ["5个处室的157件材料归档超期。", "对归档超期的157件材料，已于9月18日前补归完毕。"]
    assert check(told, brief).lost == ()
    without = [told[0], "对归档超期的材料，已于9月18日前补归完毕。"]
    assert [lost.text for lost in check(without, brief).lost] == ["157件"]


def test_none_is_told_by_its_denial() -> None:
    brief = a_brief("亡人火灾0起", "出警120次")
    assert check(["全年出警120次，未发生亡人火灾。"], brief).lost == ()
    assert [lost.text for lost in check(["全年出警120次，亡人火灾得到遏制。"], brief).lost] == ["0起"]


@pytest.mark.parametrize(
    ("fact", "right", "wrong"),
    [
        ("受理案件58件，办结53件", "受理案件58件，办结53件。其余5件正在协调。", "6件"),
        (
            "审批时限由18个工作日压缩到7个",
            "审批时限由18个工作日压缩到7个工作日，净减11个工作日。",
            "12个工作日",
        ),
        ("准点率由87.6%提高到92.3%", "准点率从87.6%提高到92.3%，提升4.7个百分点。", "4.8个百分点"),
        ("接收士兵436人、军官41人", "接收士兵436人、军官41人，合计477人。", "478人"),
    ],
)
def test_a_remainder_or_a_sum_of_the_sentence_is_supported_when_it_is_right(
    fact: str, right: str, wrong: str
) -> None:
    last = check([right], a_brief(fact)).claims[-1]
    assert last.status == "supported" and last.supported_by == ("F1",) and "算得" in last.why
    changed = right.replace(last.text, wrong)
    assert [claim.text for claim in check([changed], a_brief(fact)).open] == [wrong]


@pytest.mark.parametrize(
    ("unit", "right", "slip"),
    [
        ("南粤市餐饮行业协会", "一年来，协会坚持服务会员。协会办公室设在南街。", "春会"),
        ("海湾景区管理委员会", "一年来，管委会坚持服务游客。管委会办公室设在南街。", "管海会"),
    ],
)
def test_what_a_unit_calls_itself_is_held_to_its_letters(unit: str, right: str, slip: str) -> None:
    brief = a_brief("举办培训班6次", unit=unit, leaders=(), basis=())
    word = "协会" if "协会" in unit else "管委会"
    assert statuses(right, brief) == []
    assert [claim.text for claim in check([right.replace(word, slip, 1)], brief).open] == [slip]
    assert statuses("一年来，受理事会委托，召开年会，组织展会。", brief) == []


def test_figures_told_in_another_order_have_not_changed_places() -> None:
    brief = a_brief("义务植树1.15亿株，参加人数2,680万人次", "建成“澄心书房”16家，面积2,300平方米")
    assert statuses("参加义务植树2680万人次，植树1.15亿株。", brief) == ["supported"] * 2


def test_the_next_part_of_the_year_may_be_planned_but_not_reported() -> None:
    brief = a_brief("举办培训班6次", period="2025年前三季度", date=datetime.date(2025, 10, 20))
    assert check(["四、四季度工作打算", "四季度，我局将继续举办培训班。"], brief).open == ()
    assert [claim.text for claim in check(["四季度举办了培训班6次。"], brief).open] == ["四季度"]


def test_only_kinds_are_counted_by_what_the_clause_before_lists() -> None:
    brief = a_brief("3个村受益", "配发铜锣、手摇报警器各28件")
    assert check(["配发铜锣和手摇报警器，两种器材各28件。"], brief).open == ()
    assert [claim.text for claim in check(["改造厕所、道路，两个村受益。"], brief).open] == ["两个"]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("预警客户中还有7户没有化解。", ["培训7人", "风险预警29户，化解22户"]),
        ("尚有5项隐患没有完成整改。", ["遗留5项：管网占压3处、变频柜老化2台", "发现隐患163项，整改158项"]),
        ("求助和纠纷两类合计1464起。", ["接警1,736起，其中纠纷623起、求助841起"]),
        (
            "购置农机花了34.8万元，补贴10.2万元，社里实际支付24.6万元。",
            ["购置农机花34.8万元，其中补贴10.2万元"],
        ),
    ],
)
def test_what_is_left_of_a_fact_may_be_worked_out(text: str, facts: list[str]) -> None:
    brief = a_brief(*facts)
    assert check([text], brief).open == ()
    for right, wrong in (("7户", "8户"), ("5项", "6项"), ("1464", "1466"), ("24.6", "24.7")):
        if right in text:
            assert check([text.replace(right, wrong)], brief).open != ()


@pytest.mark.parametrize(
    "text",
    [
        "先后对区教育局、区住建局、区卫健局开展评议，三家单位作了整改。",
        "受理来电21万个，派车4万次，三项指标同比增长。".replace("三", "两"),
        "为此，要做到三个再加力。\n一是业务再加力。\n二是风控再加力。\n三是管理再加力。",
        "还存在两方面的短板。一方面，人手不足。另一方面，设备老旧。",
    ],
)
def test_a_document_counts_what_it_has_named(text: str) -> None:
    brief = a_brief("受理来电21万个，派车4万次", "评议区教育局、区住建局、区卫健局", "培训3期")
    assert check(text.split("\n"), brief).open == ()


@pytest.mark.parametrize(
    ("right", "name", "slip"),
    [
        ("自查小组检查9次。", "自查小组", "江查小组"),
        ("自查工作专班检查9次。", "自查工作专班", "自泰工作专班"),
        ("由感染科牵头检查9次。", "感染科", "感丰科"),
        ("质量部牵头检查9次。", "质量部", "质新部"),
        ("理事会检查9次。", "理事会", "理林会"),
        ("专班检查9次。专班紧盯不放。", "专班", "林班"),
    ],
)
def test_working_groups_and_departments_are_held_to_their_letters(right: str, name: str, slip: str) -> None:
    brief = a_brief(
        "由感染科牵头检查9次", "质量部牵头检查9次", "理事会检查9次，自查9次", unit="云溪县人民医院", basis=()
    )
    lines = [right, "本次自查由院办组织，自查各组分头检查，核查组复核。"]
    assert check(lines, brief).open == ()
    assert [claim.text for claim in check([right.replace(name, slip, 1), lines[1]], brief).open] == [slip]


def test_the_period_of_the_report_is_no_other_time_of_a_plan() -> None:
    brief = a_brief(
        "四季度目标：新增担保2亿元",
        "新增担保8亿元",
        period="2025年前三季度",
        date=datetime.date(2025, 10, 20),
    )
    assert check(["前三季度新增担保8亿元。"], brief).open == ()
    assert [claim.text for claim in check(["前三季度计划新增担保2亿元。"], brief).open] == ["前三季度"]
