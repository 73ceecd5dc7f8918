"""A store as it looks after years: many times the items that its sources list, all told long ago."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_OWN = ("uid", "url", "url_key", "world_uid")  # what names an item, and so differs in each copy


def fill(store: Path, times: int) -> int:
    """Copy every item `times` - 1 times under other names; how many the store holds then."""
    with sqlite3.connect(store, isolation_level=None) as database:
        database.execute("pragma synchronous = off")
        database.execute("pragma foreign_keys = off")
        database.execute("update items set told = digest")
        columns = [row[1] for row in database.execute("pragma table_info(items)")]
        named = ", ".join(f"{name} || '-' || ?1" if name in _OWN else name for name in columns)
        database.execute("create temp table listed as select rowid as number from items")
        for copy in range(1, times):
            database.execute(
                f"insert into items ({', '.join(columns)}) select {named} from items"
                " where rowid in (select number from listed)",
                (copy,),
            )
        database.execute("pragma wal_checkpoint(truncate)")
        count: int = database.execute("select count(*) from items").fetchone()[0]
    database.close()
    return count
