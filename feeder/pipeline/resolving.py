"""Messages of which nobody knows whether they were taken: a person says it."""

from __future__ import annotations

from collections.abc import Sequence

from feeder.errors import DeliveryError
from feeder.model import DeliveryState, EditionStatus
from feeder.model.mailboxes import wire_address
from feeder.pipeline.house import House


def resolve(house: House, edition_id: str, addresses: Sequence[str], who: str, why: str, *, resend: bool) -> list[str]:
    """Say of messages in doubt, all of an edition or those to some addresses, that they arrived, or that they are to be
    sent again, which the next round does; their addresses. DeliveryError where one of the addresses is not in doubt."""
    outbox, now = house.store.outbox, house.clock()
    carriers = outbox.carriers(edition_id)
    wanted = {wire_address(address).lower() for address in addresses}
    doubted = {
        one.recipient.address.lower()
        for carrier in carriers
        for one in outbox.list(edition_id, carrier, DeliveryState.IN_DOUBT)
    }
    if strange := sorted(wanted - doubted):
        raise DeliveryError(f"{strange[0]} is not in doubt in edition {edition_id}; see feeder delivery status")
    state = DeliveryState.WAITING if resend else DeliveryState.DELIVERED
    answer = f"{'to be sent again' if resend else 'arrived'}, says {who}: {why}"
    with house.store.together("editions"):
        resolved = [
            address
            for carrier in carriers
            for address in outbox.resolve(edition_id, carrier, wanted, (state, answer), now)
        ]
        edition = house.store.editions.get(edition_id)
        if resend and resolved and edition is not None and edition.status is EditionStatus.DELIVERED:
            house.store.editions.move(edition_id, EditionStatus.DELIVERING)
    return sorted(resolved)
