"""The pages behind new items: what a listing leaves out, and full texts for the sources that are to have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import sample
from urllib.parse import urlsplit

from feeder import text
from feeder.errors import FetchError
from feeder.model import FullText, Gathered, Item, Memory, Refusal, Rights, Source
from feeder.sources.asking import forgetful, newness, unvalidated
from feeder.sources.http import shown
from feeder.sources.permission import ForbiddenPageError
from feeder.sources.reading import Reading

MAX_PAGES = 20
MAX_REFUSED = 200  # as many as a page or sitemap lists
REFUSED_FOR = timedelta(days=1)
_LISTINGS = ("page", "sitemap")

Unknown = Callable[[str, Sequence[str]], set[str]]


@dataclass(slots=True)
class _Visits:
    """What the pages of one look told: `read` and `refused` hold uids, of the pages that could be read and of those
    that would tell no more if they were asked again soon."""

    source: Source
    reading: Reading
    read: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    texts: list[FullText] = field(default_factory=list)
    failures: dict[str, list[FetchError]] = field(default_factory=dict)
    textless: list[str] = field(default_factory=list)
    resting: set[str] = field(default_factory=set)
    reserved: str | None = None


def awake(memory: Memory, now: datetime) -> Memory:
    """A memory by which pages whose time to rest is over are asked for again, even if their list has not changed."""
    resting = tuple(one for one in memory.refused if one.until > now)
    return memory if resting == memory.refused else unvalidated(replace(memory, refused=resting))


def complete(source: Source, gathered: Gathered, reading: Reading, unknown: Unknown, now: datetime) -> Gathered:
    """Read the pages of at most 20 unknown items, the newest, and fill in what is missing.

    A feed's item whose page cannot be read stays as it is. Of pages and sitemaps, known items are only `listed`; new
    ones wait for the next look if their turn has not come or nothing gives them a title; a page that is refused or
    gives none is left alone for a day. On the first look, those
    beyond the 20 are kept as they are, because they are backlog; FetchError if no page at all could be read then.
    """
    is_listing = source.kind in _LISTINGS
    if gathered.unchanged or not (is_listing or (source.fulltext and source.kind == "feed")):
        return gathered
    new = unknown(source.id, [item.uid for item in gathered.items])
    fresh = sorted((item for item in gathered.items if item.uid in new), key=newness, reverse=True)
    visits = _Visits(source, reading)
    resting = _resting(gathered.memory, fresh)
    lacking = [item for item in fresh if _lacks_something(source, item) and item.uid not in resting]
    chosen = _chosen(lacking, is_first=not is_listing or len(new) == len(gathered.items))
    told = {item.uid: _visited(visits, item) for item in chosen}
    texts, notes = tuple(visits.texts), (*gathered.notes, *_notes(visits))
    if visits.reserved is not None:
        gathered = replace(gathered, memory=replace(gathered.memory, reserved=visits.reserved))
    if not is_listing:
        items = tuple(told.get(item.uid, item) for item in gathered.items)
        return replace(gathered, items=items, fulltexts=texts, notes=notes)
    memory = replace(gathered.memory, refused=_refused(gathered, told, visits, now))
    return _listing(fresh, told, visits, replace(gathered, memory=memory, fulltexts=texts, notes=notes))


def _refused(gathered: Gathered, told: Mapping[str, Item], visits: _Visits, now: datetime) -> tuple[Refusal, ...]:
    """The pages to leave alone: those of before that are still listed, and those that now gave no title."""
    listed = {_digest(item) for item in gathered.items}
    before = (one for one in gathered.memory.refused if one.page in listed)
    untitled = (item for uid, item in told.items() if uid in visits.refused and not item.title)
    return (*before, *(Refusal(_digest(item), now + REFUSED_FOR) for item in untitled))[-MAX_REFUSED:]


def _resting(memory: Memory, items: Sequence[Item]) -> set[str]:
    """The uids of items whose pages are left alone; one that has a title by now needs no page."""
    refused = {one.page for one in memory.refused}
    return {item.uid for item in items if not item.title and _digest(item) in refused}


def _digest(item: Item) -> str:
    return text.digest(item.uid)


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
    resting = _resting(gathered.memory, fresh)
    waiting = {uid for uid, item in told.items() if not item.title}
    if not is_first:
        waiting |= {item.uid for item in fresh if item.uid not in told and _lacks_something(visits.source, item)}
    waiting -= resting
    items = tuple(told.get(item.uid, item) for item in fresh if item.uid not in waiting | resting)
    if is_first and visits.failures and not visits.read and not any(item.title for item in items):
        raise next(iter(visits.failures.values()))[0]
    listed = tuple(item.uid for item in gathered.items if item.uid not in new)
    rest = f"{len(resting)} new items wait for a day, because their pages give no title"
    done = replace(gathered, items=items, listed=listed, notes=(*gathered.notes, *([rest] if resting else [])))
    if not waiting:
        return done
    note = f"{len(waiting)} new items wait for the next look, until their pages give them a title"
    return forgetful(replace(done, notes=(*done.notes, note)))


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
        if error.refused:
            visits.refused.add(item.uid)
        if isinstance(error.__cause__, ForbiddenPageError) and error.__cause__.lasts:
            visits.reserved = str(error)
        if error.wait is not None or visits.reading.fetcher.time_left() <= 0:
            visits.resting.add(host)
        return item
    page = read_article_page(url, response, fulltext=source.fulltext)
    if page is None:
        words = f"{shown(url)} leads to {shown(response.url)}, which is no article: nothing is taken from there"
        visits.failures.setdefault(host, []).append(FetchError(source.id, words))
        visits.refused.add(item.uid)
        return item
    visits.read.add(item.uid)
    if page.text is not None:
        visits.texts.append(FullText(item.uid, page.text))
    elif page.textless:
        visits.textless.append(page.textless)
    completed = filled(item, page.said)
    if not completed.title:
        visits.refused.add(item.uid)
    return completed


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
