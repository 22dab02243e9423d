"""Many briefs uploaded at once: a table of what becomes of each, what failed again, all as one file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from drafter.data import folder
from tests.e2e.conftest import Open, serving
from tests.e2e.test_draft_page import shoot
from tests.scripted_server import Exchange, ScriptedServer

pytestmark = pytest.mark.browser


def test_an_upload_is_drafted_file_by_file_and_comes_back_as_one(open_page: Open, tmp_path: Path) -> None:
    mended = False

    async def answer(exchange: Exchange) -> None:
        if "二号" in exchange.request.user and not mended:
            await exchange.error(401, "Incorrect API key provided")
        else:
            await exchange.answer(f"{exchange.prose}\n〔完〕")

    brief = (folder("examples") / "waste-sorting-summary.yaml").read_text(encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "要点.zip", "w") as archive:
        archive.writestr("一.yaml", brief)
        archive.writestr("二.yaml", brief.replace("生活垃圾分类", "二号垃圾分类"))
    (tmp_path / "坏.yaml").write_text("unitt: 某局\n", encoding="utf-8")
    with (
        ScriptedServer(answer) as model,
        serving(tmp_path, DRAFTER_LLM_BASE_URL=model.base_url, DRAFTER_LLM_MODEL="m") as url,
    ):
        page = open_page(f"{url}batch", ready="#batch-start")
        page.set_input_files("#batch-files input", [tmp_path / "要点.zip", tmp_path / "坏.yaml"])
        expect(page.get_by_role("cell", name="坏.yaml")).to_be_visible()
        page.click("#batch-start")
        rows = page.locator("#batch tbody tr")
        expect(rows).to_have_count(3)
        expect(page.locator('#batch [data-state="failed"]')).to_contain_text("unitt")
        expect(page.locator('#batch [data-state="wanting"]')).to_contain_text("二.yaml", timeout=30_000)
        expect(page.locator("#batch-download")).to_be_visible(timeout=30_000)
        shoot(page, "batch")
        page.reload()
        expect(rows).to_have_count(3)
        mended = True
        page.click("#batch-again")
        expect(page.locator('#batch [data-state="done"]')).to_have_count(2, timeout=30_000)
        expect(page.locator("#batch-download")).to_be_visible(timeout=30_000)
        with page.expect_download() as download:
            page.click("#batch-download")
        download.value.save_as(tmp_path / "x.zip")
        with zipfile.ZipFile(tmp_path / "x.zip") as archive:
            assert sorted(archive.namelist()) == ["一.docx", "二.docx"]
