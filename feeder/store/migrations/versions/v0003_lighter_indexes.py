"""Indexes of items: only those that something is searched by, and only of the items that they are for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for name in ("world_uid", "story_id", "first_seen"):
        op.drop_index(f"ix_items_{name}", "items")
    for name, column, condition in (
        ("world_uid", "world_uid", "world_uid IS NOT NULL"),
        ("bodiless", "first_seen", "body IS NULL"),
    ):
        where = sa.text(condition)
        op.create_index(f"ix_items_{name}", "items", [column], sqlite_where=where, postgresql_where=where)
