"""A server that answers with JSON: asked with credentials, within a time, and never led elsewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from requests.auth import HTTPBasicAuth

from feeder.delivery.posting import CONNECT_SECONDS, is_for_now, reaching
from feeder.errors import DeliveryError

MOST_BYTES = 16_000_000
_SAID_LIMIT = 300


class RefusedError(DeliveryError):
    """The server answered with something else than 2xx."""


class Api:
    """A conversation with a server, for one thread. `seconds` bound it from now on: no request begins after that, and
    none waits longer for an answer. `hints` say what a person does about a status."""

    def __init__(self, url: str, credentials: tuple[str, str], seconds: float, hints: Mapping[int, str]) -> None:
        self.url = url
        self._hints = hints
        self._until = time.monotonic() + seconds
        self._session = requests.Session()
        self._session.auth = HTTPBasicAuth(*(one.encode() for one in credentials))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def ask(self, path: str, **parameters: str | int) -> Any:
        """GET what stands under a path; its JSON."""
        return self._read(self._call("GET", path, parameters))

    def give(self, method: str, path: str, what: Mapping[str, object]) -> Any:
        """Give it something by POST or PUT; the JSON that it answers. After a DeliveryError that says `retry` nobody
        knows whether it was taken."""
        return self._read(self._call(method, path, {}, what))

    def page(self, path: str) -> str:
        """GET a page."""
        return self._call("GET", path, {})[1].decode("utf-8", "replace")

    def _call(
        self, method: str, path: str, parameters: Mapping[str, str | int], what: Mapping[str, object] | None = None
    ) -> tuple[str, bytes]:
        """The address that was called, and the answer's body."""
        address = self.url + path
        left = self._until - time.monotonic()
        if left <= 0:
            raise DeliveryError(f"{self.url} was too slow: nothing more was asked of it in time", retry=True)
        with (
            reaching(address),
            self._session.request(
                method,
                address,
                params=parameters,
                json=what,
                headers={"Accept": "application/json, text/html", "Accept-Encoding": "identity"},
                timeout=(min(CONNECT_SECONDS, left), left),
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            body = _body(response, address)
            if not 200 <= response.status_code < 300:
                raise self._refused(method, address, response, body)
            return address, body

    def _refused(self, method: str, address: str, response: requests.Response, body: bytes) -> RefusedError:
        status = response.status_code
        words = f"{method} {address} was answered with {status}{_said(body)}"
        if 300 <= status < 400:
            there = urlsplit(response.headers.get("Location", ""))
            words += f", which leads to {there.netloc or there.path!a}: credentials go to no other address"
        hint = self._hints.get(404 if 300 <= status < 400 else status)
        return RefusedError(f"{words}; {hint}" if hint else words, retry=is_for_now(status))

    def _read(self, answer: tuple[str, bytes]) -> Any:
        address, body = answer
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise DeliveryError(
                f"{address} answered with something that is no JSON: is it the right server?"
            ) from error


def _body(response: requests.Response, address: str) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(65_536):
        body += chunk
        if len(body) > MOST_BYTES:
            raise DeliveryError(f"{address} answered with more than {MOST_BYTES} bytes")
    return bytes(body)


def _said(body: bytes) -> str:
    """The server's own words, where it has any."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    words = told.get("message") if isinstance(told, dict) else None
    return f' ("{" ".join(words.split())[:_SAID_LIMIT]}")' if isinstance(words, str) and words.strip() else ""
