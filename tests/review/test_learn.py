"""A type learned of a sample: the sample's sections and elements, none of its data, ready for use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drafter import data, doctypes, intake
from drafter.drafting import finish, unsupported
from drafter.errors import InputError
from drafter.grounding import figures
from drafter.model import Brief, DocType, Draft, Reading, SourceLine
from drafter.outline import build_outline
from drafter.printed import lines
from drafter.review import outline_reader
from drafter.review.checklist import run_checklist
from drafter.review.learn import learn, write
from drafter.review.learning.general import general, genre, own_names
from drafter.review.matching import lay_out
from drafter.writing import task_for
from drafter.writing.template import compose
from tests.makers import brief_of

CORPUS = Path("/work/shared/corpus")
EXAMPLES = sorted(data.folder("examples").glob("*.yaml"))

SUMMARY = """松原坡县林业局2025年工作总结及2026年工作打算
县政府办公室：
根据《关于报送2025年工作总结的通知》（县办发〔2025〕7号）要求，我局现将2025年工作情况报告如下：
一、2025年主要工作完成情况
（一）造林绿化稳步推进。全年完成人工造林4200亩，义务植树18万株。
（二）深化“护绿”行动。出动巡护人员3600人次，查处案件14起。
（三）森林防火责任落实。松原坡县林业局与9个乡镇签订责任书，未发生重大火情。
二、存在的不足
一是管护经费缺口较大；二是基层护林员年龄偏大。
针对上述问题，一是争取专项资金120万元；二是选聘年轻护林员30名。
三、2026年工作打算
一是新建防火道路16公里。二是建成智慧林业平台。三是发展林下经济。
我局将以更加务实的作风，推动林业工作再上新台阶。
松原坡县林业局
2025年12月18日"""
PLAN = """青岭区教育局2026年“阳光阅读”活动实施方案
各学校：
为落实《全民阅读促进条例》，结合我区实际，制定本方案。
一、指导思想
以立德树人为根本，培养学生阅读习惯。
二、“阳光阅读”重点任务
（一）建好阅览场所。年内新建阅览室12间。
（二）办好读书活动。举办读书节4场。
三、实施步骤（2026年3月至11月）
（一）动员阶段（3月）。印发通知，部署任务。
（二）实施阶段（4月至10月）。各校组织开展活动。
四、保障措施
成立领导小组，落实经费80万元。
青岭区教育局
2026年2月27日"""
THEMES = """白鹿镇人民政府2025年度工作总结
2025年，我镇紧扣高质量发展，各项工作取得新进展。
一、聚焦产业振兴，擦亮“白鹿茶”品牌
全镇茶园发展到2.3万亩，产值1.6亿元，带动农户3100户，茶农人均增收2600元。
二、推进白鹿镇集镇改造
改造街面1.2公里，新增停车位240个，群众反映良好，面貌明显改善。
三、守住安全底线
排查隐患96处，全部整改到位。
四、2026年打算和存在问题
还存在人才短缺的问题。2026年将引进人才5名，建设厂房2栋。
特此报告。"""
UNNAMED = """一、“红枫驿站”
建成站点7个，服务群众900人次。
二、“银发讲堂”
开展活动11场，参与老人450人次。"""
SAMPLES = {"summary": SUMMARY, "plan": PLAN, "themes": THEMES, "unnamed": UNNAMED}


def read(text: str) -> Reading:
    """A text as it would be read."""
    return outline_reader.read([SourceLine(text=line) for line in text.split("\n")])


def drafted(brief: Brief, doctype: DocType) -> Draft:
    """What the template writer makes of a brief by a type."""
    outline = build_outline(brief, doctype)
    texts = {
        section.id: unsupported(doctype, section) or compose(task_for(brief, doctype, outline, section))
        for section in outline.sections
        if section.written
    }
    return finish(brief, doctype, outline, "template", texts)


def example(path: Path) -> tuple[Brief, Draft]:
    """An example's brief and its draft."""
    brief = intake.read_brief(path)
    return brief, drafted(brief, doctypes.load(brief.doctype))


def documents() -> dict[str, Reading]:
    """Every document with headings: the samples here, the examples' drafts, and the corpus where it is."""
    found = {name: read(text) for name, text in SAMPLES.items()}
    for path in EXAMPLES:
        found[path.stem] = read("\n".join(line.text for line in lines(example(path)[1])))
    for path in sorted(CORPUS.glob("*.txt")):
        found[f"corpus-{path.stem}"] = read(path.read_text(encoding="utf-8"))
    return {name: reading for name, reading in found.items() if reading.headings}


DOCUMENTS = documents()
"""By the id of the type that is learned of it."""
FOUND = pytest.mark.parametrize("name", DOCUMENTS)


def learned(name: str, root: Path) -> DocType:
    """The type learned of a document, written and loaded as any other."""
    write(learn(DOCUMENTS[name], name), root / name)
    return doctypes.load(name, [root])


def program_words() -> str:
    """Every wording that comes with the program: what stands there is no sample's."""
    root = data.folder("templates")
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in (*root.rglob("*.yaml"), *root.rglob("*.jinja"), *data.folder("prompts").rglob("*"))
        if path.is_file()
    )


def own_data(reading: Reading) -> set[str]:
    """What a sample tells that is true of it alone: figures, dates, titles, names, bodies, places."""
    told = {figure.text for line in reading.lines for figure in figures.read(line)}
    names = {name for name in own_names(reading) if len(name) > 2}
    return {text for text in told | names if len(text) > 1} | {reading.unit} - {""}


def leaks(text: str, reading: Reading) -> set[str]:
    """The sample's own data in a text."""
    known = program_words()
    return {one for one in own_data(reading) if one in text and one not in known}


@FOUND
def test_a_type_loads_and_has_one_place_for_the_rest(name: str, tmp_path: Path) -> None:
    doctype = learned(name, tmp_path)
    assert [spec.default for spec in doctype.sections].count(True) == 1
    assert any(spec.heading for spec in doctype.sections)


@FOUND
def test_the_sample_is_complete_by_its_own_type(name: str, tmp_path: Path) -> None:
    doctype = learned(name, tmp_path)
    results = run_checklist(lay_out(DOCUMENTS[name], doctype).draft, doctype)
    assert [result for result in results if result.required and not result.passed] == []


@FOUND
def test_nothing_of_the_samples_data_becomes_part_of_the_type(name: str) -> None:
    files = learn(DOCUMENTS[name], name)
    text = re.sub(r"length: \[.*?\]", "", "\n".join(files.values()))
    assert leaks(text, DOCUMENTS[name]) == set()


def test_the_search_for_leaks_finds_what_headings_hold() -> None:
    held = {
        name: leaks("\n".join(one.heading for one in reading.headings if one.level == 1), reading)
        for name, reading in DOCUMENTS.items()
    }
    assert {"2025年", "2026年"} <= held["summary"]
    assert "“白鹿茶”" in held["themes"]
    assert "白鹿镇" in held["themes"]


@FOUND
def test_no_level_2_heading_becomes_fixed(name: str, tmp_path: Path) -> None:
    doctype = learned(name, tmp_path)
    lower = {one.heading for one in DOCUMENTS[name].headings if one.level > 1}
    assert not lower & {spec.heading for spec in doctype.sections}


def test_sections_follow_the_sample_with_their_kinds(tmp_path: Path) -> None:
    doctype = learned("summary", tmp_path)
    assert [(spec.id, spec.heading, spec.layout, spec.kinds) for spec in doctype.sections] == [
        ("opening", "", "paragraphs", ()),
        ("measures", "主要工作完成情况", "subsections", ("work", "result")),
        ("problems", "存在的不足", "paragraphs", ("problem", "measure")),
        ("outlook", "工作打算", "paragraphs", ("plan",)),
    ]
    assert doctype.genre == "工作总结及工作打算"


def test_elements_are_asked_for_where_the_sample_has_them(tmp_path: Path) -> None:
    asked = {item.id: item.required for item in learned("summary", tmp_path).checklist}
    assert asked["addressee"] and asked["opening-basis"] and asked["opening-transition"]
    assert asked["problems-paired"] and asked["signature"]
    assert asked["measures-figures"] is False and asked["outlook-steps"] is False
    asked = {item.id: item.required for item in learned("themes", tmp_path).checklist}
    assert not asked.keys() & {"addressee", "opening-basis", "opening-transition"}
    assert asked["signature"] is False and asked["closing"]


def test_a_document_that_lacks_what_the_sample_has_is_incomplete(tmp_path: Path) -> None:
    doctype = learned("summary", tmp_path)
    lacking = {
        "addressee": SUMMARY.replace("县政府办公室：\n", ""),
        "opening-transition": SUMMARY.replace("现将2025年工作情况报告如下：", "做了大量工作。"),
        "problems-paired": SUMMARY.replace("；二是选聘年轻护林员30名", ""),
        "outlook": SUMMARY[: SUMMARY.index("三、2026")] + SUMMARY[SUMMARY.index("我局将以更加") :],
    }
    for item, text in lacking.items():
        results = run_checklist(lay_out(read(text), doctype).draft, doctype)
        assert {one.id for one in results if one.required and not one.passed} == {item}


def test_lengths_lie_round_the_samples_own(tmp_path: Path) -> None:
    for name in SAMPLES:
        doctype = learned(name, tmp_path)
        for section in lay_out(DOCUMENTS[name], doctype).draft.sections:
            low, high = doctype.section(section.spec).length
            assert not section.text or low <= len(section.text) <= high


def test_a_plan_takes_the_sections_of_its_kin(tmp_path: Path) -> None:
    doctype = learned("plan", tmp_path)
    headings = [spec.heading for spec in doctype.sections]
    assert headings == ["", "指导思想", "重点任务", "实施步骤", "保障措施"]
    assert doctype.section("tasks").default


def test_a_set_phrase_closes_later_documents_too(tmp_path: Path) -> None:
    doctype = learned("themes", tmp_path)
    brief = brief_of("改造街面3公里", doctype="themes")
    texts = {section.spec: section.text for section in drafted(brief, doctype).sections}
    assert texts["closing"] == "特此报告。"


def test_headings_that_are_nothing_but_names_leave_one_section(tmp_path: Path) -> None:
    headings = [spec.heading for spec in learned("unnamed", tmp_path).sections if spec.heading]
    assert headings == ["主要工作情况"]


@pytest.mark.parametrize(
    "path", [path for path in EXAMPLES if path.stem in DOCUMENTS], ids=lambda path: path.stem
)
def test_our_own_drafts_come_back_as_the_same_type(path: Path, tmp_path: Path) -> None:
    brief, _ = example(path)
    shipped, doctype = doctypes.load(brief.doctype), learned(path.stem, tmp_path)
    assert [(one.id, one.heading, one.layout) for one in doctype.sections] == [
        (one.id, one.heading, one.layout) for one in shipped.sections
    ]
    assert (doctype.self_name, doctype.headings, doctype.topics) == (
        shipped.self_name,
        shipped.headings,
        shipped.topics,
    )
    again = drafted(brief.model_copy(update={"doctype": path.stem}), doctype)
    assert [result for result in again.checklist if result.required and not result.passed] == []
    assert [finding for finding in again.findings if finding.severity == "error"] == []
    reread = read("\n".join(line.text for line in lines(again)))
    results = run_checklist(lay_out(reread, doctype).draft, doctype)
    assert [result for result in results if result.required and not result.passed] == []


FACTS = (
    {"text": "成立领导小组，召开专题会议2次", "topic": "组织领导"},
    {"text": "清理河道垃圾320吨", "topic": "河道保洁"},
    {"text": "水质达标率达到97%", "topic": "河道保洁", "kind": "result"},
    {"text": "基层巡河力量不足", "kind": "problem"},
    {"text": "聘请专职巡河员20名", "kind": "measure"},
    {"text": "建设智慧水务平台", "kind": "plan"},
)


@FOUND
def test_every_learned_type_drafts_without_losing_or_inventing(name: str, tmp_path: Path) -> None:
    doctype = learned(name, tmp_path)
    draft = drafted(brief_of(*FACTS, doctype=name), doctype)
    assert draft.unplaced == () and draft.untold == ()
    assert [finding for finding in draft.findings if finding.severity == "error"] == []
    assert "{{" not in draft.title + "".join(section.text for section in draft.sections)


def test_a_learned_type_drafts_the_whole_document(tmp_path: Path) -> None:
    draft = drafted(brief_of(*FACTS, doctype="summary", addressee="市政府"), learned("summary", tmp_path))
    assert [result for result in draft.checklist if result.required and not result.passed] == []
    assert draft.title == "某市水务局2025年河湖管护工作总结及工作打算"


def test_what_fits_no_problems_section_is_told_as_a_problem(tmp_path: Path) -> None:
    text = THEMES.split("四、")[0]
    write(learn(read(text), "no-problems"), tmp_path / "no-problems")
    doctype = doctypes.load("no-problems", [tmp_path])
    text = "".join(
        section.text for section in drafted(brief_of(*FACTS, doctype="no-problems"), doctype).sections
    )
    assert "不足。主要是：基层巡河力量不足。" in text


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("2024年工作完成情况", "工作完成情况"),
        ("“十四五”时期和2025年工作回顾", "工作回顾"),
        ("实施步骤（2025年4月至6月）", "实施步骤"),
        ("推进青禾县集镇改造", "集镇改造"),
        ("加强班子建设，打造“红色车头”", "加强班子建设"),
        ("深化2025年“清风”行动", ""),
        ("“银发讲堂”", ""),
        ("对策建议", "对策建议"),
        ("不足", "不足"),
    ],
)
def test_headings_lose_their_data(heading: str, expected: str) -> None:
    assert general(heading, {"青禾县", "青禾"}).heading == expected


def test_the_genre_is_read_from_the_title_without_its_data() -> None:
    assert genre("青禾县2024年工作总结和2025年工作思路", {"青禾县"}) == "工作总结和工作思路"
    assert genre("关于印发《某某方案》的通知", ()) == "通知"
    assert genre("红石镇", ()) == ""


def test_a_name_is_kept_and_a_taken_one_told_apart(tmp_path: Path) -> None:
    write(learn(read(THEMES), "a", "镇年度总结"), tmp_path / "a")
    write(learn(read(THEMES), "b"), tmp_path / "b")
    assert doctypes.load("a", [tmp_path]).name == "镇年度总结"
    assert doctypes.load("b", [tmp_path]).name == "工作总结（b）"


@pytest.mark.parametrize("wrong", ["", "年度总结", "a b", "../a", "-a", "a_b", "a."])
def test_a_bad_id_is_refused(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="只用英文字母、数字和连字符"):
        learn(DOCUMENTS["summary"], wrong)


def test_a_document_without_headings_is_refused() -> None:
    with pytest.raises(InputError, match=r"没有找到标题.*请换一份"):
        learn(read("今天开会，讨论了工作。"), "none")


def test_an_existing_folder_is_left_as_it_is(tmp_path: Path) -> None:
    files = learn(DOCUMENTS["summary"], "mine")
    (tmp_path / "mine").mkdir()
    with pytest.raises(InputError, match=r"mine.*已经存在.*请换一个"):
        write(files, tmp_path / "mine")
    assert list((tmp_path / "mine").iterdir()) == []


def test_the_file_explains_itself_in_chinese() -> None:
    sheet = learn(DOCUMENTS["summary"], "mine")["doctype.yaml"]
    remarks = [line for line in sheet.splitlines() if line.startswith("#")]
    assert len(remarks) > 15 and all(re.search("[一-龥]", line) for line in remarks)
