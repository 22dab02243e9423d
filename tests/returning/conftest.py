"""A store of its own for every test."""

from __future__ import annotations

from pathlib import Path

import pytest

from drafter.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store, where the command finds it too."""
    return Store(f"sqlite:///{tmp_path}/drafts.db")
