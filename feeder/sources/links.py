"""Whether links lead anywhere: many are asked at once, politely, and all of them within one deadline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import zip_longest
from time import monotonic
from urllib.parse import urlsplit

from feeder.errors import FetchError
from feeder.model import LinkAnswer
from feeder.sources.http import Fetcher

WORKERS = 8
DEADLINE = timedelta(seconds=20)
_WHO = "links"


def ask_links(
    fetcher: Fetcher, urls: Iterable[str], now: datetime, deadline: timedelta = DEADLINE
) -> tuple[LinkAnswer, ...]:
    """Ask each address once. What was not reached before the deadline has no status, but a problem; never raises."""
    until = monotonic() + deadline.total_seconds()
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="links") as pool:
        return tuple(pool.map(lambda url: _ask(fetcher, url, now, until), _by_turns(dict.fromkeys(urls))))


def _ask(fetcher: Fetcher, url: str, now: datetime, until: float) -> LinkAnswer:
    try:
        with fetcher.within(timedelta(seconds=max(0.0, until - monotonic())), "links of an edition"):
            return LinkAnswer(url, now, fetcher.status(_WHO, url))
    except FetchError as error:
        return LinkAnswer(url, now, None, str(error))


def _by_turns(urls: Iterable[str]) -> Iterator[str]:
    """The addresses of one host between those of others: a host is asked one thing at a time, others need not wait."""
    lanes: dict[str, list[str]] = {}
    for url in urls:
        lanes.setdefault(_host(url), []).append(url)
    for turn in zip_longest(*lanes.values()):
        yield from (url for url in turn if url is not None)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
