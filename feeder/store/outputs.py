"""What was written under feeds/, so that nothing is written twice and nothing is left behind."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select

from feeder.model import OutputRecord
from feeder.store.database import Database
from feeder.store.schema import outputs
from feeder.store.upsert import put


class Outputs:
    """The manifest of the output folder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def manifest(self) -> dict[str, OutputRecord]:
        """All files as last written, by path."""
        with self._database.read() as connection:
            rows = connection.execute(select(outputs).order_by(outputs.c.path)).all()
        return {row.path: OutputRecord(row.path, row.digest, row.basis) for row in rows}

    def record(self, changed: Sequence[OutputRecord], removed: Sequence[str]) -> None:
        """Remember, in one transaction, what was written and what was removed."""
        if not changed and not removed:
            return
        with self._database.write("outputs") as connection:
            rows = [{"path": one.path, "digest": one.digest, "basis": one.basis} for one in changed]
            put(connection, outputs, rows)
            if removed:
                gone = delete(outputs).where(outputs.c.path == bindparam("gone"))
                connection.execute(gone, [{"gone": path} for path in removed])
