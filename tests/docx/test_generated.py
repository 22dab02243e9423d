"""Any document comes out valid, whole and as it was written: generated ones of every length and kind.

DRAFTER_GENERATED=300 makes as many of them as a release is tried with; a few are rendered.
"""

from __future__ import annotations

import datetime
import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openxml_audit import OpenXmlValidator

from drafter import doctypes
from drafter.docx.reader import read_text
from drafter.docx.writer import write
from drafter.model import Attachment, Brief, DocType, Draft, Fact, Official, Section, Table
from drafter.printed import lines
from tests import rendering

COUNT = int(os.environ.get("DRAFTER_GENERATED", "25"))
RENDERED = max(4, COUNT // 20)

WORDS = [
    "坚持",
    "系统治理",
    "2025年",
    "320吨",
    "98.5%",
    "《河湖管护办法》",
    "“无废城市”",
    "……",
    "——",
    "A类",
    "、",
    "，",
    "。",
]
ODD = ["\t", "\x0b", "𠮷", "①", "〔待补充：甲〕", " ", "\u200b", "<w:p>", "&amp;"]
PROSE = st.lists(st.sampled_from(WORDS * 4 + ODD), min_size=1, max_size=60).map("".join).filter(str.strip)
NAME = st.lists(
    st.sampled_from(["某市", "某区", "水务局", "交通运输局", "办公室", "委员会"]), min_size=1, max_size=5
).map("".join)
TITLE = st.lists(
    st.sampled_from(
        ["某市水务局", "关于", "2025年度", "《办法》", "的", "工作", "总结", "“三率”", "（试行）", "推进"]
    ),
    min_size=1,
    max_size=16,
).map("".join)
CELL = st.one_of(st.sampled_from(["", "120", "98.5", "甲区"]), PROSE.map(lambda text: text[:40]))
TABLE = st.integers(2, 9).flatmap(
    lambda width: st.lists(
        st.lists(CELL, min_size=width, max_size=width).map(tuple), min_size=2, max_size=40
    ).map(lambda rows: Table(rows=tuple(rows)))
)
OFFICIAL = st.builds(
    Official,
    format=st.sampled_from(["standard", "letter", "memo"]),
    serial=st.sampled_from(["", "000001"]),
    secrecy=st.sampled_from(["", "秘密★1年"]),
    urgency=st.sampled_from(["", "特急"]),
    mark=st.sampled_from(["", "工作专报", "某省某市某经济技术开发区管理委员会办公室文件"]),
    number=st.sampled_from(["", "某水〔2025〕15号"]),
    issuers=st.lists(NAME, max_size=5).map(tuple),
    sealed=st.booleans(),
    note=st.sampled_from(["", "此件公开发布"]),
    attachments=st.lists(
        st.builds(
            Attachment, title=TITLE, text=st.one_of(st.just(""), PROSE), table=st.one_of(st.none(), TABLE)
        ),
        max_size=3,
    ).map(tuple),
    cc=st.lists(NAME, max_size=12).map(tuple),
    print_by=st.one_of(st.just(""), NAME),
    print_date=st.sampled_from([None, datetime.date(2025, 12, 8)]),
)


@cache
def doctype() -> DocType:
    return doctypes.load("work-summary")


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """A draft of any sections, tables, head and foot."""
    official = draw(OFFICIAL)
    signers = (
        ()
        if official.format == "letter"
        else tuple(draw(st.lists(st.sampled_from(["张三", "李小四"]), max_size=5)))
    )
    tables = draw(st.lists(TABLE, max_size=2))
    facts = tuple(
        Fact(
            id=f"F{n}", text=f"情况见表{n}", caption="有关情况", table=table.model_copy(update={"number": n})
        )
        for n, table in enumerate(tables, 1)
    )
    paragraphs = draw(st.lists(PROSE, min_size=1, max_size=draw(st.sampled_from([2, 10, 60]))))
    level = draw(st.sampled_from([0, 1, 2]))
    sections = [
        Section(
            id=f"part.{n}",
            spec="measures",
            number="（一）" if level == 2 else "一、" if level else "",
            heading="总体情况" if level else "",
            level=level,
            text="\n".join(paragraphs[n::3]),
            facts=tuple(fact.id for fact in facts) if n == 0 else (),
        )
        for n in range(min(3, len(paragraphs)))
    ]
    brief = Brief(
        doctype="work-summary",
        unit=draw(NAME),
        addressee=draw(st.sampled_from(["", "市政府办公室"])),
        date=draw(st.sampled_from([None, datetime.date(2025, 1, 1), datetime.date(2025, 12, 31)])),
        official=official.model_copy(update={"signers": signers}),
        facts=facts or (Fact(id="F1", text="情况"),),
    )
    return Draft(brief=brief, title=draw(TITLE), writer="test", sections=tuple(sections))


def plain(text: str) -> str:
    """A line without the characters that XML or a line of print cannot hold."""
    allowed = "".join(char for char in text if char == "\t" or ord(char) >= 0x20)
    return " ".join(allowed.split())


@settings(
    max_examples=COUNT,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
@given(draft=drafts(), checklist=st.booleans())
def test_a_generated_document_is_valid_and_keeps_its_text(draft: Draft, checklist: bool) -> None:
    data = write(draft, doctype(), checklist=checklist)
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"drafter-generated-{os.getpid()}.docx"
    path.write_bytes(data)
    try:
        assert OpenXmlValidator().validate(str(path)).errors == []
    finally:
        path.unlink()
    assert [plain(line) for line in read_text(data)] == [plain(line.text) for line in lines(draft)]


@pytest.mark.render
def test_generated_documents_render_with_all_their_text() -> None:
    rendering.require()
    made: list[Draft] = []

    @settings(
        max_examples=RENDERED,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(draft=drafts())
    def collect(draft: Draft) -> None:
        made.append(draft)

    collect()
    documents = {f"d{n}": write(draft, doctype(), checklist=False) for n, draft in enumerate(made)}
    for (_, pdf), draft in zip(rendering.to_pdfs(documents).items(), made, strict=True):
        printed = "".join(page.text for page in rendering.pages(pdf))
        for line in lines(draft):
            if line.role in ("heading", "unit", "date", "note", "attachment_number"):
                for word in line.text.split("\t"):
                    assert word in printed
        if (
            any(line.role in ("cc", "print") for line in lines(draft))
            and draft.brief.official.format != "letter"
        ):
            assert len(rendering.pages(pdf)) % 2 == 0
