"""What the page of an edition shows: all of its stories, the loudest first, with room for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feeder.model import Edition, Telling
from feeder.rendering.edition_view import (
    CorrectionLine,
    EditionLine,
    edition_corrections,
    edition_line,
    edition_parts,
)
from feeder.rendering.look import Look
from feeder.rendering.slips import Overview, Room, Slip, SlipPart, overview_of, slips_of, told_stories
from feeder.rendering.view import Address


@dataclass(frozen=True, slots=True)
class WebMatter:
    """What the page of an edition is made of. `title` names it for those who pass it on; `subject` is empty where the
    first headline says the same. `besides` are linked, the others told."""

    line: EditionLine
    title: str
    subject: str
    overview: Overview
    parts: tuple[SlipPart, ...]
    besides: tuple[Slip, ...]
    corrections: tuple[CorrectionLine, ...]


def web_matter(look: Look, edition: Edition, tellings: Mapping[str, Telling], address: Address) -> WebMatter:
    """Lay out an edition for the browser. Unlike a mail a page has room for every story that was placed."""
    parts = edition_parts(look, edition, tellings, address)
    stories = [story for part in parts for story in part.stories]
    told = told_stories(edition, tellings, look.config.digest.size)
    slips = slips_of(parts, [Room.SHORT if place < told else Room.LINK for place in range(len(stories))])
    line = edition_line(look, edition, address)
    first = stories[0].title if stories else ""
    shown = (SlipPart(part.title, tuple(slip for slip in part.slips if slip.room is Room.SHORT)) for part in slips)
    return WebMatter(
        line=line,
        title=edition.subject or first or line.name,
        subject="" if edition.subject == first else edition.subject,
        overview=overview_of(slips, intro=line.intro),
        parts=tuple(part for part in shown if part.slips),
        besides=tuple(slip for part in slips for slip in part.slips if slip.room is Room.LINK),
        corrections=edition_corrections(look, edition, tellings, address),
    )


def placed(edition: Edition) -> list[str]:
    """The ids of its stories, in their order."""
    return [story_id for section in edition.sections for story_id, _ in section.stories]
