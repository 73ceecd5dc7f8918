"""Bringing a database to this version's tables."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select

from feeder.errors import StoreError
from feeder.store.database import Database
from feeder.store.schema import HEAD, alembic_version, for_postgresql, metadata

_FOLDER = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Migrate to HEAD. Where that is done already, one cheap query; in an empty database the tables are made as
    they are now. Alembic, which costs 0.2 s, is for the others."""
    if version_of(database) == HEAD:
        return
    with database.write("migrate") as connection:
        if _version(connection) == HEAD:
            return
        if inspect(connection).get_table_names():
            upgrade(connection, database.name)
        else:
            _create(connection)


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
    tables.create_all(connection)
    alembic_version.create(connection)
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
