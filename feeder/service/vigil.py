"""The vigil: says how the process is, and feeds the watchdog only while it is well."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from feeder.service.systemd import Notifier

log = logging.getLogger("feeder.service")


class Vigil:
    """`look` is called about each second by the main thread, so that a process whose main thread hangs is fed no more
    either. `beat` hears of it as often, for the status address."""

    def __init__(self, notifier: Notifier, beat: Callable[[str, str | None], None] = lambda *_: None) -> None:
        self.notifier = notifier
        self._beat = beat
        self.ailing: str | None = None
        self.status = "starting"
        self._fed: float | None = None

    def ready(self, status: str) -> None:
        """All is open, and does what `status` says; also after reading the configuration again."""
        self.status = status
        self.notifier.ready(status)
        self._beat(status, self.ailing)

    def look(self, ailing: str | None) -> None:
        """Say what changed, and feed the watchdog three times as often as it looks unless something is `ailing`."""
        if (ailing is None) != (self.ailing is None):
            self.notifier.status(f"not well: {ailing}" if ailing else self.status)
            log.log(
                logging.CRITICAL if ailing else logging.WARNING, "%s", f"not well: {ailing}" if ailing else "well again"
            )
        self.ailing = ailing
        self._beat(self.status, ailing)
        if ailing is None and self.notifier.watchdog and self._is_hungry(self.notifier.watchdog / 3):
            self._fed = time.monotonic()
            self.notifier.alive()

    def _is_hungry(self, seconds: float) -> bool:
        return self._fed is None or time.monotonic() - self._fed >= seconds
