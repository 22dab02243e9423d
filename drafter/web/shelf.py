"""What this process holds for one person each: open pages, uploaded files, documents ready for download."""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from drafter.accounts.model import Person
from drafter.errors import DrafterError

MOST = 100_000
"""How many names are remembered of each kind; ten times as many as Gradio keeps open pages."""


class Ready(NamedTuple):
    """A document ready for download, whose it is, and when it was put there (seconds of `time.time`)."""

    owner: str
    path: Path
    put: float


class Shelf:
    """Names that a browser or Gradio makes up, each with whose it is, and documents in a folder of ours.

    `keep` is how many seconds a document stays.
    """

    def __init__(self, folder: Path, keep: float, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._keep, self._clock = folder, keep, clock
        self._bound: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._uploads: OrderedDict[str, set[str]] = OrderedDict()
        self._ready: OrderedDict[str, Ready] = OrderedDict()
        self._lock = threading.Lock()

    def bind(self, kind: str, name: str, person: Person) -> bool:
        """Whether a name that a browser made up is this person's: it is the first one's who uses it."""
        with self._lock:
            owner = self._bound.setdefault((kind, name), person.login)
            self._bound.move_to_end((kind, name))
            if len(self._bound) > MOST:
                self._bound.popitem(last=False)
            return owner == person.login

    def uploaded(self, path: str, person: Person) -> None:
        """Note whose an uploaded file is. Two may upload the same one: Gradio names it by its content."""
        with self._lock:
            self._uploads.setdefault(path, set()).add(person.login)
            self._uploads.move_to_end(path)
            if len(self._uploads) > MOST:
                self._uploads.popitem(last=False)

    def is_uploaded(self, path: str, person: Person) -> bool:
        """Whether this person uploaded the file."""
        with self._lock:
            return person.login in self._uploads.get(path, ())

    def offer(self, data: bytes, name: str, person: Person) -> str:
        """Keep a document for this person to download under a safe `name`; returns its address."""
        self._clear()
        token = secrets.token_urlsafe(18)
        path = self._folder / token / name
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        return self._put(token, path, person)

    def lend(self, path: Path, person: Person) -> str:
        """Let this person download a file that stays where it is; returns its address."""
        return self._put(secrets.token_urlsafe(18), path, person)

    def _put(self, token: str, path: Path, person: Person) -> str:
        with self._lock:
            self._ready[token] = Ready(person.login, path, self._clock())
        return f"/result/{token}"

    def take(self, token: str, person: Person) -> Path:
        """The document of that token. Raises DrafterError when there is none for this person."""
        with self._lock:
            found = self._ready.get(token)
        if found is None or found.owner != person.login or not found.path.is_file():
            raise DrafterError("没有这个文件，或已过期", mend="请重新生成后再下载")
        return found.path

    def _clear(self) -> None:
        """Remove what has been here too long."""
        with self._lock:
            old = [token for token, one in self._ready.items() if one.put + self._keep < self._clock()]
            gone = [self._ready.pop(token) for token in old]
        for one in gone:
            if one.path.is_relative_to(self._folder):
                shutil.rmtree(one.path.parent, ignore_errors=True)
