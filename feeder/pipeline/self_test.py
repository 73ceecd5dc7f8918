"""The self-test of an edition, before it is released: its files as they would be written now, looked at once more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta
from email import message_from_bytes, policy
from functools import cache

from feeder import text
from feeder.errors import RenderError
from feeder.model import Edition, EditionFinding, EditionReport, LinkAnswer, Telling, Weight
from feeder.pipeline.house import House
from feeder.pipeline.site import Planned, edition_files, edition_tellings, plan
from feeder.rendering.checking import findings
from feeder.rendering.checking.links import dead_links, foreign_links, own_links
from feeder.rendering.checking.printed import (
    HTML,
    MESSAGE,
    PAGE,
    TEXT,
    Document,
    Printed,
    error,
    note,
)
from feeder.sources.links import ask_links

ANSWERS_LAST = timedelta(hours=1)
MOST_LINKS = 200
_ORDER = tuple(Weight)


def check_edition(house: House, edition: Edition, *, online: bool | None = None) -> EditionReport:
    """Look at an edition as it would be written now, whatever its state; nothing is written.

    `online`: whether foreign links are asked; None: unless the house is a rehearsal or offline. What was asked within
    the last hour by this process is not asked again.
    """
    try:
        own = edition_files(house, edition)
        printed = printed_as(house, edition, own)
    except RenderError as problem:
        return EditionReport(edition.id, (error("render", f"Lässt sich nicht drucken: {problem}", edition.id),))
    files = {path: planned for planned in (*plan(house, house.clock()), own) for path in planned.paths}
    paths = _paths(house, files)
    found = [*findings(printed), *own_links(printed, paths, _anchors(files, printed, own))]
    is_asked = (house.sends and not house.offline) if online is None else online
    asked, about_links = _ask(house, printed, paths) if is_asked else (0, [])
    found = list(dict.fromkeys([*found, *about_links]))
    return EditionReport(edition.id, tuple(sorted(found, key=lambda one: _ORDER.index(one.level))), asked)


def printed_as(house: House, edition: Edition, own: Planned) -> Printed:
    """An edition's files, and what is known of what they should say; RenderError where they cannot be written."""
    data = {file.path.rpartition("/")[2]: file.data for file in own.render()}
    tellings = edition_tellings(house, edition)
    placed = [story_id for section in edition.sections for story_id, _ in section.stories if story_id in tellings]
    pictures = (one.revision.image for one in tellings.values())
    return Printed(
        config=house.config,
        html=data[HTML].decode(),
        text=data[TEXT].decode(),
        message=data[MESSAGE],
        page=data[PAGE].decode(),
        page_url=house.look.url(f"editions/{edition.id}/"),
        subject=_subject(data[MESSAGE]),
        titles=tuple(title for one in placed if (title := tellings[one].revision.title)),
        words="\n".join(words for telling in tellings.values() for words in _said(telling)),
        pictures={house.look.url(image.url): image.credit for image in pictures if image and image.credit},
    )


def _subject(message: bytes) -> str:
    try:
        return str(message_from_bytes(message, policy=policy.default)["Subject"] or "")
    except (ValueError, IndexError, LookupError, AttributeError, TypeError):  # what its parser trips over
        return ""


def _said(telling: Telling) -> Iterator[str]:
    """All that a story itself says, as plain text."""
    one = telling.revision
    yield from (one.title, one.teaser, *one.summary, *one.authors, one.image_credit or "", telling.reason or "")
    for section in one.sections:
        yield from (section.title or "", text.plain(section.html))
    if one.image:
        yield from (one.image.alt or "", one.image.credit or "")
    yield from (correction.text for correction in one.corrections)
    for coverage in one.coverage:
        yield from (coverage.source_title, coverage.title, coverage.url or "")


def _paths(house: House, files: Mapping[str, Planned]) -> Collection[str]:
    """What will stand under feeds/: what is planned, and the pictures that stories name."""
    return {*files, *house.store.media.paths()}


def _anchors(files: Mapping[str, Planned], printed: Printed, own: Planned) -> Callable[[str], Collection[str]]:
    """What fragments of a file may point at, read from the file as it will be written; each is read once."""

    @cache
    def anchors(path: str) -> Collection[str]:
        if path in own.paths:
            return printed.web.ids if path.endswith(PAGE) else printed.mail.ids
        try:
            written = files[path].render() if path in files else ()
        except RenderError:
            return ()
        return next(
            (Document(path, one.data.decode("utf-8", "replace")).ids for one in written if one.path == path), ()
        )

    return anchors


def _ask(house: House, printed: Printed, paths: Collection[str]) -> tuple[int, list[EditionFinding]]:
    """Ask foreign links that gave no answer lately."""
    named, now = foreign_links(printed, paths), house.clock()
    urls = list(named)[:MOST_LINKS]
    known = {url: one for url, one in house.link_answers.items() if now - one.at < ANSWERS_LAST}
    fresh: tuple[LinkAnswer, ...] = ask_links(house.reading.fetcher, [url for url in urls if url not in known], now)
    known |= {one.url: one for one in fresh}
    house.link_answers.clear()
    house.link_answers.update(known)
    found = list(dead_links([known[url] for url in urls], named))
    if len(named) > MOST_LINKS:
        found.append(note("links", f"{len(named) - MOST_LINKS} weitere Links wurden nicht geprüft", HTML))
    return len(urls), found
