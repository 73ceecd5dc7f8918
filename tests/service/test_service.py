"""The service: the clock submits, the engine works, SIGTERM ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeder.pipeline.holding import holder
from tests.newsroom import Newsroom, Post, rss
from tests.web import Page, Web


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    made = Newsroom(tmp_path, web, beats=True)
    made.article("a.txt")
    return made


@contextmanager
def serving(newsroom: Newsroom) -> Iterator[subprocess.Popen[str]]:
    """`feeder serve` in a process of its own, killed at the end if it has to be."""
    command = [sys.executable, "-m", "feeder", "serve", "--config", str(newsroom.configure())]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(path: Path, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < until, f"{path} did not come"
        time.sleep(0.05)


def test_the_service_publishes_at_once_and_sigterm_stops_it_cleanly(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(Post("Modell", "https://heise.example/1", datetime.now(UTC) - timedelta(hours=1))))
    with serving(newsroom) as process:
        wait_for(newsroom.path("editions/rss.xml"))
        until = time.monotonic() + 30
        while not newsroom.editions() and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=30)
    assert process.returncode == 0, log
    assert "stopping" in log
    assert "Traceback" not in log
    assert len(newsroom.editions()) == 1


def test_sigterm_before_the_work_began_stops_it_cleanly_too(newsroom: Newsroom) -> None:
    command = f"""
import os, signal
import feeder.cli.serving as serving
opened = serving.read_config
serving.read_config = lambda path: os.kill(os.getpid(), signal.SIGTERM) or opened(path)
serving.serve(["--config", {str(newsroom.configure())!r}])
"""
    done = subprocess.run([sys.executable, "-c", command], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_sigterm_in_the_middle_of_a_slow_source_loses_nothing(newsroom: Newsroom) -> None:
    def slow(_asked: object) -> Page:
        time.sleep(2)
        return Page(rss(Post("Modell", "https://heise.example/1", datetime.now(UTC))).encode())

    newsroom.web.pages["/langsam.xml"] = slow
    newsroom.source("langsam", newsroom.web.url("/langsam.xml"))
    with serving(newsroom) as process:
        until = time.monotonic() + 30
        while not newsroom.web.asked and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=30)
    assert process.returncode == 0, log
    newsroom.run(now=None)
    assert sorted(newsroom.titles()) == ["Microsoft verliert Kontrolle über OpenAI?", "Modell"]


def test_a_second_service_on_the_same_store_stands_by_and_takes_over_when_the_first_dies(newsroom: Newsroom) -> None:
    with serving(newsroom) as first:
        wait_for(newsroom.path("editions/rss.xml"))
        with serving(newsroom) as second:
            assert second.stderr
            said = iter(second.stderr.readline, "")
            assert any("standing by" in line and f":{first.pid} " in line for line in said)
            first.kill()
            first.wait()
            since = time.monotonic()
            assert any("serving" in line for line in said)
            assert time.monotonic() - since < 15
            second.send_signal(signal.SIGTERM)
            assert second.wait(30) == 0


def test_after_a_kill_the_next_service_starts_at_once(newsroom: Newsroom) -> None:
    with serving(newsroom) as first:
        wait_for(newsroom.path("editions/rss.xml"))
        first.kill()
        first.wait()
    with serving(newsroom) as second:
        time.sleep(2)
        assert second.poll() is None, second.stderr.read() if second.stderr else ""


def test_a_command_works_while_the_service_runs(newsroom: Newsroom) -> None:
    with serving(newsroom):
        wait_for(newsroom.path("editions/rss.xml"))
        newsroom.article("b.md", "---\nid: b\n---\n# Ein zweiter Beitrag\n\n## NEWS\n\nText.\n")
        newsroom.run(now=None)
    assert "Ein zweiter Beitrag" in newsroom.titles()


def test_a_holder_names_host_and_process() -> None:
    assert holder().endswith(f":{os.getpid()}")
