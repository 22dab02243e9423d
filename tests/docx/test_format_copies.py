"""The desk finds nothing wrong with our own copies, and putting their format right changes nothing."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest

from drafter.docx.format_check import check_format
from drafter.docx.format_fix import put_right
from drafter.docx.reader import read_source
from drafter.docx.writer import write
from drafter.model import Reading
from drafter.review.outline_reader import read
from tests.docx.copies import ATTACHED, FOOT, HEAD, copy_of
from tests.makers import template_draft

TOP = {"serial": "000001", "secrecy": "机密★1年", "urgency": "特急"}
JOINT = {"issuers": ("某市教育局", "某市生态环境局")}
COPIES = {
    "full": {**TOP, **HEAD, **FOOT, **ATTACHED, "signers": ("张三", "李四"), "note": "此件公开"},
    "sealed": {**HEAD, **FOOT, "sealed": True},
    "joint": {**HEAD, **FOOT, **JOINT, "sealed": True},
    "unsealed": {**HEAD, **JOINT, "signers": ("张三", "李四", "王小五")},
    "letter": {**TOP, "format": "letter", "number": "某水函〔2025〕5号", "cc": ("市委办公室",)},
    "memo": {"format": "memo", "mark": "工作情况专报", "number": "第3期", **FOOT},
}


@cache
def made(name: str) -> tuple[bytes, Reading]:
    draft, doctype = template_draft(copy_of(**COPIES[name]))
    data = write(draft, doctype)
    return data, read(read_source(data))


def document_of(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("word/document.xml")


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_read_with_its_title_unit_and_date(name: str) -> None:
    _, reading = made(name)
    assert reading.title == "某市水务局2025年河湖管护工作总结"
    assert reading.addressee == "市政府办公室"
    assert str(reading.date) == "2025-12-05"
    assert reading.unit
    above = reading.roles[: reading.roles.index("title")]
    assert set(above) <= {"imprint"}


@pytest.mark.parametrize("name", COPIES)
def test_nothing_is_wrong_with_the_format_of_a_copy(name: str) -> None:
    data, reading = made(name)
    assert [(one.rule, one.line, one.message) for one in check_format(data, reading)] == []


@pytest.mark.parametrize("name", COPIES)
def test_putting_the_format_of_a_copy_right_leaves_its_document_as_it_is(name: str) -> None:
    data, reading = made(name)
    assert document_of(put_right(data, reading)) == document_of(data)
