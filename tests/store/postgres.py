"""A private PostgreSQL server that lives as long as the tests do, and leaves nothing behind."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

from feeder.store import open_store
from tests.needs import missing

# Tests can be cut off at any moment; the server need not survive that.
_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


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
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = programs[-1].parent if programs else None
    if found is None and (elsewhere := shutil.which("initdb")):
        found = Path(elsewhere).parent
    if found is None:
        missing("no PostgreSQL server is installed (initdb)")
    folder = Path(tempfile.mkdtemp(prefix="feeder-pg-", dir="/tmp"))
    try:
        _run(folder, str(found / "initdb"), "-D", str(folder / "data"), *_CLUSTER)
        options = f"{_FAST} -c listen_addresses='' -c unix_socket_directories='{folder}'"
        control = (str(found / "pg_ctl"), "-D", str(folder / "data"), "-w")
        _run(folder, *control, "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield Server(folder)
        finally:
            _run(folder, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_CLUSTER = (
    *("-U", "postgres", "-A", "trust", "-N", "--encoding=UTF8", "--locale=C.UTF-8"),
    *("--locale-provider=icu", "--icu-locale=de-DE"),
)


def _run(folder: Path, *command: str) -> None:
    """PostgreSQL refuses to be root, so root runs it as the user that its package made."""
    user = None
    if os.geteuid() == 0:
        try:
            user = pwd.getpwnam("postgres").pw_name
        except KeyError:
            missing("PostgreSQL does not run as root, and there is no user postgres")
        shutil.chown(folder, user)
    done = subprocess.run(
        command, user=user, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
