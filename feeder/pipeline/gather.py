"""Gather: read what sources say."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from feeder.errors import FeederError, SourceError
from feeder.model import Source, Step
from feeder.pipeline.house import House
from feeder.sources import READERS

log = logging.getLogger("feeder.gather")


def start(house: House) -> Sequence[Step]:
    """Open a run and gather every source; whoever finishes last passes on to curate.

    Within an engine a source is read by one step at a time; two processes may read it at once, which the store bears.
    """
    house.fresh()
    now = house.clock()
    names = [source.id for source in house.sources.values() if not (house.offline and source.kind != "folder")]
    if not names:
        return [Step("curate", {"run": house.store.runs.start("round", now, ())}, key="round")]
    run = house.store.runs.start("round", now, names)
    return [Step("gather", {"run": run, "source": name}, key=f"source:{name}") for name in names]


def gather(house: House, run: int, source: str) -> Sequence[Step]:
    """Read one source into the store; a failing source is remembered and stops no other."""
    state = "done"
    try:
        _read(house, house.sources[source], run)
    except SourceError as error:
        log.info("%s: %s", source, error)
        house.store.sources.fail(source, str(error), house.now_of(run))
        state = "failed"
    except FeederError as error:
        log.error("%s could not be kept: %s", source, error)
        house.bugs.append(error)
        state = "broken"
    except Exception as error:
        log.critical("source %s failed unexpectedly", source, exc_info=error)
        house.bugs.append(error)
        house.store.sources.fail(source, f"unexpected: {error!r}", house.now_of(run))
        state = "broken"
    house.on_source(source)
    if house.store.runs.finish_part(run, source, state):
        return [Step("curate", {"run": run}, key="round")]
    return []


def _read(house: House, source: Source, run: int) -> None:
    memory = house.store.sources.state(source.id).memory
    gathered = READERS[source.kind](source, memory, house.reading)
    for problem in gathered.problems:
        log.info("%s: %s", source.id, problem)
    now = house.now_of(run)
    new = house.store.sources.record(source.id, gathered, now, baseline=source.kind != "folder")
    log.info("%s: %s", source.id, "unchanged" if gathered.unchanged else f"{len(gathered.items)} items, {new} new")
