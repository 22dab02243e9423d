from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from drafter.config import Settings
from drafter.errors import WriterError
from drafter.writing import connection
from drafter.writing.client import gate_of
from drafter.writing.endpoints import Name, Preset
from drafter.writing.failures import explain
from drafter.writing.llm import LLMWriter
from tests.scripted_server import Exchange, ScriptedServer
from tests.writing.tasks import task
from tests.writing.test_llm import KEY, self_signed, settings_for


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


async def tried(url: str, model: str = "ok", **more: float) -> connection.Outcome:
    """The outcome of a test; checked to be one sentence without the key."""
    outcome = await connection.test_connection(settings_for(url, model, **more))
    assert KEY not in repr(outcome)
    assert "\n" not in outcome.said
    assert "Error" not in outcome.said
    return outcome


async def test_what_works_is_told_with_model_time_and_tokens(server: ScriptedServer) -> None:
    outcome = await tried(server.base_url)
    assert outcome.works
    assert outcome.said.startswith("连接成功，模型 ok，首字 ")
    assert outcome.said.endswith("输入 100、输出 20 词元")
    assert (outcome.input_tokens, outcome.output_tokens) == (100, 20)
    assert outcome.first_token is not None
    assert outcome.seconds is not None
    assert 0 < outcome.first_token <= outcome.seconds
    (request,) = server.requests
    assert request.body["stream"] is True
    assert request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("401", "不认可密钥（401）"),
        ("402", "余额或额度不足"),
        ("403", "无权使用模型 403"),
        ("404", "没有模型 404"),
        ("quota", "余额或额度不足"),
        ("arrears", "余额或额度不足"),
        ("429", "过于频繁（429）"),
        ("500", "暂时出错（500）"),
        ("html", "不是约定的格式（可能是网页）"),
        ("error-200", "不是约定的格式"),
        ("drop", "连接不上"),
        ("empty", "没有写出一个字"),
        ("error-in-stream", "upstream failed"),
    ],
)
async def test_what_is_wrong_is_told_in_one_sentence(server: ScriptedServer, model: str, said: str) -> None:
    outcome = await tried(server.base_url, model)
    assert not outcome.works
    assert said in outcome.said
    assert "；" in outcome.said


async def test_a_failure_is_told_after_one_try(server: ScriptedServer) -> None:
    await tried(server.base_url, "503")
    assert len(server.requests) == 1


async def test_an_unknown_model_is_told_with_some_that_there_are(server: ScriptedServer) -> None:
    server.models = ("qwen-max", "bad\nname", f"x{KEY}", "a", "b", "c", "d", "e")
    outcome = await tried(server.base_url, "no-such-model")
    assert outcome.models == ("qwen-max", "a", "b", "c", "d")
    assert "没有模型 no-such-model" in outcome.said
    assert outcome.said.endswith("该服务有：qwen-max、a、b、c、d")


async def test_an_unknown_model_is_told_by_a_server_that_lists_none(server: ScriptedServer) -> None:
    assert (await tried(server.base_url, "no-such-model")).models == ()


async def test_silence_is_told(server: ScriptedServer) -> None:
    assert "迟迟没有应答" in (await tried(server.base_url, "silent", llm_timeout=0.2)).said


async def test_endless_pings_are_told(server: ScriptedServer) -> None:
    assert "迟迟没有应答" in (await tried(server.base_url, "ping", llm_timeout=0.3)).said


async def test_an_endless_answer_ends_the_test_well(server: ScriptedServer) -> None:
    outcome = await tried(server.base_url, "endless")
    assert outcome.works
    assert outcome.input_tokens is None


async def test_an_older_server_without_stream_options_works(server: ScriptedServer) -> None:
    assert (await tried(server.base_url, "no-stream-options")).works
    assert len(server.requests) == 2


async def test_the_first_thought_counts_as_the_first_word() -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.delta(reasoning_content="想")
        await exchange.finish()

    with ScriptedServer(script) as server:
        assert (await tried(server.base_url)).works


async def test_nobody_listening_is_told(unused_tcp_port: int) -> None:
    outcome = await tried(f"http://127.0.0.1:{unused_tcp_port}/v1")
    assert f"连接不上模型服务 127.0.0.1:{unused_tcp_port}" in outcome.said


async def test_an_unknown_host_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert "找不到模型服务 no.such.host" in (await tried("http://no.such.host/v1")).said


@pytest.mark.parametrize("number", [errno.ENETUNREACH, errno.EHOSTUNREACH])
def test_a_missing_route_is_told(number: int) -> None:
    settings = settings_for("http://10.1.2.3:8000/v1", "ok")
    assert "没有通往模型服务 10.1.2.3:8000 的网络" in str(explain(OSError(number, "unreachable"), settings))


async def test_an_untrusted_certificate_is_told(tmp_path: Path) -> None:
    with ScriptedServer(tls=self_signed(tmp_path)) as server:
        assert "证书不受信任" in (await tried(server.base_url)).said


async def test_https_to_a_server_that_speaks_http_is_told(server: ScriptedServer) -> None:
    assert "加密连接" in (await tried(server.base_url.replace("http:", "https:"))).said


async def test_a_wrong_path_is_told(server: ScriptedServer) -> None:
    assert "地址不对（404）" in (await tried(server.base_url.replace("/v1", "/api"))).said


async def test_a_redirect_is_told_and_not_followed(server: ScriptedServer) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.reply(307, {}, {"location": f"{server.base_url}/chat/completions"})

    with ScriptedServer(script) as gateway:
        assert "转到了别处（307）" in (await tried(gateway.base_url)).said
        with pytest.raises(WriterError, match="转到了别处"):
            [piece async for piece in LLMWriter(settings_for(gateway.base_url, "ok")).write(task())]
    assert server.requests == []


async def test_an_address_that_is_none_is_told() -> None:
    assert "模型服务地址无效" in (await tried("api.deepseek.com/v1")).said


async def test_a_key_that_cannot_be_one_is_told(server: ScriptedServer) -> None:
    outcome = await connection.test_connection(settings_for(server.base_url, "ok", key="我的密钥"))
    assert "中文或全角" in outcome.said
    assert "我的密钥" not in outcome.said


async def test_without_an_endpoint_nothing_is_sent() -> None:
    outcome = await connection.test_connection(Settings.model_validate({"OPENAI_API_KEY": ""}))
    assert "没有设置大模型服务" in outcome.said


async def test_a_preset_that_needs_a_key_says_where_to_get_one(server: ScriptedServer) -> None:
    settings = settings_for(server.base_url, "ok", key="").model_copy(update={"llm_preset": "deepseek"})
    outcome = await connection.test_connection(settings)
    assert outcome.said == (
        "DeepSeek（深度求索）需要密钥；请设置 DRAFTER_LLM_API_KEY，"
        "密钥可在 https://platform.deepseek.com/api_keys 取得"
    )
    assert server.requests == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
async def test_the_key_shows_nowhere_even_when_the_server_echoes_it(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # A key without any of the usual beginnings, set with a line end behind it as copied from a file.
    key = "Zm9vYmFyMTIzNDU2"

    async def script(exchange: Exchange) -> None:
        sent = exchange.request.headers["authorization"]
        await exchange.error(status, f"bad {sent}, no model {key}", key)

    with ScriptedServer(script) as server:
        server.models = (f"m-{key}",)
        settings = settings_for(server.base_url, "m", key=f"{key}\n")
        outcome = await connection.test_connection(settings)
        writer = LLMWriter(settings)
        with pytest.raises(Exception, match=r"模型|密钥") as caught:
            [piece async for piece in writer.write(task())]
    shown = [outcome.said, repr(outcome), repr(settings), str(settings), repr(writer), repr(vars(writer))]
    shown += [str(caught.value), repr(caught.value), repr(gate_of(settings)), caplog.text]
    shown += [str(caught.value.__cause__)]
    for one in shown:
        assert key not in one
    assert caplog.records


def local(url: str, name: str = "x") -> Preset:
    return Preset(id=name, name=Name(zh=name, en=name), base_url=url, local=True)


async def test_a_server_on_this_machine_is_found_and_offered(server: ScriptedServer) -> None:
    server.models = ("qwen2.5:14b",)
    (found,) = await connection.find_local([local(server.base_url)])
    assert found.models == ("qwen2.5:14b",)
    (sentence,) = connection.offer([found])
    assert server.base_url in sentence
    assert "qwen2.5:14b" in sentence
    assert "DRAFTER_LLM_PRESET=x" in sentence
    assert "authorization" not in server.requests[0].headers


async def test_a_server_in_use_is_not_offered(server: ScriptedServer) -> None:
    server.models = ("m",)
    found = await connection.find_local([local(server.base_url)])
    assert connection.offer(found, settings_for(server.base_url + "/", "m")) == ()


async def test_what_is_found_is_not_used(server: ScriptedServer) -> None:
    server.models = ("m",)
    await connection.find_local([local(server.base_url)])
    assert [request.path for request in server.requests] == ["/v1/models"]
    assert not Settings.model_validate({}).has_endpoint


async def test_a_web_page_a_silent_port_and_a_closed_one_are_no_model_servers(
    server: ScriptedServer, unused_tcp_port: int
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        addresses = [
            server.base_url,
            f"http://127.0.0.1:{silent.getsockname()[1]}/v1",
            f"http://127.0.0.1:{unused_tcp_port}/v1",
        ]
        assert await connection.find_local([local(url) for url in addresses]) == ()


async def test_only_this_machine_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **more: object) -> None:
        raise AssertionError("a look outside")

    monkeypatch.setattr(connection, "_look", fail)
    assert await connection.find_local([local("http://10.0.0.5:8000/v1"), local("https://api.x.cn/v1")]) == ()
