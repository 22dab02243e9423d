"""A whole folder at once: each file gets its row, no file harms another, and the table is only text."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import docx
import pytest

from drafter import batch
from drafter.config import load
from drafter.data import folder as data_folder
from drafter.errors import InputError
from tests.review import hostile

ROOT = Path(__file__).parent.parent
EXAMPLES = data_folder("examples")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def drafter(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `drafter batch`."""
    return subprocess.run(
        [sys.executable, "-m", "drafter", "batch", *map(str, arguments)],
        cwd=ROOT, env=environment(), capture_output=True, text=True, encoding="utf-8", timeout=300,
    )  # fmt: skip


def environment() -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("DRAFTER_", "OPENAI_"))}
    return {**clean, "PYTHONPATH": str(ROOT)}


def table(path: Path) -> list[list[str]]:
    """The rows of a table; a cell that is a formula or a link fails the test."""
    with zipfile.ZipFile(path) as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        shared = []
        if "xl/sharedStrings.xml" in archive.namelist():
            for item in ET.fromstring(archive.read("xl/sharedStrings.xml")):
                shared.append("".join(text.text or "" for text in item.iter(f"{MAIN}t")))
    assert not list(sheet.iter(f"{MAIN}f"))
    assert not list(sheet.iter(f"{MAIN}hyperlink"))
    rows = []
    for row in sheet.iter(f"{MAIN}row"):
        cells = []
        for cell in row:
            text = "".join(part.text or "" for part in cell.iter() if part.tag in (f"{MAIN}t", f"{MAIN}v"))
            cells.append(shared[int(text)] if cell.get("t") == "s" else text)
        rows.append(cells)
    return rows


def complete() -> str:
    """A document that passes: the template's own."""
    from drafter import doctypes, intake
    from drafter.cli import as_markdown
    from tests.makers import template_draft

    brief = intake.read_brief(EXAMPLES / "waste-sorting-summary.yaml")
    assert doctypes.load(brief.doctype)
    return as_markdown(template_draft(brief)[0])


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """A mixed folder, worked through once."""
    root = tmp_path_factory.mktemp("batch")
    here, out = root / "材料", root / "结果"
    (here / "街道 一" / "深").mkdir(parents=True)
    brief = (EXAMPLES / "waste-sorting-summary.yaml").read_text(encoding="utf-8")
    (here / "总结.yaml").write_text(brief, encoding="utf-8")
    (here / "总结.yml").write_text(brief, encoding="utf-8")
    (here / "坏.yaml").write_text("unitt: 某局\n", encoding="utf-8")
    (here / "总结.md").write_text(complete(), encoding="utf-8")
    (here / "总结.txt").write_text("某局工作总结\n一、基本情况\n待补充\n", encoding="utf-8")
    made = docx.Document()
    made.add_paragraph('=HYPERLINK("http://127.0.0.1","点我")工作总结')
    made.add_paragraph("一、基本情况")
    made.save(str(here / "街道 一" / "深" / "=cmd.docx"))
    (here / "街道 一" / "坏.docx").write_bytes(b"PK\x03\x04broken")
    (here / "街道 一" / "锁.docx").write_bytes(hostile.ENCRYPTED_DOCX)
    (here / "街道 一" / "空.txt").write_bytes(b"")
    (here / "~$总结.docx").write_bytes(b"lock")
    (here / "图.png").write_bytes(b"\x89PNG")
    return drafter(here, "-o", out, "--jobs", "2"), out


ROWS = [
    "坏.yaml", "总结.md", "总结.txt", "总结.yaml", "总结.yml", "街道 一/坏.docx", "街道 一/深/=cmd.docx",
    "街道 一/空.txt", "街道 一/锁.docx",
]  # fmt: skip
FAILED = {"坏.yaml", "街道 一/坏.docx", "街道 一/空.txt", "街道 一/锁.docx"}

Worked = tuple[subprocess.CompletedProcess[str], Path]


def test_the_table_has_a_row_for_every_file_by_path(worked: Worked) -> None:
    rows = table(worked[1] / "汇总.xlsx")
    assert rows[0] == [label for label, _, _ in batch.COLUMNS]
    assert [row[0] for row in rows[1:]] == ROWS
    assert {row[0] for row in rows[1:] if row[1] == "未处理"} == FAILED


def test_a_failed_file_says_why_in_one_line(worked: Worked) -> None:
    said = {row[0]: row[5] for row in table(worked[1] / "汇总.xlsx")[1:]}
    assert "unitt" in said["坏.yaml"]
    assert "不是能读取的" in said["街道 一/坏.docx"]
    assert "密码" in said["街道 一/锁.docx"]
    assert "空的" in said["街道 一/空.txt"]
    assert not any("\n" in text for text in said.values())


def test_a_cell_that_begins_like_a_formula_is_text(worked: Worked) -> None:
    rows = {row[0]: row for row in table(worked[1] / "汇总.xlsx")[1:]}
    assert rows["街道 一/深/=cmd.docx"][3].startswith("=HYPERLINK")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "http://127.0.0.1/", "{=1}", "\t=1"])
def test_no_cell_becomes_a_formula_or_a_link(tmp_path: Path, start: str) -> None:
    row = batch.Row(file=start, outcome="ok", title=start, unit=start, said=start * 40_000)
    batch.summary([row], tmp_path / "a.xlsx")
    cells = table(tmp_path / "a.xlsx")[1]
    assert cells[0].strip() == start.strip()
    assert len(cells[5]) == batch.LONGEST_CELL


def test_every_result_is_there_and_no_name_collides(worked: Worked) -> None:
    out = worked[1]
    made = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    checked = set(ROWS) - FAILED - {"总结.yaml", "总结.yml"}
    reports = {f"{name}{suffix}" for name in checked for suffix in (".json", ".批注.docx")}
    assert made == {"汇总.xlsx", "总结.yaml.docx", "总结.yml.docx"} | reports
    named = [row[9] for row in table(out / "汇总.xlsx")[1:] if row[9]]
    assert len(named) == len(set(named)) == len(ROWS) - len(FAILED)
    assert set(named) <= made
    for name in named:
        docx.Document(io.BytesIO((out / name).read_bytes()))
    assert json.loads((out / "总结.md.json").read_text(encoding="utf-8"))["complete"] is True


def test_progress_is_on_stderr_the_sum_on_stdout_and_the_exit_code_1(worked: Worked) -> None:
    done = worked[0]
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert [line.split()[0] for line in done.stderr.splitlines()] == [f"[{n}/9]" for n in range(1, 10)]
    assert done.stdout.endswith("未处理4份\n")


def test_a_brief_alone_gives_its_own_name_and_exit_0(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(EXAMPLES / "waste-sorting-summary.yaml", tmp_path / "in" / "a.yaml")
    done = drafter(tmp_path / "in", "-o", tmp_path / "out", "--jobs", "1")
    assert (done.returncode, done.stdout) == (0, "通过1份，需修改0份，未处理0份\n"), done.stderr
    assert (tmp_path / "out" / "a.docx").exists()


def test_wrong_folders_are_one_line_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("某局工作总结", encoding="utf-8")
    (tmp_path / "file").write_text("x")
    for given, out, says in (
        ("none", "out", "没有这个文件夹"),
        ("empty", "out", "没有能处理的文件"),
        ("full", "full/out", "不能放在"),
        ("full", "file", "不能在这里放结果"),
    ):
        done = drafter(tmp_path / given, "-o", tmp_path / out)
        assert done.returncode == 2
        assert done.stderr.startswith("错误：")
        assert len(done.stderr.splitlines()) == 1
        assert says in done.stderr


def test_an_unforeseen_error_is_the_row_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("某局工作总结", encoding="utf-8")

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(batch, "reviewed", broken)
    row = batch.one(path, tmp_path, tmp_path / "out", load())
    assert (row.outcome, "ZeroDivisionError" in row.said) == ("failed", True)


def dies(path: Path, folder: Path, out: Path, settings: object) -> batch.Row:
    """A worker that is ended from outside by one of the files."""
    if path.stem == "3":
        os.kill(os.getpid(), signal.SIGKILL)
    return batch.Row(file=path.name, outcome="ok")


def test_a_process_that_dies_fails_its_own_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(8):
        (tmp_path / f"{number}.txt").write_text("某局工作总结", encoding="utf-8")
    monkeypatch.setattr(batch, "one", dies)
    rows = list(batch.run(tmp_path, tmp_path / "out", load(), jobs=2))
    assert [row.file for row in rows] == [f"{number}.txt" for number in range(8)]
    assert [row.file for row in rows if row.outcome == "failed"] == ["3.txt"]


def test_a_table_that_is_open_elsewhere_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="汇总表写不进去"):
        batch.summary([], tmp_path / "none" / "汇总.xlsx")


def test_ctrl_c_ends_at_once_and_keeps_what_is_done(tmp_path: Path) -> None:
    here = tmp_path / "in"
    here.mkdir()
    for number in range(400):
        (here / f"{number:03}.txt").write_text("某局工作总结\n一、基本情况\n" * 50, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "drafter", "batch", str(here), "-o", str(tmp_path / "out"), "--jobs", "2"],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=hear_ctrl_c,
    )  # fmt: skip
    assert process.stderr is not None
    first = process.stderr.readline()
    os.killpg(process.pid, signal.SIGINT)
    rest = process.communicate(timeout=30)[1]
    assert first.startswith("[1/400]")
    assert process.returncode == 130, rest
    assert "Traceback" not in rest
    assert 1 <= len(table(tmp_path / "out" / "汇总.xlsx")) - 1 < 400
    assert ended(process.pid)


def hear_ctrl_c() -> None:
    """As commands of a terminal do, and background jobs of a script do not; these tests may be one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def ended(group: int) -> bool:
    """Whether no process of the group is left, after a moment."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_what_is_found_in_a_folder_is_what_can_be_read(tmp_path: Path) -> None:
    for name in ("b.DOCX", "a.txt", ".hidden.txt", "~$a.docx", "c.xlsx", "d.yaml"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder.docx").mkdir()
    assert [path.name for path in batch.files_in(tmp_path)] == ["a.txt", "b.DOCX", "d.yaml"]
