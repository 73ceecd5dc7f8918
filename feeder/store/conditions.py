"""Conditions: what is wrong with the house, as last told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select

from feeder.model import Changes, Condition
from feeder.store.alerts import add_alerts
from feeder.store.database import Database
from feeder.store.schema_house import alerts, conditions
from feeder.store.upsert import put

LOCK = "conditions"


class Conditions:
    """One row per thing that is wrong; what has none is well."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> tuple[Condition, ...]:
        """All of them, the oldest first."""
        with self._database.read() as connection:
            found = _known(connection)
        return tuple(sorted(found.values(), key=lambda one: (one.since, one.about)))

    def settle(self, decide: Callable[[Mapping[str, Condition]], Changes]) -> Changes:
        """Write what follows from what is known: rows and alerts in one transaction, nothing where nothing changes.
        What is decided is decided again where another process wrote meanwhile."""
        with self._database.read() as connection:
            known = _known(connection)
        if not decide(known):
            return Changes()
        with self._database.write(LOCK) as connection:
            changes = decide(_known(connection))
            add_alerts(connection, changes.alerts)
            rows = [{"about": o.about, "what": o.what, "words": o.words, "since": o.since} for o in changes.wrong]
            put(connection, conditions, rows)
            if changes.well:
                gone = delete(conditions).where(conditions.c.about == bindparam("gone"))
                connection.execute(gone, [{"gone": about} for about in changes.well])
        return changes

    def openings(self, about: str, since: datetime, well: str) -> int:
        """How many alerts since then say of something anything but that it is `well`."""
        query = select(func.count()).where(alerts.c.at >= since, alerts.c.about == about, alerts.c.what != well)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()


def _known(connection: Connection) -> dict[str, Condition]:
    rows = connection.execute(select(conditions)).all()
    return {row.about: Condition(row.about, row.what, row.words, row.since) for row in rows}
