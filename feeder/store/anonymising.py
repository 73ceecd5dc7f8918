"""Forgetting who got which edition: after a while only how many messages were taken and refused is anybody's business.

Nobody is mailed twice by it: an outbox that was filled is never filled again, and what is forgotten never waits.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from feeder.model import DeliveryState
from feeder.store.database import Database
from feeder.store.effacing import NOBODY
from feeder.store.handovers import FILLED
from feeder.store.outbox import LOCK
from feeder.store.schema import deliveries, handovers, moments
from feeder.store.upsert import put

_MARK = "deliveries forgotten"  # the moment up to which outboxes are done, so that each is looked at once
_CHUNK = 1000
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def forget_recipients(database: Database, before: datetime) -> int:
    """Take addresses, names, tokens and answers out of the outboxes that were filled before a moment; how many messages
    those are. What still waits by then never leaves."""
    with database.read() as connection:
        done = connection.execute(select(moments.c.at).where(moments.c.name == _MARK)).scalar() or _NEVER
        old = (handovers.c.name == FILLED, handovers.c.at >= done, handovers.c.at < before)
        outboxes = connection.execute(select(handovers.c.edition_id, handovers.c.carrier).where(*old)).all()
    forgotten = 0
    for edition_id, carrier in outboxes:
        while some := _forget_some(database, edition_id, carrier):
            forgotten += some
    if outboxes:
        with database.write(LOCK) as connection:
            put(connection, moments, [{"name": _MARK, "at": before}])
    return forgotten


def _forget_some(database: Database, edition_id: str, carrier: str) -> int:
    """A piece at a time, so that nobody waits long for the database."""
    mine = (deliveries.c.edition_id == edition_id, deliveries.c.carrier == carrier)
    named = (deliveries.c.address.contains("@"), deliveries.c.state != DeliveryState.CLAIMED)
    with database.write(LOCK) as connection:
        found = connection.execute(select(deliveries.c.address).where(*mine, *named).limit(_CHUNK)).scalars().all()
        if found:
            _overwriting(connection, "ON")
            waits = deliveries.c.state == DeliveryState.WAITING
            unsent: dict[str, Any] = {"state": DeliveryState.REFUSED, "attempts": 0, "not_before": None}
            connection.execute(update(deliveries).where(*mine, waits).values(**unsent))
            blank: dict[str, Any] = {"written": bindparam("nobody"), "name": "", "token": "", "answer": None}
            change = update(deliveries).where(*mine, deliveries.c.address == bindparam("known"))
            rows = [{"known": address, "nobody": NOBODY + secrets.token_hex(8)} for address in found]
            connection.execute(change.values(address=bindparam("nobody"), **blank), rows)
            _overwriting(connection, "OFF")
    return len(found)


def _overwriting(connection: Connection, whether: str) -> None:
    """Let SQLite overwrite what is freed."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA secure_delete = {whether}")
