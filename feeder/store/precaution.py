"""The copy of an SQLite file that is made before it is migrated."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from feeder.errors import StoreError

KEPT = 3  # copies beside a database, the newest


def copy_before(file: Path, version: str) -> Path:
    """Copy a database as it is to `<file>.before-<version>-<time>`, for its owner alone (mode 0600), whole and on disk
    when this returns; older copies but the newest three are removed. A StoreError says why there is none."""
    now = datetime.now(UTC)
    target = file.with_name(f"{file.name}.before-{version}-{now:%Y%m%dT%H%M%S%fZ}")
    aside = target.with_name(target.name + ".part")
    try:
        os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(file)) as original, closing(sqlite3.connect(aside)) as copy:
            original.backup(copy)
        to_disk(aside)
        aside.replace(target)
        to_disk(target.parent)
        for old in copies(file)[KEPT:]:
            old.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            aside.unlink()
        raise StoreError(
            f"{file} is of an older feeder and was not migrated: no copy of it could be made first ({error});"
            " make room beside it, or let whoever runs feeder write its folder"
        ) from error
    return target


def copies(file: Path) -> list[Path]:
    """The copies beside a database, the newest first."""
    found = [
        (match[1], path)
        for path in file.parent.glob(f"{file.name}.before-*")
        if (match := re.search(r"-(\d{8}T\d{12}Z)$", path.name))
    ]
    return [path for _, path in sorted(found, reverse=True)]


def to_disk(path: Path) -> None:
    """Let the disk have a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
