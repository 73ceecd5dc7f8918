"""What pages and mails show of an edition: its name and day, and its stories under their headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feeder.model import Edition, Fate, Telling
from feeder.rendering.look import Look
from feeder.rendering.view import Address, Day, View, day, view


@dataclass(frozen=True, slots=True)
class EditionLine:
    """An edition as pages and mails name it."""

    name: str
    day: Day
    date: str
    subject: str
    intro: str
    page: str


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """A story of an earlier edition, and what was wrong in it."""

    story: View
    notes: tuple[tuple[Day, str], ...]


@dataclass(frozen=True, slots=True)
class EditionPart:
    """A headed part of an edition, ready to print."""

    title: str
    stories: tuple[View, ...]


def edition_line(look: Look, edition: Edition, address: Address) -> EditionLine:
    """Name an edition by its number and day; one without a number is a draft."""
    t = look.strings
    return EditionLine(
        name=t["edition_draft"] if edition.number is None else t["edition_name"].format(number=edition.number),
        date=t["edition_date"].format(weekday=look.weekday(edition.slot), date=look.date(edition.slot)),
        day=day(look, edition.slot),
        subject=edition.subject,
        intro=edition.intro,
        page=address(f"editions/{edition.id}/"),
    )


def edition_parts(
    look: Look, edition: Edition, tellings: Mapping[str, Telling], address: Address
) -> tuple[EditionPart, ...]:
    """The headed parts of an edition that have something to show."""
    parts: list[EditionPart] = []
    for section in edition.sections:
        topic = look.topic(section.topic) if section.topic else None
        title = topic.title if topic else look.strings["other_stories" if section.topic or parts else "lead_stories"]
        stories = tuple(
            view(look, tellings[story_id], address) for story_id, _ in section.stories if story_id in tellings
        )
        if stories:
            parts.append(EditionPart(title, stories))
    return tuple(parts)


def edition_corrections(
    look: Look, edition: Edition, tellings: Mapping[str, Telling], address: Address
) -> tuple[CorrectionLine, ...]:
    """What an edition corrects of earlier ones; a story that was withdrawn since speaks for itself elsewhere."""
    lines = []
    for one in edition.corrections:
        if (telling := tellings.get(one.story_id)) is None or telling.story.fate is Fate.WITHDRAWN:
            continue
        story = view(look, telling, address)
        notes = tuple(story.corrections[place] for place in one.notes if place < len(story.corrections))
        if notes:
            lines.append(CorrectionLine(story, notes))
    return tuple(lines)
