"""What pages and mails show of a story: its words with labels, dates and addresses, ready to print."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from babel import Locale, UnknownLocaleError

from feeder.addresses import web_address
from feeder.model import Continued, Coverage, Fate, Image, Provenance, Rights, StoryRevision, Telling
from feeder.rendering.credit import label, licence_url, names, opens_with_teaser
from feeder.rendering.image_credit import ImageCredit, image_credit
from feeder.rendering.look import Look
from feeder.rendering.rights import may_show_all, within_rights

Address = Callable[[str], str]
"""Turns a path under feeds/ into what a link says: relative on pages, absolute in mails."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Day:
    """A date to print, and the same for machines."""

    words: str
    figures: str
    iso: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that may be shown: ours, credited and measured. `credit` says so where a machine drew it."""

    src: str
    alt: str
    width: int
    height: int
    credit: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of "Quellen". `lang` marks a title in another language than the publication's; `note` says so."""

    name: str
    title: str
    url: str | None
    day: Day | None
    lang: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another story of ours that one belongs to; `day` is that of its release: "21.11."."""

    id: str
    title: str
    url: str
    day: str
    iso: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the full text; `kicker` is its kind in words, None where the section before said it."""

    kicker: str | None
    title: str | None
    html: str


@dataclass(frozen=True, slots=True)
class View:
    """A story as templates print it; a withdrawn one has lost all its words but the headline, an erased one that too.

    `url` is where the headline leads, `page` our own page, `share_url` the absolute address that
    readers pass on. `authors` are named where the whole text is shown; `repeats_teaser`: it begins
    with the teaser. `lang` and `note` are None where the story is told in the publication's language.
    `continues` is the elder story that this one is an update to, `part_of` the one that it was merged into.
    `reviewed` is when somebody answered for what a machine wrote.
    """

    id: str
    title: str
    teaser: str
    summary: tuple[str, ...]
    parts: tuple[Part, ...]
    picture: Picture | None
    credited: ImageCredit | None
    url: str
    page: str
    share_url: str
    repeats_teaser: bool
    is_ours: bool
    is_withdrawn: bool
    reason: str | None
    byline: str
    authors: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    label: str
    provenance: Provenance
    reviewed: Day | None
    continues: Neighbour | None
    part_of: Neighbour | None
    licence: str | None
    licence_url: str | None
    topics: tuple[str, ...]
    released: Day
    updated: Day | None
    corrections: tuple[tuple[Day, str], ...]
    lang: str | None
    note: str | None

    @property
    def credit(self) -> str | None:
        """Who made the picture, in words."""
        return self.credited.words if self.credited else None

    @property
    def lead(self) -> SourceLine | None:
        """The source that leads."""
        return self.sources[0] if self.sources else None


def view(look: Look, telling: Telling, address: Address) -> View:
    """Gather what the templates print of a story."""
    telling = within_rights(look, telling)
    story, is_withdrawn = telling.story, telling.story.fate is Fate.WITHDRAWN
    revision = _bare(telling.revision) if is_withdrawn else telling.revision
    page = address(f"stories/{story.slug}/")
    elsewhere = None if is_withdrawn or look.story_url(story) == look.page_url(story) else web_address(story.url)
    picture = shown_picture(look, revision.image, address)
    sources = tuple(_source_line(look, coverage) for coverage in revision.coverage)
    return View(
        id=story.id,
        title=withdrawn_title(look, telling) if is_withdrawn else revision.title,
        teaser=revision.teaser,
        summary=revision.summary,
        parts=_parts(look, revision),
        picture=picture,
        credited=_credited(look, revision, picture),
        url=elsewhere or page,
        page=page,
        share_url=elsewhere or look.page_url(story),
        repeats_teaser=opens_with_teaser(revision),
        is_ours=revision.rights is Rights.OWN,
        is_withdrawn=is_withdrawn,
        reason=_reason(look, telling) if is_withdrawn else None,
        byline=sources[0].name if sources else ", ".join(revision.authors),
        authors=names(revision.authors) if may_show_all(revision) else (),
        sources=sources,
        label=label(look, revision),
        provenance=revision.provenance,
        reviewed=_maybe_day(look, revision.provenance.reviewed_at),
        continues=neighbour(look, revision.continues, address),
        part_of=neighbour(look, telling.elder, address) if is_withdrawn else None,
        licence=revision.licence,
        licence_url=licence_url(revision.licence),
        topics=tuple(topic.title for topic in map(look.topic, revision.topics) if topic),
        released=day(look, story.released or revision.at),
        updated=_updated(look, telling),
        corrections=tuple((day(look, correction.at), correction.text) for correction in revision.corrections),
        lang=foreign(look, revision.language),
        note=language_note(look, revision.language),
    )


def _bare(revision: StoryRevision) -> StoryRevision:
    """What is left of a withdrawn story: its headline, and who told it."""
    return replace(
        revision,
        teaser="",
        summary=(),
        sections=(),
        image=None,
        image_credit=None,
        corrections=(),
        continues=None,
    )


def withdrawn_title(look: Look, telling: Telling) -> str:
    """ "Zurückgezogen: <headline>", or what became of it; of an erased story the headline is gone too."""
    t, is_merged = look.strings, telling.story.merged_into is not None
    title = telling.revision.title
    if not title:
        return t["withdrawn"]
    return t["merged_title" if is_merged else "withdrawn_title"].format(title=title)


def neighbour(look: Look, other: Continued | None, address: Address) -> Neighbour | None:
    """Another story as a link says it; None where there is none, or nothing left to call it."""
    if other is None or not other.title:
        return None
    when = day(look, other.released)
    return Neighbour(
        other.story_id, other.title, address(f"stories/{other.slug}/"), look.day_and_month(other.released), when.iso
    )


def day(look: Look, moment: datetime) -> Day:
    """A moment as its day in the publication's time zone."""
    return Day(look.date(moment), look.short_date(moment), moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _maybe_day(look: Look, moment: datetime | None) -> Day | None:
    return day(look, moment) if moment else None


def foreign(look: Look, language: str) -> str | None:
    """The language tag of words that are not in the publication's language; None for the others."""
    is_home = language.lower().split("-")[0] == look.config.publication.language
    return None if is_home or not _LANGUAGE.fullmatch(language) else language


def language_note(look: Look, language: str) -> str | None:
    """ "auf Englisch", where the words are not in the publication's language."""
    if not (tag := foreign(look, language)):
        return None
    try:
        name = Locale.parse(tag.split("-")[0]).get_language_name(look.config.publication.language)
    except (UnknownLocaleError, ValueError):
        return None
    return look.strings["in_language"].format(language=name) if name else None


def shown_picture(look: Look, image: Image | None, address: Address) -> Picture | None:
    """The picture, if it is ours to show: credited, measured, and among our own files.

    Anything else would have a reader's browser ask a third party for it.
    """
    if image is None or not image.credit or not image.width or not image.height:
        return None
    path = image.url.removeprefix(look.config.output.base_url)
    if not re.fullmatch(r"media/[A-Za-z0-9._-]+", path):
        return None
    return Picture(address(path), image.alt, image.width, image.height, image_credit(look, image.credit).words)


def _credited(look: Look, revision: StoryRevision, picture: Picture | None) -> ImageCredit | None:
    """Who made the picture that is shown, or the one that the credit alone speaks of."""
    credit = revision.image.credit if picture and revision.image else revision.image_credit
    return image_credit(look, credit) if credit else None


def _source_line(look: Look, coverage: Coverage) -> SourceLine:
    return SourceLine(
        name=coverage.source_title,
        title=coverage.title,
        url=web_address(coverage.url),
        day=_maybe_day(look, coverage.published),
        lang=foreign(look, coverage.language),
        note=language_note(look, coverage.language),
    )


def _parts(look: Look, revision: StoryRevision) -> tuple[Part, ...]:
    if not may_show_all(revision):
        return ()
    kinds = [None, *(section.kind for section in revision.sections)]
    return tuple(
        Part(None if section.kind == before else look.strings[f"section_{section.kind}"], section.title, section.html)
        for before, section in zip(kinds, revision.sections, strict=False)
    )


def _reason(look: Look, telling: Telling) -> str | None:
    """Why a story was withdrawn; what the rules noted on a merge is not for readers."""
    return look.strings["merged_reason"] if telling.story.merged_into else telling.reason


def _updated(look: Look, telling: Telling) -> Day | None:
    released, updated = telling.story.released, telling.story.updated
    if not released or not updated or look.date(updated) == look.date(released):
        return None
    return day(look, updated)
