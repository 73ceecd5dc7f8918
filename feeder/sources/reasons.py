"""Why something could not be fetched, in words that say what to do."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

import requests
from urllib3.exceptions import NameResolutionError

_QUERY = re.compile(r"\?[^\s'\"<>)]+")
_LOGIN = re.compile(r"//[^\s/?#'\"]*@")
_ADVICE = {
    401: "it wants a login: check the address or its credentials",
    403: "it refuses us: ask its owner, or read another source",
    404: "there is nothing at this address: look for the new one",
    410: "it is gone for good: remove the source",
    429: "it is asked too often: give the source a longer rhythm",
}

# What OpenSSL calls an answer that is no TLS at all; which of them depends on its version and on the answer.
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "UNKNOWN_PROTOCOL")


def advice_for(status: int) -> str:
    """What to do about a status that is no success."""
    return _ADVICE.get(status, "a fault of theirs, tried again next time" if status >= 500 else "check it")


def reason(error: BaseException, seconds: float) -> str:
    """What went wrong, to be read behind the address; `seconds` is what the request had."""
    causes = tuple(_causes(error))

    def is_any(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if is_any(requests.Timeout, TimeoutError):
        return f"took too long: {seconds:g} seconds in all were not enough; tried again next time"
    if is_any(NameResolutionError, socket.gaierror):
        return "cannot be found: the host's name does not resolve; check it"
    if any(map(_is_no_tls, causes)) and not is_any(requests.exceptions.ProxyError):
        return f"does not speak HTTPS there: try http:// or another port ({causes[-1]})"
    if is_any(ssl.SSLError):
        return f"cannot be trusted: {_said(causes[-1])}; check its certificate"
    if is_any(requests.exceptions.ProxyError):
        return f"is behind a proxy that does not help: {_said(causes[-1])}; check HTTP_PROXY and HTTPS_PROXY"
    if is_any(ConnectionRefusedError):
        return "refuses connections; tried again next time"
    return f"cannot be fetched: {_said(causes[-1])}; tried again next time"


def _said(error: BaseException) -> str:
    """An error's own words, without what may be a secret in the addresses that some libraries put there."""
    return _LOGIN.sub("//", _QUERY.sub("?…", str(error)))


def _is_no_tls(cause: BaseException) -> bool:
    """Whether a handshake was answered by something else, or by hanging up."""
    if isinstance(cause, ssl.SSLEOFError):
        return True
    return isinstance(cause, ssl.SSLError) and getattr(cause, "reason", None) in _NO_TLS


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Dig for what went wrong first: requests and urllib3 wrap it in args, in `reason` and in causes."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        inner = (getattr(found, "reason", None), *found.args, found.__cause__, found.__context__)
        found = next((each for each in inner if isinstance(each, BaseException) and id(each) not in seen), None)
