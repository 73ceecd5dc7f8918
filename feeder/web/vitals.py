"""What a process knows of itself, for whoever asks how it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from feeder.pipeline import House

STILL_SECONDS = 45.0
"""A process that nobody looked after for so long hangs: its main thread does so every second or two."""


class Vitals:
    """Written by whoever runs the process, about each second; read by the threads that answer."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.began = datetime.now(UTC)
        self.status = "starting"
        self.ailing: str | None = None
        self.queue: Callable[[], tuple[int, int]] = lambda: (0, 0)
        """How many steps wait, and how many are at work."""
        self._beat = time.monotonic()

    def beat(self, status: str, ailing: str | None) -> None:
        """Say how the process is, and that somebody still looks after it."""
        self.status, self.ailing, self._beat = status, ailing, time.monotonic()

    @property
    def age(self) -> float:
        """Seconds since the last beat."""
        return time.monotonic() - self._beat

    @property
    def trouble(self) -> str | None:
        """Why this process should be started again; None while it lives."""
        if self.age >= STILL_SECONDS:
            return f"the process has not looked after itself for {self.age:.0f} s"
        return self.ailing
