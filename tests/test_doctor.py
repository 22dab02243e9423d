"""`drafter doctor`, and whether the server says that it lives and can work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, make_url, text, update

from drafter.config import Settings
from drafter.doctor import OVERDUE, Finding, examine
from drafter.store import now
from drafter.web.app import application
from drafter.work.records import Order, WorkRow, WorkStore
from tests.databases import Cluster
from tests.makers import brief_of, template_draft
from tests.scripted_server import ScriptedServer
from tests.test_cli import drafter


def test_a_sound_machine_has_nothing_that_must_be_done(tmp_path: Path) -> None:
    done = drafter("doctor", DRAFTER_DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stdout
    assert "✓ 数据库：sqlite，文稿0份" in done.stdout
    assert "✓ 起草队列：起草中0份，排队0份" in done.stdout
    assert "✓ 登录：没有账号，只供本机使用" in done.stdout
    assert "✗" not in done.stdout


def test_what_is_wrong_is_named_with_what_to_do(tmp_path: Path) -> None:
    done = drafter(
        "doctor", DRAFTER_DATABASE_URL="sqlite:////proc/nowhere/x.db", DRAFTER_DATA_DIR=str(tmp_path)
    )
    assert done.returncode == 1
    lines = [line for line in done.stdout.splitlines() if line.startswith("✗")]
    assert [line.partition("：")[0] for line in lines] == ["✗ 数据库", "✗ 起草队列", "✗ 登录"]
    assert all("请检查" in line for line in lines)


def findings(name: str, **settings: Any) -> list[Finding]:
    """What is said of one thing."""
    return [one for one in examine(Settings(_env_file=None, **settings)) if one.name == name]


def test_tables_of_the_engine_that_are_broken_may_be_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "work.db").write_bytes(b"no database" * 100)
    (found,) = findings("起草队列", data_dir=tmp_path)
    assert not found.well and "work.db" in found.said and "删去" in found.said


def test_a_role_that_may_not_make_the_engines_schema_is_told_what_it_lacks(
    postgres: Cluster, tmp_path: Path
) -> None:
    url = make_url(postgres.new_database("poor"))
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE ROLE poor LOGIN"))
        connection.execute(text("GRANT CREATE ON SCHEMA public TO poor"))
    engine.dispose()
    poor = url.set(username="poor").render_as_string(hide_password=False)
    (found,) = findings("起草队列", data_dir=tmp_path, database_url=poor)
    assert not found.well and "GRANT CREATE" in found.said
    (found,) = findings("起草队列", data_dir=tmp_path, database_url=str(url))
    assert found.well


def test_an_order_that_nobody_takes_is_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)
    store = WorkStore(settings.database)
    store.begin(template_draft(brief_of("清理河道12公里"))[0], Order())
    assert findings("起草队列", data_dir=tmp_path)[0].said == "起草中0份，排队1份"
    with store.engine.begin() as connection:
        connection.execute(update(WorkRow).values(created=now() - 2 * OVERDUE))
    (found,) = findings("起草队列", data_dir=tmp_path, workers="elsewhere")
    assert not found.well and "drafter worker" in found.said


def test_a_login_that_nobody_can_pass_is_told(tmp_path: Path) -> None:
    (found,) = findings("登录", data_dir=tmp_path, login="always")
    assert not found.well and "drafter user add" in found.said
    (found,) = findings("登录", data_dir=tmp_path, proxies="10.0.0.0/99")
    assert not found.well and "DRAFTER_PROXIES" in found.said


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
