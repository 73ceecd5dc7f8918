"""What we tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feeder.model.items import Correction, Image, ItemKey, Provenance, Section
from feeder.model.sources import Rights


class Fate(StrEnum):
    """The four fates of a story."""

    RELEASED = "released"
    HELD = "held"
    DROPPED = "dropped"
    WITHDRAWN = "withdrawn"


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
class Continued:
    """The elder story that a follow-up continues, as it was when that was told: for "Update zu: … (21.11.)"."""

    story_id: str
    slug: str
    title: str
    released: datetime


@dataclass(frozen=True, slots=True)
class StoryRevision:
    """A story's words, written once; everything published is rendered from it without any item.

    `title`, `teaser` and the bullets of `summary` are plain text; `topics` are topic ids. `continues`
    is set for a follow-up. Of an erased story all words are empty.
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
    continues: Continued | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One event in our words. `id`, `slug` and `url` never change after release.

    `id` is a tag: URI (RFC 4151). `url` is absolute for stories that live elsewhere, and None for
    stories whose home is our own page (`stories/<slug>/`), so that a moved house keeps its words.
    `released` and `updated` are None until the first release. `touched`: a person decided on it.
    `pinned`: until when it leads landing page and digest.
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
    pinned: datetime | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """A story in the words of one of its revisions: what rendering gets. `elder`: the one it was merged into."""

    story: Story
    revision: StoryRevision
    reason: str | None = None
    elder: Continued | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what about a story, and why; append-only. `what` is a fate, "merged", "revised", "led", "split",
    "pinned", "unpinned", "erased" or "flagged"; `who` is "rules" or a person's login name. `score`: how alike
    (0 to 1), where a merge or follow-up was decided by likeness.
    """

    story_id: str
    who: str
    what: str
    why: str
    at: datetime
    revision: int
    item: ItemKey | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story that was released once, light: enough to see which pages are to be rendered. `erased`:
    words left its revisions, which otherwise never change."""

    id: str
    slug: str
    revision: int
    fate: Fate
    updated: datetime
    withdrawn: datetime | None = None
    erased: bool = False
    follows: str | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """What the same-story check looks at: one item of a told story.

    `title` is plain text, `words` the plain text of teaser, summary or start of the text, at most 600 characters.
    `at` is when it was published, or first seen; `own`: an article of ours; `released`: whether its story is;
    `rank` is its source's.
    """

    story_id: str
    item: ItemKey
    title: str
    words: str
    language: str
    at: datetime
    own: bool
    released: bool
    rank: int
