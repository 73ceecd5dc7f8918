"""Connections that keep a deadline: below requests, because its timeouts count per read.

Every connection is opened by `Reaching._new_conn`, which alone resolves names: the place where
addresses are judged. Every read goes through `_Timed`, so a server that drips bytes, in its
headers or in its body, is left when the time of the request is over; one that sends more than
was agreed, packed, in crumbs or in headers, is left as well.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPResponse
from time import monotonic
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from feeder.sources.guard import Guard, resolve

CONNECT_SECONDS = 10.0
IDLE_SECONDS = 20.0
HEAD_BYTES = 256_000


class TooMuchError(Exception):
    """A server sent more bytes than an answer may have."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What holds for one request: its deadline (monotonic), how many bytes may arrive, and what may be reached."""

    deadline: float
    max_bytes: int
    guard: Guard


_bounds: ContextVar[Bounds] = ContextVar("bounds")


class _Timed(io.RawIOBase):
    """A socket's stream whose every read ends at the deadline of the request, and which has an end."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, bounds: Bounds) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = bounds.deadline
        self._most = HEAD_BYTES

    def grant(self, count: int) -> None:
        """Let this many more bytes arrive."""
        self._most += count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:  # Any: typeshed's buffer protocol has no public name in 3.11
        self._sock.settimeout(_left(self._deadline))
        count = cast("io.FileIO", self._raw).readinto(buffer)
        self._most -= count or 0
        if self._most < 0:
            raise TooMuchError
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # Any: passed through untouched
        super().__init__(sock, *args, **kwargs)
        self._timed = _Timed(self.fp.detach(), sock, _bounds.get())
        self.fp = io.BufferedReader(self._timed)

    def begin(self) -> None:
        super().begin()
        self._timed.grant(_bounds.get().max_bytes)


class Reaching(HTTPConnection):
    """Connect within the deadline, whatever number of addresses a name has; forget what idled."""

    response_class = _TimedResponse
    judged = True
    _used = 0.0

    @property
    def is_connected(self) -> bool:
        # A middlebox may have dropped an idle connection without a word; asking costs a timeout.
        return monotonic() - self._used < IDLE_SECONDS and super().is_connected

    def request(self, *args: Any, **kwargs: Any) -> None:  # Any: passed through untouched
        self._used = monotonic()
        super().request(*args, **kwargs)

    def _new_conn(self) -> socket.socket:
        bounds = _bounds.get()
        try:
            found = resolve(self._dns_host, self.port, _left(bounds.deadline))
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(self.host, self, cast("socket.gaierror", error)) from error
        if self.judged:
            found = bounds.guard.admitted(found)
        failure: OSError = OSError("the name has no address")
        for family, kind, protocol, _, address in found:
            try:
                return _connected(socket.socket(family, kind, protocol), address)
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, f"{self.host} did not answer in time") from failure
        raise NewConnectionError(self, str(failure)) from failure


def _connected(sock: socket.socket, address: Any) -> socket.socket:  # Any: what getaddrinfo gives
    try:
        sock.settimeout(min(CONNECT_SECONDS, _left(_bounds.get().deadline)))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


class ReachingTls(Reaching, HTTPSConnection):
    """The same, with TLS."""


class ToProxy(Reaching):
    """Proxies are the house's own: their addresses are not judged, those behind them are (`http._answer`)."""

    judged = False


class ToProxyTls(ToProxy, HTTPSConnection):
    """The same, for what is spoken through it with TLS."""


@contextmanager
def bound_by(bounds: Bounds) -> Iterator[None]:
    """Hold all that this thread sends and reads inside the block to `bounds`."""
    token = _bounds.set(bounds)
    try:
        yield
    finally:
        _bounds.reset(token)


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError("the time for the whole request is over")
    return left
