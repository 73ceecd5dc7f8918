"""The heads of requests and of answers (RFC 9112): written whole, read in a tenth of email.parser's time. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from http.client import BadStatusLine, HTTPException, IncompleteRead, LineTooLong, RemoteDisconnected
from typing import Any

MAX_LINE = 65_536
MAX_FIELDS = 100

_STATUS = re.compile(rb"HTTP/(1)\.([0-9]+)[ \t]+([1-9][0-9][0-9])(?:[ \t]+(.*))?", re.DOTALL)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(r"[!-~]+")
_BREAK = re.compile(r"[\0\r\n]")
_PORTS = {"http": 80, "https": 443}


class Fields(Mapping[str, str]):
    """The header fields of an answer, whatever their capitals; several of a name count as one (RFC 9110, 5.3)."""

    __slots__ = ("_found",)

    def __init__(self, found: dict[str, str]) -> None:
        self._found = found

    def __getitem__(self, name: str) -> str:
        return self._found[name.lower()]

    def get(self, name: str, default: Any = None) -> Any:  # Mapping's own raises and catches where there is none
        return self._found.get(name.lower(), default)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def authority(scheme: str, host: str, port: int) -> str:
    """What the header Host says: a port only where it is not the scheme's own (RFC 9110, section 7.2)."""
    name = f"[{host}]" if ":" in host else host
    return name if port == _PORTS[scheme] else f"{name}:{port}"


def request_head(host: str, target: str, headers: Mapping[str, str], method: str = "GET") -> bytes:
    """A request without a body. ValueError where something in it would end its line: nobody smuggles a second one."""
    if not _TARGET.fullmatch(target):
        raise ValueError(f"{target!r} cannot be asked for")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *map(": ".join, headers.items()), "", ""]
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1 or "\0" in head:
        raise ValueError("a header to be sent holds a line break")
    return head.encode("latin-1")


def status_line(line: bytes) -> tuple[int, int, str]:
    """Version (10 or 11), status and reason; an http.client.HTTPException where it is none."""
    if not line:
        raise RemoteDisconnected("the server hung up without an answer")
    if len(line) > MAX_LINE:
        raise LineTooLong("status line")
    if (found := _STATUS.fullmatch(line.rstrip(b"\r\n \t"))) is None:
        raise BadStatusLine(repr(line[:100]))
    return 10 if found[2] == b"0" else 11, int(found[3]), (found[4] or b"").decode("latin-1")


def fields(readline: Callable[[int], bytes]) -> Fields:
    """Read the header fields, to the empty line behind them. A line that is no field is passed over."""
    found: dict[str, str] = {}
    name = ""
    for _ in range(MAX_FIELDS + 1):
        line = readline(MAX_LINE + 1)
        if len(line) > MAX_LINE:
            raise LineTooLong("header line")
        if line in (b"\r\n", b"\n"):
            return Fields(found)
        if not line.endswith(b"\n"):
            raise IncompleteRead(line)
        text = line.decode("latin-1").rstrip("\r\n \t")
        if text[:1] in (" ", "\t"):  # a value on several lines
            if name:
                found[name] += " " + _plain(text)
            continue
        name, colon, value = text.partition(":")
        name = name.lower() if colon and _NAME.fullmatch(name) else ""
        if name:
            found[name] = f"{found[name]}, {_plain(value)}" if name in found else _plain(value)
    raise HTTPException(f"sent more than {MAX_FIELDS} header fields")


def length_of(status: int, found: Fields) -> int | None:
    """How many bytes of body follow, unless they come in chunks; None: as many as come until the end."""
    if status in (204, 304):
        return 0
    said = {each.strip() for each in (found.get("Content-Length") or "").split(",")}
    length = said.pop()
    return int(length[:20]) if not said and length.isdecimal() else None


def is_last(version: int, found: Fields) -> bool:
    """Whether nothing more can be asked for behind this answer."""
    if "Content-Length" in found and "Transfer-Encoding" in found:
        return True  # what comes behind is doubtful (RFC 9112, section 6.3)
    said = (found.get("Connection") or "").lower()
    return "close" in said or (version == 10 and "keep-alive" not in said and "Keep-Alive" not in found)


def _plain(value: str) -> str:
    return (_BREAK.sub(" ", value) if _BREAK.search(value) else value).strip(" \t")
