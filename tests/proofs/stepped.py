"""The real clock (APScheduler's own scheduler, executor and triggers) under a time that a proof moves."""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from itertools import count

import pytest
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.base import BaseScheduler

from feeder.engine.local import LocalEngine
from feeder.errors import StoreError
from feeder.model import Step
from feeder.pipeline import STEPS, House
from feeder.service import timing
from feeder.service.jobs import Job
from feeder.service.keeping import Reign, Turn
from feeder.service.wall import Wall

RENEWED = timedelta(minutes=10)
"""How often a process of a proof renews its lease, which stands for every few seconds."""


class DiedError(Exception):
    """The process is no more."""


class Time:
    """What all clocks of a proof show."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def passed(self) -> float:
        return self.at.timestamp()

    def patch(self, patch: pytest.MonkeyPatch) -> None:
        """Let APScheduler and the leases live by this time."""
        time = self

        class Told(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return time.at.astimezone(tz)

        for where in ("schedulers.base", "executors.base", "triggers.interval"):
            patch.setattr(f"apscheduler.{where}.datetime", Told)
        patch.setattr("feeder.service.keeping.datetime", Told)
        patch.setattr("feeder.service.keeping.elapsed", self.passed)
        patch.setattr("feeder.service.keeping.LEASE_SECONDS", 1.5 * RENEWED.total_seconds())
        patch.setattr("feeder.service.wall._wall", self.passed)
        patch.setattr(timing, "BackgroundScheduler", Stepped)
        patch.setattr(timing, "ThreadPoolExecutor", lambda _threads: DebugExecutor())
        patch.setattr(timing, "BEAT", timedelta(days=1))
        patch.setattr(timing, "CATCH_UP", timedelta(hours=1))


class Stepped(BaseScheduler):  # type: ignore[misc]  # apscheduler has no types
    """A scheduler that looks when it is told to."""

    def wakeup(self) -> None:
        """Whoever steps asks anyway."""

    def shutdown(self, wait: bool = True) -> None:
        super().shutdown(wait)

    def look(self) -> float:
        """Do what is due; seconds until there is something again."""
        return float(self._process_jobs() or 0.0)


@dataclass
class Works:
    """What was done: how often each slot of a job was finished, and when it was first."""

    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    at: dict[tuple[str, str], datetime] = field(default_factory=dict)


class SteppedEngine(LocalEngine):
    """Takes the steps of the clock when their time has come, and does the work of a slot in no time, or dies of it."""

    def __init__(self, steps: Mapping[str, Callable[..., Sequence[Step]]], house: House, time: Time) -> None:
        super().__init__(STEPS, house, 0)
        self._taken, self._time, self._numbers = dict(steps), time, count()
        self._queue: list[tuple[datetime, int, Step]] = []

    def submit(
        self,
        name: str,
        args: Mapping[str, object],
        *,
        key: str | None = None,
        dedupe: str | None = None,
        not_before: datetime | None = None,
    ) -> None:
        if all(step.dedupe is None or step.dedupe != dedupe for _, _, step in self._queue):
            step = Step(name, dict(args), key, dedupe)
            heapq.heappush(self._queue, (not_before or self._time.at, next(self._numbers), step))

    def work(self) -> datetime | None:
        """Take what is due; when there is more to do."""
        while self._queue and self._queue[0][0] <= self._time.at:
            _, _, step = heapq.heappop(self._queue)
            for following in self._taken[step.name](self._house, **step.args):
                self.submit(following.name, following.args, key=following.key)
        return self._queue[0][0] if self._queue else None


class Process:
    """One `feeder serve`: stands by, is the clock, loses that, stalls, and is started anew."""

    def __init__(
        self,
        house: House,
        jobs: Sequence[Job],
        time: Time,
        work: Callable[..., Sequence[Step]],
        renews: timedelta = RENEWED,
    ) -> None:
        self._house, self._jobs, self._time, self._work, self._renews = house, jobs, time, work, renews
        self.clock: timing.Clock | None = None
        self.asleep_until = time.at
        self.is_asleep = False
        self._begin_anew()

    def step(self) -> datetime:
        """Do what is due now; when to come again."""
        if self.clock is None and not self._succeed():
            return self._time.at + RENEWED / 2
        assert self.clock is not None
        assert self._reign is not None
        if not self.is_asleep:  # whoever slept begins with what was due, before its lease is looked at
            self._reign.renew()
        self.is_asleep = False
        wait = self.clock.scheduler.look()
        try:
            more = self._engine.work()
        except DiedError:
            self.die()
            return self._time.at
        if self._lost.is_set():
            self.die()
            return self._time.at
        soon = min(self._time.at + timedelta(seconds=max(wait, 0.001)), self._time.at + self._renews)
        return min(soon, more) if more else soon

    def sleep(self, span: timedelta) -> None:
        """Stand still, with all that it is."""
        self.asleep_until, self.is_asleep = self._time.at + span, True

    def leave(self) -> None:
        """End in order."""
        if self._reign is not None:
            self._reign.end()
        self.die()

    def run_now(self, name: str) -> None:
        """Do as if a job was due."""
        if self.clock is not None:
            self.clock.scheduler.get_job(name).func()

    def die(self) -> None:
        """End at once; the lease stays as it is."""
        self.clock = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._lost = threading.Event()
        self._reign: Reign | None = None
        self._turn = Turn(self._house.store, self._house.holder)

    def _succeed(self) -> bool:
        try:
            lease = self._turn.claim()
        except StoreError:
            return False
        house = replace(self._house, clock=lambda: self._time.at.replace(microsecond=0))
        self._reign = Reign(house.store, lease, self._lost)
        steps = {**STEPS, **{job.step.name: self._work for job in self._jobs}}
        self._engine = SteppedEngine(self._reign.guarded(steps), house, self._time)
        self.clock = timing.Clock(house, self._engine, self._jobs, lambda: None, Wall())
        self.clock.scheduler.start()
        self.clock.catch_up()
        return True
