"""Settings: DRAFTER_* environment variables and a .env file in the working folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from drafter.errors import SettingsError


class Settings(BaseSettings):
    """One object for every setting. Durations are seconds.

    A model endpoint is in use as soon as a base URL or a key is set; with a base URL alone (a local Ollama or
    vLLM needs no key) a placeholder key is sent. `llm_timeout` is how long the endpoint may be silent on the
    wire, `llm_idle_timeout` how long an answer that has begun may bring no text, `llm_total_timeout` how long
    one section may take with all its tries, its wait in the queue aside. `llm_concurrency` (requests at
    once), `llm_rpm` and `llm_tpm` (requests and tokens a minute, 0 = no limit) hold for each endpoint in the
    whole process. Prices are in yuan a million tokens; None = unknown.

    A preset (`llm_preset`, see drafter.writing.endpoints) fills in the base URL and the model where they are
    not set. `llm_local` says that an endpoint which is not on this machine is the unit's own: personal data
    is then not masked, nor what bears a secrecy mark refused. `private_names` are names to be masked,
    separated by «、». OPENAI_* variables serve only without a preset or with the preset «openai»: a key
    goes nowhere but to the service it was made for.

    `workers` says where documents are drafted: in the process that serves the pages, or «elsewhere», by those
    that run `drafter worker`. `jobs` is how many queued ones a process drafts at once; 0 leaves that as it is
    in the database.

    `login` «always» asks for a login on loopback too, as behind a proxy on the same machine. `proxies` are
    the addresses and networks (separated by commas) of reverse proxies whose X-Forwarded-* headers count;
    `sso_proxy` those of the proxy that has already logged the person in, and says who it is in the
    `sso_*_header`s. A header that the proxy does not set itself must not be named there: anybody could set
    it. A session lasts `session_hours`, or less when it lies unused for `session_idle_minutes`.
    `max_upload_mb` limits one upload, in MB of 1024 × 1024 bytes.

    `log` is how serving and working processes log: «text» for a person, «json» for a collector of logs.
    `metrics_from` are the addresses and networks (separated by commas) that may read /metrics.
    """

    model_config = SettingsConfigDict(
        env_prefix="DRAFTER_", env_file=".env", extra="ignore", env_ignore_empty=True
    )

    llm_preset: str = ""
    llm_base_url: str = Field(
        default="", validation_alias=AliasChoices("DRAFTER_LLM_BASE_URL", "llm_base_url")
    )
    llm_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("DRAFTER_LLM_API_KEY", "llm_api_key")
    )
    openai_base_url: str = Field(default="", validation_alias="OPENAI_BASE_URL")
    openai_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="OPENAI_API_KEY")
    llm_model: str = "gpt-4o-mini"
    llm_temperature: float = 0.3
    llm_timeout: float = Field(default=120.0, gt=0)
    llm_idle_timeout: float = Field(default=120.0, gt=0)
    llm_total_timeout: float = Field(default=600.0, gt=0)
    llm_concurrency: int = Field(default=8, ge=1)
    llm_rpm: int = Field(default=0, ge=0)
    llm_tpm: int = Field(default=0, ge=0)
    llm_price_in: float | None = Field(default=None, ge=0)
    llm_price_out: float | None = Field(default=None, ge=0)
    llm_local: bool = False
    llm2_preset: str = ""
    llm2_base_url: str = ""
    llm2_api_key: SecretStr = SecretStr("")
    llm2_model: str = ""
    llm2_local: bool = False
    llm2_price_in: float | None = Field(default=None, ge=0)
    llm2_price_out: float | None = Field(default=None, ge=0)
    private_names: str = ""
    templates: str = ""
    rules: str = ""
    layouts: str = ""
    login: Literal["auto", "always"] = "auto"
    proxies: str = ""
    sso_proxy: str = ""
    sso_user_header: str = "X-Remote-User"
    sso_name_header: str = ""
    sso_unit_header: str = ""
    sso_role_header: str = ""
    session_hours: float = Field(default=12, gt=0)
    session_idle_minutes: float = Field(default=120, gt=0)
    max_upload_mb: int = Field(default=32, ge=1)
    log: Literal["text", "json"] = "text"
    metrics_from: str = "127.0.0.0/8,::1"
    data_dir: Path = Path("~/.local/share/drafter")
    database_url: str = ""
    workers: Literal["here", "elsewhere"] = "here"
    jobs: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        """Take from OPENAI_* and from the presets what is not set. Raises SettingsError."""
        if self.llm_preset.strip().lower() in ("", "openai"):
            self.llm_base_url = self.llm_base_url or self.openai_base_url
            if not self.llm_api_key.get_secret_value():
                self.llm_api_key = self.openai_api_key
        model = self.llm_model if "llm_model" in self.model_fields_set else ""
        if self.llm_preset:
            self.llm_base_url, self.llm_model = _from_preset(
                self.llm_preset, self.llm_base_url, model, "DRAFTER_LLM_"
            )
        if self.llm2_preset:
            self.llm2_base_url, self.llm2_model = _from_preset(
                self.llm2_preset, self.llm2_base_url, self.llm2_model, "DRAFTER_LLM2_"
            )
        if self.llm2_base_url and not self.llm2_model:
            raise SettingsError("没有写明备用模型的名称", key="DRAFTER_LLM2_MODEL", mend="请写明模型名称")
        if (self.llm2_model or self.llm2_api_key.get_secret_value()) and not self.llm2_base_url:
            mend = "请设置地址，或用 DRAFTER_LLM2_PRESET 指明预设"
            raise SettingsError("没有备用模型服务的地址", key="DRAFTER_LLM2_BASE_URL", mend=mend)
        return self

    @property
    def second(self) -> Settings | None:
        """The settings as the endpoint that stands in sees them; None when there is none."""
        if not self.llm2_base_url:
            return None
        own = {
            name: getattr(self, f"llm2_{name}")
            for name in ("preset", "base_url", "api_key", "model", "local", "price_in", "price_out")
        }
        none = {"llm2_preset": "", "llm2_base_url": "", "llm2_api_key": SecretStr(""), "llm2_model": ""}
        return self.model_copy(update={f"llm_{name}": value for name, value in own.items()} | none)

    @property
    def has_endpoint(self) -> bool:
        """Whether a model endpoint is set."""
        return bool(self.llm_base_url or self.llm_api_key.get_secret_value())

    @property
    def data_folder(self) -> Path:
        """Where the office's own data are kept, in full."""
        return self.data_dir.expanduser().absolute()

    @property
    def database(self) -> str:
        """The URL of the database: the one that is set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_folder}/drafts.db"

    @property
    def template_folders(self) -> list[Path]:
        """Folders of document types besides the shipped ones: DRAFTER_TEMPLATES, then those learned here."""
        extra = [Path(part).expanduser() for part in self.templates.split(os.pathsep) if part]
        return [*extra, self.own_types] if self.own_types.is_dir() else extra

    @property
    def own_types(self) -> Path:
        """Where document types are kept that were learned from a sample."""
        return self.data_folder / "types"

    @property
    def layout_folder(self) -> Path:
        """The office's own look (DRAFTER_LAYOUTS): files in it are for every unit, those in a folder of it
        for the unit of that name.
        """
        if self.layouts:
            return Path(self.layouts).expanduser()
        return self.data_folder / "layouts"

    @property
    def rule_folders(self) -> list[Path]:
        """Extra folders of lint rules (DRAFTER_RULES, separated as PATH is)."""
        return [Path(part).expanduser() for part in self.rules.split(os.pathsep) if part]


def _from_preset(name: str, base_url: str, model: str, prefix: str) -> tuple[str, str]:
    """Base URL and model as set or, where they are not, as the preset has them. Raises SettingsError."""
    from drafter.writing.endpoints import preset

    chosen = preset(name, f"{prefix}PRESET")
    if not (model or chosen.model):
        mend = "请写明模型名称（可用 drafter endpoint list 查看本机有哪些）"
        raise SettingsError(f"预设“{chosen.id}”没有默认模型", key=f"{prefix}MODEL", mend=mend)
    return base_url or chosen.base_url, model or chosen.model


def load() -> Settings:
    """Read the settings. Raises SettingsError naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        if not name.isupper():
            name = "DRAFTER_" + name.upper()
        raise SettingsError(
            f"设置无效（{first['msg']}）", key=name, mend="请改正该环境变量或 .env 中的值"
        ) from None
