"""Fetching over HTTP: bounded in size, time and redirects, polite about hosts and about what has not changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from math import inf
from time import monotonic
from urllib.parse import urlsplit, urlunsplit
from urllib.request import getproxies

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import select_proxy, should_bypass_proxies
from urllib3.exceptions import HTTPError

from feeder.config.sections import Gathering
from feeder.errors import FetchError
from feeder.sources.access import Access, split_login
from feeder.sources.adapter import Adapter, Answer, Request
from feeder.sources.body import ENCODINGS, PackedError, drain, read_body
from feeder.sources.caching import freshness, longest, retry_after
from feeder.sources.guard import ForbiddenAddressError, Guard
from feeder.sources.manners import Manners, NoTurnError, Visit
from feeder.sources.permission import MAX_RULES_BYTES, ForbiddenPageError, Permission, Told
from feeder.sources.place import Place, place_of
from feeder.sources.reasons import advice_for, reason
from feeder.sources.redirects import REDIRECTS, LostError, Trail
from feeder.sources.resolving import resolve
from feeder.sources.wire import CONNECT_SECONDS, Bounds, TooMuchError, bound_by

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml,"
    " application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
ACCEPT_PAGE = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"
_FRAMING = 1.25  # what chunks may cost beyond what they carry

_look: ContextVar[tuple[float, str]] = ContextVar("look", default=(inf, ""))


@dataclass(frozen=True, slots=True)
class Response:
    """What a server said; `url` is where it was found after redirects, `body` is decoded.

    `wait`: how long it asks to be left alone (Cache-Control, Expires, Retry-After). `moved_to`:
    where the address has moved for good (301, 308), as far as the redirects from it on say so.
    Neither address holds a login. `date`: what time it is there (its Date header).
    """

    status: int
    url: str
    body: bytes
    etag: str | None
    last_modified: str | None
    content_type: str | None
    not_modified: bool
    wait: timedelta | None = None
    moved_to: str | None = None
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked for. `before` and `after`: whether it may be, and whether what came may be used."""

    source_id: str
    headers: Mapping[str, str]
    access: Access
    conditional: bool = False
    rules: bool = False
    only_status: bool = False
    method: str = "GET"
    before: Callable[[str], float] | None = None
    after: Callable[[Mapping[str, str], bytes], None] | None = None


class Fetcher:
    """Get documents from the web. Many threads may share one; close it when done.

    Proxies are those of the environment. Certificates are checked against certifi's and the
    system's (`SSL_CERT_FILE`, `SSL_CERT_DIR`); netrc files, cookies that servers set and requests'
    own variables play no part. `access`: credentials by source id.
    """

    def __init__(self, gathering: Gathering, user_agent: str, access: Mapping[str, Access] | None = None) -> None:
        self._seconds = gathering.timeout.total_seconds()
        self._max_bytes = gathering.max_bytes
        self._access = dict(access or {})
        self._proxies = getproxies()
        self._guard = Guard(gathering.allow_networks)
        self._adapter = Adapter(gathering.workers)
        self._manners = Manners(gathering.pause.total_seconds())
        self._permission = Permission(user_agent, self._rulebook)
        self._headers = {"User-Agent": user_agent, "Accept": ACCEPT, "Accept-Encoding": ", ".join(ENCODINGS)}

    def close(self) -> None:
        self._adapter.close()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def within(self, limit: timedelta, what: str = "[gathering] source_limit") -> Iterator[None]:
        """Give all that this thread gets inside the block `limit` in all, waiting for its turn included.

        What comes too late is a FetchError that names `what`. A block inside another can only shorten.
        """
        token = _look.set(min(_look.get(), (monotonic() + limit.total_seconds(), what)))
        try:
            yield
        finally:
            _look.reset(token)

    @staticmethod
    def time_left() -> float:
        """The seconds left of the innermost `within`; infinity outside of any."""
        return _look.get()[0] - monotonic()

    def get(self, source_id: str, url: str, etag: str | None = None, last_modified: str | None = None) -> Response:
        """Fetch `url`, or learn from its validators that it has not changed; FetchError otherwise."""
        headers = self._headers | _conditions(etag, last_modified)
        asking = _Asking(source_id, headers, self._access.get(source_id, _NO_ACCESS), bool(etag or last_modified))
        return self._follow(asking, url)

    def page(
        self,
        source_id: str,
        url: str,
        etag: str | None = None,
        last_modified: str | None = None,
        *,
        licensed: bool = False,
    ) -> Response:
        """Fetch a page that is not offered as a feed, if its robots.txt and its reservations let us.

        `licensed`: a licence lifts reservations of text and data mining; robots.txt holds all the same.
        """
        asking = _Asking(
            source_id,
            self._headers | {"Accept": ACCEPT_PAGE} | _conditions(etag, last_modified),
            self._access.get(source_id, _NO_ACCESS),
            conditional=bool(etag or last_modified),
            before=lambda target: self._permission.before(source_id, target, licensed=licensed),
            after=None if licensed else self._permission.after,
        )
        return self._follow(asking, url)

    def status(self, source_id: str, url: str) -> int:
        """What `url` answers in figures, after redirects; FetchError where nothing does, or robots.txt keeps us out.

        Asked is for its head alone, and again for the whole where a server may only dislike being asked so.
        """
        asking = _Asking(
            source_id,
            self._headers | {"Accept": ACCEPT_PAGE},
            _NO_ACCESS,
            only_status=True,
            before=lambda target: self._permission.before(source_id, target, licensed=True),
        )
        status = self._follow(replace(asking, method="HEAD"), url).status
        if status < 400 or status in (429, 503):
            return status
        return self._follow(asking, url).status

    def time_there(self, source_id: str, url: str) -> datetime | None:
        """What time it is where `url` is (UTC), after redirects; None if it does not say, FetchError if it cannot be
        asked."""
        asking = _Asking(source_id, self._headers | {"Accept": "*/*"}, _NO_ACCESS, only_status=True, method="HEAD")
        return self._follow(asking, url).date

    def _rulebook(self, source_id: str, url: str) -> Told:
        asking = _Asking(source_id, self._headers | {"Accept": "*/*"}, _NO_ACCESS, rules=True)
        try:
            answer = self._follow(asking, url)
        except FetchError as error:
            if self.time_left() <= 0:
                raise
            return Told(0, problem=str(error))
        return Told(answer.status, answer.body)

    def _follow(self, asking: _Asking, url: str) -> Response:
        url, asking = _without_login(asking, url)
        trail, left = Trail(), self._seconds
        with self._manners.visit() as visit:
            while True:
                with self._explained(asking, url):
                    place = place_of(url)
                    url = place.url
                    self._take_turn(visit, asking, place)
                    began = monotonic()
                    with bound_by(self._bounds(began + left)), self._answer(asking, place) as answer:
                        location = answer.headers.get("Location")
                        if answer.status_code not in REDIRECTS or not location:
                            return self._response(asking, url, answer, trail.moved_to)
                        drain(answer)
                    url = trail.after(url, answer.status_code, location)
                    left -= monotonic() - began

    @staticmethod
    def _take_turn(visit: Visit, asking: _Asking, place: Place) -> None:
        rest = 0.0
        if asking.before:
            visit.leave()  # its rules may have to be asked for at the same host
            rest = asking.before(place.url)
        visit.enter(place.host, _look.get()[0], rest)

    def _bounds(self, deadline: float) -> Bounds:
        return Bounds(min(deadline, _look.get()[0]), int(self._max_bytes * _FRAMING), self._guard)

    def _answer(self, asking: _Asking, place: Place) -> Answer:
        headers = asking.headers
        if own := asking.access.headers_for(place.url):
            headers = CaseInsensitiveDict(headers)
            headers.update(own)
        proxies: dict[str, str] = {}
        url = place.url
        if self._proxies and not should_bypass_proxies(url, no_proxy=None) and select_proxy(url, self._proxies):
            proxies = self._proxies
            self._check_behind_proxy(place)
        timeout = (CONNECT_SECONDS, self._seconds)
        return self._adapter.send(Request(place, headers, asking.method), stream=True, timeout=timeout, proxies=proxies)

    def _check_behind_proxy(self, place: Place) -> None:
        """Refuse what leads into the house from here; what only the proxy can resolve is the proxy's to judge."""
        try:
            found = resolve(place.host, place.port, CONNECT_SECONDS)
        except (OSError, UnicodeError):
            return
        self._guard.check_all(found)

    def _response(self, asking: _Asking, url: str, answer: Answer, moved_to: str | None) -> Response:
        status, headers, now = answer.status_code, answer.headers, datetime.now(UTC)
        not_modified = status == 304 and asking.conditional
        pause = retry_after(headers, now)
        body = b""
        if 200 <= status < 300:
            most = MAX_RULES_BYTES if asking.rules else self._max_bytes
            body = b"" if asking.only_status else read_body(answer, most, cut=asking.rules)
        elif not_modified:
            drain(answer)
        elif not (asking.rules or asking.only_status):
            said = f"{status} {answer.reason or ''}".strip()
            message = f"{shown(url)} answered {said}: {advice_for(status)}"
            raise FetchError(asking.source_id, message, wait=pause, gone=status == 410, refused=status in (404, 410))
        if asking.after:
            asking.after(headers, body)
        return Response(
            status=status,
            url=url,
            body=body,
            etag=headers.get("ETag"),
            last_modified=headers.get("Last-Modified"),
            content_type=headers.get("Content-Type"),
            not_modified=not_modified,
            wait=longest(freshness(headers, now), pause),
            moved_to=moved_to,
            date=_moment(headers.get("Date")),
        )

    @contextmanager
    def _explained(self, asking: _Asking, url: str) -> Iterator[None]:
        try:
            yield
        except ForbiddenPageError as error:
            raise FetchError(asking.source_id, f"{shown(url)} {error}", refused=error.lasts) from error
        except (ForbiddenAddressError, LostError, PackedError) as error:
            raise FetchError(asking.source_id, f"{shown(url)} {error}") from error
        except TooMuchError as error:
            words = f"holds more than {self._max_bytes} bytes: raise [gathering] max_bytes if it may"
            raise FetchError(asking.source_id, f"{shown(url)} {words}") from error
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
            until, what = _look.get()
            words = reason(error, self._seconds)
            if isinstance(error, NoTurnError) or monotonic() >= until:
                words = f"came too late: the time for one look ({what}) is over; the rest is tried next time"
            raise FetchError(asking.source_id, f"{shown(url)} {words}") from error


_NO_ACCESS = Access("")


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    found = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in found.items() if value}


def _moment(date: str | None) -> datetime | None:
    try:
        said = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return said.astimezone(UTC) if said.tzinfo else None


def _without_login(asking: _Asking, url: str) -> tuple[str, _Asking]:
    """Move a login in the address to where it is sent to its origin only, and shown nowhere."""
    if "@" not in url:
        return url, asking
    try:
        plain, (username, password) = split_login(url)
    except ValueError:
        return url, asking
    if plain == url or asking.access is not _NO_ACCESS:
        return plain, asking
    return plain, replace(asking, access=Access(plain, username, password))


def shown(url: str) -> str:
    """An address fit for messages: without credentials, and without a query that may hold a key."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return repr(url)
    return urlunsplit((parts.scheme, host, parts.path, "…" if parts.query else "", ""))
