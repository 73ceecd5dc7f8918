"""Connections that keep a deadline: below requests, because its timeouts count per read.

Every connection is opened by `_Reaching._new_conn`, which alone resolves names: the place where
addresses are judged. Every read goes through `_Timed`, so a server that drips bytes, in its
headers or in its body, is left when the time of the request is over.
"""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from http.client import HTTPResponse
from threading import Lock
from time import monotonic
from typing import Any, cast
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

CONNECT_SECONDS = 10.0
IDLE_SECONDS = 20.0

_deadline: ContextVar[float] = ContextVar("deadline")


class _Timed(io.RawIOBase):
    """A socket's stream whose every read ends at the deadline of the request."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: float) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:  # Any: typeshed's buffer protocol has no public name in 3.11
        self._sock.settimeout(_left(self._deadline))
        return cast("io.FileIO", self._raw).readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # Any: passed through untouched
        super().__init__(sock, *args, **kwargs)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_Timed(raw, sock, _deadline.get()))


class _Reaching(HTTPConnection):
    """Connect within the deadline, whatever number of addresses a name has; forget what idled."""

    response_class = _TimedResponse
    _used = 0.0

    @property
    def is_connected(self) -> bool:
        # A middlebox may have dropped an idle connection without a word; asking costs a timeout.
        return monotonic() - self._used < IDLE_SECONDS and super().is_connected

    def request(self, *args: Any, **kwargs: Any) -> None:  # Any: passed through untouched
        self._used = monotonic()
        super().request(*args, **kwargs)

    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(self.host, self, cast("socket.gaierror", error)) from error
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
        sock.settimeout(min(CONNECT_SECONDS, _left(_deadline.get())))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


class _ReachingTls(_Reaching, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Reaching


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _ReachingTls


class Adapter(HTTPAdapter):
    """Share one SSLContext: requests would read the whole CA bundle anew for each host (23 ms)."""

    def __init__(self, workers: int) -> None:
        self._lock = Lock()
        super().__init__(pool_connections=4 * workers, pool_maxsize=workers)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        return context

    def build_connection_pool_key_attributes(self, request: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
        """Name the pool for a request, always with the shared context (Any: requests' private types)."""
        parts = urlsplit(str(request.url))
        with self._lock:
            tls = {"ssl_context": self._context} if parts.scheme == "https" else {}
        return {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port}, tls

    def cert_verify(self, *_: Any) -> None:
        """Leave it to the shared context, which verifies certificate and host name."""

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:  # Any: what requests passes through
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        return manager


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """Give all that this thread sends and reads inside the block no longer than `deadline` (monotonic)."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError("the time for the whole request is over")
    return left
