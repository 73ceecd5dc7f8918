"""Whether a page may be read: robots.txt (RFC 9309) and the reservation of text and data mining (TDMRep).

Feeds are offered to be read by programs; pages are not, so their owners are asked first. A
reservation counts wherever it stands: in `/.well-known/tdmrep.json`, in the header or in the
page's meta tag `tdm-reservation`, or as `noai` in X-Robots-Tag and meta robots. `noindex` and
`nosnippet` speak of search engines and are none of ours.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from protego import Protego

from feeder.sources.reservation import Reservation, reserved_by_page

MAX_CRAWL_DELAY = 30.0
MAX_RULES_BYTES = 512_000  # RFC 9309, section 2.5
_KEPT_SECONDS = 24 * 3600.0
_CLOSED_SECONDS = 600.0
_KEPT_ORIGINS = 512
_KEPT_BYTES = 500_000  # of text; what is made of it takes twenty times as much
_AGENT = re.compile(r"\s*user[ -]?agent\s*[:\s]\s*([^#\s]*)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+")
_LICENCE = 'ask its owner for leave and set rights = "licensed" with the licence, or do without its pages'

Kept = TypeVar("Kept")


class ForbiddenPageError(Exception):
    """A page that its owner does not let us read; the message fits behind its URL. `lasts`: that was their word."""

    def __init__(self, message: str, *, lasts: bool = True) -> None:
        super().__init__(message)
        self.lasts = lasts


@dataclass(frozen=True, slots=True)
class Told:
    """What a server answered when asked for its rules; status 0: it could not be asked, for `problem`."""

    status: int
    body: bytes = b""
    problem: str = ""


class _Robots:
    """What a robots.txt lets us do; `closed` says why it lets us do nothing."""

    def __init__(self, rules: Protego | None, closed: str, size: int) -> None:
        self.rules = rules
        self.closed = closed
        self.size = size


class _Shelf:
    """What origins said, the last asked for last; bounded in number, bytes and age."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[str, tuple[float, int, object]] = OrderedDict()
        self._bytes = 0

    def find(self, key: str, kind: type[Kept]) -> Kept | None:
        with self._lock:
            until, _, value = self._kept.get(key, (0.0, 0, None))
            if until < monotonic() or not isinstance(value, kind):
                return None
            self._kept.move_to_end(key)
            return value

    def keep(self, key: str, value: object, size: int, seconds: float) -> None:
        with self._lock:
            self._bytes += size - self._kept.pop(key, (0.0, 0, None))[1]
            self._kept[key] = (monotonic() + seconds, size, value)
            while len(self._kept) > _KEPT_ORIGINS or (self._bytes > _KEPT_BYTES and len(self._kept) > 1):
                self._bytes -= self._kept.popitem(last=False)[1][1]


class Permission:
    """Asks each origin once a day. `ask(source_id, url)` gets a rulebook, whatever the server answers."""

    def __init__(self, user_agent: str, ask: Callable[[str, str], Told]) -> None:
        self.token = product_token(user_agent)
        self._ask = ask
        self._shelf = _Shelf()

    def before(self, source_id: str, url: str, *, licensed: bool) -> float:
        """Whether a page may be asked for (ForbiddenPageError if not), and the seconds between two of its host's."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        robots = self._robots(source_id, f"{origin}/robots.txt")
        if robots.closed:
            raise ForbiddenPageError(f"may not be read for now: {robots.closed}; tried again later", lasts=False)
        if robots.rules and not robots.rules.can_fetch(url, self.token):
            raise ForbiddenPageError(
                f"may not be read: {origin}/robots.txt forbids it to {self.token}; ask its owner, or do without it"
            )
        if not licensed:
            where = f"{origin}/.well-known/tdmrep.json"
            target = unquote(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            self._refuse_reserved(self._reservation(source_id, where), where, target)
        delay = robots.rules.crawl_delay(self.token) if robots.rules else None
        return min(MAX_CRAWL_DELAY, float(delay or 0.0))

    def after(self, headers: Mapping[str, str], body: bytes) -> None:
        """Whether a page that was got may be used: its own word comes with it."""
        if said := reserved_by_page(headers, body, self.token):
            raise ForbiddenPageError(f"is reserved: {said}; {_LICENCE}")

    def _robots(self, source_id: str, url: str) -> _Robots:
        if (found := self._shelf.find(url, _Robots)) is None:
            found = _read_robots(url, self._ask(source_id, url), self.token)
            self._shelf.keep(url, found, found.size, _CLOSED_SECONDS if found.closed else _KEPT_SECONDS)
        return found

    def _reservation(self, source_id: str, url: str) -> Reservation:
        if (found := self._shelf.find(url, Reservation)) is None:
            told = self._ask(source_id, url)
            found = Reservation.read(told.body) if 200 <= told.status < 300 else Reservation()
            self._shelf.keep(url, found, len(told.body), _KEPT_SECONDS if told.status else _CLOSED_SECONDS)
        return found

    def _refuse_reserved(self, reservation: Reservation, where: str, target: str) -> None:
        if (rule := reservation.rule_for(target)) and rule.reserved:
            policy = f" (its terms: {rule.policy})" if rule.policy else ""
            raise ForbiddenPageError(f"is reserved: {where} says tdm-reservation: 1{policy}; {_LICENCE}")


def product_token(user_agent: str) -> str:
    """The name in a User-Agent by which robots.txt may speak of us (RFC 9309, section 2.2.1)."""
    _, _, inner = user_agent.partition("compatible;")
    match = _TOKEN.match(inner.strip()) or _TOKEN.match(user_agent.strip())
    return match[0].lower() if match else "feeder"


def _read_robots(url: str, told: Told, token: str) -> _Robots:
    if told.status == 0 or told.status == 429 or told.status >= 500:
        why = told.problem or f"{url} answered {told.status}"
        return _Robots(None, f"without its robots.txt nobody knows what is allowed ({why})", 0)
    if told.status >= 300:
        return _Robots(None, "", 0)
    ours = _groups_for(token, told.body[:MAX_RULES_BYTES].decode("utf-8", "replace").removeprefix("\ufeff"))
    return _Robots(Protego.parse(ours), "", len(ours))


def _groups_for(token: str, text: str) -> str:
    """The groups that speak to us or to everybody; Protego would give every rule to every agent named above it."""
    kept: list[str] = []
    names: set[str] = set()
    naming = False
    for line in text.splitlines():
        if agent := _AGENT.match(line):
            names = names if naming else set()
            found = _TOKEN.match(agent[1])
            name = "*" if agent[1] == "*" else found[0].lower() if found else ""
            if name in (token, "*") and name not in names:
                kept.append(f"User-agent: {name}")
                names.add(name)
            naming = True
        elif line.partition("#")[0].strip():
            naming = False
            if names:
                kept.append(line)
    return "\n".join(kept)
