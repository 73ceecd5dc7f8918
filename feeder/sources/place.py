"""An address taken apart once, for all who want a part of it on the way of its request."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

import requests

from feeder.addresses import is_web_address
from feeder.sources.guard import ForbiddenAddressError, check_port

_PORTS = {"http": 80, "https": 443}
# What nothing has to be done about: no login, no capitals in its host, nothing quoted, no dots to resolve in its
# path, no empty query, no fragment.
_PLAIN = re.compile(
    r"(https?)://([a-z0-9][a-z0-9._-]*)(?::([1-9][0-9]{0,3}|[1-5][0-9]{4}))?"
    r"((?:/(?!\.)[A-Za-z0-9._~!$&'()*+,;=:@-]*)+(?:\?[A-Za-z0-9._~!$&'()*+,;=:@/?-]+)?)",
    re.ASCII,
)


class Place(NamedTuple):
    """Where to ask: `url` is quoted as it is sent, `target` what of it the host is told."""

    url: str
    scheme: str
    host: str
    port: int
    target: str

    @property
    def key(self) -> tuple[str, str, int]:
        """What addresses that one connection serves have in common."""
        return self.scheme, self.host, self.port


def place_of(url: str) -> Place:
    """Take an address apart, as requests would. ForbiddenAddressError where it is none of the web's.

    ValueError (requests.RequestException) where it cannot be read.
    """
    if plain := _PLAIN.fullmatch(url):
        scheme, host, port, target = plain.groups()
        place = Place(url, scheme, host, int(port) if port else _PORTS[scheme], target)
    else:
        place = _prepared(url)
    check_port(place.port)
    return place


def _prepared(url: str) -> Place:
    if not is_web_address(url):
        raise ForbiddenAddressError("is no http or https address: correct it")
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    prepared = str(request.url)
    parts = urlsplit(prepared)
    port = _PORTS[parts.scheme] if parts.port is None else parts.port
    return Place(prepared, parts.scheme, parts.hostname or "", port, request.path_url)
