"""An edition as an email: HTML that stays small enough to be shown whole, and plain text that says the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import css_inline

from feeder import text
from feeder.errors import RenderError
from feeder.model import Digest, Edition, Telling
from feeder.rendering.edition_view import CorrectionLine, EditionPart, edition_corrections, edition_line, edition_parts
from feeder.rendering.look import Look
from feeder.rendering.prose import lower_headings, plain_lines, printable, wrap
from feeder.rendering.sharing import Link, share_links
from feeder.rendering.view import View

HTML_LIMIT = 88_000  # Gmail shows about 102 kB of a mail and hides the rest, the unsubscribe link included
SUBJECT_LIMIT = 60
PREHEADER_LIMIT = 110
LEAD_SHARES = 4

_INLINER = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


class Room(IntEnum):
    """How much room a story gets in the mail."""

    NONE = 0
    LINK = 1
    SHORT = 2
    FULL = 3


@dataclass(frozen=True, slots=True)
class Slip:
    """A story in the mail: what it says, how much of it, and its number in the overview."""

    number: int
    story: View
    room: Room
    shares: tuple[Link, ...]

    @property
    def is_full(self) -> bool:
        """Whether the whole text stands in the mail."""
        return self.room is Room.FULL


@dataclass(frozen=True, slots=True)
class SlipPart:
    """A headed part of the mail."""

    title: str
    slips: tuple[Slip, ...]


@dataclass(frozen=True, slots=True)
class _Matter:
    """What a mail is made of: its edition, the headed parts, and what it corrects of earlier ones."""

    edition: Edition
    parts: tuple[EditionPart, ...]
    corrections: tuple[CorrectionLine, ...]


def render_digest(look: Look, edition: Edition, tellings: Mapping[str, Telling]) -> Digest:
    """Print an edition as a mail of at most 88 kB of HTML.

    Where there is too much, stories give up room, the last ones first: full texts become teasers,
    then stories become links. The first full text stays until then. What is too much even as links
    is counted.
    """
    parts = edition_parts(look, edition, tellings, look.url)
    matter = _Matter(edition, parts, edition_corrections(look, edition, tellings, look.url))
    stories = [story for part in parts for story in part.stories]
    subject = subject_line(look, edition, stories)
    preheader = _preheader(look, stories)
    plans = list(_plans(stories, _told(edition, tellings, size := look.config.digest.size), size))
    low, high = 0, len(plans) - 1
    while low < high:
        middle = (low + high) // 2
        if _size(_html(look, matter, plans[middle], subject, preheader)) <= HTML_LIMIT:
            high = middle
        else:
            low = middle + 1
    html = _html(look, matter, plans[low], subject, preheader)
    if _size(html) > HTML_LIMIT:
        raise RenderError(
            f"edition {edition.id}: the mail has {_size(html)} bytes without a single story; shorten the texts of"
            " [mission], [support] and [follow]"
        )
    return Digest(subject, preheader, html, _text(look, matter, plans[low], subject))


def subject_line(look: Look, edition: Edition, stories: Sequence[View]) -> str:
    """Fill the configured subject; {title} is the edition's own subject, else the first headline."""
    title = edition.subject or (stories[0].title if stories else look.config.publication.title)
    words = look.config.digest.subject
    for name, value in (
        ("{number}", str(edition.number or look.strings["edition_draft"])),
        ("{date}", look.short_date(edition.slot)),
        ("{title}", title),
    ):
        words = words.replace(name, value)
    return text.shorten(text.one_line(words), SUBJECT_LIMIT)


def _preheader(look: Look, stories: Sequence[View]) -> str:
    """What the inbox shows beside the subject: the other headlines, or the lead's teaser."""
    others = " · ".join(story.title for story in stories[1:4])
    if others:
        return text.shorten(look.strings["mail_preheader_more"].format(titles=others), PREHEADER_LIMIT)
    return text.shorten((stories[0].teaser if stories else "") or look.config.publication.description, PREHEADER_LIMIT)


def _told(edition: Edition, tellings: Mapping[str, Telling], size: int) -> int:
    """How many stories the mail tells: those that the edition chose, as far as they are still there."""
    if edition.told is None:
        return size
    placed = [story_id for section in edition.sections for story_id, _ in section.stories]
    return sum(story_id in tellings for story_id in placed[: edition.told])


def _plans(stories: Sequence[View], told: int, size: int) -> Iterator[tuple[Room, ...]]:
    """Ever smaller ways to give the stories room, the best first: the first are told, `size` more are linked."""
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


def _html(look: Look, matter: _Matter, rooms: Sequence[Room], subject: str, preheader: str) -> str:
    words = look.render(
        "digest.html",
        subject=subject,
        preheader=preheader,
        lower_headings=lower_headings,
        **_values(look, matter, rooms),
    )
    return printable(_INLINER.inline(printable(words)))


def _text(look: Look, matter: _Matter, rooms: Sequence[Room], subject: str) -> str:
    words = look.render(
        "digest.txt", subject=subject, wrap=wrap, plain_lines=plain_lines, **_values(look, matter, rooms)
    )
    lines = "\n".join(line.rstrip() for line in printable(words).strip().split("\n"))
    return re.sub(r"\n{4,}", "\n\n\n", lines) + "\n"


def _values(look: Look, matter: _Matter, rooms: Sequence[Room]) -> dict[str, object]:
    slips = _slips(look, matter.parts, rooms)
    edition = matter.edition
    line = edition_line(look, edition, look.url)
    shown = [SlipPart(part.title, tuple(slip for slip in part.slips if slip.room >= Room.SHORT)) for part in slips]
    every = [slip for part in slips for slip in part.slips]
    return {
        "edition": line,
        "parts": tuple(part for part in shown if part.slips),
        "besides": tuple(slip for slip in every if slip.room is Room.LINK),
        "corrections": matter.corrections,
        "left_out": sum(slip.room is Room.NONE for slip in every),
        "shares": share_links(look, edition.subject or line.name, line.page),
        "mailto": look.config.digest.unsubscribe,
    }


def _slips(look: Look, parts: Sequence[EditionPart], rooms: Sequence[Room]) -> tuple[SlipPart, ...]:
    """The stories with their room, numbered in the order in which the mail shows them."""
    given = iter(rooms)
    result = []
    number = 0
    for part in parts:
        slips = []
        for story in part.stories:
            room = next(given)
            number += room >= Room.SHORT
            slips.append(Slip(number, story, room, _shares(look, story, 1 if number > 1 else LEAD_SHARES)))
        result.append(SlipPart(part.title, tuple(slips)))
    return tuple(result)


def _shares(look: Look, story: View, count: int) -> tuple[Link, ...]:
    """The first `count` networks, and the way to the others, which stand on the story's page."""
    links = share_links(look, story.title, story.share_url)
    return (*links[:count], Link(look.strings["mail_share_more"], f"{story.page}#teilen"))


def _size(html: str) -> int:
    """The bytes that a mail program counts: lines end with CRLF there."""
    return len(html.encode()) + html.count("\n")
