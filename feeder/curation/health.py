"""How a source is, what somebody should be told of it, and what its state is after a look. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from feeder.curation.conditions import at
from feeder.curation.flood import flood, is_flooding, swept
from feeder.curation.rhythm import CLOCK_SKEW, Bounds, asked_until, first_arrivals, next_look, silence, with_arrivals
from feeder.model import Aftermath, Alert, Gathered, Health, Listing, Memory, Outcome, SourceState

FAILURES = 3
BROKEN_AFTER = timedelta(hours=6)

# States that nobody has to do anything about.
FINE = frozenset((Health.NEW, Health.OK, Health.PAUSED))


@dataclass(frozen=True, slots=True)
class Calling:
    """What is known of a source besides its state: `timed` are those with a rhythm, which folders have not. Times are
    told in `zone`."""

    bounds: Bounds
    rhythm: timedelta | None = None
    timed: bool = True
    zone: tzinfo = UTC


def after_look(
    before: SourceState, outcome: Outcome, dates: Sequence[datetime | None], calling: Calling, now: datetime
) -> Aftermath:
    """The state of a source after a look; `dates` are those of the items that are new.

    The look of a run that is no younger than the last look is another process's, or the same told again: what it
    brought is kept, and how the source is was said.
    """
    told = before if _is_late(before, outcome, now) else None
    if calling.timed and before.memory.location not in (None, outcome.location):
        before = _elsewhere(before, outcome.location)
    if outcome.gathered is None:
        state, flooding = _failed(before, outcome, calling, now), None
    else:
        state, flooding = _answered(before, outcome.gathered, dates, calling, now)
    health, words = (Health.FLOODING, flooding) if flooding else health_of(state, now, calling.zone, gone=outcome.gone)
    state = replace(
        state,
        health=health,
        since=before.since if health is before.health else now,
        asked=asked_until(outcome, now, calling.bounds),
        looked=now,
    )
    if told is not None:
        state = _as_told(state, told, is_new=bool(dates))
    state = replace(state, next_look=next_look(state, now, calling.bounds, calling.rhythm))
    alert = None if told is not None else _alert(before, health, words, now, calling.zone)
    return Aftermath(state, alert, swept(state.listing, dates))


def _is_late(before: SourceState, outcome: Outcome, now: datetime) -> bool:
    """Whole seconds, as they are stored; a clock that was further ahead stops nothing."""
    if before.looked is None or before.memory.location not in (None, outcome.location):
        return False
    return now.replace(microsecond=0) <= before.looked.replace(microsecond=0) <= now + CLOCK_SKEW


def _as_told(state: SourceState, told: SourceState, *, is_new: bool) -> SourceState:
    return replace(
        state,
        problem=state.problem if told.failures and state.failures else told.problem,
        failures=told.failures,
        failing=told.failing,
        health=told.health,
        since=told.since,
        looked=told.looked,
        listing=state.listing if is_new else told.listing,
    )


def _elsewhere(state: SourceState, location: str) -> SourceState:
    """A source that got another address in the configuration begins anew, but for what it published."""
    health = Health.OK if state.baselined else Health.NEW
    return replace(state, memory=Memory(location=location), failures=0, failing=None, health=health, listing=None)


def _failed(before: SourceState, outcome: Outcome, calling: Calling, now: datetime) -> SourceState:
    """Remember the address that failed too, so that another one is tried at once."""
    return replace(
        before,
        memory=replace(before.memory, location=outcome.location) if calling.timed else before.memory,
        problem=outcome.problem,
        failures=before.failures + 1,
        failing=before.failing or now,
    )


def _answered(
    before: SourceState, gathered: Gathered, dates: Sequence[datetime | None], calling: Calling, now: datetime
) -> tuple[SourceState, str | None]:
    """The state after an answer, and why what is new is a flood, if it is one."""
    state = replace(
        before,
        memory=gathered.memory,
        problem=None,
        failures=0,
        failing=None,
        answered=now,
        last_new_item=now if dates else before.last_new_item,
    )
    if gathered.unchanged:
        return state, None
    state = replace(state, baselined=True, warnings=(*(str(problem) for problem in gathered.problems), *gathered.notes))
    if not calling.timed:
        return state, None
    listing = Listing(now, len(gathered.items) + len(gathered.listed), len(dates), before.answered)
    if not before.baselined:
        return replace(state, listing=listing, arrivals=first_arrivals(gathered.items, now)), None
    flooding = flood(listing, before.arrivals, dates)
    listing = replace(listing, flood=now if flooding else before.listing.flood if before.listing else None)
    usual = len(dates) - len(swept(listing, dates))
    arrivals = with_arrivals(before.arrivals, usual, now) if usual else before.arrivals
    return replace(state, listing=listing, arrivals=arrivals), flooding


def health_of(state: SourceState, now: datetime, zone: tzinfo = UTC, *, gone: bool = False) -> tuple[Health, str]:
    """How a source is after its last look, the worst that holds, and what to tell of it.

    `gone`: it just said so; it stays gone until it answers. A few failures are no illness yet.
    """
    if state.failures:
        return _failing(state, now, gone=gone)
    listing = state.listing
    if listing is not None and listing.flood is not None and is_flooding(listing, now):
        return Health.FLOODING, f"what came at once on {at(listing.flood, zone)} is held"
    if listing is not None and not listing.listed and state.arrivals:
        return Health.EMPTIED, "it answers, but lists nothing any more: look at it, and at its owner's pages"
    if (words := silence(state, now)) is not None:
        return Health.SILENT, f"{words}: look whether it moved"
    if state.memory.moved_to is not None:
        page, query, _ = state.memory.moved_to.partition("?")
        # A query may hold a key, and alerts stand in logs.
        named = f"{page}?… (`feeder sources show {state.source_id}` has all of it)" if query else page
        return Health.MOVED, f"it moved for good to {named}: put that address into config.toml"
    return Health.OK, "all is well"


def _failing(state: SourceState, now: datetime, *, gone: bool) -> tuple[Health, str]:
    if gone or state.health is Health.GONE:
        return Health.GONE, f"{state.problem}; it is looked at once a week"
    lasts = state.failing is not None and now - state.failing >= BROKEN_AFTER
    if state.health is Health.BROKEN or (state.failures >= FAILURES and lasts):
        return Health.BROKEN, f"{state.failures} looks failed, the last: {state.problem}"
    return state.health, ""


def _alert(before: SourceState, health: Health, words: str, now: datetime, zone: tzinfo) -> Alert | None:
    """One when a source falls ill or its illness changes, one when it is back; the same again is none."""
    if health is before.health or (health in FINE and before.health in FINE):
        return None
    if health in FINE:
        since = f" since {at(before.since, zone)}" if before.since else ""
        words = f"it is back; it was {before.health.value}{since}"
    return Alert(f"source:{before.source_id}", health.value, words, now)
