"""The verdict: what is taken out of a complete document of any type is missed, nothing else is, and noise
changes nothing.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from drafter.data import folder
from drafter.intake import read_brief
from drafter.model import ChecklistItem, Review, SourceLine
from drafter.review.checklist import KINDS
from drafter.review.lint import rules
from drafter.review.outline_reader import read
from drafter.review.verdict import judge
from tests.review.variants import MAKERS, TYPES, Original, Row, Variant, original, renumbered, taken_away

BRIEFS = {path.stem: read_brief(path) for path in sorted(folder("examples").glob("*.yaml"))}
ORIGINALS = [
    original(f"{name}-{'docx' if docx else 'text'}", brief, docx=docx)
    for name, brief in BRIEFS.items()
    for docx in (True, False)
]
VARIANTS = [
    (document, item, variant)
    for document in ORIGINALS
    for item in document.doctype.checklist
    for variant in taken_away(document, item)
]


def judged(rows: Sequence[Row], **given: object) -> Review:
    """The verdict on a document, without the language rules, which are tested by themselves."""
    return judge(read([row.line for row in rows]), TYPES, (), **given)  # type: ignore[arg-type]


def missed(review: Review) -> set[str]:
    """Ids of the required items that are not met."""
    return {result.id for result in review.checklist if result.required and not result.passed}


each_original = pytest.mark.parametrize("document", ORIGINALS, ids=[one.name for one in ORIGINALS])


def test_every_type_has_a_finished_document_and_every_kind_of_check_a_way_to_fail() -> None:
    assert {document.doctype.id for document in ORIGINALS} == {doctype.id for doctype in TYPES}
    assert set(MAKERS) == set(KINDS)


def test_every_item_of_every_type_has_a_variant_that_lacks_it() -> None:
    made = {(document.doctype.id, item.id) for document, item, _ in VARIANTS}
    wanted = {(doctype.id, item.id) for doctype in TYPES for item in doctype.checklist}
    # The parts of a type without headings are told by their place: they have no order that can be wrong.
    assert wanted - made == {("bulletin", "order")}


@each_original
def test_a_finished_document_is_complete_and_recognised(document: Original) -> None:
    review = judged(document.rows)
    assert (review.doctype, missed(review), review.complete) == (document.doctype.id, set(), True)
    assert [result.id for result in review.checklist if not result.passed] == []


@pytest.mark.parametrize(
    ("document", "item", "variant"),
    VARIANTS,
    ids=[f"{document.name}-{variant.name}" for document, _, variant in VARIANTS],
)
def test_what_is_taken_away_is_missed_and_nothing_else(
    document: Original, item: ChecklistItem, variant: Variant
) -> None:
    review = judged(variant.rows, brief=variant.brief)
    required = {one.id for one in document.doctype.checklist if one.required}
    assert review.doctype == document.doctype.id
    assert missed(review) == variant.missed & required
    assert item.id in {result.id for result in review.checklist if not result.passed}


@each_original
def test_a_section_taken_out_leaves_nothing_for_the_language_rules(document: Original) -> None:
    shipped = rules()
    for spec in document.doctype.sections:
        rows = renumbered([row for row in document.rows if row.spec != spec.id])
        if len(rows) < len(document.rows):
            reading = read([row.line for row in rows])
            assert judge(reading, TYPES, shipped).findings == (), spec.id


def typed(change: Callable[[str], str]) -> Callable[[Sequence[SourceLine]], list[SourceLine]]:
    """Noise that changes each line."""
    return lambda lines: [line.model_copy(update={"text": change(line.text)}) for line in lines]


def between(*noise: str) -> Callable[[Sequence[SourceLine]], list[SourceLine]]:
    """Noise lines behind every second line."""

    def put(lines: Sequence[SourceLine]) -> list[SourceLine]:
        made = []
        for number, line in enumerate(lines):
            made.append(line)
            if number % 2:
                made += [SourceLine(text=text) for text in noise]
        return made

    return put


def around(*, above: Sequence[str] = (), below: Sequence[str] = ()) -> Callable[..., list[SourceLine]]:
    """Noise lines before and behind the document."""
    return lambda lines: [
        *(SourceLine(text=text) for text in above),
        *lines,
        *(SourceLine(text=text) for text in below),
    ]


HALF = str.maketrans("，；：。（）", ",;:.()")
NOISE: dict[str, Callable[[Sequence[SourceLine]], list[SourceLine]]] = {
    "blank-lines": between("", "　　"),
    "page-numbers": between("— 3 —"),
    "dashed-page-numbers": between("- 12 -", ""),
    "page-of-pages": between("第 2 页 共 5 页"),
    "web-page-above": around(
        above=[
            "当前位置：首页 > 政务公开 > 工作动态",
            "发布时间：2025-12-30 来源：本站 浏览次数：128",
            "字体：【大 中 小】",
        ]
    ),
    "web-page-below": around(
        below=["", "上一篇：关于召开会议的通知", "下一篇：没有了", "打印", "关闭窗口", "版权所有 某某网"]
    ),
    "advertisement": around(below=["需要全文请联系微信", "欢迎关注公众号“公文驿站”", "扫码下载更多范文"]),
    "preview-ended": around(below=["预览已结束，开通会员阅读全文", "相关推荐", "个人工作总结范文十篇"]),
    "half-width-punctuation": typed(lambda text: text.translate(HALF)),
    "half-width-commas": typed(lambda text: text.replace("，", ",").replace("：", ":")),
    "half-width-brackets": typed(lambda text: text.replace("（", "(").replace("）", ")")),
    "full-width-indent": typed(lambda text: "　　" + text),
    "full-width-space-after-number": typed(
        lambda text: re.sub("^([一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)", r"\1　", text)
    ),
    "trailing-spaces": typed(lambda text: text + " 　"),
    "full-width-digits": typed(
        lambda text: text.translate({ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"})
    ),
}


@pytest.mark.parametrize("noise", NOISE)
@each_original
def test_noise_changes_no_verdict(document: Original, noise: str) -> None:
    lines = [row.line for row in document.rows]
    before = judge(read(lines), TYPES, ())
    after = judge(read(NOISE[noise](lines)), TYPES, ())
    assert after.doctype == before.doctype
    assert [(one.id, one.passed, one.applicable) for one in after.checklist] == [
        (one.id, one.passed, one.applicable) for one in before.checklist
    ]


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("name", ["waste-sorting-summary-text", "rectification-report-docx"])
def test_noise_hides_nothing_that_is_missing(name: str, noise: str) -> None:
    required = {(doctype.id, item.id) for doctype in TYPES for item in doctype.checklist if item.required}
    for document, item, variant in VARIANTS:
        if document.name == name and not variant.brief and (document.doctype.id, item.id) in required:
            lines = NOISE[noise]([row.line for row in variant.rows])
            assert item.id in missed(judge(read(lines), TYPES, ())), variant.name


def headed(document: Original, spec: str, heading: str) -> list[Row]:
    """A document with another level-1 heading over one of its sections."""
    rows = []
    for row in document.rows:
        if row.level == 1 and row.spec == spec:
            text = row.text[: row.text.index("、") + 1] + heading
            row = row._replace(line=row.line.model_copy(update={"text": text}), heading=len(text))
        rows.append(row)
    return rows


BY_TYPE = {document.doctype.id: document for document in ORIGINALS if document.name.endswith("text")}
PROBLEMS = [
    "存在的不足", "问题与短板", "困难和问题", "存在的主要问题和困难", "工作中存在的问题", "当前面临的困难",
    "差距与不足", "问题短板", "2025年工作中的不足", "校园食堂管理的问题和不足",
]  # fmt: skip
NEXT = [
    "下一步打算", "下步工作安排", "今后工作思路", "2026年工作打算", "下一阶段重点工作",
    "明年工作计划", "今后努力方向",
]  # fmt: skip


@pytest.mark.parametrize("heading", PROBLEMS)
@pytest.mark.parametrize(
    "doctype", ["work-summary", "self-assessment", "work-report", "duty-report", "research-report"]
)
def test_a_section_of_problems_is_known_by_its_meaning(doctype: str, heading: str) -> None:
    assert judged(headed(BY_TYPE[doctype], "problems", heading), chosen=doctype).complete


@pytest.mark.parametrize("heading", NEXT)
@pytest.mark.parametrize(
    ("doctype", "spec"), [("work-summary", "outlook"), ("self-assessment", "next"), ("work-report", "next")]
)
def test_a_section_of_plans_is_known_by_its_meaning(doctype: str, spec: str, heading: str) -> None:
    assert judged(headed(BY_TYPE[doctype], spec, heading), chosen=doctype).complete


@pytest.mark.parametrize(
    "heading", ["存在问题及下一步打算", "存在的问题和下一步工作安排", "问题不足与今后努力方向"]
)
@pytest.mark.parametrize(
    ("doctype", "spec"), [("work-summary", "outlook"), ("self-assessment", "next"), ("work-report", "next")]
)
def test_a_combined_heading_counts_as_both_its_sections(doctype: str, spec: str, heading: str) -> None:
    rows = [
        row
        for row in headed(BY_TYPE[doctype], "problems", heading)
        if not (row.level == 1 and row.spec == spec)
    ]
    assert judged(renumbered(rows), chosen=doctype).complete


@pytest.mark.parametrize(
    "heading", ["补齐设施短板", "推进项目建设，补齐短板弱项", "聚焦突出问题", "着力化解发展难题和困难"]
)
def test_work_on_problems_is_no_section_of_problems(heading: str) -> None:
    document = BY_TYPE["work-report"]
    rows = headed(document, "problems", heading)
    assert missed(judged(rows, chosen="work-report")) == {"problems"}


def test_a_lower_heading_that_names_a_section_stands_for_it() -> None:
    rows = []
    for row in BY_TYPE["work-report"].rows:
        if row.level == 1 and row.spec == "problems":
            row = row._replace(line=SourceLine(text="（五）存在的主要问题"), level=0)
        rows.append(row)
    assert judged(renumbered(rows), chosen="work-report").complete


HEAVY = ("langchain", "gradio", "sqlalchemy", "openai")


def test_a_check_imports_no_model_no_page_and_no_database(tmp_path: Path) -> None:
    from drafter.docx.writer import write
    from tests.makers import template_draft

    path = tmp_path / "summary.docx"
    path.write_bytes(write(*template_draft(BRIEFS["waste-sorting-summary"])))
    program = (
        "import sys; from drafter.cli import app\n"
        "try: app(['check', sys.argv[1]])\n"
        "finally: print('IMPORTED', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    imported = done.stdout.split("IMPORTED ")[1].split()
    assert "docx" in imported and "drafter" in imported
    assert [name for name in imported if name.startswith(HEAVY)] == []


def test_a_heading_of_any_length_is_named_in_time() -> None:
    from drafter.review.naming import naming

    spec = BY_TYPE["work-report"].doctype.section("problems")
    begin = time.process_time()
    for words in ("突出问题主要工作中存在的", "年度工作中", "一二三", "问题"):
        naming(words * (2000 // len(words)) + "甲问题", spec)
    assert time.process_time() - begin < 2
