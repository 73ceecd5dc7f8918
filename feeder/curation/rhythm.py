"""When to look at a source again, learned from what it publishes, and when its silence is not usual. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from itertools import pairwise

from feeder.addresses import without_login
from feeder.model import Arrivals, Health, Item, Outcome, SourceState

DAYS_KEPT = 60
KNOWN_WELL = 5  # days of arrivals from which a rhythm can be told
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
UNKNOWN_PACE = timedelta(hours=1)
CLOCK_SKEW = timedelta(hours=1)
JITTER = 0.1
# After what a server that refuses may ask for at most: more would be a stop.
LONGEST_WAIT = DAY

# Days of silence before which nobody worries, for sources that also publish at weekends, for those that do not
# (Easter lasts from Thursday evening to Tuesday morning), and for those that are hardly known.
FLOOR_DAILY, FLOOR_WEEKDAYS, FLOOR_UNKNOWN = 3, 6, 30


@dataclass(frozen=True, slots=True)
class Bounds:
    """The shortest and the longest time between two looks."""

    soonest: timedelta
    latest: timedelta

    def reaching(self, rhythm: timedelta | None) -> Bounds:
        """These, but no shorter than a rhythm that a person gave to a source."""
        return self if rhythm is None or rhythm <= self.latest else Bounds(self.soonest, rhythm)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a source publishes: items a day, the longest usual gap in days, the days known, and whether at weekends."""

    per_day: float
    gap: int
    days: int
    at_weekends: bool


def pace_of(arrivals: Sequence[Arrivals]) -> Pace | None:
    """The pace that the days of arrivals show; None where there are none."""
    days = [date.fromisoformat(one.day) for one in arrivals]
    if not days:
        return None
    gaps = sorted((later - earlier).days for earlier, later in pairwise(days))
    return Pace(
        per_day=sum(one.count for one in arrivals) / ((days[-1] - days[0]).days + 1),
        gap=gaps[math.ceil(0.95 * (len(gaps) - 1))] if gaps else 1,
        days=len(days),
        at_weekends=sum(day.weekday() >= 5 for day in days) >= 2,
    )


def first_arrivals(items: Iterable[Item], now: datetime) -> tuple[Arrivals, ...]:
    """What the dates of a first look's items say of the days before; dates ahead say nothing."""
    counts: dict[date, int] = {}
    for item in items:
        moment = item.published or item.updated
        if moment is not None and moment <= now:
            day = (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).date()
            counts[day] = counts.get(day, 0) + 1
    return _kept({day.isoformat(): count for day, count in counts.items()})


def with_arrivals(arrivals: Sequence[Arrivals], new: int, now: datetime) -> tuple[Arrivals, ...]:
    """Add what is new today."""
    counts = {one.day: one.count for one in arrivals}
    counts[_day(now)] = counts.get(_day(now), 0) + new
    return _kept(counts)


def _kept(counts: dict[str, int]) -> tuple[Arrivals, ...]:
    return tuple(Arrivals(day, counts[day]) for day in sorted(counts)[-DAYS_KEPT:])


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


def asked_until(outcome: Outcome, now: datetime, bounds: Bounds) -> datetime | None:
    """Until when a source wants to be left alone, as far as it is granted; None where it asks for nothing."""
    wait = outcome.wait if outcome.gathered is None else outcome.gathered.wait
    if wait is None or wait <= timedelta(0):
        return None
    longest = bounds.latest if outcome.gathered is not None else max(bounds.latest, LONGEST_WAIT)
    granted = min(wait, longest)
    return now + granted if granted else None


def next_look(state: SourceState, now: datetime, bounds: Bounds, rhythm: timedelta | None) -> datetime:
    """When to look at a source again after a look now: `state` is what that left.

    Twice in the time that an item takes on average, bounded, or in its own `rhythm`, which may be longer; later each
    time that it fails; never before it asked for; each source a little off from the others.
    """
    bounds = bounds.reaching(rhythm)
    if state.health is Health.GONE:
        return now + WEEK
    if state.failures:
        pause = min(bounds.soonest * 2 ** min(state.failures - 1, 20), bounds.latest)
    else:
        pause = rhythm or _usual(state, now)
    pause = max(bounds.soonest, min(pause, bounds.latest))
    return max(now + _jittered(pause, bounds, state.source_id, now), state.asked or now)


def _usual(state: SourceState, now: datetime) -> timedelta:
    """Half the usual time between two items; a source that fell silent is left alone for longer and longer."""
    pace = pace_of(state.arrivals)
    if pace is None:
        return UNKNOWN_PACE
    silent = _silent_days(state, now)
    return max(DAY / pace.per_day / 2, silent * DAY / 20 if silent > 2 * pace.gap else timedelta(0))


def _jittered(pause: timedelta, bounds: Bounds, source_id: str, now: datetime) -> timedelta:
    """Up to a tenth more or less, the same all day, within the bounds: it mirrors at them."""
    drawn = blake2b(f"{source_id} {_day(now)}".encode(), digest_size=4).digest()
    share = JITTER * (int.from_bytes(drawn, "big") / 2**31 - 1)
    for one in (share, -share):
        if bounds.soonest <= (found := pause * (1 + one)) <= bounds.latest:
            return found
    return pause


def is_due(state: SourceState, location: str, bounds: Bounds, now: datetime, rhythm: timedelta | None = None) -> bool:
    """Whether to look at a source now: its time came, or its address changed, or its time is none that this
    configuration and a clock that is right can have set."""
    if state.next_look is None or state.looked is None or state.next_look <= now:
        return True
    if _is_elsewhere(state, location) or state.looked > now + CLOCK_SKEW:
        return True
    longest = WEEK if state.health is Health.GONE else LONGEST_WAIT if _waits(state, now) else timedelta(0)
    return state.next_look > now + max(bounds.reaching(rhythm).latest, longest)


def _is_elsewhere(state: SourceState, location: str) -> bool:
    """Whether the configuration names another address than the one that the memory is about; a login is none."""
    return state.memory.location not in (None, without_login(location))


def _waits(state: SourceState, now: datetime) -> bool:
    return state.asked is not None and state.asked > now


def is_left_alone(state: SourceState, location: str, now: datetime) -> bool:
    """Whether a source's server asked not to be looked at yet, which even impatience respects."""
    return not _is_elsewhere(state, location) and state.asked is not None and now < state.asked <= now + 2 * WEEK


def silence(state: SourceState, now: datetime) -> str | None:
    """Say for how long a source has been silent, if that is longer than it ever usually is; else None."""
    pace, silent = pace_of(state.arrivals), _silent_days(state, now)
    if pace is None or pace.days < KNOWN_WELL:
        floor = FLOOR_UNKNOWN
    else:
        floor = FLOOR_DAILY if pace.at_weekends else FLOOR_WEEKDAYS
    if silent < max(floor, 2 * pace.gap + 1 if pace else 0):
        return None
    return f"silent for {silent} days" + (f", usually {often(pace)}" if pace and pace.days >= KNOWN_WELL else "")


def _silent_days(state: SourceState, now: datetime) -> int:
    """Days between the last day with something new and now; 0 where nothing is known."""
    last = state.arrivals[-1].day if state.arrivals else _day(state.last_new_item) if state.last_new_item else _day(now)
    return max(0, (now.astimezone(UTC).date() - date.fromisoformat(last)).days)


def often(pace: Pace) -> str:
    """A pace in words: "40 a day", "3 a month", "every 45 days"."""
    for days, unit in ((1, "day"), (7, "week"), (30, "month")):
        if (found := pace.per_day * days) >= 0.95:
            return f"{found:.0f} a {unit}"
    return f"every {1 / pace.per_day:.0f} days"
