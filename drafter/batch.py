"""A whole folder at once: briefs become documents, documents are checked; a table says what came of each."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

from drafter.cli_review import reviewed
from drafter.config import Settings
from drafter.errors import DrafterError, InputError
from drafter.model import Record

BRIEFS = (".yaml", ".yml")
AHEAD = 8
"""Files in work for each process: enough that none waits for a slow one, and no list grows in memory."""
LONGEST_CELL = 2000
"""Characters of a cell in the table; a spreadsheet takes no more than 32,767."""

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
    """Work through a folder in `jobs` processes (0: one a processor), yielding each file's row, by path.

    A brief gives a .docx in `out`; a document a commented .docx and its findings as JSON. Files keep their
    relative paths. A file that brings its process down (out of memory) fails; the work goes on.
    """
    waiting, count = deque(files_in(folder)), jobs or os.cpu_count() or 1
    while waiting:
        open_: deque[Path] = deque()
        try:
            for row in _side_by_side(waiting, open_, count, (folder, out, settings)):
                open_.popleft()
                yield row
        except BrokenProcessPool:
            # Which of them it was is known only when each has a process to itself.
            yield from (_alone(path, folder, out, settings) for path in open_)


def _side_by_side(
    waiting: deque[Path], open_: deque[Path], count: int, rest: tuple[Path, Path, Settings]
) -> Iterator[Row]:
    """Take files from `waiting`; those in work are in `open_`, the oldest first."""
    running: deque[Future[Row]] = deque()
    with _processes(count) as pool:
        while waiting or running:
            while waiting and len(running) < count * AHEAD:
                open_.append(waiting.popleft())
                running.append(_submitted(pool, open_[-1], *rest))
            yield running.popleft().result()


def _alone(path: Path, folder: Path, out: Path, settings: Settings) -> Row:
    try:
        with _processes(1) as pool:
            return _submitted(pool, path, folder, out, settings).result()
    except BrokenProcessPool:
        said = "处理时内存不足或程序意外退出，请单独检查这份文件"
        return Row(file=str(path.relative_to(folder)), outcome="failed", said=said)


@contextmanager
def _processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with the block; at once where it is left before the work is done (Ctrl-C)."""
    pool = ProcessPoolExecutor(max_workers=count, mp_context=get_context("spawn"))
    try:
        yield pool
    except BaseException:
        for process in list((getattr(pool, "_processes", None) or {}).values()):
            process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown()


def _submitted(
    pool: ProcessPoolExecutor, path: Path, folder: Path, out: Path, settings: Settings
) -> Future[Row]:
    """Have a file worked on. A process that this starts is deaf to Ctrl-C from its first moment: it inherits
    what is blocked here; the parent ends the others.
    """
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(one, path, folder, out, settings)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


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
    from drafter import doctypes, drafting, exporting, intake
    from drafter.houses import house_for
    from drafter.writing.choose import make_writer

    brief = intake.read_brief(path, folders=settings.template_folders)
    doctype = doctypes.load(brief.doctype, settings.template_folders)

    async def write() -> drafting.DraftDone:
        events = drafting.stream(brief, doctype, make_writer(settings))
        async for event in events:
            if isinstance(event, drafting.DraftDone):
                return event
        raise AssertionError("a draft always ends in DraftDone")

    draft = asyncio.run(write()).draft
    twin = len([one for one in BRIEFS if path.with_suffix(one).exists()]) > 1
    target = _target(out, name if twin else name.with_suffix(""), ".docx")
    house = house_for(settings, brief.unit, doctype.id)
    target.write_bytes(exporting.export(draft, doctype, house=house))
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
    """Where a file's result goes: its name with an ending, in its own place."""
    target = out / name.parent / f"{name.name}{suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


COLUMNS: tuple[tuple[str, str, int], ...] = (
    ("文件", "file", 40), ("结果", "outcome", 8), ("文种", "doctype", 14), ("标题", "title", 48),
    ("单位", "unit", 24), ("结论", "said", 60), ("缺项", "missing", 6), ("差错", "errors", 6),
    ("提醒", "warnings", 6), ("输出文件", "result", 44),
)  # fmt: skip
OUTCOMES: dict[str, str] = {"ok": "通过", "wanting": "需修改", "failed": "未处理"}


def summary(rows: Iterable[Row], path: Path) -> Sequence[int]:
    """Write the table of all rows; returns how many passed, are wanting and failed.

    When a person breaks off, the rows until then are written. Raises InputError when the file cannot be.
    """
    done: list[Row] = []
    try:
        done.extend(rows)
    finally:
        _write(done, path)
    return [sum(row.outcome == outcome for row in done) for outcome in OUTCOMES]


def _write(rows: Sequence[Row], path: Path) -> None:
    """Write the rows as a table whose cells are text, never formulas or links."""
    import xlsxwriter  # type: ignore[import-untyped]
    from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("汇总")
    head, wrapped = (
        book.add_format({"bold": True, "bg_color": "#E7EEF7"}),
        book.add_format({"text_wrap": True}),
    )
    for place, (label, _, width) in enumerate(COLUMNS):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, label, head)
    sheet.freeze_panes(1, 1)
    for number, row in enumerate(rows, start=1):
        for place, (_, name, _) in enumerate(COLUMNS):
            value = OUTCOMES[row.outcome] if name == "outcome" else getattr(row, name)
            if isinstance(value, int):
                sheet.write_number(number, place, value)
            else:
                sheet.write_string(number, place, value[:LONGEST_CELL], wrapped)
    sheet.autofilter(0, 0, max(1, len(rows)), len(COLUMNS) - 1)
    try:
        book.close()
    except FileCreateError:
        raise InputError("汇总表写不进去", file=path, mend="请关闭已打开的汇总表后再试") from None
