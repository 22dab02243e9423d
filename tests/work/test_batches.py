"""Many briefs at once: what an upload holds, a bad file harms no other, all as one file."""

from __future__ import annotations

import asyncio
import zipfile
from pathlib import Path

import pytest

from drafter.accounts.model import LOCAL
from drafter.accounts.office import Office
from drafter.config import Settings
from drafter.data import folder
from drafter.errors import InputError
from drafter.work import batches
from drafter.work.records import Order, Work
from drafter.work.room import Room
from tests.scripted_server import END_MARK, Exchange, ScriptedServer
from tests.work.conftest import opened, settings_for

BRIEF = (folder("examples") / "waste-sorting-summary.yaml").read_bytes()


def test_a_zip_and_loose_files_give_each_brief_once_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(BRIEF)
    packed = tmp_path / "b.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("a.yaml", "街道/要点.md", ".hidden.txt", "__MACOSX/a.yaml", "图.png", "街道/"):
            archive.writestr(name, BRIEF)
    found = batches.files_in([tmp_path / "a.yaml", packed])
    assert [name for name, _ in found] == ["a.yaml", "a（2）.yaml", "街道/要点.md"]


def test_names_packed_on_a_chinese_windows_are_read(tmp_path: Path) -> None:
    member = zipfile.ZipInfo("要点.yaml".encode("gb18030").decode("cp437"))
    member.flag_bits = 0
    assert batches._name(member) == "要点.yaml"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"no zip"])
def test_a_broken_zip_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(InputError, match="打不开") as caught:
        batches.files_in([tmp_path / "a.zip"])
    assert "\n" not in str(caught.value)


def test_too_much_is_refused_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_UPLOAD", 1000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * 2000)
    with pytest.raises(InputError, match="分几次"):
        batches.files_in([tmp_path / "a.zip"])
    with pytest.raises(InputError, match="没有要点"):
        batches.files_in([])


async def ended(room: Room, batch: str) -> list[Work]:
    """The works of a batch when all are at their end."""
    async with asyncio.timeout(120):
        while any(one.open for one in room.store.batch(batch)):
            await asyncio.sleep(0.1)
    return room.store.batch(batch)


async def test_a_bad_file_is_a_line_of_its_own_and_failed_ones_are_written_again(
    url: str, tmp_path: Path
) -> None:
    mended = False

    async def answer(exchange: Exchange) -> None:
        if "二号" in exchange.request.user and not mended:
            await exchange.error(401, "Incorrect API key provided")
        else:
            await exchange.answer(f"{exchange.prose}\n{END_MARK}")

    second = BRIEF.decode().replace("生活垃圾分类", "二号垃圾分类").encode()
    files = [("坏.yaml", b"unitt: x\n"), ("甲.yaml", BRIEF), ("乙/二.yaml", second)]
    with ScriptedServer(answer) as server:
        settings = settings_for(url, server.base_url)
        async with opened(settings) as room:
            office = Office(room, LOCAL)
            await batches.enter(office, files, Order(batch="b"), ())
            works = {one.order.file: one for one in await ended(room, "b")}
            assert {name: (one.state, bool(one.said)) for name, one in works.items()} == {
                "坏.yaml": ("failed", True),
                "甲.yaml": ("done", False),
                "乙/二.yaml": ("done", True),
            }
            assert "unitt" in works["坏.yaml"].said
            mended = True
            assert await batches.try_again(office, list(works.values())) == 1
            again = await ended(room, "b")
            assert [one.order.file for one in again if one.said] == ["坏.yaml"]
            given, place = Settings.model_validate(settings), tmp_path / "out"
            file = await batches.packed(given, again, place)
            assert file is not None
            with zipfile.ZipFile(file) as archive:
                assert sorted(archive.namelist()) == sorted(["甲.docx", "乙/二.docx"])
            assert await batches.packed(given, again, place) == file
