"""Readings of documents whose printed lines are known, and edits of a .docx's parts, for format tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from drafter.model import Draft, Heading, LineRole, Reading
from drafter.printed import lines


def reading_of(draft: Draft) -> Reading:
    """What the lines of a printed draft are."""
    printed = lines(draft)
    roles: list[LineRole] = ["heading" if line.heading else line.role for line in printed]
    headings = [
        Heading(
            level=line.level,
            number="",
            heading=line.text[: line.heading].rstrip("。"),
            line=number,
            run_in=line.level == 2,
        )
        for number, line in enumerate(printed, start=1)
        if line.heading
    ]
    return Reading(lines=tuple(one.text for one in printed), roles=tuple(roles), headings=tuple(headings))


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of a .docx by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def edited(data: bytes, part: str, edit: Callable[[str], str]) -> bytes:
    """A .docx with one part changed. Fails when the edit changes nothing."""
    parts = parts_of(data)
    before = parts[part].decode()
    after = edit(before)
    assert after != before
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, after.encode() if name == part else content)
    return out.getvalue()
