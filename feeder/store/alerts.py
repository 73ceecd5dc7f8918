"""Alerts: what changed that somebody should know."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from feeder.model import Alert
from feeder.store.database import Database
from feeder.store.schema_house import alerts


class Alerts:
    """Append-only. `Sources.record_all` adds them, in the transaction that stores what they tell of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, limit: int) -> tuple[Alert, ...]:
        """The newest alerts, newest first."""
        query = select(alerts).order_by(alerts.c.at.desc(), alerts.c.seq.desc()).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(Alert(row.about, row.what, row.words, row.at) for row in rows)


def add_alerts(connection: Connection, found: Sequence[Alert]) -> None:
    """Add alerts, in this order."""
    if found:
        rows = [{"about": one.about, "what": one.what, "words": one.words, "at": one.at} for one in found]
        connection.execute(insert(alerts), rows)
