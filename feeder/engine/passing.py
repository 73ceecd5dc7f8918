"""Time that passes, whatever anybody sets a clock to."""

from __future__ import annotations

import time


def elapsed() -> float:
    """Seconds from some moment on, in which a machine that sleeps grows older where its system counts them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
