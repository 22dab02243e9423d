"""Logging in in a real browser: draft, log out, and who comes next in that browser sees nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from drafter.accounts.users import Users
from drafter.store import Store
from tests.e2e.conftest import Open, serving

PASSWORD = "correct horse battery"
HOUSE = "#paper .doc-title"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that asks for a login; 张三 is an editor of 甲局, 李四 of 乙局, 管理人 administers."""
    home = tmp_path_factory.mktemp("home")
    data = home / "data"
    users = Users(Store(f"sqlite:///{data}/drafts.db"))
    for login, name, unit, role in (
        ("zhang", "张三", "甲局", "editor"),
        ("li", "李四", "乙局", "editor"),
        ("boss", "管理人", "甲局", "admin"),
    ):
        users.add(login, PASSWORD, name=name, unit=unit, role=role, by="test")
    with serving(home, DRAFTER_LOGIN="always", DRAFTER_DATA_DIR=str(data)) as url:
        yield url


def log_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """Fill in the form and send it."""
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("button.primary")


def test_one_drafts_and_leaves_and_the_next_sees_nothing_of_it(guarded: str, open_page: Open) -> None:
    page = open_page(guarded, ready="input[name=login]")
    refused: list[str] = []
    page.on("response", lambda one: refused.append(f"{one.status} {one.url}") if one.status >= 400 else None)
    log_in(page, "zhang")
    page.wait_for_selector(HOUSE)
    expect(page.locator(".masthead .person")).to_contain_text("张三（甲局　编辑）")
    page.click("#example")
    page.wait_for_selector("#understood .fact")
    page.click("#generate")
    with page.expect_download() as download:
        page.click("#download")
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
    assert download.value.suggested_filename.endswith(".docx")
    page.click("#edit")
    page.wait_for_selector("#edit-paper .card.current")
    expect(page.locator("#author")).not_to_be_visible()
    page.click("#lock")
    expect(page.locator("#edit-paper .card.current .flags")).to_contain_text("已锁定")
    page.locator("#history-tools > button").click()
    expect(page.locator("#history")).to_contain_text("张三")
    draft = page.url
    assert refused == []

    page.click(".masthead .person button")
    expect(page.locator("[role=status]")).to_contain_text("已退出")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('drafter-'))") == []
    log_in(page, "li")
    page.wait_for_selector("#facts textarea")
    expect(page.locator(".masthead .person")).to_contain_text("李四（乙局　编辑）")
    assert page.locator("#facts textarea").input_value() == ""
    page.goto(f"{guarded}drafts")
    page.wait_for_selector("#drafts .quiet")
    expect(page.locator("#drafts")).to_contain_text("没有")
    page.goto(draft)
    page.wait_for_selector("#edit-status .bad")
    expect(page.locator("#edit-status")).to_contain_text("没有这份文稿")
    assert page.locator("#edit-paper .card").count() == 0


def test_what_was_typed_is_still_there_after_the_session_has_ended(guarded: str, open_page: Open) -> None:
    page = open_page(guarded, ready="input[name=login]")
    log_in(page, "zhang")
    page.wait_for_selector("#facts textarea")
    before = page.evaluate("localStorage.getItem('drafter-form')")
    page.fill("#facts textarea", "巡河9次")
    page.wait_for_selector("#understood .fact")
    page.wait_for_function("before => localStorage.getItem('drafter-form') !== before", arg=before)
    page.context.clear_cookies(name="drafter")
    page.goto(guarded)
    log_in(page, "zhang")
    page.wait_for_selector("#facts textarea")
    expect(page.locator("#facts textarea")).to_have_value("巡河9次")


def test_an_open_page_says_that_the_login_has_expired(guarded: str, open_page: Open) -> None:
    page = open_page(guarded, ready="input[name=login]")
    log_in(page, "zhang")
    page.wait_for_selector("#example")
    page.context.clear_cookies(name="drafter")
    page.click("#example")
    expect(page.locator("body")).to_contain_text("登录已过期")


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_the_login_works_without_scripts(guarded: str, chromium: Browser, locale: str) -> None:
    context = chromium.new_context(java_script_enabled=False, locale=locale)
    page = context.new_page()
    page.goto(f"{guarded}accounts")
    log_in(page, "boss", "wrong wrong wrong")
    expect(page.locator("[role=alert]")).to_contain_text("登录名或密码不对")
    log_in(page, "boss")
    expect(page.locator("h2").first).to_have_text("账号" if locale == "zh-CN" else "Accounts")
    context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_plain_pages_have_no_accessibility_faults(guarded: str, open_page: Open, width: int) -> None:
    page = open_page(guarded, width=width, ready="input[name=login]")
    seen = [Axe().run(page).response["violations"]]
    log_in(page, "boss", "wrong wrong wrong")
    seen.append(Axe().run(page).response["violations"])
    log_in(page, "boss")
    page.wait_for_selector(".masthead .person")
    for path in ("password", "accounts"):
        page.goto(f"{guarded}{path}")
        seen.append(Axe().run(page).response["violations"])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert [[(one["id"], one["nodes"][0]["html"][:120]) for one in found] for found in seen] == [[]] * 4
