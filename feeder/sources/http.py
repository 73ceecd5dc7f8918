"""Fetching over HTTP: bounded in size, time and redirects, polite about what has not changed."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException
from time import monotonic
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.request import getproxies

import requests
from requests.utils import DEFAULT_ACCEPT_ENCODING, should_bypass_proxies
from urllib3.exceptions import HTTPError, NameResolutionError

from feeder.addresses import is_web_address
from feeder.config.sections import Gathering
from feeder.errors import FetchError
from feeder.sources.wire import CONNECT_SECONDS, Adapter, until

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

MAX_REDIRECTS = 5
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml,"
    " application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_DECODABLE = frozenset(("", "identity", *DEFAULT_ACCEPT_ENCODING.replace(" ", "").split(","), "x-gzip"))
_ADVICE = {
    401: "it wants a login: check the address or its credentials",
    403: "it refuses us: ask its owner, or read another source",
    404: "there is nothing at this address: look for the new one",
    410: "it is gone for good: remove the source",
    429: "it is asked too often: raise [schedule] gather",
}


@dataclass(frozen=True, slots=True)
class Response:
    """What a server said; `url` is where it was found after redirects, `body` is decoded."""

    status: int
    url: str
    body: bytes
    etag: str | None
    last_modified: str | None
    content_type: str | None
    not_modified: bool
    wait: timedelta | None = None
    moved_to: str | None = None


class Fetcher:
    """Get documents from the web. Many threads may share one; close it when done.

    Proxies are those of the environment. Certificates are checked against certifi's and the
    system's (`SSL_CERT_FILE`, `SSL_CERT_DIR`); netrc files, cookies and requests' own variables
    play no part.
    """

    def __init__(self, gathering: Gathering, user_agent: str) -> None:
        self._seconds = gathering.timeout.total_seconds()
        self._max_bytes = gathering.max_bytes
        self._proxies = getproxies()
        self._adapter = Adapter(gathering.workers)
        self._headers = {"User-Agent": user_agent, "Accept": ACCEPT, "Accept-Encoding": DEFAULT_ACCEPT_ENCODING}

    def close(self) -> None:
        self._adapter.close()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, source_id: str, url: str, etag: str | None = None, last_modified: str | None = None) -> Response:
        """Fetch `url`, or learn from its validators that it has not changed; FetchError otherwise."""
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = self._headers | {name: value for name, value in conditions.items() if value}
        with until(monotonic() + self._seconds):
            for _ in range(MAX_REDIRECTS + 1):
                if not is_web_address(url):
                    raise FetchError(source_id, f"{shown(url)} is no http or https address: correct it")
                with _explained(source_id, url, self._seconds), self._answer(url, headers) as answer:
                    location = answer.headers.get("Location")
                    if answer.status_code not in _REDIRECTS or not location:
                        return self._response(source_id, url, answer, conditional=bool(etag or last_modified))
                url = urljoin(url, _utf8(location))
        raise FetchError(source_id, f"{shown(url)}: more than {MAX_REDIRECTS} redirects: look for the final address")

    def _answer(self, url: str, headers: dict[str, str]) -> requests.Response:
        request = requests.Request("GET", url, headers).prepare()
        bypass = not self._proxies or should_bypass_proxies(url, no_proxy=None)
        return self._adapter.send(
            request,
            stream=True,
            timeout=(CONNECT_SECONDS, self._seconds),
            proxies={} if bypass else self._proxies,
        )

    def _response(self, source_id: str, url: str, answer: requests.Response, *, conditional: bool) -> Response:
        status, headers = answer.status_code, answer.headers
        not_modified = status == 304 and conditional
        if not (200 <= status < 300 or not_modified):
            advice = _ADVICE.get(status, "a fault of theirs, tried again next time" if status >= 500 else "check it")
            said = f"{status} {answer.reason or ''}".strip()
            raise FetchError(source_id, f"{shown(url)} answered {said}: {advice}")
        return Response(
            status=status,
            url=url,
            body=b"" if not_modified else self._body(source_id, url, answer),
            etag=headers.get("ETag"),
            last_modified=headers.get("Last-Modified"),
            content_type=headers.get("Content-Type"),
            not_modified=not_modified,
        )

    def _body(self, source_id: str, url: str, answer: requests.Response) -> bytes:
        encodings = answer.headers.get("Content-Encoding", "").lower().replace(" ", "").split(",")
        if not _DECODABLE.issuperset(encodings):
            raise FetchError(source_id, f"{shown(url)} is packed as {', '.join(encodings)}, which nobody asked for")
        announced = answer.headers.get("Content-Length", "")
        raw = cast("BaseHTTPResponse", answer.raw)
        body = bytearray()
        if not (announced.isdecimal() and int(announced[:20]) > self._max_bytes):
            while chunk := raw.read1(65536, decode_content=True):
                body += chunk
                if len(body) > self._max_bytes:
                    break
            else:
                return bytes(body)
        limit = f"{self._max_bytes} bytes"
        raise FetchError(source_id, f"{shown(url)} holds more than {limit}: raise [gathering] max_bytes if it may")


@contextmanager
def _explained(source_id: str, url: str, seconds: float) -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
        raise FetchError(source_id, f"{shown(url)} {_reason(error, seconds)}") from error


def _reason(error: BaseException, seconds: float) -> str:
    causes = tuple(_causes(error))

    def is_any(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if is_any(NameResolutionError):
        return "cannot be found: the host's name does not resolve; check it"
    if is_any(requests.Timeout, TimeoutError):
        return f"took too long: {seconds:g} seconds in all were not enough; tried again next time"
    if is_any(ssl.SSLError):
        return f"cannot be trusted: {causes[-1]}; check its certificate"
    if is_any(requests.exceptions.ProxyError):
        return f"is behind a proxy that does not help: {causes[-1]}; check HTTP_PROXY and HTTPS_PROXY"
    if is_any(ConnectionRefusedError):
        return "refuses connections; tried again next time"
    return f"cannot be fetched: {causes[-1]}; tried again next time"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Dig for what went wrong first: requests and urllib3 wrap it in args, in `reason` and in causes."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        inner = (getattr(found, "reason", None), *found.args, found.__cause__, found.__context__)
        found = next((each for each in inner if isinstance(each, BaseException) and id(each) not in seen), None)


def _utf8(header: str) -> str:
    """Headers arrive as Latin-1, but servers write addresses in UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def shown(url: str) -> str:
    """An address fit for messages: without credentials, and without a query that may hold a key."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return repr(url)
    return urlunsplit((parts.scheme, host, parts.path, "…" if parts.query else "", ""))
