"""Deliver: hand an approved edition to what takes it away, each recipient's message at most once."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from feeder.delivery import CARRIERS, ListServer
from feeder.delivery.refusing import refusals
from feeder.delivery.smtp import Post
from feeder.errors import DeliveryError, StoreError
from feeder.model import DeliveryState, Edition, EditionStatus, Lease, Step
from feeder.pipeline.dispatch import Tally
from feeder.pipeline.handing_on import delivery
from feeder.pipeline.holding import hold
from feeder.pipeline.house import House
from feeder.pipeline.letters import digest_of, letter_of, signature
from feeder.pipeline.mailing import Mailing, people, resend_doubts, tally_of
from feeder.store.handovers import FILLED

log = logging.getLogger("feeder.deliver")

SOON = timedelta(minutes=1)
_OPEN = (DeliveryState.WAITING, DeliveryState.CLAIMED)


def deliver(house: House, edition: str, carrier: str) -> Sequence[Step]:
    """Deliver what of an approved edition is not delivered yet; what has to wait is a step of its own.

    Does nothing in a rehearsal, without a network, or for an edition whose delivery failed: that is a person's. But
    that another carrier failed keeps this one from nothing.
    """
    there = house.store.editions.get(edition)
    if there is None or not _is_open(house, there, carrier):
        return []
    if not house.sends or house.offline:
        log.info("edition %s is not delivered by %s: nothing leaves the house now", edition, carrier)
        return []
    again = resume(house, edition, carrier, anew=False)
    return [] if again is None or house.stop.is_set() else [delivery(edition, carrier, again)]


def _is_open(house: House, edition: Edition, carrier: str) -> bool:
    if edition.status is EditionStatus.FAILED:
        return carrier in edition.carriers and house.store.handovers.get(edition.id, carrier) is None
    return edition.status in (EditionStatus.APPROVED, EditionStatus.DELIVERING)


def resume(house: House, edition_id: str, carrier: str, *, anew: bool = True) -> datetime | None:
    """Deliver an edition from where its delivery stands, also one that failed, which is forgotten (`anew`); when to
    come again for what the server does not take yet, None if nothing waits.

    DeliveryError says what is in the way; unless later may help, the edition has failed with it. What another process
    delivers right now is left to it.
    """
    edition = house.store.editions.get(edition_id)
    if edition is None or not edition.is_public:
        raise DeliveryError(f"edition {edition_id} is not approved, so nothing of it is delivered")
    if edition.status is EditionStatus.DELIVERED and _is_done(house, edition_id, carrier):
        return None
    if edition.status is EditionStatus.FAILED and not anew:
        edition = replace(edition, status=EditionStatus.DELIVERING)  # as it is for this carrier
    with _lease(house, edition_id, carrier) as lease:
        if lease is None:
            log.info("edition %s is being delivered by %s in another process", edition_id, carrier)
            return None
        begun = _begun(house, edition, carrier)
        try:
            with _recorded(house, edition, carrier):
                again = _carry(house, edition, carrier, lease)
        except DeliveryError as error:
            if error.retry and house.clock() - begun <= _patience(house):
                raise
            _fail(house, edition_id, str(error))
            raise DeliveryError(str(error)) from error
        _settle(house, edition_id, carrier)
        return again


@contextmanager
def _lease(house: House, edition_id: str, carrier: str) -> Iterator[Lease | None]:
    """The right to deliver an edition by a carrier; None where a living process has it."""
    try:
        lease = hold(house.store, f"deliver {edition_id} {carrier}", house.holder)
    except StoreError:
        lease = None
    try:
        yield lease
    finally:
        if lease is not None:
            house.store.leases.release(lease)


@contextmanager
def _recorded(house: House, edition: Edition, carrier: str) -> Iterator[None]:
    """Write into the ledger what became of messages meanwhile."""
    outbox, key = house.store.outbox, (edition.id, carrier)
    with house.recording("delivery") as facts:
        before, given = outbox.counts(*key), house.store.handovers.get(*key)
        try:
            yield
        finally:
            after = outbox.counts(*key)
            facts |= {state.value.replace(" ", "_"): n - before.get(state, 0) for state, n in after.items()}
            facts["handed_over"] = int(not after and house.store.handovers.get(*key) != given)
            if any(facts.values()):
                facts |= {"edition": edition.id, "carrier": carrier}


def _begun(house: House, edition: Edition, carrier: str) -> datetime:
    handed = house.store.handovers.get(edition.id, carrier)
    return handed[1] if handed else edition.approved or edition.cutoff


def _patience(house: House) -> timedelta:
    smtp = house.config.carriers.smtp
    return smtp.patience if smtp else timedelta(hours=6)


def _carry(house: House, edition: Edition, carrier: str, lease: Lease) -> datetime | None:
    if reasons := refusals(house.config):
        raise DeliveryError(
            f"edition {edition.id} is not delivered by {carrier} (its files are written): " + "; ".join(reasons)
        )
    if carrier not in house.config.carriers.names:
        raise DeliveryError(
            f"edition {edition.id} was to be delivered by {carrier}, and there is no [carriers.{carrier}] any more"
        )
    opened = CARRIERS[carrier](house.config)
    match opened:
        case Post():
            return _mail(house, opened, edition, lease)
        case ListServer():
            _hand_over(house, opened, edition, carrier)
            return None
    raise TypeError(f"{carrier} is neither a post nor a list server")


def _begin(house: House, edition: Edition) -> None:
    """Say that an edition is on its way; that it failed by another carrier meanwhile, stands."""
    with house.store.together("editions"):
        there = house.store.editions.get(edition.id)
        if there is not None and there.status in (EditionStatus.APPROVED, edition.status):
            house.store.editions.move(edition.id, EditionStatus.DELIVERING)


def _fail(house: House, edition_id: str, why: str) -> None:
    """Let an edition have failed, with what another carrier said of it before."""
    with house.store.together("editions"):
        there = house.store.editions.get(edition_id)
        if there is not None and there.status is EditionStatus.FAILED and there.reason and why not in there.reason:
            why = f"{there.reason}; {why}"
        house.store.editions.move(edition_id, EditionStatus.FAILED, why)


def _hand_over(house: House, server: ListServer, edition: Edition, carrier: str) -> None:
    """Give a list server the digest, once; it knows what it has."""
    if house.store.handovers.get(edition.id, carrier) is not None:
        return
    _begin(house, edition)
    name = server.hand_over(edition, digest_of(house, edition, server.unsubscribe))
    house.store.handovers.record(edition.id, carrier, name, house.clock())
    log.info("edition %s was given to %s, which calls it %s", edition.id, carrier, name)


def _mail(house: House, post: Post, edition: Edition, lease: Lease) -> datetime | None:
    """Write to whoever waits; when to come again."""
    key, outbox, settings = (edition.id, "smtp"), house.store.outbox, post.settings
    letter, sign = letter_of(house, edition, settings), signature(house.config)
    who, is_file = people(house, settings)
    number = outbox.fill(*key, who, house.clock(), listed=is_file)
    if not number:
        raise DeliveryError(
            "there is nobody to write to: add recipients by `feeder recipients import FILE`, or name a list or a file"
            " in [carriers.smtp]"
        )
    _begin(house, edition)
    if doubts := outbox.doubt(*key, house.clock()):
        house.alert(
            f"edition {edition.id}: {doubts} messages are in doubt, because feeder ended while they were sent; see"
            f" feeder delivery status {edition.id}"
        )
    resend_doubts(house, key, settings)
    outbox.leave_out(*key, house.clock())
    fresh = edition.status is EditionStatus.FAILED  # a person wants it all the same: what was refused counts no more
    mailing = Mailing(house, post, lease, key, letter, sign)
    dispatch = mailing.carry(Tally() if fresh else tally_of(house, key))
    if dispatch.is_refused:
        raise DeliveryError(f"{dispatch.halted}; see feeder delivery status {edition.id}, then feeder edition send")
    if dispatch.halted:
        log.warning("edition %s: %s; trying again soon", edition.id, dispatch.halted)
    resend_doubts(house, key, settings)
    return _again(house, key)


def _again(house: House, key: tuple[str, str]) -> datetime | None:
    """When the first of the messages that wait is due, not at once."""
    outbox = house.store.outbox
    if not outbox.counts(*key).get(DeliveryState.WAITING):
        return None
    soon = house.clock() + SOON
    return max(soon, outbox.soonest(*key) or soon)


def _is_done(house: House, edition_id: str, carrier: str) -> bool:
    """Whether a carrier has nothing left to do for an edition; messages in doubt wait for a person."""
    handed = house.store.handovers.get(edition_id, carrier)
    if handed is None or handed[0] != FILLED:
        return handed is not None
    counts = house.store.outbox.counts(edition_id, carrier)
    return not any(counts.get(state) for state in _OPEN)


def _settle(house: House, edition_id: str, carrier: str) -> None:
    """Say that an edition is delivered once all of its carriers are done."""
    edition = house.store.editions.get(edition_id)
    if edition is None or edition.status is not EditionStatus.DELIVERING:
        return
    carriers = {*edition.carriers, *house.store.handovers.of(edition_id), carrier}
    if all(_is_done(house, edition_id, one) for one in carriers):
        house.store.editions.move(edition_id, EditionStatus.DELIVERED)
        log.info("edition %s is delivered", edition_id)
