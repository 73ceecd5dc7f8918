"""Why something could not be fetched, in words that say what to do."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import requests
from urllib3.exceptions import NameResolutionError

_ADVICE = {
    401: "it wants a login: check the address or its credentials",
    403: "it refuses us: ask its owner, or read another source",
    404: "there is nothing at this address: look for the new one",
    410: "it is gone for good: remove the source",
    429: "it is asked too often: give the source a longer rhythm",
}


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
