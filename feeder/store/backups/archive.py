"""Archives: written whole or not at all, sealed, checked to the last byte before anything is taken from one.

The seal is a gzip member of its own behind the others, empty but for a comment: the SHA-256 of all bytes before it. It
finds what neither the sums of gzip nor those of the manifest see: a flipped bit in a header or in padding.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from feeder.errors import StoreError
from feeder.store.backups.manifest import NAME, Manifest, Member, from_json, is_in, is_safe, to_json
from feeder.store.precaution import to_disk

_LEVEL = 6
_CHUNK = 1 << 20
_COMMENT = b"\x1f\x8b\x08\x10" + bytes(4) + b"\x00\xff"  # the head of a gzip member that has a comment
_NOTHING = b"\x00\x03\x00" + bytes(8)  # the comment's end, no data, and the sums of no data
_SEAL = len(_COMMENT) + len(b"sha256 ") + 64 + len(_NOTHING)
_BROKEN = (OSError, EOFError, zlib.error, tarfile.TarError)


def write(target: Path, files: Iterable[tuple[str, Path]], about: Manifest) -> Manifest:
    """Write an archive of files under these names, for its owner alone (mode 0600); what vanished meanwhile is not in
    it. It has its name only when it is whole and on disk. The manifest, with its members."""
    aside = target.with_name(f".{target.name}.part")
    try:
        with _own(aside) as stream:
            hashing = _Hashing(stream)
            with gzip.GzipFile("", "wb", _LEVEL, hashing, 0) as packed:
                manifest = _fill(packed, files, about)
            stream.write(_seal(hashing.digest))
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(target)
        to_disk(target.parent)
    except (OSError, tarfile.TarError) as error:
        with suppress(OSError):
            aside.unlink()
        raise StoreError(f"the backup {target} cannot be written: {error}") from error
    return manifest


@contextmanager
def _own(path: Path) -> Iterator[IO[bytes]]:
    path.unlink(missing_ok=True)  # of one who was killed
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
        yield stream


class _Hashing:
    """A file that knows the digest of what was written to it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        return self._stream.write(data)

    def flush(self) -> None:
        self._stream.flush()


class _Reading:
    """A file that knows the digest of what was read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.hash.update(data)
        return data


def _fill(packed: gzip.GzipFile, files: Iterable[tuple[str, Path]], about: Manifest) -> Manifest:
    members = []
    with tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name, path in files:
            with suppress(FileNotFoundError), path.open("rb") as stream:
                found, reading = os.fstat(stream.fileno()), _Reading(stream)
                tar.addfile(_info(name, found.st_size, found.st_mode, found.st_mtime), reading)
                members.append(Member(name, found.st_size, reading.hash.hexdigest()))
        manifest = replace(about, members=tuple(members))
        data = to_json(manifest)
        tar.addfile(_info(NAME, len(data), 0o600, about.made.timestamp()), BytesIO(data))
    return manifest


def _info(name: str, size: int, mode: int, modified: float) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, mode & 0o755, int(modified)
    return info


def _seal(digest: str) -> bytes:
    return _COMMENT + b"sha256 " + digest.encode() + _NOTHING


def verify(file: Path) -> Manifest:
    """Read an archive to its end: not a byte of it has changed, and it holds what its manifest names, nothing else."""
    return _walk(file, None)


def unpack(file: Path, folder: Path) -> Manifest:
    """The same, and write its files into a folder that is there and empty."""
    return _walk(file, folder)


def _walk(file: Path, folder: Path | None) -> Manifest:
    try:
        _must_be_sealed(file)
        with file.open("rb") as stream, tarfile.open(fileobj=stream, mode="r:gz") as tar:
            found: dict[str, Member] = {}
            for info in tar:
                if info.name == NAME:
                    manifest = from_json(_data(tar, info), str(file))
                    _compare(file, manifest, found)
                    return manifest
                found[info.name] = _member(tar, info, file, folder, found)
    except _BROKEN as error:
        raise StoreError(f"the backup {file} cannot be read: {error}") from error
    raise StoreError(f"{file} is no backup of feeder: it does not say what it holds ({NAME})")


def _must_be_sealed(file: Path) -> None:
    left = file.stat().st_size - _SEAL
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while left > 0 and (data := stream.read(min(_CHUNK, left))):
            digest.update(data)
            left -= len(data)
        if left or stream.read() != _seal(digest.hexdigest()):
            raise StoreError(
                f"{file} is damaged, or no backup of feeder: its seal does not fit its bytes; take another one"
                " (feeder backup list)"
            )


def _data(tar: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(info)
    return b"" if stream is None else stream.read()


def _member(
    tar: tarfile.TarFile, info: tarfile.TarInfo, file: Path, folder: Path | None, known: dict[str, Member]
) -> Member:
    """Look at one file, and write it into the folder if there is one; links, devices, and paths that leave are none of
    ours."""
    stream = tar.extractfile(info) if info.isreg() and is_safe(info.name) and info.name not in known else None
    if stream is None:
        raise StoreError(f"{file} was not written by feeder: it holds {info.name!r}, which is never unpacked")
    reading, size = _Reading(stream), 0
    with _unpacked(info, folder) as target:
        while data := reading.read(_CHUNK):
            target.write(data)
            size += len(data)
    return Member(info.name, size, reading.hash.hexdigest())


@contextmanager
def _unpacked(info: tarfile.TarInfo, folder: Path | None) -> Iterator[IO[bytes]]:
    if folder is None:
        yield _Nowhere()
        return
    path = folder / info.name
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
        yield stream
        stream.flush()
        os.fchmod(stream.fileno(), (info.mode & 0o755) | 0o600)
        os.fsync(stream.fileno())
    os.utime(path, (info.mtime, info.mtime))


class _Nowhere(BytesIO):
    def write(self, data: Any) -> int:
        return len(data)


def _compare(file: Path, manifest: Manifest, found: dict[str, Member]) -> None:
    wanted = {member.path: member for member in manifest.members}
    if wrong := sorted(path for path in {*wanted, *found} if wanted.get(path) != found.get(path)):
        raise StoreError(f"{file} does not hold what it says: {', '.join(wrong[:3])}; take another backup")
    if strange := [path for path in found if not is_in(path, manifest.roots)]:
        raise StoreError(f"{file} holds {strange[0]}, which is in none of its places")
