"""Facts told freely: in another order, with inversions, short forms and round figures, and errors there."""

from __future__ import annotations

import datetime

import pytest

from drafter.grounding.ledger import check
from drafter.grounding.shortforms import shortens
from drafter.model import Brief, Claim, Fact

FACTS = (
    "平均等候时间12分钟，较上年缩短5分钟",
    "聘用护林员214名，占职工总数的35.7%",
    "由2020年的6,300元增至2024年的9,450元的人均收入",
    "推行“错峰预约”，惠及1.8万人次",
    "2024年3月至7月开展果园普查，普查果园3,120个",
    "举办技术讲座9场、听众1,450人次",
    "全年处理纠纷案件47起，涉及63人",
    "约三成果园缺少灌溉设施",
    "年租金收入26万元",
    "争取资金88.6万元",
    "与县委农办、县妇联、柳溪镇共建示范果园",
    "与丰谷农业科技有限公司签订协议",
    "2025年6月底前建成分拣中心",
    "粮食产量1.2万吨，增长4.3%",
    "蔬菜产量3.6万吨，同比增长7.9%",
    "县发展改革局派驻专班5人",
    "建成冷藏中心1个",
)


def a_brief(**fields: object) -> Brief:
    known: dict[str, object] = {
        "doctype": "work-summary",
        "unit": "江州市林业局",
        "period": "2024年",
        "topic": "林果产业",
        "leaders": ("市委",),
        "basis": ("《江州市林果产业三年行动实施方案（2023—2025年）》",),
        "date": datetime.date(2025, 1, 10),
        "facts": tuple(Fact(id=f"F{place}", text=text) for place, text in enumerate(FACTS, start=1)),
    }
    return Brief.model_validate({**known, **fields})


def wrong(text: str, brief: Brief | None = None) -> list[str]:
    return [claim.text for claim in check([text], brief or a_brief()).open]


def only_wrong(text: str) -> Claim:
    (claim,) = check([text], a_brief()).open
    return claim


@pytest.mark.parametrize(
    "text",
    [
        "平均等候时间缩短5分钟，降至12分钟。",
        "现有护林员214名，占职工总数的35.7%。",
        "2024年，人均收入达到9450元，而2020年仅为6300元。",
        "推行“错峰预约”，1.8万人次从中受益。",
        "果园普查从2024年3月开始，到当年7月结束，历时五个月，普查果园3120个。",
        "先后办讲座9场，听众达1450人次。",
        "约有三成果园缺少灌溉设施。",
        "每年可获租金26万元。",
        "争取资金近89万元（88.6万元）。",
        "争取资金突破80万元，达到88.6万元。",
        "市林业局主动对接县委农办和县妇联。",
        "主动对接县发展改革局，争取专班5人。",
        "蔬菜产量3.6万吨，增长7.9%。粮食产量实现1.2万吨，同比增长4.3%。",
        "让果农吃上了“定心丸”。",
        "2025年，我局将重点抓好以下工作。",
        "二、2025年工作打算",
    ],
)
def test_a_fact_told_in_other_words_raises_no_alarm(text: str) -> None:
    assert wrong(text) == []


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("平均等候时间缩短12分钟，降至5分钟。", ["12分钟", "5分钟"]),
        ("2024年，人均收入达到6300元，而2020年仅为9450元。", ["6300元", "9450元"]),
        ("先后办讲座1450人次，听众达9场。", ["1450人次", "9场"]),
        ("粮食产量1.2万吨，增长7.9%，蔬菜产量3.6万吨，增长4.3%。", ["7.9%", "4.3%"]),
        ("处理63人案件，涉及47起。", ["63人", "47起"]),
    ],
)
def test_figures_that_changed_places_are_both_found(text: str, figures: list[str]) -> None:
    assert set(figures) <= set(wrong(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("江州市林北局认真部署。", "江州市林北局"),
        ("市中业局认真部署。", "市中业局"),
        ("会同盛委农办开展培训。", "盛委农办"),
        ("会同江妇联开展培训。", "江妇联"),
        ("在柳南镇建设示范果园。", "柳南镇"),
        ("昌溪镇建设示范果园。", "昌溪镇"),
        ("县新展改革局派驻专班5人。", "县新展改革局"),
    ],
)
def test_a_body_or_place_of_the_brief_with_a_letter_wrong_is_found(text: str, found: str) -> None:
    assert wrong(text) == [found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("二、2024年工作打算", "2024年"),
        ("2024年，我局将重点抓好以下工作。", "2024年"),
        ("2025年，全市林果产业发展势头良好。", "2025年"),
        ("分拣中心将于2024年6月底前建成。", "2024年6月底"),
        ("果园普查从2024年4月开始，到当年7月结束。", "2024年4月"),
        ("2023年，人均收入达到9450元。", "2023年"),
    ],
)
def test_a_time_that_was_moved_is_found(text: str, found: str) -> None:
    assert found in wrong(text)


def test_both_halves_of_a_year_belong_to_their_own_tense() -> None:
    brief = a_brief(
        period="2024年上半年",
        date=datetime.date(2024, 7, 5),
        facts=(Fact(id="F1", text="下半年：建成林道8公里"),),
    )
    assert wrong("一、上半年工作情况", brief) == []
    assert wrong("二、下半年工作安排", brief) == []
    assert wrong("一、下半年工作情况", brief) == ["下半年"]
    assert wrong("二、上半年工作安排", brief) == ["上半年"]
    assert wrong("前六个月，各项工作稳步推进。", brief) == []


@pytest.mark.parametrize("text", ["争取资金近90万元。", "争取资金超80万元。"])
def test_a_round_figure_that_no_exact_one_follows_is_not_supported(text: str) -> None:
    assert len(wrong(text)) == 1


def test_a_length_of_time_has_to_follow_from_its_dates() -> None:
    assert wrong("果园普查从2024年3月开始，到当年7月结束，历时三个月。") == ["三个月"]


@pytest.mark.parametrize(
    ("short", "full", "title", "fits"),
    [
        ("实施方案", "江州市林果产业三年行动实施方案（2023—2025年）", True, True),
        ("行动方案", "江州市林果产业三年行动实施方案", True, True),
        ("方案", "江州市林果产业三年行动实施方案", True, True),
        ("实施东案", "江州市林果产业三年行动实施方案", True, False),
        ("施方案", "江州市林果产业三年行动实施方案", True, False),
        ("实施方", "江州市林果产业三年行动实施方案", True, False),
        ("省二院", "省立第二医院", False, True),
        ("省山院", "省立第二医院", False, False),
        ("省二", "省立第二医院", False, False),
        ("丰谷公司", "与丰谷农业科技有限公司", False, True),
        ("丰公司", "与丰谷农业科技有限公司", False, False),
        ("农普", "第四次全国农业普查", False, True),
        ("双创", "创新创业双示范基地", False, True),
        ("三农普", "第四次全国农业普查", False, False),
        ("我局", "江州市林业局", False, True),
    ],
)
def test_a_short_form_is_made_of_its_full_name(short: str, full: str, title: bool, fits: bool) -> None:
    assert shortens(short, full, title=title) is fits


def test_a_short_form_that_fits_may_be_used_from_then_on() -> None:
    lines = [
        "与丰谷农业科技有限公司（以下简称“丰谷公司”）签订协议。",
        "果农在丰谷公司带动下增收。",
    ]
    assert check(lines, a_brief()).open == ()


def test_a_short_form_that_does_not_fit_says_so() -> None:
    claim = only_wrong("与丰谷农业科技有限公司（以下简称“丰林公司”）签订协议。")
    assert (claim.text, "简称" in claim.why) == ("“丰林公司”", True)


def test_a_quoted_name_is_a_claim_where_something_is_called_by_it() -> None:
    assert wrong("打造“绿野行动”，让果园成为“聚宝盆”。") == ["“绿野行动”"]
    assert wrong("推行“错锋预约”，方便果农。") == ["“错锋预约”"]


def test_the_ends_of_a_range_are_in_one_unit() -> None:
    brief = a_brief(facts=(Fact(id="F1", text="月工资2,600—4,500元"),))
    assert wrong("月工资在2600元至4500元之间。", brief) == []
    assert "2600公斤" in wrong("月工资在2600公斤至4500元之间。", brief)


def test_a_figure_in_the_wrong_place_is_marked_but_not_reported_lost() -> None:
    brief = a_brief(facts=(Fact(id="F1", text=FACTS[0]),))
    ledger = check(["平均等候时间缩短12分钟，降至5分钟。"], brief)
    assert len(ledger.open) == 2
    assert ledger.lost == ()


def test_one_of_a_thing_is_told_by_its_noun() -> None:
    brief = a_brief(facts=(Fact(id="F1", text=FACTS[16]),))
    assert check(["冷藏中心建成投用。"], brief).lost == ()


def test_a_name_or_a_remedied_problem_is_not_told_twice() -> None:
    facts = (
        Fact(id="F1", text="《果园管护办法》2024年3月1日起施行"),
        Fact(id="F2", text="3处水渠损毁未修复", kind="problem"),
        Fact(id="F3", text="新修林道26公里"),
    )
    lines = [
        "《果园管护办法》2024年3月1日起施行，新修林道26公里，3处水渠损毁未修复。",
        "严格执行《果园管护办法》，尽快修复损毁的3处水渠，在林道沿线补植，共26公里。",
        "全年新修林道26公里。",
    ]
    assert [(one.fact, one.lines) for one in check(lines, a_brief(facts=facts)).repeated] == [("F3", (1, 3))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("平均等候时间降到了12分钟。", []),
        ("全年争取资金88.6万元，比计划提前两个月。", ["两个月"]),
        ("先后举办1450人次技术讲座，听众9场。", ["1450人次", "9场"]),
    ],
)
def test_what_a_figure_counts_and_when_is_read_from_the_words_beside_it(text: str, found: list[str]) -> None:
    assert wrong(text) == found


def test_a_place_in_a_ranking_may_leave_out_its_unit() -> None:
    brief = a_brief(facts=(Fact(id="F1", text="公众满意度居全省第4位"),))
    assert wrong("公众满意度位居全省第四。", brief) == []
    assert wrong("公众满意度位居全省第五。", brief) == ["第五"]


def wrong_in(brief: Brief, *lines: str) -> list[str]:
    return [claim.text for claim in check(lines, brief).open]


def facts(*texts: str) -> tuple[Fact, ...]:
    return tuple(Fact(id=f"F{place}", text=text) for place, text in enumerate(texts, start=1))


def test_a_unit_left_to_the_words_beside_it_raises_no_alarm() -> None:
    brief = a_brief(facts=facts("新装路灯2,185盏，惠及居民近6万人"))
    assert wrong_in(brief, "新装路灯2185盏，近6万居民受益。") == []


def test_a_list_of_unlike_units_may_be_told_in_any_order() -> None:
    brief = a_brief(facts=facts("县农商行发放贷款1275万元、57笔"))
    assert wrong_in(brief, "县农商行发放贷款57笔、1275万元。") == []


def test_a_figure_in_the_stead_of_one_that_is_told_nowhere_is_found() -> None:
    brief = a_brief(facts=facts("排查安全隐患57处，整改55处"))
    assert wrong_in(brief, "全年排查安全隐患57处，整改55处。") == []
    assert wrong_in(brief, "全年排查安全隐患55处，整改55处。") == ["55处"]


def test_a_figure_that_the_document_tells_in_its_place_is_no_rival() -> None:
    brief = a_brief(facts=facts("人工造林面积2.4万亩", "林区管护面积1150亩，其中人工造林"))
    lines = ("林区人工造林1150亩。", "全市人工造林面积2.4万亩。")
    assert wrong_in(brief, *lines) == []
    assert wrong_in(brief, "全市人工造林面积1150亩。") == ["1150亩"]


@pytest.mark.parametrize(
    "text",
    [
        "做到三个到位，实现两个提升。",
        "一日一调度、一月一通报，逐月盘点。",
        "实行24小时值守，办好“12·4”国家宪法日活动。",
        "让群众走好就业第一站。",
        "全市有人民调解委员会，稳定司法所队伍。",
        "市委、市政府高度重视。",
    ],
)
def test_a_common_saying_claims_nothing(text: str) -> None:
    assert wrong(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("在秋委、市政府领导下。", "秋委"),
        ("按照市委、新政府部署。", "新政府"),
        ("认真贯彻华委决策部署。", "华委"),
    ],
)
def test_a_committee_or_government_with_its_letter_wrong_is_found(text: str, found: str) -> None:
    assert wrong(text) == [found]


@pytest.mark.parametrize(
    ("unit", "right", "slip"),
    [
        ("明港市港航事业发展中心", "港航中心", "港林中心"),
        ("平江市公共交通集团有限公司", "市公交集团", "市公安集团"),
        ("国网青峰县供电公司", "县供电公司", "县供电海司"),
        ("清河街道柳岸社区居委会", "柳岸社区", "柳泰社区"),
    ],
)
def test_the_unit_goes_by_its_short_name_and_a_slip_in_it_is_found(unit: str, right: str, slip: str) -> None:
    brief = a_brief(unit=unit)
    assert wrong(f"今年以来，{right}认真贯彻部署。", brief) == []
    assert wrong(f"今年以来，{slip}认真贯彻部署。", brief) == [slip]


def test_a_time_to_come_is_out_of_place_only_where_the_text_reports() -> None:
    report = ("一、工作情况", "争取资金88.6万元。")
    assert wrong_in(a_brief(), *report, "二、乘势而上，书写2025年新篇章") == []
    assert wrong_in(a_brief(), *report, "二、2025年工作情况") == ["2025年"]


@pytest.mark.parametrize(
    ("fact", "text", "found"),
    [
        ("编制22名，实际在岗17名", "编制22名，实际在岗17名，空着5个编制。", []),
        ("编制22名，实际在岗17名", "编制22名，实际在岗17名，空着6个编制。", ["6个"]),
        ("子公司由29家压减至21家", "共减少子公司8家，由29家压减至21家。", []),
        ("计划投资58亿元，完成61.3亿元", "计划投资58亿元。实际完成61.3亿元，比计划多出3.3亿元。", []),
        ("剩余问题13个", "剩余问题13个。这13个都是硬骨头。", []),
        ("剩余问题13个", "剩余问题13个。这13家都是硬骨头。", ["13家"]),
        ("修复青铜器36件、书画52件、陶瓷119件", "修复青铜器36件、书画52件、陶瓷119件，三类各有其难。", []),
        ("查出问题41个：消防13、食堂9、护理19", "查出问题41个，食堂方面9个，消防方面13个，护理19个。", []),
        ("查出问题41个：消防13、食堂9、护理19", "查出问题41个，食堂9场，消防13个，护理19个。", ["9场"]),
        ("60岁以上老人1.73万人", "年满60岁的老人1.73万人。", []),
        ("1—6月新增就业18,642人", "今年头6个月新增就业18642人。", []),
        ("补贴每案50—200元", "补贴为每案200元到50元。", ["200元到50元"]),
        ("1月12日全部退回", "于41月12日全部退回。", ["41月12日"]),
        ("8月12日21时06分负荷最高", "8月12日61时06分负荷最高。", ["61时06分"]),
        ("望江区5,310处；北津区4,206处", "北津区4206处，望江区5310处。", []),
        ("望江区5,310处；北津区4,206处", "宁江区5310处，北津区4206处。", ["宁江区"]),
        ("成立自查领导小组", "成立林果产业自查领导小组。", []),
        ("成立自查领导小组", "成立林秋产业自查领导小组。", ["林秋产业自查领导小组"]),
        ("贷款2,860户、12.3亿元", "向12.3亿元小微企业放款2860户。", ["12.3亿元", "2860户"]),
    ],
)  # fmt: skip
def test_what_a_sentence_makes_of_its_figures_is_read_as_people_do(
    fact: str, text: str, found: list[str]
) -> None:
    assert wrong(text, a_brief(period="2025年", date=None, facts=facts(fact))) == found


def test_figures_among_others_of_their_own_fact_have_not_changed_places() -> None:
    brief = a_brief(facts=facts("补贴5,438万元，惠及7.2万户", "补贴农机618万元、742台，受益农户近600户"))
    told = "补贴5438万元，7.2万户农户从中受益。补贴农机618万元、742台，得到实惠的农户近600户。"
    assert wrong(told, brief) == []


@pytest.mark.parametrize(
    ("fact", "text", "found"),
    [
        ("等候时间由28分钟缩短到13分钟", "等候时间由28分钟缩短到13分钟，少等15分钟。", []),
        ("等候时间由28分钟缩短到13分钟", "等候时间由28分钟缩短到15分钟。", ["15分钟"]),
        ("给予处分12人：训诫5人、警告7人", "给予处分12人，其中训诫5人、警告7人。", []),
        ("给予处分12人：训诫5人、警告4人、谴责3人", "给予处分12人：训诫5人、警告7人、谴责3人。", ["7人"]),
        ("60岁以上的食堂从业人员9人", "60岁以上的食堂从业人员6人。", ["6人"]),
        ("3月和10月各召开一次会议，参会63人", "3月和10月各召开会议，参会63人。", []),
        ("3月和10月各召开一次会议，参会63人", "3月和3月各召开会议，参会63人。", ["3月", "3月"]),
        ("0—6岁儿童1,563人", "管理0—6岁儿童1563人。", []),
        ("0—6岁儿童1,563人", "管理00—6岁儿童1563人。", ["00—6岁"]),
        ("执行水价0.11元/立方米", "执行水价为每立方米0.11元。", []),
        ("困人故障今年1—4月2起", "今年1至4月，困人故障为2起。", []),
        ("与石门林场签订联防协议", "我场与石门林场签订联防协议。两家一条心。", []),
        ("抽检60份，合格58份", "抽检60份，合格58份。有2份不合格。", []),
        ("建议更新112台，建议修理131台", "结论分为两类：建议更新的112台，建议修理的131台。", []),
        ("住院满意度95.6%，门诊满意度91.3%", "与住院相比，门诊满意度低4.3个百分点。", []),
        ("住院满意度95.6%，门诊满意度91.3%", "与住院相比，门诊满意度低4.7个百分点。", ["4.7个百分点"]),
        ("水分超标0.3个百分点", "水分超标，超出0.3个百分点。", []),
        ("卫生院18家、服务中心4家参与", "22家机构参与，其中卫生院18家、服务中心4家。", []),
        ("卫生院18家、服务中心4家参与", "23家机构参与，其中卫生院18家、服务中心4家。", ["23家"]),
        ("拆除违法建设386处、5.9万平方米", "拆除违法建设386处，面积5.9万平方米。", []),
        ("拆除违法建设386处、5.9万平方米", "拆除违法建设5.9万平方米，面积386处。", ["5.9万平方米", "386处"]),
        ("7月19日降雨212毫米，水位58.37米", "7月19日的暴雨是一场大考。当日降雨212毫米，水位58.37米。", []),
        ("成立安全自查工作专班，11人", "成立安全自查工作专班，11人参加。", []),
        ("成立安全自查工作专班，11人", "成立安全春查工作专班，11人参加。", ["全春查工作专班"]),
        ("除名2家（金榕酒楼、老巷子烧烤店）", "除名2家，即金榕华楼和老巷子烧烤店。", ["金榕华楼"]),
        ("展厅面积1,200平方米", "展厅面积120平方米。", ["120平方米"]),
        ("补贴由1,600元/件提到2,000元/件", "补贴由每件1600元提到2000元。", []),
        ("完成比例60.2%", "培训过半，完成比例60.2%。", []),
        ("完成比例40.2%", "培训过半，完成比例40.2%。", ["过半"]),
        ("新购加工中心3台、实训平台8套", "添置8套实训平台和3台加工中心。", []),
        ("新购加工中心3台、实训平台8套", "添置3套实训平台和8台加工中心。", ["3套", "8台"]),
        ("摸排小区38个；在册社区矫正对象386名", "摸出小区38个，了解社区矫正对象386名。", []),
    ],
)  # fmt: skip
def test_a_figure_that_fits_elsewhere_is_found_where_another_is_owed(
    fact: str, text: str, found: list[str]
) -> None:
    assert wrong(text, a_brief(period="2025年", date=None, facts=facts(fact))) == found


def test_a_short_form_that_is_used_with_a_letter_more_is_introduced_wrongly() -> None:
    brief = a_brief(facts=facts("市开发区管理委员会发放补贴96万元"))
    told = "市开发区管理委员会（以下简称“{}”）发放补贴96万元。管委会表示，补贴已经到位。"
    assert wrong(told.format("管委会"), brief) == []
    assert wrong(told.format("管会"), brief)[:1] == ["“管会”"]
    assert not shortens("我公", "青川粮食有限公司")
    assert shortens("我校", "青川县第一中学")


def test_a_heading_tells_whether_the_half_year_to_come_is_spoken_of() -> None:
    brief = a_brief(period="2024年上半年", date=None, facts=facts("产生污泥2.36万吨", "下半年新建泵站3座"))
    report = ("二、重点工作开展情况", "{}年产生污泥2.36万吨。", "三、下一步打算", "下半年新建泵站3座。")
    assert wrong_in(brief, *(line.format("上半") for line in report)) == []
    assert wrong_in(brief, *(line.format("下半") for line in report)) == ["下半年"]


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("产盐28.6万吨，计划27.5万吨", "产盐28.6万吨，超过27.5万吨的计划。"),
        ("欠薪118万元7天内发放到位", "欠薪118万元7天之内全部发放到位。"),
        ("零售点43个，已退出39个", "周边原有零售点43个，39家已经退出。"),
        ("最大入库流量1,340立方米/秒", "最大入库流量达1340立方米每秒。"),
        ("夜间巡查每班不少于4次", "夜间巡查每班不得少于4次。"),
        ("重新发包年增收61万元", "重新发包后，每年增收61万元。"),
        ("会费收入74.4万元、服务收入38.2万元，支出70万元", "支出70万元，收支相抵结余42.6万元。"),
        (
            "无障碍改造186户，户均4,500元；下半年：再改造114户",
            "无障碍改造186户，户均4500元。下半年无障碍改造再完成114户，全年达到300户。",
        ),
        ("自查8月4日—29日，抽查档案160份", "自查于8月4日启动，8月29日结束。"),
        ("望潮公司、海丰公司建成冷库2座", "望潮公司、海丰公司先后建成冷库2座。经复查，两座冷库均已启用。"),
        ("发现问题8个", "发现问题8个，分为三种情形。第一种，未公示。第二种，超标准。第三种，不规范。"),
        ("人才缺口20人", "还有两个薄弱环节。一个是人才缺口20人。另一个是经费不足。"),
        ("整改29个，余3个持续推进", "已整改问题29个，余下3个持续推进。对29个问题开展“回头看”。"),
        ("支出2.71亿元；安排2.86亿元", "资金2.86亿元，已支出2.71亿元，尚有0.15亿元未支出。"),
        ("未办结5件；已办结94件", "还有5件未办结，94件已办结。"),
        ("冷库9座", "一人一档的两项制度管住冷库9座，三个“硬骨头”一一啃下。"),
        ("“双师型”教师168人", "师资向着“双师”聚，“双师型”教师有168人。"),
    ],
)
def test_what_a_writer_may_say_of_a_fact_raises_no_alarm(fact: str, text: str) -> None:
    assert wrong_in(a_brief(facts=facts(*fact.split("|"))), text) == []


@pytest.mark.parametrize(
    ("fact", "text", "found"),
    [
        ("问题17个，已整改15个，余下2个；档案类3个", "问题17个，已整改15个，余下3个。", ["3个"]),
        ("培训243人，取证227人", "学员共227人，其中243人取证。", ["227人", "243人"]),
        ("涂改2处，漏签名5处；抽查53本", "漏签名5处，涂改5处。", ["5处"]),
        ("来自立案庭、财务室、审管办", "人员来自立案庭、财新室、审管办。", ["财新室"]),
        ("启用退役军人创业孵化大本营", "启用退役瑞人创业孵化大本营。", ["役瑞人"]),
        ("积案压减至5件以内；化解19件，未化解14件", "力争将未化解积案压减至5件。", ["5件"]),
        ("食品13,205、药品3,986、化妆品1,451批次", "食品13205批次，药品3986轮。", ["3986轮"]),
    ],
)
def test_what_contradicts_its_own_sentence_or_a_list_is_found(fact: str, text: str, found: list[str]) -> None:
    assert wrong_in(a_brief(facts=facts(fact)), text) == found
