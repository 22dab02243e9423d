"""Fixtures for every test, and the rule that CI runs them all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from drafter.store import Store
from tests.databases import Cluster, cluster, programs


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests run last: Playwright keeps an event loop running, which asyncio tests cannot share."""
    items.sort(key=lambda item: "/tests/e2e/" in item.path.as_posix())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With DRAFTER_NO_SKIPS set, a skipped test fails the run: what should have been checked was not.

    Only the annotated corpus, which is not part of the project, may be absent.
    """
    if not os.environ.get("DRAFTER_NO_SKIPS"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    skipped = [report for report in skipped if "corpus is not here" not in str(report.longrepr)]
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server of the tests' own."""
    if programs() is None:
        pytest.skip("PostgreSQL is missing: apt-get install postgresql")
    with cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: a SQLite file whose folder does not exist yet, or in PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/drafts.db"
    return str(request.getfixturevalue("postgres").new_database(f"test_{secrets.token_hex(6)}"))


@pytest.fixture
def store(url: str) -> Store:
    """A store in that database."""
    return Store(url)
