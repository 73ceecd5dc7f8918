"""Alerts: what changed in a source that somebody should know."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from feeder.model import Alert, Health
from feeder.store.database import Database
from feeder.store.schema import alerts


class Alerts:
    """Append-only. `Sources.record_all` adds them, in the transaction that stores what they tell of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, limit: int) -> tuple[Alert, ...]:
        """The newest alerts, newest first."""
        query = select(alerts).order_by(alerts.c.at.desc(), alerts.c.seq.desc()).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(Alert(row.source_id, Health(row.what), row.words, row.at) for row in rows)


def add_alerts(connection: Connection, found: Sequence[Alert]) -> None:
    """Add alerts, of sources that have a row."""
    if found:
        rows = [{"source_id": one.source_id, "what": one.what.value, "words": one.words, "at": one.at} for one in found]
        connection.execute(insert(alerts), rows)
