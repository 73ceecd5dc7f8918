"""A private PostgreSQL server that lives as long as the tests do, and leaves nothing behind."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path

import psycopg

from feeder.store import open_store
from tests.needs import missing

# Tests can be cut off at any moment; the server need not survive that.
_FAST = (
    *("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"),
    *("-c", "max_connections=200", "-c", "listen_addresses="),
)
_CLUSTER = (
    *("-U", "postgres", "-A", "trust", "-N", "--encoding=UTF8", "--locale=C.UTF-8"),
    *("--locale-provider=icu", "--icu-locale=de-DE"),
)


# Deletes what there is and starts its numbers again, which is quicker than to truncate; it waits for nobody, because
# nobody should be left to wait for.
_EMPTY = """
SET lock_timeout = '5s';
SET session_replication_role = replica;
DO $$
DECLARE place text;
BEGIN
  FOR place IN SELECT oid::regclass::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
  LOOP
    EXECUTE format('LOCK TABLE %s; DELETE FROM %1$s', place);
  END LOOP;
  FOR place IN SELECT format('%I', sequencename) FROM pg_sequences WHERE last_value IS NOT NULL
  LOOP
    EXECUTE format('ALTER SEQUENCE %s RESTART', place);
  END LOOP;
END $$
"""


class Server:
    """A running server, with a database that is migrated once and emptied for each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._migrated: psycopg.Connection | None = None

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._folder}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a new database that holds nothing, dropped afterwards."""
        name = f"test{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield self.url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def store(self) -> str:
        """The address of a store without rows; there is one, so only the last one asked for is to be used."""
        if self._migrated is None:
            self._execute("CREATE DATABASE store TEMPLATE template0")
            open_store(self.url("store")).close()
            self._migrated = psycopg.connect(self.url("store"), autocommit=True)
        self._migrated.execute(_EMPTY)
        return self.url("store")

    def close(self) -> None:
        """Let go of the connection that empties the store."""
        if self._migrated is not None:
            self._migrated.close()

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            server.execute(statement.encode())


@contextmanager
def running() -> Iterator[Server]:
    """Start a server on a unix socket in a folder of its own; sorted as German, which the store must not notice."""
    programs = _programs()
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="feeder-pg-", dir="/tmp"))
    if user is not None:
        shutil.chown(folder, user)
    made = subprocess.run(
        [programs / "initdb", "-D", folder / "data", *_CLUSTER], user=user, cwd=folder, capture_output=True, check=False
    )
    assert made.returncode == 0, made.stderr.decode()
    served = [programs / "postgres", "-D", folder / "data", *_FAST, "-k", folder]
    with subprocess.Popen(
        ["sh", "-c", _KEEPER, "keeper", *map(str, (folder, *served))],
        user=user,
        cwd=folder,
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as keeper:
        _await(folder)
        with closing(Server(folder)) as server:
            yield server
        keeper.communicate()


# The end of its standard input, at the latest that of the tests, however they end, is the end of the server.
_KEEPER = 'folder=$1; shift; "$@" & server=$!; read -r _; kill -QUIT $server; wait $server; rm -rf "$folder"'


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found and (elsewhere := shutil.which("initdb")):
        found = [Path(elsewhere)]
    if not found:
        missing("no PostgreSQL server is installed (initdb)")
    return found[-1].parent


def _user() -> str | None:
    """PostgreSQL refuses to be root, so root runs it as the user that its package made."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        missing("PostgreSQL does not run as root, and there is no user postgres")


def _await(folder: Path) -> None:
    for _ in range(600):
        with suppress(psycopg.OperationalError):
            psycopg.connect(f"postgresql://postgres@/postgres?host={folder}").close()
            return
        time.sleep(0.05)
    raise AssertionError(f"PostgreSQL in {folder} did not start")
