"""Where items come from: one reader per kind of source."""

from __future__ import annotations

from collections.abc import Callable

from feeder.model import Gathered, Memory, Source
from feeder.sources.folder import read_folder
from feeder.sources.reading import Reading
from feeder.sources.syndication import read_feed

READERS: dict[str, Callable[[Source, Memory, Reading], Gathered]] = {
    "folder": read_folder,
    "feed": read_feed,
}
