"""Fixtures for all tests, and the two measures of thoroughness: quick, and the proofs."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path

import jinja2
import pytest
from hypothesis import HealthCheck, Phase, settings

from feeder.store import database
from tests.compiled import CompiledOnce, EnginesOfOneDialect
from tests.needs import missing
from tests.network import GUARD
from tests.store.postgres import Server, running
from tests.web import Web, serving

__all__ = ["missing"]  # `from tests.conftest import missing` is how tests know it

ROOT = Path(__file__).resolve().parent.parent
FULL_EXAMPLES = 1000

# FEEDER_PROOF_SHARE: 1 is the full count of `make proofs`, 0.1 what CI can afford; unset is `make test`.
SHARE = float(os.environ.get("FEEDER_PROOF_SHARE") or 0)
SEED = int(os.environ.get("FEEDER_SEED") or 20261122)

# Explaining a failure can take longer than all tests together; `make proofs` still does.
_SOON = [phase for phase in Phase if phase is not Phase.explain]
_CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "quick", max_examples=15, deadline=None, derandomize=True, phases=_SOON, suppress_health_check=_CALM
)
settings.register_profile(
    "full",
    max_examples=max(100, int(FULL_EXAMPLES * SHARE)),
    deadline=None,
    print_blob=True,
    suppress_health_check=_CALM,
)
settings.load_profile("full" if SHARE else "quick")

# A store waits for the disk at each commit, which no test is about; what is left of failed ones may lie in memory.
_MEMORY, _ROOM = Path("/dev/shm"), 2 * 1024**3
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def pytest_report_header() -> str:
    """Say what this run was made of, so that it can be made again."""
    share = f"proofs at {SHARE:g} of their full count" if SHARE else "quick counts"
    return f"feeder: {share}, FEEDER_SEED={SEED}"


@pytest.fixture
def chance() -> random.Random:
    """Chance with the printed seed: the same run again with FEEDER_SEED."""
    return random.Random(SEED)


@pytest.fixture(scope="session")
def counted() -> Callable[[int], int]:
    """How often to do what the full proofs do `n` times: at least once."""
    return lambda n: max(1, round(n * (SHARE or 0.02)))


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of this checkout."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The real feeds and pages kept beside the repository; never a part of it, so absence is no failure."""
    folder = Path(os.environ.get("FEEDER_CORPUS") or ROOT.parent / "shared" / "corpus")
    if not folder.is_dir():
        pytest.skip(f"no corpus in {folder} (FEEDER_CORPUS names it)")
    return folder


@pytest.fixture
def web() -> Iterator[Web]:
    """A real web server on loopback: `web.put("/feed.xml", data)` returns the address."""
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of our own."""
    with running() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", EnginesOfOneDialect())
        patch.setattr(jinja2, "Environment", partial(jinja2.Environment, bytecode_cache=CompiledOnce()))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Let no test reach another machine."""
    with GUARD.watching():
        yield
