"""What pages and mails show of a story: its words with labels, dates and addresses, ready to print."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from babel import Locale, UnknownLocaleError

from feeder.addresses import web_address
from feeder.model import Coverage, Fate, Image, Rights, StoryRevision, Telling
from feeder.rendering.credit import label, licence_url, names, opens_with_teaser
from feeder.rendering.look import Look

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
    """A picture that may be shown: ours, credited and measured."""

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
class Part:
    """A section of the full text; `kicker` is its kind in words, None where the section before said it."""

    kicker: str | None
    title: str | None
    html: str


@dataclass(frozen=True, slots=True)
class View:
    """A story as templates print it; a withdrawn one has lost all its words but the headline.

    `url` is where the headline leads, `page` our own page, `share_url` the absolute address that
    readers pass on. `authors` are named where the whole text is shown; `repeats_teaser`: it begins
    with the teaser. `lang` and `note` are None where the story is told in the publication's language.
    """

    id: str
    title: str
    teaser: str
    summary: tuple[str, ...]
    parts: tuple[Part, ...]
    picture: Picture | None
    credit: str | None
    url: str
    page: str
    share_url: str
    repeats_teaser: bool
    is_ours: bool
    is_withdrawn: bool
    reason: str | None
    byline: str
    authors: tuple[str, ...]
    lead: SourceLine | None
    sources: tuple[SourceLine, ...]
    label: str
    licence: str | None
    licence_url: str | None
    topics: tuple[str, ...]
    released: Day
    updated: Day | None
    corrections: tuple[tuple[Day, str], ...]
    lang: str | None
    note: str | None


def view(look: Look, telling: Telling, address: Address) -> View:
    """Gather what the templates print of a story."""
    story, revision = telling.story, telling.revision
    is_withdrawn = story.fate is Fate.WITHDRAWN
    page = address(f"stories/{story.slug}/")
    elsewhere = None if is_withdrawn or look.story_url(story) == look.page_url(story) else web_address(story.url)
    picture = None if is_withdrawn else shown_picture(look, revision.image, address)
    sources = tuple(_source_line(look, coverage) for coverage in revision.coverage)
    return View(
        id=story.id,
        title=look.strings["withdrawn_title"].format(title=revision.title) if is_withdrawn else revision.title,
        teaser="" if is_withdrawn else revision.teaser,
        summary=() if is_withdrawn else revision.summary,
        parts=() if is_withdrawn else _parts(look, revision),
        picture=picture,
        credit=None if is_withdrawn else (picture.credit if picture else revision.image_credit),
        url=elsewhere or page,
        page=page,
        share_url=elsewhere or look.page_url(story),
        repeats_teaser=may_show_all(revision) and opens_with_teaser(revision),
        is_ours=revision.rights is Rights.OWN,
        is_withdrawn=is_withdrawn,
        reason=_reason(look, telling) if is_withdrawn else None,
        byline=sources[0].name if sources else ", ".join(revision.authors),
        authors=names(revision.authors) if may_show_all(revision) else (),
        lead=sources[0] if sources else None,
        sources=sources,
        label=label(look, revision),
        licence=revision.licence,
        licence_url=licence_url(revision.licence),
        topics=tuple(topic.title for topic in map(look.topic, revision.topics) if topic),
        released=day(look, story.released or revision.at),
        updated=_updated(look, telling),
        corrections=tuple((day(look, correction.at), correction.text) for correction in revision.corrections),
        lang=foreign(look, revision.language),
        note=language_note(look, revision.language),
    )


def day(look: Look, moment: datetime) -> Day:
    """A moment as its day in the publication's time zone."""
    return Day(look.date(moment), look.short_date(moment), moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


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
    return Picture(address(path), image.alt, image.width, image.height, image.credit)


def _source_line(look: Look, coverage: Coverage) -> SourceLine:
    return SourceLine(
        name=coverage.source_title,
        title=coverage.title,
        url=web_address(coverage.url),
        day=day(look, coverage.published) if coverage.published else None,
        lang=foreign(look, coverage.language),
        note=language_note(look, coverage.language),
    )


def may_show_all(revision: StoryRevision) -> bool:
    """Whether the full text may leave the house."""
    return revision.rights in (Rights.OWN, Rights.LICENSED)


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
