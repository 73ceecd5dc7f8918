"""What pages and mails show of an edition: its name and day, and its stories under their headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feeder.model import Edition, EditionSection, Fate, SectionKind, Telling
from feeder.rendering.look import Look
from feeder.rendering.view import Address, Day, View, day, view

WEEK = 7


@dataclass(frozen=True, slots=True)
class EditionLine:
    """An edition as pages and mails name it.

    `collects` and `days` are empty where it tells of one day; else they say of which: "Montagsausgabe", "Freitag bis
    Montag".
    """

    name: str
    day: Day
    date: str
    subject: str
    intro: str
    page: str
    collects: str = ""
    days: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """A story of an earlier edition, and what was wrong in it."""

    story: View
    notes: tuple[tuple[Day, str], ...]


@dataclass(frozen=True, slots=True)
class EditionPart:
    """A headed part of an edition, ready to print; `kind` is None in what was composed before there were kinds."""

    title: str
    stories: tuple[View, ...]
    kind: SectionKind | None = None


def edition_line(look: Look, edition: Edition, address: Address) -> EditionLine:
    """Name an edition by its number and day; one without a number is a draft."""
    t = look.strings
    collects, days = _days(look, edition)
    return EditionLine(
        name=t["edition_draft"] if edition.number is None else t["edition_name"].format(number=edition.number),
        date=t["edition_date"].format(weekday=look.weekday(edition.slot), date=look.date(edition.slot)),
        day=day(look, edition.slot),
        subject=edition.subject,
        intro=edition.intro,
        page=address(f"editions/{edition.id}/"),
        collects=collects,
        days=days,
    )


def _days(look: Look, edition: Edition) -> tuple[str, str]:
    """What an edition is called that collects more days than one, and the days; after more than six, their dates."""
    t = look.strings
    if edition.since is None or (span := look.days_between(edition.since, edition.cutoff)) <= 1:
        return "", ""
    said = look.weekday if span < WEEK else look.date
    days = t["edition_days"].format(first=said(edition.since), last=said(edition.cutoff))
    return t["edition_collects"].format(weekday=look.weekday(edition.slot)), days


def edition_parts(
    look: Look, edition: Edition, tellings: Mapping[str, Telling], address: Address
) -> tuple[EditionPart, ...]:
    """The headed parts of an edition that have something to show."""
    parts: list[EditionPart] = []
    for section in edition.sections:
        title = _title(look, section, is_first=not parts)
        stories = tuple(
            view(look, tellings[story_id], address) for story_id, _ in section.stories if story_id in tellings
        )
        if stories:
            parts.append(EditionPart(title, stories, section.kind))
    return tuple(parts)


def _title(look: Look, section: EditionSection, *, is_first: bool) -> str:
    if topic := look.topic(section.topic) if section.topic else None:
        return topic.title
    match section.kind:
        case SectionKind.LEAD:
            return look.strings["lead_stories"]
        case SectionKind.TOP:
            return look.strings["top_stories"]
        case _:
            return look.strings["lead_stories" if is_first and not section.topic else "other_stories"]


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
