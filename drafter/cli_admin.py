"""Commands for whoever runs the program: is all well, backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from drafter.config import load


def doctor() -> None:
    """检查本机：设置、数据库、磁盘、字体、LibreOffice、大模型，逐项给出结果和办法。"""
    from drafter.doctor import examine

    ill = False
    for finding in examine(load()):
        mark = "✓" if finding.well else "✗" if finding.needed else "!"
        ill |= finding.needed and not finding.well
        print(f"{mark} {finding.name}：{finding.said}", flush=True)
    if ill:
        raise typer.Exit(1)


def backup(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="备份文件，如 2025-12-20.drafter.gz")],
) -> None:
    """把全部文稿和历史备份成一个文件，运行中也可以做。"""
    from drafter.backup import backup as write

    print(f"已备份{write(load().database, out)}条记录到 {out}")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件")],
    force: Annotated[bool, typer.Option("--force", help="数据库里已有的内容不要了")] = False,
) -> None:
    """从备份文件恢复到（空的）数据库，SQLite 和 PostgreSQL 可以互换。"""
    from drafter.backup import restore as fill

    print(f"已恢复{fill(file, load().database, force=force)}条记录")
