"""How long a server wants to be left alone: Retry-After, Cache-Control and Expires (RFC 9110, RFC 9111). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MAX_FRESH = timedelta(days=1)
MAX_WAIT = timedelta(days=7)

_NONE = timedelta(0)
_DIRECTIVE = re.compile(r'\s*([\w-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,"]*)))?\s*(?:,|$)', re.ASCII)


def freshness(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How much longer an answer stays good, a day at most; None where it does not say.

    `s-maxage` is for shared caches, which we are not.
    """
    said = _directives(headers.get("Cache-Control", ""))
    if "no-cache" in said or "no-store" in said:
        return _NONE
    lifetime = _seconds(said.get("max-age"), MAX_FRESH)
    if lifetime is None:
        lifetime = _until_expiry(headers, now)
    if lifetime is None:
        return None
    age = _seconds(headers.get("Age"), MAX_FRESH) or _NONE
    return max(_NONE, min(MAX_FRESH, lifetime) - age)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long to stay away, a week at most; None where nothing is said that can be understood."""
    value = headers.get("Retry-After")
    if value is None:
        return None
    asked = _seconds(value, MAX_WAIT)
    if asked is None and (moment := _date(value)):
        asked = moment - now
    return None if asked is None else max(_NONE, min(MAX_WAIT, asked))


def longest(fresh: timedelta | None, pause: timedelta | None) -> timedelta | None:
    """How long to leave an answer alone that is `fresh` and came with a Retry-After: a day at most."""
    return max((min(MAX_FRESH, each) for each in (fresh, pause) if each is not None), default=None)


def _directives(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, quoted, plain in _DIRECTIVE.findall(value[:1000]):
        found.setdefault(name.lower(), quoted or plain)
    return found


def _seconds(value: str | None, most: timedelta) -> timedelta | None:
    value = (value or "").strip()
    if not (value.isascii() and value.isdecimal()):
        return None
    return min(most, timedelta(seconds=int(value[:9]))) if len(value) < 10 else most


def _until_expiry(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    value = headers.get("Expires")
    if value is None:
        return None
    expires = _date(value)
    if expires is None:
        return _NONE  # RFC 9111, section 5.3: above all "0" means that it is over
    return expires - (_date(headers.get("Date", "")) or now)


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
