"""`drafter import`: results on stdout, errors in one line, exit codes as of every command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from drafter.accounts.view import AuthorisedStore
from drafter.store import Saved
from tests.makers import brief_of, template_draft
from tests.returning import hands

ROOT = Path(__file__).parent.parent.parent
DRAFT, TYPE = template_draft(
    brief_of({"text": "举办培训班6次", "topic": "培训"}, {"text": "清理河道12公里", "topic": "河道保洁"})
)
RIVER = next(one for one in DRAFT.sections if "12公里" in one.text)


@pytest.fixture
def saved(store: AuthorisedStore) -> Saved:
    """A draft in it."""
    return store.create(DRAFT, "甲", "生成")


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    environment = {**os.environ, "DRAFTER_DATABASE_URL": f"sqlite:///{home}/drafts.db"}
    return subprocess.run(
        [sys.executable, "-m", "drafter", "import", *arguments],
        cwd=home,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def kept(home: Path, data: bytes) -> str:
    """A file in the home folder."""
    (home / "改好.docx").write_bytes(data)
    return "改好.docx"


def test_an_edit_is_shown_then_saved_and_what_no_fact_supports_is_an_error(
    tmp_path: Path, store: AuthorisedStore, saved: Saved
) -> None:
    file = kept(tmp_path, hands.replaced(hands.exported(saved), "12公里", "15公里"))
    preview = run(tmp_path, file, "--preview")
    assert preview.returncode == 0
    assert "[-12-]{+15+}公里" in preview.stdout
    assert store.load(saved.id).number == 1
    done = run(tmp_path, file, "--author", "王科长")
    assert done.returncode == 1
    assert "（已采用）" in done.stdout
    assert "15公里" in done.stderr and "没有事实支持" in done.stderr
    newest = store.load(saved.id)
    assert (newest.number, newest.author, newest.what) == (2, "王科长", "导入")


def test_json_says_which_changes_were_taken(tmp_path: Path, store: AuthorisedStore, saved: Saved) -> None:
    back = hands.replaced(hands.exported(saved), "12公里", "12公里河段")
    back = hands.typed_after(back, "2025年12月5日", "联系人：王某")
    done = run(tmp_path, kept(tmp_path, back), "--format", "json", "--put", "stray1=")
    content = json.loads(done.stdout)
    assert [(one["key"], one["taken"]) for one in content["changes"]] == [
        (RIVER.id, True),
        ("stray1", False),
    ]
    assert (content["draft"], content["base"], content["revision"]) == (saved.id, 1, 2)
    assert done.returncode == 1


def test_only_what_is_named_is_taken_and_stray_text_goes_where_it_is_put(
    tmp_path: Path, store: AuthorisedStore, saved: Saved
) -> None:
    back = hands.replaced(hands.exported(saved), "12公里", "15公里")
    back = hands.typed_after(back, "2025年12月5日", "联系人：王某")
    file = kept(tmp_path, back)
    assert run(tmp_path, file, "--only", "stray1", "--put", f"stray1={RIVER.id}").returncode == 1
    text = next(one.text for one in store.load(saved.id).draft.sections if one.id == RIVER.id)
    assert text == f"{RIVER.text}\n联系人：王某"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["没有.docx"], "找不到这个文件"),
        (["改好.docx", "--only", "nothing"], "没有编号为“nothing”的改动"),
        (["改好.docx", "--put", "stray1"], "不是 KEY=SECTION"),
        (["改好.docx", "--draft", "nobody"], "没有这份文稿"),
        (["文字.txt"], "只能导入 Word 文件"),
        (["坏.docx"], "不是能读取的 .docx 文件"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    tmp_path: Path, saved: Saved, arguments: list[str], said: str
) -> None:
    kept(tmp_path, hands.exported(saved))
    (tmp_path / "文字.txt").write_text("一、工作情况", encoding="utf-8")
    (tmp_path / "坏.docx").write_bytes(b"PK\x03\x04")
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
