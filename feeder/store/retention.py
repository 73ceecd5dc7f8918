"""What is forgotten, and when (docs/design.md, section 4, "Retention")."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import delete, exists, false, select, update

from feeder.store.database import Database
from feeder.store.schema import items, run_parts, runs, sources


class Forgotten(NamedTuple):
    """How much was forgotten: bodies of other people's items, and keys that no source lists any more."""

    bodies: int
    keys: int


def forget(database: Database, bodies: datetime, keys: datetime) -> Forgotten:
    """Forget old bodies and keys, source by source, each under that source's lock; then old runs."""
    with database.read() as connection:
        known = connection.execute(select(sources.c.id).order_by(sources.c.id)).scalars().all()
    found = [_forget(database, source_id, bodies, keys) for source_id in known]
    _forget_runs(database, bodies)
    return Forgotten(sum(one.bodies for one in found), sum(one.keys for one in found))


def _forget(database: Database, source_id: str, bodies: datetime, keys: datetime) -> Forgotten:
    theirs = (items.c.source_id == source_id, items.c.own == false())
    told = items.c.told == items.c.digest  # what waits to be told needs its words
    old = (items.c.body.is_not(None), told, items.c.first_seen < bodies)
    unlisted = items.c.listed < keys.astimezone(UTC).date().isoformat()
    with database.write(f"source:{source_id}") as connection:
        emptied = connection.execute(update(items).where(*theirs, *old).values(body=None)).rowcount
        removed = connection.execute(delete(items).where(items.c.source_id == source_id, unlisted)).rowcount
    return Forgotten(emptied, removed)


def _forget_runs(database: Database, before: datetime) -> None:
    """Forget the parts of runs that are over, and old runs but for the last of each job."""
    later = runs.alias()
    is_last = ~exists().where(later.c.job == runs.c.job, later.c.now > runs.c.now)
    over = select(runs.c.id).where(runs.c.state.not_in(("open", "joined")) | (runs.c.now < before) & ~is_last)
    with database.write("runs") as connection:
        connection.execute(delete(run_parts).where(run_parts.c.run_id.in_(over)))
        connection.execute(delete(runs).where(runs.c.now < before, ~is_last))
