"""What was sent to a model service elsewhere, request by request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sent",
        sa.Column("key", sa.Integer(), primary_key=True),
        sa.Column("draft_id", sa.String(), sa.ForeignKey("drafts.id"), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
    )
    op.create_index("ix_sent_draft_id", "sent", ["draft_id"])
