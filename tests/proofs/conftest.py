"""A newsroom for each proof, in which everything that is new is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.newsroom import Newsroom
from tests.web import Web

CALM_ABOUT_NOTHING = "[curation]\nbaseline_release = 100000\nmax_per_source = 100000\n"


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    """A publication with one article of its own and a server, without a bound on what it tells."""
    made = Newsroom(tmp_path, web, extra=CALM_ABOUT_NOTHING, beats=True)
    made.article("a.txt")
    return made
