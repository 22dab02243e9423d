"""`drafter user`, and that the pages are open to others only when somebody can log in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from drafter.accounts.users import Users
from drafter.store import Store
from tests.makers import brief_of, template_draft

PASSWORD = "correct horse battery"


def drafter(home: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command with a data folder of its own."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("DRAFTER_", "OPENAI_"))}
    return subprocess.run(
        [sys.executable, "-m", "drafter", *arguments],
        env={**clean, "DRAFTER_DATA_DIR": str(home)},
        input=given,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def users(home: Path) -> Users:
    """The accounts in that folder."""
    return Users(Store(f"sqlite:///{home}/drafts.db"))


def test_the_first_account_is_an_administrator_and_the_next_is_not(tmp_path: Path) -> None:
    first = drafter(tmp_path, "user", "add", "boss", "--unit", "甲局", given=f"{PASSWORD}\n")
    assert first.stdout == "已建立账号 boss：boss，甲局，管理员\n"
    drafter(tmp_path, "user", "add", "zhang", "--unit", "甲局", "--name", "张三", given=f"{PASSWORD}\n")
    assert drafter(tmp_path, "user", "list").stdout == "boss\tboss\t甲局\t管理员\nzhang\t张三\t甲局\t起草\n"


def test_accounts_are_changed_and_the_changes_written_down(tmp_path: Path) -> None:
    made = users(tmp_path)
    for login in ("boss", "zhang"):
        made.add(login, PASSWORD, name=login, unit="甲局", role="admin", by="test")
    assert drafter(tmp_path, "user", "role", "zhang", "reviewer").returncode == 0
    assert drafter(tmp_path, "user", "disable", "zhang").returncode == 0
    assert drafter(tmp_path, "user", "password", "boss", given="another good battery\n").returncode == 0
    found = made.find("zhang")
    assert found and (found.role, found.active) == ("reviewer", False)
    audit = drafter(tmp_path, "user", "audit", "-n", "3").stdout.splitlines()
    assert [line.split("\t")[1:4] for line in audit] == [
        ["drafter user", "password", "boss"],
        ["drafter user", "disabled", "zhang"],
        ["drafter user", "role", "zhang reviewer"],
    ]
    last = drafter(tmp_path, "user", "role", "boss", "staff")
    assert (last.returncode, last.stderr.count("\n"), "最后一个管理员" in last.stderr) == (2, 1, True)


def test_drafts_from_before_accounts_are_handed_over(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/drafts.db")
    draft, _ = template_draft(brief_of("巡河9次"))
    saved = store.create(draft, "", "生成")
    assert drafter(tmp_path, "user", "hand-over", "甲局").stdout == "已把1份文稿交给甲局\n"
    assert store.owner(saved.id) == "甲局"


def test_without_terminal_what_is_missing_is_named(tmp_path: Path) -> None:
    done = drafter(tmp_path, "user", "add", "boss", given=f"{PASSWORD}\n")
    assert (done.returncode, "--unit" in done.stderr) == (2, True)
    done = drafter(tmp_path, "user", "add", "boss", "--unit", "甲局", given="short\n")
    assert (done.returncode, "密码" in done.stderr) == (2, True)


def test_others_are_not_served_while_nobody_can_log_in(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::"):
        done = drafter(tmp_path, "serve", "--host", host, "--port", "0")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "drafter user add" in done.stderr
