"""Tries an endpoint out and says in one Chinese sentence what works or what is wrong, and looks for model
servers on this machine. openai is imported when first needed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from drafter.config import Settings
from drafter.errors import DrafterError
from drafter.model import Record
from drafter.writing.client import gate_of, openai_client
from drafter.writing.endpoints import Preset, endpoint, is_loopback, preset_of, presets
from drafter.writing.failures import SECRET, causes, explain, no_such_model
from drafter.writing.llm import refused_option

if TYPE_CHECKING:
    from openai import AsyncOpenAI

PATIENCE = 60.0
"""Most seconds for a test: a local server may have to load its model first."""

GLANCE = 0.5
"""Most seconds for a look at a port of this machine."""

LISTED = 5
"""Most models that a sentence names."""

LONGEST_NAME = 80
"""Most characters of a model's name that is shown."""

ENOUGH = 200
"""Characters of an answer after which the test has seen enough."""

QUESTION = "只回答一个字：好"


class Outcome(Record):
    """What a test found. `said` is one Chinese sentence for the person; the key never stands in it.

    `first_token` and `seconds` are seconds from the request to the first word or thought and to the end; the
    tokens are the endpoint's own count, None when it gave none. `models` are some that the endpoint has, when
    it does not know the one that was asked for.
    """

    works: bool
    said: str
    model: str
    first_token: float | None = None
    seconds: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    models: tuple[str, ...] = ()


class Local(Record):
    """A model server found on this machine. `needs_key`: it lists its models only for a key."""

    preset: Preset
    models: tuple[str, ...] = ()
    needs_key: bool = False


@dataclass
class Answer:
    """What came of the request so far."""

    first: float | None = None
    chunks: int = 0
    length: int = 0
    usage: Any = field(default=None, repr=False)


async def test_connection(settings: Settings) -> Outcome:
    """Send the endpoint of `settings` one small streamed request. Raises nothing an endpoint can cause."""
    model = settings.llm_model
    if not settings.has_endpoint:
        return Outcome(works=False, said="没有设置大模型服务；请设置 DRAFTER_LLM_BASE_URL", model=model)
    try:
        client = openai_client(settings, retries=0)
        known = preset_of(settings)
    except DrafterError as error:
        return Outcome(works=False, said=str(error), model=model)
    if known and known.needs_key and not settings.llm_api_key.get_secret_value().strip():
        where = f"，密钥可在 {known.keys_at} 取得" if known.keys_at else ""
        said = f"{known.name.zh}需要密钥；请设置 DRAFTER_LLM_API_KEY{where}"
        return Outcome(works=False, said=said, model=model)
    gate_of(settings).note_request()
    async with client:
        started = time.monotonic()
        answer = Answer()
        try:
            async with asyncio.timeout(min(settings.llm_timeout, PATIENCE)):
                await _ask(client, settings, known, answer)
            if not answer.chunks:
                raise ValueError("no chunk")
        except Exception as error:
            return await _failed(client, settings, error)
        return _worked(settings, answer, started, time.monotonic() - started)


async def _ask(client: AsyncOpenAI, settings: Settings, known: Preset | None, answer: Answer) -> None:
    """The request; once more without stream_options where the server refuses them."""
    options: dict[str, Any] = {"stream_options": {"include_usage": True}}
    for option in known.refused_by(settings.llm_model) if known else ():
        options.pop(option, None)
    try:
        await _listen(client, settings, known, answer, options)
    except Exception as error:
        if not refused_option(error, set(options)):
            raise
        await _listen(client, settings, known, answer, {})


async def _listen(
    client: AsyncOpenAI, settings: Settings, known: Preset | None, answer: Answer, options: dict[str, Any]
) -> None:
    thoughts = known.reasoning if known else "reasoning_content"
    stream = await client.chat.completions.create(
        model=settings.llm_model, messages=[{"role": "user", "content": QUESTION}], stream=True, **options
    )
    async with stream:
        async for chunk in stream:
            answer.chunks += 1
            answer.usage = chunk.usage or answer.usage
            delta = chunk.choices[0].delta if chunk.choices else None
            said = (delta.content or (delta.model_extra or {}).get(thoughts) or "") if delta else ""
            if said and answer.first is None:
                answer.first = time.monotonic()
            answer.length += len(said)
            if answer.length > ENOUGH:
                return


def _worked(settings: Settings, answer: Answer, started: float, seconds: float) -> Outcome:
    model, usage = settings.llm_model, answer.usage
    if answer.first is None:
        said = f"连接成功，但模型 {model} 没有写出一个字；请换一个模型"
        return Outcome(works=False, said=said, model=model, seconds=seconds)
    first = answer.first - started
    said = f"连接成功，模型 {model}，首字 {first:.1f} 秒"
    if usage:
        said += f"，输入 {usage.prompt_tokens}、输出 {usage.completion_tokens} 词元"
    return Outcome(
        works=True,
        said=said,
        model=model,
        first_token=first,
        seconds=seconds,
        input_tokens=usage.prompt_tokens if usage else None,
        output_tokens=usage.completion_tokens if usage else None,
    )


async def _failed(client: AsyncOpenAI, settings: Settings, error: Exception) -> Outcome:
    said = str(explain(error, settings))
    missing = any(no_such_model(one) for one in causes(error))
    models = await _models(client, settings) if missing else ()
    if models:
        said += f"，该服务有：{'、'.join(models)}"
    return Outcome(works=False, said=said, model=settings.llm_model, models=models)


async def _models(client: AsyncOpenAI, settings: Settings) -> tuple[str, ...]:
    """Up to LISTED models that the endpoint lists, none when it lists nothing in time."""
    try:
        async with asyncio.timeout(10):
            listed = await client.models.list()
            return _names(
                [{"id": one.id} for one in listed.data], settings.llm_api_key.get_secret_value().strip()
            )
    except Exception:
        return ()


def _names(rows: object, key: str = "") -> tuple[str, ...]:
    """The first ids of a list of models, fit to be shown: short, printable, without a key."""
    ids = [row.get("id") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    fit = (one for one in ids if isinstance(one, str) and one.isprintable() and len(one) <= LONGEST_NAME)
    return tuple(one for one in fit if not SECRET.search(one) and not (key and key in one))[:LISTED]


async def find_local(candidates: Sequence[Preset] | None = None) -> tuple[Local, ...]:
    """The model servers that answer on this machine, by the addresses of the local presets.

    Only loopback addresses are looked at, without a key and without following redirects. What is found is for
    a person to choose: nothing is ever used because it was found.
    """
    from openai import DefaultAsyncHttpxClient

    chosen = presets() if candidates is None else candidates
    local = [one for one in chosen if one.local and is_loopback(one.base_url)]
    async with DefaultAsyncHttpxClient(trust_env=False, follow_redirects=False, timeout=GLANCE) as client:
        found = await asyncio.gather(*(_look(client, one) for one in local))
    return tuple(one for one in found if one)


async def _look(client: Any, candidate: Preset) -> Local | None:
    """The server at the candidate's address, if what answers there speaks the protocol."""
    try:
        async with asyncio.timeout(GLANCE):
            response = await client.get(f"{candidate.base_url}/models")
            content = response.json()
    except Exception:
        return None
    if not isinstance(content, dict):
        return None
    if response.status_code in (401, 403) and "error" in content:
        return Local(preset=candidate, needs_key=True)
    if response.status_code != 200 or not isinstance(content.get("data"), list):
        return None
    return Local(preset=candidate, models=_names(content["data"]))


def unused(found: Sequence[Local], settings: Settings) -> list[Local]:
    """The servers that were found and are not in use."""
    used = settings.llm_base_url
    return [one for one in found if not used or endpoint(used) != one.preset.base_url]


def offer(found: Sequence[Local], settings: Settings | None = None) -> tuple[str, ...]:
    """A Chinese sentence for each server that was found and is not in use, saying how to use it."""
    sentences = []
    for one in unused(found, settings) if settings else found:
        models = f"，模型：{'、'.join(one.models)}" if one.models else ""
        key = "，需要密钥" if one.needs_key else ""
        sentences.append(
            f"本机有模型服务 {one.preset.name.zh} {one.preset.base_url}{models}{key}；"
            f"要使用请设置 DRAFTER_LLM_PRESET={one.preset.id} 和 DRAFTER_LLM_MODEL"
        )
    return tuple(sentences)
