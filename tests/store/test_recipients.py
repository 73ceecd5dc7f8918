"""Recipients: names and tokens may change, and people may be forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeder.errors import DeliveryError
from feeder.model import DeliveryState, EditionStatus, Lease, Recipient, RecipientState
from feeder.store import Store
from feeder.store.outbox import Result
from tests.store.samples import NOW, told
from tests.store.test_editions import edition

KEY = (edition().id, "smtp")
ADA, BOB = "ada@post.test", "bob@post.test"


@pytest.fixture
def lease(store: Store) -> Lease:
    """An approved edition, and the right to deliver it."""
    told(store, "1")
    store.editions.save(edition(0, "1"))
    store.editions.approve(edition().id, NOW)
    return store.leases.hold("deliver", "ada:1", 60, NOW)


def known(store: Store) -> dict[str, Recipient]:
    return {one.recipient.address: one.recipient for one in store.recipients.list()}


def test_who_is_added_again_has_the_name_and_token_that_were_given_last(store: Store):
    store.recipients.add([Recipient(ADA, "Ada", "eins"), Recipient(BOB)], NOW)
    store.recipients.add([Recipient(ADA, "Ada Lovelace"), Recipient(BOB, token="zwei")], NOW)
    assert (known(store)[ADA].name, known(store)[ADA].token) == ("Ada Lovelace", "eins")
    assert known(store)[BOB].token == "zwei"
    with pytest.raises(DeliveryError, match=rf"{BOB} has the token of another recipient, {ADA}"):
        store.recipients.add([Recipient(BOB, token="eins")], NOW)
    assert known(store)[BOB].token == "zwei"


@pytest.mark.usefixtures("lease")
def test_whose_address_changes_in_a_file_keeps_the_token(store: Store):
    store.outbox.fill(*KEY, [Recipient("alt@post.test", token="eins")], NOW)
    later = (KEY[0], "other")
    store.outbox.fill(*later, [Recipient("neu@post.test", token="eins")], NOW + timedelta(days=1))
    assert [one.recipient.token for one in store.outbox.list(*later)] == ["eins"]
    assert known(store)["alt@post.test"].token not in ("", "eins")


@pytest.mark.usefixtures("lease")
@pytest.mark.parametrize("state", [RecipientState.ACTIVE, RecipientState.LEFT])
def test_a_token_of_somebody_who_is_kept_is_not_handed_on(store: Store, state: RecipientState):
    store.recipients.add([Recipient("alt@post.test", token="eins")], NOW)
    store.recipients.move(["alt@post.test"], state, None, NOW)
    with pytest.raises(DeliveryError, match=r"alt@post\.test"):
        store.outbox.fill(*KEY, [Recipient("neu@post.test", token="eins")], NOW + timedelta(days=1))
    assert store.handovers.get(*KEY) is None


def delivered(store: Store, lease: Lease) -> None:
    """Bob has the edition, Ada was refused it, Cem waits."""
    store.outbox.fill(*KEY, [Recipient(ADA, "Ada", "eins"), Recipient(BOB), Recipient("cem@post.test")], NOW)
    store.outbox.exchange(lease, KEY, [], [ADA, BOB])
    refusal = Result(ADA, DeliveryState.REFUSED, f"550 <{ADA}> unknown", NOW)
    store.outbox.exchange(lease, KEY, [refusal, Result(BOB, DeliveryState.DELIVERED, "250", NOW)], [])
    reason = f"1 of 2 refused, the last one {ADA}: RCPT: 550 <{ADA.title()}> unknown"
    store.editions.move(KEY[0], EditionStatus.FAILED, reason)


def test_who_is_erased_is_nowhere_and_still_counted(store: Store, lease: Lease):
    delivered(store, lease)
    before = store.outbox.counts(*KEY)
    assert store.recipients.erase([ADA.upper(), BOB, "eva@post.test"]) == ("eva@post.test",)
    assert store.outbox.counts(*KEY) == before
    assert set(known(store)) == {"cem@post.test"}
    for one in store.outbox.list(*KEY, DeliveryState.REFUSED, DeliveryState.DELIVERED):
        assert one.recipient.address.startswith("erased-")
        assert (one.recipient.name, one.recipient.token, one.answer) == ("", "", None)
    failed = store.editions.get(KEY[0])
    assert failed is not None
    assert failed.reason is not None
    assert "ada@" not in failed.reason.lower()
    assert failed.reason.startswith("1 of 2 refused")


def test_a_message_that_waits_for_somebody_erased_never_leaves(store: Store, lease: Lease):
    delivered(store, lease)
    assert store.recipients.erase(["cem@post.test"]) == ()
    assert store.outbox.waiting(*KEY, NOW, "", 10) == ()
    assert DeliveryState.WAITING not in store.outbox.counts(*KEY)


def test_who_is_being_written_to_is_erased_later(store: Store, lease: Lease):
    delivered(store, lease)
    store.outbox.exchange(lease, KEY, [], ["cem@post.test"])
    with pytest.raises(DeliveryError, match=r"cem@post\.test is being written to"):
        store.recipients.erase([BOB, "cem@post.test"])
    assert BOB in known(store)
