"""Leases of the dead, of the living, and of those who have our number."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.model import EditionStatus
from feeder.pipeline.holding import LEASE_SECONDS, PATIENCE_SECONDS, holder, is_dead
from tests.conftest import ROOT
from tests.newsroom import NOW, Newsroom, Post, rss

DYING = """
import os, signal, sys
from pathlib import Path
from feeder.cli.opening import open_house, read_config
with open_house(read_config(Path(sys.argv[1]))) as house, house.lease("output"), house.lease("compose"):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_run_does_not_wait_for_a_process_that_was_killed_while_it_wrote(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    died = subprocess.run([sys.executable, "-c", DYING, str(newsroom.configure())], cwd=ROOT, check=False)
    assert died.returncode < 0
    begun = time.monotonic()
    newsroom.run()
    assert time.monotonic() - begun < 30
    assert newsroom.titles() == ["Microsoft verliert Kontrolle über OpenAI?"]


def test_a_holder_is_dead_if_its_number_is_nobodys_or_by_now_ours() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    host = socket.gethostname()
    assert is_dead(f"{host}#abc123:{ended.pid}")
    assert is_dead(f"{host}#abc123:{os.getpid()}")
    assert not is_dead(f"{host}#abc123:{os.getppid()}")
    assert not is_dead(f"elsewhere#abc123:{ended.pid}")
    assert not is_dead(f"{host}#abc123:{10**30}")
    assert not is_dead(f"{host}#abc123:")
    assert not is_dead(holder())


def test_whoever_waits_outlasts_a_holder_that_died_on_another_host() -> None:
    assert PATIENCE_SECONDS > LEASE_SECONDS


@pytest.mark.usefixtures("beating")
def test_an_edition_that_is_interrupted_between_two_steps_was_never_begun(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(Post("Modell 1", "https://heise.example/1")))
    newsroom.run("gather")
    refuse = "CREATE TRIGGER refuse BEFORE UPDATE ON editions BEGIN SELECT RAISE(ABORT, 'power cut'); END"
    with closing(sqlite3.connect(newsroom.folder / "feeder.db")) as store, store:
        store.execute(refuse)
    assert "power cut" in newsroom.run(code=1).output
    with closing(sqlite3.connect(newsroom.folder / "feeder.db")) as store, store:
        assert store.execute("SELECT count(*) FROM editions").fetchone() == (0,)
        store.execute("DROP TRIGGER refuse")
    newsroom.run(now=NOW + timedelta(minutes=1))
    with open_house(read_config(newsroom.folder / "config.toml")) as house:
        assert [edition.status for edition in house.store.editions.list()] == [EditionStatus.APPROVED]
