"""An edition as an email: HTML that stays small enough to be shown whole, and plain text that says the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feeder import text
from feeder.errors import RenderError
from feeder.model import Digest, Edition, Telling
from feeder.rendering.edition_view import (
    CorrectionLine,
    EditionLine,
    EditionPart,
    edition_corrections,
    edition_line,
    edition_parts,
)
from feeder.rendering.look import Look
from feeder.rendering.prose import plain_lines, printable, wrap
from feeder.rendering.sharing import Link, share_links
from feeder.rendering.slips import Grade, Room, Slip, SlipPart, overview_of, plans, slips_of, told_stories
from feeder.rendering.view import View

# Gmail shows about 102 kB of a mail and hides the rest, the unsubscribe link included; the self-test allows 95 kB, of
# which 3 are for what carriers fill in.
HTML_LIMIT = 92_000
SUBJECT_LIMIT = 60
PREHEADER_LIMIT = 110
SHARES = {Grade.LEAD: 4, Grade.TOP: 2, Grade.CALM: 0}
HEADINGS_LOWER = 2


@dataclass(frozen=True, slots=True)
class _Matter:
    """What a mail is made of, whatever room its stories get."""

    edition: Edition
    line: EditionLine
    parts: tuple[EditionPart, ...]
    corrections: tuple[CorrectionLine, ...]
    subject: str
    preheader: str
    unsubscribe: str


def render_digest(
    look: Look, edition: Edition, tellings: Mapping[str, Telling], unsubscribe: str | None = None
) -> Digest:
    """Print an edition as a mail of at most 92 kB of HTML.

    Where there is too much, stories give up room (`plans`). `unsubscribe` is the address by which the carrier's readers
    leave, that of [digest] by default.
    """
    parts = edition_parts(look, edition, tellings, look.url)
    stories = [story for part in parts for story in part.stories]
    matter = _Matter(
        edition,
        edition_line(look, edition, look.url),
        parts,
        edition_corrections(look, edition, tellings, look.url),
        subject_line(look, edition, stories),
        _preheader(look, stories),
        unsubscribe or look.config.digest.unsubscribe,
    )
    size = look.config.digest.size
    values, html = _fitting(look, matter, list(plans(stories, told_stories(edition, tellings, size), size)))
    return Digest(matter.subject, matter.preheader, html, _text(look, values))


def _fitting(look: Look, matter: _Matter, choices: Sequence[tuple[Room, ...]]) -> tuple[dict[str, object], str]:
    """What the best plan that fits has templates say, and the HTML of it; nearly always that is the first plan."""

    def printed(place: int) -> tuple[dict[str, object], str]:
        values = _values(look, matter, choices[place])
        return values, _html(look, values)

    best = printed(0)
    if _size(best[1]) <= HTML_LIMIT:
        return best
    low, high = 1, len(choices) - 1
    while low < high:
        middle = (low + high) // 2
        if _size(printed(middle)[1]) <= HTML_LIMIT:
            high = middle
        else:
            low = middle + 1
    best = printed(high)
    if (size := _size(best[1])) > HTML_LIMIT:
        raise RenderError(
            f"edition {matter.edition.id}: the mail has {size} bytes without a single story; shorten the texts of"
            " [mission], [support] and [follow]"
        )
    return best


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


def _html(look: Look, values: Mapping[str, object]) -> str:
    sheet = look.mail_sheet
    words = look.render(
        "digest.html",
        at_rules=sheet.at_rules,
        prose=lambda html: sheet.prose_html(html, HEADINGS_LOWER),
        shares_of=lambda slip: _shares(look, slip),
        **values,
    )
    return printable(words)


def _text(look: Look, values: Mapping[str, object]) -> str:
    words = look.render("digest.txt", wrap=wrap, plain_lines=plain_lines, **values)
    lines = "\n".join(line.rstrip() for line in printable(words).strip().split("\n"))
    return re.sub(r"\n{4,}", "\n\n\n", lines) + "\n"


def _values(look: Look, matter: _Matter, rooms: Sequence[Room]) -> dict[str, object]:
    parts = slips_of(matter.parts, rooms)
    line = matter.line
    shown = [SlipPart(part.title, tuple(slip for slip in part.slips if slip.room >= Room.SHORT)) for part in parts]
    every = [slip for part in parts for slip in part.slips]
    return {
        "subject": matter.subject,
        "preheader": matter.preheader,
        "edition": line,
        "overview": overview_of(parts, intro=line.intro),
        "parts": tuple(part for part in shown if part.slips),
        "besides": tuple(slip for slip in every if slip.room is Room.LINK),
        "corrections": matter.corrections,
        "left_out": sum(slip.room is Room.NONE for slip in every),
        "shares": share_links(look, matter.edition.subject or line.name, line.page),
        "blocks": look.brand.blocks(matter.edition.number),
        "mailto": matter.unsubscribe,
    }


def _shares(look: Look, slip: Slip) -> tuple[Link, ...]:
    """A few networks, the more the louder the story, and the way to the others, which stand on the story's page."""
    links = share_links(look, slip.story.title, slip.story.share_url, limit=SHARES[slip.grade])
    label = look.strings["mail_share_more" if links else "mail_share"]
    return (*links, Link(label, f"{slip.story.page}#teilen"))


def _size(html: str) -> int:
    """The bytes that a mail program counts: lines end with CRLF there."""
    return len(html.encode()) + html.count("\n")
