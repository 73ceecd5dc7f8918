"""One look at what might become a source, or is one: everything is read, nothing is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from feeder.errors import ParseError
from feeder.model import Gathered, Item, Memory, Rights, Selectors, Source
from feeder.sources import READERS
from feeder.sources.completing import complete
from feeder.sources.discovery import NEW, Candidate, find_sources
from feeder.sources.http import shown
from feeder.sources.reading import Reading

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
    choose: int | None = None,
    selectors: Selectors | None = None,
    fulltext: bool = False,
    pages: int = PAGES,
) -> Trial:
    """Find what can be gathered at an address, and gather it; with `selectors` the address is a page that lists.

    `choose` counts the candidates from 1; None takes the best, unless one is wider than what was asked for. Of so
    many items the `pages` are read for their full text. A SourceError says why nothing could be gathered.
    """
    found = (_page(address),) if selectors else find_sources(address, reading)
    if choose is None and any(one.is_wider for one in found):
        raise ParseError(NEW, _asking(address, found))
    number = choose or 1
    if not 1 <= number <= len(found):
        raise ParseError(NEW, f"{shown(address)}: there is no number {number}: {len(found)} were found")
    source = _source(found[number - 1], selectors, fulltext=fulltext)
    if source.kind == "page" and selectors is None:
        raise ParseError(
            NEW,
            f"{source.location} names no feed: say with --item, and --link, --headline, … if need be, where the page"
            " keeps its articles",
        )
    return Trial(source, _gathered(source, reading, pages), found)


def _asking(address: str, found: Sequence[Candidate]) -> str:
    """What was found where only a person can say what is meant."""
    lines = (f"  --choose {n}: {shown(one.location)} ({one.kind}, {one.how})" for n, one in enumerate(found, 1))
    advice = "choose one; a page is read by --item, and --link, --headline, … where it keeps its articles, instead"
    return "\n".join([f"{shown(address)} has no feed, but there is:", *lines, f"  {advice}"])


def try_known(source: Source, reading: Reading, pages: int = PAGES) -> Trial:
    """Look at a source of the configuration as if for the first time."""
    return Trial(source, _gathered(source, reading, pages))


def _gathered(source: Source, reading: Reading, pages: int) -> Gathered:
    gathered = READERS[source.kind](source, Memory(), reading)

    def unknown(_source_id: str, uids: Sequence[str]) -> set[str]:
        """All, so that lists are shown whole; of a feed, which needs its pages for full texts only, the newest."""
        return {item.uid for item in _newest(gathered)[:pages]} if source.kind == "feed" else set(uids)

    return complete(source, gathered, reading, unknown, datetime.now(UTC))


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
        id=NEW,
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
