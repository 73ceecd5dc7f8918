"""Two services on one store, as processes of their own: who works when one of them stands still."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeder.service.keeping import LEASE_SECONDS
from tests.newsroom import Newsroom, Post, rss
from tests.web import Web


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    made = Newsroom(tmp_path, web, beats=True)
    made.feed("heise", rss(Post("Modell", "https://heise.example/1", datetime.now(UTC) - timedelta(hours=1))))
    made.configure()
    return made


@contextmanager
def serving(newsroom: Newsroom, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """`feeder serve` in a process of its own, with its log in a file."""
    command = [sys.executable, "-m", "feeder", "serve", "--config", str(newsroom.folder / "config.toml")]
    with (newsroom.folder / name).open("wb") as log, subprocess.Popen(command, stderr=log, stdout=log) as process:
        try:
            yield process
        finally:
            process.kill()


def until(what: Callable[[], bool], seconds: float = 60) -> float:
    """Wait until something is so; how many seconds that took."""
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < seconds
        time.sleep(0.05)
    return time.monotonic() - begun


def clock_of(newsroom: Newsroom) -> int | None:
    """The number of the process that is the clock."""
    try:
        with closing(sqlite3.connect(newsroom.folder / "feeder.db")) as store:
            rows = store.execute("SELECT holder FROM leases WHERE name = 'clock' AND holder IS NOT NULL").fetchall()
    except sqlite3.OperationalError:
        return None
    return int(rows[0][0].rpartition(":")[2]) if rows else None


@pytest.mark.proofs
def test_a_clock_that_stands_still_is_replaced_and_stands_by_when_it_wakes_up(newsroom: Newsroom) -> None:
    with serving(newsroom, "first.log") as first:
        until(lambda: clock_of(newsroom) == first.pid)
        with serving(newsroom, "second.log") as second:
            said = newsroom.folder / "second.log"
            until(lambda: "standing by" in said.read_text())
            first.send_signal(signal.SIGSTOP)
            took = until(lambda: clock_of(newsroom) == second.pid)
            assert took < 2 * LEASE_SECONDS + 15
            first.send_signal(signal.SIGCONT)
            until(lambda: "standing by" in (newsroom.folder / "first.log").read_text())
            assert clock_of(newsroom) == second.pid
            second.send_signal(signal.SIGTERM)
            assert second.wait(60) == 0
            until(lambda: clock_of(newsroom) == first.pid)
            first.send_signal(signal.SIGTERM)
            assert first.wait(60) == 0
    for log in ("first.log", "second.log"):
        assert "Traceback" not in (newsroom.folder / log).read_text()


def test_what_a_person_decides_beside_the_service_is_published_within_seconds(newsroom: Newsroom) -> None:
    with serving(newsroom, "serve.log") as process:
        until(lambda: newsroom.path("feed.json").exists() and "Modell" in newsroom.titles())
        until(lambda: process.poll() is None and len(newsroom.editions()) == 1)
        time.sleep(6)  # the first look
        newsroom.run("stories", "withdraw", "modell", "--why", "doch nicht", "--yes", now=None)
        assert until(lambda: "Zurückgezogen: Modell" in newsroom.titles()) < 45


def test_a_slot_that_passed_while_nobody_was_there_is_composed_at_the_next_start(newsroom: Newsroom) -> None:
    newsroom.extra = '[schedule]\neditions = ["mon-sun 00:10", "mon-sun 06:10", "mon-sun 12:10", "mon-sun 18:10"]\n'
    newsroom.configure()
    newsroom.run("run", now=datetime.now(UTC) - timedelta(hours=13))
    newsroom.feed("heise", rss(Post("Modell 2", "https://heise.example/2", datetime.now(UTC) - timedelta(hours=12))))
    newsroom.configure()
    before = newsroom.editions()
    with serving(newsroom, "serve.log"):
        until(lambda: len(newsroom.editions()) == len(before) + 1)
