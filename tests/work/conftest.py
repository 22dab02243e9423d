"""Databases of both kinds, and rooms in this process."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from drafter.config import Settings
from drafter.work.records import WorkStore
from drafter.work.room import Room

Open = Callable[..., AbstractAsyncContextManager[Room]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/drafts.db"
    return str(request.getfixturevalue("postgres").new_database(f"work_{secrets.token_hex(6)}"))


def settings_for(url: str, endpoint: str = "", **more: Any) -> dict[str, Any]:
    """What processes on one database are told."""
    return {"database_url": url, "llm_base_url": endpoint, "llm_model": "ok", **more}


@asynccontextmanager
async def opened(
    settings: dict[str, Any], grace: float = 0.0, jobs: int | None = None
) -> AsyncIterator[Room]:
    """A room in this process."""
    given = Settings.model_validate(settings)
    room = Room(given, WorkStore(given.database), jobs=jobs)
    await room.open()
    try:
        yield room
    finally:
        await room.close(grace)
