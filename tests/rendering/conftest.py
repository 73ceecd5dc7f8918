"""The look of a small publication, with the templates that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeder.config import load_config
from feeder.rendering.look import Look, open_look


@pytest.fixture(scope="session")
def look(root: Path) -> Look:
    """The look of tests/data/config.toml."""
    return open_look(load_config(root / "tests" / "data" / "config.toml", {}), root / "templates")
