"""Bringing a database to this version's tables."""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select

import feeder
from feeder.errors import StoreError
from feeder.store.database import Database
from feeder.store.precaution import copy_before
from feeder.store.schema import HEAD, alembic_version, for_postgresql, metadata

log = logging.getLogger("feeder.store")

_FOLDER = Path(__file__).parent / "migrations"


def migrate(database: Database, *, keep: bool = True) -> None:
    """Migrate to HEAD. Where that is done already, one cheap query; in an empty database the tables are made as
    they are now. Alembic, which costs 0.2 s, is for the others: an SQLite file is copied first, unless it is a copy
    itself (`keep` is False). All of a migration is done or nothing; whoever else wants it waits."""
    if _is_current(database, version_of(database)):
        return
    with database.write("migrate") as connection:
        version = _version(connection)
        if _is_current(database, version):
            return
        if not inspect(connection).get_table_names():
            _create(connection)
            return
        if keep and version is not None:
            _keep(database, version)
        upgrade(connection, database.name)
    log.info("the store %s is migrated from schema %s to %s", database.name, version, HEAD)


def _is_current(database: Database, version: str | None) -> bool:
    """Whether nothing is to be done; StoreError where a newer feeder migrated it, forward being the only way."""
    if version is not None and version.isdecimal() and int(version) > int(HEAD):
        raise StoreError(
            f"the store {database.name} was written by a newer feeder: it has schema {version}, and feeder"
            f" {feeder.__version__} knows {HEAD}; install the newer feeder again, or restore a backup that was made"
            " before it (feeder backup list)"
        )
    return version == HEAD


def _keep(database: Database, version: str) -> None:
    """While this transaction holds all writers off, so that the copy is what is migrated."""
    if not database.is_sqlite:
        log.warning(
            "migrating %s from schema %s to %s; feeder copies no PostgreSQL before that: pg_dump or feeder backup does",
            database.name,
            version,
            HEAD,
        )
        return
    copy = copy_before(Path(database.url.database or ""), HEAD)
    log.warning("migrating %s from schema %s to %s; it is kept as it was in %s", database.name, version, HEAD, copy)


def version_of(database: Database) -> str | None:
    """The migration that a database is at; None where there are no tables yet."""
    with database.read() as connection:
        return _version(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(alembic_version.c.version_num)).scalar()


def _create(connection: Connection) -> None:
    tables = metadata if connection.dialect.name == "sqlite" else for_postgresql()
    tables.create_all(connection, checkfirst=False)  # nothing is there, and asking for each table takes as long again
    alembic_version.create(connection, checkfirst=False)
    connection.execute(insert(alembic_version).values(version_num=HEAD))


def upgrade(connection: Connection, name: str) -> None:
    """Run the migrations that a database lacks; `name` is for the error if they are not ours."""
    from alembic import command  # noqa: PLC0415 - costs 0.2 s, and most often there is nothing to do
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as exc:
        raise StoreError(f"the store {name} was written by another version of feeder, or not by feeder: {exc}") from exc
