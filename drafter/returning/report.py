"""What a returned file changes, as a person reads it on the command line, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from drafter.editing import hunks
from drafter.model import DocType
from drafter.returning.compare import Change, ChangeKind
from drafter.returning.importing import Import

KINDS: dict[ChangeKind, str] = {
    "title": "标题",
    "addressee": "主送机关",
    "unit": "署名",
    "date": "成文日期",
    "heading": "改标题",
    "text": "改文字",
    "removed": "删去一节",
    "added": "新增一节",
    "order": "调整次序",
    "stray": "不属于任何一节的文字",
}
STATES = {
    "locked": "这一节已锁定",
    "clash": "导出后他人也改过",
    "fixed": "这里不能改",
}
TRACKED = {"inserted": "增", "deleted": "删", "moved": "移"}
CONTEXT = 12
"""Unchanged characters that are shown before and after a change."""


def as_text(one: Import, doctype: DocType, taken: Collection[str] | None) -> str:
    """The report; with `taken`, the keys of the changes that were made, each change says whether it was."""
    return "\n".join(_rows(one, doctype, taken)) + "\n"


def as_json(one: Import, taken: Collection[str] | None, number: int) -> str:
    """The same for programs; `number` is the newest revision after the import."""
    content = {
        "draft": one.saved.id,
        "base": one.base,
        "base_known": one.known,
        "revision": number,
        "changes": [
            change.model_dump(mode="json", exclude={"order"})
            | {"taken": taken is not None and change.key in taken}
            for change in one.changes
        ],
        "comments": [comment.model_dump(mode="json", exclude={"what"}) for comment in one.comments],
        "tracked": [tracked.model_dump(mode="json") for tracked in one.tracked],
        "checklist": list(one.checklist),
        "beside": list(one.beside),
        "pictures": one.pictures,
        "tables": one.tables,
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _rows(one: Import, doctype: DocType, taken: Collection[str] | None) -> Iterator[str]:
    yield f"文稿 {one.saved.id}，文件由第{one.base}版导出，现为第{one.saved.number}版"
    if not one.known:
        yield "  文件没有说明是哪一版，按内容最接近的一版比较"
    if not one.changes:
        yield "没有改动"
    labels = {section.id: doctype.label_of(section) for section in one.saved.draft.sections}
    for change in one.changes:
        state = STATES.get(change.state, "")
        outcome = "" if taken is None else "已采用" if change.key in taken else "未采用"
        said = "，".join(part for part in (outcome, state) if part)
        yield f"[{change.key}] {KINDS[change.kind]} {_where(change, labels)}{f'（{said}）' if said else ''}"
        yield f"    {diff(change)}"
    for tracked in one.tracked:
        yield f"修订 {tracked.author or '未署名'} {tracked.label} {TRACKED[tracked.what]}：{tracked.text}"
    for comment in one.comments:
        yield f"批注 {comment.author or '未署名'} {comment.label}：{comment.text}".replace("\n", " ")
    for line in one.checklist:
        yield f"检查表页所填：{line}"
    for line in one.beside:
        yield f"脚注或尾注，不读入正文：{line}"
    if one.pictures:
        yield f"图片{one.pictures}幅，不读入正文"
    if one.tables:
        yield "文件中有表格，表中文字按段读入"


def _where(change: Change, labels: dict[str, str]) -> str:
    if change.kind == "added":
        return f"“{change.heading}”，在{labels[change.section]}之后"
    if change.kind == "stray":
        return f"，放在{labels[change.section]}之后" if change.section in labels else "，没有可放的位置"
    return change.label


def diff(change: Change) -> str:
    """The change with [-what goes-] and {+what comes+}, its unchanged stretches shortened."""
    row = hunks(change.old, change.new)
    pieces = []
    for place, hunk in enumerate(row):
        if hunk.changed:
            pieces.append((f"[-{hunk.old}-]" if hunk.old else "") + (f"{{+{hunk.new}+}}" if hunk.new else ""))
        elif len(hunk.old) > 2 * CONTEXT + 1:
            head = hunk.old[:CONTEXT] if place else ""
            tail = hunk.old[-CONTEXT:] if place < len(row) - 1 else ""
            pieces.append(f"{head}…{tail}")
        else:
            pieces.append(hunk.old)
    return "".join(pieces).replace("\n", "⏎")
