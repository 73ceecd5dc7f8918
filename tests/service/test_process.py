"""The process: systemd is told the truth, a reload keeps what holds, a stubborn step keeps nobody."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

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
from tests.mailboxes import free_port
from tests.newsroom import Newsroom, Post, rss
from tests.service.listening import Ear, ear
from tests.web import Web


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    made = Newsroom(tmp_path, web, beats=True)
    made.article("a.txt")
    return made


@contextmanager
def process(config: Path, heard: Ear, before: str = "", *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """`feeder serve` in a process of its own, whose watchdog is looked at each 3 s."""
    code = f"{before}\nfrom feeder.cli import main\nmain(['serve', '--config', {str(config)!r}, *{words!r}])"
    environ = os.environ | {"NOTIFY_SOCKET": heard.address, "WATCHDOG_USEC": "3000000", "FEEDER_LOG": "text"} | more
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


def test_the_clock_and_the_web_can_be_two_processes(newsroom: Newsroom) -> None:
    newsroom.run()
    config, port = newsroom.configure(), free_port()
    listen = {"FEEDER_WEB__LISTEN": f"127.0.0.1:{port}"}
    with (
        ear(newsroom.folder) as heard,
        process(config, heard, "", "--only", "web", **listen) as web,
        open_house(read_config(config)) as house,
    ):
        assert "STATUS=open, without the clock" in heard.until("READY=1")
        assert house.store.leases.get("clock") is None
        with process(config, heard, "", "--only", "clock", **listen) as ticking:
            assert "STATUS=serving" in heard.until("READY=1")
            lease = house.store.leases.get("clock")
            assert lease is not None
            assert lease.holder.endswith(f":{ticking.pid}")
            answer = retried(f"http://127.0.0.1:{port}/feed.json")
            assert answer == newsroom.path("feed.json").read_bytes()
            for one in (web, ticking):
                one.send_signal(signal.SIGTERM)
                assert one.wait(30) == 0, one.stderr.read() if one.stderr else ""
    with pytest.raises(URLError):
        urlopen(f"http://127.0.0.1:{port}/feed.json", timeout=1)


def retried(address: str) -> bytes:
    """What is served at an address, which may still open."""
    until = time.monotonic() + 30
    while True:
        try:
            with urlopen(address, timeout=5) as answer:
                body: bytes = answer.read()
                return body
        except URLError:
            assert time.monotonic() < until, f"{address} does not answer"
            time.sleep(0.05)


def test_a_port_that_is_taken_keeps_the_service_from_starting_and_frees_the_clock(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("FEEDER_WEB__LISTEN", where)
        monkeypatch.setenv("FEEDER_LOG", "text")
        done = newsroom.run("serve", now=None, code=1)
    assert f'feeder: [web] listen = "{where}": another program listens there; stop it' in done.output
    with open_house(read_config(newsroom.configure())) as house:
        assert Turn(house.store, "next").claim().holder == "next"


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


def spent(process_id: int) -> float:
    """The seconds of processor time that a process had so far."""
    facts = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")


def test_a_realistic_newsroom_is_ready_soon_and_a_stubborn_step_keeps_it_no_longer_than_the_limit(
    tmp_path: Path,
) -> None:
    """Two seconds of processor time, which is what an idle machine needs: the tests' machine is not idle."""
    (tmp_path / "articles").mkdir()
    for article in (ROOT / "articles").glob("*.txt"):
        (tmp_path / "articles" / article.name).write_bytes(article.read_bytes())
    config = tmp_path / "config.toml"
    config.write_bytes((ROOT / "config.toml").read_bytes())
    assert len(read_config(config).sources) >= 35
    deaf = {"FEEDER_WEB__LISTEN": "", "FEEDER_WEB__STATUS": ""}
    with ear(tmp_path) as heard, process(config, heard, STUBBORN, **deaf) as service:
        heard.until("READY=1")
        assert spent(service.pid) < 2
        time.sleep(0.3)
        since = time.monotonic()
        service.send_signal(signal.SIGTERM)
        _, log = service.communicate(timeout=30)
    assert service.returncode == CUT_OFF, log
    assert time.monotonic() - since < 10
    assert "cut off" in log
    with open_house(read_config(config)) as house:
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


def test_a_clock_that_lost_its_lease_stands_by_and_comes_back_when_the_other_goes(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeder.service.keeping.BEAT_SECONDS", 0.1)
    monkeypatch.setattr(serving, "STAND_BY_SECONDS", 0.05)
    with ear(newsroom.folder) as heard, inside(newsroom, heard, monkeypatch) as (_, clocks):
        store = open_store(f"sqlite:///{newsroom.folder / 'feeder.db'}")
        ours = store.leases.get("clock")
        taken = store.leases.take("clock", "elsewhere#1:1", 60, datetime.now(UTC), ours)
        assert taken is not None
        assert any(one.startswith("STATUS=stand-by") for one in heard.until("READY=1"))
        assert [one.scheduler.running for one in clocks] == [False]
        assert "WATCHDOG=1" in heard.all(0.3)
        store.leases.release(taken)
        assert "STATUS=serving" in heard.until("READY=1")
        assert [one.scheduler.running for one in clocks] == [False, True]
        store.close()


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
