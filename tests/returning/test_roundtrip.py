"""A file comes back: nothing that was not edited changes, and nothing that was edited is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drafter import intake
from drafter.docx import office
from drafter.docx.returned import read_returned
from drafter.docx.writer import write
from drafter.marks import mark_of
from drafter.model import DocType, Draft, Mark, Origin, Returned, SourceLine
from drafter.printed import lines
from drafter.returning.compare import Change, compare
from drafter.returning.match import match
from drafter.returning.texts import solid
from tests.makers import brief_of, template_draft
from tests.returning import hands

EXAMPLES = sorted((Path(__file__).parent.parent.parent / "examples").glob("*.yaml"))
ORIGIN = Origin(draft="aB-_xyz12345", number=7)

needs_office = pytest.mark.skipif(not office.present(), reason="LibreOffice is missing")


def changes_in(data: bytes, draft: Draft, doctype: DocType) -> tuple[Change, ...]:
    """What a file changes in the draft it was exported from."""
    return compare(match(read_returned(data), draft, doctype), draft, draft, doctype)


def printed_as_returned(draft: Draft, *, marks: bool) -> Returned:
    """The printed lines as a returned file, without the file."""
    printed = lines(draft)
    first: dict[str, int] = {}
    for place, line in enumerate(printed):
        first.setdefault(mark_of(line), place)
    return Returned(
        lines=tuple(SourceLine(text=line.text) for line in printed),
        marks=tuple(Mark(name=name, first=place, last=place) for name, place in first.items() if marks),
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_a_file_that_nobody_edited_changes_nothing(example: Path) -> None:
    draft, doctype = template_draft(intake.read_brief(example))
    data = write(draft, doctype, origin=ORIGIN)
    for back in (
        data,
        write(draft, doctype, checklist=False),
        hands.saved_by_word(data),
        hands.with_other_style_ids(data),
        hands.without_marks(data),
        hands.without_checklist(data),
        hands.numbered_automatically(data),
        hands.numbered_automatically(hands.without_marks(hands.saved_by_word(data))),
    ):
        assert changes_in(back, draft, doctype) == ()


@needs_office
@pytest.mark.parametrize("example", EXAMPLES[::4], ids=lambda path: path.stem)
def test_libreoffice_keeps_the_marks_and_the_origin(example: Path) -> None:
    draft, doctype = template_draft(intake.read_brief(example))
    data = write(draft, doctype, origin=ORIGIN)
    for back in (
        office.convert(data, ".docx", "docx"),
        office.convert(office.convert(data, ".docx", "odt"), ".odt", "docx"),
        office.convert(office.convert(data, ".docx", "doc"), ".doc", "docx"),
    ):
        returned = read_returned(back)
        assert returned.origin == ORIGIN
        assert {mark_of(line) for line in lines(draft)} <= {mark.name for mark in returned.marks}
        assert returned.checklist[0] == "必备内容检查表"
        assert changes_in(back, draft, doctype) == ()


def test_the_origin_stands_twice_and_says_nothing_else() -> None:
    draft, doctype = template_draft(brief_of("清理河道12公里"))
    data = write(draft, doctype, origin=ORIGIN)
    assert read_returned(data).origin == ORIGIN
    assert read_returned(hands.without_properties(data)).origin == ORIGIN
    assert read_returned(hands.without_marks(data)).origin == ORIGIN
    assert read_returned(hands.without_marks(hands.without_properties(data))).origin is None
    assert read_returned(write(draft, doctype)).origin is None


ODD_LINES = st.sampled_from(
    [
        "（一）认识不足。部分干部对河长制理解不深。",
        "一、二、三产业协调发展",
        "1.清理河道12公里。",
        "某市水务局",
        "2025年12月5日",
        "市政府办公室：",
        "附件：1.名单",
        "特此报告。",
        "　　缩进的 一段\t文字",
        "“引号”与(括号),半角。",
        "〔待核实：12公里〕的河道",
        "二、存在的问题",
        "必备内容检查表",
        "x" * 500,
    ]
) | st.text(st.sampled_from("河湖管护工作一二三，。；：（）《》“”1234567890%abcXYZ "), max_size=60)
TEXTS = st.lists(ODD_LINES, max_size=4).map("\n".join)


TOPICS = ("培训", "河道保洁", "执法检查", "宣传")
DRAFTS = [
    template_draft(
        brief_of(
            *[{"text": f"完成任务{n}项", "topic": topic} for n, topic in enumerate(TOPICS[:count], start=1)],
            addressee=addressee,
        )
    )
    for count, addressee in ((1, ""), (2, "市政府办公室"), (4, ""))
]


@st.composite
def drafts(draw: st.DrawFn) -> tuple[Draft, DocType]:
    """Drafts of several sizes with odd texts in their sections."""
    draft, doctype = draw(st.sampled_from(DRAFTS))
    sections = tuple(
        one.model_copy(update={"text": draw(TEXTS)}) if one.written else one for one in draft.sections
    )
    return draft.model_copy(update={"sections": sections}), doctype


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drafts())
def test_any_draft_comes_back_as_it_was(pair: tuple[Draft, DocType]) -> None:
    draft, doctype = pair
    assert compare(match(printed_as_returned(draft, marks=True), draft, doctype), draft, draft, doctype) == ()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drafts())
def test_any_draft_comes_back_from_a_file_as_it_was(pair: tuple[Draft, DocType]) -> None:
    draft, doctype = pair
    assert changes_in(hands.saved_by_word(write(draft, doctype, origin=ORIGIN)), draft, doctype) == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drafts(), st.lists(ODD_LINES, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_no_text_is_ever_dropped(pair: tuple[Draft, DocType], more: list[str], chance: object) -> None:
    draft, doctype = pair
    rows = [line.text for line in lines(draft)] + more
    chance.shuffle(rows)  # type: ignore[attr-defined]
    matched = match(Returned(lines=tuple(SourceLine(text=row) for row in rows)), draft, doctype)
    held = [text for one in matched.found for text in (one.heading, *one.paragraphs)]
    held += [text for one in matched.strays for text in (one.printed, *one.paragraphs)]
    held += matched.heads.values()
    there = Counter(solid("".join(rows)))
    here = Counter(solid("".join(held)))
    lost = there - here
    # Of a section's heading only its number and the sign behind it are not its words.
    assert set(lost) <= set("一二三四五六七八九十（）()、，.．。：: 0123456789"), lost
