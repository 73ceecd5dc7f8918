"""A newsroom for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.newsroom import Newsroom
from tests.web import Web


@pytest.fixture
def newsroom(request: pytest.FixtureRequest, tmp_path: Path, web: Web) -> Newsroom:
    """A publication with an empty folder and a server; its editions beat where a module says `BEATS = True`."""
    return Newsroom(tmp_path, web, beats=getattr(request.module, "BEATS", False))


@pytest.fixture
def beating(newsroom: Newsroom) -> None:
    """For single tests: the newsroom's editions beat."""
    newsroom.beats = True
