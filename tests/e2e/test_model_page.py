"""Setting the model service in a real browser: by keyboard, with what is wrong said, and used at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open, serving
from tests.scripted_server import ScriptedServer

KEY = "test-key-4711"


@pytest.fixture
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a machine without accounts and without a model."""
    with serving(tmp_path_factory.mktemp("home")) as url:
        yield url


def save(page: Page, url: str, model: str, key: str) -> None:
    """Fill in the form without a mouse and send it."""
    page.get_by_label("地址").focus()
    for value in (url, model, key):
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.locator("button[value=save]").focus()
    page.keyboard.press("Enter")


def faults(page: Page, width: int) -> list[str]:
    """What is wrong with the page as it stands: accessibility, and what is wider than the screen."""
    found = [one["id"] for one in Axe().run(page).response["violations"]]
    return found + ["wide"] * (page.evaluate("document.documentElement.scrollWidth") > width)


@pytest.mark.parametrize("width", [1366, 390])
def test_a_model_is_set_tried_mended_and_writes(bare: str, open_page: Open, width: int) -> None:
    with ScriptedServer() as llm:
        page = open_page(bare, width=width, height=768)
        expect(page.locator(".masthead .writer")).to_contain_text("内置模板写作")
        page.click(".masthead a[href='/model']")
        assert faults(page, width) == []
        page.locator(".services a", has_text="其他服务").press("Enter")
        save(page, llm.base_url, "401", KEY)
        expect(page.locator("[role=alert]")).to_contain_text("不认可密钥（401）；请检查密钥")
        assert faults(page, width) == []
        save(page, llm.base_url, "ok", "")
        expect(page.locator("[role=status]")).to_contain_text("已保存。连接成功，模型 ok")
        expect(page.locator("input[name=key]")).to_have_value("")
        assert KEY not in page.content()
        assert faults(page, width) == []
        page.goto(bare)
        expect(page.locator(".masthead .writer")).to_contain_text("写作模型：ok（127.0.0.1")
        page.click("#example")
        page.wait_for_selector("#understood .fact")
        page.click("#generate")
        page.wait_for_selector("#download")
        page.click("#edit")
        page.wait_for_selector("#edit-paper .card.current")
        expect(page.locator("#instruction")).to_be_visible()
        assert len(llm.requests) > 2
        assert {request.headers["authorization"] for request in llm.requests} == {f"Bearer {KEY}"}
