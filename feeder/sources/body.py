"""The body of an answer, unpacked, never more of it than was agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from feeder.sources.wire import TooMuchError

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

    from feeder.sources.adapter import Answer

ENCODINGS = ("gzip", "deflate", "br")
MAX_LAYERS = 2
_DECODABLE = frozenset(("identity", "x-gzip", *ENCODINGS))
_SMALL = 16_384


class PackedError(Exception):
    """A body in a packing that was not asked for; the message fits behind the URL."""


def read_body(answer: Answer, most: int, *, cut: bool = False) -> bytes:
    """Unpack a body of at most `most` bytes; of a longer one the beginning with `cut`, or TooMuchError.

    Bombs are unpacked piece by piece, so that no more than a piece too much is ever held.
    """
    named = answer.headers.get("Content-Encoding", "").lower().replace(" ", "").split(",")
    packings = [each for each in named if each]
    if not _DECODABLE.issuperset(packings) or len(packings) > MAX_LAYERS:
        raise PackedError(f"is packed as {', '.join(packings)[:100]}, which nobody asked for")
    announced = answer.headers.get("Content-Length", "")
    if not cut and announced.isdecimal() and int(announced[:20]) > most:
        raise TooMuchError
    raw = cast("BaseHTTPResponse", answer.raw)
    body = bytearray()
    while chunk := raw.read1(65536, decode_content=True):
        body += chunk
        if len(body) > most:
            if cut:
                return bytes(body[:most])
            raise TooMuchError
    return bytes(body)


def drain(answer: Answer) -> None:
    """Read the little that comes with a redirect, so that its connection serves for the next request."""
    if answer.is_empty:
        return
    raw = cast("BaseHTTPResponse", answer.raw)
    if (raw.length_remaining or _SMALL + 1) <= _SMALL:
        raw.read(_SMALL)
    if raw.length_remaining == 0:
        raw.release_conn()
