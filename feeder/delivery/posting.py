"""Something posted to an address of our own configuration: bounded in time and bytes, and never led elsewhere.

Nothing said of it names more than the server: the path may be a secret as well as the query (the addresses of chat
services, topics of ntfy).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

import requests
from requests.utils import get_environ_proxies

from feeder import text
from feeder.cutting import CutAdapter, Wires, within
from feeder.errors import DeliveryError, unreached
from feeder.logs import hidden

CONNECT_SECONDS = 10.0
LATER = (408, 425, 429)
"""What a server answers, beside 5xx, that may take the same some time later."""
LONGEST_WAIT = timedelta(days=1)
_MOST_BYTES = 4096
_MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Posted:
    """What a server answered that took it: the status (2xx), and its first words in one line."""

    status: int
    words: str


def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Posted:
    """POST it, and wait at most so many seconds in all, name servers included; values of headers leave as UTF-8.

    DeliveryError, with `retry` where the server was not reached or may take it later (408, 425, 429, 5xx; `wait` is
    its Retry-After, at most a day), without where it refused, or led elsewhere.
    """
    wires = Wires()
    try:
        return within(timeout, wires, lambda: _post(url, body, headers, timeout, wires), lambda: None)
    except TimeoutError as error:
        raise DeliveryError(f"{server(url)} did not answer within {timeout:g} s", retry=True) from error


def server(url: str) -> str:
    """What of an address may be said: the scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


@contextmanager
def reaching(address: str) -> Iterator[None]:
    """Turn what requests raises, whose words hold the whole address, into a DeliveryError that names it as given."""
    try:
        yield
    except requests.exceptions.SSLError:
        raise DeliveryError(f"{address}: the certificate cannot be checked; is the address right?") from None
    except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
        raise DeliveryError(f"{address} cannot be reached, or did not answer: {unreached(error)}", retry=True) from None
    except requests.RequestException as error:
        raise DeliveryError(f"{address} cannot be asked: {type(error).__name__}") from None


def is_for_now(status: int) -> bool:
    """Whether a server that answers so may take the same later."""
    return status in LATER or status >= 500


def _post(url: str, body: bytes, headers: Mapping[str, str], timeout: float, wires: Wires) -> Posted:
    with reaching(server(url)), requests.Session() as session:
        session.trust_env = False  # netrc would replace the credentials
        session.proxies.update(get_environ_proxies(url))
        session.mount("http://", CutAdapter(wires))
        session.mount("https://", CutAdapter(wires))
        with session.post(
            url,
            data=body,
            headers={"Accept-Encoding": "identity", **{name: value.encode() for name, value in headers.items()}},
            timeout=(min(CONNECT_SECONDS, timeout), timeout),
            allow_redirects=False,
            stream=True,
            verify=os.environ.get("REQUESTS_CA_BUNDLE") or True,
        ) as response:
            words = _words(url, next(response.iter_content(_MOST_BYTES), b""))
            if 200 <= response.status_code < 300:
                return Posted(response.status_code, words)
            raise _refused(url, response, words)


def _refused(url: str, response: requests.Response, words: str) -> DeliveryError:
    status = response.status_code
    said = f"{server(url)} answered {status}{_phrase(status)}" + (f': "{words}"' if words else "")
    if 300 <= status < 400:
        there = urlsplit(response.headers.get("Location", ""))
        said += f", which leads to {there.hostname or 'another path'}: give the address that it leads to"
    return DeliveryError(said, retry=is_for_now(status), wait=_wait(response.headers.get("Retry-After", "")))


def _phrase(status: int) -> str:
    return f" ({HTTPStatus(status).phrase})" if status in HTTPStatus._value2member_map_ else ""


def _words(url: str, body: bytes) -> str:
    """An answer's first words, without what is a secret, should they repeat it: of the address, or of what was posted
    (ntfy says its topic again)."""
    parts = urlsplit(url)
    said = text.one_line(body.decode("utf-8", "replace"))
    for secret in (parts.username, parts.password, parts.query, parts.path.strip("/")):
        if secret and len(secret) > 3:
            said = said.replace(secret, "…").replace(unquote(secret), "…")
    return hidden(said)[:_MOST_WORDS]


def _wait(value: str) -> timedelta | None:
    """Retry-After (RFC 9110, section 10.2.3): seconds or a date."""
    if re.fullmatch(r"\d{1,9}", value.strip()):
        return min(timedelta(seconds=int(value)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(timedelta(0), min(until - datetime.now(UTC), LONGEST_WAIT))
