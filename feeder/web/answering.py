"""What is answered to a request for a public file; no network here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from feeder.web.conditions import Part, codings, fails, part, unchanged
from feeder.web.folder import Folder, Held, Shape
from feeder.web.kinds import PREFLIGHT, SAFETY, Headers, open_to
from feeder.web.paths import TARGET_LIMIT, Address, address

METHODS = "GET, HEAD, OPTIONS"

_WORDS = {
    400: "Diese Anfrage ist nicht zu verstehen.",
    404: "Hier ist nichts.",
    405: "Hier kann man nur lesen.",
    410: "Das gibt es hier nicht mehr.",
    412: "Die Datei ist inzwischen eine andere.",
    414: "Diese Adresse ist zu lang.",
    416: "So weit reicht die Datei nicht.",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a file too large to be held, for the server to send; `last` is included."""

    place: Path
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers in lower case with the length, and what follows them."""

    status: int
    headers: Headers
    body: bytes | Stretch | None = None


def answer(folder: Folder, method: str, path: str, headers: Mapping[str, str]) -> Answer:
    """Answer a request; `path` is decoded once, `headers` are by lower-case name, repeated ones joined by commas."""
    if "transfer-encoding" in headers or headers.get("content-length", "0").strip() != "0":
        # Nothing here takes a body: whoever sends one, or what looks like one, may mean to hide a request in it.
        return _plain(method, 400, (("connection", "close"),))
    if method not in ("GET", "HEAD", "OPTIONS"):
        return _plain(method, 405, (("allow", METHODS),))
    if len(path) > TARGET_LIMIT:
        return _plain(method, 414, (("connection", "close"),))
    if method == "OPTIONS":
        allowed = (*open_to(path), *PREFLIGHT) if open_to(path) else ()
        return Answer(204, (("allow", METHODS), *allowed))
    where = address(path)
    held = folder.find(where) if where else None
    if where is None or held is None:
        return _missing(folder, method, where)
    return _found(method, held, headers)


def _missing(folder: Folder, method: str, where: Address | None) -> Answer:
    if where is None:
        return _plain(method, 404)
    if not where.folder and folder.is_folder(where):
        # Relative, so that it also holds where a proxy shows feeds/ under another path.
        return _plain(method, 301, (("location", f"./{quote(where.parts[-1])}/"),))
    if folder.ended(where):
        return _plain(method, 410, open_to(where.path))
    return _plain(method, 404, open_to(where.path))


def _found(method: str, held: Held, headers: Mapping[str, str]) -> Answer:
    shape = _shape(held, headers)
    if fails(headers, shape.tag, held.modified):
        return _plain(method, 412)
    if unchanged(headers, shape.tag, held.modified):
        return Answer(304, shape.short)
    if method == "HEAD":
        return Answer(200, shape.full)
    if "range" not in headers:
        return Answer(200, shape.full, _body(held, shape, Part(0, shape.size - 1)))
    try:
        wanted = part(headers, shape.size, shape.tag, held.modified)
    except ValueError:
        return _plain(method, 416, (("content-range", f"bytes */{shape.size}"),))
    if wanted is None:
        return Answer(200, shape.full, _body(held, shape, Part(0, shape.size - 1)))
    described = tuple(header for header in shape.full if header[0] != "content-length")
    described += (
        ("content-range", f"bytes {wanted.first}-{wanted.last}/{shape.size}"),
        ("content-length", str(wanted.last - wanted.first + 1)),
    )
    return Answer(206, described, _body(held, shape, wanted))


def _shape(held: Held, headers: Mapping[str, str]) -> Shape:
    """What is sent of a file; parts are those of the file itself, so that they fit together whoever asks."""
    if held.packed and "range" not in headers:
        for coding in codings(headers.get("accept-encoding", "")):
            if coding in held.packed:
                return held.packed[coding]
    return held.plain


def _body(held: Held, shape: Shape, wanted: Part) -> bytes | Stretch:
    if shape.data is None:
        return Stretch(held.place, wanted.first, wanted.last)
    whole = wanted.first == 0 and wanted.last == shape.size - 1
    return shape.data if whole else shape.data[wanted.first : wanted.last + 1]


def _plain(method: str, status: int, more: Headers = ()) -> Answer:
    body = f"{status}: {_WORDS.get(status, 'Das steht woanders.')}\n".encode()
    headers: Headers = (
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", str(len(body))),
        ("cache-control", "public, max-age=60" if status in (301, 404, 410) else "no-store"),
        *SAFETY,
        *more,
    )
    return Answer(status, headers, None if method == "HEAD" else body)
