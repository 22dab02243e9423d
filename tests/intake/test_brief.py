import time
from datetime import date
from pathlib import Path

import pytest

from drafter.errors import InputError
from drafter.intake import parse_brief, read_brief
from drafter.intake.brief import Form

HEAD = "doctype: work-summary\nunit: 某市交通运输局\n"
YAML = """\
doctype: work-summary          # 文种
unit: 某市交通运输局
period: 2025年
topic: 生活垃圾分类
addressee: 市分类办
leaders: [省委, 市委办]
basis: [《关于报送2025年工作总结的通知》]
date: 2025-12-20
facts:
  - 发放宣传资料300余份
  - {text: 举办培训班6次, topic: 培训, source: 培训台账}
  - {text: 部分群众分类意识不强, kind: problem}
  - {text: 增设投放点12处, kind: plan}
"""
MARKDOWN = """\
单位：某市交通运输局
文种：工作总结
期间: 2025年
事由：生活垃圾分类
主送：市分类办
领导单位：省委、市委办
依据：《关于报送2025年工作总结的通知》
日期：2025年12月20日

- 发放宣传资料300余份

# 培训
1. 举办培训班6次（来源：培训台账）；

# 存在问题
- 部分群众分类意识不强。

# 下一步打算
一是增设投放点12处
"""


@pytest.fixture(autouse=True)
def types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one document type, in place of the shipped ones; the shared word lists stay."""
    from drafter import data

    shipped = data.folder("templates")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "_shared").symlink_to(shipped / "_shared")
    write_type(folder, "work-summary", "工作总结", "工作总结")
    monkeypatch.setattr(data, "folder", lambda _: folder)
    return folder


def write_type(folder: Path, type_id: str, name: str, genre: str) -> None:
    home = folder / type_id
    home.mkdir()
    (home / "doctype.yaml").write_text(
        f"name: {name}\nenglish: x\ngenre: {genre}\ntitle: '{{{{ unit }}}}{{{{ genre }}}}'\n"
        "sections:\n- {id: base, label: 基本情况, heading: 基本情况, default: true}\nchecklist: []\n",
        encoding="utf-8",
    )
    (home / "base.jinja").write_text("正文", encoding="utf-8")


def error_of(text: str, form: Form | None = None) -> str:
    with pytest.raises(InputError) as caught:
        parse_brief(text, file="b.yaml" if form != "text" else "b.md", form=form)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_yaml_and_markdown_of_the_same_content_are_the_same_brief(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(YAML, encoding="utf-8")
    (tmp_path / "b.md").write_text(MARKDOWN, encoding="gbk")
    from_yaml, from_text = read_brief(tmp_path / "b.yaml"), read_brief(tmp_path / "b.md")
    assert [fact.model_dump(exclude={"line"}) for fact in from_yaml.facts] == [
        fact.model_dump(exclude={"line"}) for fact in from_text.facts
    ]
    assert from_yaml.model_copy(update={"facts": ()}) == from_text.model_copy(update={"facts": ()})
    assert [fact.line for fact in from_yaml.facts] == [10, 11, 12, 13]
    assert [fact.line for fact in from_text.facts] == [10, 13, 16, 19]


def test_the_yaml_form_is_read_as_the_contract_says() -> None:
    brief = parse_brief(YAML)
    assert (brief.doctype, brief.unit, brief.period) == ("work-summary", "某市交通运输局", "2025年")
    assert (brief.leaders, brief.date) == (("省委", "市委办"), date(2025, 12, 20))
    assert [(fact.id, fact.kind, fact.topic, fact.source) for fact in brief.facts] == [
        ("F1", None, None, None),
        ("F2", None, "培训", "培训台账"),
        ("F3", "problem", None, None),
        ("F4", "plan", None, None),
    ]


def test_plain_numbers_and_words_like_yes_are_text_in_yaml() -> None:
    brief = parse_brief(HEAD + "period: 2025\ntopic: no\nfacts: [12:30, 007]\n")
    assert (brief.period, brief.topic) == ("2025", "no")
    assert [fact.text for fact in brief.facts] == ["12:30", "007"]


def test_blank_fields_and_items_are_as_if_not_given() -> None:
    brief = parse_brief(HEAD + "title:\nbasis: ~\ndate: ''\nfacts:\n-\n- 甲\n")
    assert (brief.title, brief.basis, brief.date) == ("", (), None)
    assert [(fact.id, fact.text, fact.line) for fact in brief.facts] == [("F1", "甲", 8)]


def test_json_is_read_too() -> None:
    assert parse_brief('{"doctype": "x", "unit": "某局", "facts": ["甲,乙"]}').facts[0].text == "甲，乙"


def test_a_single_text_may_stand_for_a_list() -> None:
    brief = parse_brief(HEAD + "leaders: 省委、市委办\nbasis: 《甲、乙的通知》《丙》\nfacts: [甲]\n")
    assert (brief.leaders, brief.basis) == (("省委", "市委办"), ("《甲、乙的通知》", "《丙》"))


@pytest.mark.parametrize(
    "given_date", ["2025-12-20", "2025/12/20", "2025.12.20", "2025年12月20日", "二〇二五年十二月二十日"]
)
def test_dates_are_read_as_people_write_them(given_date: str) -> None:
    assert parse_brief(HEAD + f"date: {given_date}\nfacts: [甲]\n").date == date(2025, 12, 20)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEAD + "facts: [甲]\nperoid: 2025年\n", "b.yaml:4: peroid: 不认识的字段；改为 period"),
        ("doctype: x\nunitt: 甲\nfacts: [甲]\n", "b.yaml:2: unitt: 不认识的字段；改为 unit"),
        (
            HEAD + "zzz: 甲\nfacts: [甲]\n",
            "b.yaml:3: zzz: 不认识的字段；可用："
            "facts、doctype、unit、period、topic、title、addressee、leaders、basis、date、official",
        ),
        (HEAD + "单位: 甲\nfacts: [甲]\n", "b.yaml:3: 单位: 不认识的字段；改为 unit"),
        (
            HEAD + "facts:\n- {text: 甲, knid: work}\n",
            "b.yaml:4: facts[1].knid: 不认识的字段；改为 kind",
        ),
        (
            HEAD + "facts:\n- 甲\n- {text: 甲, kind: idea}\n",
            "b.yaml:5: facts[2].kind: 不能填“idea”；可填：work、result、problem、measure、plan",
        ),
        (
            HEAD + "facts:\n- {topic: 甲}\n",
            "b.yaml:4: facts[1].text: 缺少必填项；补上 text",
        ),
        (
            HEAD + "facts:\n- {id: F9, text: 甲}\n",
            "b.yaml:4: facts[1].id: 不认识的字段；可用：caption、kind、section、source、table、text、topic",
        ),
        (HEAD + "facts: []\n", "b.yaml:3: facts: 没有写事实；在 facts: 下面每行写一条，以“- ”开头"),
        (HEAD + "facts:\n", "b.yaml:3: facts: 没有写事实；在 facts: 下面每行写一条，以“- ”开头"),
        (HEAD + "facts: 甲\n", "b.yaml:3: facts: 应为列表；每项一行，以“- ”开头"),
        (HEAD + "facts: {甲: 乙}\n", "b.yaml:3: facts: 应为列表；每项一行，以“- ”开头"),
        (HEAD + "facts:\n- [甲]\n", "b.yaml:4: facts[1]: 应为“字段: 内容”的形式"),
        (HEAD + "facts:\n- ''\n", "b.yaml:4: facts[1].text: 不能为空；填写内容，或删去这一项"),
        ("doctype: x\nfacts: [甲]\n", "b.yaml:1: unit: 没有写单位；加一行“unit: …”"),
        ("unit: 甲\nfacts: [甲]\n", "b.yaml:1: doctype: 没有写文种；加一行“doctype: …”"),
        ("doctype: x\nunit: ' '\nfacts: [甲]\n", "b.yaml:2: unit: 没有写单位；加一行“unit: …”"),
        (
            HEAD + "date: 去年\nfacts: [甲]\n",
            "b.yaml:3: date: 日期“去年”看不懂；写成 2025-12-20 或 2025年12月20日",
        ),
        (
            HEAD + "date: 2025-02-30\nfacts: [甲]\n",
            "b.yaml:3: date: 没有“2025-02-30”这一天；请核对年月日",
        ),
        (HEAD + "unit: 乙\nfacts: [甲]\n", "b.yaml:3: unit: 重复了第2行的字段；删去其中一个"),
        (
            HEAD + "title: [甲, 乙]\nfacts: [甲]\n",
            "b.yaml:3: title: 应为文字；正文里有冒号或括号时给它加引号",
        ),
        (
            "doctype: 工作总节\nunit: 甲\nfacts: [甲]\n",
            "b.yaml:1: doctype: 没有文种“工作总节”；改为 工作总结",
        ),
    ],
)
def test_each_mistake_is_one_line_with_file_line_and_key(text: str, line: str) -> None:
    assert error_of(text, "yaml") == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "doctype: x\nunit：甲\nfacts: [甲]\n",
            "b.yaml:2: unit: 字段名后是全角冒号；字段名后用半角冒号加一个空格",
        ),
        ("unit:甲\nfacts:\n- 甲\n", "b.yaml:1: unit: 冒号后少了空格；字段名后用半角冒号加一个空格"),
        (HEAD + "facts: [甲, 乙\n", "b.yaml:3: YAML 写法有误：括号没有配对；补上缺少的 ] 或 }"),
        (HEAD + "title: '甲\n", "b.yaml:3: YAML 写法有误：引号没有配对；补上缺少的引号，或改用中文引号“ ”"),
        (
            HEAD + "title: 甲: 乙\n",
            "b.yaml:3: YAML 写法有误：这里多了一个半角冒号；正文里的冒号改用全角“：”，或给整行加引号",
        ),
        (
            HEAD + "title: @甲\n",
            "b.yaml:3: YAML 写法有误：这一行开头的字符不能这样用；"
            "缩进用空格，不用制表符；以符号开头的正文要加引号",
        ),
        (HEAD + "facts:\n- 甲\n乙\n", "b.yaml:5: YAML 写法有误；检查这一行的缩进、冒号和引号"),
        ("就是一句话\n", "b.yaml:1: 不是简报的写法；每行写“字段: 内容”，如“unit: 某市交通运输局”"),
        (
            "a: &x [甲]\nb: [*x, *x]\n",
            "b.yaml:1: 不支持 & 锚点和 * 引用；若是正文，请给这一行加引号",
        ),
        ("a: *x\n", "b.yaml:1: 不支持 & 锚点和 * 引用；若是正文，请给这一行加引号"),
        (
            "a: !!python/object:os.system x\n",
            "b.yaml:1: 不支持标签 tag:yaml.org,2002:python/object:os.system；若是正文，请给这一行加引号",
        ),
        ("a: " + "[" * 5000 + "\n", "b.yaml:1: 嵌套太深；简化这一处的层次"),
        ("a: 1\n---\nb: 2\n", "b.yaml:2: 一个文件里只能有一份内容；删去后面的“---”"),
    ],
)
def test_each_slip_of_yaml_is_one_line_with_its_place(text: str, line: str) -> None:
    assert error_of(text, "yaml") == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("文种：工作总结\n- 甲\n", "b.md:1: unit: 没有写单位；加一行“单位：…”"),
        ("单位：甲\n- 甲\n", "b.md:1: doctype: 没有写文种；加一行“文种：…”"),
        ("单位：甲\n文种：工作总结\n", "b.md:1: facts: 没有写事实；每行写一条，以“- ”开头"),
        ("文种：工作总结\n单位：甲\n单位：乙\n- 甲\n", "b.md:3: unit: 与第2行重复；删去其中一行"),
        ("单位：甲\n文种：通知\n- 甲\n", "b.md:2: doctype: 没有文种“通知”；可用：工作总结"),
        ("单位：甲\nperoid: 2025\n- 甲\n", "b.md:2: peroid: 不认识的字段；改为 period"),
        (
            "单位：甲\n文种：工作总结\n日期：12月\n- 甲\n",
            "b.md:3: date: 日期“12月”看不懂；写成 2025-12-20 或 2025年12月20日",
        ),
    ],
)
def test_each_mistake_of_a_text_brief_has_its_place(text: str, line: str) -> None:
    assert error_of(text, "text") == line


def test_the_form_is_seen_from_the_text() -> None:
    assert parse_brief(YAML).facts[0].text == parse_brief(MARKDOWN).facts[0].text == "发放宣传资料300余份"


@pytest.mark.parametrize("doctype", ["工作总结", "work-summary", "年度工作总结"])
def test_a_text_brief_names_its_type_in_chinese_or_by_id(doctype: str) -> None:
    assert parse_brief(f"单位：甲\n文种：{doctype}\n- 甲\n").doctype == "work-summary"


def test_a_type_of_an_extra_folder_is_found_by_its_name(tmp_path: Path) -> None:
    extra = tmp_path / "extra"
    extra.mkdir()
    write_type(extra, "duty", "述职报告", "述职报告")
    assert parse_brief("单位：甲\n文种：述职报告\n- 甲\n", folders=[extra]).doctype == "duty"


def test_an_unknown_id_is_left_to_whoever_loads_the_type() -> None:
    assert parse_brief("doctype: none-such\nunit: 甲\nfacts: [甲]\n").doctype == "none-such"


def test_english_keys_and_lists_below_a_key_work_in_text() -> None:
    brief = parse_brief("---\nunit: 甲\ndoctype: work-summary\nbasis:\n- 《一》\n- 《二》\n---\n- 甲\n")
    assert brief.basis == ("《一》", "《二》")
    assert [fact.text for fact in brief.facts] == ["甲"]


def test_a_first_heading_that_ends_in_the_genre_is_the_title() -> None:
    brief = parse_brief("# 甲局2025年工作总结\n单位：甲局\n文种：工作总结\n# 培训\n- 办班6次\n")
    assert brief.title == "甲局2025年工作总结"
    assert [fact.topic for fact in brief.facts] == ["培训"]


def test_headings_of_the_type_place_the_facts_of_a_text_brief() -> None:
    brief = parse_brief("单位：甲\n文种：工作总结\n# 基本情况\n- 甲\n")
    assert brief.facts[0].section == "base"


def test_residue_of_a_web_page_is_no_fact() -> None:
    brief = parse_brief("单位：甲\n文种：工作总结\n- 甲\n预览阅读已结束,若您需要全文\n- 下一篇:某局计划\n")
    assert [fact.text for fact in brief.facts] == ["甲"]


def test_a_field_too_long_is_refused() -> None:
    assert error_of(HEAD + f"title: {'甲' * 201}\nfacts: [甲]\n", "yaml") == (
        "b.yaml:3: title: 太长（201 字，最多 200 字）；分成几条，或删减"
    )


def test_a_large_brief_is_refused_without_delay(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text(HEAD + "facts:\n" + "- 举办培训班6次\n" * 10_000, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_brief(path)
    assert str(caught.value) == f"{path}:3: facts: 最多 2000 项，现有 10000 项；分成几份"


@pytest.mark.parametrize("piece", ["、", "《", "# ", "【", "（", "一是", " ", "1.", "a: ", "- ", "www."])
def test_cost_grows_with_the_length_only(piece: str) -> None:
    started = time.process_time()
    with pytest.raises(InputError):
        parse_brief(
            "单位：甲\n文种：工作总结\n依据：甲" + piece * 100_000 + "\n- 甲" + piece * 100_000 + "乙" * 2000
        )
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "fact",
    ["{text: 发放1,200份, topic: 宣传}", "{text: 召开会议3次, 培训2次}", "{topic: 宣传, text: 投入3,500元}"],
)
def test_a_text_that_a_half_width_comma_cuts_is_an_error_and_never_loses_its_end(fact: str) -> None:
    with pytest.raises(InputError, match=r":4: .*逗号"):
        parse_brief(f"doctype: work-summary\nunit: 某局\nfacts:\n  - {fact}\n", file="b.yaml")
    quoted = parse_brief(
        'doctype: work-summary\nunit: 某局\nfacts:\n  - {text: "发放1,200份", topic: 宣传}\n'
    )
    assert quoted.facts[0].text == "发放1,200份"


def test_a_number_that_a_comma_cuts_in_a_list_is_an_error() -> None:
    with pytest.raises(InputError, match=r":3: .*逗号"):
        parse_brief("doctype: work-summary\nunit: 某局\nfacts: [巡查9次, 发放1,200份]\n", file="b.yaml")
    facts = parse_brief("doctype: work-summary\nunit: 某局\nfacts: [巡查9次, 发放1200份]\n").facts
    assert len(facts) == 2
