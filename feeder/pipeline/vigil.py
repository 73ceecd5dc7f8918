"""What a process remembers between two looks at its house."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

GAP = timedelta(minutes=10)
"""Whoever did not look for so long was stopped, or the machine slept: what is late then is nobody's fault."""
JUMP = timedelta(minutes=5)
"""So much the clock on the wall may differ from the one that only counts."""


def _counted() -> float:
    """Seconds by a clock that nobody sets, sleep of the machine included where the system says so."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass
class Vigil:
    """`files`: published files that were found well, by what tells that they did not change since; `suspects`: what was
    wrong at the last look, for what may be wrong for a moment; `mute`: since when the store takes nothing, and `said`:
    whether that was told. `lock`: one look at a time."""

    counted: Callable[[], float] = _counted
    files: dict[str, tuple[int, ...]] = field(default_factory=dict)
    suspects: frozenset[str] = frozenset()
    mute: datetime | None = None
    said: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    _since: float | None = None
    _last: tuple[datetime, float] | None = None
    _jumped: timedelta = timedelta(0)

    def look(self, now: datetime) -> None:
        """Begin a look."""
        counted = self.counted()
        self._jumped = timedelta(0)
        if self._last is not None:
            wall, before = self._last
            self._jumped = now - wall - timedelta(seconds=counted - before)
        if self._since is None or self._last is None or counted - self._last[1] > GAP.total_seconds():
            self._since = counted
        self._last = now, counted

    def is_there(self, span: timedelta) -> bool:
        """Whether this process has been looking for so long without a gap, so that what is late by this is late."""
        return self._since is not None and self.counted() - self._since >= span.total_seconds()

    @property
    def jumped(self) -> timedelta:
        """By how much the clock on the wall was set since the last look; nothing for what is usual."""
        return self._jumped if abs(self._jumped) > JUMP else timedelta(0)
