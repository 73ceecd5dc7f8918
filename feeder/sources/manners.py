"""One request at a time per host, and a pause between two; over all threads that share a Fetcher."""

from __future__ import annotations

from math import inf
from threading import Lock
from time import monotonic, sleep
from types import TracebackType

_FEW = 256


class NoTurnError(TimeoutError):
    """A host's turn did not come in time."""


class _Host:
    __slots__ = ("busy", "rested", "wanted")

    def __init__(self) -> None:
        self.busy = Lock()
        self.wanted = 0
        self.rested = 0.0


class Manners:
    """Who may ask which host when. `pause`: seconds between the end of a request and the next to its host.

    A host is remembered until it has rested, so what is kept is bounded by what is asked in a pause.
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._lock = Lock()
        self._hosts: dict[str, _Host] = {}
        self._sweep_at = _FEW

    def __len__(self) -> int:
        return len(self._hosts)

    def visit(self) -> Visit:
        """A visit to one host after another; leaves the last one when its block ends."""
        return Visit(self)

    def take(self, name: str, rest: float, until: float) -> None:
        """Wait for the turn at a host until the time `until` (monotonic); NoTurnError if it does not come."""
        with self._lock:
            host = self._hosts.setdefault(name, _Host())
            host.wanted += 1
        if not host.busy.acquire(timeout=-1 if until == inf else max(0.0, until - monotonic())):
            self._forget(name, host)
            raise NoTurnError(f"{name} was busy with other requests")
        begin = host.rested + max(0.0, rest - self._pause)
        if begin > until:
            self.give(name, None)
            raise NoTurnError(f"{name} wants to be left alone for longer")
        if (left := begin - monotonic()) > 0:
            sleep(left)

    def give(self, name: str, rest: float | None) -> None:
        """Let the next one have its turn, after the pause or `rest`; None: nothing was asked."""
        host = self._hosts[name]
        if rest is not None:
            host.rested = monotonic() + max(self._pause, rest)
        host.busy.release()
        self._forget(name, host)

    def _forget(self, name: str, host: _Host) -> None:
        with self._lock:
            host.wanted -= 1
            now = monotonic()
            if not host.wanted and host.rested <= now:
                del self._hosts[name]
            if len(self._hosts) > self._sweep_at:
                self._hosts = {n: h for n, h in self._hosts.items() if h.wanted or h.rested > now}
                self._sweep_at = max(_FEW, 2 * len(self._hosts))


class Visit:
    """The turn that one request, with its redirects, holds at a host."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._host: str | None = None
        self._rest = 0.0

    def enter(self, host: str, until: float, rest: float = 0.0) -> None:
        """Have the turn at `host`; a redirect that stays there keeps it, without a pause."""
        host = host.lower().rstrip(".")
        if host == self._host:
            return
        self.leave()
        self._manners.take(host, rest, until)
        self._host, self._rest = host, rest

    def leave(self) -> None:
        """Give the turn back, where there is one."""
        if self._host is not None:
            host, self._host = self._host, None
            self._manners.give(host, self._rest)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.leave()
