"""The clock: APScheduler only submits, the engine works."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from feeder.engine.local import LocalEngine
from feeder.pipeline import House
from feeder.service.jobs import Job, begin, submit
from feeder.service.moments import Moments, MomentTrigger
from feeder.service.wall import SETTLED_SECONDS, Wall

log = logging.getLogger("feeder.service")

BEAT = timedelta(seconds=5)
CATCH_UP = timedelta(minutes=15)
AFTER_ROUND = timedelta(minutes=1)
"""What was missed begins so long after the start: what is late anyway tells what the first round brings, too."""


class Clock:
    """Submits each job when it is due.

    APScheduler lives by the clock on the wall: when that is set back, each job would wait until it is as late again;
    so all are set anew then. After a jump of hours nothing is submitted until the time has passed as it should for a
    while, so that no slot is taken for another because of a mistake that is mended at once.
    """

    def __init__(
        self,
        house: House,
        engine: LocalEngine,
        jobs: Sequence[Job],
        beat: Callable[[], None],
        wall: Wall | None = None,
    ) -> None:
        self._house = house
        self._engine = engine
        self._jobs = jobs
        self._beat = beat
        self._wall = wall or Wall()
        self._is_doubted = False
        self._looking = threading.Lock()
        self._ended = threading.Event()
        self.scheduler = BackgroundScheduler(
            timezone=house.config.publication.zone,
            executors={"default": ThreadPoolExecutor(2), "beat": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self.wind()

    def start(self) -> None:
        """Begin to submit: at once what comes every so often, then what should have begun while nobody was there."""
        self.scheduler.start()
        for job in self._jobs:
            if isinstance(job.when(self._house.config), timedelta):
                submit(self._engine, job.step)
        self.catch_up()
        threading.Thread(target=self._watch, name="wall", daemon=True).start()

    def shutdown(self, *, wait: bool = False) -> None:
        """Submit nothing more."""
        self._ended.set()
        self.scheduler.shutdown(wait=wait)

    def wind(self) -> None:
        """Set all jobs as of now."""
        for job in self._jobs:
            when = job.when(self._house.config)
            if when is not None:
                self._set(job.name, self._firing(job, when), _trigger(self._house, when))
        self._set("catch up", self._if_believed(self.catch_up), _trigger(self._house, CATCH_UP))
        self._set("beat", self._beat, _trigger(self._house, BEAT), "beat")

    def catch_up(self) -> None:
        """Begin what should have begun, and the ledger does not know of."""
        for job in self._jobs:
            if isinstance(when := job.when(self._house.config), Moments):
                begin(self._house, self._engine, job, when, AFTER_ROUND)

    def is_believed(self) -> bool:
        """Whether the clock on the wall is to be believed; when it was set, all jobs are set anew."""
        with self._looking:
            moved, was_doubted = self._wall.moved(), self._is_doubted
            self._is_doubted = self._wall.is_doubtful
            if moved is not None:
                log.warning("the clock of this machine was set by %+.0f s", moved)
            if self._is_doubted and not was_doubted:
                log.warning("nothing begins until it has gone well for %d s", SETTLED_SECONDS)
            if moved is not None or was_doubted is not self._is_doubted:
                self.wind()
                if not self._is_doubted:
                    self.catch_up()
            return not self._is_doubted

    def _set(self, name: str, act: Callable[[], None], trigger: BaseTrigger, executor: str = "default") -> None:
        self.scheduler.add_job(act, trigger, id=name, executor=executor, replace_existing=True)

    def _firing(self, job: Job, when: Moments | timedelta) -> Callable[[], None]:
        if isinstance(when, timedelta):
            return self._if_believed(lambda: submit(self._engine, job.step))
        return self._if_believed(lambda: begin(self._house, self._engine, job, when))

    def _if_believed(self, act: Callable[[], None]) -> Callable[[], None]:
        return lambda: act() if self.is_believed() else None

    def _watch(self) -> None:
        """Look at the wall by a time that nobody sets: when that clock goes back, APScheduler sleeps."""
        while not self._ended.wait(BEAT.total_seconds()):
            self.is_believed()


def _trigger(house: House, when: Moments | timedelta) -> BaseTrigger:
    if isinstance(when, Moments):
        return MomentTrigger(when)
    return IntervalTrigger(seconds=int(when.total_seconds()), timezone=house.config.publication.zone)
