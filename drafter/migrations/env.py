"""Run by Alembic: the connection comes from drafter.schema, which also holds the transaction."""

from __future__ import annotations

from alembic import context

# Their tables belong to the schema.
import drafter.accounts.tables
import drafter.work.passes
import drafter.work.records  # noqa: F401
from drafter.store import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
context.run_migrations()
