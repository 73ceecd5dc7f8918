"""Who does what when, and what is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
class RunRecord:
    """A run as the ledger tells it later: `slot` is what the clock began it for, `ended` None while it works or after
    it was cut off. `counts`: what it did (JSON), `failed` with what it could not do; `open_parts` are not finished."""

    id: int
    job: str
    began: datetime
    state: str
    slot: str | None = None
    ended: datetime | None = None
    counts: Mapping[str, object] = field(default_factory=dict)
    open_parts: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """ "done", "failed", or "open": at work, or cut off."""
        if "failed" in self.counts:
            return "failed"
        return "open" if self.ended is None else self.state


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


@dataclass(frozen=True, slots=True)
class Announcement:
    """What an announcer ("hub:<address>", "webhook:<id>") was last told of a topic, and how that went.

    `mark` is a digest of what stands there, or how far it got; "" if it took nothing yet. `attempts` failed since, and
    none is made before `not_before`. The topic "" is the announcer itself, which did not take anything.
    """

    announcer: str
    topic: str
    mark: str
    attempts: int = 0
    not_before: datetime | None = None
    at: datetime | None = None
    answer: str = ""
