"""Looking at a database without changing it: is it whole, of which schema, and what does it hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import func, select, text

from feeder.errors import StoreError
from feeder.store.database import Database
from feeder.store.migrating import version_of
from feeder.store.schema import HEAD, deliveries, editions, items, recipients, stories
from feeder.store.schema_house import leases, runs

_COUNTED = (stories, items, editions, deliveries, recipients)
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Examined:
    """What of a database is told: `wrong` in words, none if it is whole; sizes in bytes, 0 on a server; `newest` is the
    latest time that any run wrote."""

    schema: str | None
    wrong: tuple[str, ...]
    size: int = 0
    wal: int = 0
    newest: datetime | None = None


def examine(database: Database) -> Examined:
    """Ask a database that is in use what SQLite's quick check says, and whether each row's others are there."""
    wrong = _wrong(database) if database.is_sqlite else ()
    file = Path(database.url.database or "") if database.is_sqlite else None
    with database.read() as connection:
        newest = connection.execute(select(func.max(runs.c.now))).scalar()
    wal = file.with_name(file.name + "-wal") if file else None
    return Examined(
        version_of(database),
        wrong,
        file.stat().st_size if file else 0,
        wal.stat().st_size if wal and wal.exists() else 0,
        newest,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be said of a store without opening it for work: `file` where it is one; `schema` is None where nothing
    is there yet."""

    file: Path | None
    schema: str | None

    @property
    def is_current(self) -> bool:
        """Whether opening it migrates nothing."""
        return self.schema == HEAD


def see(url: str) -> Seen:
    """Look at a store; what is not there is not made. StoreError where it cannot be read."""
    database = Database(url)
    try:
        file = Path(database.url.database or "") if database.is_sqlite else None
        is_there = file is None or file.exists()
        return Seen(file, version_of(database) if is_there else None)
    finally:
        database.close()


def _wrong(database: Database) -> tuple[str, ...]:
    with database.read() as connection:
        said = [str(row[0]) for row in connection.execute(text(f"PRAGMA quick_check({_SHOWN})"))]
        lost = [tuple(row) for row in connection.execute(text("PRAGMA foreign_key_check"))]
    return _in_words(said, lost)


def examine_file(file: Path) -> Examined:
    """Read an SQLite file that nobody uses from its first page to its last; StoreError if it is none of ours."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True)) as connection:
            said = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({_SHOWN})")]
            lost = connection.execute("PRAGMA foreign_key_check").fetchall()
            schema = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"the database {file.name} cannot be read: {error}") from error
    return Examined(schema[0] if schema else None, _in_words(said, lost), file.stat().st_size)


def _in_words(said: list[str], lost: list[tuple[object, ...]]) -> tuple[str, ...]:
    broken = () if said == ["ok"] else tuple(said)
    return broken + tuple(f"a row of {row[0]} names one of {row[2]} that is not there" for row in lost[:_SHOWN])


def counts(database: Database) -> dict[str, int]:
    """How many rows the tables have that a person knows by name."""
    with database.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in _COUNTED
        }


def held_leases(file: Path, now: datetime) -> list[tuple[str, str]]:
    """Name and holder of each lease of an SQLite file that has not run out; nothing of a file that cannot be read."""
    if not file.exists():
        return []
    database = Database(f"sqlite:///{file}")
    try:
        with database.read() as connection:
            held = select(leases.c.name, leases.c.holder).where(
                leases.c.holder.is_not(None), leases.c.until > now.astimezone(UTC)
            )
            return [(row.name, row.holder) for row in connection.execute(held)]
    except StoreError:
        return []
    finally:
        database.close()
