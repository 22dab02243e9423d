"""What deploy/ ships: several web processes and workers behind the real nginx, and the files themselves."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import yaml

from bench.visitor import Visitor
from drafter.accounts.users import Users
from drafter.config import Settings
from drafter.web.app import KEEP_ALIVE
from drafter.work.records import WorkStore
from tests.databases import Cluster
from tests.scripted_server import Held, ScriptedServer
from tests.web.processes import DEPLOY, ROOT, Running, nginx, running
from tests.work.trials import label_in

PASSWORD = "correct-horse-battery"
SERVE = ("serve", "--port", "0")


class Site(NamedTuple):
    """Two web processes behind nginx, and their worker."""

    url: str
    webs: list[Running]
    store: WorkStore
    held: Held
    """The model stops half-way until this lets it go on."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, postgres: Cluster) -> Iterator[Site]:
    """A site as deploy/drafter.env sets it, with the account «editor»."""
    home, held = tmp_path_factory.mktemp("site"), Held()
    given = {name: value for name, value in shipped_settings().items() if name != "DRAFTER_DATA_DIR"}
    database = postgres.new_database("deployed")
    store = WorkStore(database)
    Users(store).add("editor", PASSWORD, name="编辑人", unit="甲局", role="editor", by="test")
    with ScriptedServer(held) as model:
        settings = {
            **given,
            "DRAFTER_DATABASE_URL": database,
            "DRAFTER_LLM_BASE_URL": model.base_url,
            "DRAFTER_LLM_MODEL": "held",
            "DRAFTER_MAX_UPLOAD_MB": "1",
        }
        with running(home, settings, SERVE, SERVE, ("worker",)) as (first, second, _):
            webs = [first, second]
            with nginx(home, [one.port for one in webs]) as url:
                yield Site(url, webs, store, held)


def shipped_settings() -> dict[str, str]:
    """What deploy/drafter.env sets."""
    lines = (DEPLOY / "drafter.env").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


@asynccontextmanager
async def browser(site: Site) -> AsyncIterator[Visitor]:
    """A browser in which somebody has logged in."""
    visitor = Visitor(site.url, lambda what, seconds: None)
    try:
        await visitor.log_in("editor", PASSWORD)
        yield visitor
    finally:
        await visitor.close()


def test_a_connection_lies_unused_as_long_as_nginx_may_keep_it(site: Site) -> None:
    with closing(HTTPConnection("127.0.0.1", site.webs[0].port, timeout=5)) as connection:
        connection.connect()
        socket = connection.sock
        for rest in (0, 6):
            time.sleep(rest)
            connection.request("GET", "/healthz")
            with connection.getresponse() as answer:
                assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')
            assert connection.sock is socket, "the process has closed the connection"
    assert KEEP_ALIVE > 60
    assert not re.search("^ *keepalive_timeout", (DEPLOY / "nginx-upstream.conf").read_text(), re.MULTILINE)


def opened(one: Running) -> int:
    """How many requests for an editing page, or of a page's events, a process has answered."""
    return len(re.findall(r'"route": "(?:/edit|/gradio_api/queue/join)"', one.log))


async def test_text_is_shown_while_a_worker_writes_it_and_an_edit_is_seen_through_the_other_process(
    site: Site,
) -> None:
    async with browser(site) as drafting:
        await drafting.open("")
        await drafting.do("example")
        writing = asyncio.create_task(drafting.do("generate"))
        async with asyncio.timeout(60):
            await drafting.heard.wait()
        assert not site.held.go.is_set()
        site.held.go.set()
        await writing
        assert 'data-state="done"' in drafting.value("paper")
    (draft,) = site.store.drafts()
    async with browser(site) as editing:
        await editing.open(f"edit?id={draft.id}")
        await editing.do("save", text=f"{editing.value('text')}会后形成了备忘。")
        assert "会后形成了备忘。" in editing.value("edit-paper")
    seen: dict[int, bool] = {}
    while len(seen) < 2:
        before = [opened(one) for one in site.webs]
        async with browser(site) as reading:
            await reading.open(f"edit?id={draft.id}")
            (served,) = [number for number, one in enumerate(site.webs) if opened(one) > before[number]]
            seen[served] = "会后形成了备忘。" in reading.value("edit-paper")
    assert all(seen.values())


async def test_a_browser_is_led_to_the_same_process_by_a_cookie_that_it_is_given_once(site: Site) -> None:
    async with browser(site) as visitor:
        node = visitor.cookies["drafter_node"]
        await visitor.open("check")
        assert visitor.cookies["drafter_node"] == node
    answer = httpx.get(f"{site.url}/login", trust_env=False)
    assert re.search(r"drafter_node=\w{32}; Path=/; HttpOnly; SameSite=Lax", answer.headers["set-cookie"])


async def test_the_program_itself_says_that_an_upload_is_too_large(site: Site) -> None:
    async with browser(site) as visitor:
        await visitor.open("check")
        assert (await visitor.upload(b"x" * 2**19))[0] == 200
        status, said = await visitor.upload(b"x" * 2**21)
    assert status == 413
    assert "内容太大，一次最多 1 MB" in json.loads(said)["detail"]


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_what_is_for_collectors_is_not_led_through(site: Site, path: str) -> None:
    assert httpx.get(f"{site.url}{path}", trust_env=False).status_code == 404
    assert httpx.get(f"{site.webs[0].url}{path}", trust_env=False).status_code == 200


def test_the_proxy_lets_through_more_than_the_program_takes() -> None:
    (most,) = re.findall(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    assert int(most) > Settings(_env_file=None).max_upload_mb


def compose() -> dict[str, Any]:
    """deploy/compose.yaml."""
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_every_setting_that_is_shipped_exists() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DEPLOY.rglob("*") if path.is_file())
    named = set(re.findall(r"\bDRAFTER_[A-Z0-9_]+", text)) - {"DRAFTER_PORT"}
    assert named <= {f"DRAFTER_{name.upper()}" for name in Settings.model_fields}


def test_the_containers_are_what_the_documentation_draws() -> None:
    services = compose()["services"]
    assert set(services) == {"database", "web", "worker", "proxy"}
    for name in ("web", "worker"):
        assert services[name]["environment"]["DRAFTER_WORKERS"] == "elsewhere"
        assert services[name]["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["worker"]["command"] == ["drafter", "worker"]
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert "$drafter_node consistent" in compose()["configs"]["upstream"]["content"].replace("$$", "$")


def test_the_image_is_built_of_files_that_are_there() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {source for line in lines if line.startswith("COPY ") for source in line.split()[1:-1]}
    assert {"requirements.txt", "drafter", "prompts", "templates", "rules", "examples"} <= copied
    assert [source for source in copied if not (ROOT / source).exists()] == []


@pytest.mark.parametrize("unit", ["web", "worker"])
def test_the_units_run_commands_that_there_are(unit: str) -> None:
    text = (DEPLOY / "systemd" / f"drafter-{unit}@.service").read_text(encoding="utf-8")
    (command,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    program, *arguments = command.replace("%i", "7861").split()
    assert program == "/opt/drafter/.venv/bin/drafter"
    expected = {"web": ["serve", "--host", "127.0.0.1", "--port", "7861"], "worker": ["worker"]}
    assert arguments == expected[unit]


async def test_a_web_process_that_is_asked_to_end_finishes_its_sections_and_hands_the_rest_over(
    postgres: Cluster, tmp_path: Path
) -> None:
    held, database = Held(), postgres.new_database("handed_over")
    with ScriptedServer(held) as model:
        settings = {
            "DRAFTER_DATABASE_URL": database,
            "DRAFTER_LLM_BASE_URL": model.base_url,
            "DRAFTER_LLM_MODEL": "held",
            "DRAFTER_LLM_CONCURRENCY": "2",
        }
        with running(tmp_path, settings, SERVE, SERVE) as (first, second):
            page = Visitor(first.url, lambda what, seconds: None)
            await page.open("")
            await page.do("example")
            writing = asyncio.create_task(page.do("generate"))
            async with asyncio.timeout(60):
                await page.heard.wait()
                while len(model.requests) < 2:
                    await asyncio.sleep(0.05)
            ending = asyncio.create_task(asyncio.to_thread(first.end))
            await asyncio.sleep(1)
            held.go.set()
            await ending
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            await page.close()
            store, before = WorkStore(database), len(model.requests)
            (draft,) = store.drafts()
            work = store.last_work(draft.id)
            assert work
            done = {one.section: one.text for one in store.news(work.id, 0)[1] if one.state == "done"}
            assert done
            async with asyncio.timeout(60):
                while not ((work := store.last_work(draft.id)) and not work.open):
                    await asyncio.sleep(0.2)
            assert work.state == "done"
            written = [one for one in store.load(draft.id).draft.sections if one.written]
            assert all(one.text == done.get(one.id, one.text) != "" for one in written)
            asked_again = {label_in(one.user) for one in model.requests[before:]}
            assert 0 < len(asked_again) <= len(written) - len(done)
            assert second.process.poll() is None
