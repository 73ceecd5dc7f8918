"""The folder of backups: what they are called, which are there, which are too many."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_NAME = re.compile(r"feeder-(\d{8}T\d{6})Z\.tar\.gz")


@dataclass(frozen=True, slots=True)
class Shelved:
    """A backup in a folder, by its name: `made` (UTC), `size` in bytes."""

    path: Path
    made: datetime
    size: int


def name_of(made: datetime) -> str:
    """What a backup is called: `feeder-20261123T033000Z.tar.gz`."""
    return f"feeder-{made.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar.gz"


def shelved(folder: Path) -> list[Shelved]:
    """The backups in a folder, the newest first; none where there is no folder."""
    found = []
    for path in folder.glob("feeder-*.tar.gz"):
        if (match := _NAME.fullmatch(path.name)) and path.is_file():
            made = datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            found.append(Shelved(path, made, path.stat().st_size))
    return sorted(found, key=lambda one: one.made, reverse=True)


def prune(folder: Path, keep: int) -> list[Path]:
    """Remove the oldest backups of a folder, so that `keep` (at least one) are left; which those were."""
    gone = [one.path for one in shelved(folder)[max(keep, 1) :]]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone
