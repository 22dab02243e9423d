from collections.abc import Callable
from pathlib import Path

import pytest

from drafter import data, doctypes
from drafter.errors import DoctypeError
from drafter.intake import read_brief
from drafter.review.checklist import KINDS

KIND = sorted(KINDS)[0]
GOOD = f"""\
name: 述职报告
english: Duty report
genre: 述职报告
title: "{{{{ unit }}}}{{{{ period }}}}{{{{ genre }}}}"
sections:
  - id: opening
    label: 导语
    length: [40, 300]
  - id: duties
    label: 履职情况
    heading: 履职情况
    layout: subsections
    kinds: [work, result]
    default: true
checklist:
  - id: opening
    label: 有导语
    kind: {KIND}
    section: opening
  - id: basis
    label: 有依据
    kind: {KIND}
    pattern: 根据|按照
"""

WriteType = Callable[..., Path]


@pytest.fixture
def write_type(tmp_path: Path) -> WriteType:
    """Writes a type folder (default: a good one) and gives the path of its doctype.yaml."""

    def write(text: str = GOOD, type_id: str = "duty", **skeletons: str | None) -> Path:
        folder = tmp_path / type_id
        folder.mkdir(parents=True)
        (folder / "doctype.yaml").write_text(text, encoding="utf-8")
        for name, body in ({"opening": "导语", "duties": "正文"} | skeletons).items():
            if body is not None:
                (folder / f"{name}.jinja").write_text(body, encoding="utf-8")
        return folder / "doctype.yaml"

    return write


def error_of(path: Path) -> str:
    with pytest.raises(DoctypeError) as caught:
        doctypes.load(path.parent.name, [path.parent.parent])
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_type_is_read_with_its_skeletons(write_type: WriteType) -> None:
    path = write_type(opening="{{ unit }}导语")
    doctype = doctypes.load("duty", [path.parent.parent])
    assert (doctype.id, doctype.genre) == ("duty", "述职报告")
    assert doctype.section("opening").length == (40, 300)
    assert doctype.section("duties").kinds == ("work", "result")
    assert doctype.section("duties").default
    assert doctype.skeletons == {"opening": "{{ unit }}导语", "duties": "正文"}
    assert doctype.numbering[0] == "{chinese}、"


def test_every_shipped_type_and_topic_is_right() -> None:
    shipped = {
        folder.name
        for folder in data.folder("templates").iterdir()
        if folder.is_dir() and not folder.name.startswith("_")
    }
    assert {doctype.id for doctype in doctypes.available()} == shipped
    assert doctypes.shared_topics()


def test_types_are_listed_by_rank_then_by_id(write_type: WriteType, tmp_path: Path) -> None:
    write_type(type_id="extra/a-late").write_text(GOOD + "rank: 2\n", encoding="utf-8")
    write_type(type_id="extra/b")
    write_type(type_id="extra/c-first").write_text(GOOD + "rank: -1\n", encoding="utf-8")
    ids = [doctype.id for doctype in doctypes.available([tmp_path / "extra"])]
    assert ids[:2] == ["c-first", "b"]
    assert ids[-1] == "a-late"


def test_every_type_has_an_example_and_a_section_in_the_documentation() -> None:
    briefs = [read_brief(path) for path in data.folder("examples").glob("*.yaml")]
    manual = (Path(__file__).parents[1] / "docs" / "types.md").read_text(encoding="utf-8")
    for doctype in doctypes.available():
        assert any(brief.doctype == doctype.id for brief in briefs), doctype.id
        assert f"## {doctype.name}（`{doctype.id}`）" in manual


def test_extra_folders_come_first_and_underscored_folders_are_no_types(
    write_type: WriteType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    write_type(type_id="extra/duty")
    write_type(type_id="extra/_shared")
    write_type(GOOD.replace("name: 述职报告", "name: 另一份"), type_id="shipped/duty")
    write_type(type_id="shipped/plan")
    monkeypatch.setattr(data, "folder", lambda _: shipped)
    found = doctypes.available([tmp_path / "extra"])
    assert [(doctype.id, doctype.name) for doctype in found] == [("duty", "述职报告"), ("plan", "述职报告")]
    assert doctypes.load("duty").name == "另一份"


def test_an_unknown_type_lists_the_known_ones_and_the_nearest(
    write_type: WriteType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_type(type_id="shipped/duty-report")
    write_type(type_id="shipped/plan")
    monkeypatch.setattr(data, "folder", lambda _: tmp_path / "shipped")
    with pytest.raises(DoctypeError) as caught:
        doctypes.load("duty-reprot")
    assert str(caught.value) == (
        "没有文种“duty-reprot”；您是否想用 duty-report？可用的文种：duty-report、plan"
    )
    with pytest.raises(DoctypeError) as caught:
        doctypes.load("../shipped/plan")
    assert str(caught.value) == "没有文种“../shipped/plan”；可用的文种：duty-report、plan"


def test_an_extra_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(DoctypeError) as caught:
        doctypes.available([tmp_path / "none"])
    assert str(caught.value) == f"{tmp_path / 'none'}: 文种文件夹不存在；检查 DRAFTER_TEMPLATES 的设置"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("name: 述职报告\n", "", "1: name: 缺少必填项；补上 name"),
        ("english:", "englsh:", "2: englsh: 不认识的字段；改为 english"),
        ("    heading:", "    headings:", "11: sections[2].headings: 不认识的字段；改为 heading"),
        ("    length: [40, 300]", "    length: [40]", "8: sections[1].length[2]: 缺少必填项；补上 [2]"),
        ("[40, 300]", "[40, many]", "8: sections[1].length[2]: 应为整数"),
        ("[40, 300]", "[400, 300]", "8: sections[1].length: 字数范围 [400, 300] 不成立；写成 [最少, 最多]"),
        (
            "layout: subsections",
            "layout: table",
            "12: sections[2].layout: 不能填“table”；可填：paragraphs、subsections",
        ),
        (
            "[work, result]",
            "[work, idea]",
            "13: sections[2].kinds[2]: 不能填“idea”；可填：work、result、problem、measure、plan",
        ),
        ("default: true", "default: maybe", "14: sections[2].default: 不能填“maybe”；可填：true、false"),
        ("  - id: duties", "  - id: opening", "9: sections[2].id: “opening”与第6行重复；改用别的名称"),
        (
            "  - id: duties",
            "  - id: ../x",
            "9: sections[2].id: “../x”不能作 id；只用英文字母、数字、- 和 _，以字母开头",
        ),
        ("    default: true\n", "", "5: sections: 没有部分标明 default: true；给收纳一般工作的那个部分加上"),
        (
            "    length: [40, 300]",
            "    default: true",
            "14: sections[2].default: default: true 只能有一处；删去这一处",
        ),
        (
            "    section: opening",
            "    section: openin",
            "19: checklist[1].section: 没有部分“openin”；改为 opening",
        ),
        (
            "    section: opening",
            "    section: zzz",
            "19: checklist[1].section: 没有部分“zzz”；可用：opening、duties",
        ),
        (
            "    pattern: 根据|按照",
            "    pattern: 根据(",
            "23: checklist[2].pattern: 正则表达式有误（第3个字符处）；改正，或给特殊字符加反斜杠",
        ),
        ("  - id: basis", "  - id: opening", "20: checklist[2].id: “opening”与第16行重复；改用别的名称"),
        (
            "english: Duty",
            "english: Duty\nid: other\ngloss: D",
            "3: id: 与文件夹名“duty”不一致；改为文件夹名，或删去这一行",
        ),
        (
            "english: Duty",
            "skeletons: {}\nenglish: Duty",
            "2: skeletons: 不认识的字段；正文骨架写在同一文件夹的 <部分 id>.jinja 里",
        ),
        (
            "english: Duty",
            "numbering: ['{chinese}、', '{roman}.']\nenglish: Duty",
            "2: numbering[2]: 不认识的编号占位符 {roman}；只能用 {chinese} 和 {arabic}",
        ),
        (
            "english: Duty",
            "numbering: ['{chinese']\nenglish: Duty",
            "2: numbering[1]: 花括号没有配对；写成 {chinese} 或 {arabic}",
        ),
        (
            "english: Duty",
            "numbering: ['{}、']\nenglish: Duty",
            "2: numbering[1]: 不认识的编号占位符 {}；只能用 {chinese} 和 {arabic}",
        ),
        (
            "english: Duty",
            "headings: ['{topic}', '抓好{subject}']\nenglish: Duty",
            "2: headings[2]: 不认识的标题占位符 {subject}；只能用 {topic}",
        ),
        ("{{ period }}", "{{ perod }}", "4: title: 不认识的变量 perod；可用：genre、period、topic、unit"),
        ("genre: 述职报告", "name: 述职报告", "3: name: 重复了第1行的字段；删去其中一个"),
        (
            "genre: 述职报告",
            "genre：述职报告",
            "3: genre: 字段名后是全角冒号；字段名后用半角冒号加一个空格",
        ),
        (
            "    length: [40, 300]",
            "    cues: 培训",
            "8: sections[1].cues: 应为列表；每项一行，以“- ”开头",
        ),
    ],
)
def test_each_mistake_is_named_with_file_line_and_key(
    write_type: WriteType, old: str, new: str, place: str
) -> None:
    assert old in GOOD
    path = write_type(GOOD.replace(old, new, 1))
    assert error_of(path) == f"{path}:{place}"


def test_the_first_of_several_mistakes_is_named(write_type: WriteType) -> None:
    text = GOOD.replace("layout: subsections", "layout: table").replace("english:", "englsh:")
    path = write_type(text)
    assert error_of(path).startswith(f"{path}:2: englsh: ")


def test_an_unknown_kind_of_check_is_named_with_the_known_ones(write_type: WriteType) -> None:
    path = write_type(GOOD.replace(f"kind: {KIND}", "kind: qqq", 1))
    assert error_of(path) == (
        f"{path}:18: checklist[1].kind: 没有检查方式“qqq”；可用：{'、'.join(sorted(KINDS))}"
    )


def test_a_broken_title_is_named(write_type: WriteType) -> None:
    path = write_type(GOOD.replace("{{ unit }}", "{{ unit }"))
    assert error_of(path).startswith(f"{path}:4: title: Jinja 写法有误（")


def test_a_missing_skeleton_is_named_at_its_section(write_type: WriteType) -> None:
    path = write_type(duties=None)
    assert error_of(path) == (
        f"{path}:9: sections[2].id: 缺少正文骨架 duties.jinja；在 {path.parent} 里补上这个文件"
    )


def test_a_broken_skeleton_is_named_with_its_own_line(write_type: WriteType) -> None:
    path = write_type(duties="一\n二{% if x %}\n{% endfor %}\n")
    assert error_of(path).startswith(f"{path.parent / 'duties.jinja'}:3: Jinja 写法有误（")


def test_a_skeleton_in_another_encoding_is_named(write_type: WriteType) -> None:
    path = write_type()
    (path.parent / "duties.jinja").write_bytes("正文".encode("gbk"))
    assert error_of(path) == f"{path.parent / 'duties.jinja'}: 不是 UTF-8 编码；请另存为 UTF-8"


@pytest.mark.parametrize("text", ["", "- a\n", "只有一句话\n"])
def test_a_file_that_is_no_mapping_is_named(write_type: WriteType, text: str) -> None:
    path = write_type(text)
    assert error_of(path) == f"{path}:1: 应为“字段: 内容”的形式；参照已有文种的 doctype.yaml"


def test_shared_topics_are_checked_like_a_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "_shared" / "topics.yaml"
    path.parent.mkdir()
    monkeypatch.setattr(data, "folder", lambda _: tmp_path)
    for text, place in [
        (
            "- {topic: 培训, cues: [培训], headings: [甲]}\n- {topic: 宣传, cue: [宣传]}\n",
            "2: [2].cue: 不认识的字段；改为 cues",
        ),
        ("topic: 培训\n", "1: 应为列表；每项一行，以“- ”开头"),
        (
            "- {topic: 培训, cues: [], headings: []}\n- {topic: 培训, cues: [], headings: []}\n",
            "2: [2].topic: “培训”与第1行重复；改用别的名称",
        ),
    ]:
        path.write_text(text, encoding="utf-8")
        doctypes.shared_topics.cache_clear()
        with pytest.raises(DoctypeError) as caught:
            doctypes.shared_topics()
        assert str(caught.value) == f"{path}:{place}"
    doctypes.shared_topics.cache_clear()


def test_chinese_lines_that_yaml_folds_are_joined_without_a_space() -> None:
    for doctype in doctypes.available():
        for spec in doctype.sections:
            assert " " not in spec.guidance
