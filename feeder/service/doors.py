"""The doors of the house: what listens on a port, opened with the process and closed with it."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from feeder.errors import ServiceError

log = logging.getLogger("feeder.service")


class Door(Protocol):
    """A server with threads of its own."""

    def start(self) -> None:
        """Listen; OSError where that cannot be. Returns at once."""

    def close(self) -> None:
        """Listen no more; returns within seconds, whoever is still reading."""


_REASONS = {
    errno.EADDRINUSE: "another program listens there; stop it, or name another address",
    errno.EACCES: "only root may listen there; name a port above 1023, and put a proxy before it",
    errno.EADDRNOTAVAIL: "this machine has no such address; name one of its own",
}


class Doors:
    """Opens what listens, by name: a key of config.toml and its value, for words that say where to look."""

    def __init__(self, doors: Mapping[str, Callable[[], Door]]) -> None:
        self._closed = dict(doors)
        self._open: dict[str, Door] = {}
        self._told: set[str] = set()

    def open(self, *, is_patient: bool = False) -> None:
        """Open what is closed. ServiceError where that cannot be; a patient one says so once, and tries again when
        it is called again: its port may be held by the process that it stands by for."""
        for name, make in list(self._closed.items()):
            door = make()
            try:
                door.start()
            except OSError as error:
                door.close()
                words = f"{name}: {_REASONS.get(error.errno or 0, error.strerror or str(error))}"
                if not is_patient:
                    raise ServiceError(words) from error
                if name not in self._told:
                    log.warning("waiting for a port: %s", words)
                self._told.add(name)
            else:
                del self._closed[name]
                self._open[name] = door
                log.info("listening: %s", name)

    def close(self) -> None:
        """Close what is open, the last first; what fails with it stops no other."""
        for name, door in reversed(list(self._open.items())):
            try:
                door.close()
            except Exception:
                log.exception("%s was not closed", name)
        self._open.clear()
