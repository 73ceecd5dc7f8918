"""Where items come from, and what is remembered of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feeder.errors import ArticleError
from feeder.model.items import Item


class Rights(StrEnum):
    """What may leave the house of a source's words and pictures."""

    OWN = "own"
    LICENSED = "licensed"
    TEASER = "teaser"
    LINK_ONLY = "link-only"


class Action(StrEnum):
    """What a curation rule does with the items that it matches."""

    KEEP = "keep"
    DROP = "drop"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of curation: the first rule that matches an item decides.

    `words` match whole words, case-insensitively; `pattern` is a regular expression, searched
    case-insensitively. A rule with neither matches everything.
    """

    action: Action
    fields: tuple[str, ...] = ("title", "summary")
    words: tuple[str, ...] = ()
    pattern: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where items come from. `rank`: 1 is the best; `excerpt_limit`: characters of the source's
    words in one story, teaser plus Kurzfassung, in every output."""

    id: str
    kind: str
    location: str
    title: str
    language: str
    topics: tuple[str, ...]
    rank: int
    rights: Rights
    licence: str | None
    excerpt_limit: int
    public: bool
    homepage: str | None
    rules: tuple[Rule, ...]
    max_age_days: int | None
    max_per_source: int | None
    baseline_release: int | None


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file of a folder source as last read: `text` decides renames, `gone` says it vanished."""

    path: str
    uid: str
    text: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """What a reader wants to be told the next time it looks at its source."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    files: tuple[KnownFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Medium:
    """The bytes of a picture that may leave the house, named by what they are."""

    path: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one look at a source brought. `unchanged`: the source said, or its bytes showed, that
    nothing is new; `items` is then empty. `problems` did not stop the rest."""

    items: tuple[Item, ...]
    memory: Memory
    unchanged: bool = False
    media: tuple[Medium, ...] = ()
    problems: tuple[ArticleError, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the store remembers of a source. `since`: when `problem` came or went."""

    source_id: str
    memory: Memory = field(default_factory=Memory)
    baselined: bool = False
    problem: str | None = None
    since: datetime | None = None
    last_new_item: datetime | None = None
    warnings: tuple[str, ...] = ()
