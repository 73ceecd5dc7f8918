"""A private PostgreSQL server that lives as long as the tests do, and leaves nothing behind."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


class Server:
    """A running server. Each database is copied from one that is migrated already."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._execute("CREATE DATABASE pattern")
        open_store(self.url("pattern")).close()

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._folder}"

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a new database, dropped afterwards."""
        name = f"test{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else 'pattern'}")
        try:
            yield self.url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

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
        yield Server(folder)
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
