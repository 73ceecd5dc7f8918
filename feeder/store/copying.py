"""Scratch copies for dry runs and previews."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Table, insert, select

from feeder.errors import StoreError
from feeder.store.database import PRIVATE, Database
from feeder.store.migrating import migrate, version_of
from feeder.store.schema import HEAD, metadata

_CHUNK = 1000


def copy(source: Database, url: str) -> None:
    """Fill an SQLite file that is missing or empty with everything that `source` holds."""
    target = Database(url)
    try:
        _must_be_new(target)
        if source.is_sqlite:
            _copy_file(source, target)
        else:
            _copy_tables(source, target)
    finally:
        target.close()


def copy_from(url: str, target: str) -> None:
    """The same for a store that nobody opened yet: it is not migrated, and one that is missing is not made."""
    source = Database(url)
    try:
        if source.is_sqlite and not Path(source.url.database or "").exists():
            return
        if not source.is_sqlite and (version := version_of(source)) != HEAD:
            if version is None:
                return
            raise StoreError(f"the store {source.name} is of an older feeder; run feeder once, then look at a copy")
        copy(source, target)
    finally:
        source.close()


def _must_be_new(target: Database) -> None:
    if not target.is_sqlite:
        raise StoreError(f"a copy needs an SQLite file, which {target.name} is not")
    file = Path(target.url.database or "")
    if file.exists() and file.stat().st_size:
        raise StoreError(f"the copy {target.name} would overwrite a file that is there; name a new one")


def _copy_file(source: Database, target: Database) -> None:
    """By SQLite's own backup, which sees one state of the database while others write."""
    with source.read() as connection:
        original = cast(sqlite3.Connection, connection.connection.driver_connection)
        try:
            file = Path(target.url.database or "")
            file.touch(mode=PRIVATE)
            copied = sqlite3.connect(file)
            try:
                original.backup(copied)
            finally:
                copied.close()
        except (OSError, sqlite3.Error) as exc:
            raise StoreError(f"the store {source.name} cannot be copied to {target.name}: {exc}") from exc


def _copy_tables(source: Database, target: Database) -> None:
    migrate(target)
    with source.snapshot() as reading, target.write("copy") as writing:
        writing.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in metadata.sorted_tables:
            for some in from_rows(reading, table):
                writing.execute(insert(table), some)


def from_rows(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """All rows of a table, some at a time."""
    rows = connection.execution_options(yield_per=_CHUNK).execute(select(table)).mappings()
    for some in rows.partitions():
        yield [dict(row) for row in some]
