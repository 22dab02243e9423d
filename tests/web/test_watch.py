"""What a running program tells: figures for collectors alone, and a log without a word of a document."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest

from bench.visitor import Failed, Visitor
from drafter.config import Settings
from drafter.errors import SettingsError
from drafter.web.app import application
from drafter.work.figures import WorkFigures
from drafter.work.records import STATES, WorkStore
from tests.databases import Cluster
from tests.scripted_server import ScriptedServer
from tests.web.processes import Running, running
from tests.web.served import Site, served
from tests.web.served import Visitor as Browser

WORD = "松涛巷"
"""Stands in the facts, in what the model answers and in what goes wrong."""


def nothing(what: str, seconds: float) -> None:
    """Nobody wants to know how long it took."""


def figures(site: Running) -> dict[str, float]:
    """What /metrics says, by name and labels."""
    answer = httpx.get(f"{site.url}/metrics", trust_env=False).raise_for_status()
    lines = (line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


async def draft(site: Running, fact: str, **changed: str) -> str:
    """Draft the example with one fact more, as somebody at the page; what the page says in the end."""
    page = Visitor(site.url, nothing)
    try:
        await page.open("")
        await page.do("example")
        await page.do("facts", "change", facts=f"{page.value('facts')}\n{fact}")
        await page.do("generate", **changed)
        return str(page.value("paper"))
    finally:
        await page.close()


@pytest.mark.parametrize("form", ["json", "text"])
async def test_the_log_tells_requests_and_errors_and_no_word_of_a_document(tmp_path: Path, form: str) -> None:
    model = ScriptedServer()
    with model, running(
        tmp_path,
        {
            "DRAFTER_DATA_DIR": str(tmp_path),
            "DRAFTER_LOG": form,
            "DRAFTER_LLM_BASE_URL": model.base_url,
            "DRAFTER_LLM_MODEL": "ok",
        },
        ("serve", "--port", "0"),
    ) as (site,):  # fmt: skip
        assert WORD in await draft(site, f"走访{WORD}企业37家")
        with pytest.raises(Failed, match=WORD):
            await draft(site, f"走访{WORD}企业37家", doctype=WORD)
        said = site.log
        assert WORD in str([one.user for one in model.requests])
    assert WORD not in said and json.dumps(WORD)[1:-1] not in said
    assert "Error at radio.py" in said and "Traceback" not in said
    if form == "json":
        told = [json.loads(line) for line in said.splitlines()[1:]]
        routes = {(one["method"], one["route"], one["status"]) for one in told if one["message"] == "request"}
        assert {("GET", "/", 200), ("POST", "/gradio_api/queue/join", 200)} <= routes
    else:
        assert len(said.splitlines()) == 2


async def test_figures_tell_of_requests_and_of_the_work_of_all_processes(
    tmp_path: Path, postgres: Cluster
) -> None:
    database = {"DRAFTER_DATABASE_URL": postgres.new_database("figures"), "DRAFTER_WORKERS": "elsewhere"}
    model = ScriptedServer()
    with model, running(
        tmp_path,
        {**database, "DRAFTER_LLM_BASE_URL": model.base_url, "DRAFTER_LLM_MODEL": "ok"},
        ("serve", "--port", "0"),
        ("worker",),
    ) as (site, worker):  # fmt: skip
        before = figures(site)
        assert before["drafter_processes"] == 2
        assert {f'drafter_works{{state="{state}"}}' for state in STATES} <= set(before)
        await draft(site, "走访企业37家")
        after = figures(site)
        assert after['drafter_works{state="done"}'] == 1
        assert after["drafter_tokens"] > 0 and after["drafter_database_up"] == 1
        assert after['drafter_http_requests_total{route="/",status="200"}'] == 1
        assert not [name for name in after if re.search(r"id=|session_hash=", name)]
        worker.end()
        assert figures(site)["drafter_processes"] == 1


def test_without_its_database_the_figures_say_so(postgres: Cluster, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=postgres.new_database("away"), _env_file=None)
    works = WorkFigures(WorkStore(settings.database).engine)
    postgres.stop()
    try:
        (up,) = works.collect()
    finally:
        postgres.start()
    assert (up.name, up.samples[0].value) == ("drafter_database_up", 0)


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_nobody_reads_the_figures_through_a_proxy(site: Site, name: str) -> None:
    admin = Browser(site, "admin")
    assert admin.get("/metrics").status_code == 200
    passed_on = admin.get("/metrics", headers={name: "127.0.0.1"})
    assert (passed_on.status_code, passed_on.json()) == (404, {"detail": "没有这个地址"})


def test_the_figures_are_for_the_networks_that_are_named(tmp_path: Path) -> None:
    with served(tmp_path, works=False, metrics_from="10.0.0.0/8") as elsewhere:
        assert Browser(elsewhere).get("/metrics").status_code == 404


def test_a_network_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DRAFTER_METRICS_FROM"):
        application(Settings(data_dir=tmp_path, metrics_from="here", _env_file=None))
