"""What the program says of itself while it runs: one line an event, on stderr, never what a document holds.

An exception is told by its type and the places it passed, not by its message: that may quote a fact.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType
from typing import Literal

from pythonjsonlogger.json import JsonFormatter

LogForm = Literal["text", "json"]

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

FRAMES = 12
"""The innermost places that are told of an exception."""


def told(kind: type[BaseException] | None, trace: TracebackType | None) -> str:
    """An exception without its message: «ValueError at store.py:120 in load < edit_page.py:80 in _open»."""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} in {frame.name}" for frame in reversed(frames)
    ]
    return f"{kind.__name__ if kind else 'error'} at {' < '.join(places) or 'unknown'}"


class _Text(logging.Formatter):
    """For a person at a terminal."""

    def formatException(self, ei: ExcInfo) -> str:
        return told(ei[0], ei[2])


class _Json(JsonFormatter):
    """For a log collector: an object a line, with whatever `extra` gives."""

    def formatException(self, ei: ExcInfo) -> str:
        return told(ei[0], ei[2])


def set_up(form: LogForm) -> None:
    """Send what is logged to stderr: as «text» from warnings on, as «json» every request and event."""
    handler = logging.StreamHandler(sys.stderr)
    if form == "json":
        handler.setFormatter(
            _Json(
                "{asctime}{levelname}{name}{message}",
                style="{",
                rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
                json_ensure_ascii=False,
            )
        )
    else:
        handler.setFormatter(_Text("{asctime} {levelname} {name}: {message}", style="{"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("drafter").setLevel(logging.INFO if form == "json" else logging.WARNING)
