"""The model endpoint that was set in the page «模型服务», kept in a file of the data folder.

It counts only where the environment names no endpoint, and it is read anew for every writer: what is saved
holds at once for every process that has this data folder, workers too.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import SecretStr

from drafter.config import Settings
from drafter.errors import SettingsError
from drafter.model import Record


class Kept(Record):
    """An endpoint; its fields are the settings llm_* of the same names."""

    preset: str = ""
    base_url: str
    model: str
    api_key: SecretStr = SecretStr("")
    local: bool = False


def in_use(settings: Settings) -> Settings:
    """The settings with the endpoint that counts. Raises SettingsError when the file cannot be read."""
    if settings.has_endpoint:
        return settings
    found = _read(_file(settings))
    return settings.model_copy(update={f"llm_{name}": value for name, value in found}) if found else settings


def is_expected(settings: Settings) -> bool:
    """Whether an endpoint is set anywhere, be it readable or not."""
    return settings.has_endpoint or _file(settings).exists()


def keep(settings: Settings, chosen: Kept | None) -> None:
    """Write with this endpoint from now on; None for no model. Raises SettingsError.

    The file holds the key: it belongs to the process's user and nobody else may read it.
    """
    path = _file(settings)
    try:
        if chosen is None:
            path.unlink(missing_ok=True)
            return
        content = chosen.model_dump() | {"api_key": chosen.api_key.get_secret_value()}
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, prefix=f"{path.name}.", delete=False) as file:
            try:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink()
                raise
    except OSError as error:
        mend = "请检查数据文件夹的权限和磁盘空间"
        raise SettingsError(f"模型服务的设置无法保存（{error.strerror}）", mend=mend) from None


def _file(settings: Settings) -> Path:
    return settings.data_folder / "model.json"


def _read(path: Path) -> Kept | None:
    try:
        return Kept.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        # Neither error may be quoted: pydantic's repeats what stands in the file.
        mend = "请管理员在“模型服务”页面重新保存"
        raise SettingsError("模型服务的设置读不出来", mend=mend) from None
