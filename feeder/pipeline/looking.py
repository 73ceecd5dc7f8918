"""One look at one source."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from feeder.addresses import without_login
from feeder.errors import FeederError, FetchError, SourceError
from feeder.logs import about
from feeder.model import Gathered, Memory, Outcome, Source, SourceState
from feeder.pipeline.house import House
from feeder.sources import READERS
from feeder.sources.completing import awake, complete
from feeder.sources.renaming import rename

log = logging.getLogger("feeder.gather")


def look(house: House, source: Source, state: SourceState, now: datetime) -> Outcome:
    """Read a source, whatever happens: what fails is the outcome, and a bug shows in `house.bugs` too."""
    with about(source=source.id):
        return _look(house, source, state, now)


def _look(house: House, source: Source, state: SourceState, now: datetime) -> Outcome:
    outcome = Outcome(source.id, without_login(source.location), baseline=source.kind != "folder")
    try:
        return replace(outcome, gathered=_read(house, source, state, now))
    except FetchError as error:
        log.info("%s: %s", source.id, error)
        return replace(outcome, problem=str(error), wait=error.wait, gone=error.gone)
    except SourceError as error:
        log.info("%s: %s", source.id, error)
        return replace(outcome, problem=str(error))
    except FeederError as error:
        log.error("%s could not be read: %s", source.id, error)
        house.bugs.append(error)
        return replace(outcome, problem=str(error))
    except Exception as error:
        log.critical("source %s failed unexpectedly", source.id, exc_info=error)
        house.bugs.append(error)
        return replace(outcome, problem=f"unexpected: {error!r}")


def _read(house: House, source: Source, state: SourceState, now: datetime) -> Gathered:
    with house.reading.fetcher.within(house.config.gathering.source_limit):
        gathered = READERS[source.kind](source, awake(state.memory, now), house.reading)
        if source.kind == "feed" and state.baselined and gathered.items:
            items, notes = rename(gathered.items, house.store.items.akin(source.id, gathered.items))
            gathered = replace(gathered, items=items, notes=(*gathered.notes, *notes))
        return complete(source, gathered, house.reading, house.store.items.unknown, now)


def lane_of(source: Source, memory: Memory) -> str:
    """What sources have in common that must not be read at the same time: the host that is asked."""
    if source.kind == "folder":
        return f"folder {source.id}"
    try:
        return urlsplit(memory.moved_to or without_login(source.location)).netloc.lower()
    except ValueError:
        return source.id
