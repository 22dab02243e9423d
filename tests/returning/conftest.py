"""A store of its own for every test."""

from __future__ import annotations

from pathlib import Path

import pytest

from drafter.accounts.model import LOCAL
from drafter.accounts.view import AuthorisedStore
from drafter.store import Store


@pytest.fixture
def store(tmp_path: Path) -> AuthorisedStore:
    """An empty store, where the command finds it too."""
    return AuthorisedStore(Store(f"sqlite:///{tmp_path}/drafts.db"), LOCAL)
