"""The database's schema and how it came to be: one file a step, forward only (Alembic)."""
