"""Connections take messages from the outbox together, and nothing leaves that is not claimed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.mail.send import KEY, SLOT, a_letter, people
from benchmarks.mail.sink import Counted, sink_in_thread
from feeder.cli.opening import open_house, read_config
from feeder.config.carriers import Carriers, Smtp
from feeder.delivery.smtp import Post
from feeder.errors import StoreError
from feeder.model import DeliveryState, Edition, EditionStatus
from feeder.pipeline.dispatch import Tally
from feeder.pipeline.holding import hold
from feeder.pipeline.mailing import Mailing
from tests.conftest import ROOT

PEOPLE = 40
DISK = 0.1  # seconds that a slow disk takes


@pytest.fixture
def sink() -> Iterator[Counted]:
    """A server that lets us announce (PIPELINING)."""
    with sink_in_thread() as counted:
        yield counted


@pytest.fixture
def mailing(tmp_path: Path, sink: Counted) -> Iterator[Mailing]:
    """An edition for forty recipients, four connections, and the lease."""
    smtp = Smtp.model_validate({"host": "127.0.0.1", "port": sink.port, "security": "none", "connections": 4})
    config = read_config(ROOT / "tests" / "data" / "config.toml")
    config = config.model_copy(update={"base": tmp_path, "carriers": Carriers(smtp=smtp)})
    with open_house(config) as house:
        house.store.editions.save(
            Edition(id=KEY[0], slot=SLOT, status=EditionStatus.DRAFT, cutoff=SLOT, subject="", intro="", sections=())
        )
        house.store.editions.approve(KEY[0], SLOT, ("smtp",))
        house.store.outbox.fill(*KEY, people(PEOPLE), SLOT)
        yield Mailing(house, Post(config), hold(house.store, "deliver", house.holder), KEY, a_letter())


def test_connections_that_come_soon_share_a_transaction(
    mailing: Mailing, sink: Counted, monkeypatch: pytest.MonkeyPatch
):
    outbox, sizes = mailing.house.store.outbox, []
    exchange = outbox.exchange

    def slow(*given: Any) -> None:
        time.sleep(DISK)
        sizes.append(len(given[-1]))
        exchange(*given)

    monkeypatch.setattr(outbox, "exchange", slow)
    mailing.carry(Tally())
    assert (sum(sizes), sink.total) == (PEOPLE, PEOPLE)
    assert max(sizes) == 4
    assert len(sizes) <= 15, "about twice as many where the first to come does not wait for the others"


def test_a_message_that_is_announced_and_cannot_be_claimed_does_not_leave(mailing: Mailing, sink: Counted):
    store, begun = mailing.house.store, time.monotonic()
    store.leases.release(mailing.lease)
    store.leases.hold("deliver", "anderswo#1:1", 600, datetime.now(UTC))
    with pytest.raises(StoreError, match="another process delivers"):
        mailing.carry(Tally())
    assert sink.total == 0
    assert store.outbox.counts(*KEY) == {DeliveryState.WAITING: PEOPLE}
    assert time.monotonic() - begun < 30, "said goodbye to a server that waits for a message"
