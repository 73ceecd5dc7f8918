"""Several processes at once do no harm, on either database."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.conftest import ROOT
from tests.newsroom import NOW, Newsroom
from tests.proofs.growing import World, command
from tests.proofs.wholeness import assert_wellformed, assert_whole

pytestmark = pytest.mark.proofs

ROUNDS = 30
PROCESSES = 4
STEP = timedelta(hours=3)
BORED = 180


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'feeder.db'}"
    else:
        yield request.getfixturevalue("postgresql").store()


def at_once(newsroom: Newsroom, chance: Random, now: datetime) -> None:
    """Start four commands at the same moment, their clocks a few seconds apart; each has to end well."""
    verbs = ["run", *chance.choices(("run", "publish", "compose"), k=PROCESSES - 1)]
    moments = [now + timedelta(seconds=chance.choice((0, 0, 1, 70))) for _ in verbs]
    commands = [command(newsroom, verb, now=at) for verb, at in zip(verbs, moments, strict=True)]
    processes = [
        subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for words in commands
    ]
    ends = [(process, process.communicate(timeout=BORED)[0]) for process in processes]
    for process, said in ends:
        assert process.returncode == 0, said
        assert "Traceback" not in said, said


def dated(newsroom: Newsroom, number: int, due: datetime) -> str:
    """An article of our own that is to appear later; returns its title."""
    title = f"Vorab geschrieben, Nummer {number}"
    head = f"---\nid: vorab-{number}\ndate: {due.isoformat()}\n---\n"
    newsroom.article(f"vorab-{number}.md", f"{head}# {title}\n\n## NEWS\n\nEin Absatz.\n")
    return title


def test_four_commands_at_once_tell_everything_once(
    newsroom: Newsroom, store: str, chance: Random, counted: Callable[[int], int]
) -> None:
    newsroom.store = store
    world, now, titles = World(newsroom, chance), NOW, []
    for number in range(counted(ROUNDS)):
        world.publish(now - timedelta(minutes=1))
        titles.append(dated(newsroom, number, now + timedelta(minutes=1)))
        newsroom.configure()
        at_once(newsroom, chance, now)
        assert_wellformed(newsroom.path(""))
        now += STEP
    assert_whole(newsroom, [*world.titles, *titles], now)
