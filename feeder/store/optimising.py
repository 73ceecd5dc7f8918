"""Keeping an SQLite file quick and its log short; a server looks after itself (autovacuum).

No VACUUM: what retention frees is used again by the next day's items, and it would hold all writers off.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from feeder.errors import StoreError
from feeder.store.database import Database

_PATIENCE = 2  # seconds; a reader that takes longer leaves the log as it is until the next night
_SAMPLE = 400  # rows per index that ANALYZE looks at


def optimise(database: Database) -> bool:
    """Renew what the query planner knows, and empty the write-ahead log; whether the log is empty now."""
    if not database.is_sqlite:
        return True
    try:
        with closing(
            sqlite3.connect(Path(database.url.database or ""), timeout=_PATIENCE, isolation_level=None)
        ) as connection:
            connection.execute(f"PRAGMA analysis_limit = {_SAMPLE}")
            connection.execute("PRAGMA optimize")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(f"the store {database.name} cannot be tidied up: {error}") from error
    return not busy
