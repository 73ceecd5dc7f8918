"""Where items come from, and what is remembered of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from feeder.errors import ArticleError
from feeder.model.alerts import Alert
from feeder.model.items import Item, Raw


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


class Health(StrEnum):
    """How a source is, from what it published and how it answered; the worst that holds."""

    NEW = "new"
    OK = "ok"
    MOVED = "moved"
    SILENT = "silent"
    EMPTIED = "emptied"
    FLOODING = "flooding"
    BROKEN = "broken"
    GONE = "gone"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Selectors:
    """Where a page that lists articles keeps what, as CSS selectors; all but `item` look inside an item."""

    item: str
    link: str = "a"
    title: str | None = None
    date: str | None = None
    teaser: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where items come from. `rank`: 1 is the best; `excerpt_limit`: characters of the source's
    words in one story, teaser plus Kurzfassung, in every output. `rhythm`: the time between two
    looks, None where it is learned; `addresses`: a pattern that the links of pages and sitemaps match. `ai`:
    whether a model may read it. `same_story`: whether its items may be taken for what others tell, by likeness."""

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
    paused: bool = False
    rhythm: timedelta | None = None
    selectors: Selectors | None = None
    addresses: str | None = None
    fulltext: bool = False
    ai: bool = True
    same_story: bool = True


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file of a folder source as last read: `text` decides renames, `gone` says it vanished, `draft` that nothing
    of it was handed over yet."""

    path: str
    uid: str
    text: str
    gone: bool = False
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A page of a listing that gave nothing: not asked for before `until`. `page` is a digest of its item's uid."""

    page: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """What a reader wants to be told the next time it looks at its source.

    All of it is about `location`, the source's as configured, and void once that changes.
    `moved_to`: where the source says, by 301 or 308, that it is now. `wait`: how many seconds its
    document asks to be left alone, which holds on while it is unchanged and nobody reads it again.
    `reserved`: the words with which its owner kept programs out of a page of it, or of its feed; no model is shown
    anything of it then.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    files: tuple[KnownFile, ...] = ()
    location: str | None = None
    moved_to: str | None = None
    wait: int | None = None
    refused: tuple[Refusal, ...] = ()
    reserved: str | None = None


@dataclass(frozen=True, slots=True)
class Medium:
    """The bytes of a picture that may leave the house, named by what they are."""

    path: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class FullText:
    """The text of the page behind an item, as a fragment of HTML, never cleaned; ours to read, and to publish
    only as far as the source's rights go."""

    uid: str
    text: Raw


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one look at a source brought.

    `unchanged`: the source said, or its bytes showed, that nothing is new; `items` is then empty.
    `listed`: uids that the source still lists but says nothing new about; only known ones count.
    `wait`: how long the source asks to be left alone (Cache-Control, Expires, ttl). `title`,
    `language` and `homepage` are the source's own words. `problems` and `notes` did not stop the
    rest: articles that cannot be read, and what had to be guessed, cut or left out.
    """

    items: tuple[Item, ...]
    memory: Memory
    unchanged: bool = False
    media: tuple[Medium, ...] = ()
    problems: tuple[ArticleError, ...] = ()
    listed: tuple[str, ...] = ()
    fulltexts: tuple[FullText, ...] = ()
    wait: timedelta | None = None
    title: str = ""
    language: str | None = None
    homepage: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one look at a source ended: with what it brought, or with a problem in words.

    `wait`, `gone`: what a server that refused said of it (see FetchError). `baseline`: whether a first look's
    items are a backlog. `location`: the source's, as configured.
    """

    source_id: str
    location: str
    gathered: Gathered | None = None
    problem: str | None = None
    wait: timedelta | None = None
    gone: bool = False
    baseline: bool = False


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many items a source published on a day (UTC, ISO)."""

    day: str
    count: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What the last look that brought a document found: how many items, how many of them new, and when.
    `before`: when the look before it succeeded, None for the first. `flood`: when the last flood was found."""

    at: datetime
    listed: int
    new: int
    before: datetime | None = None
    flood: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the store remembers of a source. `since`: when `health` became what it is.

    `problem`: why the last look failed; `failures`: how many did in a row, `failing` since when. `arrivals` are
    the last days on which it published, oldest first. `looked`: the last look, `answered`: the last that did
    not fail. `next_look`: not before then; None: at once. `asked`: until then its server wants to be left alone.
    """

    source_id: str
    memory: Memory = field(default_factory=Memory)
    baselined: bool = False
    problem: str | None = None
    since: datetime | None = None
    last_new_item: datetime | None = None
    warnings: tuple[str, ...] = ()
    health: Health = Health.NEW
    failures: int = 0
    failing: datetime | None = None
    looked: datetime | None = None
    answered: datetime | None = None
    next_look: datetime | None = None
    asked: datetime | None = None
    arrivals: tuple[Arrivals, ...] = ()
    listing: Listing | None = None

    @property
    def word(self) -> str:
        """How it is, in a word: its health, or "failing" where its looks fail and no alert was due yet."""
        return health_word(self.health, is_failing=self.problem is not None)


def health_word(health: Health, *, is_failing: bool) -> str:
    """A source's health, or "failing" where its looks fail and no alert was due yet."""
    is_early = health in (Health.NEW, Health.OK, Health.SILENT, Health.MOVED)
    return FAILING if is_failing and is_early else health.value


FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What follows from a look at a source: its new state, an alert where its health changed, and which of what is
    new, by its place, came in a flood."""

    state: SourceState
    alert: Alert | None = None
    flooded: frozenset[int] = frozenset()
