"""A newsroom for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.newsroom import Newsroom
from tests.web import Web


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    """A publication with an empty folder and a server."""
    return Newsroom(tmp_path, web)
