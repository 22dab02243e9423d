"""What the program says of itself while it runs: one line an event, on stderr, never what a document holds.

An exception is told by its type and the places it passed, not by its message: that may quote a fact. What a
library logs is told by its place in the library alone, for the same reason.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from types import TracebackType
from typing import Literal

from pythonjsonlogger.json import JsonFormatter

LogForm = Literal["text", "json"]

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

FRAMES = 12
"""The innermost places that are told of an exception."""
TOLD = ("drafter", "uvicorn")
"""Whose words are told as they are: they quote nothing that a person has sent."""

log = logging.getLogger("drafter")


def told(kind: type[BaseException] | None, trace: TracebackType | None) -> str:
    """An exception without its message: «ValueError at store.py:120 in load < edit_page.py:80 in _open»."""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} in {frame.name}" for frame in reversed(frames)
    ]
    return f"{kind.__name__ if kind else 'error'} at {' < '.join(places) or 'unknown'}"


def discreet(record: logging.LogRecord) -> logging.LogRecord:
    """The record as it may be told: of a library's own, the place instead of the words and values."""
    if record.name.partition(".")[0] in TOLD:
        return record
    place = f"{record.filename}:{record.lineno} in {record.funcName}"
    bare = logging.LogRecord(
        record.name, record.levelno, record.pathname, record.lineno, place, (), record.exc_info
    )
    bare.created, bare.msecs = record.created, record.msecs
    return bare


class _Text(logging.Formatter):
    """For a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(discreet(record)).replace("\n", " ")

    def formatException(self, ei: ExcInfo) -> str:
        return told(ei[0], ei[2])


class _Json(JsonFormatter):
    """For a log collector: an object a line, with whatever `extra` gives."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(discreet(record))

    def formatException(self, ei: ExcInfo) -> str:
        return told(ei[0], ei[2])


def set_up(form: LogForm) -> None:
    """Send what is logged to stderr: as «text» from warnings on, as «json» every request and event.

    What would go there past the log (tracebacks of threads and of handlers, warnings) goes through it or
    nowhere. For a process that does nothing else: this changes Python's own hooks.
    """
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
    log.setLevel(logging.INFO if form == "json" else logging.WARNING)
    # DBOS gives its logger a handler of its own unless there is one.
    logging.getLogger("dbos").addHandler(logging.NullHandler())
    threading.excepthook = lambda died: log.error(
        "a thread died: %s", told(died.exc_type, died.exc_traceback)
    )
    # By this Gradio prints what a handler raises, with its message.
    traceback.print_exc = lambda *_, **__: log.error("a handler failed", exc_info=True)
    warnings.simplefilter("ignore")
