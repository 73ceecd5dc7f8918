"""What systemd is told: real sockets, ordinary and abstract, and nobody at the other end."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from pathlib import Path

import pytest

from feeder.service.systemd import Notifier
from feeder.service.vigil import Vigil
from tests.service.listening import ear


def test_a_service_says_that_it_is_ready_reloading_and_stopping(tmp_path: Path) -> None:
    with ear(tmp_path) as heard:
        notifier = Notifier({"NOTIFY_SOCKET": heard.address})
        notifier.ready("serving")
        assert heard.next(1) == ["READY=1", "STATUS=serving"]
        before = time.monotonic_ns() // 1000
        notifier.reloading()
        reloading = heard.next(1)
        assert reloading[0] == "RELOADING=1"
        assert reloading[1].startswith("MONOTONIC_USEC=")
        assert before <= int(reloading[1].partition("=")[2]) <= time.monotonic_ns() // 1000
        notifier.stopping("over\nand out")
        assert heard.next(1) == ["STOPPING=1", "STATUS=over and out"]


def test_an_address_with_an_at_sign_is_an_abstract_socket() -> None:
    name = f"feeder-{secrets.token_hex(8)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(f"\0{name}")
        bound.settimeout(1)
        Notifier({"NOTIFY_SOCKET": f"@{name}"}).ready("serving")
        assert bound.recv(100) == b"READY=1\nSTATUS=serving"


def test_without_a_socket_nobody_is_told_and_with_a_dead_one_a_line_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Notifier({}).ready("serving")
    assert not caplog.records
    lost = Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")})
    lost.ready("serving")
    lost.status("still serving")
    assert [one.levelno for one in caplog.records] == [logging.WARNING]


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "60000000"}, 60.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 60.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_fed_only_by_the_process_that_it_watches(
    environ: dict[str, str], seconds: float | None
) -> None:
    assert Notifier(environ).watchdog == seconds


def test_what_ails_a_process_is_said_once_and_the_watchdog_starves_until_it_is_well(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ear(tmp_path) as heard:
        vigil = Vigil(Notifier({"NOTIFY_SOCKET": heard.address, "WATCHDOG_USEC": "3"}))
        vigil.ready("serving")
        vigil.look(None)
        assert heard.all(0.1) == ["READY=1", "STATUS=serving", "WATCHDOG=1"]
        vigil.look("a step hangs")
        vigil.look("a step hangs")
        assert heard.all(0.1) == ["STATUS=not well: a step hangs"]
        vigil.look(None)
        assert heard.all(0.1) == ["STATUS=serving", "WATCHDOG=1"]
    assert [one.message for one in caplog.records] == ["not well: a step hangs", "well again"]


def test_the_watchdog_is_fed_three_times_as_often_as_it_looks(tmp_path: Path) -> None:
    with ear(tmp_path) as heard:
        vigil = Vigil(Notifier({"NOTIFY_SOCKET": heard.address, "WATCHDOG_USEC": "60000000"}))
        for _ in range(10):
            vigil.look(None)
        assert heard.all(0.1) == ["WATCHDOG=1"]
