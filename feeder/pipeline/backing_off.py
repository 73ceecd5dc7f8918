"""When what an announcer did not take is tried again: later and later, and never never."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from feeder.delivery.posting import LONGEST_WAIT
from feeder.errors import DeliveryError
from feeder.model import Announcement
from feeder.pipeline.counting import did
from feeder.pipeline.house import House

log = logging.getLogger("feeder.announce")

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=6)


def pause(announcer: str, attempts: int, asked: timedelta | None) -> timedelta:
    """How long to leave alone what failed so often: doubling, a fifth more or less by its name, so that not all come at
    once; never less than it `asked`."""
    spread = hashlib.sha256(f"{announcer} {attempts}".encode()).digest()[0] / 255  # of [0, 1], the same each time
    own = min(FIRST * (1 << min(attempts - 1, 20)), LONGEST) * (0.8 + 0.4 * spread)
    return max(own, asked or timedelta(0))


def is_resting(known: Announcement | None, now: datetime) -> bool:
    """Whether an announcer, or a topic of it, is left alone for now. A moment too far ahead is that of a clock that was
    wrong."""
    return known is not None and known.not_before is not None and now < known.not_before <= now + LONGEST_WAIT


def failed(house: House, known: Announcement | None, announcer: str, topic: str, error: DeliveryError) -> None:
    """Remember that it was not taken, and when it is tried again; say so."""
    attempts = (known.attempts if known else 0) + 1
    now = house.clock()
    wait = pause(announcer, attempts, error.wait)
    house.store.announcements.failed(announcer, topic, now + wait, now, str(error))
    did(tried_in_vain=1)
    log.warning("%s was not told, next in %d s: %s", announcer, wait.total_seconds(), error)


def recovered(house: House, known: Announcement | None, announcer: str) -> None:
    """Forget that an announcer failed."""
    if known is not None and known.attempts:
        house.store.announcements.told(announcer, {"": ""}, house.clock(), "")
