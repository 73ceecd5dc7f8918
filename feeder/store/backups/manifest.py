"""What a backup holds: the last member of its archive, MANIFEST.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from feeder.errors import StoreError

NAME = "MANIFEST.json"
OUTSIDE = "outside"
"""The folder of an archive for what did not lie in the publication's folder."""
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: `path` has forward slashes, `sha256` is of its bytes, as hexadecimal digits."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made` is aware UTC. `roots` are the files and folders that were asked for; all members lie in them.

    `store` is the path of the database, an SQLite file also where the state is kept on a server (`database`);
    `counts` are of rows; `left_out` says in words what a restored house has to get from elsewhere.
    """

    made: datetime
    feeder: str
    schema: str
    database: str
    store: str
    config: str
    output: str
    roots: tuple[str, ...]
    counts: Mapping[str, int]
    left_out: tuple[str, ...] = ()
    members: tuple[Member, ...] = field(default=())

    @property
    def size(self) -> int:
        """Of all files, unpacked, in bytes."""
        return sum(member.size for member in self.members)


def to_json(manifest: Manifest) -> bytes:
    """The manifest as it lies in an archive."""
    facts = {"format": _FORMAT, **asdict(manifest), "made": manifest.made.isoformat()}
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()


def from_json(data: bytes, name: str) -> Manifest:
    """Read a manifest; a StoreError says of the archive `name` that it is no backup, or a newer feeder's."""
    try:
        facts = json.loads(data)
        if facts.pop("format") != _FORMAT:
            raise StoreError(f"{name} is a backup of a newer feeder; restore it with that")
        return _read(facts)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{name} is no backup of feeder: what it says of itself cannot be read") from error


def _read(facts: dict[str, Any]) -> Manifest:
    members = tuple(Member(str(one["path"]), int(one["size"]), str(one["sha256"])) for one in facts.pop("members"))
    made = datetime.fromisoformat(facts.pop("made"))
    if made.tzinfo is None:
        raise ValueError("a time without a zone")
    roots, left_out = tuple(map(str, facts.pop("roots"))), tuple(map(str, facts.pop("left_out")))
    manifest = Manifest(made=made, roots=roots, left_out=left_out, members=members, **facts)
    named = [manifest.store, manifest.config, manifest.output, *roots, *(one.path for one in members)]
    if not all(map(is_safe, named)):
        raise ValueError("a path that leaves the folder")
    return manifest


def is_safe(path: str) -> bool:
    """Whether a path of an archive stays in the folder that it is unpacked into."""
    pure = PurePosixPath(path)
    return bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts and not set(path) & {"\\", "\0"}


def is_in(path: str, roots: tuple[str, ...]) -> bool:
    """Whether a path is one of these or below one."""
    return any(PurePosixPath(path).is_relative_to(root) for root in roots)
