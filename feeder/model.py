"""The nouns everyone speaks: frozen, slotted; aware UTC times; tuples (docs/design.md, section 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from feeder.errors import ArticleError


class Rights(StrEnum):
    """What may leave the house of a source's words and pictures."""

    OWN = "own"
    LICENSED = "licensed"
    TEASER = "teaser"
    LINK_ONLY = "link-only"


class Fate(StrEnum):
    """The four fates of a story."""

    RELEASED = "released"
    HELD = "held"
    DROPPED = "dropped"
    WITHDRAWN = "withdrawn"


class Status(StrEnum):
    """What the front matter of an article says about its readiness."""

    DRAFT = "draft"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class Origin(StrEnum):
    """How a text came to be (AI Act, Art. 50); the values are what readers' labels stand for."""

    EDITORIAL = "redaktionell"
    EXCERPT = "auszug"
    AI_ASSISTED = "ki_unterstuetzt"
    AI_GENERATED = "ki_erzeugt"


class Action(StrEnum):
    """What a curation rule does with the items that it matches."""

    KEEP = "keep"
    DROP = "drop"
    HOLD = "hold"


class EditionStatus(StrEnum):
    """The states of an edition (docs/design.md, section 4)."""

    DRAFT = "draft"
    HELD = "held"
    SKIPPED = "skipped"
    APPROVED = "approved"


class ItemKey(NamedTuple):
    """What an item is known by: unique within its source, for ever."""

    source_id: str
    uid: str


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
class Raw:
    """Markup as received, capped in length, never cleaned: `kind` is "text" or "html"."""

    value: str
    kind: str = "html"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture. `url` is absolute, or `media/<sha256>.<ext>` (relative to the output) when the
    bytes are ours; without a credit an image does not leave the house. `length` in bytes."""

    url: str
    alt: str
    width: int | None = None
    height: int | None = None
    credit: str | None = None
    licence: str | None = None
    type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that an item carries; `length` in bytes, None when unknown."""

    url: str
    type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A named part of the content: `kind` is "intro", "news" or "outlook"; `html` is sanitised.

    `title` is the sub-heading printed above the part, plain text, None where there is none; inner
    sub-headings stand in `html` as h3.
    """

    kind: str
    title: str | None
    html: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who wrote the words."""

    text: Origin = Origin.EDITORIAL
    model: str | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A visible note that a published text was wrong."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """A text of our own newsroom, as its file says it; plain text unless said otherwise.

    `date` and `updated` are None where neither front matter nor file name gives one. `picture` is
    the name of a picture file in the source's folder; its bytes travel beside the item.
    """

    path: str
    title: str
    teaser: str | None
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    image: Image | None
    image_credit: str | None
    authors: tuple[str, ...]
    topics: tuple[str, ...]
    language: str | None
    url: str | None
    status: Status
    date: datetime | None
    updated: datetime | None
    provenance: Provenance
    corrections: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a source published, in the source's words.

    `title` is plain text; `url` is absolute or None. A missing date stays missing. `article` is
    set for our own texts and then `summary` and `content` are None.
    """

    source_id: str
    uid: str
    url: str | None
    title: str
    published: datetime | None = None
    updated: datetime | None = None
    summary: Raw | None = None
    content: Raw | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: Image | None = None
    enclosures: tuple[Enclosure, ...] = ()
    language: str | None = None
    article: Article | None = None

    @property
    def key(self) -> ItemKey:
        return ItemKey(self.source_id, self.uid)


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


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item with what the store knows of it. `story_id` is None until it was curated; `changed`
    says that its words differ from those that were last told."""

    item: Item
    digest: str
    first_seen: datetime
    baseline: bool
    story_id: str | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who told it: one line of "Quellen". The first of a revision is the lead."""

    source_id: str
    source_title: str
    title: str
    url: str | None
    published: datetime | None
    language: str
    homepage: str | None = None


@dataclass(frozen=True, slots=True)
class StoryRevision:
    """A story's words, written once; everything published is rendered from it without any item.

    `title`, `teaser` and the bullets of `summary` are plain text; `topics` are topic ids.
    """

    story_id: str
    n: int
    title: str
    teaser: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    image: Image | None
    image_credit: str | None
    authors: tuple[str, ...]
    topics: tuple[str, ...]
    language: str
    rights: Rights
    licence: str | None
    coverage: tuple[Coverage, ...]
    provenance: Provenance
    corrections: tuple[Correction, ...]
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """One event in our words. `id`, `slug` and `url` never change after release.

    `id` is a tag: URI (RFC 4151). `url` is absolute for stories that live elsewhere, and None for
    stories whose home is our own page (`stories/<slug>/`), so that a moved house keeps its words.
    `released` and `updated` are None until the first release. `touched`: a person decided on it.
    """

    id: str
    slug: str
    url: str | None
    fate: Fate
    revision: int
    lead: ItemKey
    released: datetime | None = None
    updated: datetime | None = None
    due: datetime | None = None
    withdrawn: datetime | None = None
    follows: str | None = None
    merged_into: str | None = None
    touched: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """A story in the words of one of its revisions: what rendering gets."""

    story: Story
    revision: StoryRevision
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what about a story, and why; append-only. `what` is a fate, "merged" or
    "revised"; `who` is "rules" or a person's login name."""

    story_id: str
    who: str
    what: str
    why: str
    at: datetime
    revision: int
    item: ItemKey | None = None


@dataclass(frozen=True, slots=True)
class EditionSection:
    """A headed part of an edition: `topic` is a topic id, None for the stories before all topics."""

    topic: str | None
    stories: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """The stories that go out together. `id` is the slot in local time, `2026-11-23-0700`; it is
    also the folder. `number` is given at approval, so skips leave no gap."""

    id: str
    slot: datetime
    status: EditionStatus
    cutoff: datetime
    subject: str
    intro: str
    sections: tuple[EditionSection, ...]
    number: int | None = None
    approved: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """An edition rendered for email: `html` and `text` are whole documents."""

    subject: str
    preheader: str
    html: str
    text: str


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
class Step:
    """A piece of work by name, with JSON-able arguments: at most one at a time runs per `key`, at
    most one waits per `dedupe`, none starts before `not_before`."""

    name: str
    args: dict[str, object]
    key: str | None = None
    dedupe: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story that was released once, light: enough to see which pages are to be rendered."""

    id: str
    slug: str
    revision: int
    fate: Fate
    updated: datetime
    withdrawn: datetime | None = None


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
class OutputRecord:
    """A file under feeds/ as last written: `digest` of its bytes, `basis` of the state that it shows."""

    path: str
    digest: str
    basis: str
