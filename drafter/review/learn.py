"""Makes a document type of one sample: its sections, their order, lengths and elements, not its data.

What a heading means is looked up in the types that came with the program; what is asked of later documents
is what the sample itself does. Wording is data: templates/_shared/learn.yaml and templates/_learn/.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from drafter import doctypes
from drafter.doctypes import FILE_NAME
from drafter.errors import InputError
from drafter.model import DocType, Reading
from drafter.review.checklist import PLACEHOLDER, run_checklist
from drafter.review.learning.general import genre, own_names, words
from drafter.review.learning.kin import has, is_kin, known_types, manner_of, part_of
from drafter.review.learning.sample import Part, main_of, parts_of, share_kinds
from drafter.review.learning.wording import (
    checklist_items,
    closing_of,
    fill,
    formula_of,
    library,
    opening_of,
    section_items,
    skeleton_of,
    spec_of,
    title_line,
)
from drafter.review.matching import CLOSING, OPENING, lay_out

LEAST_AT_MOST, MOST_AT_LEAST = 30, 400
"""Characters: a section's least length is never more, its greatest never less."""
SHORTER, LONGER, STEP = 0.5, 1.5, 10
"""How far a length may lie from the sample's, and what it is rounded to."""
RANK = 9
"""Learned types are listed, and tried on a document, behind those that came with the program."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_ID_MEND = "只用英文字母、数字和连字符，如 water-summary"


def learn(reading: Reading, doctype_id: str, name: str = "") -> dict[str, str]:
    """A new document type's files (name → text) made from a sample: doctype.yaml, a skeleton a section.

    Raises InputError when the id cannot be one, or when the document has no headings.
    """
    _check_id(doctype_id)
    if not reading.headings:
        raise InputError("样稿里没有找到标题，学不出各部分", mend="请换一份有“一、”“二、”等标题的文稿")
    doctype = _measured(_doctype(reading, doctype_id, name), reading)
    sheet = library().get_template("doctype.yaml.jinja").render(type=doctype)
    return {FILE_NAME: sheet} | {f"{spec}.jinja": text for spec, text in doctype.skeletons.items()}


def write(files: dict[str, str], folder: Path) -> None:
    """Write a new type's files into a new folder, whose name is the type's id.

    Raises InputError when the folder exists, its name is no id, or it cannot be written.
    """
    _check_id(folder.name)
    try:
        folder.mkdir(parents=True)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
    except FileExistsError:
        raise InputError(
            "文种文件夹已经存在，没有改动", file=folder, mend="请换一个 --id，或先移走原文件夹"
        ) from None
    except OSError as error:
        raise InputError(
            f"无法写入（{error.strerror}）", file=folder, mend="请检查上级文件夹是否存在、有无权限"
        ) from None


def _check_id(doctype_id: str) -> None:
    if not _ID.fullmatch(doctype_id):
        raise InputError(f"“{doctype_id}”不能作文种编号", key="id", mend=_ID_MEND)


def _doctype(reading: Reading, doctype_id: str, name: str) -> DocType:
    """The type with its sections and all that its checklist may ask for; lengths are still to be measured."""
    names, manner = own_names(reading), manner_of(reading.title)
    known = known_types(reading, manner)
    kin = known[0] if known and is_kin(known[0], reading) else None
    parts = parts_of(reading, names, known)
    share_kinds(parts, manner)
    closes = has(reading, CLOSING) and not _closes_in_last(parts, kin, reading)
    called = genre(reading.title, names) or name or words()["no_genre"]
    main = main_of(parts)
    specs = [spec_of(part, part is main) for part in parts]
    skeletons = {
        part.id: skeleton_of(
            part, main=part is main, closing=part is parts[-1] and has(reading, CLOSING) and not closes
        )
        for part in parts
    }
    checklist = [item for part in parts for item in section_items(part)]
    if has(reading, OPENING):
        spec, skeletons[OPENING], asked = opening_of(reading, kin, called, manner)
        specs.insert(0, spec)
        checklist = asked + checklist
    if closes:
        spec, skeletons[CLOSING] = closing_of(reading, kin)
        specs.append(spec)
        checklist += checklist_items("closing")
    return DocType(
        id=doctype_id,
        name=name or _free_name(called, doctype_id),
        english=doctype_id.replace("-", " ").capitalize(),
        genre=called,
        title=title_line(reading.title),
        self_name=kin.self_name if kin else "",
        headings=kin.headings if kin else (),
        rank=RANK,
        topics=kin.topics if kin else (),
        sections=tuple(specs),
        checklist=(*checklist_items("before"), *checklist, *checklist_items("after")),
        skeletons=skeletons,
    )


def _closes_in_last(parts: Sequence[Part], kin: DocType | None, reading: Reading) -> bool:
    """Whether the closing words belong to the last section, as in the sample's kin; a set phrase does not."""
    last = parts[-1].kinds
    resolves = "plan" in last and "work" not in last and not formula_of(reading)
    return kin is not None and part_of(kin, CLOSING) is None and resolves


def _measured(doctype: DocType, reading: Reading) -> DocType:
    """The type with the sample's lengths, and asking for no more than the sample has."""
    lines = tuple(PLACEHOLDER.sub(lambda mark: mark[0].strip("〔〕"), line) for line in reading.lines)
    draft = lay_out(reading.model_copy(update={"lines": lines}), doctype).draft
    sections = []
    for spec in doctype.sections:
        sizes = [len(one.text) for one in draft.sections if one.spec == spec.id and one.written and one.text]
        sections.append(spec.model_copy(update={"length": _range(sizes, whole=spec.layout == "paragraphs")}))
    doctype = doctype.model_copy(update={"sections": tuple(sections)})
    results = {one.id: one for one in run_checklist(draft, doctype)}
    typical = _typical(doctype)
    asked = []
    for item in doctype.checklist:
        result = results[item.id]
        if item.id not in typical or (result.passed and result.applicable):
            asked.append(item.model_copy(update={"required": item.required and result.passed}))
    return doctype.model_copy(update={"checklist": tuple(asked)})


def _typical(doctype: DocType) -> set[str]:
    """Ids of the items that are asked for only where the sample has what they look for."""
    rows = [row for rows in words()["checklist"].values() for row in rows if row.get("typical")]
    return {fill(str(row["id"]), id=spec.id) for row in rows for spec in doctype.sections}


def _range(sizes: Sequence[int], *, whole: bool) -> tuple[int, int]:
    """Least and greatest number of characters, round those of the sample's texts (of all together)."""
    least = int(min(sizes, default=0) * SHORTER / STEP) * STEP
    most = int((sum(sizes) if whole else max(sizes, default=0)) * LONGER / STEP + 1) * STEP
    return min(least, LEAST_AT_MOST), max(most, MOST_AT_LEAST)


def _free_name(called: str, doctype_id: str) -> str:
    """The 文种 as a name in the list of types, told from a shipped type of the same name."""
    taken = {one.name for one in doctypes.available()}
    return f"{called}（{doctype_id}）" if called in taken else called
