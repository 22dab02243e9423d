"""`drafter doctor`, and whether the server says that it lives and can work."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from drafter.config import Settings
from drafter.doctor import examine
from drafter.web.app import application
from tests.databases import Cluster
from tests.scripted_server import ScriptedServer
from tests.test_cli import drafter


def test_a_sound_machine_has_nothing_that_must_be_done(tmp_path: Path) -> None:
    done = drafter("doctor", DRAFTER_DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stdout
    assert "✓ 数据库：sqlite，文稿0份" in done.stdout
    assert "✗" not in done.stdout


def test_what_is_wrong_is_named_with_what_to_do(tmp_path: Path) -> None:
    done = drafter(
        "doctor", DRAFTER_DATABASE_URL="sqlite:////proc/nowhere/x.db", DRAFTER_DATA_DIR=str(tmp_path)
    )
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("✗")]
    assert "数据库" in line and "请检查" in line


@pytest.mark.parametrize(("model", "well"), [("ok", True), ("401", False)])
def test_the_model_endpoint_is_tried(tmp_path: Path, model: str, well: bool) -> None:
    with ScriptedServer() as server:
        settings = Settings(data_dir=tmp_path, llm_base_url=server.base_url, llm_model=model, _env_file=None)
        (found,) = [one for one in examine(settings) if one.name == "大模型"]
    assert found.well is well
    assert "密钥" in found.said or well


def test_the_server_says_that_it_lives_and_whether_the_database_answers(
    postgres: Cluster, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=postgres.new_database("health"), _env_file=None)
    client = TestClient(application(settings))
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 200
    postgres.stop()
    try:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
    finally:
        postgres.start()
    assert client.get("/readyz").status_code == 200
