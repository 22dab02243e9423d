"""Brings a database to this program's schema: step by step, one process at a time, or not at all."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from drafter.errors import DrafterError

FIRST = "0001"
"""The schema of the first release, which kept no version."""
LOCK = 0x6472616674
"""The advisory lock that upgrading processes take in PostgreSQL."""


class SchemaError(DrafterError):
    """The database belongs to a newer program."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, with the connection that it is to use."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema. Raises SchemaError for one that is newer still."""
    with engine.connect() as connection:
        if current(connection) == ScriptDirectory.from_config(config()).get_current_head():
            return
        alone(connection)
        version = current(connection)
        if version and version not in steps():
            raise SchemaError(
                "数据库由更新版本的程序建立，这个版本不能使用",
                key="DRAFTER_DATABASE_URL",
                mend="请升级程序，或改用另一个数据库",
            )
        settings = config(connection)
        if not version and inspect(connection).has_table("drafts"):
            command.stamp(settings, FIRST)
        command.upgrade(settings, "head")
        connection.commit()


def current(connection: Connection) -> str:
    """The version that the database says it has; empty where it says none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def steps() -> set[str]:
    """The versions that this program knows."""
    return {step.revision for step in ScriptDirectory.from_config(config()).walk_revisions()}


def alone(connection: Connection) -> None:
    """Begin a transaction in which no other process changes the schema; its end lets go."""
    if connection.dialect.name == "postgresql":
        # However long the other upgrade takes.
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    elif connection.dialect.name == "sqlite":
        # The driver begins no transaction before DDL by itself.
        connection.rollback()
        connection.exec_driver_sql("BEGIN IMMEDIATE")
