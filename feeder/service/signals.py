"""What the system tells the process."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Literal, NoReturn

Word = Literal["stop", "reload"]

CUT_OFF = 75
"""How a process ends that did not finish what it had begun: EX_TEMPFAIL, its successor does."""

_ECHO = (
    0.5  # seconds in which a second signal is the first again: Ctrl-C reaches a whole group, and each parent tells it
)


class Bell:
    """What the main thread waits for. Signals and threads ring it; `stop` is set as soon as the first "stop" comes.

    An Event must not be set inside a signal's handler, which may have interrupted a thread that holds its lock; so
    handlers only put words into a queue, for which that is safe, and a thread of its own hands them on. With a
    `limit`, that thread ends the process so many seconds after the first "stop", whatever hangs.
    """

    def __init__(self, limit: float | None = None) -> None:
        self.stop = threading.Event()
        self._limit = limit
        self._rung: SimpleQueue[Word | None] = SimpleQueue()
        self._heard: SimpleQueue[Word] = SimpleQueue()
        threading.Thread(target=self._hand_on, name="bell", daemon=True).start()

    def ring(self, word: Word) -> None:
        """Say a word, from anywhere."""
        self._rung.put(word)

    def hear(self, seconds: float) -> Word | None:
        """The next word, None if none comes in so many seconds."""
        try:
            return self._heard.get(timeout=seconds)
        except Empty:
            return None

    def hush(self) -> None:
        """Let the bell's thread go, and its limit with it."""
        self._rung.put(None)

    def _hand_on(self) -> None:
        until = None
        while True:
            try:
                word = self._rung.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
            except Empty:
                end_now("the end took too long")
            if word is None:
                return
            if word == "stop":
                self.stop.set()
                until = until or (time.monotonic() + self._limit if self._limit else None)
            self._heard.put(word)


def end_now(why: str) -> NoReturn:
    """End the process here, whatever its threads do; all that feeder does may be cut off, and its successor goes on."""
    os.write(2, f"feeder: {why}: ended at once, the next start goes on\n".encode())
    os._exit(CUT_OFF)


@contextmanager
def ringing(*, reloads: bool = False, limit: float | None = None) -> Iterator[Bell]:
    """Yield a bell that SIGTERM and SIGINT ring to stop, and SIGHUP to reload where that is wanted; for the main
    thread, before anything that takes time. A second SIGTERM or SIGINT ends the process at once; so does the `limit`,
    also when the block is left and only a thread that nobody can end keeps the process."""
    bell = Bell(limit)
    since: list[float] = []

    def to_stop(_number: int, _frame: FrameType | None) -> None:
        since.append(time.monotonic())
        if since[-1] - since[0] > _ECHO:
            end_now("told to stop a second time")
        bell.ring("stop")

    def to_reload(_number: int, _frame: FrameType | None) -> None:
        bell.ring("reload")

    wanted = {signal.SIGTERM: to_stop, signal.SIGINT: to_stop} | ({signal.SIGHUP: to_reload} if reloads else {})
    previous = {number: signal.signal(number, handler) for number, handler in wanted.items()}
    try:
        yield bell
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        if limit is None or not bell.stop.is_set():
            bell.hush()


@contextmanager
def listening() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM and SIGINT set, for verbs that know no more words."""
    with ringing() as bell:
        yield bell.stop
