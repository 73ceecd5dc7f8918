"""Restore: put a backup in the place of a publication, or into an empty folder.

All of it is read, checked and made ready in a folder beside before anything that is there is touched. What is replaced
is moved aside, never deleted.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from feeder.config import Config, load_config
from feeder.errors import ConfigError, StoreError
from feeder.pipeline.backing_up import free_bytes
from feeder.pipeline.holding import is_dead
from feeder.store.backups import archive
from feeder.store.backups.manifest import OUTSIDE, Manifest
from feeder.store.examining import examine_file, held_leases
from feeder.store.precaution import to_disk
from feeder.store.restoring import load, settle

_STAGING = ".feeder-restoring-"
_ASIDE = "before-restore-"
_COMPANIONS = ("", "-wal", "-shm", "-journal")  # what an SQLite file consists of


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored into `folder`; `aside` holds what was there before, if anything was. `asked` are the editions
    that wait for a person now; `notes` say what is still to be done."""

    manifest: Manifest
    folder: Path
    aside: Path | None
    asked: tuple[str, ...]
    notes: tuple[str, ...]


def restore(file: Path, folder: Path, now: datetime, environ: Mapping[str, str], *, replace: bool = False) -> Restored:
    """Restore a backup into a folder that is empty or not there; with `replace` into one that holds a publication.

    A StoreError says why it is not restored, and that nothing was changed, or what is where.
    """
    folder = folder.absolute()
    manifest = archive.verify(file)
    there = [name for name in _names(manifest) if os.path.lexists(folder / name)]
    _must_be_free(folder, manifest, there, now, replace=replace)
    place = folder if folder.is_dir() else _parent(folder)
    if free_bytes(place)[1] < 2 * manifest.size:
        raise StoreError(
            f"{file} needs {2 * manifest.size // 1024**2 + 1} MB in {place}; nothing was changed: make room"
        )
    with _staging(place) as staging:
        archive.unpack(file, staging)
        asked = _settled(file, staging, manifest, now)
        on_server = _load(staging, manifest, environ)
        owner = place.stat()
        _hand_over(staging, owner)
        aside = _put(staging, folder, manifest, there, now)
        for made in filter(None, (aside, folder)):
            _hand_over(made, owner, is_deep=False)
    return Restored(manifest, folder, aside, asked, _notes(manifest, folder, environ, on_server=on_server))


@contextmanager
def _staging(place: Path) -> Iterator[Path]:
    """A folder on the same disk, so that what was made ready there is moved by its name alone; what a killed restore
    left of it goes first."""
    for left in place.glob(f"{_STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        made = tempfile.TemporaryDirectory(prefix=_STAGING, dir=place)
    except OSError as error:
        raise StoreError(f"nothing can be written into {place}: {error.strerror}; nothing was changed") from error
    with made as name:
        yield Path(name)


def _names(manifest: Manifest) -> list[str]:
    """What is put into the folder, and what has to leave it for that: the outermost, each once."""
    roots = [root if not root.startswith(f"{OUTSIDE}/") else OUTSIDE for root in manifest.roots]
    paths = [PurePosixPath(root) for root in dict.fromkeys(roots)]
    outer = [str(path) for path in paths if not any(path != other and path.is_relative_to(other) for other in paths)]
    return [*outer, *(manifest.store + end for end in _COMPANIONS[1:])]


def _parent(folder: Path) -> Path:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder} cannot be made: {error.strerror}; nothing was changed") from error
    return folder.parent


def _must_be_free(folder: Path, manifest: Manifest, there: list[str], now: datetime, *, replace: bool) -> None:
    if there and not replace:
        raise StoreError(
            f"{folder} holds {' and '.join(there[:3])} already, and nothing was changed: name an empty folder with"
            " --to, or say --replace, which moves what is there aside"
        )
    held = held_leases(folder / manifest.store, now)
    if living := [(name, holder) for name, holder in held if not is_dead(holder)]:
        name, holder = living[0]
        what = "is the clock of" if name == "clock" else f"holds {name!r} in"
        raise StoreError(f"{holder} {what} the store in {folder}, and nothing was changed: stop feeder there first")


def _settled(file: Path, staging: Path, manifest: Manifest, now: datetime) -> tuple[str, ...]:
    store = staging / manifest.store
    if wrong := examine_file(store).wrong:
        raise StoreError(f"the database in {file} is not whole ({'; '.join(wrong)}), and nothing was changed")
    asked = settle(f"sqlite:///{store}", manifest.made, now)
    to_disk(store)
    return asked


def _load(staging: Path, manifest: Manifest, environ: Mapping[str, str]) -> bool:
    """Fill the server that the configuration names, where it names one; whether it did."""
    try:
        url = load_config(staging / manifest.config, environ).store_url.get_secret_value()
    except ConfigError as error:
        if manifest.database == "sqlite":
            return False
        raise StoreError(
            f"the state belongs on a server, which the backup's configuration names only with its secrets: {error}"
        ) from error
    if url.startswith("sqlite"):
        return False
    load(f"sqlite:///{staging / manifest.store}", url)
    return True


def _hand_over(path: Path, owner: os.stat_result, *, is_deep: bool = True) -> None:
    """What root restores belongs to whom the folder belongs to: the service, which may not write what is root's."""
    if os.geteuid() != 0:
        return
    for one in (path, *(path.rglob("*") if is_deep else ())):
        os.chown(one, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _put(staging: Path, folder: Path, manifest: Manifest, there: list[str], now: datetime) -> Path | None:
    """Move what is there aside, and what was made ready into its place: names only, so a moment's work."""
    aside = folder / f"{_ASIDE}{now:%Y%m%dT%H%M%SZ}" if there else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in there if aside else ():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)  # type: ignore[operator]
            (folder / name).rename(aside / name)  # type: ignore[operator]
        for name in _names(manifest):
            if (staging / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (staging / name).rename(folder / name)
        to_disk(folder)
    except OSError as error:
        where = f"; what was there before lies in {aside}" if aside else ""
        raise StoreError(
            f"{folder} was not restored wholly: {error}{where}; mend that and restore once more"
        ) from error
    return aside


def _notes(manifest: Manifest, folder: Path, environ: Mapping[str, str], *, on_server: bool) -> tuple[str, ...]:
    notes = [
        f"{root.removeprefix(OUTSIDE)} lay outside of the publication's folder and is in {folder / root}: move it there"
        for root in manifest.roots
        if root.startswith(f"{OUTSIDE}/")
    ]
    file = folder / manifest.config
    try:
        config: Config | None = load_config(file, environ)
    except ConfigError as error:
        config = None
        notes.append(f"its configuration does not hold yet: {error}")
    if on_server:
        notes.append(f"the state is on the server; {folder / manifest.store} is the same as a file and not needed")
    elif config is not None and config.store_url.get_secret_value() != f"sqlite:///{folder / manifest.store}":
        notes.append(f"the state is in {folder / manifest.store}, which [store] url does not name: move it, or name it")
    return tuple(notes)
