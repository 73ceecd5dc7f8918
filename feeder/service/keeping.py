"""The clock's lease: one clock at a time per store."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from feeder.errors import StoreError
from feeder.model import Lease
from feeder.pipeline import House
from feeder.pipeline.holding import LEASE_SECONDS, hold

log = logging.getLogger("feeder.service")


def claim(house: House) -> Lease:
    """Become the clock of this store; a dead process of this host gives way at once."""
    try:
        return hold(house.store, "clock", house.holder)
    except StoreError as error:
        raise StoreError(
            f"another feeder already serves this store ({error}); stop it first, or wait until its lease ends"
        ) from error


def keep(house: House, lease: Lease, stop: threading.Event) -> None:
    """Renew the clock's lease; a clock that lost it stops, so that there is never a second one.

    A store that cannot be reached now is no lost lease: nobody else can have taken it there unseen.
    """
    try:
        house.store.leases.renew(lease, datetime.now(UTC), LEASE_SECONDS)
    except StoreError as error:
        if _is_lost(house, lease):
            log.critical("the clock's lease is lost, stopping: %s", error)
            stop.set()
        else:
            log.error("the clock's lease was not renewed, trying again: %s", error)


def _is_lost(house: House, lease: Lease) -> bool:
    try:
        current = house.store.leases.get(lease.name)
    except StoreError:
        return False
    return current is None or current.fence != lease.fence
