"""What people want of editions, who gets them, and what became of each message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "edition_edits",
        sa.Column("edition_id", WORDS, nullable=False),
        sa.Column("edits", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", name="pk_edition_edits"),
    )
    op.create_table(
        "recipients",
        sa.Column("address", WORDS, nullable=False),
        sa.Column("written", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("token", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("refusals", sa.Integer, nullable=False),
        sa.Column("why", sa.Text),
        sa.Column("at", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_recipients"),
        sa.UniqueConstraint("token", name="uq_recipients_token"),
    )
    _deliveries()


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("edition_id", WORDS, nullable=False),
        sa.Column("carrier", WORDS, nullable=False),
        sa.Column("address", WORDS, nullable=False),
        sa.Column("written", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("token", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("at", WORDS),
        sa.Column("not_before", WORDS),
        sa.Column("answer", sa.Text),
        sa.PrimaryKeyConstraint("edition_id", "carrier", "address", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_deliveries_edition_id"),
    )
    op.create_index("ix_deliveries_state", "deliveries", ["edition_id", "carrier", "state"])
    op.create_table(
        "handovers",
        sa.Column("edition_id", WORDS, nullable=False),
        sa.Column("carrier", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("at", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "carrier", name="pk_handovers"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_handovers_edition_id"),
    )
