"""The only writer of feeds/: files are replaced whole, in order, or not at all."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from feeder.delivery.packing import ENDINGS, packed
from feeder.errors import DeliveryError
from feeder.model import OutputFile

TOMBSTONES = ".gone"
"""A hidden folder beside the public files, with an empty file for each that ended: servers answer 410 by it."""

_TEMPORARY = ".feeder-writing-"
_LASTING = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR)  # what no second try mends


@dataclass(frozen=True, slots=True)
class Written:
    """What a round of writing did; paths relative to the folder."""

    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


class Output:
    """A folder of published files. With `pretend` nothing is touched, only compared."""

    def __init__(self, folder: Path, *, pretend: bool = False) -> None:
        self.folder = folder
        self.pretend = pretend

    def write(
        self, files: Sequence[OutputFile], remove: Sequence[str], guard: Callable[[], None] = lambda: None
    ) -> Written:
        """Replace what differs, pictures and pages before feeds before the index, then remove.

        `guard` is called before each replacement and raises when the lease is lost. Readers see the
        old file or the new one (write aside, fsync, rename), readable for a web server (0644). What is packed beside
        a file is renamed right before it: who is killed between finds the file differing, and writes all again.
        """
        if not self.pretend:
            self._sweep()
        changed: list[str] = []
        unchanged: list[str] = []
        for file in sorted(files, key=lambda file: (_rank(file.path), file.path)):
            same = self.read(file.path) == file.data
            (unchanged if same else changed).append(file.path)
            if not self.pretend:
                self._publish(file, guard, is_new=not same)
        removed = [path for path in remove if self.exists(path)]
        if not self.pretend:
            for path in remove:
                guard()
                self._end(path)
            removed = [path for path in removed if not self.exists(path)]
        return Written(tuple(changed), tuple(unchanged), tuple(removed))

    def read(self, path: str) -> bytes | None:
        """The published bytes of a path, None if it does not exist."""
        try:
            return self._target(path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DeliveryError(f"cannot read {self._target(path)}: {error.strerror}") from error

    def exists(self, path: str) -> bool:
        """Whether a path is published."""
        return os.path.lexists(self._target(path))

    def ids(self, path: str) -> tuple[str, ...]:
        """The ids that a published JSON feed shows; () if there is none or it cannot be read."""
        try:
            items = json.loads(self.read(path) or b"{}").get("items", [])
            return tuple(item["id"] for item in items)
        except (ValueError, KeyError, TypeError, AttributeError):
            return ()

    def _publish(self, file: OutputFile, guard: Callable[[], None], *, is_new: bool) -> None:
        """Replace a file with what is packed beside it; of one that stands, only write the latter if it is lacking."""
        if not is_new and (file.path.startswith("media/") or self.exists(file.path + ENDINGS[0])):
            return
        files = {file.path + ending: data for ending, data in packed(file.path, file.data).items()}
        if is_new:
            files[file.path] = file.data
        if files:
            guard()
        for ending in ENDINGS:
            if file.path + ending not in files and self.exists(file.path + ending):
                self._remove(file.path + ending)
        if files:
            self._replace(files)
        if is_new:
            self._remove(f"{TOMBSTONES}/{file.path}")

    def _end(self, path: str) -> None:
        """Take a file away for good, whatever else fails; then note that it ended."""
        for name in (*(path + ending for ending in ENDINGS), path):
            self._remove(name)
        if not self.exists(path) and not self.exists(f"{TOMBSTONES}/{path}"):
            self._replace({f"{TOMBSTONES}/{path}": b""})

    def _target(self, path: str) -> Path:
        parts = PurePosixPath(path)
        if parts.is_absolute() or ".." in parts.parts or not parts.parts:
            raise DeliveryError(f"{path!r} is no path under {self.folder}; nothing was written there")
        return self.folder.joinpath(*parts.parts)

    def _replace(self, files: Mapping[str, bytes]) -> None:
        """Replace files of one folder, in this order; a disk that cannot take all of them keeps all the old ones."""
        target = self._target(next(iter(files)))
        asides: dict[Path, Path] = {}
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            for path, data in files.items():
                target = self._target(path)
                asides[target] = target.with_name(_TEMPORARY + target.name)
                _write(asides[target], data)
            for target, aside in asides.items():
                aside.replace(target)
            _sync_folder(target.parent)
        except OSError as error:
            for aside in asides.values():
                with suppress(OSError):
                    aside.unlink(missing_ok=True)
            raise DeliveryError(
                f"cannot write {target}: {error.strerror}; the file before it, if any, still stands",
                retry=error.errno not in _LASTING,
            ) from error

    def _remove(self, path: str) -> None:
        target = self._target(path)
        try:
            target.unlink(missing_ok=True)
            for folder in target.relative_to(self.folder).parents[:-1]:
                (self.folder / folder).rmdir()
        except OSError:
            return  # a folder that still holds something stays; the file is gone or its removal comes next time

    def _sweep(self) -> None:
        """Remove what a killed writer left half-written; safe under the lease."""
        for leftover in self.folder.rglob(_TEMPORARY + "*"):
            try:
                leftover.unlink(missing_ok=True)
            except OSError as error:
                raise DeliveryError(f"cannot remove {leftover}: {error.strerror}; remove it by hand") from error


def _rank(path: str) -> int:
    """Media, pages, feeds, index: what a file points at is there before the file is."""
    if path.startswith("media/"):
        return 0
    if path == "index.html":
        return 4
    if path.endswith((".xml", ".json", ".opml")):
        return 3
    return 2 if path.endswith("/index.html") and path.count("/") == 1 else 1


def _write(place: Path, data: bytes) -> None:
    """Write a file whole and to the disk, readable for a web server."""
    with place.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fchmod(stream.fileno(), 0o644)
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
