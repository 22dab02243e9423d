"""The `drafter endpoint` commands as a person runs them."""

from __future__ import annotations

import json

from tests.scripted_server import ScriptedServer
from tests.test_cli import EXAMPLE, drafter

KEY = "test-key-4711"


def test_the_list_names_every_preset_and_where_its_key_is_to_be_had() -> None:
    done = drafter("endpoint", "list")
    assert done.returncode == 0
    rows = {row.split("\t")[0]: row for row in done.stdout.splitlines()}
    assert "https://api.deepseek.com/v1\tdeepseek-chat\t需要密钥 https://" in rows["deepseek"]
    assert rows["ollama"].endswith("不需要密钥")


def test_the_list_helps_even_when_the_settings_are_wrong() -> None:
    assert drafter("endpoint", "list", DRAFTER_LLM_PRESET="no").returncode == 0


def test_the_list_comes_as_json_too() -> None:
    content = json.loads(drafter("endpoint", "list", "--format", "json").stdout)
    assert {"openai", "qwen", "litellm"} <= {one["id"] for one in content["presets"]}
    assert isinstance(content["found"], list)


def test_a_test_that_succeeds_says_what_works() -> None:
    with ScriptedServer() as server:
        done = drafter(
            *("endpoint", "test"),
            DRAFTER_LLM_BASE_URL=server.base_url,
            DRAFTER_LLM_API_KEY=KEY,
            DRAFTER_LLM_MODEL="ok",
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("连接成功，模型 ok")
    assert done.stdout.count("\n") == 1


def test_a_test_that_fails_says_why_without_the_key() -> None:
    with ScriptedServer() as server:
        done = drafter(
            *("endpoint", "test", "--format", "json"),
            DRAFTER_LLM_BASE_URL=server.base_url,
            DRAFTER_LLM_API_KEY=KEY,
            DRAFTER_LLM_MODEL="ok",
            DRAFTER_LLM2_BASE_URL=server.base_url,
            DRAFTER_LLM2_API_KEY=KEY,
            DRAFTER_LLM2_MODEL="401",
        )
    assert done.returncode == 1
    content = json.loads(done.stdout)
    assert content["first"]["works"] is True
    assert "不认可密钥（401）；请检查 DRAFTER_LLM2_API_KEY" in content["second"]["said"]
    assert KEY not in done.stdout + done.stderr


def test_a_test_without_an_endpoint_is_wrong_usage() -> None:
    done = drafter("endpoint", "test")
    assert done.returncode == 2
    assert "没有设置大模型服务" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_preset_is_one_line() -> None:
    done = drafter("endpoint", "test", DRAFTER_LLM_PRESET="no")
    assert done.returncode == 2
    assert "没有预设“no”；可用：openai、deepseek" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_draft_tells_who_stood_in_and_what_was_used() -> None:
    with ScriptedServer() as server:
        done = drafter(
            *("draft", EXAMPLE, "--format", "json"),
            DRAFTER_LLM_BASE_URL=server.base_url,
            DRAFTER_LLM_MODEL="402",
            DRAFTER_LLM2_BASE_URL=server.base_url,
            DRAFTER_LLM2_MODEL="ok",
            DRAFTER_LLM2_PRICE_IN="2",
            DRAFTER_LLM2_PRICE_OUT="8",
        )
    assert json.loads(done.stdout)["writer"] == "ok"
    assert "余额或额度不足，改由备用模型 ok 写作" in done.stderr
    assert "词元，约 " in done.stderr
