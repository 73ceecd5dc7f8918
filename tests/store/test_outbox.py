"""The outbox: a row per recipient, made once; a message claimed once; what became of it recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from feeder.errors import DeliveryError, StoreError
from feeder.model import DeliveryState, Lease, Recipient, RecipientState
from feeder.store import Store
from feeder.store.outbox import Result
from tests.store.samples import HOUR, NOW, told
from tests.store.test_editions import edition

KEY = (edition().id, "smtp")
PEOPLE = [Recipient(f"Leser{n}@Post.test", f"Leser {n}") for n in range(5)]
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.usefixtures("lease")


@pytest.fixture
def lease(store: Store) -> Lease:
    """An approved edition, and the right to deliver it."""
    told(store, "1")
    store.editions.save(edition(0, "1"))
    store.editions.approve(edition().id, NOW)
    return store.leases.hold("deliver", "ada:1", 60, NOW)


def due(store: Store, at: timedelta = MINUTE) -> list[str]:
    return [one.recipient.address for one in store.outbox.waiting(*KEY, NOW + at, "", 100)]


def result(address: str, state: DeliveryState = DeliveryState.DELIVERED, **more: bool) -> Result:
    return Result(address, state, "250 ok", NOW, **more)  # type: ignore[arg-type]


def test_an_outbox_is_filled_once(store: Store):
    assert store.outbox.fill(*KEY, iter([*PEOPLE, Recipient("leser0@post.test")]), NOW) == 5
    assert store.outbox.fill(*KEY, iter([Recipient("mehr@post.test")]), NOW) == 5
    assert due(store) == [one.address for one in PEOPLE]
    assert store.handovers.get(*KEY) == ("filled", NOW)
    assert store.outbox.carriers(KEY[0]) == ("smtp",)


def test_a_filling_that_breaks_off_leaves_nothing(store: Store):
    def breaking() -> Iterator[Recipient]:
        yield from PEOPLE
        raise ValueError

    with pytest.raises(ValueError):
        store.outbox.fill(*KEY, breaking(), NOW)
    assert store.handovers.get(*KEY) is None
    assert store.outbox.fill(*KEY, PEOPLE[:2], NOW) == 2


def test_filled_with_nobody_it_may_be_filled_later(store: Store):
    assert store.outbox.fill(*KEY, None, NOW) == 0
    store.recipients.add(PEOPLE, NOW)
    store.recipients.move([PEOPLE[1].address], RecipientState.LEFT, None, NOW)
    assert store.outbox.fill(*KEY, None, NOW) == 4


def test_a_file_brings_back_nobody_who_left_and_keeps_tokens(store: Store):
    store.recipients.move([PEOPLE[0].address.upper()], RecipientState.LEFT, "wollte nicht", NOW)
    store.recipients.move([PEOPLE[1].address], RecipientState.SUPPRESSED, None, NOW)
    assert store.outbox.fill(*KEY, PEOPLE, NOW) == 3
    tokens = {one.recipient.address: one.recipient.token for one in store.outbox.list(*KEY)}
    assert len(set(tokens.values())) == 3
    assert all(tokens.values())
    kept = {one.recipient.address: one.recipient for one in store.recipients.list(RecipientState.LISTED)}
    assert {address: one.token for address, one in kept.items()} == tokens


def test_one_token_is_not_given_to_two(store: Store):
    two = [Recipient("ada@post.test", token="gleich"), Recipient("bob@post.test", token="gleich")]
    with pytest.raises(DeliveryError, match=r"bob@post\.test has the token of another"):
        store.outbox.fill(*KEY, two, NOW)
    assert store.recipients.counts() == {}


def test_a_message_is_claimed_once(store: Store, lease: Lease):
    store.outbox.fill(*KEY, PEOPLE, NOW)
    store.outbox.exchange(lease, KEY, [], [PEOPLE[0].address])
    with pytest.raises(StoreError, match="another process delivers"):
        store.outbox.exchange(lease, KEY, [], [PEOPLE[1].address, PEOPLE[0].address])
    assert store.outbox.counts(*KEY) == {DeliveryState.CLAIMED: 1, DeliveryState.WAITING: 4}
    assert due(store) == [one.address for one in PEOPLE[1:]]


@pytest.mark.parametrize("how", ["released", "taken over"])
def test_without_the_lease_nothing_is_claimed_but_what_is_known_is_recorded(store: Store, lease: Lease, how: str):
    store.outbox.fill(*KEY, PEOPLE, NOW)
    store.outbox.exchange(lease, KEY, [], [PEOPLE[0].address])
    if how == "released":
        store.leases.release(lease)
    else:
        store.leases.hold("deliver", "bob:1", 60, NOW + HOUR)
        assert store.outbox.doubt(*KEY, NOW) == 1
    with pytest.raises(StoreError, match="another process delivers"):
        store.outbox.exchange(lease, KEY, [result(PEOPLE[0].address)], [PEOPLE[1].address])
    assert store.outbox.counts(*KEY) == {DeliveryState.DELIVERED: 1, DeliveryState.WAITING: 4}


def test_what_was_claimed_by_a_dead_process_is_in_doubt(store: Store, lease: Lease):
    store.outbox.fill(*KEY, PEOPLE, NOW)
    store.outbox.exchange(lease, KEY, [], [PEOPLE[0].address, PEOPLE[1].address])
    assert store.outbox.doubt(*KEY, NOW) == 2
    assert due(store) == [one.address for one in PEOPLE[2:]]
    resolved = store.outbox.resolve(*KEY, ["LESER0@post.test"], (DeliveryState.WAITING, "nochmal"), NOW)
    assert resolved == ("leser0@post.test",)
    assert store.outbox.counts(*KEY) == {DeliveryState.IN_DOUBT: 1, DeliveryState.WAITING: 4}


def test_what_waits_for_another_try_is_due_then(store: Store, lease: Lease):
    store.outbox.fill(*KEY, PEOPLE[:1], NOW)
    store.outbox.exchange(lease, KEY, [], [PEOPLE[0].address])
    later = Result(PEOPLE[0].address, DeliveryState.WAITING, "450 later", NOW, NOW + HOUR)
    store.outbox.exchange(lease, KEY, [later], [])
    assert (due(store), due(store, HOUR)) == ([], [PEOPLE[0].address])
    assert store.outbox.soonest(*KEY) == NOW + HOUR
    [one] = store.outbox.list(*KEY)
    assert (one.attempts, one.answer) == (1, "450 later")


def test_who_leaves_before_their_turn_is_left_out_and_counts_as_no_refusal(store: Store):
    store.outbox.fill(*KEY, PEOPLE, NOW)
    store.recipients.move([PEOPLE[3].address], RecipientState.LEFT, None, NOW)
    assert store.outbox.leave_out(*KEY, NOW) == 1
    assert store.outbox.counts(*KEY) == {DeliveryState.WAITING: 4}


def test_refusals_count_in_a_row_only(store: Store, lease: Lease):
    address = PEOPLE[0].address
    store.outbox.fill(*KEY, PEOPLE, NOW)
    for state in (DeliveryState.REFUSED, DeliveryState.REFUSED, DeliveryState.DELIVERED, DeliveryState.REFUSED):
        store.outbox.exchange(lease, KEY, [result(address, state, is_nobody=state is DeliveryState.REFUSED)], [])
    [one] = [one for one in store.recipients.list() if one.recipient.address == address]
    assert (one.refusals, one.recipient.state) == (1, RecipientState.LISTED)
    for _ in range(2):
        store.outbox.exchange(lease, KEY, [result(address, DeliveryState.REFUSED, is_nobody=True)], [])
    [one] = store.recipients.list(RecipientState.SUPPRESSED)
    assert one.recipient.address == address


def test_adding_brings_nobody_back_who_left_unless_they_want_to(store: Store):
    assert store.recipients.add(PEOPLE, NOW) == (5, 0)
    store.recipients.move([PEOPLE[0].address], RecipientState.LEFT, None, NOW)
    assert store.recipients.add(PEOPLE, NOW) == (0, 1)
    assert store.recipients.counts() == {RecipientState.ACTIVE: 4, RecipientState.LEFT: 1}
    assert store.recipients.add(PEOPLE[:1], NOW, again=True) == (1, 0)


def test_many_are_read_piece_by_piece(store: Store):
    store.outbox.fill(*KEY, (Recipient(f"leser{n:04}@post.test") for n in range(1201)), NOW)
    assert len(list(store.outbox.list(*KEY))) == 1201
    assert len({one.recipient.token for one in store.recipients.list()}) == 1201


def test_pages_are_read_in_the_order_of_the_key(store: Store):
    """Not by the index of states, which would sort all that wait for each page."""
    if not store._database.is_sqlite:
        pytest.skip("PostgreSQL plans by its statistics")
    from sqlalchemy import event

    plans: list[str] = []

    def explain(_connection, cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT deliveries"):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in cursor.fetchall())

    event.listen(store._database.engine, "before_cursor_execute", explain)
    due(store)
    assert not any("TEMP B-TREE" in plan for plan in plans), plans
    assert any("deliveries" in plan and "address>?" in plan for plan in plans), plans
