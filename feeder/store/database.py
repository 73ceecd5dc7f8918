"""Connections and transactions: what differs between SQLite and PostgreSQL ends here."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from feeder.errors import StoreError

PRIVATE = 0o640
PATIENCE = 30  # seconds that a writer waits for another


class Database:
    """An engine whose transactions mean the same on both databases. Safe to share between threads:
    each transaction takes a connection of its own from the pool."""

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self.name = self.url.set(query={}).render_as_string(hide_password=True)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
        self._leave = _LEAVE_FILE if self.is_sqlite else _LEAVE_SERVER
        self._writer = self.engine.execution_options(feeder_write=True)
        self._joined = threading.local()
        self._file: tuple[Path, tuple[int, int]] | None = None

    def close(self) -> None:
        """Close all connections that no transaction is using."""
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One view of the data; what goes wrong becomes a StoreError."""
        with self.worded("read"):
            if (joined := self._open_transaction()) is not None:
                yield joined
                return
            with self.engine.connect() as connection:
                yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Like `read`, but all statements see the same moment, on PostgreSQL too."""
        level: IsolationLevel = "SERIALIZABLE" if self.is_sqlite else "REPEATABLE READ"
        with self.worded("read"), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level=level)

    @contextmanager
    def write(self, lock: str) -> Iterator[Connection]:
        """One transaction, committed at the end, rolled back by any exception.

        At most one holder of the same `lock` is inside at a time: SQLite has one writer anyway,
        PostgreSQL takes an advisory lock of that name. So what is read inside cannot be outdated.
        """
        with self.worded("written"):
            if (joined := self._open_transaction()) is not None:
                with joined.begin_nested():
                    self._lock(joined, lock)
                    yield joined
                return
            with self._writer.begin() as connection:
                self._lock(connection, lock)
                self._must_be_there(connection)
                yield connection

    @contextmanager
    def together(self, lock: str) -> Iterator[None]:
        """Make one transaction of all that this thread reads and writes inside: all of it is stored, or nothing.

        Each `write` inside is still undone alone if it fails and its StoreError is caught.
        """
        before = self._open_transaction()
        with self.write(lock) as connection:
            self._joined.connection = connection
            try:
                yield
            finally:
                self._joined.connection = before

    def _open_transaction(self) -> Connection | None:
        connection: Connection | None = getattr(self._joined, "connection", None)
        return connection

    def _must_be_there(self, connection: Connection) -> None:
        """Refuse to write into a file that has no name any more: whoever has it open could, and all of that would be
        lost at the next start."""
        if not self.is_sqlite:
            return
        try:
            if self._file is None:
                place = Path(connection.exec_driver_sql(_WHERE).scalar_one())
                self._file = place, _identity(place)
            place, opened = self._file
            is_same = _identity(place) == opened
        except OSError as exc:
            raise StoreError(
                f"the store {self.name} cannot be written: unable to open its file: {exc.strerror}; {_TAKEN_AWAY}"
            ) from exc
        if not is_same:
            raise StoreError(f"the store {self.name} cannot be written: another file lies there now; {_TAKEN_AWAY}")

    def _lock(self, connection: Connection, lock: str) -> None:
        if not self.is_sqlite:
            connection.execute(_LOCK, {"patience": f"{PATIENCE}s", "lock": lock})

    @contextmanager
    def worded(self, done: str) -> Iterator[None]:
        """Make a StoreError of what the database says, in words: the store cannot be `done`."""
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as exc:
            cause = getattr(exc, "orig", None) or exc
            reason = " ".join(str(cause).split())
            if _is_read_only(cause):
                raise StoreError(f"the store {self.name} cannot be written: {reason}; {self._leave}") from exc
            if _is_damaged(cause):
                raise StoreError(f"the store {self.name} is damaged: {reason}; {_MEND}") from exc
            raise StoreError(f"the store {self.name} cannot be {done}: {reason}") from exc


def _identity(place: Path) -> tuple[int, int]:
    """What a file is, whatever its name."""
    state = place.stat()
    return state.st_dev, state.st_ino


_LEAVE_FILE = "let whoever runs feeder write the file and its folder"
_LEAVE_SERVER = "name the server that takes writes, and a user that may"


def _is_read_only(cause: BaseException) -> bool:
    """Whether a database says that it is not to be written, which it may say to who only reads: opening writes too."""
    code, state = getattr(cause, "sqlite_errorcode", None), getattr(cause, "sqlstate", None)
    return (code is not None and code & 0xFF == sqlite3.SQLITE_READONLY) or state == _READ_ONLY_TRANSACTION


def _is_damaged(cause: BaseException) -> bool:
    """Whether SQLite says of its file that it is not whole, or no database any more."""
    code = getattr(cause, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


_MEND = "stop feeder and put the newest backup in its place (feeder restore); what is published stays until then"
_TAKEN_AWAY = "put back the file that lay there, or stop feeder and restore the newest backup (feeder restore)"
_WHERE = "SELECT file FROM pragma_database_list WHERE name = 'main'"
_READ_ONLY_TRANSACTION = "25006"  # as PostgreSQL says it
_LOCK = text("SELECT set_config('lock_timeout', :patience, true), pg_advisory_xact_lock(hashtextextended(:lock, 0))")


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as exc:
        raise StoreError("the store's url cannot be read; it looks like sqlite:///feeder.db") from exc
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise StoreError(f"the store cannot be kept in {parsed.drivername}; use sqlite:/// or postgresql://")
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreError("the store needs a file, which sqlite:// does not name; use sqlite:///feeder.db")
    return parsed


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(url, pool_size=0, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except ModuleNotFoundError as exc:
        raise StoreError(
            "the store is on PostgreSQL, for which psycopg is missing: pip install 'feeder[postgres]'"
        ) from exc


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, pool_size=0, connect_args={"timeout": PATIENCE, "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    """FULL, not NORMAL: with NORMAL a power cut forgets the last commits, and with them a claim
    whose mail is out. The price is one fsync per transaction, of which there are few."""
    connection.isolation_level = None  # no hidden BEGIN: ours is below
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        _keep_private(Path(connection.execute(_WHERE).fetchone()[0]))
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _keep_private(file: Path) -> None:
    """Let nobody but its owner and their group read a new store, which names recipients; the files that SQLite puts
    beside it take their mode from it. What lies there already is as whoever keeps it wants it."""
    if file.stat().st_size == 0:
        file.chmod(PRIVATE)


def _begin(connection: Connection) -> None:
    """A writer says so at once: a reader that turns writer fails where another wrote in between."""
    write = connection.get_execution_options().get("feeder_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
