"""A clock on the wall that a test sets, for a process that is started under libfaketime; what waits, waits really."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.needs import missing


def library() -> str:
    """Where libfaketime is (Debian: apt-get install faketime), or `missing`."""
    found = next((str(path) for path in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
    return found or missing("no libfaketime (apt-get install faketime)")


@dataclass(frozen=True)
class FakedClock:
    """The time in a file. It stands at a moment, or is off by so much."""

    file: Path

    def stand_at(self, moment: datetime) -> None:
        """Stop at a moment."""
        self._set(f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}")

    def be_off(self, by: timedelta) -> None:
        """Go as the real one does, so much ahead of it or behind."""
        self._set(f"{by.total_seconds():+.0f}")

    def _set(self, words: str) -> None:
        aside = self.file.with_name(f".{self.file.name}")
        aside.write_text(words, encoding="ascii")
        aside.replace(self.file)

    @staticmethod
    def forget(pid: int) -> None:
        """Remove what libfaketime leaves of a process that was killed, and would stumble over."""
        for name in (f"faketime_shm_{pid}", f"sem.faketime_sem_{pid}"):
            Path("/dev/shm", name).unlink(missing_ok=True)

    def environment(self) -> dict[str, str]:
        """The environment of a process that lives by this clock."""
        return os.environ | {
            "TZ": "UTC",
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DISABLE_SHM": "1",
            "NO_FAKE_STAT": "1",
        }
