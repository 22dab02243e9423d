"""A whole folder at once: briefs become documents, documents are checked; a table says what came of each."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import Literal

from drafter.cli_review import reviewed
from drafter.config import Settings
from drafter.errors import DrafterError
from drafter.model import Record

BRIEFS = (".yaml", ".yml")
AHEAD = 2
"""Files handed to each process before it asks for more, so that no list of results grows in memory."""
LIFE = 200
"""Files after which a process is replaced."""

Outcome = Literal["ok", "wanting", "failed"]


class Row(Record):
    """What came of one file: `result` names the file that was written, `said` is the verdict or the error."""

    file: str
    outcome: Outcome
    doctype: str = ""
    title: str = ""
    unit: str = ""
    said: str = ""
    missing: int = 0
    errors: int = 0
    warnings: int = 0
    result: str = ""


def files_in(folder: Path) -> list[Path]:
    """The briefs and documents of a folder and the folders in it, by path; hidden and lock files left out."""
    from drafter.review.document import READABLE

    known = (*BRIEFS, *READABLE)
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in known and not path.name.startswith((".", "~$")) and path.is_file()
    )


def run(folder: Path, out: Path, settings: Settings, jobs: int = 0) -> Iterator[Row]:
    """Work through a folder in `jobs` processes (0: one a processor), yielding each file's row as it is done.

    A brief gives a .docx in `out`; a document a commented .docx and its findings as JSON. Files keep their
    relative paths.
    """
    waiting = iter(files_in(folder))
    count = jobs or os.cpu_count() or 1
    with ProcessPoolExecutor(max_workers=count, max_tasks_per_child=LIFE) as pool:
        running: set[Future[Row]] = set()

        def more(number: int) -> None:
            for path in islice(waiting, number):
                running.add(pool.submit(one, path, folder, out, settings))

        more(count * AHEAD)
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                running.discard(future)
                more(1)
                yield future.result()


def one(path: Path, folder: Path, out: Path, settings: Settings) -> Row:
    """Work on one file; a mistake in it becomes its row, and harms no other."""
    name = path.relative_to(folder)
    try:
        made = _drafted if path.suffix.lower() in BRIEFS else _checked
        return made(path, name, out, settings)
    except DrafterError as error:
        return Row(file=str(name), outcome="failed", said=str(error))
    except Exception as error:
        # One broken file must not end the work on hundreds of others.
        return Row(
            file=str(name), outcome="failed", said=f"处理时出错（{type(error).__name__}），请报告给管理员"
        )


def _drafted(path: Path, name: Path, out: Path, settings: Settings) -> Row:
    from drafter import doctypes, drafting, intake
    from drafter.writing.choose import make_writer

    brief = intake.read_brief(path, folders=settings.template_folders)
    doctype = doctypes.load(brief.doctype, settings.template_folders)

    async def write() -> drafting.DraftDone:
        events = drafting.stream(brief, doctype, make_writer(settings), concurrency=settings.llm_concurrency)
        async for event in events:
            if isinstance(event, drafting.DraftDone):
                return event
        raise AssertionError("a draft always ends in DraftDone")

    draft = asyncio.run(write()).draft
    target = _target(out, name, ".docx")
    target.write_bytes(drafting.export(draft, doctype))
    missing = [item.label for item in draft.checklist if item.required and not item.passed]
    errors = sum(finding.severity == "error" for finding in draft.findings)
    return Row(
        file=str(name),
        outcome="wanting" if missing or errors else "ok",
        doctype=doctype.name,
        title=draft.title,
        unit=brief.unit,
        said=f"缺必备内容：{'、'.join(missing)}" if missing else "已写成",
        missing=len(missing),
        errors=errors,
        warnings=sum(finding.severity == "warning" for finding in draft.findings),
        result=str(target.relative_to(out)),
    )


def _checked(path: Path, name: Path, out: Path, settings: Settings) -> Row:
    from drafter import doctypes
    from drafter.review import reports

    review, document = reviewed(path, settings)
    _target(out, name, ".json").write_text(reports.as_json(review), encoding="utf-8")
    target = _target(out, name, ".批注.docx")
    target.write_bytes(reports.annotated(review, document))
    severities = [finding.severity for finding in review.findings]
    return Row(
        file=str(name),
        outcome="ok" if review.complete and "error" not in severities else "wanting",
        doctype=doctypes.load(review.doctype, settings.template_folders).name,
        title=review.reading.title,
        unit=review.reading.unit,
        said=reports.verdict(review),
        missing=sum(item.required and not item.passed for item in review.checklist),
        errors=severities.count("error"),
        warnings=severities.count("warning"),
        result=str(target.relative_to(out)),
    )


def _target(out: Path, name: Path, suffix: str) -> Path:
    """Where a file's result goes: its own name with another ending, in its own place."""
    target = (
        out / name.parent / f"{name.name}{suffix}" if suffix != ".docx" else out / name.with_suffix(suffix)
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


COLUMNS: tuple[tuple[str, str, int], ...] = (
    ("文件", "file", 40), ("结果", "outcome", 8), ("文种", "doctype", 14), ("标题", "title", 48),
    ("单位", "unit", 24), ("结论", "said", 60), ("缺项", "missing", 6), ("差错", "errors", 6),
    ("提醒", "warnings", 6), ("输出文件", "result", 44),
)  # fmt: skip
OUTCOMES: dict[str, str] = {"ok": "通过", "wanting": "需修改", "failed": "未处理"}


def summary(rows: Iterable[Row], path: Path) -> Sequence[int]:
    """Write the table of all rows as they come; returns how many passed, are wanting and failed.

    Cells are text, never formulas; the file is written row by row.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    counts = dict.fromkeys(OUTCOMES, 0)
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("汇总")
    head, wrapped = (
        book.add_format({"bold": True, "bg_color": "#E7EEF7"}),
        book.add_format({"text_wrap": True}),
    )
    for place, (label, _, width) in enumerate(COLUMNS):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, label, head)
    sheet.freeze_panes(1, 1)
    number = 0
    for number, row in enumerate(rows, start=1):
        counts[row.outcome] += 1
        for place, (_, name, _) in enumerate(COLUMNS):
            value = OUTCOMES[row.outcome] if name == "outcome" else getattr(row, name)
            if isinstance(value, int):
                sheet.write_number(number, place, value)
            else:
                sheet.write_string(number, place, value, wrapped)
    sheet.autofilter(0, 0, max(1, number), len(COLUMNS) - 1)
    book.close()
    return tuple(counts.values())
