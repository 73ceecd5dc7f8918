"""What is published packed beside it: br and gzip, made once when a file is written and not at each request."""

from __future__ import annotations

import gzip
from pathlib import PurePosixPath

import brotli

ENDINGS = (".br", ".gz")
"""Of the packed files; web servers find them by these (gzip_static, brotli_static, precompressed)."""

_WORTH = 512
_WORDS = frozenset({".html", ".xml", ".json", ".opml", ".txt", ".eml", ".svg"})
_BROTLI = 6
_GZIP = 6


def packed(path: str, data: bytes) -> dict[str, bytes]:
    """The packed bytes of a file by ending; none of what is short, a picture, or gains nothing."""
    if len(data) < _WORTH or PurePosixPath(path).suffix not in _WORDS:
        return {}
    made = {
        ".br": brotli.compress(data, mode=brotli.MODE_TEXT, quality=_BROTLI),
        ".gz": gzip.compress(data, _GZIP, mtime=0),
    }
    return {ending: content for ending, content in made.items() if len(content) < len(data)}
