"""A ledger of runs by slot, alerts of the whole house, its conditions, and what was announced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for name, kind in (("slot", WORDS), ("ended", WORDS), ("counts", sa.Text)):
        op.add_column("runs", sa.Column(name, kind))
    op.create_index("ix_runs_slot", "runs", ["job", "slot"], unique=True)
    _alerts()
    op.create_table(
        "conditions",
        sa.Column("about", WORDS, nullable=False),
        sa.Column("what", WORDS, nullable=False),
        sa.Column("words", WORDS, nullable=False),
        sa.Column("since", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("about", name="pk_conditions"),
    )
    op.create_table(
        "announcements",
        sa.Column("announcer", WORDS, nullable=False),
        sa.Column("topic", WORDS, nullable=False),
        sa.Column("mark", WORDS, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", WORDS),
        sa.Column("at", WORDS),
        sa.Column("answer", sa.Text),
        sa.PrimaryKeyConstraint("announcer", "topic", name="pk_announcements"),
    )


def _alerts() -> None:
    """The table anew: an alert is about anything in the house now, not about a source alone."""
    op.rename_table("alerts", "alerts_of_sources")
    op.drop_index("ix_alerts_at", "alerts_of_sources")
    if op.get_bind().dialect.name == "postgresql":  # there the names of keys are one for the whole database
        op.execute("ALTER TABLE alerts_of_sources RENAME CONSTRAINT pk_alerts TO pk_alerts_of_sources")
        op.execute("ALTER SEQUENCE alerts_seq_seq RENAME TO alerts_of_sources_seq_seq")
    op.create_table(
        "alerts",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("about", WORDS, nullable=False),
        sa.Column("what", WORDS, nullable=False),
        sa.Column("words", WORDS, nullable=False),
        sa.Column("at", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_alerts"),
    )
    op.create_index("ix_alerts_at", "alerts", ["at"])
    op.execute(
        "INSERT INTO alerts (about, what, words, at)"
        " SELECT 'source:' || source_id, what, words, at FROM alerts_of_sources ORDER BY seq"
    )
    op.drop_table("alerts_of_sources")
