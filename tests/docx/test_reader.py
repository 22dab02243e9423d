"""Reading .docx files: text of any, refusal of what is broken or hostile."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from drafter.docx.reader import read_text
from drafter.errors import InputError


def saved(document: docx.document.Document) -> bytes:
    """The bytes of a python-docx document."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_paragraphs_and_table_cells_are_lines_in_document_order() -> None:
    document = docx.Document()
    document.add_paragraph("甲")
    document.add_table(rows=1, cols=2).rows[0].cells[1].text = "乙"
    document.add_paragraph("丙")
    assert read_text(saved(document)) == ["甲", "", "乙", "丙"]


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old"])
def test_what_is_no_docx_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_text(data)
    assert "\n" not in str(caught.value)


def rewritten(name: str, content: bytes) -> bytes:
    """A document with one part replaced or added."""
    source, out = zipfile.ZipFile(io.BytesIO(saved(docx.Document()))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in source.namelist():
            if member != name:
                archive.writestr(member, source.read(member))
        archive.writestr(name, content)
    return out.getvalue()


def test_a_file_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(InputError, match="过大"):
        read_text(rewritten("word/media/image.bin", b"\0" * 80_000_000))


def test_a_doctype_is_refused_and_nothing_it_names_is_read() -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    with pytest.raises(InputError, match="DOCTYPE"):
        read_text(rewritten("word/document.xml", evil))
