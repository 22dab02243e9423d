"""`drafter import`: a document that was exported here and edited elsewhere becomes the next revision."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from drafter import doctypes
from drafter.cli_endpoint import AsForm, Form
from drafter.config import load
from drafter.errors import InputError
from drafter.model import DocType, Draft


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="由这里导出、在 Word 或 WPS 中改过的文件")],
    draft: Annotated[str, typer.Option("--draft", metavar="ID", help="哪一份文稿，默认由文件说明")] = "",
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="KEY", help="只采用这些改动（方括号中的编号），可多次给出"),
    ] = None,
    put: Annotated[
        list[str] | None,
        typer.Option(
            "--put", metavar="KEY=SECTION", help="把不属于任何一节的文字放到这一节之后；KEY= 为不采用"
        ),
    ] = None,
    author: Annotated[str, typer.Option("--author", metavar="NAME", help="以谁的名义保存")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="只看改了什么，不保存")] = False,
    form: AsForm = Form.text,
) -> None:
    """把改好的 Word 文件导入为文稿的新一版：逐节比较，核对事实，读入修订和批注。"""
    from drafter.accounts.model import LOCAL
    from drafter.accounts.view import AuthorisedStore
    from drafter.returning import report
    from drafter.returning.importing import examine, keep
    from drafter.review.document import read_source
    from drafter.store import Store

    settings = load()

    def type_of(one: Draft) -> DocType:
        return doctypes.load(one.brief.doctype, settings.template_folders)

    store = AuthorisedStore(Store(settings.database), LOCAL)
    source = read_source(file)
    if source.docx is None:
        raise InputError("只能导入 Word 文件", file=file, mend="请用 WPS 或 Word 另存为 .docx")
    try:
        found = examine(source.docx, store, type_of, draft)
    except InputError as error:
        raise InputError(error.what, mend=error.mend, file=file) from None
    keys = {change.key for change in found.changes}
    places = _places(put or [])
    for key in (*(only or ()), *places):
        if key not in keys:
            raise InputError(f"没有编号为“{key}”的改动", key="--only" if key in (only or ()) else "--put")
    chosen = found.plain_keys if only is None else frozenset(only)
    chosen -= {key for key, place in places.items() if not place}
    saved, taken = found.saved, None
    if not preview:
        saved, made = keep(store, type_of, found, chosen, places, author, "导入")
        taken = made.keys
    doctype = type_of(found.saved.draft)
    if form is Form.json:
        sys.stdout.write(report.as_json(found, taken, saved.number))
    else:
        sys.stdout.write(report.as_text(found, doctype, taken))
    if preview:
        return
    print(f"已保存为第{saved.number}版" if saved != found.saved else "文稿没有变化", file=sys.stderr)
    for finding in saved.draft.findings:
        print(f"{finding.severity}: {finding.message}", file=sys.stderr)
    left = keys - made.keys
    if left or any(finding.severity == "error" for finding in saved.draft.findings):
        raise typer.Exit(1)


def _places(given: list[str]) -> dict[str, str]:
    """Where stray texts go, by key; an empty place leaves a text out."""
    for one in given:
        if "=" not in one:
            raise InputError(f"“{one}”不是 KEY=SECTION", key="--put", mend="例如 --put stray1=problems")
    return dict(one.split("=", 1) for one in given)
