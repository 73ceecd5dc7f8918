"""Every test of the store runs on SQLite and on PostgreSQL, unchanged."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeder.store import Store, open_store

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy, which is quicker than to migrate."""
    file = tmp_path_factory.mktemp("store") / "pattern.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store that holds nothing."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("pattern"), tmp_path / "feeder.db")
        yield f"sqlite:///{tmp_path / 'feeder.db'}"
    else:
        yield request.getfixturevalue("postgresql").store()


@pytest.fixture(params=KINDS)
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store that nobody has opened yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'feeder.db'}"
    else:
        with request.getfixturevalue("postgresql").database() as address:
            yield address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open store that holds nothing."""
    with open_store(url) as opened:
        yield opened
