"""Alerts: what changed that somebody should know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text

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
        return tuple(map(_alert, rows))

    def after(self, seq: int, limit: int) -> tuple[Alert, ...]:
        """The alerts after one, in the order in which they came."""
        query = select(alerts).where(alerts.c.seq > seq).order_by(alerts.c.seq).limit(limit)
        with self._database.read() as connection:
            return tuple(map(_alert, connection.execute(query).all()))

    def last(self) -> int:
        """The number of the newest alert; 0 where there is none."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(alerts.c.seq))).scalar() or 0


def add_alerts(connection: Connection, found: Sequence[Alert]) -> None:
    """Add alerts, in this order; whoever asks what came after one misses none."""
    if found:
        if connection.dialect.name != "sqlite":  # else a number might be seen before a smaller one is
            connection.execute(text("LOCK TABLE alerts IN EXCLUSIVE MODE"))
        rows = [{"about": one.about, "what": one.what, "words": one.words, "at": one.at} for one in found]
        connection.execute(insert(alerts), rows)


def _alert(row: Row[Any]) -> Alert:
    return Alert(row.about, row.what, row.words, row.at, row.seq)
