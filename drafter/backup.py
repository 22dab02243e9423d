"""Backup and restore of the database as one file, from and into SQLite and PostgreSQL alike.

A gzip of JSON lines: a head (schema version, tables), every row, and an end with the number of rows and a
checksum. It is read in one transaction, so that it is of one moment however busy the database is.
"""

from __future__ import annotations

import datetime
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, MetaData, Table, create_engine, func, insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from drafter import schema
from drafter.errors import InputError
from drafter.store import StoreError, engine_for

FORMAT = "drafter-backup-1"
PASSING = ("workers", "passes")
"""Tables of the moment, which no backup holds: which processes are there, and what they ask of models."""
BATCH = 200
"""Rows that are written to the database at once."""


def backup(url: str, path: Path) -> int:
    """Write the whole database to a file; returns the number of rows. Raises InputError, StoreError."""
    if path.exists():
        raise InputError("文件已经存在，没有改动", file=path, mend="请换一个文件名")
    unfinished = path.with_name(path.name + ".part")
    try:
        with engine_for(url).connect() as connection, gzip.open(unfinished, "wt", encoding="utf-8") as out:
            count = _write(connection, out)
        unfinished.replace(path)
    except OSError as error:
        raise InputError(
            f"无法写入（{error.strerror}）", file=path, mend="请检查文件夹、权限和磁盘空间"
        ) from None
    except SQLAlchemyError as error:
        raise StoreError(f"数据库出错（{type(error).__name__}）", mend="请稍后重试") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def _write(connection: Connection, out: Any) -> int:
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        # Between two tables it may stand still for longer than others may.
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    else:
        connection.exec_driver_sql("BEGIN")
    tables = [table for table in _tables(connection) if table.name not in PASSING]
    head = {"format": FORMAT, "schema": schema.current(connection), "tables": [one.name for one in tables]}
    out.write(json.dumps(head) + "\n")
    digest, count = hashlib.sha256(), 0
    for table in tables:
        for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
            line = json.dumps([table.name, _plain(dict(row._mapping))], ensure_ascii=False)
            digest.update(line.encode())
            count += 1
            out.write(line + "\n")
    out.write(json.dumps({"rows": count, "sha256": digest.hexdigest()}) + "\n")
    return count


def _tables(connection: Connection) -> list[Table]:
    """The tables of the database in the order in which they can be filled."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime.datetime) else value
        for name, value in row.items()
    }


def restore(path: Path, url: str, *, force: bool = False) -> int:
    """Fill an empty database from a backup; with `force`, what it holds is given up. Returns the rows.

    The file is checked to its end before anything is changed, and either all of it is there afterwards or
    nothing has changed. Raises InputError, StoreError.
    """
    head = _checked(path)
    engine_for(url).dispose()
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            schema.alone(connection)
            if (held := _held(connection)) and not force:
                raise InputError(
                    f"数据库里已有{held}条记录，没有改动",
                    file=path,
                    mend="请指定一个空数据库，或加 --force 覆盖",
                )
            _clear(connection)
            _fill(connection, path, head)
        schema.upgrade(engine)
    except SQLAlchemyError as error:
        raise StoreError(f"数据库出错（{type(error).__name__}）", mend="请检查数据库后重试") from error
    return int(head["rows"])


def _checked(path: Path) -> dict[str, Any]:
    """The head of a whole and unharmed backup, with its number of rows."""
    digest, count, end = hashlib.sha256(), 0, None
    try:
        lines = _lines(path)
        head = json.loads(next(lines))
        if head.get("format") != FORMAT:
            raise ValueError
        if head["schema"] not in schema.steps():
            raise InputError("备份由更新版本的程序生成，没有改动", file=path, mend="请升级程序后再恢复")
        for line in lines:
            if line.startswith("{"):
                end = json.loads(line)
                break
            digest.update(line.encode())
            count += 1
    except (OSError, EOFError, StopIteration, ValueError, LookupError, AttributeError, zlib.error):
        raise InputError("不是备份文件，或已损坏", file=path, mend="请用 drafter backup 生成的文件") from None
    if end != {"rows": count, "sha256": digest.hexdigest()}:
        raise InputError("备份文件不完整，或已损坏", file=path, mend="请用另一份备份")
    return {**head, "rows": count}


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as source:
        for line in source:
            yield line.rstrip("\n")


def _held(connection: Connection) -> int:
    """How many rows a database has, its running processes' own aside."""
    tables = [table for table in _tables(connection) if table.name not in PASSING]
    counts = (connection.execute(select(func.count()).select_from(table)).scalar() or 0 for table in tables)
    return sum(counts)


def _clear(connection: Connection) -> None:
    """Drop our tables."""
    for table in reversed(_tables(connection)):
        table.drop(connection)
    if inspect(connection).has_table("alembic_version"):
        connection.execute(text("DROP TABLE alembic_version"))


def _fill(connection: Connection, path: Path, head: dict[str, Any]) -> None:
    """Make the schema of the backup's own time, and put its rows into it."""
    command.upgrade(schema.config(connection), head["schema"])
    tables = {table.name: table for table in _tables(connection)}
    waiting: list[dict[str, Any]] = []
    name = ""

    def put() -> None:
        if waiting:
            connection.execute(insert(tables[name]), waiting)
            waiting.clear()

    for line in _lines(path):
        if not line.startswith("["):
            continue
        here, row = json.loads(line)
        if here != name or len(waiting) >= BATCH:
            put()
            name = here
        waiting.append(_typed(tables[here], row))
    put()
    _count_on(connection, tables.values())
    connection.commit()


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.datetime.fromisoformat(value)
        if value and table.columns[name].type.python_type is datetime.datetime
        else value
        for name, value in row.items()
    }


def _count_on(connection: Connection, tables: Any) -> None:
    """Have PostgreSQL number new rows behind those that were put in with their numbers."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key.columns:
            if column.type.python_type is int:
                sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
                highest = f"SELECT max({column.name}) FROM {table.name}"
                connection.execute(text(f"SELECT setval({sequence}, coalesce(({highest}), 0) + 1, false)"))
