"""What one document of a feed says: of itself, and of its items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from feeder.model import Item


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as read. `wait`: how long it asks to be left alone (ttl, sy:updatePeriod).

    `title` is plain text, "" where there is none; `language` has two letters; `homepage` is absolute.
    `notes` are sentences for maintainers: what had to be guessed, cut or left out.
    """

    title: str
    language: str | None
    homepage: str | None
    items: tuple[Item, ...]
    wait: timedelta | None = None
    notes: tuple[str, ...] = ()
