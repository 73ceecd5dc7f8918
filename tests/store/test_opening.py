"""Opening a store: what is created, what is refused, and in which words."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from feeder.errors import StoreError
from feeder.store import Store, open_store
from feeder.store.migrating import _FOLDER, upgrade
from feeder.store.schema import HEAD, metadata
from tests.store.postgres import Server
from tests.store.samples import HOUR, NOW, gather, item


def test_a_store_that_is_not_there_is_created_and_found_again(blank: str):
    with open_store(blank) as store:
        gather(store, item("1"))
    with open_store(blank) as store:
        assert len(store.items.waiting()) == 1


def test_the_migrations_make_exactly_the_tables_of_the_schema(blank: str):
    with open_store(blank) as store, store._database.engine.connect() as connection:
        created, version = _described(connection), store_version(connection)
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        upgrade(connection, "feeder")
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
        assert (_described(connection), store_version(connection)) == (created, version)


def store_version(connection: Connection) -> object:
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def test_the_schema_names_the_last_migration():
    assert ScriptDirectory(str(_FOLDER)).get_heads() == [HEAD]


def test_opening_asks_alembic_nothing(tmp_path: Path):
    address = f"sqlite:///{tmp_path}/feeder.db"
    opening = f"import sys; from feeder.store import open_store; open_store({address!r}).close()"
    script = f"{opening}; print('alembic' in sys.modules)"
    assert [_python(script) for _ in range(2)] == ["False", "False"]


def test_importing_the_store_does_not_import_sqlalchemy():
    assert _python("import sys, feeder.store; print('sqlalchemy' in sys.modules)") == "False"


def test_many_may_open_a_new_store_at_once(blank: str):
    script = f"from feeder.store import open_store; s = open_store({blank!r}); print(s.stories.pages()); s.close()"
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(_python, [script] * 4)) == ["()"] * 4


def test_sqlite_keeps_what_it_said_it_kept(tmp_path: Path):
    with open_store(f"sqlite:///{tmp_path}/feeder.db") as store, store._database.read() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        assert [connection.execute(text(f"PRAGMA {name}")).scalar() for name in asked] == ["wal", 2, 1, 30_000]


def test_the_first_run_is_remembered_for_ever(store: Store):
    assert store.born(NOW) == NOW
    assert store.born(NOW + HOUR) == NOW
    assert store.born(NOW - HOUR) == NOW


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sqlite:////nowhere/at/all/feeder.db", "unable to open"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://me:geheim@db/feeder", "use sqlite:/// or postgresql://"),
        ("postgresql+asyncpg://me:geheim@db/feeder", "use sqlite:/// or postgresql://"),
        ("geheim", "cannot be read"),
        ("", "cannot be read"),
        ("postgresql://me:geheim@[db/feeder", "cannot be read"),
        ("postgresql://me:geheim@db:port/feeder", "cannot be read"),
        ("postgresql://me:geheim@/feeder?host=/nowhere&password=geheim", "cannot be read"),
    ],
)
def test_what_cannot_be_a_store_is_refused_in_words_without_its_password(address: str, words: str):
    with pytest.raises(StoreError) as caught:
        open_store(address)
    assert words in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path):
    file = tmp_path / "feeder.db"
    file.write_text("Dies ist ein Brief. " * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{file}")
    assert file.read_text().startswith("Dies ist ein Brief.")


def test_a_store_of_a_newer_feeder_is_left_alone(blank: str):
    with open_store(blank) as store, store._database.write("test") as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer feeder: it has schema 9999"):
        open_store(blank)


def test_a_server_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(StoreError, match=r"postgresql\+psycopg://me:\*\*\*@/feeder cannot be read"):
        open_store(f"postgresql://me:geheim@/feeder?host={tmp_path}")


def test_postgresql_without_its_driver_says_what_to_install():
    script = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from feeder.store import open_store\n"
        "try: open_store('postgresql://db/feeder')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    assert "StoreError" in (said := _python(script))
    assert "feeder[postgres]" in said


def test_a_database_that_breaks_later_raises_a_store_error_with_its_cause(tmp_path: Path):
    with open_store(f"sqlite:///{tmp_path}/feeder.db") as store:
        with sqlite3.connect(tmp_path / "feeder.db") as other:
            other.execute("DROP TABLE media")
        other.close()
        with pytest.raises(StoreError, match="no such table: media") as caught:
            store.media.paths()
    assert caught.value.__cause__ is not None


def test_a_store_that_must_not_be_written_says_so_and_whose_leave_it_needs(tmp_path: Path):
    file = tmp_path / "feeder.db"
    open_store(f"sqlite:///{file}").close()
    read_only = f"sqlite:///file:{file}?mode=ro&uri=true"
    words = r"cannot be written: .*; let whoever runs feeder write the file and its folder"
    with open_store(read_only) as store, pytest.raises(StoreError, match=words):
        store.born(NOW)
    with sqlite3.connect(file) as other:
        other.execute("PRAGMA journal_mode = DELETE")
    other.close()
    with pytest.raises(StoreError, match=words):
        open_store(read_only)


def test_nothing_is_written_into_a_file_that_was_taken_away_or_replaced(tmp_path: Path):
    file, aside = tmp_path / "feeder.db", tmp_path / "aside.db"
    with open_store(f"sqlite:///{file}") as store:
        gather(store, item("1"))
        file.rename(aside)
        with pytest.raises(StoreError, match="No such file or directory; put back the file that lay there"):
            store.runs.start("round", NOW, ())
        file.write_bytes(aside.read_bytes())
        with pytest.raises(StoreError, match=r"another file lies there now; .*feeder restore"):
            store.runs.start("round", NOW, ())
        aside.rename(file)
        assert store.runs.start("round", NOW, ()) == 1


def test_a_server_that_takes_no_writes_says_so(postgresql: Server):
    words = r"cannot be written: .*; name the server that takes writes"
    read_only = f"{postgresql.store()}&options=-c default_transaction_read_only=on"
    with open_store(read_only) as store, pytest.raises(StoreError, match=words):
        store.born(NOW)


def _described(connection: Connection) -> dict[str, dict[str, Any]]:
    """Every table as the database describes it: columns with types and sorting, keys, indexes."""
    about = inspect(connection)
    return {
        table: {
            "columns": {column.pop("name"): repr(column) for column in map(dict, about.get_columns(table))},
            "key": about.get_pk_constraint(table),
            "foreign": sorted(map(repr, about.get_foreign_keys(table))),
            "unique": sorted(map(repr, about.get_unique_constraints(table))),
            "indexes": sorted(map(_in_words, about.get_indexes(table))),
        }
        for table in metadata.tables
    }


def _in_words(index: Mapping[str, Any]) -> str:
    return repr({**index, "dialect_options": {name: str(value) for name, value in index["dialect_options"].items()}})


def _python(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_damaged_store_is_called_so_with_what_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "feeder.db"
    open_store(f"sqlite:///{path}").close()
    with path.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xa5" * (path.stat().st_size - 4096))
    with pytest.raises(StoreError, match=r"feeder\.db is damaged: .*malformed.*feeder restore"):
        open_store(f"sqlite:///{path}").sources.states()
    path.write_bytes(b"no database at all, but long enough for its head" * 99)
    with pytest.raises(StoreError, match=r"feeder\.db is damaged: .*not a database.*feeder restore"):
        open_store(f"sqlite:///{path}")


def test_a_new_store_and_a_copy_are_for_their_owner_and_group_alone(tmp_path: Path):
    file, copied = tmp_path / "feeder.db", tmp_path / "copy.db"
    with open_store(f"sqlite:///{file}") as store, store.copy_to(f"sqlite:///{copied}") as copy:
        gather(copy, item("1"))
        gather(store, item("1"))
        modes = {one.name: oct(one.stat().st_mode & 0o777) for one in tmp_path.iterdir()}
    assert modes == dict.fromkeys(modes, "0o640")
    assert {"feeder.db", "feeder.db-wal", "copy.db"} <= set(modes)
    file.chmod(0o660)
    with open_store(f"sqlite:///{file}"):
        assert oct(file.stat().st_mode & 0o777) == "0o660", "what lies there is left as it is"
