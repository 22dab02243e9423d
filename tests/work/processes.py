"""Processes that draft, begun in a moment and killed at any: forked from one that has everything imported.

with nursery() as start:
    process = start(settings)               # drafts what is queued
    process = start(settings, brief)        # and begins with this document, as a page does
    process.kill()
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from drafter.model import Brief

ROOT = Path(__file__).parent.parent.parent
Start = Callable[..., "Process"]


class Process:
    """A process that drafts. Once it has ended its number is others', and is not touched again."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ended = False

    def kill(self) -> None:
        """End it at once, and wait until it is gone."""
        self._end(signal.SIGKILL)

    def ask_to_end(self) -> None:
        """Ask it to end, and wait until it has."""
        self._end(signal.SIGTERM)

    def _end(self, by: signal.Signals) -> None:
        if self.ended:
            return
        with suppress(ProcessLookupError):
            os.kill(self.pid, by)
            for _ in range(3000):
                os.kill(self.pid, 0)
                time.sleep(0.01)
            raise AssertionError(f"{self.pid} does not end")
        self.ended = True


@contextmanager
def nursery() -> Iterator[Start]:
    """Begins processes; all are gone at the end."""
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.work.processes"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdin and parent.stdout
    children: list[Process] = []

    def start(settings: dict[str, Any], brief: Brief | None = None) -> Process:
        assert parent.stdin and parent.stdout
        asked = {"settings": settings, "brief": brief.model_dump(mode="json") if brief else None}
        parent.stdin.write(json.dumps(asked) + "\n")
        parent.stdin.flush()
        children.append(Process(int(parent.stdout.readline())))
        return children[-1]

    try:
        yield start
    finally:
        for child in children:
            child.kill()
        parent.stdin.close()
        parent.wait(30)


def child(settings: dict[str, Any], brief: dict[str, Any] | None) -> None:
    """Draft until killed."""
    from drafter import doctypes
    from drafter.config import Settings
    from drafter.work.process import run
    from drafter.work.records import Order
    from drafter.work.room import Room

    if brief:
        opened, given = Room.open, Brief.model_validate(brief)

        async def open_and_begin(room: Room) -> None:
            await opened(room)
            await room.start(given, doctypes.load(given.doctype), Order())

        Room.open = open_and_begin  # type: ignore[method-assign]
    asyncio.run(run(Settings.model_validate(settings)))


def main() -> None:
    """Fork a child for every line of the input, and tell its number."""
    import drafter.schema
    import drafter.work.engine  # noqa: F401
    from drafter.grounding.knowledge import learn
    from drafter.writing.llm import warm_up
    from tests.makers import brief_of

    warm_up()
    learn(brief_of("清理河道12公里"))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need nobody to collect them
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(2, 1)
            child(**json.loads(line))
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
