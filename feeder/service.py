"""The clock, and the house as one process: APScheduler only submits, the engine works."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from feeder.engine.local import LocalEngine
from feeder.errors import StoreError
from feeder.model import Lease
from feeder.pipeline import STEPS, House

log = logging.getLogger("feeder.service")

LEASE_SECONDS = 45
BEAT_SECONDS = 10
GATHER_GRACE = 900
EDITION_GRACE = 6 * 3600
PATIENCE_AT_THE_END = 60.0


def holder() -> str:
    """Name this process in leases: host and process id, so that a dead one can be told from a living one."""
    return f"{socket.gethostname()}:{os.getpid()}"


def serve(house: House, stop: threading.Event | None = None) -> bool:
    """Gather, curate, publish and compose on schedule until SIGTERM or SIGINT; False if work was cut off.

    StoreError if another process is the clock of this store.
    """
    stop = stop or threading.Event()
    lease = _claim(house)
    engine = LocalEngine(STEPS, house, house.config.gathering.workers)
    scheduler = clock(house, engine, lambda: _beat(house, lease, stop))
    previous = _listen(stop)
    try:
        scheduler.start()
        log.info("serving %s as %s", house.config.base, house.holder)
        engine.submit("start", {}, dedupe="start")
        engine.run_forever(stop)
        log.info("stopping: no new work; what is running may take %d s", PATIENCE_AT_THE_END)
        scheduler.shutdown(wait=False)
        engine.abandon()
        return engine.close(PATIENCE_AT_THE_END)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
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
    scheduler.add_job(
        lambda: engine.submit("start", {}, dedupe="start"), IntervalTrigger(seconds=every, timezone=zone), id="gather"
    )
    for slot in house.config.schedule.slots:
        trigger = CronTrigger(
            day_of_week=",".join(slot.weekdays), hour=slot.hour, minute=slot.minute, second=0, timezone=zone
        )
        name = f"edition {','.join(slot.weekdays)} {slot.hour:02}:{slot.minute:02}"
        scheduler.add_job(
            lambda: engine.submit("edition", {}, dedupe="edition"), trigger, id=name, misfire_grace_time=EDITION_GRACE
        )
    scheduler.add_job(
        beat, IntervalTrigger(seconds=BEAT_SECONDS, timezone=zone), id="beat", executor="beat", misfire_grace_time=None
    )
    return scheduler


def _claim(house: House) -> Lease:
    """Become the clock of this store; a dead process of this host gives way at once."""
    now = datetime.now(UTC)
    try:
        return house.store.leases.hold("clock", house.holder, LEASE_SECONDS, now)
    except StoreError as error:
        current = house.store.leases.get("clock")
        if current is None or not _is_dead(current.holder):
            raise StoreError(
                f"another feeder already serves this store ({error}); stop it first, or wait until its lease ends"
            ) from error
        house.store.leases.release(current)
        return house.store.leases.hold("clock", house.holder, LEASE_SECONDS, now)


def _is_dead(name: str) -> bool:
    host, _, number = name.rpartition(":")
    if host != socket.gethostname() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _beat(house: House, lease: Lease, stop: threading.Event) -> None:
    """Renew the clock's lease; a clock that lost it stops, so that there is never a second one."""
    try:
        house.store.leases.renew(lease, datetime.now(UTC), LEASE_SECONDS)
    except StoreError as error:
        log.critical("the clock's lease is lost, stopping: %s", error)
        stop.set()


def _listen(stop: threading.Event) -> dict[int, Callable[[int, FrameType | None], object] | int | None]:
    """Let SIGTERM and SIGINT set the event; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        return {}

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    return {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
