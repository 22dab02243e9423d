"""The page «模型服务»: what is set there writes at once, what is wrong is said, and the key stays hidden."""

from __future__ import annotations

import logging
import socket
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from drafter import doctor
from drafter.accounts.audit import Audit
from drafter.config import Settings
from drafter.web import model_page
from drafter.web.form import FIELDS, form_of
from drafter.writing.choose import make_writer
from drafter.writing.connection import find_local
from drafter.writing.endpoints import preset
from drafter.writing.kept import keep
from tests.makers import brief_of
from tests.scripted_server import ScriptedServer
from tests.web.served import Site, Visitor, served

KEY = "test-key-4711"
"""What the scripted server's own errors repeat."""


@pytest.fixture
def llm() -> Iterator[ScriptedServer]:
    """A model server that has two models."""
    with ScriptedServer() as server:
        server.models = ("ok", "ok-too")
        yield server


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A machine without accounts."""
    with served(tmp_path_factory.mktemp("data"), login=False, works=False) as running:
        yield running


@pytest.fixture
def alone(machine: Site, caplog: pytest.LogCaptureFixture) -> Iterator[Site]:
    """That machine with no model set. Whatever a test does, the key stands in no log and no audit entry."""
    keep(machine.settings, None)
    with caplog.at_level(logging.DEBUG):
        yield machine
    assert KEY not in caplog.text
    assert KEY not in str(Audit(machine.store.engine).newest())


def save(visitor: Visitor, url: str, model: str = "ok", **more: str) -> httpx.Response:
    """Fill in the form and send it; the key stands in no answer."""
    given = {"act": "save", "preset": "", "base_url": url, "model": model, "key": KEY} | more
    answer = visitor.client.post("/model", data=given)
    assert KEY not in answer.text
    return answer


def entries(site: Site) -> list[tuple[str, str]]:
    """What the audit trail has of model services, the newest first."""
    return [(one.who, one.about) for one in Audit(site.store.engine).newest() if one.event == "model"]


def test_what_is_saved_writes_at_once_in_every_process(alone: Site, llm: ScriptedServer) -> None:
    answer = save(Visitor(alone), llm.base_url)
    assert (answer.status_code, "已保存。连接成功，模型 ok" in answer.text) == (200, True)
    assert "写作模型：ok（127.0.0.1:" in Visitor(alone).get("/model").text
    elsewhere = Settings(data_dir=alone.settings.data_dir, _env_file=None)
    assert make_writer(elsewhere).name == "ok"
    assert make_writer(elsewhere, "template").name != "ok"
    assert llm.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert entries(alone)[0] == ("local", f"{llm.base_url.split('/')[2]} ok")


def test_the_next_draft_is_written_by_it_without_a_restart(site: Site, llm: ScriptedServer) -> None:
    form = form_of(brief_of({"text": "清理河道9公里"}))
    visitor, writers = Visitor(site, "admin"), []
    for act in ("none", "save"):
        save(visitor, llm.base_url, act=act)
        visitor.turn_page()
        shown = str(visitor.event("DraftPage", "_open", [None, {}, {}]))
        assert ("写作模型：ok（127.0.0.1:" in shown) is (act == "save")
        visitor.event("DraftPage", "_generate", [None, {}, *(getattr(form, name) for name in FIELDS)])
        writers.append(site.store.load(site.store.drafts()[0].id).draft.writer)
    keep(site.settings, None)
    assert writers[0] != writers[1] == "ok"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("401", "不认可密钥（401）；请检查密钥"),
        ("402", "余额"),
        ("nowhere", "该服务有：ok、ok-too"),
        ("bad-request", "***"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_form(
    alone: Site, llm: ScriptedServer, model: str, said: str
) -> None:
    answer = save(Visitor(alone), llm.base_url, model)
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert "DRAFTER_" not in answer.text


def test_a_server_that_cannot_be_reached_is_said_so(alone: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    answer = save(Visitor(alone), url)
    assert "已保存。" in answer.text
    assert "连接不上模型服务 127.0.0.1" in answer.text
    assert "服务已启动且地址正确" in answer.text


def test_the_key_is_in_a_file_for_its_owner_alone_and_in_no_page(alone: Site, llm: ScriptedServer) -> None:
    visitor, folder = Visitor(alone), alone.settings.data_dir
    (folder / "model.json").write_text("{}")
    (folder / "model.json").chmod(0o644)
    save(visitor, llm.base_url)
    (file,) = folder.glob("model.json*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert KEY in file.read_text()
    shown = visitor.get("/model").text
    assert "（已设置）" in shown
    assert KEY not in shown
    for path in ("/", "/?preset=", "/drafts", "/model?preset=deepseek"):
        assert KEY not in visitor.get(path).text


def test_a_blank_key_stays_with_its_server_and_goes_to_no_other(alone: Site, llm: ScriptedServer) -> None:
    visitor = Visitor(alone)
    save(visitor, llm.base_url)
    assert "连接成功，模型 ok-once" in save(visitor, llm.base_url, "ok-once", key="").text
    assert llm.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    with ScriptedServer() as other:
        for url in (other.base_url, other.base_url.replace("127.0.0.1", "localhost")):
            assert "（已设置）" not in save(visitor, url, key="").text
        assert KEY not in str([request.headers for request in other.requests])
    assert "（已设置）" not in save(visitor, llm.base_url.replace("http:", "https:"), key="").text


def test_a_choice_fills_in_the_form_from_the_preset(alone: Site) -> None:
    visitor = Visitor(alone)
    assert 'name="base_url" value' not in visitor.get("/model").text
    deepseek = visitor.get("/model?preset=deepseek").text
    for shown in (
        "https://api.deepseek.com/v1",
        "deepseek-chat",
        "在 https://platform.deepseek.com/api_keys",
    ):
        assert shown in deepseek
    assert 'name="own"' not in deepseek
    assert 'name="own"' in visitor.get("/model?preset=").text
    assert visitor.get("/model?preset=%3Cscript%3E").status_code == 200


def test_only_a_service_that_can_be_the_units_own_is_taken_for_it(alone: Site, llm: ScriptedServer) -> None:
    given = {"base_url": "https://api.deepseek.com/v1", "model": "m", "key": "", "own": "on"}
    for preset_id in ("", "deepseek", "vllm"):
        assert not model_page.chosen(given | {"preset": preset_id}, alone.settings).local
    assert model_page.chosen(given | {"base_url": "http://10.1.2.3:8000/v1"}, alone.settings).local
    save(Visitor(alone), llm.base_url, own="on")
    assert entries(alone)[0][1].endswith(" ok own")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"base_url": ""}, "没有写明地址"),
        ({"model": " "}, "没有写明地址或模型名称"),
        ({"base_url": "ftp://host"}, "模型服务地址无效"),
        ({"base_url": "http://[::1"}, "模型服务地址无效"),
        ({"base_url": f"https://u:{KEY}@host/v1", "key": ""}, "地址里不能带"),
        ({"base_url": f"https://host/v1?key={KEY}"}, "地址里不能带"),
        ({"act": "drop"}, "不认识的操作"),
    ],
)
def test_what_will_not_do_is_refused_and_nothing_is_kept(
    alone: Site, given: dict[str, str], said: str
) -> None:
    before = entries(alone)
    given = {"act": "save", "preset": "", "base_url": "http://127.0.0.1:9/v1", "model": "m"} | given
    answer = Visitor(alone).client.post("/model", data=given)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert not list(alone.settings.data_dir.glob("model.json*"))
    assert entries(alone) == before


def test_without_a_model_the_built_in_writer_writes_again(alone: Site, llm: ScriptedServer) -> None:
    visitor = Visitor(alone)
    save(visitor, llm.base_url)
    assert "内置模板写作，不联网" in visitor.client.post("/model", data={"act": "none"}).text
    assert not (alone.settings.data_dir / "model.json").exists()
    assert "（已设置）" not in visitor.get("/model").text
    assert entries(alone)[0] == ("local", "none")


def test_a_file_that_cannot_be_read_is_said_so_and_mended_in_the_page(
    alone: Site, llm: ScriptedServer
) -> None:
    (alone.settings.data_dir / "model.json").write_text(f'{{"api_key": "{KEY}", "base_url": 7}}')
    shown = Visitor(alone).get("/model").text
    assert "模型服务的设置读不出来；请管理员在“模型服务”页面重新保存" in shown
    assert KEY not in shown
    assert "模型服务的设置读不出来" in str(list(doctor.examine(alone.settings)))
    assert "连接成功" in save(Visitor(alone), llm.base_url).text


def test_what_the_environment_sets_is_shown_as_fixed_and_can_be_tried(
    tmp_path: Path, llm: ScriptedServer
) -> None:
    environment = {"llm_base_url": llm.base_url, "llm_model": "401", "llm_api_key": KEY}
    with served(tmp_path, login=False, works=False, **environment) as site:
        visitor = Visitor(site)
        shown = visitor.get("/model").text
        assert "由环境变量" in shown
        assert "写作模型：401" in shown
        assert 'name="base_url"' not in shown
        assert (
            "不认可密钥（401）；请检查 DRAFTER_LLM_API_KEY"
            in visitor.client.post("/model", data={"act": "test"}).text
        )
        for act in ("save", "none"):
            answer = save(visitor, "http://127.0.0.1:9/v1", act=act)
            assert (answer.status_code, "由环境变量设定" in answer.text) == (400, True)
        assert not (tmp_path / "model.json").exists()
        (tmp_path / "model.json").write_text('{"base_url": "http://127.0.0.1:9/v1", "model": "kept"}')
        assert "写作模型：401" in visitor.get("/model").text


def test_a_server_on_this_machine_is_offered_and_taken_with_one_click(
    alone: Site, llm: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = preset("ollama", "").model_copy(update={"base_url": llm.base_url})
    monkeypatch.setattr(model_page, "find_local", partial(find_local, [here]))
    visitor = Visitor(alone)
    shown = visitor.get("/model").text
    assert f"找到 Ollama（本机），地址 {llm.base_url}，尚未使用。" in shown
    assert '<button name="model" value="ok-too">使用 ok-too</button>' in shown
    assert "内置模板写作" in shown
    assert {request.path for request in llm.requests} == {"/v1/models"}
    taken = save(visitor, llm.base_url, preset="ollama", key="")
    assert "连接成功，模型 ok" in taken.text
    assert "尚未使用" not in taken.text
    llm.models = ()
    save(visitor, "http://127.0.0.1:9/v1")
    assert "要用它，请在下面选择并填写。" in visitor.get("/model").text


@pytest.mark.parametrize("role", ["staff", "editor", "reviewer", "admin", "chief"])
def test_only_administrators_come_here(site: Site, role: str) -> None:
    visitor, allowed = Visitor(site, role), role in ("admin", "chief")
    assert visitor.get("/model").status_code == (200 if allowed else 404)
    tried = visitor.client.post("/model", data={"act": "none"})
    assert tried.status_code == (200 if allowed else 404)
    assert ('href="/model"' in str(visitor.event("DraftsPage", "_open", []))) is allowed
    newest = Audit(site.store.engine).newest(1)[0]
    assert (newest.who, newest.event, newest.about) == (
        (role, "model", "none") if allowed else (role, "refused", "machine")
    )


def test_nobody_else_and_no_other_site_comes_here(site: Site) -> None:
    stranger, before = Visitor(site), entries(site)
    assert stranger.get("/model").headers["location"] == "/login?next=/model"
    assert stranger.client.post("/model", data={"act": "none"}).status_code == 401
    assert stranger.log_in("admin", next="/model").headers["location"] == "/model"
    for said in ({"Origin": "https://evil.example"}, {"Origin": ""}, {"Sec-Fetch-Site": "cross-site"}):
        assert stranger.client.post("/model", data={"act": "none"}, headers=said).status_code == 403
    assert entries(site) == before


def test_a_machine_without_accounts_leads_its_one_person_here(alone: Site) -> None:
    assert 'href="/model"' in str(Visitor(alone).event("DraftsPage", "_open", []))
    assert 'href="/accounts"' not in Visitor(alone).get("/model").text
