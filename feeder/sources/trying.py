"""One look at what might become a source, or is one: everything is read, nothing is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from feeder.errors import ParseError
from feeder.model import Gathered, Item, Memory, Rights, Selectors, Source
from feeder.sources import READERS
from feeder.sources.completing import complete
from feeder.sources.discovery import Candidate, find_sources
from feeder.sources.reading import Reading

TRIED = "new"
PAGES = 5


@dataclass(frozen=True, slots=True)
class Trial:
    """What a look brought. `candidates`: what else the address could stand for, best first; `chosen` is one of them."""

    source: Source
    gathered: Gathered
    candidates: tuple[Candidate, ...] = ()

    @property
    def newest(self) -> list[Item]:
        """The items, newest first; those without a date last, in the order of the document."""
        return _newest(self.gathered)


def try_address(
    address: str,
    reading: Reading,
    *,
    choose: int = 1,
    selectors: Selectors | None = None,
    fulltext: bool = False,
    pages: int = PAGES,
) -> Trial:
    """Find what can be gathered at an address, and gather it; with `selectors` the address is a page that lists.

    `choose` counts the candidates from 1; of so many items the `pages` are read for their full text. A SourceError
    says why nothing could be gathered.
    """
    found = (_page(address),) if selectors else find_sources(address, reading)
    if not 1 <= choose <= len(found):
        raise ParseError(TRIED, f"{address}: there is no number {choose}: {len(found)} were found")
    source = _source(found[choose - 1], selectors, fulltext=fulltext)
    if source.kind == "page" and selectors is None:
        raise ParseError(
            TRIED,
            f"{source.location} names no feed: say with --item, and --link, --headline, … if need be, where the page"
            " keeps its articles",
        )
    return Trial(source, _gathered(source, reading, pages), found)


def try_known(source: Source, reading: Reading, pages: int = PAGES) -> Trial:
    """Look at a source of the configuration as if for the first time."""
    return Trial(source, _gathered(source, reading, pages))


def _gathered(source: Source, reading: Reading, pages: int) -> Gathered:
    gathered = READERS[source.kind](source, Memory(), reading)

    def unknown(_source_id: str, uids: Sequence[str]) -> set[str]:
        """All, so that lists are shown whole; of a feed, which needs its pages for full texts only, the newest."""
        return {item.uid for item in _newest(gathered)[:pages]} if source.kind == "feed" else set(uids)

    return complete(source, gathered, reading, unknown)


def _newest(gathered: Gathered) -> list[Item]:
    return sorted(gathered.items, key=lambda item: -_seconds(item))


def _seconds(item: Item) -> float:
    moment = item.published or item.updated
    return moment.timestamp() if moment else 0.0


def _page(address: str) -> Candidate:
    return Candidate("page", address if "://" in address else f"https://{address}", "", "by its selectors")


def _source(candidate: Candidate, selectors: Selectors | None, *, fulltext: bool) -> Source:
    """A source that can be read; what the house makes of its items plays no part here."""
    return Source(
        id=TRIED,
        kind=candidate.kind,
        location=candidate.location,
        title=candidate.title or urlsplit(candidate.location).hostname or candidate.location,
        language="de",
        topics=(),
        rank=50,
        rights=Rights.TEASER,
        licence=None,
        excerpt_limit=0,
        public=True,
        homepage=None,
        rules=(),
        max_age_days=None,
        max_per_source=None,
        baseline_release=None,
        selectors=selectors,
        fulltext=fulltext,
    )
