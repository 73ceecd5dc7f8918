"""What a copy of the state becomes when it is the state again: nobody holds a lease, and no mail leaves by itself that
may have left since the copy was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Table, func, insert, inspect, literal, select, update

from feeder.errors import StoreError
from feeder.model import DeliveryState, Edition, EditionStatus
from feeder.store.coding import decode, encode
from feeder.store.copying import from_rows
from feeder.store.database import Database
from feeder.store.migrating import migrate
from feeder.store.schema import deliveries, editions, metadata, moments
from feeder.store.schema_house import leases
from feeder.store.upsert import put

RESTORED = "restored"
"""The moment of the last restore, among the moments of the store."""

_OPEN = (EditionStatus.DRAFT, EditionStatus.HELD)
_UNDER_WAY = (EditionStatus.APPROVED, EditionStatus.DELIVERING, EditionStatus.FAILED)


def settle(url: str, made: datetime, now: datetime) -> tuple[str, ...]:
    """Make a copy that was made at `made` ready to be the state from `now` on, migrated to this version; the ids of
    the editions that wait for a person now."""
    database = Database(url)
    try:
        migrate(database, keep=False)
        words = f"restored from a backup of {made:%Y-%m-%d %H:%M} UTC: it may have gone out since"
        with database.write("restore") as connection:
            connection.execute(update(leases).values(holder=None))
            put(connection, moments, [{"name": RESTORED, "at": now}])
            unsure = (DeliveryState.WAITING, DeliveryState.CLAIMED)
            doubt = update(deliveries).where(deliveries.c.state.in_(unsure))
            connection.execute(doubt.values(state=DeliveryState.IN_DOUBT, not_before=None, at=now, answer=words))
            return tuple(_asked(connection, words))
    finally:
        database.close()


def _asked(connection: Connection, words: str) -> Iterator[str]:
    """Let each edition that is not over wait for a person; those that nothing carries are files only."""
    statuses = (*_OPEN, *_UNDER_WAY)
    rows = select(editions.c.id, editions.c.edition).where(editions.c.status.in_(statuses)).order_by(editions.c.slot)
    for edition_id, written in connection.execute(rows).all():
        edition = decode(Edition, written)
        if edition.is_public and not edition.carriers:
            continue
        status = EditionStatus.HELD if edition.status in _OPEN else EditionStatus.FAILED
        reason = f"{edition.reason}; {words}" if edition.reason else words
        asked = replace(edition, status=status, decide_by=None, reason=reason)
        mine = update(editions).where(editions.c.id == edition_id)
        connection.execute(mine.values(status=asked.status, edition=encode(asked)))
        yield edition_id


def load(source: str, target: str) -> None:
    """Fill a database on a server that holds nothing yet with all that an SQLite file holds, in one transaction."""
    reading, writing = Database(source), Database(target)
    try:
        _must_be_empty(writing)
        migrate(writing)
        with reading.snapshot() as rows, writing.write("restore") as connection:
            for table in metadata.sorted_tables:
                for some in from_rows(rows, table):
                    connection.execute(insert(table), some)
                _count_on(connection, table)
    finally:
        reading.close()
        writing.close()


def _must_be_empty(database: Database) -> None:
    with database.read() as connection:
        there = set(inspect(connection).get_table_names())
        full = [
            table.name
            for table in metadata.sorted_tables
            if table.name in there and connection.execute(select(func.count()).select_from(table)).scalar()
        ]
    if full:
        raise StoreError(
            f"the store {database.name} holds something already ({full[0]}), and nothing of it is replaced: make a new"
            " database, name it in [store] url or FEEDER_STORE__URL, and restore once more"
        )


def _count_on(connection: Connection, table: Table) -> None:
    """Let what a server numbers itself go on behind the highest number that is there."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key:
        sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, column.name))).scalar()
        if sequence is not None:
            highest = func.coalesce(func.max(column), 0) + 1
            connection.execute(select(func.setval(sequence, highest, literal(False))))
