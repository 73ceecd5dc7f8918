"""What curation compares, what a person pinned, split or erased, and how alike what was merged was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("stories", sa.Column("pinned", WORDS))
    op.add_column("stories", sa.Column("emptied", WORDS))
    op.add_column("decisions", sa.Column("score", sa.Float))
    is_pinned = sa.text("pinned IS NOT NULL")
    op.create_index("ix_stories_pinned", "stories", ["pinned"], sqlite_where=is_pinned, postgresql_where=is_pinned)
    op.create_index("ix_stories_fate", "stories", ["fate", "told"])
    op.create_table(
        "apart",
        sa.Column("one", WORDS, nullable=False),
        sa.Column("other", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("one", "other", name="pk_apart"),
        sa.ForeignKeyConstraint(["one"], ["stories.id"], name="fk_apart_one"),
        sa.ForeignKeyConstraint(["other"], ["stories.id"], name="fk_apart_other"),
    )
    op.create_index("ix_apart_other", "apart", ["other"])
    op.create_table(
        "traces",
        sa.Column("source_id", WORDS, nullable=False),
        sa.Column("uid", WORDS, nullable=False),
        sa.Column("story_id", WORDS, nullable=False),
        sa.Column("at", WORDS, nullable=False),
        sa.Column("title", WORDS, nullable=False),
        sa.Column("words", WORDS, nullable=False),
        sa.Column("language", WORDS, nullable=False),
        sa.Column("own", sa.Boolean, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "uid", name="pk_traces"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_traces_story_id"),
    )
    op.create_index("ix_traces_story_id", "traces", ["story_id"])
    op.create_index("ix_traces_at", "traces", ["at"])
