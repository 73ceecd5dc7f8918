"""The clock, and the house as one process: APScheduler only submits, the engine works."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from feeder.engine.local import LocalEngine
from feeder.errors import StoreError
from feeder.model import Lease
from feeder.pipeline import STEPS, House
from feeder.pipeline.holding import LEASE_SECONDS, hold

log = logging.getLogger("feeder.service")

BEAT_SECONDS = 10
GATHER_GRACE = 900
EDITION_GRACE = 6 * 3600
PATIENCE_AT_THE_END = 60.0


def serve(house: House, stop: threading.Event) -> bool:
    """Gather, curate, publish and compose on schedule until `stop` is set; False if work was cut off.

    StoreError if another process is the clock of this store.
    """
    lease = _claim(house)
    engine = LocalEngine(STEPS, replace(house, stop=stop), house.config.gathering.workers)
    scheduler = clock(house, engine, lambda: keep(house, lease, stop))
    try:
        scheduler.start()
        log.info("serving %s as %s", house.config.base, house.holder)
        begin_round(engine)
        engine.run_forever(stop)
        log.info("stopping: no new work; what is running may take %d s", PATIENCE_AT_THE_END)
        scheduler.shutdown(wait=False)
        engine.abandon()
        return engine.close(PATIENCE_AT_THE_END)
    finally:
        house.store.leases.release(lease)


def clock(house: House, engine: LocalEngine, beat: Callable[[], None]) -> BackgroundScheduler:
    """Set up, not start, the scheduler: memory store, explicit zone, coalescing, grace, named weekdays."""
    zone = house.config.publication.zone
    scheduler = BackgroundScheduler(
        timezone=zone,
        executors={"default": ThreadPoolExecutor(2), "beat": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GATHER_GRACE},
    )
    every = int(house.config.schedule.gather.total_seconds())
    scheduler.add_job(lambda: begin_round(engine), IntervalTrigger(seconds=every, timezone=zone), id="gather")
    for name, ahead in _before_slots(house).items():
        scheduler.add_job(
            lambda: engine.submit("edition", {}, dedupe="edition"),
            SlotTrigger(house.config.next_slot, ahead),
            id=name,
            misfire_grace_time=EDITION_GRACE,
        )
    scheduler.add_job(
        beat, IntervalTrigger(seconds=BEAT_SECONDS, timezone=zone), id="beat", executor="beat", misfire_grace_time=None
    )
    return scheduler


def _before_slots(house: House) -> dict[str, timedelta]:
    """The clock's jobs for editions, and how long before a slot each is due."""
    digest = house.config.digest
    return {"edition": timedelta(0)} | ({"review": digest.review_window} if digest.review == "window" else {})


class SlotTrigger(BaseTrigger):  # type: ignore[misc]  # apscheduler has no types
    """Fires so long before each slot as the configuration names them; so never on a holiday, and in summer and winter
    at the same time by the clock on the wall."""

    def __init__(self, next_slot: Callable[[datetime], datetime | None], ahead: timedelta) -> None:
        self._next_slot = next_slot
        self._ahead = ahead

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first such moment after the previous one, or at or after `now` where there was none."""
        after = previous_fire_time or now - timedelta(microseconds=1)
        slot = self._next_slot((after + self._ahead).astimezone(UTC))
        return None if slot is None else slot - self._ahead


def begin_round(engine: LocalEngine) -> None:
    """Start a round, once the gathering of the one before is over: what was looked at meanwhile is due no more."""
    engine.submit("start", {}, key="gather", dedupe="start")


def _claim(house: House) -> Lease:
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


@contextmanager
def listening() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM and SIGINT set; for the main thread, before anything that takes time."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    previous = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
