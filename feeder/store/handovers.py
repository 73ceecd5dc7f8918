"""What carriers were given: an edition each once, under the name that the carrier has for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from feeder.store.database import Database
from feeder.store.schema import handovers
from feeder.store.upsert import insert_missing

FILLED = "filled"
"""The name where the carrier is a post: a row for each recipient has been made."""


class Handovers:
    """One row per edition and carrier."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, edition_id: str, carrier: str) -> tuple[str, datetime] | None:
        """What a carrier calls an edition, and since when; None if it was not given it yet."""
        query = select(handovers.c.name, handovers.c.at).where(
            handovers.c.edition_id == edition_id, handovers.c.carrier == carrier
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (row.name, row.at)

    def of(self, edition_id: str) -> dict[str, str]:
        """All carriers that were given an edition, with their names for it."""
        query = select(handovers.c.carrier, handovers.c.name).where(handovers.c.edition_id == edition_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(handovers.c.carrier)).all()
        return {row.carrier: row.name for row in rows}

    def record(self, edition_id: str, carrier: str, name: str, at: datetime) -> None:
        """Remember that a carrier has an edition; what was remembered first stands."""
        with self._database.write("handovers") as connection:
            note(connection, edition_id, carrier, name, at)


def note(connection: Connection, edition_id: str, carrier: str, name: str, at: datetime) -> None:
    """`record`, in a transaction that has begun."""
    insert_missing(connection, handovers, [{"edition_id": edition_id, "carrier": carrier, "name": name, "at": at}])
