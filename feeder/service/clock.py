"""The clock: APScheduler only submits, the engine works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from feeder.engine.local import LocalEngine
from feeder.pipeline import House

BEAT_SECONDS = 10
GATHER_GRACE = 900
EDITION_GRACE = 6 * 3600


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
