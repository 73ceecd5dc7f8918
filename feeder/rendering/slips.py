"""The stories of a mail, with the room that each of them gets, and the overview of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from feeder.model import Edition, SectionKind, Telling
from feeder.rendering.edition_view import EditionPart
from feeder.rendering.view import View

WORDS_PER_MINUTE = 200
NAMED_AT_LEAST = 5
NAMED_AT_MOST = 7


class Room(IntEnum):
    """How much room a story gets in the mail."""

    NONE = 0
    LINK = 1
    SHORT = 2
    FULL = 3


class Grade(IntEnum):
    """How loudly a story is told."""

    CALM = 0
    TOP = 1
    LEAD = 2


@dataclass(frozen=True, slots=True)
class Slip:
    """A story in the mail: what it says, how much of it and how loudly, and its number among those that are told."""

    number: int
    story: View
    room: Room
    grade: Grade

    @property
    def is_full(self) -> bool:
        """Whether the whole text stands in the mail."""
        return self.room is Room.FULL

    @property
    def is_lead(self) -> bool:
        return self.grade is Grade.LEAD

    @property
    def is_calm(self) -> bool:
        return self.grade is Grade.CALM

    @property
    def anchor(self) -> str:
        """What links within the mail jump to."""
        return f"m{self.number}"


@dataclass(frozen=True, slots=True)
class SlipPart:
    """A headed part of the mail."""

    title: str
    slips: tuple[Slip, ...]

    @property
    def anchor(self) -> str:
        """Its first story."""
        return self.slips[0].anchor


@dataclass(frozen=True, slots=True)
class Overview:
    """What stands in a mail, in a few lines: the first stories by name, how many others under which heading, and how
    many minutes it takes to read what is told."""

    named: tuple[Slip, ...]
    others: tuple[tuple[str, int, str], ...]
    minutes: int


def plans(stories: Sequence[View], told: int, size: int) -> Iterator[tuple[Room, ...]]:
    """Ever smaller ways to give the stories room, the best first: the first are told, `size` more are linked.

    The last ones give up room first: full texts become teasers, then stories become links. The first full text stays
    until then. What is too much even as links is left out.
    """
    rooms = [Room.FULL if story.parts else Room.SHORT for story in stories[:told]]
    rooms += [Room.LINK] * len(stories[told : told + size]) + [Room.NONE] * len(stories[told + size :])
    yield tuple(rooms)
    dearest = next((place for place, room in enumerate(rooms) if room is Room.FULL), 0)
    others = [place for place in reversed(range(len(rooms))) if place != dearest]
    for room in (Room.SHORT, Room.LINK):
        for place in others:
            if rooms[place] > room:
                rooms[place] = room
                yield tuple(rooms)
    for room, places in ((Room.SHORT, [dearest]), (Room.NONE, others), (Room.LINK, [dearest]), (Room.NONE, [dearest])):
        for place in places if stories else ():
            if rooms[place] > room:
                rooms[place] = room
                yield tuple(rooms)


def told_stories(edition: Edition, tellings: Mapping[str, Telling], size: int) -> int:
    """How many stories the mail tells: those that the edition chose, as far as they are still there."""
    if edition.told is None:
        return size
    placed = [story_id for section in edition.sections for story_id, _ in section.stories]
    return sum(story_id in tellings for story_id in placed[: edition.told])


def slips_of(parts: Sequence[EditionPart], rooms: Sequence[Room]) -> tuple[SlipPart, ...]:
    """The stories with their room, numbered in the order in which the mail shows them."""
    given = iter(rooms)
    result = []
    number = 0
    for part in parts:
        slips = []
        for story in part.stories:
            room = next(given)
            number += room >= Room.SHORT
            grade = Grade.LEAD if number == 1 else Grade.CALM if part.kind is SectionKind.TOPIC else Grade.TOP
            slips.append(Slip(number, story, room, grade))
        result.append(SlipPart(part.title, tuple(slips)))
    return tuple(result)


def overview_of(parts: Sequence[SlipPart], *, intro: str = "") -> Overview:
    """Name the loudest stories, at least five and at most seven, and count the others by their headings; up to seven
    are all named."""
    shown = [(part, [slip for slip in part.slips if slip.room >= Room.SHORT]) for part in parts]
    told = [slip for _, slips in shown for slip in slips]
    loud = sum(not slip.is_calm for slip in told)
    count = len(told) if len(told) <= NAMED_AT_MOST else min(max(loud, NAMED_AT_LEAST), NAMED_AT_MOST)
    others = []
    for part, slips in shown:
        rest = [slip for slip in slips if slip.number > count]
        if rest:
            others.append((part.title, len(rest), rest[0].anchor))
    words = _count(intro) + sum(_words(slip) for part in parts for slip in part.slips)
    return Overview(tuple(told[:count]), tuple(others), minutes(words))


def minutes(words: int) -> int:
    """How long it takes to read so many words: 200 a minute, and at least one minute."""
    return max(1, math.ceil(words / WORDS_PER_MINUTE))


def _words(slip: Slip) -> int:
    """The words that a mail says of a story; labels, dates and sources are looked at, not read."""
    story = slip.story
    if slip.room is Room.NONE:
        return 0
    if slip.room is Room.LINK:
        return _count(story.title)
    said = [story.title, *story.summary, *(words for _, words in story.corrections)]
    if not (slip.is_full and story.repeats_teaser):
        said.append(story.teaser)
    if slip.is_full:
        said += [part.title or "" for part in story.parts]
        said += [re.sub(r"<[^>]*>", " ", part.html) for part in story.parts]
    return sum(map(_count, said))


def _count(words: str) -> int:
    return len(words.split())
