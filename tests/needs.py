"""What a test needs that a machine may not have: it says so, and under FEEDER_TEST_STRICT=1 it fails."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Skip for want of a browser, server or program; fail instead where CI promised that all are there."""
    if os.environ.get("FEEDER_TEST_STRICT") == "1":
        pytest.fail(f"FEEDER_TEST_STRICT=1, and yet: {reason}")
    pytest.skip(reason)


def program(*names: str) -> str:
    """The path of the first of these programs that is here, or `missing`."""
    for name in names:
        if path := shutil.which(name):
            return path
    missing(f"none of {', '.join(names)} is installed")
