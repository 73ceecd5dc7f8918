"""What follows publishing: which approved editions are to be delivered now, which wait no longer, and who is told."""

from __future__ import annotations

import logging
from datetime import datetime

from feeder.model import Edition, EditionStatus, Step
from feeder.pipeline.house import House

log = logging.getLogger("feeder.deliver")


def deliveries(house: House, now: datetime) -> list[Step]:
    """A step for each carrier of each edition that is not delivered yet and whose page is published, so that a delivery
    that was cut off goes on; nothing in a rehearsal. Without carriers, only those whose delivery has begun, so that it
    ends with a reason: the others, of which there are more every day, were to be files only.

    An edition whose delivery has not begun in time fails: late mail is a person's business (`feeder edition send`).
    """
    if not house.sends:
        return []
    begun = (EditionStatus.DELIVERING,)
    meant = (EditionStatus.APPROVED, *begun) if house.config.carriers.names else begun
    under_way = house.store.editions.list(*meant)
    pending = [edition for edition in reversed(under_way) if edition.carriers]
    published = house.store.outputs.manifest() if pending else {}
    steps: list[Step] = []
    for edition in pending:
        if _is_late(house, edition, now):
            _give_up(house, edition.id)
        elif f"editions/{edition.id}/index.html" in published:
            steps += deliver_steps(edition)
    return steps


def hand_on(house: House) -> list[Step]:
    """Go on with the deliveries that a process began which is no more."""
    return deliveries(house, house.clock())


def announcements(house: House) -> list[Step]:
    """The step that tells hubs and webhooks, where there are any; nothing in a rehearsal."""
    announce, webhooks = house.config.announce, house.config.webhooks
    return [Step("announce", {}, "announce", "announce")] if house.sends and (announce.hubs or webhooks) else []


def deliver_steps(edition: Edition) -> list[Step]:
    """One step per carrier of an edition; each may be taken again and goes on where it was."""
    return [delivery(edition.id, name) for name in edition.carriers]


def delivery(edition_id: str, carrier: str, not_before: datetime | None = None) -> Step:
    """The step that delivers an edition by a carrier."""
    args: dict[str, object] = {"edition": edition_id, "carrier": carrier}
    return Step("deliver", args, f"deliver {carrier}", f"deliver {edition_id} {carrier}", not_before)


def _is_late(house: House, edition: Edition, now: datetime) -> bool:
    """Whether nothing of it was sent although it could have been for long."""
    approved, catch_up = edition.approved or edition.slot, house.config.schedule.catch_up
    return edition.status is EditionStatus.APPROVED and now - approved > catch_up


def _give_up(house: House, edition_id: str) -> None:
    reason = (
        "its delivery did not begin within [schedule] catch_up after its approval;"
        f" feeder edition send {edition_id} sends it all the same"
    )
    with house.store.together("editions"):
        current = house.store.editions.get(edition_id)
        if current is not None and current.status is EditionStatus.APPROVED:  # it may have begun just now
            house.store.editions.move(edition_id, EditionStatus.FAILED, reason)
            log.warning("edition %s failed: %s", edition_id, reason)
