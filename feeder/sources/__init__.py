"""Where items come from: one reader per kind of source."""

from __future__ import annotations

from collections.abc import Callable

from feeder.model import Gathered, Memory, Source
from feeder.sources.folder import read_folder
from feeder.sources.reading import Reading
from feeder.sources.syndication import read_feed


def _read_page(source: Source, memory: Memory, reading: Reading) -> Gathered:
    from feeder.sources.page import read_page  # noqa: PLC0415 - lxml.html and cssselect, which feeds do not need

    return read_page(source, memory, reading)


def _read_sitemap(source: Source, memory: Memory, reading: Reading) -> Gathered:
    from feeder.sources.sitemap import read_sitemap  # noqa: PLC0415 - the same

    return read_sitemap(source, memory, reading)


READERS: dict[str, Callable[[Source, Memory, Reading], Gathered]] = {
    "folder": read_folder,
    "feed": read_feed,
    "page": _read_page,
    "sitemap": _read_sitemap,
}
