"""Send an edition because a person says so: approve it where that is open, publish its page, begin its delivery or go
on with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from feeder.delivery.refusing import refusals
from feeder.errors import DeliveryError, DeskError
from feeder.model import DeliveryState, Edition, EditionStatus
from feeder.pipeline import edition_desk
from feeder.pipeline.deciding import local
from feeder.pipeline.deliver import resume
from feeder.pipeline.edition_found import OPEN, is_composed, named
from feeder.pipeline.house import House
from feeder.pipeline.publish import write_site

_STATES = (
    (DeliveryState.DELIVERED, "delivered"),
    (DeliveryState.WAITING, "waiting"),
    (DeliveryState.CLAIMED, "under way"),
    (DeliveryState.IN_DOUBT, "in doubt"),
    (DeliveryState.REFUSED, "refused"),
)


@dataclass(frozen=True, slots=True)
class Intent:
    """What sending an edition means. `steps` say what will be done, in English; `doubts` why that is not a matter of
    course, so that a person has to say yes."""

    edition: Edition
    carriers: tuple[str, ...]
    steps: tuple[str, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of an edition with a carrier: `did` in a few words; `again`: when the next round goes on. `problem`:
    what was in the way."""

    carrier: str
    did: str
    again: datetime | None = None
    problem: str | None = None


def intent(house: House, edition: Edition, carriers: Sequence[str] = ()) -> Intent:
    """What sending an edition would do, by these carriers or by those it was approved for; DeskError where it cannot
    be sent."""
    if edition.status is EditionStatus.SKIPPED:
        raise DeskError(f"{edition.id} was skipped, and its stories are free for the next edition: send that one")
    if not is_composed(house, edition):
        raise DeskError(
            f"{edition.id} is not composed before its slot, {local(house, edition.slot)}; to send it earlier, compose"
            " it by `feeder edition hold next`, and send that"
        )
    by = _carriers(house, edition, carriers)
    if reasons := refusals(house.config):
        raise DeskError("no mail leaves the house: " + "; ".join(reasons))
    steps = ["approve it, after which nothing in it changes"] if edition.status in OPEN else []
    if not _is_published(house, edition):
        steps.append("publish its page")
    verb = "go on delivering" if edition.status in (EditionStatus.DELIVERING, EditionStatus.FAILED) else "deliver"
    steps.append(f"{verb} it by {' and '.join(by)}")
    others = house.config.carriers.names if edition.status in OPEN else edition.carriers
    if later := [name for name in others if name not in by]:
        steps.append(f"leave it to the next round to deliver it by {' and '.join(later)}, too")
    return Intent(edition, by, tuple(steps), tuple(_doubts(house, edition, by)))


def send(house: House, meant: Intent, who: str, why: str = "") -> Iterator[Sent]:
    """Do what was meant, a carrier after the other; what is in one's way stops no other.

    DeskError where the edition cannot be approved or published. A rehearsal approves on its copy, and delivers nothing.
    """
    edition = meant.edition
    if not edition.is_public:
        change = edition_desk.approve(house, edition, who, why or "sent by hand")
        if change.is_refused:
            raise DeskError(f"{edition.id} was not sent, but {change.did}")
        edition = change.edition
    if not house.sends:
        yield from (Sent(one, "would be delivered") for one in meant.carriers)
        return
    if not _is_published(house, edition):
        _publish(house, edition)
    for carrier in meant.carriers:
        if not house.stop.is_set():
            yield _carried(house, edition, carrier)


def _carriers(house: House, edition: Edition, asked: Sequence[str]) -> tuple[str, ...]:
    there = house.config.carriers.names
    for name in asked:
        if name not in there:
            has = f"there is {', '.join(there)}" if there else "there is none"
            raise DeskError(f"no carrier {name} is set up as [carriers.{name}]; {has}")
    known = tuple(name for name in edition.carriers if name in there)
    chosen = tuple(dict.fromkeys(asked)) or known or there
    if not chosen:
        raise DeskError(
            f"nothing carries {named(edition)} but its files: set up [carriers.smtp] or [carriers.listmonk];"
            " `feeder publish` writes the files"
        )
    return chosen


def _doubts(house: House, edition: Edition, carriers: Sequence[str]) -> Iterator[str]:
    """Why sending it is not a matter of course; DeskError where there is nothing left to do."""
    if edition.status is EditionStatus.DELIVERED and _given(house, edition) >= set(carriers):
        raise DeskError(f"{named(edition)} is delivered, and nobody gets an edition twice")
    if doubt := _doubt(house, edition):
        yield doubt
    for name in carriers if edition.is_public else ():
        if name not in edition.carriers:
            yield f"when it was approved, {name} was not to deliver it"


def _doubt(house: House, edition: Edition) -> str | None:
    match edition.status:
        case EditionStatus.HELD:
            return f"it is held: {edition.reason}"
        case EditionStatus.DRAFT:
            return "nobody approved it yet"
        case EditionStatus.FAILED:
            return f"its delivery failed: {edition.reason}"
        case EditionStatus.APPROVED:
            approved, patience = edition.approved or edition.slot, house.config.schedule.catch_up
            if house.clock() - approved > patience:
                return f"it was approved {local(house, approved)}, and the clock would not send it any more"
    return None


def _given(house: House, edition: Edition) -> frozenset[str]:
    return frozenset(chain(edition.carriers, house.store.handovers.of(edition.id)))


def _is_published(house: House, edition: Edition) -> bool:
    return edition.is_public and f"editions/{edition.id}/index.html" in house.store.outputs.manifest()


def _publish(house: House, edition: Edition) -> None:
    """Write its page, as mails link to it."""
    run = house.store.runs.start("publish", house.clock(), ())
    write_site(house, run)
    house.end(run)
    if not _is_published(house, edition):
        why = house.kept[-1] if house.kept else "see `feeder publish`"
        raise DeskError(f"{named(edition)} is approved, but not sent, because its page could not be published: {why}")


def _carried(house: House, edition: Edition, carrier: str) -> Sent:
    try:
        again = resume(house, edition.id, carrier)
    except DeliveryError as error:
        return Sent(carrier, delivery_words(house, edition.id, carrier), problem=str(error))
    return Sent(carrier, delivery_words(house, edition.id, carrier), again)


def delivery_words(house: House, edition_id: str, carrier: str) -> str:
    """How far a carrier is with an edition: its messages by state, or the name it has for the edition."""
    counts = house.store.outbox.counts(edition_id, carrier)
    if counted := [f"{counts[state]} {words}" for state, words in _STATES if counts.get(state)]:
        return ", ".join(counted)
    handed = house.store.handovers.get(edition_id, carrier)
    return f"given as {handed[0]}" if handed else "not begun"
