"""The first tables: sources, looks, alerts, items, stories, editions, runs, leases, media, outputs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# What feeder.store.columns makes of Words, Name and Moment: text, sorted by code point.
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def words(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, WORDS, nullable=null)


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{columns[0]}")


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}")


def index(table: str, column: str, *more: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column, *more])


def upgrade() -> None:
    create_what_stands_alone()
    create_runs()
    create_stories()
    create_words()
    create_decisions()
    create_sources()
    create_items()
    create_editions()


def create_what_stands_alone() -> None:
    op.create_table("moments", words("name"), words("at"), key("moments", "name"))
    op.create_table(
        "leases",
        words("name"),
        words("holder", null=True),
        sa.Column("fence", sa.BigInteger, nullable=False),
        words("until"),
        key("leases", "name"),
    )
    op.create_table(
        "media", words("path"), words("type"), sa.Column("data", sa.LargeBinary, nullable=False), key("media", "path")
    )
    op.create_table("outputs", words("path"), words("digest"), words("basis"), key("outputs", "path"))


def create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, nullable=False),
        words("job"),
        words("now"),
        words("state"),
        key("runs", "id"),
    )
    index("runs", "job", "now")
    op.create_table(
        "run_parts",
        sa.Column("run_id", sa.Integer, nullable=False),
        words("part"),
        words("state", null=True),
        key("run_parts", "run_id", "part"),
        refers("run_parts", "run_id", "runs.id"),
    )


def create_stories() -> None:
    op.create_table(
        "stories",
        words("id"),
        words("slug"),
        words("url", null=True),
        words("fate"),
        sa.Column("revision", sa.Integer, nullable=False),
        words("lead_source"),
        words("lead_uid"),
        words("told"),
        words("released", null=True),
        words("updated", null=True),
        sa.Column("beat", sa.BigInteger),
        words("due", null=True),
        words("withdrawn", null=True),
        words("reason", null=True),
        words("follows", null=True),
        words("merged_into", null=True),
        sa.Column("touched", sa.Boolean, nullable=False),
        words("words"),
        key("stories", "id"),
        unique("stories", "slug"),
        unique("stories", "beat"),
    )
    index("stories", "released")
    index("stories", "due")
    index("stories", "lead_source", "released")


def create_words() -> None:
    op.create_table(
        "revisions",
        words("story_id"),
        sa.Column("n", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        key("revisions", "story_id", "n"),
        refers("revisions", "story_id", "stories.id"),
    )
    op.create_table(
        "story_topics",
        words("topic"),
        words("story_id"),
        key("story_topics", "topic", "story_id"),
        refers("story_topics", "story_id", "stories.id"),
    )
    index("story_topics", "story_id")


def create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("seq", sa.Integer, nullable=False),
        words("story_id"),
        words("who"),
        words("what"),
        words("why"),
        words("at"),
        sa.Column("revision", sa.Integer, nullable=False),
        words("item_source", null=True),
        words("item_uid", null=True),
        key("decisions", "seq"),
        refers("decisions", "story_id", "stories.id"),
    )
    index("decisions", "story_id")


def create_sources() -> None:
    op.create_table(
        "sources",
        words("id"),
        sa.Column("memory", sa.Text, nullable=False),
        sa.Column("baselined", sa.Boolean, nullable=False),
        words("problem", null=True),
        words("failing", null=True),
        words("health"),
        words("since", null=True),
        words("last_new_item", null=True),
        sa.Column("warnings", sa.Text, nullable=False),
        sa.Column("arrivals", sa.Text, nullable=False),
        sa.Column("listing", sa.Text),
        words("parsed"),
        key("sources", "id"),
    )
    op.create_table(
        "looks",
        words("source_id"),
        sa.Column("looked", sa.BigInteger, nullable=False),
        sa.Column("answered", sa.BigInteger),
        sa.Column("next_look", sa.BigInteger),
        sa.Column("asked", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        key("looks", "source_id"),
        refers("looks", "source_id", "sources.id"),
    )
    op.create_table(
        "alerts",
        sa.Column("seq", sa.Integer, nullable=False),
        words("source_id"),
        words("what"),
        words("words"),
        words("at"),
        key("alerts", "seq"),
        refers("alerts", "source_id", "sources.id"),
    )
    index("alerts", "at")


def create_items() -> None:
    op.create_table(
        "items",
        words("source_id"),
        words("uid"),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("body", sa.Text),
        sa.Column("fulltext", sa.Text),
        words("digest"),
        words("url", null=True),
        words("url_key", null=True),
        words("world_uid", null=True),
        words("words"),
        words("published", null=True),
        sa.Column("own", sa.Boolean, nullable=False),
        words("first_seen"),
        words("listed"),
        sa.Column("baseline", sa.Boolean, nullable=False),
        sa.Column("flooded", sa.Boolean, nullable=False),
        words("story_id", null=True),
        words("told", null=True),
        key("items", "source_id", "uid"),
        refers("items", "source_id", "sources.id"),
        refers("items", "story_id", "stories.id"),
    )
    for column in ("url_key", "world_uid", "story_id", "first_seen"):
        index("items", column)
    index("items", "source_id", "published")
    waiting = sa.text("told IS NULL OR told != digest")
    op.create_index("ix_items_waiting", "items", ["source_id"], sqlite_where=waiting, postgresql_where=waiting)
    bodied = sa.text("body IS NOT NULL")
    op.create_index("ix_items_bodied", "items", ["first_seen"], sqlite_where=bodied, postgresql_where=bodied)


def create_editions() -> None:
    op.create_table(
        "editions",
        words("id"),
        words("slot"),
        words("status"),
        sa.Column("number", sa.Integer),
        sa.Column("edition", sa.Text, nullable=False),
        key("editions", "id"),
        unique("editions", "slot"),
        unique("editions", "number"),
    )
    op.create_table(
        "edition_stories",
        words("story_id"),
        sa.Column("n", sa.Integer, nullable=False),
        words("edition_id"),
        key("edition_stories", "story_id"),
        refers("edition_stories", "edition_id", "editions.id"),
        sa.ForeignKeyConstraint(
            ["story_id", "n"], ["revisions.story_id", "revisions.n"], name="fk_edition_stories_story_id"
        ),
    )
    index("edition_stories", "edition_id")
