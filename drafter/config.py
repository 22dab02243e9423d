"""Settings: DRAFTER_* environment variables and a .env file in the working folder."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from drafter.errors import SettingsError


class Settings(BaseSettings):
    """One object for every setting. Durations are seconds.

    A model endpoint is in use as soon as a base URL or a key is set; with a base URL alone (a local Ollama or
    vLLM needs no key) a placeholder key is sent. `llm_timeout` is how long the endpoint may be silent on the
    wire, `llm_idle_timeout` how long an answer that has begun may bring no text, `llm_total_timeout` how long
    one section may take with all its tries.
    """

    model_config = SettingsConfigDict(
        env_prefix="DRAFTER_", env_file=".env", extra="ignore", env_ignore_empty=True
    )

    llm_base_url: str = Field(
        default="", validation_alias=AliasChoices("DRAFTER_LLM_BASE_URL", "OPENAI_BASE_URL")
    )
    llm_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("DRAFTER_LLM_API_KEY", "OPENAI_API_KEY")
    )
    llm_model: str = "gpt-4o-mini"
    llm_temperature: float = 0.3
    llm_timeout: float = Field(default=120.0, gt=0)
    llm_idle_timeout: float = Field(default=120.0, gt=0)
    llm_total_timeout: float = Field(default=600.0, gt=0)
    llm_concurrency: int = Field(default=8, ge=1)
    templates: str = ""
    rules: str = ""
    data_dir: Path = Path("~/.local/share/drafter")
    database_url: str = ""

    @property
    def has_endpoint(self) -> bool:
        """Whether a model endpoint is set."""
        return bool(self.llm_base_url or self.llm_api_key.get_secret_value())

    @property
    def database(self) -> str:
        """The URL of the database: the one that is set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.expanduser().absolute()}/drafts.db"

    @property
    def template_folders(self) -> list[Path]:
        """Folders of document types besides the shipped ones: DRAFTER_TEMPLATES, then those learned here."""
        extra = [Path(part).expanduser() for part in self.templates.split(os.pathsep) if part]
        return [*extra, self.own_types] if self.own_types.is_dir() else extra

    @property
    def own_types(self) -> Path:
        """Where document types are kept that were learned from a sample."""
        return self.data_dir.expanduser().absolute() / "types"

    @property
    def rule_folders(self) -> list[Path]:
        """Extra folders of lint rules (DRAFTER_RULES, separated as PATH is)."""
        return [Path(part).expanduser() for part in self.rules.split(os.pathsep) if part]


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
