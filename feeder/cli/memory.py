"""Start quickly and stay small: what Python and the C library do by default suits neither (docs/performance.md)."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_M_ARENA_MAX = -8  # malloc.h of glibc


@contextmanager
def importing() -> Iterator[None]:
    """Search for no garbage meanwhile, nor ever after in what was made: imports make none, and it is a tenth of
    their time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


def collect_rarely() -> None:
    """Look for garbage after each 50,000 new objects, not after each 700: a feed brings thousands, none of them in
    a circle. Of a first round of 500 feeds it saves 0.07 s."""
    gc.set_threshold(50_000, 10, 10)


def share_arena() -> None:
    """Let all threads take memory from one place: a tree parsed in each of eight would leave eight holes, 10 MB.

    Call it before there are threads. Where the C library is not glibc, nothing happens.
    """
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - `feeder --version` does without

        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
