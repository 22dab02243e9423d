"""The page while another process writes: text grows on the screen, outlives that process, is stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Open, serving, working
from tests.e2e.test_draft_page import FACTS, fill
from tests.scripted_server import Held, ScriptedServer

pytestmark = pytest.mark.browser


def test_text_grows_on_the_page_while_another_process_writes_it_and_survives_its_death(
    open_page: Open, tmp_path: Path
) -> None:
    held = Held()
    with ScriptedServer(held) as model:
        told = {"DRAFTER_LLM_BASE_URL": model.base_url, "DRAFTER_LLM_MODEL": "held"}
        with serving(tmp_path, DRAFTER_WORKERS="elsewhere", **told) as url:
            page = open_page(url)
            fill(page, unit="某市水务局", facts=FACTS)
            expect(page.locator("#understood")).to_contain_text("500人次")
            with working(tmp_path, **told) as first:
                page.click("#generate")
                expect(page.locator("#paper")).to_contain_text("一是举办培训", timeout=60_000)
                assert "累计培训人员超过500人次。" not in page.locator("#paper").inner_text()
                first.kill()
            with working(tmp_path, **told) as second:
                held.go.set()
                expect(page.locator("#download")).to_be_visible(timeout=60_000)
                expect(page.locator("#paper")).to_contain_text("一是举办培训班6次，累计培训人员超过500人次。")
            assert second.returncode == 0


def test_what_another_process_writes_is_stopped_from_the_page(open_page: Open, tmp_path: Path) -> None:
    with ScriptedServer(Held()) as model:
        told = {"DRAFTER_LLM_BASE_URL": model.base_url, "DRAFTER_LLM_MODEL": "held"}
        with (
            serving(tmp_path, DRAFTER_WORKERS="elsewhere", **told) as url,
            working(tmp_path, **told),
        ):
            page = open_page(url)
            fill(page, unit="某市水务局", facts=FACTS)
            expect(page.locator("#understood")).to_contain_text("500人次")
            page.click("#generate")
            expect(page.locator("#paper")).to_contain_text("一是举办培训", timeout=60_000)
            page.click("#stop")
            expect(page.locator("#download")).to_be_visible()
            expect(page.locator("#paper")).to_contain_text("一是举办培训")
