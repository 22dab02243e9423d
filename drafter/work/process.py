"""A process that does nothing but draft what is queued."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import suppress

from drafter.config import Settings
from drafter.work.records import WorkStore
from drafter.work.room import Room
from drafter.writing.kept import is_expected
from drafter.writing.llm import warm_up


async def run(settings: Settings, jobs: int | None = None) -> None:
    """Draft until the process is asked to end (SIGTERM, Ctrl-C); what is being written then is finished, or
    left to others. Raises StoreError.
    """
    ending, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows ends such a process at once
            loop.add_signal_handler(one, ending.set)
    store = await asyncio.to_thread(WorkStore, settings.database)
    room = Room(settings.model_copy(update={"workers": "here"}), store, jobs=jobs)
    await room.open()
    if is_expected(settings):
        threading.Thread(target=warm_up, daemon=True).start()
    print("起草进程已就绪", flush=True)
    await ending.wait()
    await room.close()
