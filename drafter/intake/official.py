"""版头, 附件, 附注 and 版记 of a brief: the group «official:» of a YAML brief, lines of a text brief."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date as Date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from drafter.intake.dates import read_date
from drafter.intake.tables import block, caption_of, rows_of, table_of
from drafter.model import Attachment, CopyFormat, Official, Record, Table
from drafter.yaml_lines import Value

MAX_PEOPLE, MAX_UNITS, MAX_ATTACHMENTS = 12, 50, 30
MAX_ATTACHMENT = 50_000
"""Characters that the text of one attachment may have."""
LISTS = frozenset({"signers", "issuers", "cc"})
"""Keys that hold several names."""
"""Keys of an attachment whose line breaks count."""

_SERIAL = re.compile(r"\d{1,8}")
_SECRECY = re.compile(r"(?:绝密|机密|秘密)(?:★\S{1,10})?|内部(?:资料|文件|使用|事项)?|工作秘密\S{0,10}")
_NUMBER = re.compile(r"\S{1,20}〔\d{4}〕\S{0,4}\d{1,5}号|第?\d{1,5}期|\S{1,20}第\d{1,5}期")
_YEAR = re.compile(r"[\[［【(（﹝](\d{4})[\]］】)）﹞]")
_NUMBERED = re.compile(r"\d{1,2}\s*[.．、]\s*(?!\d)")


def table_in(given: object) -> object:
    """A table from Markdown, from rows parted by tabs, or from a list of rows."""
    if isinstance(given, str):
        rows: Sequence[Sequence[str]] = rows_of(given)
    elif isinstance(given, list) and all(isinstance(row, list) for row in given):
        rows = [[str(cell or "") for cell in row] for row in given]
    else:
        return (
            given
            if isinstance(given, Table)
            else _wrong("表格看不懂；每行一列清单，或粘贴 Markdown、Excel 的表格")
        )
    try:
        return table_of(rows)
    except ValueError as error:
        return _wrong(str(error))


def _wrong(message: str) -> object:
    raise PydanticCustomError("chinese", "{message}", {"message": message})


def _serial(text: str) -> str:
    if not _SERIAL.fullmatch(text):
        _wrong(f"份号“{text[:20]}”不是数字；写成 000001")
    return text.zfill(6)


def _secrecy(text: str) -> str:
    text = re.sub(r"[*＊☆]", "★", text.replace(" ", ""))
    if not _SECRECY.fullmatch(text):
        _wrong(f"密级“{text[:20]}”看不懂；写成 秘密、机密★1年、绝密★长期 或 内部")
    return text


def _urgency(text: str) -> str:
    if text not in ("特急", "加急"):
        _wrong(f"紧急程度不能填“{text[:20]}”；可填：特急、加急")
    return text


def _number(text: str) -> str:
    text = _YEAR.sub(r"〔\1〕", text.replace(" ", ""))
    if not _NUMBER.fullmatch(text):
        _wrong(f"发文字号“{text[:30]}”看不懂；写成 某交〔2025〕15号 或 第3期")
    return text


Short = Annotated[str, Field(max_length=50)]
Name = Annotated[str, Field(min_length=1, max_length=50)]
Printed = Annotated[Table | None, BeforeValidator(table_in)]


class AttachmentEntry(Record):
    """An attachment of a brief file."""

    title: Annotated[str, Field(min_length=1, max_length=100)]
    text: Annotated[str, Field(max_length=MAX_ATTACHMENT)] = ""
    table: Printed = None


class OfficialEntry(Record):
    """The group «official:» of a brief file."""

    format: CopyFormat = "standard"
    serial: Annotated[str, AfterValidator(_serial)] | None = None
    secrecy: Annotated[str, AfterValidator(_secrecy)] | None = None
    urgency: Annotated[str, AfterValidator(_urgency)] | None = None
    mark: Short = ""
    number: Annotated[str, AfterValidator(_number)] | None = None
    signers: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=12)], ...], Field(max_length=MAX_PEOPLE)
    ] = ()
    issuers: Annotated[tuple[Name, ...], Field(max_length=MAX_PEOPLE)] = ()
    sealed: bool = False
    note: Annotated[str, Field(max_length=200)] = ""
    attachments: Annotated[tuple[AttachmentEntry, ...], Field(max_length=MAX_ATTACHMENTS)] = ()
    cc: Annotated[tuple[Name, ...], Field(max_length=MAX_UNITS)] = ()
    print_by: Short = ""
    print_date: Annotated[Date | None, BeforeValidator(read_date)] = None

    @model_validator(mode="after")
    def _fits(self) -> OfficialEntry:
        if self.format == "letter" and self.signers:
            _wrong("信函格式没有签发人；删去 signers，或改用 format: standard")
        return self

    def made(self) -> Official:
        """As the model holds it."""
        given = self.model_dump(exclude_none=True)
        return Official(**{**given, "note": self.note.strip("（）()。 ")})


def attachments_in(text: str) -> Iterator[Value]:
    """Attachments as one types them: «# 标题» and its text and table below; without «#» a title a line."""
    lines = text.split("\n")
    if not any(line.startswith("#") for line in lines):
        for line in lines:
            if title := line.strip():
                yield {"title": _NUMBERED.sub("", title, count=1)}
        return
    starts = [place for place, line in enumerate(lines) if line.startswith("#")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        title = _NUMBERED.sub("", lines[start].strip("# "), count=1)
        yield {"title": title, **_content(lines[start + 1 : end])}


def _content(lines: Sequence[str]) -> dict[str, str]:
    """The text of an attachment and the first table in it."""
    for start in range(len(lines)):
        if (end := block(lines, start)) > start:
            above = start - 1 if start and caption_of(lines[start - 1]) else start
            text = "\n".join((*lines[:above], *lines[end:])).strip()
            table = "\n".join(lines[start:end])
            return {"table": table, **({"text": text} if text else {})}
    text = "\n".join(lines).strip()
    return {"text": text} if text else {}


def attachments_text(attachments: Sequence[Attachment]) -> str:
    """The reverse of `attachments_in`."""
    rows = []
    for one in attachments:
        rows.append(f"# {one.title}")
        rows += [one.text] * bool(one.text)
        rows += [markdown_rows(one.table)] * bool(one.table)
    return "\n".join(rows)


def markdown_rows(table: Table | None) -> str:
    """A table as Markdown."""
    head, *rows = table.rows if table else ((),)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
