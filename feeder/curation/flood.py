"""Whether a look brought so much at once that it is no news but a flood: moved systems, new ids, emptied archives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from feeder.model import Arrivals, Listing

FEW = 10
"""As many new items as this are never a flood."""
MANY = 20
"""Fewer than this are no burst, whatever the rhythm."""
BURST = 5
"""A burst is more than so many times what was to be expected; where (almost) all that is listed is new, 3 times."""
BURST_OF_ALL = 3
RHYTHM_DAYS = 3
"""On fewer days than this a source has published too seldom to know its rhythm."""
LATE = timedelta(days=1)
"""Feeds list things up to so long after their date: nearly all do in recorded series."""
LASTS = timedelta(days=3)
"""For so long more of a flood may follow: what waited for its pages, or for its place in a short list."""
DAY = timedelta(days=1)


def flood(listing: Listing, arrivals: Sequence[Arrivals], dates: Sequence[datetime | None]) -> str | None:
    """Why the new items of a look are to be held, as a sentence; None if they are what its source is like.

    `arrivals` are those before this look, `dates` those of its new items (None where one has none). A first look is a
    baseline, never a flood. What renews itself wholly at each look, and what we missed while away, is none either: more
    is expected of a source with fuller days and after a longer time. Held is what is mostly older than the look before,
    and more than expected; or what is many times as much as expected, whatever its dates.
    """
    if listing.before is None or listing.new <= FEW:
        return None
    expected = _expected(listing.at, listing.before, arrivals)
    told = f"{listing.new} of {listing.listed} items are new"
    known = [day for day in dates if day is not None]
    old = sum(day < listing.before - LATE for day in known)
    if listing.new > expected and 2 * len(known) >= listing.new and 2 * old >= len(known):
        return f"{told}, {old} of them dated before the last look: held"
    times = BURST_OF_ALL if listing.new >= 0.9 * listing.listed else BURST
    if len(arrivals) >= RHYTHM_DAYS and listing.new >= MANY and listing.new > times * expected:
        return f"{told}, expected were at most {expected:.0f}: held"
    return None


def is_flooding(listing: Listing | None, now: datetime) -> bool:
    """Whether a flood was found so lately that more of it may follow."""
    return listing is not None and listing.flood is not None and now - listing.flood < LASTS


def swept(listing: Listing | None, dates: Sequence[datetime | None]) -> frozenset[int]:
    """Which new items are of the flood that goes on: those as old as it, all of them where it was found just now."""
    if listing is None or (found := listing.flood) is None or not is_flooding(listing, listing.at):
        return frozenset()
    is_new = found == listing.at
    return frozenset(place for place, date in enumerate(dates) if is_new or date is None or date < found)


def _expected(at: datetime, before: datetime, arrivals: Sequence[Arrivals]) -> float:
    """The most that is usual: as on the fullest day, or twice the mean of the time that passed."""
    if not arrivals:
        return 0
    known = (before.date() - date.fromisoformat(min(each.day for each in arrivals))).days + 1
    mean = sum(each.count for each in arrivals) / max(known, 1)
    return max(*(each.count for each in arrivals), 2 * mean * ((at - before) / DAY))
