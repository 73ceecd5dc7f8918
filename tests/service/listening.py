"""A socket that hears what a service tells systemd."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Ear:
    """Hears the datagrams that come to a socket of systemd's kind, in order."""

    def __init__(self, bound: socket.socket, address: str) -> None:
        self._bound = bound
        self.address = address

    def next(self, seconds: float) -> list[str]:
        """The lines of the next message; none if nothing comes in time."""
        self._bound.settimeout(max(0.001, seconds))
        try:
            return self._bound.recv(4096).decode().split("\n")
        except TimeoutError:
            return []

    def until(self, line: str, seconds: float = 30) -> list[str]:
        """All lines up to the first that begins like this."""
        heard: list[str] = []
        end = time.monotonic() + seconds
        while not any(one.startswith(line) for one in heard):
            assert time.monotonic() < end, f"{line} was not said, but: {heard}"
            heard += self.next(end - time.monotonic())
        return heard

    def all(self, seconds: float) -> list[str]:
        """All lines that come in so many seconds."""
        end, heard = time.monotonic() + seconds, []
        while (left := end - time.monotonic()) > 0:
            heard += self.next(left)
        return heard


@contextmanager
def ear(folder: Path) -> Iterator[Ear]:
    """A socket in a folder, to be named in NOTIFY_SOCKET."""
    path = folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(str(path))
        yield Ear(bound, str(path))
