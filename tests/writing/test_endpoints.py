from __future__ import annotations

import re
from pathlib import Path

import pytest

from drafter.config import Settings, load
from drafter.errors import SettingsError
from drafter.writing.choose import make_writer
from drafter.writing.endpoints import endpoint, is_loopback, preset_at, presets, price_of
from drafter.writing.llm import OPTIONS, LLMWriter
from tests.scripted_server import ScriptedServer
from tests.writing.tasks import task


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine that runs the test."""
    import os

    for name in os.environ:
        if name.startswith(("DRAFTER_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def environment(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load()


def test_every_preset_is_fit_to_be_used() -> None:
    known = presets()
    assert {one.id for one in known} == {
        *("openai", "deepseek", "qwen", "kimi", "glm"),
        *("ollama", "vllm", "llamacpp", "lmstudio", "litellm"),
    }
    for one in known:
        assert endpoint(one.base_url) == one.base_url
        assert one.local == is_loopback(one.base_url)
        assert one.base_url.startswith("http://127.0.0.1:" if one.local else "https://")
        assert one.local or (one.needs_key and one.keys_at.startswith("https://") and one.model)
        assert set(one.refuses) <= set(OPTIONS)
        for pattern in one.refuses.values():
            re.compile(pattern)
    assert len({one.base_url for one in known}) == len(known)


def test_a_preset_fills_in_address_and_model(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = environment(monkeypatch, DRAFTER_LLM_PRESET="DeepSeek", DRAFTER_LLM_API_KEY="k")
    assert (settings.llm_base_url, settings.llm_model) == ("https://api.deepseek.com/v1", "deepseek-chat")
    assert settings.has_endpoint


def test_what_is_set_goes_before_the_preset(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = environment(
        monkeypatch,
        DRAFTER_LLM_PRESET="qwen",
        DRAFTER_LLM_BASE_URL="http://10.0.0.5/v1",
        DRAFTER_LLM_MODEL="qwen-max",
    )
    assert (settings.llm_base_url, settings.llm_model) == ("http://10.0.0.5/v1", "qwen-max")


def test_an_unknown_preset_names_those_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="DRAFTER_LLM_PRESET: 没有预设“deepsek”；可用：openai、deepseek"):
        environment(monkeypatch, DRAFTER_LLM_PRESET="deepsek")


def test_a_preset_without_a_model_asks_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="DRAFTER_LLM_MODEL: 预设“vllm”没有默认模型"):
        environment(monkeypatch, DRAFTER_LLM_PRESET="vllm")


def test_without_any_setting_there_is_no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load().has_endpoint
    assert make_writer(load()).name == "template"


def test_the_variables_of_openai_alone_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = environment(monkeypatch, OPENAI_API_KEY="k", OPENAI_BASE_URL="http://10.0.0.5/v1")
    assert settings.llm_api_key.get_secret_value() == "k"
    assert (settings.llm_base_url, settings.llm_model) == ("http://10.0.0.5/v1", "gpt-4o-mini")


def test_own_variables_go_before_those_of_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = environment(monkeypatch, OPENAI_API_KEY="theirs", DRAFTER_LLM_API_KEY="ours")
    assert settings.llm_api_key.get_secret_value() == "ours"


def test_a_key_of_openai_is_not_sent_to_another_preset(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = environment(
        monkeypatch, OPENAI_API_KEY="theirs", OPENAI_BASE_URL="http://h/v1", DRAFTER_LLM_PRESET="deepseek"
    )
    assert settings.llm_api_key.get_secret_value() == ""
    assert settings.llm_base_url == "https://api.deepseek.com/v1"


def test_the_second_endpoint_has_settings_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = environment(
        monkeypatch,
        DRAFTER_LLM_PRESET="deepseek",
        DRAFTER_LLM_API_KEY="first",
        DRAFTER_LLM2_PRESET="qwen",
        DRAFTER_LLM2_API_KEY="second",
        DRAFTER_LLM_PRICE_IN="1",
    )
    second = settings.second
    assert second is not None
    assert second.llm_base_url == "https://dashscope.aliyuncs.com/compatible-mode/v1"
    assert (second.llm_model, second.llm_api_key.get_secret_value()) == ("qwen-plus", "second")
    assert second.llm_price_in is None
    assert second.second is None
    assert make_writer(settings).name == "deepseek-chat"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"DRAFTER_LLM2_PRESET": "no"}, "DRAFTER_LLM2_PRESET: 没有预设"),
        ({"DRAFTER_LLM2_PRESET": "vllm"}, "DRAFTER_LLM2_MODEL: 预设“vllm”没有默认模型"),
        ({"DRAFTER_LLM2_BASE_URL": "http://h/v1"}, "DRAFTER_LLM2_MODEL: 没有写明备用模型"),
        ({"DRAFTER_LLM2_API_KEY": "k"}, "DRAFTER_LLM2_BASE_URL: 没有备用模型服务的地址"),
    ],
)
def test_half_a_second_endpoint_is_an_error(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        environment(monkeypatch, **variables)


def test_a_wrong_address_of_the_second_endpoint_names_its_own_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = environment(
        monkeypatch, OPENAI_API_KEY="k", DRAFTER_LLM2_BASE_URL="ftp://h", DRAFTER_LLM2_MODEL="m"
    )
    with pytest.raises(SettingsError, match="DRAFTER_LLM2_BASE_URL: 模型服务地址无效"):
        make_writer(settings)


def test_quirks_belong_to_the_address_whoever_typed_it() -> None:
    kimi = preset_at("https://API.moonshot.cn/v1/")
    assert kimi is not None
    assert kimi.id == "kimi"
    assert kimi.refused_by("kimi-k2.5") == {"temperature"}
    assert kimi.refused_by("moonshot-v1-32k") == set()
    assert preset_at("https://moonshot.cn.example/v1") is None


async def test_a_preset_spares_the_server_what_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAFTER_LLM_PRESET", "kimi")
    monkeypatch.setenv("DRAFTER_LLM_MODEL", "kimi-k2.5")

    async def script(exchange) -> None:  # type: ignore[no-untyped-def]
        await exchange.answer("全年举办演练12场。\n〔完〕")

    with ScriptedServer(script) as server:
        settings = load().model_copy(update={"llm_base_url": server.base_url})
        assert [piece async for piece in LLMWriter(settings).write(task())]
    (request,) = server.requests
    assert "temperature" not in request.body
    assert request.body["max_tokens"] == 4096
    assert request.body["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    ("more", "price"),
    [
        ({}, None),
        ({"llm_price_in": 2.0}, None),
        ({"llm_price_in": 2.0, "llm_price_out": 8.0}, (2.0, 8.0)),
        ({"llm_preset": "glm"}, (0.0, 0.0)),
        ({"llm_preset": "glm", "llm_price_out": 3.0}, (0.0, 3.0)),
        ({"llm_preset": "glm", "llm_model": "glm-x"}, None),
    ],
)
def test_a_price_is_what_is_set_else_the_presets_else_unknown(
    more: dict[str, object], price: tuple[float, float] | None
) -> None:
    found = price_of(Settings.model_validate(more))
    assert (found and (found.input, found.output)) == price


async def test_the_cost_comes_from_the_endpoints_own_count() -> None:
    with ScriptedServer() as server:
        given = {"DRAFTER_LLM_BASE_URL": server.base_url, "llm_model": "ok"}
        writer = LLMWriter(Settings.model_validate({**given, "llm_price_in": 2, "llm_price_out": 8}))
        unpriced = LLMWriter(Settings.model_validate(given))
        assert writer.cost is None
        for one in (writer, unpriced):
            assert [piece async for piece in one.write(task())]
    assert writer.cost == pytest.approx((100 * 2 + 20 * 8) / 1_000_000)
    assert unpriced.cost is None
    assert unpriced.tokens == 120
