"""Many briefs at once: what an upload holds, and the results as one file."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path, PurePosixPath
from typing import Protocol

from drafter import doctypes
from drafter.config import Settings
from drafter.errors import DrafterError, InputError
from drafter.houses import exported
from drafter.intake import brief_in
from drafter.intake.files import MAX_BYTES, read_bytes
from drafter.model import Brief, DocType
from drafter.store import Saved
from drafter.work.records import Order, Work, WorkStore

READABLE = (".yaml", ".yml", ".json", ".md", ".markdown", ".txt")
MOST_FILES = 1000
MOST_UPLOAD = 50 * 1024 * 1024
"""Bytes of an upload, and of what is packed in it."""
UTF8_NAME = 0x800
"""The flag of a zip's member whose name is UTF-8; others are in the code of the machine that packed it."""


def files_in(paths: Sequence[Path]) -> list[tuple[str, bytes]]:
    """Names and contents of the files of an upload, zips unpacked; hidden files and other kinds are left out.

    A file that is too large is given with its first bytes only: whoever reads it says so. Raises InputError
    when the upload as a whole is too much, or a zip is none.
    """
    found: list[tuple[str, bytes]] = []
    size = 0
    for path in paths:
        for name, data in _packed(path) if path.suffix.lower() == ".zip" else [(path.name, _content(path))]:
            size += len(data)
            if len(found) >= MOST_FILES or size > MOST_UPLOAD:
                limits = f"{MOST_FILES}份、{MOST_UPLOAD // (1024 * 1024)} MB"
                raise InputError(f"一次上传的超过{limits}", mend="请分几次上传")
            found.append((name, data))
    if not found:
        raise InputError("上传的文件里没有要点文件", mend="放入 .yaml、.md 或 .txt 要点，可打成一个 .zip")
    return [(name, data) for name, (_, data) in zip(_apart([one for one, _ in found]), found, strict=True)]


def _content(path: Path) -> bytes:
    return read_bytes(path, MOST_UPLOAD)[: MAX_BYTES + 1]


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = PurePosixPath(_name(member))
                hidden = any(part.startswith((".", "~$", "__MACOSX")) for part in name.parts)
                if member.is_dir() or hidden or name.suffix.lower() not in READABLE:
                    continue
                with archive.open(member) as opened:
                    yield str(name), opened.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise InputError("压缩包打不开", file=path.name, mend="请用 zip 格式重新打包，不要加密码") from None


def _name(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _apart(names: Sequence[str]) -> Iterator[str]:
    """The names, each only once: a second «a.yaml» becomes «a（2）.yaml»."""
    taken: set[str] = set()
    for name in names:
        path, free, number = PurePosixPath(name), name, 1
        while free in taken:
            number += 1
            free = str(path.with_name(f"{path.stem}（{number}）{path.suffix}"))
        taken.add(free)
        yield free


def new_batch() -> str:
    """A name for an upload that nobody guesses."""
    return secrets.token_urlsafe(12)


class Clerk(Protocol):
    """Whoever takes orders of drafts."""

    async def enqueue(self, brief: Brief, doctype: DocType, order: Order) -> Work: ...

    async def again(self, saved: Saved, order: Order, *, waiting: bool = True) -> Work: ...

    def refused(self, order: Order, said: str) -> Work: ...

    def load(self, draft_id: str) -> Saved: ...


async def enter(
    clerk: Clerk, files: Sequence[tuple[str, bytes]], order: Order, folders: Sequence[Path]
) -> None:
    """Order a draft of every file; of one that is no brief, its row says why. Raises StoreError."""
    for name, data in files:
        one = order.model_copy(update={"file": name})
        try:
            brief = await asyncio.to_thread(brief_in, data, name, folders=folders)
            doctype = await asyncio.to_thread(doctypes.load, brief.doctype, folders)
            await clerk.enqueue(brief, doctype, one)
        except DrafterError as error:
            await asyncio.to_thread(clerk.refused, one, str(error))


async def try_again(clerk: Clerk, works: Sequence[Work]) -> int:
    """Order again what of these works failed, was stopped or lacks sections; returns how many those are."""
    again = [one for one in works if one.draft and not one.open and (one.state != "done" or one.said)]
    for work in again:
        saved = await asyncio.to_thread(clerk.load, work.draft)
        await clerk.again(saved, work.order.model_copy(update={"only": ""}), waiting=False)
    return len(again)


async def packed(settings: Settings, works: Sequence[Work], place: Path) -> Path | None:
    """The finished documents of these works in a zip in the folder `place`, made in a process of its own;
    None when there are none. The same documents are packed only once.
    """
    ready = [one for one in works if one.result and one.state in ("done", "stopped")]
    if not ready:
        return None
    state = hashlib.sha256("\n".join(f"{one.id} {one.result}" for one in ready).encode()).hexdigest()[:16]
    target = place / f"公文-{state}.zip"
    if not target.exists():
        place.mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as aside:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(aside, pack, settings, ready, target)
    return target


def pack(settings: Settings, works: Sequence[Work], target: Path) -> None:
    """Write the documents of these works as .docx into a zip; they are called as their briefs were."""
    store = WorkStore(settings.database)
    unfinished = target.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:  # a .docx is compressed already
        for work in works:
            draft = store.load(work.draft).draft
            document = exported(settings, draft)
            archive.writestr(str(PurePosixPath(work.order.file).with_suffix(".docx")), document)
    unfinished.replace(target)
