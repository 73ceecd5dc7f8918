"""Migrating a store that holds something: copied first, all or nothing, by one process, never back."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from feeder.errors import StoreError
from feeder.store import open_copy, open_store
from feeder.store.database import Database
from feeder.store.migrating import _FOLDER
from feeder.store.precaution import KEPT, copies
from feeder.store.schema import HEAD
from tests.store.postgres import Server

OLD = "0005"
SOURCE = (
    "INSERT INTO sources (id, memory, baselined, health, warnings, arrivals, parsed) VALUES"
    " ('heise', '{}', true, 'broken', '[]', '', '2026-11-22')"
)
ALERT = (
    "INSERT INTO alerts (source_id, what, words, at) VALUES"
    " ('heise', 'broken', 'war lange still', '2026-11-22T09:00:00.000000Z')"
)


def older(url: str) -> str:
    """Make a store as the feeder of schema 0005 left it, with an alert in it; its address."""
    database = Database(url)
    with database.write("test") as connection:
        _to(connection, OLD)
        connection.execute(text(SOURCE))
        connection.execute(text(ALERT))
    database.close()
    return url


def _to(connection: Connection, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, version)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An SQLite store of an older feeder."""
    older(f"sqlite:///{tmp_path}/feeder.db")
    return tmp_path / "feeder.db"


def state(file: Path) -> tuple[str, list[str]]:
    """Which schema a file has, and whom its alerts are about; a file that is not whole has none."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        version = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        column = "source_id" if version == OLD else "about"
        return version, [row[0] for row in connection.execute(f"SELECT {column} FROM alerts")]


def test_an_older_store_is_copied_before_it_is_migrated(file: Path):
    open_store(f"sqlite:///{file}").close()
    (copy,) = copies(file)
    assert state(copy) == (OLD, ["heise"])
    assert state(file) == (HEAD, ["source:heise"])
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert copy.name.startswith(f"feeder.db.before-{HEAD}-")
    open_store(f"sqlite:///{file}").close()
    assert copies(file) == [copy]


def test_the_newest_three_copies_are_kept_and_nothing_else_is_touched(file: Path):
    names = [f"feeder.db.before-000{n}-2025010{n}T000000000000Z" for n in range(1, 6)]
    for name in (*names, "feeder.db.before-yesterday"):
        (file.parent / name).write_text("alt")
    open_store(f"sqlite:///{file}").close()
    assert len(copies(file)) == KEPT
    assert [one.name for one in copies(file)[1:]] == [names[4], names[3]]
    assert (file.parent / "feeder.db.before-yesterday").exists()


def test_without_a_copy_nothing_is_migrated(file: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_source: object, _target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("feeder.store.precaution.Path.replace", full)
    with pytest.raises(StoreError, match=r"was not migrated: no copy .* No space left .* make room beside it"):
        open_store(f"sqlite:///{file}")
    assert state(file) == (OLD, ["heise"])
    assert [one.name for one in file.parent.iterdir() if "before" in one.name] == []


def test_a_rehearsal_leaves_an_older_store_as_it_is_and_makes_no_copy_for_keeping(file: Path, tmp_path: Path):
    (tmp_path / "scratch").mkdir()
    with open_copy(f"sqlite:///{file}", f"sqlite:///{tmp_path}/scratch/copy.db") as store:
        assert [one.about for one in store.alerts.list(9)] == ["source:heise"]
    assert state(file) == (OLD, ["heise"])
    assert copies(file) == []
    assert copies(tmp_path / "scratch" / "copy.db") == []


def test_a_new_store_is_made_without_a_copy(tmp_path: Path):
    open_store(f"sqlite:///{tmp_path}/new.db").close()
    assert copies(tmp_path / "new.db") == []


def test_a_newer_store_is_refused_with_what_to_do_and_left_alone(blank: str):
    with open_store(blank) as store, store._database.write("test") as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0107'"))
    with pytest.raises(
        StoreError, match=f"has schema 0107, and feeder .* knows {HEAD}; install the newer feeder again"
    ):
        open_store(blank)


def test_an_older_store_on_a_server_is_migrated_and_told_of_pg_dump(
    postgresql: Server, caplog: pytest.LogCaptureFixture
):
    with postgresql.database() as url:
        older(url)
        with open_store(url) as store:
            assert [one.about for one in store.alerts.list(9)] == ["source:heise"]
    assert "pg_dump" in caplog.text


def test_two_processes_that_migrate_at_once_migrate_once(file: Path):
    script = f"from feeder.store import open_store; s = open_store('sqlite:///{file}'); print(len(s.alerts.list(9)))"
    with ThreadPoolExecutor(3) as pool:
        ran = list(pool.map(lambda _: run(script), range(3)))
    assert [(done.returncode, done.stdout.strip()) for done in ran] == [(0, "1")] * 3, ran
    assert state(file) == (HEAD, ["source:heise"])
    assert len(copies(file)) == 1


KILLED = """
import os, signal
from sqlalchemy import event
from feeder.store import database, open_store
made = database._sqlite
def counting(url):
    engine = made(url)
    left = [{after}]
    def count(connection, cursor, statement, *_):
        left[0] -= not statement.startswith(("PRAGMA", "SELECT"))
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
    event.listen(engine, "after_cursor_execute", count)
    return engine
database._sqlite = counting
open_store("sqlite:///{file}").close()
"""


def killed_after(file: Path, statement: int) -> bool:
    """Migrate in a process that is killed after its so-manieth statement; False if it had no so many."""
    done = run(KILLED.format(after=statement, file=file))
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


@pytest.mark.parametrize("statement", [3, 12])
def test_a_migration_that_is_killed_leaves_the_store_as_it_was(file: Path, statement: int):
    assert killed_after(file, statement)
    assert state(file) == (OLD, ["heise"])
    open_store(f"sqlite:///{file}").close()
    assert state(file) == (HEAD, ["source:heise"])


@pytest.mark.proofs
def test_a_migration_may_be_killed_after_any_of_its_statements(tmp_path: Path):
    for statement in range(1, 100):
        file = tmp_path / f"{statement}.db"
        older(f"sqlite:///{file}")
        if not killed_after(file, statement):
            assert state(file) == (HEAD, ["source:heise"])
            break
        assert state(file) == (OLD, ["heise"])
    assert statement > 12


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=os.environ)
