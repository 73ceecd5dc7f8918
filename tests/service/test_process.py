"""The process: systemd is told the truth, a reload keeps what holds, a stubborn step keeps nobody."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.cli.serving import refitting
from feeder.pipeline import STEPS
from feeder.service import pulse, serving, shift
from feeder.service.clock import clock
from feeder.service.doors import Doors
from feeder.service.keeping import Turn
from feeder.service.serving import Service
from feeder.service.signals import CUT_OFF, Bell
from feeder.service.systemd import Notifier
from feeder.store import open_store
from tests.conftest import ROOT
from tests.newsroom import Newsroom, Post, rss
from tests.service.listening import Ear, ear
from tests.web import Web


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    made = Newsroom(tmp_path, web)
    made.article("a.txt")
    return made


@contextmanager
def process(config: Path, heard: Ear, before: str = "") -> Iterator[subprocess.Popen[str]]:
    """`feeder serve` in a process of its own, whose watchdog is looked at each 3 s."""
    code = f"{before}\nfrom feeder.cli import main\nmain(['serve', '--config', {str(config)!r}])"
    environ = os.environ | {"NOTIFY_SOCKET": heard.address, "WATCHDOG_USEC": "3000000", "FEEDER_LOG": "text"}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ) as started:
        try:
            yield started
        finally:
            started.kill()


def test_a_reload_takes_over_what_holds_and_keeps_the_old_where_it_does_not(newsroom: Newsroom) -> None:
    config = newsroom.configure()
    with ear(newsroom.folder) as heard, process(config, heard) as service:
        assert "STATUS=serving" in heard.until("READY=1")
        good = config.read_text(encoding="utf-8")
        config.write_text(good.replace('title = "KI-News"', "titel = 3"), encoding="utf-8")
        service.send_signal(signal.SIGHUP)
        refused = heard.until("READY=1")
        assert "RELOADING=1" in refused
        assert any(one.startswith("MONOTONIC_USEC=") for one in refused)
        store = open_store(f"sqlite:///{newsroom.folder / 'feeder.db'}")
        assert [(one.about, "titel" in one.words) for one in store.conditions.list()] == [("config", True)]
        newsroom.feed("heise", rss(Post("Neu", "https://heise.example/1", datetime.now(UTC) - timedelta(hours=1))))
        newsroom.store = "sqlite:///elsewhere.db"
        newsroom.configure()
        service.send_signal(signal.SIGHUP)
        heard.until("RELOADING=1")
        until = time.monotonic() + 30
        while "Neu" not in (newsroom.titles() if newsroom.path("feed.json").exists() else ()):
            assert time.monotonic() < until, "the new source was not read"
            time.sleep(0.05)
        assert store.conditions.list() == ()
        store.close()
        service.send_signal(signal.SIGTERM)
        heard.until("STOPPING=1")
        _, log = service.communicate(timeout=30)
    assert service.returncode == 0, log
    assert "config.toml:" in log
    assert "the old one stays" in log
    assert "as it was until a restart: store.url" in log
    assert not (newsroom.folder / "elsewhere.db").exists()


def test_templates_that_will_not_do_are_not_taken_over_either(newsroom: Newsroom) -> None:
    (newsroom.folder / "templates").mkdir()
    template = newsroom.folder / "templates" / "landing.html"
    config = newsroom.configure()
    with open_house(read_config(config)) as house:
        service = Service(house, Bell(), refitting(config), Doors({}), Notifier({}))
        template.write_text("{{ nobody }}", encoding="utf-8")
        assert service._reloaded() is house
        assert [one.about for one in house.store.conditions.list()] == ["config"]
        template.unlink()
        again = service._reloaded()
        assert again is not house
        assert again.store is house.store
        assert house.store.conditions.list() == ()
        again.reading.fetcher.close()


STUBBORN = """
import threading
import feeder.pipeline as pipeline
import feeder.service.serving as serving
serving.PATIENCE_AT_THE_END = 0.5
def never(*_, **__):
    print("stubborn", flush=True)
    threading.Event().wait(300)
pipeline.STEPS["start"] = never
"""


def test_a_stubborn_step_keeps_no_process_beyond_the_limit(newsroom: Newsroom) -> None:
    with ear(newsroom.folder) as heard, process(newsroom.configure(), heard, STUBBORN) as service:
        heard.until("READY=1")
        time.sleep(0.3)
        since = time.monotonic()
        service.send_signal(signal.SIGTERM)
        _, log = service.communicate(timeout=30)
    assert service.returncode == CUT_OFF, log
    assert time.monotonic() - since < 10
    assert "cut off" in log
    with open_house(read_config(newsroom.configure())) as house:
        assert Turn(house.store, house.holder).claim().name == "clock"  # nobody has it any more


@contextmanager
def inside(newsroom: Newsroom, heard: Ear, patch: pytest.MonkeyPatch) -> Iterator[tuple[Bell, list[Any]]]:
    """A service in a thread, with a quick pulse and a hungry watchdog; yields its bell and its clocks."""
    patch.setattr(serving, "TICK", 0.02)
    patch.setattr("feeder.service.timing.BEAT", timedelta(seconds=1))
    patch.setattr(pulse, "FRESH_SECONDS", 1.6)
    clocks: list[Any] = []

    def kept(*args: Any) -> Any:
        clocks.append(clock(*args))
        return clocks[-1]

    patch.setattr(shift, "clock", kept)
    patch.setattr(shift, "STEPS", dict.fromkeys(STEPS, lambda *_, **__: ()))
    bell = Bell()
    notifier = Notifier({"NOTIFY_SOCKET": heard.address, "WATCHDOG_USEC": "150000"})
    with open_house(read_config(newsroom.configure())) as house:
        service = Service(house, bell, refitting(newsroom.folder / "config.toml"), Doors({}), notifier)
        thread = threading.Thread(target=service.run)
        thread.start()
        try:
            heard.until("READY=1")
            yield bell, clocks
        finally:
            bell.ring("stop")
            thread.join(20)
            bell.hush()
        assert not thread.is_alive()


def test_a_clock_that_ticks_feeds_the_watchdog_and_a_dead_one_lets_it_starve(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ear(newsroom.folder) as heard, inside(newsroom, heard, monkeypatch) as (_, [ticking]):
        assert heard.all(2.2).count("WATCHDOG=1") > 10
        ticking.scheduler.shutdown(wait=False)
        heard.until("STATUS=not well: the clock has not ticked", 10)
        assert heard.all(0.5) == []


def test_a_reload_sets_the_clock_anew_and_leaves_one_that_ticks(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ear(newsroom.folder) as heard, inside(newsroom, heard, monkeypatch) as (bell, clocks):
        bell.ring("reload")
        heard.until("RELOADING=1")
        heard.until("READY=1")
        assert [one.scheduler.running for one in clocks] == [False, True]
        heard.all(1.8)
        assert "WATCHDOG=1" in heard.all(0.3)


def ends(newsroom: Newsroom, ill: Callable[[shift.Shift], None], monkeypatch: pytest.MonkeyPatch) -> str | None:
    """What ails a shift to which something was done."""
    monkeypatch.setattr(shift, "STEPS", dict.fromkeys(STEPS, lambda *_, **__: ()))
    with open_house(read_config(newsroom.configure())) as house:
        lease = Turn(house.store, house.holder).claim()
        working = shift.Shift(house, lease)
        working.begin()
        try:
            assert working.ailing() is None
            ill(working)
            return working.ailing()
        finally:
            working.end(5, lambda: None)
            working.leave()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_of_the_engine_that_died_ails_the_process(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill(working: shift.Shift) -> None:
        engine = working._engine
        engine._steps = {"die": lambda *_: sys.exit()}
        engine.submit("die", {})
        until = time.monotonic() + 10
        while engine.is_alive():
            assert time.monotonic() < until
            time.sleep(0.01)

    assert ends(newsroom, kill, monkeypatch) == "a thread that works has died"


def test_a_realistic_newsroom_is_ready_within_two_seconds_of_work(tmp_path: Path) -> None:
    """Of processor time, which is what an idle machine needs: the tests' machine is not idle."""
    (tmp_path / "articles").mkdir()
    article = next((ROOT / "articles").glob("*.txt"))
    (tmp_path / "articles" / article.name).write_bytes(article.read_bytes())
    config = tmp_path / "config.toml"
    config.write_bytes((ROOT / "config.toml").read_bytes())
    assert config.read_text(encoding="utf-8").count("[[sources]]") >= 35
    idle = "import feeder.pipeline as p\np.STEPS['start'] = p.STEPS['resume'] = lambda *_, **__: ()"
    with ear(tmp_path) as heard:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with process(config, heard, idle) as service:
            heard.until("READY=1")
            service.kill()
            service.wait()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < 2, f"{spent:.2f} s of processor time until READY=1"
