"""State: SQLite embedded, PostgreSQL when outgrown, one SQL for both.

The only room that speaks SQL. Importing it is cheap: SQLAlchemy (about 0.16 s) is loaded when a
store is opened, Alembic (0.1 s more) only when there is something to migrate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeder.store.store import Store

__all__ = ["Store", "open_copy", "open_store"]


def open_store(url: str) -> Store:
    """Open the store at `url`, created or migrated to this version where needed; a StoreError says why not."""
    from feeder.store.store import Store  # noqa: PLC0415 - see above

    return Store(url)


def open_copy(url: str, target: str) -> Store:
    """Open a scratch copy, in a new SQLite file at `target`, of the store at `url`; that one stays as it is,
    and where there is none yet, there is none afterwards."""
    from feeder.store.copying import copy_from  # noqa: PLC0415 - see above
    from feeder.store.store import Store  # noqa: PLC0415 - see above

    copy_from(url, target)
    return Store(target, is_copy=True)


def __getattr__(name: str) -> object:
    if name == "Store":
        from feeder.store.store import Store  # noqa: PLC0415 - see above

        return Store
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
