"""Compose: put the stories that stood in no edition yet into a numbered one, on its slot."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feeder.errors import OutdatedError
from feeder.model import Edition, EditionDecision, EditionStatus, Step
from feeder.pipeline.approve import CLOCK, decide, hold_back, keep, lateness, leave_out, release, waiting
from feeder.pipeline.drafting import draft, filled, id_of, is_enough, shortage
from feeder.pipeline.handing_on import deliveries
from feeder.pipeline.house import House

log = logging.getLogger("feeder.compose")

CLOCK_SKEW = timedelta(days=1)
_TRIES = 3  # what changed more often while it was tested waits for the next round


def compose(house: House, run: int) -> Sequence[Step]:
    """Decide about the editions that nobody decided about in time, and compose the one that is due; without any, end
    the run. What is approved is published first and delivered then.

    The very first edition is due at once. A slot that passed while nobody was there is composed
    late, the newest one only. A slot with too few stories is skipped, with the reason on record.
    """
    now = house.now_of(run)
    done = _dealt_with(house, now)
    house.counting.say(
        run, (f"edition {one.id} {one.status}" + (f": {one.reason}" if one.reason else "") for one in done)
    )
    if any(one.status is EditionStatus.APPROVED for one in done):
        return [Step("finish", {"run": run}, key="publish"), *_reminders(house, now)]
    house.end(run)
    return [*deliveries(house, now), *_reminders(house, now)]


def edition(house: House) -> Sequence[Step]:
    """Open a run that only composes: what a slot of the clock submits."""
    return [Step("compose", {"run": house.store.runs.start("edition", house.clock(), ())}, key="compose")]


def foresee(house: House, run: int) -> Sequence[Step]:
    """Compose the next edition as it would be now, whether it is due or not; for previews, on a copy."""
    now = house.now_of(run)
    slot = house.config.next_slot(now) or now
    while (there := house.store.editions.get(id_of(house, slot))) is not None and _is_closed(there):
        if (later := house.config.next_slot(slot)) is None:
            return []
        slot = later
    fresh = draft(house, slot, now) if there is None else filled(house, there)
    if (short := shortage(house, fresh, now)) is not None:
        leave_out(house, there, fresh, short, now)
        return []
    house.store.editions.save(fresh)
    house.store.editions.approve(fresh.id, now)
    return [Step("finish", {"run": run}, key="publish")]


def _dealt_with(house: House, now: datetime) -> list[Edition]:
    """The editions that were due, as they are now; what changed while it was tested is composed once more."""
    done: list[Edition] = []
    for _ in range(_TRIES):
        if not _is_something_due(house, now):  # asked again under the lease, which costs two commits
            break
        with house.lease("compose"):
            done += decide(house, now)
            try:
                if (slot := due_slot(house, now)) is not None:
                    done.append(compose_slot(house, slot, now))
            except OutdatedError as error:
                log.info("%s", error)
    return done


def due_slot(house: House, now: datetime) -> datetime | None:
    """The slot that an edition is to be composed for now; None if there is none or it was already dealt with. Where no
    slots are configured, not even the first is composed by itself.

    An edition of a later slot than is due was composed early by a person, or by a clock that was wrong; it keeps no
    other from its slot. In a publication that moves to another time zone, the day's slot may come a second time: it was
    dealt with.
    """
    if not house.config.schedule.editions:
        return None
    ahead = _ahead(house)
    newest = house.store.editions.latest(now + ahead)
    if newest is None:
        if house.store.editions.latest(now + CLOCK_SKEW) is not None:
            return None  # the very first was composed by a clock that was a little ahead
        is_worth_it = is_enough(house, house.store.editions.unplaced(now))
        return now.replace(second=0, microsecond=0) if is_worth_it else None
    last = house.config.last_slot(now)
    if last is not None and last > newest.slot and house.store.editions.get(id_of(house, last)) is None:
        return last
    coming = house.config.next_slot(max(now, newest.slot)) if ahead else None
    return coming if coming is not None and coming - ahead <= now else None


def compose_slot(house: House, slot: datetime, now: datetime) -> Edition:
    """Compose one slot's edition; a slot that was dealt with before returns what was decided then."""
    if (there := house.store.editions.get(id_of(house, slot))) is not None:
        return there
    fresh = draft(house, slot, now)
    try:
        return _judge(house, fresh, now)
    except OutdatedError:
        if (there := house.store.editions.get(fresh.id)) is None:
            raise
        return there


def _judge(house: House, fresh: Edition, now: datetime) -> Edition:
    """Store a new edition as what it is: skipped, held, under review or approved."""
    digest = house.config.digest
    if (short := shortage(house, fresh, now)) is not None:
        return leave_out(house, None, fresh, short, now)
    if (late := lateness(house, fresh.id, fresh.slot, now)) is not None:
        return hold_back(house, None, fresh, late, now)
    if digest.review == "manual":
        return keep(house, None, fresh)
    if digest.review == "window":
        return keep(house, None, replace(fresh, decide_by=max(fresh.slot, now + digest.review_window)))
    return release(house, None, fresh, EditionDecision(CLOCK, "approved", "its slot has come", now))


def _ahead(house: House) -> timedelta:
    """How long before its slot an edition is composed."""
    digest = house.config.digest
    return digest.review_window if digest.review == "window" else timedelta(0)


def _is_something_due(house: House, now: datetime) -> bool:
    is_decision_due = any(one.decide_by is not None and one.decide_by <= now for one in waiting(house))
    return is_decision_due or due_slot(house, now) is not None


def _is_closed(edition: Edition) -> bool:
    return edition.is_public or edition.status is EditionStatus.SKIPPED


def _reminders(house: House, now: datetime) -> list[Step]:
    """What decides about the editions under review when their time is over."""
    moments = {one.id: one.decide_by for one in waiting(house) if one.decide_by is not None and one.decide_by > now}
    return [Step("edition", {}, dedupe=f"decide {name}", not_before=at) for name, at in moments.items()]
