"""Compose: put the stories that stood in no edition yet into a numbered one, on its slot."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from feeder.config.slots import last_slot, next_slot
from feeder.editing.edition import Bounds, arrange
from feeder.model import Edition, EditionStatus, Step, Telling
from feeder.pipeline.correcting import corrections
from feeder.pipeline.house import House
from feeder.pipeline.scoring import candidate

log = logging.getLogger("feeder.compose")

CLOCK_SKEW = timedelta(days=1)


def compose(house: House, run: int) -> Sequence[Step]:
    """Compose and approve the edition whose slot is due; without one, end the run.

    The very first edition is due at once. A slot that passed while nobody was there is composed
    late, the newest one only. A slot with too few stories is skipped, with the reason on record.
    """
    now = house.now_of(run)
    composed = None
    if due_slot(house, now) is not None:  # asked again under the lease, which costs two commits
        with house.lease("compose"):
            slot = due_slot(house, now)
            composed = None if slot is None else compose_slot(house, slot, now)
    if composed is not None and composed.status is EditionStatus.APPROVED:
        return [Step("finish", {"run": run}, key="publish")]
    house.end(run)
    return []


def edition(house: House) -> Sequence[Step]:
    """Open a run that only composes: what a slot of the clock submits."""
    return [Step("compose", {"run": house.store.runs.start("edition", house.clock(), ())}, key="compose")]


def foresee(house: House, run: int) -> Sequence[Step]:
    """Compose the next edition as it would be now, whether it is due or not; for previews, on a copy."""
    now = house.now_of(run)
    slot = next_slot(house.config.schedule.slots, house.config.publication.zone, now) or now
    composed = compose_slot(house, slot, now)
    return [Step("finish", {"run": run}, key="publish")] if composed.status is EditionStatus.APPROVED else []


def due_slot(house: House, now: datetime) -> datetime | None:
    """The slot that an edition is due for now; None if there is none or it was already dealt with.

    An edition of a slot further ahead is the work of a clock that was wrong; it keeps no other from its slot.
    """
    newest = house.store.editions.latest(now + CLOCK_SKEW)
    if newest is None:
        is_worth_it = len(house.store.editions.unplaced(now)) >= house.config.digest.minimum
        return now.replace(second=0, microsecond=0) if is_worth_it else None
    slot = last_slot(house.config.schedule.slots, house.config.publication.zone, now)
    return slot if slot is not None and slot > newest.slot else None


def compose_slot(house: House, slot: datetime, now: datetime) -> Edition:
    """Compose one slot's edition; a slot that was dealt with before returns what was decided then."""
    edition_id = slot.astimezone(house.config.publication.zone).strftime("%Y-%m-%d-%H%M")
    if (there := house.store.editions.get(edition_id)) is not None and there.status is not EditionStatus.DRAFT:
        return there
    tellings = house.store.editions.unplaced(now)
    draft = _draft(house, edition_id, slot, now, tellings)
    if len(tellings) < house.config.digest.minimum:
        return _skip(house, draft, len(tellings), now)
    with house.store.together():
        house.store.editions.save(draft)
        approved = house.store.editions.approve(edition_id, now)
    log.info("edition %s: number %s, %d stories", approved.id, approved.number, len(tellings))
    return approved


def _draft(house: House, edition_id: str, slot: datetime, now: datetime, tellings: Sequence[Telling]) -> Edition:
    digest = house.config.digest
    bounds = Bounds(digest.size, digest.per_source, digest.per_topic)
    arranged = arrange([candidate(house, one, now) for one in tellings], house.topics, bounds)
    titles = {telling.story.id: telling.revision.title for telling in tellings}
    return Edition(
        id=edition_id,
        slot=slot,
        status=EditionStatus.DRAFT,
        cutoff=now,
        subject=titles[arranged.sections[0].stories[0][0]] if arranged.sections else "",
        intro=digest.intro,
        sections=arranged.sections,
        told=arranged.told,
        corrections=corrections(house),
    )


def _skip(house: House, draft: Edition, found: int, now: datetime) -> Edition:
    upcoming = next_slot(house.config.schedule.slots, house.config.publication.zone, max(now, draft.slot))
    when = upcoming.astimezone(house.config.publication.zone).strftime("%Y-%m-%d %H:%M") if upcoming else "never"
    reason = f"{found} new stories, {house.config.digest.minimum} or more are needed; the next slot is {when}"
    log.info("edition %s skipped: %s", draft.id, reason)
    with house.store.together():
        house.store.editions.save(draft)
        return house.store.editions.skip(draft.id, reason)
