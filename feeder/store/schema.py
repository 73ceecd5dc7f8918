"""The tables. A change here needs a migration in `migrations/versions` and a new HEAD.

Times are text (columns.Moment), dataclasses JSON text (coding.py); what is searched or ordered by
has a column of its own. The tables of the house itself are in schema_house.py.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    or_,
)

from feeder.store import schema_house  # noqa: F401 - so that `metadata` knows all tables
from feeder.store.columns import Moment, Name, Second, Words
from feeder.store.naming import metadata as metadata  # noqa: PLC0414 - all tables, for whoever asks

# The migration that these tables are at; `open_store` compares it with the database's own word.
HEAD = "0006"

# The version of the schema: one row. Alembic's own table; here to be read without Alembic.
alembic_version = Table("alembic_version", MetaData(), Column("version_num", Text))

# Moments that the whole store has in common ("born": the first run's).
moments = Table("moments", metadata, Column("name", Words, primary_key=True), Column("at", Moment, nullable=False))

# One row per source that was ever gathered; rewritten only when something of it changes.
sources = Table(
    "sources",
    metadata,
    Column("id", Words, primary_key=True),
    Column("memory", Text, nullable=False),  # model.Memory
    Column("baselined", Boolean, nullable=False),  # had a first successful gathering
    Column("problem", Words),  # why the last look failed
    Column("failing", Moment),  # since when the looks fail
    Column("health", Words, nullable=False),
    Column("since", Moment),  # when `health` became what it is
    Column("last_new_item", Moment),
    Column("warnings", Text, nullable=False),  # tuple[str, ...]: problems that did not stop the rest
    Column("arrivals", Text, nullable=False),  # "2026-11-23:5 2026-11-24:7": what was published on which day
    Column("listing", Text),  # model.Listing
    Column("parsed", Words, nullable=False),  # the day (UTC) on which it last listed its items, one by one
)

# One narrow row per source, of whole seconds since 1970: all that an unchanged look writes.
looks = Table(
    "looks",
    metadata,
    Column("source_id", Words, ForeignKey("sources.id"), primary_key=True),
    Column("looked", Second, nullable=False),
    Column("answered", Second),  # the last look that did not fail: what was listed before is listed still
    Column("next_look", Second),
    Column("asked", Second),
    Column("failures", Integer, nullable=False),
)

# One row per thing that a source published: its key for as long as the source lists it.
items = Table(
    "items",
    metadata,
    Column("source_id", Words, ForeignKey("sources.id"), primary_key=True),
    Column("uid", Name, primary_key=True),
    # theirs
    Column("item", Text, nullable=False),  # model.Item without its summary and content
    Column("body", Text),  # these two; None also after retention
    Column("fulltext", Text),  # model.Raw: what its page says, where that was read; forgotten with the body
    Column("digest", Words, nullable=False),  # of all words as last listed
    Column("url", Words),
    Column("url_key", Name, index=True),  # addresses.url_key(url)
    # the uid where it names the same thing in every source, unless `url_key` says as much (arriving.world_uid)
    Column("world_uid", Name),
    Column("words", Words, nullable=False),  # the title, case-folded: for `explain`
    Column("published", Moment),
    # ours
    Column("own", Boolean, nullable=False),  # an article of our newsroom: retention leaves it alone
    Column("first_seen", Moment, nullable=False),
    Column("listed", Words, nullable=False),  # the day (UTC) on which its source last listed it
    Column("baseline", Boolean, nullable=False),
    Column("flooded", Boolean, nullable=False),  # came with too many others
    Column("story_id", Words, ForeignKey("stories.id")),
    Column("told", Words),  # the digest that the story was last told from; None: not curated yet
)
# For finding what comes back under another uid.
Index("ix_items_source_id", items.c.source_id, items.c.published)
# Each index costs every item that arrives: those that concern few items hold only these.
waiting = or_(items.c.told.is_(None), items.c.told != items.c.digest)
bodied = items.c.body.is_not(None)
_PARTIAL = {
    Index(f"ix_items_{name}", column, sqlite_where=condition): condition
    for name, column, condition in (
        ("world_uid", items.c.world_uid, items.c.world_uid.is_not(None)),
        ("waiting", items.c.source_id, waiting),  # by what they are ordered by, or SQLite scans another index
        # for retention, so that what it costs is what it forgets: bodies first, later what has none
        ("bodied", items.c.first_seen, bodied),
        ("bodiless", items.c.first_seen, ~bodied),
    )
}

# One row per story ever told, dropped ones included.
stories = Table(
    "stories",
    metadata,
    Column("id", Words, primary_key=True),
    Column("slug", Words, nullable=False, unique=True),
    Column("url", Words),
    Column("fate", Words, nullable=False),
    Column("revision", Integer, nullable=False),  # the current one; 0: dropped without words
    Column("lead_source", Words, nullable=False),
    Column("lead_uid", Words, nullable=False),
    Column("told", Moment, nullable=False),  # when it was first told: the elder of two is the older one
    Column("released", Moment, index=True),
    Column("updated", Moment),
    Column("beat", BigInteger, unique=True),  # `updated` in seconds since 1970: no two stories share one
    Column("due", Moment, index=True),
    Column("withdrawn", Moment),
    Column("reason", Words),  # of the withdrawal
    Column("follows", Words),
    Column("merged_into", Words),
    Column("touched", Boolean, nullable=False),
    Column("words", Words, nullable=False),  # the title, case-folded: for `explain`
    Column("pinned", Moment),  # until when
    Column("emptied", Moment),  # when words last left revisions that were written already
    Index("ix_stories_lead_source", "lead_source", "released"),
    Index("ix_stories_fate", "fate", "told"),
)
pinned = stories.c.pinned.is_not(None)
_PARTIAL[Index("ix_stories_pinned", stories.c.pinned, sqlite_where=pinned)] = pinned

# Two stories that a person split: rules never make one of them again. Each pair once, in order.
apart = Table(
    "apart",
    metadata,
    Column("one", Words, ForeignKey("stories.id"), primary_key=True),
    Column("other", Words, ForeignKey("stories.id"), primary_key=True, index=True),
)

# What the same-story check looks at (model.Trace), one row per item of a story told in words; retention forgets it.
traces = Table(
    "traces",
    metadata,
    Column("source_id", Words, primary_key=True),
    Column("uid", Name, primary_key=True),
    Column("story_id", Words, ForeignKey("stories.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False, index=True),
    Column("title", Words, nullable=False),
    Column("words", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("rank", Integer, nullable=False),
)

# Written once, never changed.
revisions = Table(
    "revisions",
    metadata,
    Column("story_id", Words, ForeignKey("stories.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("revision", Text, nullable=False),  # model.StoryRevision
)

# The topics of each story's current revision.
story_topics = Table(
    "story_topics",
    metadata,
    Column("topic", Words, primary_key=True),
    Column("story_id", Words, ForeignKey("stories.id"), primary_key=True, index=True),
)

# Append-only; `explain` reads it.
decisions = Table(
    "decisions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("story_id", Words, ForeignKey("stories.id"), nullable=False, index=True),
    Column("who", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("item_source", Words),
    Column("item_uid", Words),
    Column("score", Float),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Words, primary_key=True),
    Column("slot", Moment, nullable=False, unique=True),
    Column("status", Words, nullable=False),
    Column("number", Integer, unique=True),  # given at approval
    Column("edition", Text, nullable=False),  # model.Edition
)

# A story stands in one edition as news: its primary key says so. Skipping an edition frees its rows.
edition_stories = Table(
    "edition_stories",
    metadata,
    Column("story_id", Words, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("edition_id", Words, ForeignKey("editions.id"), nullable=False, index=True),
    ForeignKeyConstraint(["story_id", "n"], ["revisions.story_id", "revisions.n"]),
)

# What a person wants of the edition of a slot, which may not have been composed yet.
edition_edits = Table(
    "edition_edits",
    metadata,
    Column("edition_id", Words, primary_key=True),
    Column("edits", Text, nullable=False),  # model.Edits
)

# Who gets the digest, where no list manager keeps them; `address` is lower case, `written` as it was given.
recipients = Table(
    "recipients",
    metadata,
    Column("address", Words, primary_key=True),
    Column("written", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("token", Words, nullable=False, unique=True),
    Column("state", Words, nullable=False),
    Column("refusals", Integer, nullable=False),  # for good, one edition after the other
    Column("why", Text),
    Column("at", Moment, nullable=False),
)

# The outbox: one row per recipient, made before the first message of an edition leaves; `address` is lower case.
deliveries = Table(
    "deliveries",
    metadata,
    Column("edition_id", Words, ForeignKey("editions.id"), primary_key=True),
    Column("carrier", Words, primary_key=True),
    Column("address", Words, primary_key=True),
    Column("written", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("token", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("at", Moment),
    Column("not_before", Moment),
    Column("answer", Text),
    Index("ix_deliveries_state", "edition_id", "carrier", "state"),
)

# What a carrier calls an edition that it was given: a campaign's number, or that its outbox is filled.
handovers = Table(
    "handovers",
    metadata,
    Column("edition_id", Words, ForeignKey("editions.id"), primary_key=True),
    Column("carrier", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("at", Moment, nullable=False),
)

# Pictures that may leave the house, named by the digest of their bytes.
media = Table(
    "media",
    metadata,
    Column("path", Words, primary_key=True),
    Column("type", Words, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

# What lies under feeds/: `digest` of the bytes, `basis`: the digest of the state they show.
outputs = Table(
    "outputs",
    metadata,
    Column("path", Words, primary_key=True),
    Column("digest", Words, nullable=False),
    Column("basis", Words, nullable=False),
)


def for_postgresql() -> MetaData:
    """The tables as PostgreSQL makes them. What only it understands is said here, because saying it loads all of
    SQLAlchemy's PostgreSQL: 30 ms and 3 MB that SQLite need not pay."""
    for index, condition in _PARTIAL.items():
        index.dialect_options["postgresql"]["where"] = condition
    return metadata
