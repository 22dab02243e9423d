"""The commands about model endpoints: which there are, and whether the one that is set works."""

from __future__ import annotations

import asyncio
import json
from enum import StrEnum
from typing import Annotated

import typer

from drafter.config import Settings, load
from drafter.errors import SettingsError
from drafter.writing.kept import in_use

endpoint_app = typer.Typer(help="查看可用的大模型服务，测试连接。", no_args_is_help=True)


class Form(StrEnum):
    """What a listing is printed as."""

    text = "text"
    json = "json"


AsForm = Annotated[Form, typer.Option("--format", help="输出格式")]


@endpoint_app.command("list")
def list_endpoints(form: AsForm = Form.text) -> None:
    """列出预设的模型服务，并看本机有没有现成的（只看不用）。"""
    from drafter.writing.connection import find_local, offer
    from drafter.writing.endpoints import presets

    found = asyncio.run(find_local())
    if form is Form.json:
        content = {
            "presets": [one.model_dump(mode="json", exclude_defaults=True) for one in presets()],
            "found": [
                {"preset": one.preset.id, "base_url": one.preset.base_url, "models": list(one.models)}
                for one in found
            ],
        }
        print(json.dumps(content, ensure_ascii=False, indent=2))
        return
    for one in presets():
        key = f"需要密钥 {one.keys_at}".rstrip() if one.needs_key else "不需要密钥"
        print(f"{one.id}\t{one.name.zh}\t{one.base_url}\t{one.model or '（须写明模型）'}\t{key}")
    for sentence in offer(found, _settings()):
        print(sentence)


def _settings() -> Settings | None:
    """The settings, None when they are wrong: a listing is there to help to put them right."""
    try:
        return in_use(load())
    except SettingsError:
        return None


@endpoint_app.command("test")
def test(form: AsForm = Form.text) -> None:
    """试连所设的模型服务（含备用的），说明能不能用、为什么。"""
    settings = in_use(load())
    if not settings.has_endpoint:
        mend = "请设置服务地址或 DRAFTER_LLM_PRESET，可用 drafter endpoint list 查看有哪些"
        raise SettingsError("没有设置大模型服务", key="DRAFTER_LLM_BASE_URL", mend=mend)
    from drafter.writing.connection import test_connection
    from drafter.writing.standin import for_second

    outcomes = {"first": asyncio.run(test_connection(settings))}
    if settings.second:
        second = asyncio.run(test_connection(settings.second))
        outcomes["second"] = second.model_copy(update={"said": for_second(second.said)})
    if form is Form.json:
        content = {name: outcome.model_dump(mode="json") for name, outcome in outcomes.items()}
        print(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        for name, outcome in outcomes.items():
            print(outcome.said if name == "first" else f"备用：{outcome.said}")
    if not all(outcome.works for outcome in outcomes.values()):
        raise typer.Exit(1)
