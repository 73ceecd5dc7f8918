"""Connections that keep a deadline: below requests, because its timeouts count per read.

Every connection is opened by `_opened`, which alone resolves names, and unless it leads to a proxy,
addresses are judged there. Every read goes through `_Timed`, so a server that drips bytes, in its
headers or in its body, is left when the time of the request is over; one that sends more than
was agreed, packed, in crumbs or in headers, is left as well.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.wait import wait_for_read

from feeder.sources.guard import Guard
from feeder.sources.head import MAX_LINE, authority, fields, is_last, length_of, request_head, status_line
from feeder.sources.resolving import resolve

CONNECT_SECONDS = 10.0
IDLE_SECONDS = 20.0
HEAD_BYTES = 256_000
_LATE_SECONDS = 0.1  # how much a read may pass its deadline


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

    def __init__(self, sock: socket.socket, bounds: Bounds) -> None:
        self._sock = sock
        self._deadline = bounds.deadline
        self._most = HEAD_BYTES

    def makefile(self, *_: object) -> io.BufferedReader:
        """Stand in for the socket of which an HTTPResponse wants to read."""
        return io.BufferedReader(self)

    def grant(self, count: int) -> None:
        """Let this many more bytes arrive."""
        self._most += count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # Any: typeshed's buffer protocol has no public name in 3.11
        _hold(self._sock, self._deadline)
        count = self._sock.recv_into(buffer)
        self._most -= count
        if self._most < 0:
            raise TooMuchError
        return count


class Reply(http.client.HTTPResponse):
    """An answer: its head is read by `begin` with our own reader, its body with http.client's."""

    def __init__(self, sock: socket.socket, method: str = "GET") -> None:
        self._timed = _Timed(sock, _bounds.get())
        self._has_body = method != "HEAD"
        super().__init__(cast("socket.socket", self._timed), method=method)

    def begin(self) -> None:
        """Read the head; what a server says beforehand (RFC 9110, section 15.2) is passed over."""
        readline = self.fp.readline
        while True:
            self.version, self.status, self.reason = status_line(readline(MAX_LINE + 1))
            self.fields = fields(readline)
            if self.status >= 200:
                break
        self.code, self.headers, self.chunk_left = self.status, cast("Any", self.fields), None
        self.chunked = self._has_body and self.fields.get("Transfer-Encoding", "").lower() == "chunked"
        self.length = length_of(self.status, self.fields) if self._has_body else 0
        self.will_close = is_last(self.version, self.fields) or (self.length is None and not self.chunked)
        self._timed.grant(_bounds.get().max_bytes)


class Connection:
    """A connection to a host that was judged; with a `context`, TLS that it verifies.

    Neither urllib3's, whose connections and pools take as long as the request, nor http.client's, which takes each
    header in hand on its own.
    """

    rested = 0.0

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        self.sock: socket.socket | None = None
        self.lasts = True
        self._name = host  # the resolver looks a name with a closing dot up as it stands
        self._host = host.rstrip(".")  # as certificates and the header Host want it
        self._port = port
        self._context = context

    def ask(self, target: str, headers: Mapping[str, str], method: str = "GET") -> Reply:
        """Send a GET or HEAD and read the head of the answer."""
        host = authority("https" if self._context else "http", self._host, self._port)
        head = request_head(host, target, headers, method)
        sock = self.sock or self.connect()
        _hold(sock, _bounds.get().deadline)
        sock.sendall(head)
        reply = Reply(sock, method)
        reply.begin()
        self.lasts = not reply.will_close
        return reply

    def connect(self) -> socket.socket:
        """Within the deadline, whatever number of addresses the name has."""
        if self._context is not None:
            self._host.encode("idna")  # a name that TLS cannot take would fail where the socket is out of reach
        sock = _opened(self._name, self._port, judged=True)
        if self._context is not None:
            try:
                _hold(sock, _bounds.get().deadline, CONNECT_SECONDS)
                # wrapping takes the socket over, and a handshake inside of it would leave nothing to close
                sock = self._context.wrap_socket(sock, server_hostname=self._host, do_handshake_on_connect=False)
                sock.do_handshake()
            except BaseException:
                sock.close()
                raise
        self.sock = sock
        return sock

    def close(self) -> None:
        sock, self.sock = self.sock, None
        if sock is not None:
            sock.close()

    def serves(self) -> bool:
        """Whether it can be used again. What arrived without being asked for is nobody's answer.

        A middlebox may have dropped an idle connection without a word; asking costs a timeout.
        """
        if self.sock is None or monotonic() - self.rested >= IDLE_SECONDS:
            return False
        if isinstance(self.sock, ssl.SSLSocket) and self.sock.pending():
            return False
        return not wait_for_read(self.sock, timeout=0.0)


class _TimedProxy(_Timed):
    """The same, where http.client closes its socket while an answer is still read from it."""

    def __init__(self, sock: socket.socket, bounds: Bounds) -> None:
        super().__init__(sock, bounds)
        self._held = sock.makefile("rb", buffering=0)

    def close(self) -> None:
        self._held.close()
        super().close()


class _ProxyReply(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # Any: passed through untouched
        self._timed = _TimedProxy(sock, _bounds.get())
        super().__init__(cast("socket.socket", self._timed), *args, **kwargs)

    def begin(self) -> None:
        super().begin()
        self._timed.grant(_bounds.get().max_bytes)


class ToProxy(HTTPConnection):
    """Proxies are the house's own: their addresses are not judged, those behind them are (`http._answer`)."""

    response_class = _ProxyReply
    _used = 0.0

    @property
    def is_connected(self) -> bool:
        return monotonic() - self._used < IDLE_SECONDS and super().is_connected

    def request(self, *args: Any, **kwargs: Any) -> None:  # Any: passed through untouched
        self._used = monotonic()
        super().request(*args, **kwargs)

    def _new_conn(self) -> socket.socket:
        try:
            return _opened(self._dns_host, self.port, judged=False)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"{self.host} did not answer in time") from error
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error


class ToProxyTls(ToProxy, HTTPSConnection):
    """The same, for what is spoken through it with TLS."""


def _opened(host: str, port: int, *, judged: bool) -> socket.socket:
    """Connect to the first address that answers; socket.gaierror where the name has none."""
    bounds = _bounds.get()
    try:
        found = resolve(host, port, _left(bounds.deadline))
    except UnicodeError as error:
        raise socket.gaierror(str(error)) from error
    if judged:
        found = bounds.guard.admitted(found)
    failure: OSError = socket.gaierror("the name has no address")
    for family, kind, protocol, _, address in found:
        try:
            return _connected(socket.socket(family, kind, protocol), address)
        except OSError as error:
            failure = error
    raise failure


def _connected(sock: socket.socket, address: Any) -> socket.socket:  # Any: what getaddrinfo gives
    try:
        _hold(sock, _bounds.get().deadline, CONNECT_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


@contextmanager
def bound_by(bounds: Bounds) -> Iterator[None]:
    """Hold all that this thread sends and reads inside the block to `bounds`."""
    token = _bounds.set(bounds)
    try:
        yield
    finally:
        _bounds.reset(token)


def _hold(sock: socket.socket, deadline: float, most: float = inf) -> None:
    """Let what the socket does next end at the deadline: to say so anew lets all other threads run first."""
    left = min(most, _left(deadline))
    set_to = sock.gettimeout()
    if set_to is None or not left <= set_to <= left + _LATE_SECONDS:
        sock.settimeout(left)


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError("the time for the whole request is over")
    return left
