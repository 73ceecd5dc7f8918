"""How a clock shows that it lives."""

from __future__ import annotations

import time

FRESH_SECONDS = 45.0
"""A beat this old is none: it comes every few seconds, and may wait 30 s for another writer of the store."""


class Pulse:
    """Remembers the last beat of the clock's own scheduler; its time stands still while the machine sleeps."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def beat(self) -> None:
        """The scheduler's thread and its pool still work."""
        self._last = time.monotonic()

    @property
    def age(self) -> float:
        """Seconds since the last beat, or since there is a pulse."""
        return time.monotonic() - self._last

    @property
    def is_fresh(self) -> bool:
        """Whether the last beat is young enough."""
        return self.age < FRESH_SECONDS
