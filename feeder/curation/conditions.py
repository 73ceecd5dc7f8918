"""What is told of what is wrong with the house: once when it comes, once when it goes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from feeder.model import Alert, Changes, Condition
from feeder.model.alerts import WELL

CALM = timedelta(minutes=15)
MOST_CALM = timedelta(hours=8)
LOOK_BACK = timedelta(days=1)

Openings = Callable[[str], int]
"""How often something was told to be wrong within `LOOK_BACK`."""
Ending = Callable[[Condition], str | None]
"""What is told of something that is wrong no more; None where that is no news."""


def changes(
    known: Mapping[str, Condition],
    wrong: Sequence[Condition],
    is_looked_at: Callable[[str], bool],
    ending: Ending,
    now: datetime,
    openings: Openings | None = None,
) -> Changes:
    """What to tell and to remember, now that all that `is_looked_at` was looked at and this much of it is `wrong`.

    The same as before is nothing; what is wrong in another way is told anew. With `openings` whatever comes and goes
    stays wrong for a while: a quarter of an hour when it came once within a day, each time twice as long, so that a
    disk at its limit tells of itself a few times a day and not each minute.
    """
    found = {one.about: one for one in wrong}
    new = [one for one in found.values() if known.get(one.about) is None or known[one.about].what != one.what]
    over = [
        one
        for about, one in sorted(known.items())
        if about not in found
        and is_looked_at(about)
        and (openings is None or now - one.since >= calm(openings(about)) or one.since > now)
    ]
    alerts = [Alert(one.about, one.what, one.words, now) for one in new]
    alerts += [Alert(one.about, WELL, words, now) for one in over if (words := ending(one)) is not None]
    return Changes(tuple(alerts), tuple(new), tuple(one.about for one in over))


def calm(openings: int) -> timedelta:
    """How long something counts as wrong at least, that was told to be wrong so often within a day."""
    return min(CALM * (1 << min(max(openings - 1, 0), 10)), MOST_CALM)


def at(moment: datetime, zone: tzinfo) -> str:
    """A moment in an alert: the publication's time, with the name of its zone, because an hour comes twice a year."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def disk(free: int, limit: int, before: str | None) -> str | None:
    """How a disk is that has so many bytes free: None, "nearly full", or "full", where a tenth of the limit is left.
    What it was `before` it stays until a fifth more is free than that."""
    for what, least in (("full", limit // 10), ("nearly full", limit)):
        if free < (least * 6 // 5 if before in (what, "full") else least):
            return what
    return None
