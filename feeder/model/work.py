"""Who does what when, and what is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of work by name, with JSON-able arguments: at most one at a time runs per `key`, at
    most one waits per `dedupe`, none starts before `not_before`."""

    name: str
    args: dict[str, object]
    key: str | None = None
    dedupe: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job: `now` is every time that it writes. `state` is "open" while parts are
    missing, "joined" once somebody claimed what comes after the last, then what it was finished with."""

    id: int
    job: str
    now: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do something alone until `until`; a later lease of that name has a higher `fence`."""

    name: str
    holder: str
    fence: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A document we publish, before it takes a format.

    `folder` is "" or a path like `topics/recht/` under the output folder; `updated` is the newest
    change that it shows, and the moment of the first run where it shows nothing.
    """

    id: str
    title: str
    description: str
    folder: str
    home: str
    language: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file under feeds/: `path` is relative, with forward slashes; `stories` are the ids it shows."""

    path: str
    data: bytes
    stories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputRecord:
    """A file under feeds/ as last written: `digest` of its bytes, `basis` of the state that it shows."""

    path: str
    digest: str
    basis: str
