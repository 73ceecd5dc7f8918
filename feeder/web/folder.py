"""The files of feeds/ as they are served: found without following links, read once, known by what they hold."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import stat
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

import brotli

from feeder.web.conditions import http_date
from feeder.web.kinds import Headers, describing, is_packed, keeping, media_type
from feeder.web.linking import linking
from feeder.web.paths import Address

TOMBSTONES = ".gone"
"""Under this name beside the public files lies an empty one for each that ended (feeder.delivery.output)."""

HELD_LIMIT = 64_000_000
LARGE = 1_000_000
_SETTLED = 2.0

_UNPACK: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "br": (".br", brotli.decompress),
    "gzip": (".gz", gzip.decompress),
}
Signature = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """One representation: its bytes (None: too large to be held), its length and tag, and its headers."""

    data: bytes | None
    size: int
    tag: str
    full: Headers
    short: Headers
    """What a 304 says."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file as it was when it was read. `modified` is None while a second change in the same second is possible."""

    path: str
    place: Path
    signature: Signature
    modified: float | None
    plain: Shape
    packed: Mapping[str, Shape]

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory, about."""
        return 4096 + sum(len(shape.data or b"") for shape in (self.plain, *self.packed.values()))


class Folder:
    """What may be served of one folder. Not safe for threads: one event loop asks."""

    def __init__(self, root: Path, limit: int = HELD_LIMIT, clock: Callable[[], float] = time.time) -> None:
        self.root = root
        self._limit = limit
        self._clock = clock
        self._held: dict[str, Held] = {}
        self._weight = 0

    def find(self, address: Address) -> Held | None:
        """The file at an address as it is now, None if there is none that is public."""
        path = address.path
        held = self._held.get(path)
        if held is not None and self._still(held):
            return held
        if held is not None:
            self._forget(path)
        if media_type(path) is None:
            return None
        try:
            descriptor = _open(self.root, address.parts)
        except (OSError, ValueError):
            return None
        with os.fdopen(descriptor, "rb") as stream:
            held = self._read(address, os.fstat(descriptor), stream)
        self._keep(held)
        return held

    def ended(self, address: Address) -> bool:
        """Whether a file, or the page of a folder, once stood there and was taken away for good."""
        stones = (TOMBSTONES, *address.parts)
        return self._exists(stones) or self._exists((*stones, "index.html"))

    def is_folder(self, address: Address) -> bool:
        """Whether an address without its slash names a folder with a page."""
        return self._exists((*address.parts, "index.html"))

    def _exists(self, parts: tuple[str, ...]) -> bool:
        try:
            descriptor = _open(self.root, parts)
        except (OSError, ValueError):
            return False
        os.close(descriptor)
        return True

    def _still(self, held: Held) -> bool:
        try:
            state = held.place.stat()
        except OSError:
            return False
        if held.modified is None and self._clock() >= state.st_mtime + _SETTLED:
            return False
        return _signature(state) == held.signature

    def _read(self, address: Address, state: os.stat_result, stream: BufferedReader) -> Held:
        path, place = address.path, self.root.joinpath(*address.parts)
        modified = state.st_mtime if self._clock() >= state.st_mtime + _SETTLED else None
        if state.st_size > LARGE:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            shape = _described(path, None, state.st_size, digest, modified)
            return Held(path, place, _signature(state), modified, shape, {})
        data = stream.read()
        links = linking(path, data)
        packed = {
            coding: _shape(path, content, modified, links, coding)
            for coding, (ending, unpack) in _UNPACK.items()
            if is_packed(path) and (content := self._beside(address, ending, unpack, data)) is not None
        }
        return Held(path, place, _signature(state), modified, _shape(path, data, modified, links), packed)

    def _beside(self, address: Address, ending: str, unpack: Callable[[bytes], bytes], data: bytes) -> bytes | None:
        """The packed file, if it holds what the file holds: another's words never go out under this one's name."""
        with suppress(OSError, ValueError, EOFError, zlib.error, brotli.error):
            descriptor = _open(self.root, (*address.parts[:-1], address.parts[-1] + ending))
            with os.fdopen(descriptor, "rb") as stream:
                content = stream.read(len(data))
            if len(content) < len(data) and unpack(content) == data:
                return content
        return None

    def _keep(self, held: Held) -> None:
        self._held[held.path] = held
        self._weight += held.weight
        while self._weight > self._limit and len(self._held) > 1:
            self._forget(next(iter(self._held)))

    def _forget(self, path: str) -> None:
        self._weight -= self._held.pop(path).weight


def _open(root: Path, parts: tuple[str, ...]) -> int:
    """Open a plain file under the folder, following no link on the way but the folder itself; else OSError."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        descriptor = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a plain file")
    return descriptor


def _signature(state: os.stat_result) -> Signature:
    return state.st_dev, state.st_ino, state.st_mtime_ns, state.st_size


def _shape(path: str, data: bytes, modified: float | None, links: Headers, coding: str = "") -> Shape:
    return _described(path, data, len(data), hashlib.sha256(data).hexdigest(), modified, links, coding)


def _described(
    path: str,
    data: bytes | None,
    size: int,
    digest: str,
    modified: float | None,
    links: Headers = (),
    coding: str = "",
) -> Shape:
    tag = f'"{digest[:32]}"'
    short: Headers = (("etag", tag), *keeping(path))
    if modified is not None:
        short += (("last-modified", http_date(modified)),)
    full = (*short, *describing(path), *links)
    if coding:
        full += (("content-encoding", coding),)
    else:
        full += (("accept-ranges", "bytes"),)
    return Shape(data, size, tag, (*full, ("content-length", str(size))), short)
