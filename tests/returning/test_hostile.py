"""Files that strangers made to break the import end in one sentence, or in a reading, and soon."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import pytest

from drafter.docx.returned import read_returned
from drafter.docx.writer import write
from drafter.errors import DrafterError
from drafter.marks import section_mark
from drafter.model import Mark, Origin, Returned, SourceLine
from drafter.returning.compare import compare
from drafter.returning.match import match
from tests.makers import brief_of, template_draft

DRAFT, TYPE = template_draft(brief_of({"text": "清理河道12公里", "topic": "河道保洁"}))
FILE = write(DRAFT, TYPE, origin=Origin(draft="aB-_xyz12345", number=7))


def with_part(name: str, change: Callable[[str], str]) -> bytes:
    """The file with one of its parts changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FILE)) as archive, zipfile.ZipFile(made, "w") as target:
        for member in archive.namelist():
            content = archive.read(member)
            target.writestr(member, change(content.decode()).encode() if member == name else content)
    return made.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        FILE[: len(FILE) // 2],
        with_part("word/document.xml", lambda xml: xml.replace("?>", "?><!DOCTYPE x>", 1)),
        with_part("word/document.xml", lambda xml: xml[:-20]),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(data: bytes) -> None:
    with pytest.raises(DrafterError) as error:
        read_returned(data)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "custom", ["", "<no", "<Properties/>", '<p><property name="DrafterDraft">zz</property></p>']
)
def test_broken_properties_leave_the_origin_to_the_bookmark(custom: str) -> None:
    returned = read_returned(with_part("docProps/custom.xml", lambda _: custom))
    assert returned.origin == Origin(draft="aB-_xyz12345", number=7)


def test_odd_bookmarks_and_ids_are_no_harm() -> None:
    odd = (
        '<w:bookmarkStart w:id="x" w:name="_dr_measures"/><w:bookmarkEnd w:id="y"/><w:bookmarkEnd/>'
        "<w:bookmarkStart/><w:commentRangeStart/><w:ins><w:r><w:t>空</w:t></w:r></w:ins><w:del/>"
    )
    returned = read_returned(
        with_part("word/document.xml", lambda xml: xml.replace("<w:body>", f"<w:body><w:p>{odd}</w:p>"))
    )
    changes = compare(match(returned, DRAFT, TYPE), DRAFT, DRAFT, TYPE)
    assert any("空" in one.new for one in changes)


def test_marks_that_all_point_to_one_line_lose_no_text() -> None:
    rows = [SourceLine(text=f"第{n}段") for n in range(5)]
    marks = tuple(Mark(name=section_mark(one.id), first=2, last=4) for one in DRAFT.sections)
    matched = match(Returned(lines=tuple(rows), marks=marks), DRAFT, TYPE)
    held = [text for one in matched.found for text in (one.heading, *one.paragraphs)]
    held += [text for one in matched.strays for text in (one.printed, *one.paragraphs)]
    held += matched.heads.values()
    assert sorted(filter(None, held)) == [row.text for row in rows]


@pytest.mark.parametrize(
    "line",
    ["（一）加强管理。抓好落实{n}。", "一、工作{n}", "普通的一段文字，第{n}段。", "附件{n}：名单"],
)
def test_time_grows_with_the_length_of_the_file_not_with_its_square(line: str) -> None:
    def seconds(count: int) -> float:
        returned = Returned(lines=tuple(SourceLine(text=line.format(n=n)) for n in range(count)))
        start = time.process_time()
        match(returned, DRAFT, TYPE)
        return time.process_time() - start

    seconds(200)
    assert seconds(4000) < 20 * max(seconds(400), 0.02) + 2
