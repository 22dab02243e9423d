"""The command for a process that drafts what is queued."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from drafter.config import load


def worker(
    jobs: Annotated[
        int, typer.Option("--jobs", min=0, help="每个进程同时起草几份，对所有进程有效；0 为不改变（起初4份）")
    ] = 0,
) -> None:
    """起草排队的文稿；可以在多台机器上运行，各台连同一个 PostgreSQL 数据库。"""
    from drafter import logs
    from drafter.work.process import run

    settings = load()
    logs.set_up(settings.log)
    asyncio.run(run(settings, jobs or None))
