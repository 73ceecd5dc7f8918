"""Gather: read what sources say, those whose time has come."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from feeder.curation.health import Calling, after_look
from feeder.curation.rhythm import Bounds, is_due, is_left_alone
from feeder.errors import FeederError, StoreError
from feeder.logs import about
from feeder.model import Aftermath, Outcome, Source, SourceState, Step
from feeder.pipeline.house import House
from feeder.pipeline.lanes import Lanes
from feeder.pipeline.looking import lane_of, look
from feeder.store.sources import Recorded

log = logging.getLogger("feeder.gather")

# One transaction holds as many looks, of which as many may bring something: a commit costs more than a look.
LOOKS = 1000
BROUGHT = 50
PATIENCE_SECONDS = 5.0  # after which what is there is written all the same


def start(house: House, every: bool = False, only: Sequence[str] = ()) -> Sequence[Step]:
    """Open a run and gather the sources that are due; with `every`, all but those whose server asked to be left
    alone; with `only`, those named, whatever their time. What is paused is left alone by all."""
    house.fresh()
    now = house.clock()
    names = _due(house, now, every=every, only=only)
    if not names:
        run = house.store.runs.start("round", now, ())
        _count_unread(house, run)
        return [Step("curate", {"run": run}, key="round")]
    run = house.store.runs.start("round", now, (names[0],))
    _count_unread(house, run)
    return [Step("gather", {"run": run, "sources": names}, key="gather")]


def gather(house: House, run: int, sources: Sequence[str]) -> Sequence[Step]:
    """Look at some sources, a part of the run that bears the name of the first; whoever finishes the last part
    passes on to curate. A source that fails is remembered and stops no other.

    Within a process each source is read by one thread at a time; two processes may read it at once, which the
    store bears. When the house stops, what was read is kept, and the part stays open.
    """
    if sources[0] not in house.store.runs.open_parts(run):
        return []
    now = house.now_of(run)
    states = house.store.sources.states(sources)
    jobs = [house.sources[name] for name in sources if name in house.sources]
    settings = house.config.gathering
    deadline = time.monotonic() + settings.round_limit.total_seconds()
    lanes: Lanes[Source, Outcome] = Lanes(
        ((lane_of(one, _state(states, one.id).memory), one) for one in jobs),
        lambda source: look(house, source, _state(states, source.id), now),
        workers=settings.workers,
        pause=settings.pause.total_seconds(),
        is_over=lambda: house.stop.is_set() or time.monotonic() > deadline,
    )
    batch: list[Outcome] = []
    for batch, is_last in _batches(lanes.results()):
        if not is_last:
            _tell(house, batch, _keep(house, batch, now))
    house.tally.left.extend(sorted(source.id for source in lanes.left))
    if lanes.left:
        log.info("not reached in this round, first in the next: %s", ", ".join(house.tally.left))
    with house.store.together("sources"):
        recorded = _keep(house, batch, now)
        is_over = not (house.stop.is_set() and lanes.left) and house.store.runs.finish_part(run, sources[0], "done")
    _tell(house, batch, recorded)
    _count(house, run)
    return [Step("curate", {"run": run}, key="round")] if is_over else []


def _count_unread(house: House, run: int) -> None:
    tally = house.tally
    house.counting.add(run, not_due=len(tally.not_due), paused=len(tally.paused))


def _count(house: House, run: int) -> None:
    """Write down for the ledger what this round read."""
    tally = house.tally
    house.counting.add(
        run,
        looked=tally.looked,
        unchanged=tally.unchanged,
        failed_sources=tally.failed,
        not_reached=len(tally.left),
        items=tally.new,
    )
    house.counting.say(run, tally.alerts)


def _state(states: Mapping[str, SourceState], name: str) -> SourceState:
    return states.get(name) or SourceState(name)


def _due(house: House, now: datetime, *, every: bool, only: Sequence[str]) -> list[str]:
    """The sources to look at: those never looked at first, then those that have waited longest."""
    states = house.store.sources.states()
    bounds = _bounds(house)
    found: list[tuple[float, str]] = []
    for source in house.sources.values():
        if house.offline and source.kind != "folder":
            continue
        state = _state(states, source.id)
        if source.paused:
            house.tally.paused.append(source.id)
        elif _is_wanted(source, state, bounds, now, every=every, only=only):
            found.append((state.next_look.timestamp() if state.next_look and state.looked else 0.0, source.id))
        else:
            house.tally.not_due.append(source.id)
    return [name for _, name in sorted(found, key=lambda pair: pair[0])]


def _is_wanted(
    source: Source, state: SourceState, bounds: Bounds, now: datetime, *, every: bool, only: Sequence[str]
) -> bool:
    if only:
        return source.id in only
    if source.kind == "folder":
        return True
    if every:
        return not is_left_alone(state, source.location, now)
    return is_due(state, source.location, bounds, now, source.rhythm)


def _bounds(house: House) -> Bounds:
    return Bounds(house.config.gathering.soonest, house.config.gathering.latest)


def _batches(outcomes: Iterator[Outcome | None]) -> Iterator[tuple[list[Outcome], bool]]:
    """As many outcomes as one transaction takes, or what is there once the first has waited long enough; at last
    the rest, with True, also if there is none."""
    batch: list[Outcome] = []
    since = brought = 0.0
    for outcome in outcomes:
        if outcome is not None:
            since = since if batch else time.monotonic()
            brought += outcome.gathered is not None and not outcome.gathered.unchanged
            batch.append(outcome)
        is_full = len(batch) >= LOOKS or brought >= BROUGHT
        if batch and (is_full or time.monotonic() - since > PATIENCE_SECONDS):
            yield batch, False
            batch, brought = [], 0.0
    yield batch, True


def _keep(house: House, batch: Sequence[Outcome], now: datetime) -> tuple[Recorded, ...]:
    """Write what some looks brought; what cannot be written of one source stops no other."""
    if not batch:
        return ()
    try:
        return house.store.sources.record_all(batch, now, _follow(house, now))
    except StoreError as error:
        return tuple(Recorded(outcome.source_id, error=error) for outcome in batch)


def _tell(house: House, batch: Sequence[Outcome], recorded: Sequence[Recorded]) -> None:
    """Say of looks what became of them."""
    outcomes = {outcome.source_id: outcome for outcome in batch}
    for one in recorded:
        with about(source=one.source_id):
            _say(house, outcomes[one.source_id], one)
        house.on_source(one.source_id)


def _follow(house: House, now: datetime) -> Callable[[SourceState, Outcome, Sequence[datetime | None]], Aftermath]:
    bounds = _bounds(house)

    def follow(before: SourceState, outcome: Outcome, dates: Sequence[datetime | None]) -> Aftermath:
        source = house.sources[outcome.source_id]
        calling = Calling(bounds, source.rhythm, source.kind != "folder", house.config.publication.zone)
        return after_look(before, outcome, dates, calling, now)

    return follow


def _say(house: House, outcome: Outcome, recorded: Recorded) -> None:
    name, gathered, tally = outcome.source_id, outcome.gathered, house.tally
    tally.looked += 1
    if recorded.error is not None:
        if isinstance(recorded.error, FeederError):
            log.error("%s could not be kept: %s", name, recorded.error)
        else:
            log.critical("source %s failed unexpectedly", name, exc_info=recorded.error)
        house.bugs.append(recorded.error)
    elif gathered is None:
        tally.failed += 1
    else:
        tally.unchanged += gathered.unchanged
        tally.new += recorded.new
        for note in (*gathered.problems, *gathered.notes):
            log.info("%s: %s", name, note)
        log.info(
            "%s: %s", name, "unchanged" if gathered.unchanged else f"{len(gathered.items)} items, {recorded.new} new"
        )
    if recorded.after is not None and (alert := recorded.after.alert) is not None:
        log.info("%s: %s", name, alert.words)
        tally.alerts.append(f"{name}: {alert.words}")
