"""Pictures that may leave the house. `Sources.record_all` adds them."""

from __future__ import annotations

from sqlalchemy import select

from feeder.model import Medium
from feeder.store.database import Database
from feeder.store.schema import media


class Media:
    """The bytes of pictures, by the path under which they are published."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, path: str) -> Medium | None:
        """One picture."""
        with self._database.read() as connection:
            row = connection.execute(select(media).where(media.c.path == path)).one_or_none()
        return None if row is None else Medium(row.path, row.type, bytes(row.data))

    def paths(self) -> tuple[str, ...]:
        """The paths of all pictures."""
        with self._database.read() as connection:
            return tuple(connection.execute(select(media.c.path).order_by(media.c.path)).scalars())
