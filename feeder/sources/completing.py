"""The pages behind new items: what a listing leaves out, and full texts for the sources that are to have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import sample
from urllib.parse import urlsplit

from feeder.errors import FetchError
from feeder.model import FullText, Gathered, Item, Rights, Source
from feeder.sources.asking import forgetful
from feeder.sources.http import shown
from feeder.sources.reading import Reading

MAX_PAGES = 20
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_LISTINGS = ("page", "sitemap")

Unknown = Callable[[str, Sequence[str]], set[str]]


@dataclass(slots=True)
class _Visits:
    """What the pages of one look told: `read` holds the uids of those that could be read."""

    source: Source
    reading: Reading
    read: set[str] = field(default_factory=set)
    texts: list[FullText] = field(default_factory=list)
    failures: dict[str, list[FetchError]] = field(default_factory=dict)
    textless: list[str] = field(default_factory=list)
    resting: set[str] = field(default_factory=set)


def complete(source: Source, gathered: Gathered, reading: Reading, unknown: Unknown) -> Gathered:
    """Read the pages of at most 20 unknown items, the newest, and fill in what is missing.

    A feed's item whose page cannot be read stays as it is. Of pages and sitemaps, known items are only `listed`; new
    ones wait for the next look if their turn has not come or nothing gives them a title. On the first look, those
    beyond the 20 are kept as they are, because they are backlog; FetchError if no page at all could be read then.
    """
    is_listing = source.kind in _LISTINGS
    if gathered.unchanged or not (is_listing or (source.fulltext and source.kind == "feed")):
        return gathered
    new = unknown(source.id, [item.uid for item in gathered.items])
    fresh = sorted((item for item in gathered.items if item.uid in new), key=_newness, reverse=True)
    visits = _Visits(source, reading)
    lacking = [item for item in fresh if _lacks_something(source, item)]
    chosen = _chosen(lacking, is_first=not is_listing or len(new) == len(gathered.items))
    told = {item.uid: _visited(visits, item) for item in chosen}
    texts, notes = tuple(visits.texts), (*gathered.notes, *_notes(visits))
    if not is_listing:
        items = tuple(told.get(item.uid, item) for item in gathered.items)
        return replace(gathered, items=items, fulltexts=texts, notes=notes)
    return _listing(fresh, told, visits, replace(gathered, fulltexts=texts, notes=notes))


def _chosen(lacking: Sequence[Item], *, is_first: bool) -> Sequence[Item]:
    """The newest; later on, half of them by lot, so that pages that can never be read keep no others waiting."""
    if is_first or len(lacking) <= MAX_PAGES:
        return lacking[:MAX_PAGES]
    newest = MAX_PAGES // 2
    return [*lacking[:newest], *sample(lacking[newest:], MAX_PAGES - newest)]


def _listing(fresh: Sequence[Item], told: Mapping[str, Item], visits: _Visits, gathered: Gathered) -> Gathered:
    """What a page or sitemap brought: known items are named, new ones given as far as they can be told."""
    new = {item.uid for item in fresh}
    is_first = len(new) == len(gathered.items)
    waiting = {uid for uid, item in told.items() if not item.title}
    if not is_first:
        waiting |= {item.uid for item in fresh if item.uid not in told and _lacks_something(visits.source, item)}
    items = tuple(told.get(item.uid, item) for item in fresh if item.uid not in waiting)
    if is_first and visits.failures and not visits.read and not any(item.title for item in items):
        raise next(iter(visits.failures.values()))[0]
    listed = tuple(item.uid for item in gathered.items if item.uid not in new)
    done = replace(gathered, items=items, listed=listed)
    if not waiting:
        return done
    note = f"{len(waiting)} new items wait for the next look, until their pages give them a title"
    return forgetful(replace(done, notes=(*done.notes, note)))


def _newness(item: Item) -> datetime:
    return item.published or item.updated or _LONG_AGO


def _lacks_something(source: Source, item: Item) -> bool:
    return item.url is not None and (source.fulltext or not (item.title and item.published and item.summary))


def _visited(visits: _Visits, item: Item) -> Item:
    """The item as its page completes it, or as it was where the page cannot be read."""
    from feeder.sources.article_page import filled, read_article_page  # noqa: PLC0415 - feeds alone need no lxml.html

    source, url = visits.source, item.url or ""
    host = urlsplit(url).hostname or ""
    if host in visits.resting:
        return item
    try:
        response = visits.reading.fetcher.page(source.id, url, licensed=source.rights in (Rights.OWN, Rights.LICENSED))
    except FetchError as error:
        visits.failures.setdefault(host, []).append(error)
        if error.wait is not None or visits.reading.fetcher.time_left() <= 0:
            visits.resting.add(host)
        return item
    page = read_article_page(url, response, fulltext=source.fulltext)
    if page is None:
        words = f"{shown(url)} leads to {shown(response.url)}, which is no article: nothing is taken from there"
        visits.failures.setdefault(host, []).append(FetchError(source.id, words))
        return item
    visits.read.add(item.uid)
    if page.text is not None:
        visits.texts.append(FullText(item.uid, page.text))
    elif page.textless:
        visits.textless.append(page.textless)
    return filled(item, page.said)


def _notes(visits: _Visits) -> tuple[str, ...]:
    """One sentence per host that failed, and one for all pages without a text."""
    notes = []
    for host, errors in visits.failures.items():
        others = f" (and {len(errors) - 1} more pages of {host})" if len(errors) > 1 else ""
        notes.append(f"{errors[0]}{others}")
    if visits.textless:
        others = f" (and {len(visits.textless) - 1} more)" if len(visits.textless) > 1 else ""
        notes.append(f"no full text: {visits.textless[0]}{others}")
    return tuple(notes)
