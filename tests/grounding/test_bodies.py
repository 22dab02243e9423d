"""Bodies that a brief names, what a text calls them in short, and slips in either."""

from __future__ import annotations

import pytest

from drafter.grounding.bodies import local_names
from drafter.grounding.ledger import check
from drafter.grounding.ownnames import in_use, near_short, own_forms
from drafter.model import Brief, Fact


def wrong(unit: str, fact: str, *lines: str) -> list[str]:
    brief = Brief.model_validate(
        {
            "doctype": "work-summary",
            "unit": unit,
            "period": "2025年",
            "topic": "年度工作",
            "leaders": ("市委", "市政府"),
            "facts": (Fact(id="F1", text=fact),),
        }
    )
    return [claim.text for claim in check(lines, brief).open]


@pytest.mark.parametrize(
    ("unit", "form"),
    [
        ("江岭省科学技术厅", "省科技厅"),
        ("宜川市人民防空办公室", "市人防办"),
        ("清河市妇女联合会", "市妇联"),
        ("东湖区科学技术协会", "区科协"),
        ("江洲区残疾人联合会", "区残联"),
        ("禾州市住房公积金管理中心", "市公积金中心"),
        ("清河市发展和改革委员会", "市发展改革委"),
        ("清河县供销合作社联合社", "县供销社"),
        ("清河市公安局交通警察支队", "市交警支队"),
        ("清河县柳溪镇人民政府", "镇党委"),
        ("共青团清河市委员会", "团市委"),
        ("清河区南桥街道柳岸社区居民委员会", "柳岸社区"),
    ],
)
def test_a_unit_goes_by_short_forms_of_its_name(unit: str, form: str) -> None:
    assert form in own_forms(unit)


@pytest.mark.parametrize("unit", ["清河市总工会", "清河区柳岸社区居委会"])
def test_an_ending_alone_is_no_short_form(unit: str) -> None:
    assert not {form for form in own_forms(unit) if form in ("总工会", "居委会")}


def test_short_forms_are_learned_from_the_text_where_a_name_can_begin() -> None:
    official = frozenset({"禾州市住房公积金管理中心"})
    assert in_use(["市住房金中心坚持租购并举。", "全市公积金中心城区归集额增长。"], official) == {
        "市住房金中心"
    }
    assert in_use(["我们坚持租购并举。"], official) == frozenset()


@pytest.mark.parametrize(
    ("fact", "name"),
    [
        ("区残疾人艺术团登台亮相", "区残疾人艺术团"),
        ("与武川军分区联合立功受奖", "武川军分区"),
        ("行业党委成立，新建支部9个", "行业党委"),
        ("，双河镇卫生院党支部开展教育", "双河镇卫生院党支部"),
        ("指导中国邮政集团有限公司岭西市分公司改造网点", "中国邮政集团有限公司岭西市分公司"),
        ("牵头成立澄江先进制造产教联合体", "澄江先进制造产教联合体"),
        ("镇党委、镇政府召开推进会7次", "镇政府"),
        ("品牌入选教育部典型案例", "教育部"),
        ("与边检站、公证处共建", "公证处"),
    ],
)
def test_bodies_of_all_kinds_are_learned_from_facts(fact: str, name: str) -> None:
    assert name in set(local_names(fact))


def test_a_word_that_holds_a_break_is_no_body_of_its_own() -> None:
    assert not any(name.startswith("限公司") for name in local_names("中国邮政集团有限公司改造网点"))


@pytest.mark.parametrize(
    ("unit", "fact", "right", "slip"),
    [
        ("江洲区残联", "区残疾人艺术团演出3场", "区残疾人艺术团演出3场。", "区残春人艺术团"),
        ("武川市退役军人局", "与武川军分区联合办班", "与武川军分区联合办班。", "祥川军分区"),
        ("江岭省科学技术厅", "立项9个", "省科技厅立项9个。", "省江技厅"),
        ("宜川市人民防空办公室", "检查9次", "市人防办检查9次。", "市山防办"),
        ("海澄市第二人民医院", "义诊9次", "海澄市第二人民医院义诊9次。", "海澄市春二人民医院"),
        ("青山区民政局", "望湖街道试点", "望湖街道先行试点。", "望湖街康"),
        ("白水镇人民政府", "镇党委、镇政府开会7次", "镇党委、镇政府开会7次。", "镇新府"),
        ("青山区民政局", "在区妇联支持下办班", "区妇联支持办班。", "区海联"),
    ],
)
def test_a_letter_wrong_in_a_name_is_found(unit: str, fact: str, right: str, slip: str) -> None:
    assert wrong(unit, fact, right) == []
    name = next(right[at : at + len(slip)] for at in range(len(right)) if _off_by_one(right[at:], slip))
    assert wrong(unit, fact, right.replace(name, slip)) == [slip]


def _off_by_one(text: str, slip: str) -> bool:
    return sum(one != other for one, other in zip(text, slip, strict=False)) == 1 and len(text) >= len(slip)


@pytest.mark.parametrize(
    ("unit", "right", "slip"),
    [
        ("清河市实验小学", "学校坚持立德树人。", "山校"),
        ("澄江职业技术学院", "学院坚持立德树人。", "江院"),
        ("罗城县消防救援大队", "大队始终绷紧弦。", "康队"),
        ("青山区南桥街道办事处", "街道坚持公益底色。", "海道"),
        ("青山区南桥街道办事处", "街道坚持公益底色。", "街祥"),
        ("清河县疾病预防控制中心", "中心坚持预防为主。", "泰心"),
    ],
)
def test_a_letter_wrong_in_the_word_a_unit_calls_itself_by_is_found(unit: str, right: str, slip: str) -> None:
    assert wrong(unit, "检查9次", right) == []
    assert wrong(unit, "检查9次", right, slip + right[len(slip) :]) == [slip]


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("清河市实验小学", "学校重视安全，高校专家到校授课，校园平安，家校共育。"),
        ("澄江职业技术学院", "学院重视安全，医院专家进院授课，庭院整洁。"),
        ("罗城县消防救援大队", "大队带好队伍，中队、车队都不松劲，队员个个过硬。"),
        ("青山区南桥街道办事处", "街道管好渠道，清理楼道，街头巷尾面貌一新，街面整洁。"),
        ("清河区柳岸社区居委会", "社区消除盲区，与业委会共治，对照区里要求整改。"),
        ("清河市总工会", "市总工会指导石化工会换届。"),
    ],
)
def test_other_words_with_the_letters_of_a_bare_name_raise_no_alarm(unit: str, text: str) -> None:
    assert wrong(unit, "检查9次", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "护河不是一天两天的事。",
        "作业审批一次不少，规矩一条不破。",
        "不让群众两头跑，看病、防病两头都挑起来。",
        "明年是三年攻坚的收官之年。",
    ],
)
def test_sayings_with_numerals_count_nothing(text: str) -> None:
    assert wrong("青山区民政局", "平均2天办结，审批291次，推广做法3项，招收医生2名", text) == []


def test_places_offered_are_people() -> None:
    assert wrong("青山区图书馆", "“夜读”限额60人", "“夜读”的60个名额一经放出便告约满。") == []


@pytest.mark.parametrize(
    ("fact", "right", "slip"),
    [
        ("金穗花园小区停滞9年", "其中，金穗花园小区停滞9年。", "金穗花园泰区"),
        ("马鞍乡畜牧兽医站获奖3项", "马鞍乡畜牧兽医站获奖3项。", "畜牧西医站"),
        ("永宁人民法庭设点3个", "永宁人民法庭设点3个。", "永宁人新法庭"),
        ("台总编室管理账号34个", "台总编室管理账号34个。", "台东编室"),
        ("台网络安全和信息化领导小组开会4次", "台网络安全和信息化领导小组开会4次。", "网康安全"),
        ("海通船舶修造厂修船28艘", "其中海通船舶修造厂修船28艘。", "海江船舶修造厂"),
        ("委托诚信联合会计师事务所审计1次", "委托诚信联合会计师事务所审计1次。", "诚信林合会计师"),
        ("厅党组研究2次", "厅党组研究2次。", "厅东组"),
        ("渭城城市投资集团有限公司制定方案3份", "渭城城市投资集团有限公司制定方案3份。", "投资集宁有限公司"),
        ("10月22日市农业综合行政执法支队抽查6次", "10月22日市农业综合行政执法支队抽查6次。", "西农业综合"),
    ],
)
def test_a_letter_wrong_is_found_wherever_the_name_begins(fact: str, right: str, slip: str) -> None:
    assert wrong("丰河县融媒服务台", fact, right) == []
    name = next(right[at : at + len(slip)] for at in range(len(right)) if _off_by_one(right[at:], slip))
    marked = wrong("丰河县融媒服务台", fact, right.replace(name, slip))
    assert any(set(slip) - set(name) <= set(claim) for claim in marked), marked


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("涉及托管小区9个", "弃管小区逐步减少。"),
        ("推动经济社会服务站9个", "推进经济社会服务站9个。"),
        ("县社区卫生服务中心9个", "区社区卫生服务中心9个。"),
        ("检查9次", "着力锻造过硬法院，建设智慧法院。"),
        ("在区政府支持下检查9次", "以政府引导凝聚合力，在区政府支持下检查9次。"),
        ("社区党委检查9次", "社区居委配合检查9次。"),
    ],
)
def test_other_words_beside_a_body_are_no_slips(fact: str, text: str) -> None:
    assert wrong("丰河区信息中心", fact, text) == []


def test_a_body_may_be_introduced_by_the_short_word_for_its_ending() -> None:
    fact = "海宁路区城镇老旧小区改造工作领导小组办公室检查9次"
    text = "海宁路区城镇老旧小区改造工作领导小组办公室（以下简称“区旧改办”）检查9次。"
    assert wrong("海宁路区民政局", fact, text) == []
    assert wrong("海宁路区民政局", fact, text.replace("旧改办", "旧林办")) != []


@pytest.mark.parametrize("slip", ["南非遗保护中心", "州安遗保护中心", "州非遗华护中心"])
def test_a_letter_wrong_in_a_short_form_that_no_fact_gives_is_found(slip: str) -> None:
    unit, right = "澜山州非物质文化遗产保护中心", "州非遗保护中心检查9次。"
    assert wrong(unit, "检查9次", right) == []
    assert wrong(unit, "检查9次", slip + right[len(slip) :]) == [slip]


@pytest.mark.parametrize(
    "text", ["全州非遗保护中心检查9次。", "州民服务中心检查9次。", "县保护中心检查9次。"]
)
def test_other_bodies_that_end_alike_are_no_slips_of_a_short_form(text: str) -> None:
    assert list(near_short(text, ["澜山州非物质文化遗产保护中心"])) == []
