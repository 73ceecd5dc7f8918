"""Where connections are kept, and how requests gets at them."""

from __future__ import annotations

import ssl
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property, partial
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool

from feeder.sources.place import Place, place_of
from feeder.sources.wire import IDLE_SECONDS, Connection, Reply, ToProxy, ToProxyTls

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

_Key = tuple[str, str, int]


class Request(requests.PreparedRequest):
    """A GET or HEAD, filled by hand: what a Session adds (netrc, cookies, hooks) plays no part, and costs as much."""

    def __init__(self, place: Place, headers: Mapping[str, str], method: str = "GET") -> None:
        super().__init__()
        self.place = place
        self.method, self.url = method, place.url
        self.headers = cast("Any", headers)  # what takes no notice of capitals would cost as much again


class Answer(requests.Response):
    """Only what is read here: a requests.Response makes a cookie jar each, and takes cookies."""

    def __init__(self, request: requests.PreparedRequest, raw: BaseHTTPResponse) -> None:
        self.status_code, self.reason = raw.status, str(raw.reason or "")
        self.headers, self.raw, self.request = cast("Any", raw.headers), raw, request  # case-insensitive too
        self._content_consumed = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing has to be read before its connection serves again."""
        return False


class _Own(Answer):
    """An answer on a connection of our own: what unpacks its body is made where it is read, for most have none."""

    def __init__(
        self,
        request: requests.PreparedRequest,
        reply: Reply,
        connection: Connection,
        give: Callable[[Connection], None],
    ) -> None:
        self.status_code, self.reason, self.request = reply.status, reply.reason, request
        self.headers = cast("Any", reply.fields)
        self._reply, self._connection, self._give = reply, connection, give
        self._content_consumed = False

    @cached_property
    def raw(self) -> _Raw:  # type: ignore[override]  # in the library it is an attribute
        return _Raw(self._reply, self._connection, self._give)

    @property
    def is_empty(self) -> bool:
        return self._reply.length == 0

    def close(self) -> None:
        if "raw" in self.__dict__:
            super().close()
        elif self.is_empty:
            self._give(self._connection)
        else:
            self._connection.close()


class _Raw(HTTPResponse):
    """A body that hands its connection to `give` when it has been read, and closes it when that fails."""

    def __init__(self, reply: Reply, connection: Connection, give: Callable[[Connection], None]) -> None:
        super().__init__(
            body=cast("Any", reply),
            headers=reply.fields,
            status=reply.status,
            version=reply.version,
            reason=reply.reason,
            preload_content=False,
            original_response=cast("Any", reply),
            connection=cast("Any", connection),
            request_method="GET",
        )
        self._give = give

    def release_conn(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            if self._original_response is not None:
                self._original_response.close()
            self._give(cast("Connection", connection))


class Resting:
    """Connections between two requests, at most `most`: those of the hosts asked last, a short while.

    Who takes one has it alone, so none is closed under anybody's hands.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._connections: OrderedDict[_Key, Connection] = OrderedDict()

    def __len__(self) -> int:
        return len(self._connections)

    def take(self, key: _Key) -> Connection | None:
        """The connection to a host, if there is one that serves."""
        with self._lock:
            found = self._connections.pop(key, None)
        if found is None or found.serves():
            return found
        found.close()
        return None

    def give(self, key: _Key, connection: Connection) -> None:
        """Keep a connection whose answer has been read, and close those that have had their time."""
        if not connection.lasts:
            connection.close()
        if connection.sock is None:
            return
        connection.rested = now = monotonic()
        with self._lock:
            over = [self._connections.pop(key, None)]
            self._connections[key] = connection
            for old in tuple(self._connections):
                if len(self._connections) <= self._most and now - self._connections[old].rested < IDLE_SECONDS:
                    break
                over.append(self._connections.pop(old))
        for each in over:
            if each is not None:
                each.close()

    def close(self) -> None:
        """Close all, and from now on every one that is given."""
        with self._lock:
            self._most = 0
            over, self._connections = self._connections, OrderedDict()
        for each in over.values():
            each.close()


class _ProxyPool(HTTPConnectionPool):
    ConnectionCls = ToProxy


class _ProxyTlsPool(HTTPSConnectionPool):
    ConnectionCls = ToProxyTls


class Adapter(HTTPAdapter):
    """Share one SSLContext: requests would read the whole CA bundle anew for each host (23 ms).

    A host is asked one thing at a time, so it has one connection, and only those of the hosts
    asked last are kept: an idle one with TLS holds 60 KB. What goes through a proxy is urllib3's.
    """

    def __init__(self, workers: int) -> None:
        self._lock = Lock()
        self._workers = workers
        self._tls: ssl.SSLContext | None = None
        self.resting = Resting(2 * workers)
        super().__init__(pool_connections=2 * workers, pool_maxsize=1)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,  # Any, here and below: requests' private types
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Answer:
        """Send what was prepared (`Request`); the body of the answer is still to be read.

        Times are the bounds' alone, and certificates are always verified.
        """
        if proxies:
            return cast("Answer", super().send(request, stream, timeout, verify, cert, proxies))
        place = request.place if isinstance(request, Request) else place_of(str(request.url))
        rested = self.resting.take(place.key)
        if rested is not None:
            with suppress(ConnectionError, ssl.SSLEOFError):  # it may have hung up just now: RFC 9112, section 9.3.1
                return self._ask(request, place, rested)
        context = self._context if place.scheme == "https" else None
        return self._ask(request, place, Connection(place.host, place.port, context))

    def _ask(self, request: requests.PreparedRequest, place: Place, connection: Connection) -> _Own:
        try:
            reply = connection.ask(place.target, request.headers, request.method or "GET")
            return _Own(request, reply, connection, partial(self.resting.give, place.key))
        except BaseException:
            connection.close()
            raise

    @property
    def _context(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls is None:
                self._tls = ssl.create_default_context()
                self._tls.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
                self._tls.set_alpn_protocols(["http/1.1"])
            return self._tls

    def build_connection_pool_key_attributes(self, request: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
        """Name the pool for a request through a proxy, with the shared context."""
        parts = urlsplit(str(request.url))
        tls = {"ssl_context": self._context} if parts.scheme == "https" else {}
        return {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port}, tls

    def build_response(self, req: requests.PreparedRequest, resp: BaseHTTPResponse) -> Answer:
        """Build an answer that takes no cookie, whoever sets it."""
        return Answer(req, resp)

    def cert_verify(self, *_: Any) -> None:
        """Leave it to the shared context, which verifies certificate and host name."""

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Find the connections to a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _ProxyPool, "https": _ProxyTlsPool}
        manager.connection_pool_kw["maxsize"] = self._workers  # whatever the hosts, there is one proxy
        return manager

    def close(self) -> None:
        self.resting.close()
        super().close()
