"""A process may be killed at any moment: the next one makes everything whole."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tests.conftest import ROOT
from tests.newsroom import NOW, Newsroom
from tests.proofs.growing import World, command
from tests.proofs.wholeness import assert_wellformed, assert_whole

pytestmark = pytest.mark.proofs

KILLS = 200
SERVICE_KILLS = 15
STEP = timedelta(minutes=30)
BORED = 120  # seconds after which a process that lives on waits for something that will not come


def killed_after(arguments: list[str], seconds: float) -> float | None:
    """Start a process and kill it after a while; how long it took if it was done before that."""
    begun = time.monotonic()
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
            assert "Traceback" not in said, said
            return None
    assert process.returncode == 0, said
    return time.monotonic() - begun


def moment(chance: Random, life: float) -> float:
    """Anywhere in a life, three times out of four after the imports, where there is something to break."""
    return chance.uniform(0.0 if chance.random() < 0.25 else 0.4 * life, 1.05 * life)


def test_runs_killed_at_any_moment_lose_nothing_and_tell_nothing_twice(
    newsroom: Newsroom, chance: Random, counted: Callable[[int], int]
) -> None:
    world, now, kills, rounds = World(newsroom, chance), NOW, 0, 0
    world.publish(now)
    newsroom.configure()
    life = killed_after(command(newsroom, "run", now=now), BORED)
    assert life is not None
    while kills < counted(KILLS):
        now, rounds = now + STEP, rounds + 1
        world.publish(now - timedelta(minutes=1))
        took = killed_after(command(newsroom, "run", now=now), moment(chance, life))
        kills, life = (kills + 1, life) if took is None else (kills, took)
        assert_wellformed(newsroom.path(""))
    begun = time.monotonic()
    assert_whole(newsroom, world.titles, now + STEP)
    assert time.monotonic() - begun < BORED, "the last run waited for the dead"
    print(f"{kills} kills in {rounds} rounds, {len(newsroom.editions())} editions, a life of {life:.1f} s")  # noqa: T201 - figures


def test_a_killed_service_is_replaced_at_once_and_loses_nothing(
    newsroom: Newsroom, chance: Random, counted: Callable[[int], int]
) -> None:
    world = World(newsroom, chance)
    for _ in range(counted(SERVICE_KILLS)):
        world.publish(datetime.now(UTC) - timedelta(minutes=1))
        newsroom.configure()
        assert killed_after(command(newsroom, "serve"), chance.uniform(0.8, 4.0)) is None
    assert_whole(newsroom, world.titles, datetime.now(UTC).replace(microsecond=0))
