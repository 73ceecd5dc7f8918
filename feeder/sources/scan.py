"""What lies in a folder source: the files that may be articles, with their bytes, and the pictures."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from feeder.errors import ArticleError
from feeder.sources import picture

ARTICLE_SUFFIXES = (".txt", ".md")
ARTICLE_LIMIT = 2_000_000


@dataclass(frozen=True, slots=True)
class Scan:
    """`articles` and `pictures` are keyed by POSIX path relative to the folder, composed to NFC.

    An article is its bytes, or why they could not be read. `unreadable` are folders whose content is unknown;
    `empty` says that the folder holds nothing at all, as a mount point does while nothing is mounted.
    """

    articles: dict[str, bytes | ArticleError]
    pictures: dict[str, Path]
    unreadable: tuple[str, ...]
    empty: bool
    fingerprint: str


def scan(root: Path, shown: str) -> Scan:
    """Read all articles below `root`; `shown` is how messages name the folder. A missing folder raises OSError."""
    real = root.resolve(strict=True)
    with os.scandir(real) as entries:
        empty = next(entries, None) is None
    unreadable: list[str] = []
    articles: dict[str, bytes | ArticleError] = {}
    pictures: dict[str, Path] = {}
    for name, file in sorted(_files(real, unreadable), key=lambda entry: (entry[0], str(entry[1]))):
        suffix = file.suffix.lower()
        if suffix in picture.SUFFIXES:
            pictures.setdefault(name, file)
        elif suffix in ARTICLE_SUFFIXES and is_article(name):
            place = f"{shown}/{name}".encode(errors="replace").decode()
            if name in articles:
                articles[name] = ArticleError(place, None, "Zwei Dateien mit demselben Namen (verschieden kodiert)")
            else:
                articles[name] = _bytes(file, name, place)
    return Scan(articles, pictures, tuple(unreadable), empty, _fingerprint(articles, pictures, unreadable))


def read_bytes(file: Path, limit: int) -> bytes:
    """Read a regular file, at most one byte more than `limit`; anything else raises OSError and never waits."""
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError("not a regular file")
        return stream.read(limit + 1)


def _files(real: Path, unreadable: list[str]) -> Iterator[tuple[str, Path]]:
    """Walk without hidden files and folders; links are followed to files inside the folder, never to folders."""

    def note(error: OSError) -> None:
        if Path(error.filename) == real:
            raise error
        unreadable.append(_name(Path(error.filename), real))

    for folder, folders, names in os.walk(real, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(folder, name)
            if not name.startswith(".") and not _leads_out(file, real):
                yield _name(file, real), file


def _leads_out(file: Path, real: Path) -> bool:
    return file.is_symlink() and not file.resolve().is_relative_to(real)


def _name(file: Path, real: Path) -> str:
    return unicodedata.normalize("NFC", file.relative_to(real).as_posix())


def is_article(name: str) -> bool:
    """Whether a text of this name is one: not a draft folder's or template's "_…", nor the folder's own README."""
    parts = name.split("/")
    return not any(part.startswith("_") for part in parts) and parts[-1].lower() != "readme.md"


def _bytes(file: Path, name: str, place: str) -> bytes | ArticleError:
    try:
        name.encode()
        return read_bytes(file, ARTICLE_LIMIT)
    except UnicodeEncodeError:
        return ArticleError(place, None, "Der Dateiname ist nicht als UTF-8 kodiert; bitte umbenennen")
    except OSError:
        return ArticleError(place, None, "Die Datei ist nicht lesbar")


def _fingerprint(articles: dict[str, bytes | ArticleError], pictures: dict[str, Path], unreadable: list[str]) -> str:
    """Hash the articles by content and the pictures by size and time: cheap, and misses no edited word."""
    result = hashlib.sha256()
    for name, data in articles.items():
        content = hashlib.sha256(data).digest() if isinstance(data, bytes) else b"?"
        result.update(b"a" + name.encode(errors="surrogateescape") + b"\0" + content)
    for name, file in pictures.items():
        try:
            state = file.stat()
            measure = f"{state.st_size} {state.st_mtime_ns}"
        except OSError:
            measure = "?"
        result.update(b"p" + name.encode(errors="surrogateescape") + b"\0" + measure.encode() + b"\0")
    for name in unreadable:
        result.update(b"u" + name.encode(errors="surrogateescape") + b"\0")
    return result.hexdigest()
