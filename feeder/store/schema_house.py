"""The tables of the house itself: its runs and leases, what it told whom, what models cost. A change here needs a
migration, as in schema.py."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from feeder.store.columns import Moment, Words
from feeder.store.naming import metadata

# Append-only: what changed that somebody should know; `about`: "source:heise", "edition:2026-11-23", "disk" ….
alerts = Table(
    "alerts",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("about", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("words", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_alerts_at", "at"),
)

# How everything but the sources is, as last told; what has no row here is well.
conditions = Table(
    "conditions",
    metadata,
    Column("about", Words, primary_key=True),
    Column("what", Words, nullable=False),
    Column("words", Words, nullable=False),
    Column("since", Moment, nullable=False),
)

# What an announcer was last told of a topic: `mark` is a digest of what stands there, or how far it got.
announcements = Table(
    "announcements",
    metadata,
    Column("announcer", Words, primary_key=True),
    Column("topic", Words, primary_key=True),
    Column("mark", Words, nullable=False),
    Column("attempts", Integer, nullable=False),  # that failed since
    Column("not_before", Moment),
    Column("at", Moment),
    Column("answer", Text),
)

# A run and the parts that it waits for; `state` of a part is None while it is open.
runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job", Words, nullable=False),
    Column("now", Moment, nullable=False),
    Column("state", Words, nullable=False),
    Column("slot", Words),  # what the clock started it for: a job does each of its slots once
    Column("ended", Moment),
    Column("counts", Text),  # JSON: what it did, for `feeder log`
    Index("ix_runs_job", "job", "now"),
    Index("ix_runs_slot", "job", "slot", unique=True),
)
run_parts = Table(
    "run_parts",
    metadata,
    Column("run_id", Integer, ForeignKey("runs.id"), primary_key=True),
    Column("part", Words, primary_key=True),
    Column("state", Words),
)

# A released lease keeps its row, so that `fence` grows for ever.
leases = Table(
    "leases",
    metadata,
    Column("name", Words, primary_key=True),
    Column("holder", Words),  # None: free
    Column("fence", BigInteger, nullable=False),
    Column("until", Moment, nullable=False),
)

# What models answered, by what they were asked; retention forgets it.
model_answers = Table(
    "model_answers",
    metadata,
    Column("key", Words, primary_key=True),
    Column("model", Words, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)

# What models cost on a day of the publication's zone: tokens, and millionths of a euro.
model_usage = Table(
    "model_usage",
    metadata,
    Column("day", Words, primary_key=True),
    Column("calls", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("micros", BigInteger, nullable=False),
)
