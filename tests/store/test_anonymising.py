"""Who got which edition is forgotten after a while; how many did, and that nobody gets it twice, stays."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from feeder.model import DeliveryState, Recipient
from feeder.store import Store
from feeder.store.outbox import Result
from tests.store.samples import DAY, NOW
from tests.store.test_editions import edition

MONTH = 30 * DAY
PEOPLE = [Recipient(f"Leser{n}@post.test", f"Leser {n}", f"token{n}") for n in range(5)]


def delivered(store: Store) -> str:
    """An edition of whose messages two were taken, one was refused, one is in doubt, and one waits."""
    store.editions.save(edition())
    name = edition().id
    store.outbox.fill(name, "smtp", iter(PEOPLE), NOW)
    lease = store.leases.hold("deliver", "me", 60, NOW)
    addresses = [one.address for one in PEOPLE[:4]]
    store.outbox.exchange(lease, (name, "smtp"), (), addresses)
    states = (DeliveryState.DELIVERED, DeliveryState.DELIVERED, DeliveryState.REFUSED, DeliveryState.IN_DOUBT)
    results = [Result(to, state, f"said to {to}", NOW) for to, state in zip(addresses, states, strict=True)]
    store.outbox.exchange(lease, (name, "smtp"), results, ())
    return name


def dump(store: Store) -> str:
    with store._database.read() as connection:
        return "\n".join(repr(tuple(row)) for row in connection.execute(text("SELECT * FROM deliveries")))


def test_addresses_are_forgotten_and_counts_stay(store: Store):
    name = delivered(store)
    before = store.outbox.counts(name, "smtp")
    assert store.housekeep(NOW + MONTH, MONTH, MONTH, deliveries=MONTH).recipients == 0
    assert "leser1@post.test" in dump(store)
    assert store.housekeep(NOW + MONTH + DAY, MONTH, MONTH, deliveries=MONTH).recipients == 5
    assert not [word for word in ("leser", "Leser", "token", "post.test") if word in dump(store)]
    after = store.outbox.counts(name, "smtp")
    assert after == {state: number for state, number in before.items() if state is not DeliveryState.WAITING}
    assert store.housekeep(NOW + MONTH + 2 * DAY, MONTH, MONTH, deliveries=MONTH).recipients == 0


def test_nobody_is_written_to_again_because_of_it(store: Store):
    name = delivered(store)
    store.housekeep(NOW + 2 * MONTH, MONTH, MONTH, deliveries=MONTH)
    assert store.outbox.fill(name, "smtp", iter(PEOPLE), NOW + 2 * MONTH) == 5
    assert store.outbox.waiting(name, "smtp", NOW + 3 * MONTH, "", 10) == ()
    answer = (DeliveryState.WAITING, "to be sent again")
    assert store.outbox.resolve(name, "smtp", (), answer, NOW + 2 * MONTH) == ()


def test_the_recipients_themselves_stay(store: Store):
    delivered(store)
    store.housekeep(NOW + 2 * MONTH, MONTH, MONTH, deliveries=MONTH)
    assert len(list(store.recipients.list())) == 5


def test_a_later_outbox_is_forgotten_later(store: Store):
    name = delivered(store)
    store.outbox.fill(name, "other", iter(PEOPLE[:1]), NOW + 10 * DAY)
    later = timedelta(days=1)
    assert store.housekeep(NOW + MONTH + later, MONTH, MONTH, deliveries=MONTH).recipients == 5
    assert store.housekeep(NOW + MONTH + 9 * DAY, MONTH, MONTH, deliveries=MONTH).recipients == 0
    assert store.housekeep(NOW + MONTH + 11 * DAY, MONTH, MONTH, deliveries=MONTH).recipients == 1


def test_without_a_term_nothing_of_it_is_forgotten(store: Store):
    delivered(store)
    store.housekeep(NOW + 100 * MONTH, MONTH, MONTH)
    assert "leser1@post.test" in dump(store)
