"""What models answered, and what they cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "model_answers",
        sa.Column("key", WORDS, nullable=False),
        sa.Column("model", WORDS, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("at", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_model_answers"),
    )
    op.create_index("ix_model_answers_at", "model_answers", ["at"])
    op.create_table(
        "model_usage",
        sa.Column("day", WORDS, nullable=False),
        sa.Column("calls", sa.BigInteger, nullable=False),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.Column("micros", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_model_usage"),
    )
