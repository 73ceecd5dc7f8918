"""What goes out together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EditionStatus(StrEnum):
    """The states of an edition (docs/design.md, section 4)."""

    DRAFT = "draft"
    HELD = "held"
    SKIPPED = "skipped"
    APPROVED = "approved"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    FAILED = "failed"


PUBLIC = (EditionStatus.APPROVED, EditionStatus.DELIVERING, EditionStatus.DELIVERED, EditionStatus.FAILED)
"""The states of an edition that has its number: readers see it, and nothing in it changes."""


class SectionKind(StrEnum):
    """What a part of an edition is; what was stored before there were kinds is `TOPIC`."""

    LEAD = "lead"
    TOP = "top"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class EditionSection:
    """A headed part of an edition: `topic` is a topic id; None for lead and top stories, and for the stories after all
    topics."""

    topic: str | None
    stories: tuple[tuple[str, int], ...]
    kind: SectionKind | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """What an edition owns up to: a story of an earlier edition, in the words of revision `n`; `notes` are the places
    of those of its corrections that no earlier edition told."""

    story_id: str
    n: int
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EditionDecision:
    """Who decided what about an edition, and why. `what` is "approved", "held", "skipped" or "edited"; `who` is "clock"
    or a person's login name."""

    who: str
    what: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """The stories that go out together. `id` is the slot in local time, `2026-11-23-0700`; it is
    also the folder. `number` is given at approval, so skips leave no gap. The first `told` stories are told, the others
    linked; None where the digest's size alone says so.

    `since` is the cutoff of the edition before it. `decide_by`: until then a person may stop it or hurry it; None where
    only a person's word counts, or nobody was asked. `decided` is what was decided of it so far. `carriers` are those
    that were set up when it was approved, which deliver it without being told. `reason`: why held, skipped or failed.
    """

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
    told: int | None = None
    corrections: tuple[Corrected, ...] = ()
    since: datetime | None = None
    decide_by: datetime | None = None
    carriers: tuple[str, ...] = ()
    decided: tuple[EditionDecision, ...] = ()

    @property
    def is_public(self) -> bool:
        """Whether it has been approved, so that readers see it and nothing in it changes."""
        return self.status in PUBLIC


@dataclass(frozen=True, slots=True)
class Edits:
    """What a person wants of the edition of a slot, before it is approved.

    `first` are ids of stories in the order in which they shall lead it; `dropped` shall not stand in it, and are free
    for the next one. `subject` and `intro` are None where nobody said anything. `decided`: who edited what, and why.
    """

    subject: str | None = None
    intro: str | None = None
    first: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    decided: tuple[EditionDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """An edition rendered for email: `html` and `text` are whole documents."""

    subject: str
    preheader: str
    html: str
    text: str
