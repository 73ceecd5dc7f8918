"""What a source publishes, and our own articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


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


class ItemKey(NamedTuple):
    """What an item is known by: unique within its source, for ever."""

    source_id: str
    uid: str


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
    the name of a picture file in the source's folder; its bytes travel beside the item. `flaws` say, in German with
    file and line, what has to be mended before a story of it is released.
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
    flaws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a source published, in the source's words.

    `title` is plain text; `url` is absolute or None, without trackers; `original` is what stood there
    before, None where that is the same. A missing date stays missing. `article` is set for our own
    texts and then `summary` and `content` are None.
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
    original: str | None = None

    @property
    def key(self) -> ItemKey:
        return ItemKey(self.source_id, self.uid)


APART = timedelta(hours=12)
"""Things whose dates are further apart than this are two, though they share title and address: episodes of a show."""


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item with what the store knows of it. `story_id` is None until it was curated; `changed`
    says that its words differ from those that were last told. `flooded`: it came in a flood, with
    too many others. `fulltext`: the text of its page, where that was read."""

    item: Item
    digest: str
    first_seen: datetime
    baseline: bool
    story_id: str | None
    changed: bool
    flooded: bool = False
    fulltext: Raw | None = None


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What tells whether an item is one that its source published before: `url_key` of its address, its title
    and date, also of those that were dropped or are no longer listed."""

    uid: str
    url_key: str | None
    title: str
    published: datetime | None = None
