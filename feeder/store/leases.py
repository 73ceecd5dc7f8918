"""Leases: the right to do something alone, for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from feeder.errors import StoreError
from feeder.model import Lease
from feeder.store.database import Database
from feeder.store.schema_house import leases
from feeder.store.upsert import put


class Leases:
    """One row per name. Whoever finds a lease run out may take it; its fence tells the two apart."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold(self, name: str, holder: str, seconds: float, now: datetime) -> Lease:
        """Take a lease that is free or has run out; otherwise the StoreError names who has it until when."""
        with self._database.write(f"lease:{name}") as connection:
            row = _row(connection, name)
            if row is not None and row.holder is not None and row.until > now:
                raise StoreError(f"{name} is held by {row.holder} until {row.until:%Y-%m-%d %H:%M:%S} UTC; try later")
            return _take(connection, row, name, holder, now + timedelta(seconds=seconds))

    def take(self, name: str, holder: str, seconds: float, now: datetime, seen: Lease | None) -> Lease | None:
        """Take a lease as it was `seen` (free, or of somebody who is known to hold it no more); None if it has changed
        since. What time it is does not matter here."""
        with self._database.write(f"lease:{name}") as connection:
            row = _row(connection, name)
            if _lease(row) != seen:
                return None
            return _take(connection, row, name, holder, now + timedelta(seconds=seconds))

    def renew(self, lease: Lease, now: datetime, seconds: float) -> Lease:
        """Hold a lease for longer, also one that ran out while nobody else took it."""
        with self._database.write(f"lease:{lease.name}") as connection:
            _must(_row(connection, lease.name), lease)
            until = now + timedelta(seconds=seconds)
            connection.execute(update(leases).where(leases.c.name == lease.name).values(until=until))
            return Lease(lease.name, lease.holder, lease.fence, until)

    def get(self, name: str) -> Lease | None:
        """Who has a lease, also one that ran out; None if nobody holds it."""
        with self._database.read() as connection:
            return _lease(_row(connection, name))

    def release(self, lease: Lease) -> None:
        """Give a lease back; one that is lost already is nobody's business any more."""
        mine = (leases.c.name == lease.name, leases.c.fence == lease.fence, leases.c.holder.is_not(None))
        with self._database.write(f"lease:{lease.name}") as connection:
            connection.execute(update(leases).where(*mine).values(holder=None))


def _row(connection: Connection, name: str) -> Any:
    return connection.execute(select(leases).where(leases.c.name == name)).one_or_none()


def _lease(row: Any) -> Lease | None:
    return None if row is None or row.holder is None else Lease(row.name, row.holder, row.fence, row.until)


def _take(connection: Connection, row: Any, name: str, holder: str, until: datetime) -> Lease:
    lease = Lease(name, holder, 1 if row is None else row.fence + 1, until)
    put(connection, leases, [{"name": name, "holder": holder, "fence": lease.fence, "until": until}])
    return lease


def _must(row: Any, lease: Lease) -> None:
    if row is None or row.fence != lease.fence or row.holder is None:
        other = row.holder if row is not None and row.holder is not None else "nobody"
        raise StoreError(f"{lease.holder} no longer holds {lease.name}: {other} does")
