"""Signals: the first stops, the second ends; nothing keeps a process beyond its limit."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from feeder.service.signals import CUT_OFF, Bell

WAITING = """
import threading, time
from feeder.service.signals import ringing
def hear():  # by ticks, as the service does: a signal just before a sleep wakes no sleeper
    return next(word for _ in range(600) if (word := bell.hear(0.1)))
with ringing({how}) as bell:
    print("listening", flush=True)
    {then}
"""


def waiting(how: str, then: str) -> subprocess.Popen[str]:
    """A process that rings, and waits for signals in its own way."""
    code = WAITING.format(how=how, then=then)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "listening\n"
    return process


def test_a_second_signal_ends_a_process_at_once_but_not_the_echo_of_the_first() -> None:
    with waiting("", "[time.sleep(0.05) for _ in range(1200)]") as process:
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=10)
    assert process.returncode == CUT_OFF
    assert "a second time" in said


def test_what_will_not_end_is_ended_when_the_limit_is_over_also_after_the_last_line() -> None:
    then = "threading.Thread(target=time.sleep, args=(60,)).start(); hear()"
    with waiting("limit=0.5", then) as process:
        since = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
    assert process.returncode == CUT_OFF
    assert time.monotonic() - since < 15
    assert "the end took too long" in said


def test_a_word_wakes_who_waits_and_reloading_stops_nothing() -> None:
    with waiting("reloads=True", "print(hear(), bell.stop.is_set()); print(hear())") as process:
        process.send_signal(signal.SIGHUP)
        assert process.stdout
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
    assert out.split() == ["reload", "False", "stop"]
    assert process.returncode == 0


def test_a_bell_is_rung_from_any_thread() -> None:
    bell = Bell()
    assert bell.hear(0.01) is None
    bell.ring("stop")
    assert bell.hear(5) == "stop"
    assert bell.stop.is_set()
    bell.hush()
