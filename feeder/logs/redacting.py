"""What is never said: configured secrets in any spelling, logins inside addresses, tokens."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote, quote_plus

MASK = "***"

_SHORT = 4  # what is shorter is hidden where it stands alone: inside of words it would hide all words
_LINE = 12  # a line of a key that is as long gives something away

# A login inside an address; a token in a query or a header, whoever it belongs to.
_LOGIN = re.compile(r"(?<=://)[^\s/?#\"'<>]*@")
_TOKEN = re.compile(r"(?i)\b((?:access_|api_?|auth_)?(?:token|key|password|passwd|secret|signature)=)[^\s&\"'<>;,)]+")
_HEADER = re.compile(r"(?i)\b((?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?)(?:[a-z]+\s+)?[^\s\"',]+")


class Redaction:
    """Takes secrets out of words. The secrets are asked for when something is first said after they were named, so that
    a command that says nothing pays nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._named: list[Callable[[], Iterable[str]]] = []
        self._spellings: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, secrets: Callable[[], Iterable[str]]) -> None:
        """Hide these from now on, besides those that were named before."""
        with self._lock:
            self._named.append(secrets)

    def __call__(self, words: str) -> str:
        pattern = self._current() if self._named else self._pattern
        if pattern is not None:
            words = pattern.sub(MASK, words)
        if "://" in words:
            words = _LOGIN.sub(MASK + "@", words)
        if "=" in words:
            words = _TOKEN.sub(rf"\1{MASK}", words)
        return _HEADER.sub(rf"\1{MASK}", words) if "uthorization" in words.lower() else words

    def _current(self) -> re.Pattern[str] | None:
        with self._lock:
            for secrets in self._named:
                self._spellings.update(spelling for secret in secrets() for spelling in spellings(secret))
            self._named.clear()
            if self._spellings:
                # the longest first, so that a secret inside another hides no part of it alone
                ordered = sorted(self._spellings, key=lambda one: (-len(one), one))
                self._pattern = re.compile("|".join(map(_anywhere, ordered)))
            return self._pattern


def _anywhere(secret: str) -> str:
    found = re.escape(secret)
    return found if len(secret) >= _SHORT else rf"(?<!\w){found}(?!\w)"


def spellings(secret: str) -> Iterator[str]:
    """How a secret may come to stand in a message: as it is, quoted for addresses, Python or JSON, packed for headers;
    each long line of it, too."""
    for part in (secret, *(one.strip() for one in secret.splitlines() if len(one.strip()) >= _LINE)):
        if not part.strip():
            continue
        octets = part.encode("utf-8", "surrogateescape")
        yield from (part, repr(part)[1:-1], json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1])
        yield from (quote(octets), quote(octets, safe=""), quote_plus(octets), repr(octets)[2:-1])
        yield base64.b64encode(octets).decode()


_REDACTION = Redaction()


def hide(secrets: Callable[[], Iterable[str]]) -> None:
    """Never say these from now on, in whatever this process logs."""
    _REDACTION.add(secrets)


def hidden(words: str) -> str:
    """Words without what is never said."""
    return _REDACTION(words)
