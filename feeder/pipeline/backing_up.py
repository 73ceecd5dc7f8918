"""Back up: the state, the output that belongs to it, and what a person wrote, in one archive, while everything runs."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

import feeder
from feeder.config import Config
from feeder.config.config import named_paths
from feeder.errors import StoreError
from feeder.pipeline.house import House
from feeder.store.backups import archive
from feeder.store.backups.manifest import OUTSIDE, Manifest
from feeder.store.backups.shelf import name_of, prune
from feeder.store.examining import examine_file

log = logging.getLogger("feeder.backup")

_STAGING = ".feeder-staging-"
_RESERVE = 64 * 1024**2  # bytes of the disk that no backup takes
_SHARE = 50  # nor one part in so many of it, if that is more
_WRITING = ".feeder-writing-"  # what output writes aside; never part of it
_DATABASE = "feeder.db"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written and read back; `removed` are the older ones that it makes needless."""

    path: Path
    size: int
    manifest: Manifest
    removed: tuple[Path, ...] = ()


def free_bytes(folder: Path) -> tuple[int, int]:
    """How large the disk of a folder is, and how much of it is free."""
    usage = shutil.disk_usage(folder)
    return usage.total, usage.free


def back_up(
    house: House,
    folder: Path,
    keep: int = 0,
    disk: Callable[[Path], tuple[int, int]] = free_bytes,
    made: datetime | None = None,
) -> Made:
    """Write a backup into a folder, read it back, then remove the oldest there but `keep` (0: none). It is called
    after `made`, by default now.

    The database and the output are of the same moment: nothing is published meanwhile, everything else goes on. A
    StoreError says why there is none; then no older one was removed.
    """
    made = made or house.clock()
    target = folder / name_of(made)
    try:
        with house.lease("backup") as renew:
            _make(folder)
            if target.exists():
                raise StoreError(f"{target} is there already; wait a second")
            _sweep(folder)
            with tempfile.TemporaryDirectory(prefix=_STAGING, dir=folder) as staging:
                manifest = _write(house, target, Path(staging), made, disk)
            renew()
            _prove(target)
            gone = prune(folder, keep) if keep else []
        size = target.stat().st_size
    except OSError as error:
        raise StoreError(f"no backup can be made in {folder}: {error}; see [backup] folder") from error
    for path in gone:
        log.info("removed the backup %s: %d newer ones are there", path, keep)
    return Made(target, size, manifest, tuple(gone))


def _prove(target: Path) -> None:
    """Read a new backup back; one that is not whole does not stay under its name."""
    try:
        read_back(target)
    except StoreError:
        target.unlink(missing_ok=True)
        raise


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, mode=0o700)


def _sweep(folder: Path) -> None:
    """Remove what a killed backup left; safe under the lease."""
    for left in folder.glob(f"{_STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in folder.glob(".feeder-*.tar.gz.part"):
        left.unlink(missing_ok=True)


def read_back(file: Path) -> Manifest:
    """Check a backup to the last byte, and open the database in it; a StoreError says what is wrong with it."""
    try:
        with tempfile.TemporaryDirectory(prefix=_STAGING, dir=_writable(file.parent)) as folder:
            manifest = archive.unpack(file, Path(folder))
            examined = examine_file(Path(folder) / manifest.store)
    except OSError as error:
        raise StoreError(f"{file} cannot be unpacked to look at it: {error}") from error
    if examined.wrong:
        raise StoreError(f"the database in {file} is not whole: {'; '.join(examined.wrong)}; take another backup")
    return manifest


def _writable(folder: Path) -> Path | None:
    return folder if os.access(folder, os.W_OK) else None


def _write(
    house: House, target: Path, staging: Path, made: datetime, disk: Callable[[Path], tuple[int, int]]
) -> Manifest:
    config = house.config
    written = tuple(_written_by_hand(config, target.parent))
    _must_fit(house, [path for root in written for path in _files(root)], target.parent, disk)
    store = staging / _DATABASE
    output = config.base / config.output.folder
    with house.lease("output"):
        copied = house.store.copy_to(f"sqlite:///{store}")
        linked = _link(output, staging / "output")
    counts = copied.counts()
    copied.close()
    on_server = _database_file(config) is None
    places = {_place(config, _database_file(config) or config.base / _DATABASE): store, _place(config, output): linked}
    places |= {_place(config, root): root for root in written}
    about = Manifest(
        made=made,
        feeder=feeder.__version__,
        schema=house.store.schema,
        database="postgresql" if on_server else "sqlite",
        store=_place(config, _database_file(config) or config.base / _DATABASE),
        config=_place(config, _config_file(config)),
        output=_place(config, output),
        roots=tuple(sorted(places)),
        counts=counts,
        left_out=tuple(_left_out(config)),
    )
    return archive.write(target, chain.from_iterable(_named(name, root) for name, root in places.items()), about)


def _written_by_hand(config: Config, backups: Path) -> Iterator[Path]:
    """What of a publication no machine makes again: each file or folder once, none inside another."""
    folders = [config.base / source.location for source in config.sources if source.kind == "folder"]
    named = [
        config.base / path for path in named_paths(config) if path not in (config.output.folder, config.backup.folder)
    ]
    found = {*config.base.glob("*.toml"), config.base / "templates", *folders, *named}
    inside = {path.resolve(): path for path in sorted(found) if path.exists()}
    output = (config.base / config.output.folder).resolve()
    for real, path in inside.items():
        others = (*(other for other in inside if other != real), output)
        is_whole = real == config.base.resolve() or backups.resolve().is_relative_to(real)
        if not is_whole and not any(real.is_relative_to(other) for other in others):
            yield path


def _left_out(config: Config) -> Iterator[str]:
    yield "secrets that came from the environment, from files that it names, or from systemd credentials"
    for source in config.sources:
        if source.kind == "folder" and (config.base / source.location).resolve() == config.base.resolve():
            yield f"the articles of {source.id}: its folder is the publication's own"
    if _database_file(config) is None:
        yield "the database server itself: its state is in this archive as an SQLite file"


def _database_file(config: Config) -> Path | None:
    """The SQLite file of the store; None where it is on a server."""
    url = config.store_url.get_secret_value()
    scheme, _, rest = url.partition(":///")
    return config.base / rest.partition("?")[0] if scheme.startswith("sqlite") else None


def _config_file(config: Config) -> Path:
    own = config.base / "config.toml"
    return own if own.exists() else min(config.base.glob("*.toml"), default=own)


def _place(config: Config, path: Path) -> str:
    """The path of something in an archive: as it lies in the publication's folder, or under `outside`."""
    full, base = Path(os.path.abspath(path)), Path(os.path.abspath(config.base))  # noqa: PTH100 - as named, unresolved
    return full.relative_to(base).as_posix() if full.is_relative_to(base) else f"{OUTSIDE}{full.as_posix()}"


def _link(folder: Path, target: Path) -> Path:
    """The files of a folder as they are now, under other names: whoever replaces one leaves these alone."""
    target.mkdir(parents=True)
    for path in _files(folder):
        place = target / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            try:
                os.link(path, place)
            except FileNotFoundError:
                raise
            except OSError:  # another disk, or one without links
                shutil.copy2(path, place)
    return target


def _files(root: Path) -> Iterator[Path]:
    """A file itself, or those of a folder, in order; what is being written aside is none."""
    if root.is_file():
        yield root
        return
    for folder, names, files in os.walk(root):
        names.sort()
        for name in sorted(files):
            path = Path(folder) / name
            if not name.startswith(_WRITING) and path.is_file():
                yield path


def _named(name: str, root: Path) -> Iterator[tuple[str, Path]]:
    for path in _files(root):
        yield (name if path == root else f"{name}/{path.relative_to(root).as_posix()}"), path


def _must_fit(house: House, files: list[Path], folder: Path, disk: Callable[[Path], tuple[int, int]]) -> None:
    """Refuse to fill the disk: the copy of the database, the archive, and it unpacked once to read it back."""
    database = _database_file(house.config)
    output = house.config.base / house.config.output.folder
    own = [path for path in (database, *_files(output), *files) if path is not None]
    size = 3 * sum(path.stat().st_size for path in own if path.exists())
    total, free = disk(folder)
    if free < size + (reserve := max(_RESERVE, total // _SHARE)):
        raise StoreError(
            f"no backup is made in {folder}: it could need {(size + reserve) // 1024**2 + 1} MB, and"
            f" {free // 1024**2} MB are free; name another disk in [backup] folder, or keep fewer"
        )
