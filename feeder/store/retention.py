"""What is forgotten, and when (docs/design.md, section 4, "Retention")."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, exists, false, select, update

from feeder.store.database import Database
from feeder.store.schema import bodied, items, looks, sources, traces
from feeder.store.schema_house import alerts, run_parts, runs


class Forgotten(NamedTuple):
    """How much was forgotten: bodies of other people's items, keys that no source lists any more, and recipients of old
    messages."""

    bodies: int
    keys: int
    recipients: int = 0


def forget(database: Database, bodies: datetime, keys: datetime, seen: datetime) -> Forgotten:
    """Forget old bodies and keys, traces of before `seen`, then old runs; what that costs grows with what is
    forgotten, not with the store."""
    told = items.c.told == items.c.digest  # what waits to be told needs its words
    old = (bodied, told, items.c.first_seen < bodies, items.c.own == false())
    day = keys.astimezone(UTC).date().isoformat()
    listed_again = exists().where(
        sources.c.id == items.c.source_id,
        looks.c.source_id == items.c.source_id,
        items.c.listed >= sources.c.parsed,
        looks.c.answered >= datetime.fromisoformat(f"{day}T00:00:00+00:00"),
    )
    with database.write("sources") as connection:
        emptied = connection.execute(update(items).where(*old).values(body=None, fulltext=None)).rowcount
        # nothing was listed before it was first seen
        unlisted = (items.c.first_seen < keys + timedelta(days=1), items.c.listed < day, ~listed_again)
        # one after the other, because each has an index of its own
        removed = sum(
            connection.execute(delete(items).where(has_body, *unlisted)).rowcount for has_body in (bodied, ~bodied)
        )
    with database.write("stories") as connection:
        connection.execute(delete(traces).where(traces.c.at < seen))
    _forget_runs(database, bodies)
    return Forgotten(emptied, removed)


def forget_alerts(database: Database, before: datetime) -> None:
    """Forget what maintainers were told before a moment."""
    with database.write("alerts") as connection:
        connection.execute(delete(alerts).where(alerts.c.at < before))


def _forget_runs(database: Database, before: datetime) -> None:
    """Forget the parts of runs that are over, and old runs but for the last of each job."""
    later = runs.alias()
    is_last = ~exists().where(later.c.job == runs.c.job, later.c.now > runs.c.now)
    over = select(runs.c.id).where(runs.c.state.not_in(("open", "joined")) | (runs.c.now < before) & ~is_last)
    with database.write("runs") as connection:
        connection.execute(delete(run_parts).where(run_parts.c.run_id.in_(over)))
        connection.execute(delete(runs).where(runs.c.now < before, ~is_last))
