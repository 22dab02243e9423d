"""Presets of model endpoints, read from prompts/endpoints.yaml, and what an endpoint's address says of it."""

from __future__ import annotations

import ipaddress
import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import yaml
from pydantic import Field

from drafter.data import folder
from drafter.errors import SettingsError
from drafter.model import Record

if TYPE_CHECKING:
    from drafter.config import Settings

OPENAI = "https://api.openai.com/v1"


class Name(Record):
    """A name in both languages of the page."""

    zh: str
    en: str


class Price(Record):
    """Yuan a million tokens."""

    input: float
    output: float


class Preset(Record):
    """One endpoint as prompts/endpoints.yaml describes it; the fields are explained there."""

    id: str
    name: Name
    base_url: str
    model: str = ""
    needs_key: bool = True
    keys_at: str = ""
    local: bool = False
    refuses: dict[str, str] = Field(default_factory=dict)
    reasoning: str = "reasoning_content"
    max_tokens: int | None = None
    prices: dict[str, Price] = Field(default_factory=dict)

    def refused_by(self, model: str) -> set[str]:
        """The request options that this model is known to refuse."""
        return {option for option, models in self.refuses.items() if re.match(models, model)}


@cache
def presets() -> tuple[Preset, ...]:
    """All presets in the order of the file."""
    rows = yaml.safe_load((folder("prompts") / "endpoints.yaml").read_text(encoding="utf-8"))
    return tuple(Preset.model_validate(row) for row in rows)


def preset(name: str, key: str) -> Preset:
    """The preset called `name`. Raises SettingsError for the setting `key`, naming those that there are."""
    known = {one.id: one for one in presets()}
    wanted = name.strip().lower()
    if wanted not in known:
        raise SettingsError(f"没有预设“{name}”", key=key, mend=f"可用：{'、'.join(known)}")
    return known[wanted]


def preset_at(url: str) -> Preset | None:
    """The preset whose server an address belongs to, whoever typed it."""
    host = urlsplit(url).netloc.lower()
    return next((one for one in presets() if urlsplit(one.base_url).netloc == host), None)


def endpoint(base_url: str) -> str:
    """The base URL as the client wants it. Raises SettingsError for one that is no http(s) address."""
    url = (base_url.strip() or OPENAI).rstrip("/").removesuffix("/chat/completions")
    try:
        parts = urlsplit(url)
        well_formed = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed:
        mend = "应形如 https://api.deepseek.com/v1 或 http://127.0.0.1:11434/v1"
        raise SettingsError("模型服务地址无效", key="DRAFTER_LLM_BASE_URL", mend=mend)
    return url


def is_loopback(url: str) -> bool:
    """Whether the address is this machine's own, which no proxy can reach."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def preset_of(settings: Settings) -> Preset | None:
    """The preset that describes the endpoint: the one that is named, else the one of its address."""
    if settings.llm_preset:
        return preset(settings.llm_preset, "DRAFTER_LLM_PRESET")
    return preset_at(endpoint(settings.llm_base_url))


def price_of(settings: Settings) -> Price | None:
    """What the model costs as set or, where it is not, by the preset; None when unknown."""
    known = preset_of(settings)
    listed = known.prices.get(settings.llm_model) if known else None
    into, out = settings.llm_price_in, settings.llm_price_out
    if listed:
        into = listed.input if into is None else into
        out = listed.output if out is None else out
    return None if into is None or out is None else Price(input=into, output=out)
