"""The files that leave the program: 送审稿 for those who review a draft, 正式稿 to be printed and filed; as
.docx or PDF.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from drafter.errors import DrafterError, InputError
from drafter.grounding.ledger import check
from drafter.model import DocType, Draft, Note, Origin
from drafter.printed import UNWRITTEN, Line, found_in, lines

if TYPE_CHECKING:
    from drafter.docx.house import House

Copy = Literal["review", "final"]
"""送审稿: with comments and, if wanted, its checklist; or 正式稿: nothing but the document."""

SHOWN = 3
"""Most places that are named where a final copy is refused."""


def export(
    draft: Draft,
    doctype: DocType,
    *,
    copy: Copy = "review",
    checklist: bool = True,
    notes: Sequence[Note] = (),
    house: House | None = None,
    origin: Origin | None = None,
) -> bytes:
    """The .docx of a draft, read again from outside and checked once more; a review copy has `notes` as
    comments. `house` is how it is to look, None as the standard says; with `origin` the file says which
    revision it shows, so that it can be imported again.

    Raises InputError for a final copy of a draft in which something waits to be filled in or verified, saying
    where, and DrafterError when the file says anything that the checked draft does not,
    what an office's own reference.docx has around it aside.
    """
    from drafter.docx.house import STANDARD_HOUSE
    from drafter.docx.reader import read_text
    from drafter.docx.writer import write

    house = house or STANDARD_HOUSE
    if copy == "final":
        refuse_unfinished(draft, doctype)
        data = write(draft, doctype, checklist=False, comments=False, house=house, origin=origin)
    else:
        data = write(draft, doctype, checklist=checklist, notes=notes, house=house, origin=origin)
    text = read_text(data)
    if house.reference is not None:
        text = found_in(draft, text)
    claims = check(text, draft.brief, [line.section for line in lines(draft)]).claims
    if [(claim.text, claim.status) for claim in claims] != [(one.text, one.status) for one in draft.claims]:
        raise DrafterError("生成的文件与核对过的文稿不一致", mend="请重新生成，并把文稿报告给管理员")
    return data


def pdf(data: bytes) -> bytes:
    """A .docx of ours as PDF. Raises InputError where this machine has no LibreOffice, or it fails."""
    from drafter.docx import office

    if not office.present():
        mend = "请在这台机器上安装 LibreOffice，或下载 Word 后用 WPS、Word 另存为 PDF"
        raise InputError("没有安装 LibreOffice，不能生成 PDF", mend=mend)
    try:
        return office.convert(data, ".docx", "pdf", office.WITH_BLANK_PAGES)
    except InputError as error:
        raise InputError(
            f"没有生成 PDF：{error.what}", mend="请下载 Word 后用 WPS、Word 另存为 PDF"
        ) from None


def refuse_unfinished(draft: Draft, doctype: DocType) -> None:
    """Raises InputError that names the places of a draft which wait to be filled in or verified."""
    open_places = list(unfinished(draft, doctype))
    if open_places:
        more = "等" if len(open_places) > SHOWN else ""
        what = f"还有{len(open_places)}处没有写完，不能出正式稿：{'；'.join(open_places[:SHOWN])}{more}"
        raise InputError(what, mend="请补齐、核实后再试，或先出送审稿")


def unfinished(draft: Draft, doctype: DocType) -> Iterator[str]:
    """Each place that waits, with the part of the document that it stands in."""
    labels = {section.id: f"“{doctype.label_of(section)}”" for section in draft.sections}
    for line in lines(draft):
        for match in UNWRITTEN.finditer(line.text):
            yield f"{labels.get(line.section) or _part(line)}{match[0]}"


def _part(line: Line) -> str:
    return {"title": "标题", "date": "落款", "unit": "落款"}.get(line.role, "附件")
