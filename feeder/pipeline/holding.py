"""Who holds a lease, and whether that process still lives."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from feeder.errors import StoreError
from feeder.model import Lease
from feeder.store import Store

log = logging.getLogger("feeder")

LEASE_SECONDS = 45
PATIENCE_SECONDS = 60  # more than a lease, so that whoever waits outlasts a holder that died elsewhere

_BIRTH = secrets.token_hex(3)


def holder() -> str:
    """Name this process in leases by host, a word of its own and process id, so that the dead can be told."""
    return f"{socket.gethostname()}#{_BIRTH}:{os.getpid()}"


def hold(store: Store, name: str, mine: str) -> Lease:
    """Take a lease by the real clock; a dead process of this host gives way at once. StoreError names a living one."""
    try:
        return store.leases.hold(name, mine, LEASE_SECONDS, datetime.now(UTC))
    except StoreError:
        current = store.leases.get(name)
        if current is None or not is_dead(current.holder):
            raise
        store.leases.release(current)
        return store.leases.hold(name, mine, LEASE_SECONDS, datetime.now(UTC))


def wait_for(store: Store, name: str, mine: str) -> Lease:
    """Take a lease, waiting up to a minute for its holder; StoreError after that."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return hold(store, name, mine)
        except StoreError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.2)


@contextmanager
def alone(store: Store, name: str, mine: str) -> Iterator[Callable[[], None] | None]:
    """Hold a lease if nobody else does: what is yielded renews it, and raises StoreError if somebody took it over; None
    where a living process has it."""
    try:
        lease = hold(store, name, mine)
    except StoreError as error:
        log.info("left to another process: %s", error)
        yield None
        return
    try:
        yield lambda: _renew(store, lease)
    finally:
        store.leases.release(lease)


def _renew(store: Store, lease: Lease) -> None:
    store.leases.renew(lease, datetime.now(UTC), LEASE_SECONDS)


def is_dead(name: str) -> bool:
    """Whether a holder was a process of this host that is no more; its number may be ours by now."""
    who, _, number = name.rpartition(":")
    host, _, birth = who.rpartition("#")
    if host != socket.gethostname() or not number.isdecimal():
        return False
    if int(number) == os.getpid():
        return birth != _BIRTH
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
