"""The clock on the wall: whether it was set, and whether it is to be believed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from feeder.engine.passing import elapsed

MOVED_SECONDS = 60.0
"""What a clock is corrected by without a word."""
DOUBTFUL_SECONDS = 6 * 3600.0
"""A jump as long as this may be a mistake that somebody mends soon."""
SETTLED_SECONDS = 120.0


def _wall() -> float:
    return datetime.now(UTC).timestamp()


class Wall:
    """Compares the time on the wall with the time that passes. A machine that slept did not jump; one that was
    frozen from outside did."""

    def __init__(self, wall: Callable[[], float] = _wall, passing: Callable[[], float] = elapsed) -> None:
        self._wall, self._passing = wall, passing
        self._ahead = wall() - passing()
        self._doubted: float | None = None
        self._lock = threading.Lock()

    def moved(self) -> float | None:
        """By how many seconds the clock was set since this was asked last; None if it goes as it did."""
        with self._lock:
            by = self._wall() - self._passing() - self._ahead
            if abs(by) < MOVED_SECONDS:
                return None
            self._ahead += by
            if abs(by) >= DOUBTFUL_SECONDS:
                self._doubted = self._passing()
            return by

    @property
    def is_doubtful(self) -> bool:
        """Whether it jumped far, and too short a while ago: whoever set it may set it back."""
        with self._lock:
            return self._doubted is not None and self._passing() - self._doubted < SETTLED_SECONDS
