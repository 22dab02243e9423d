"""The reviewer's commands: check a document, put its format right, and both for a whole folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from drafter import doctypes
from drafter.config import Settings, load
from drafter.errors import InputError
from drafter.model import Finding, Reading, Review

if TYPE_CHECKING:
    from drafter.docx.layout import Layout


class ReportFormat(StrEnum):
    """What `drafter check` prints."""

    text = "text"
    json = "json"
    sarif = "sarif"


TypeOption = Annotated[str, typer.Option("--type", metavar="ID", help="按哪个文种检查，默认自动识别")]
DocumentFile = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="文稿（.docx、.md、.txt、.pdf；装有 LibreOffice 时还有 .doc、.wps）"),
]


def check(
    file: DocumentFile,
    doctype: TypeOption = "",
    brief_file: Annotated[
        Path | None, typer.Option("--brief", metavar="BRIEF", help="要点文件，逐一核对数字和名称")
    ] = None,
    form: Annotated[ReportFormat, typer.Option("--format", help="输出格式")] = ReportFormat.text,
    annotate: Annotated[
        Path | None, typer.Option("--annotate", metavar="OUT.docx", help="另存一份带批注的文稿")
    ] = None,
) -> None:
    """检查一份文稿：是否齐全、语言和版式有无差错；给出要点的，逐一核对数字和名称。"""
    from drafter.review import reports

    settings = load()
    if annotate:
        _refuse_same(annotate, file)
    review, document = reviewed(file, settings, doctype, brief_file)
    if annotate:
        save(annotate, reports.annotated(review, document))
    if form is ReportFormat.json:
        sys.stdout.write(reports.as_json(review))
    elif form is ReportFormat.sarif:
        sys.stdout.write(reports.as_sarif(review, file.as_posix()))
    else:
        chosen = doctypes.load(review.doctype, settings.template_folders)
        sys.stdout.write(reports.as_text(review, chosen, str(file)))
    if wanting(review):
        raise typer.Exit(1)


def wanting(review: Review) -> bool:
    """Whether something that is required is missing, or something is found that is certainly wrong."""
    return not review.complete or any(finding.severity == "error" for finding in review.findings)


def reviewed(
    file: Path, settings: Settings, doctype: str = "", brief_file: Path | None = None
) -> tuple[Review, bytes | None]:
    """The review of a file, and its .docx where it has one. Raises InputError, DoctypeError, RuleError."""
    from drafter.houses import house_for
    from drafter.review.document import read_source
    from drafter.review.lint import rules
    from drafter.review.outline_reader import read
    from drafter.review.verdict import judge

    if doctype:
        doctypes.load(doctype, settings.template_folders)
    brief = None
    if brief_file:
        from drafter import intake

        brief = intake.read_brief(brief_file, folders=settings.template_folders)
    source = read_source(file)
    reading = read(source.lines)
    layout = house_for(settings, brief.unit if brief else reading.unit, doctype).layout
    review = judge(
        reading,
        doctypes.available(settings.template_folders),
        rules(settings.rule_folders),
        chosen=doctype,
        brief=brief,
        more=format_findings(source.docx, reading, layout),
    )
    return review, source.docx


def format_findings(document: bytes | None, reading: Reading, layout: Layout) -> tuple[Finding, ...]:
    """How a .docx deviates from the layout that holds for it; nothing for a text."""
    if document is None:
        return ()
    from drafter.docx.format_check import check_format

    return check_format(document, reading, layout)


def put_format_right(
    file: DocumentFile,
    out: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="输出文件")],
) -> None:
    """按 GB/T 9704—2012（或本单位版式）改正一份 .docx 的版式，文字一个不动。"""
    from drafter.docx.format_fix import put_right
    from drafter.houses import house_for
    from drafter.review.document import read_source
    from drafter.review.outline_reader import read

    source = read_source(file)
    if source.docx is None:
        raise InputError("只能改正 .docx 的版式", file=file, mend="请先用 WPS 或 Word 另存为 .docx")
    _refuse_same(out, file)
    reading = read(source.lines)
    save(out, put_right(source.docx, reading, house_for(load(), reading.unit).layout))


def _refuse_same(out: Path, file: Path) -> None:
    if out.exists() and file.exists() and out.samefile(file):
        raise InputError("输出文件与原文件相同", file=out, mend="请换一个文件名，原文件保留备查")


def batch(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="文件夹：要点（.yaml）写成公文，文稿逐份检查")
    ],
    out: Annotated[Path, typer.Option("-o", "--output", metavar="OUTDIR", help="结果放在哪个文件夹")],
    jobs: Annotated[int, typer.Option("--jobs", min=0, help="同时处理几份，0 为按处理器数")] = 0,
) -> None:
    """一次处理整个文件夹，并生成汇总表（汇总.xlsx）。"""
    from drafter.batch import OUTCOMES, Row, files_in, run, summary

    if not folder.is_dir():
        raise InputError("没有这个文件夹", file=folder, mend="请检查路径")
    if out.resolve() == folder.resolve() or out.resolve().is_relative_to(folder.resolve()):
        raise InputError("结果不能放在要处理的文件夹里", file=out, mend="请换一个文件夹")
    total = len(files_in(folder))
    if not total:
        raise InputError("文件夹里没有能处理的文件", file=folder, mend="放入 .yaml 要点或 .docx、.txt 等文稿")
    settings = load()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"不能在这里放结果（{error.strerror}）", file=out, mend="请换一个文件夹") from None

    def told(rows: Iterator[Row]) -> Iterator[Row]:
        for number, row in enumerate(rows, start=1):
            yield row  # kept first, then told: what was told is in the table, whenever a person breaks off
            print(
                f"[{number}/{total}] {OUTCOMES[row.outcome]} {row.file}：{row.said}",
                file=sys.stderr,
                flush=True,
            )

    counts = summary(told(run(folder, out, settings, jobs)), out / "汇总.xlsx")
    print("，".join(f"{name}{count}份" for name, count in zip(OUTCOMES.values(), counts, strict=True)))
    if counts[1] or counts[2]:
        raise typer.Exit(1)


def save(path: Path, data: bytes) -> None:
    """Write a result file and say so. Raises InputError when it cannot be written."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(
            f"无法写入（{error.strerror}）", file=path, mend="请检查文件夹是否存在、有无权限"
        ) from None
    print(f"已生成 {path}", file=sys.stderr, flush=True)
