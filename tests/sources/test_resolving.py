"""Asking for names: in bounded time, on threads that are used again."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from feeder.sources import resolving
from feeder.sources.resolving import resolve

REAL = socket.getaddrinfo


def answering(host: object, port: object, **_: object) -> list[tuple[object, ...]]:
    """Each name has an address of its own: host7 is 127.0.0.7."""
    time.sleep(0.001)
    return REAL(f"127.0.0.{str(host)[4:]}", port, type=socket.SOCK_STREAM)  # type: ignore[arg-type, return-value]


@pytest.fixture(autouse=True)
def idle(monkeypatch) -> list[object]:
    """No thread of another test answers here."""
    found: list[object] = []
    monkeypatch.setattr(resolving, "_idle", found)
    return found


@pytest.fixture
def started(monkeypatch) -> list[threading.Thread]:
    threads: list[threading.Thread] = []
    start = threading.Thread.start

    def noting(thread: threading.Thread) -> None:
        if thread.name == "feeder-resolver":
            threads.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", noting)
    return threads


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "127.1", "0x7f000001", "0x7f.1", "2130706433", "0177.0.0.1"])
def test_figures_are_read_without_a_thread(started, host):
    assert resolve(host, 80, 1)
    assert started == []


def test_every_thread_gets_the_answer_to_its_own_question(started, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", answering)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: resolve(f"host{n}", 80, 5)[0][4][0], range(200)))
    assert found == [f"127.0.0.{n}" for n in range(200)]
    assert len(started) <= 9


def test_one_after_the_other_is_asked_for_on_one_thread(started, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", answering)
    for n in range(20):
        resolve(f"host{n}", 80, 5)
    assert len(started) == 1


def test_a_resolver_that_hangs_keeps_nobody_else_waiting(started, idle, monkeypatch):
    enough = threading.Event()

    def resolving_slowly(host: object, port: object, **_: object) -> list[tuple[object, ...]]:
        if host == "slow":
            enough.wait(10)
        return answering("host1", port)

    monkeypatch.setattr(socket, "getaddrinfo", resolving_slowly)
    with pytest.raises(TimeoutError, match="slow did not resolve in time"):
        resolve("slow", 80, 0.05)
    assert resolve("host1", 80, 5)
    assert len(started) == 2
    enough.set()
    until = time.monotonic() + 5
    while len(idle) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(idle) == 2
    assert resolve("host1", 80, 5)
    assert len(started) == 2


def test_a_failure_is_raised_where_it_is_waited_for(started, monkeypatch):
    def failing(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", failing)
    for _ in range(3):
        with pytest.raises(socket.gaierror):
            resolve("nowhere", 80, 5)
    assert len(started) == 1


def test_a_thread_with_nothing_to_do_ends(started, idle, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", answering)
    monkeypatch.setattr(resolving, "KEPT_SECONDS", 0.05)
    assert resolve("host1", 80, 5)
    started[0].join(5)
    assert not started[0].is_alive()
    assert idle == []
    assert resolve("host2", 80, 5)
    assert len(started) == 2


def test_a_child_process_asks_on_threads_of_its_own():
    program = (
        "import os; from feeder.sources.resolving import resolve\n"
        "resolve('localhost', 80, 5)\n"
        "if child := os.fork(): os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "os._exit(0 if resolve('localhost', 80, 5) else 1)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0
