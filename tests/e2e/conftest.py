"""A real server on a free loopback port, and Debian's Chromium to drive its page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = "/usr/bin/chromium"
PATIENCE = 20_000
"""Milliseconds that a page has to show something: machines that run tests are busy."""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def serving(home: Path, **environment: str) -> Iterator[str]:
    """The address of a server that runs `drafter serve` with a home of its own."""
    log = home / "server.log"
    with log.open("w+", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "drafter", "serve", "--port", "0"],
            cwd=home,
            env=environment_of(home, environment),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield address_in(log, process)
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def working(home: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs `drafter worker` with the home of a server; asked to end, it does so in order."""
    with (home / "worker.log").open("w+", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "drafter", "worker"],
            cwd=home,
            env=environment_of(home, environment),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def environment_of(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """What a process with this home is told: nothing of the settings that the tests run under."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("DRAFTER_", "OPENAI_"))}
    return {**clean, "HOME": str(home), "PYTHONPATH": str(ROOT), **more}


def address_in(log: Path, process: subprocess.Popen[bytes]) -> str:
    """The address the server says it is ready at, once it answers there."""
    for _ in range(900):
        found = re.search(r"http://127\.0\.0\.1:\d+/", log.read_text(encoding="utf-8"))
        if found:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(found[0], timeout=30):
                return found[0]
        assert process.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server that most tests share; it writes with templates."""
    with serving(tmp_path_factory.mktemp("home")) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    expect.set_options(PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    """Opens an address in a fresh browser profile; fails the test when a request leaves this machine."""
    contexts = []
    outside: list[str] = []

    def note(url: str) -> None:
        if not re.match(r"(https?://127\.0\.0\.1[:/]|data:|blob:)", url):
            outside.append(url)

    def opener(
        url: str,
        width: int = 1440,
        height: int = 900,
        locale: str = "zh-CN",
        ready: str = "#paper .doc-title",
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale=locale, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: note(request.url))
        page.goto(url)
        page.wait_for_selector(ready)
        return page

    yield opener
    for context in contexts:
        context.close()
    assert outside == []
