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


@dataclass(frozen=True, slots=True)
class EditionSection:
    """A headed part of an edition: `topic` is a topic id, None for the stories before all topics."""

    topic: str | None
    stories: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """What an edition owns up to: a story of an earlier edition, in the words of revision `n`; `notes` are the places
    of those of its corrections that no earlier edition told."""

    story_id: str
    n: int
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """The stories that go out together. `id` is the slot in local time, `2026-11-23-0700`; it is
    also the folder. `number` is given at approval, so skips leave no gap. The first `told` stories are told, the others
    linked; None where the digest's size alone says so."""

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


@dataclass(frozen=True, slots=True)
class Digest:
    """An edition rendered for email: `html` and `text` are whole documents."""

    subject: str
    preheader: str
    html: str
    text: str
