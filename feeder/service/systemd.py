"""What systemd, or whoever started the process, is told about it: sd_notify(3), in a few lines."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Mapping

log = logging.getLogger("feeder.service")


class Notifier:
    """Says how the process is to the socket that NOTIFY_SOCKET names; to nobody where that is not set.

    A service goes on whoever listens: what cannot be said is logged once.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._is_deaf = False
        for_whom = environ.get("WATCHDOG_PID", "")
        is_ours = not for_whom or for_whom == str(os.getpid())
        given = environ.get("WATCHDOG_USEC", "")
        self.watchdog = int(given) / 1_000_000 if is_ours and given.isdecimal() and int(given) else None
        """After how many seconds without `alive` the process is taken for hung; None: nobody looks."""

    def ready(self, status: str) -> None:
        """All is open; also after `reloading`."""
        self._tell("READY=1", f"STATUS={status}")

    def status(self, status: str) -> None:
        """Say in a line how it is."""
        self._tell(f"STATUS={status}")

    def reloading(self) -> None:
        """The configuration is read again, until `ready`."""
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._tell("RELOADING=1", f"MONOTONIC_USEC={now}", "STATUS=reading the configuration again")

    def stopping(self, status: str) -> None:
        """The end has begun."""
        self._tell("STOPPING=1", f"STATUS={status}")

    def alive(self) -> None:
        """Feed the watchdog."""
        if self.watchdog:
            self._tell("WATCHDOG=1")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        message = "\n".join(line.replace("\n", " ") for line in lines).encode()
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.settimeout(1)
                out.connect(address)
                out.sendall(message)
        except OSError as error:
            if not self._is_deaf:
                log.warning("NOTIFY_SOCKET cannot be told how the service is: %s", error)
            self._is_deaf = True
