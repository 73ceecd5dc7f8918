"""Where connections are kept, and how requests gets at them."""

from __future__ import annotations

import ssl
from collections import OrderedDict
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

from feeder.sources.wire import Reaching, ReachingTls, ToProxy, ToProxyTls

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse


_PORTS = {"http": 80, "https": 443}


class _Pool(HTTPConnectionPool):
    ConnectionCls = Reaching


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = ReachingTls


class _ProxyPool(HTTPConnectionPool):
    ConnectionCls = ToProxy


class _ProxyTlsPool(HTTPSConnectionPool):
    ConnectionCls = ToProxyTls


class _Answer(requests.Response):
    """Only what is read here: a requests.Response makes a cookie jar each, and takes cookies."""

    def __init__(self, request: requests.PreparedRequest, raw: BaseHTTPResponse) -> None:
        self.status_code, self.reason = raw.status, str(raw.reason or "")
        self.headers, self.raw, self.request = cast("Any", raw.headers), raw, request  # case-insensitive too
        self._content_consumed = False


class Adapter(HTTPAdapter):
    """Share one SSLContext: requests would read the whole CA bundle anew for each host (23 ms).

    A host is asked one thing at a time, so it has one connection, and only those of the hosts
    asked last are kept: an idle one with TLS holds 60 KB. The pools are found by hand, because
    urllib3's PoolManager takes as long for it as for sending the request.
    """

    def __init__(self, workers: int) -> None:
        self._lock = Lock()
        self._workers = workers
        self._pools: OrderedDict[tuple[str, str, int], HTTPConnectionPool] = OrderedDict()
        super().__init__(pool_connections=2 * workers, pool_maxsize=1)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        return context

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        """Find the pool of a request's host (Any: requests' private types)."""
        if proxies:
            return cast("HTTPConnectionPool", super().get_connection_with_tls_context(request, verify, proxies, cert))
        parts = urlsplit(str(request.url))
        key = (parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme])
        with self._lock:
            pool = self._pools.pop(key, None) or self._new_pool(*key)
            self._pools[key] = pool
            oldest = self._pools.popitem(last=False)[1] if len(self._pools) > 2 * self._workers else None
        if oldest is not None:
            oldest.close()
        return pool

    def _new_pool(self, scheme: str, host: str, port: int) -> HTTPConnectionPool:
        if scheme == "https":
            return _TlsPool(host, port, maxsize=1, ssl_context=self._context)
        return _Pool(host, port, maxsize=1)

    def build_connection_pool_key_attributes(self, request: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
        """Name the pool for a request through a proxy, with the shared context (Any: requests' private types)."""
        parts = urlsplit(str(request.url))
        with self._lock:
            tls = {"ssl_context": self._context} if parts.scheme == "https" else {}
        return {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port}, tls

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        """What stands in the request's first line (Any: requests' private types)."""
        return super().request_url(request, proxies) if proxies else request.path_url

    def build_response(self, req: requests.PreparedRequest, resp: BaseHTTPResponse) -> requests.Response:
        """Build an answer that takes no cookie, whoever sets it."""
        return _Answer(req, resp)

    def cert_verify(self, *_: Any) -> None:
        """Leave it to the shared context, which verifies certificate and host name."""

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:  # Any: what requests passes through
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _ProxyPool, "https": _ProxyTlsPool}
        manager.connection_pool_kw["maxsize"] = self._workers  # whatever the hosts, there is one proxy
        return manager

    def close(self) -> None:
        with self._lock:
            pools, self._pools = self._pools, OrderedDict()
        for pool in pools.values():
            pool.close()
        super().close()
