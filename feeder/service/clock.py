"""The clock: one table of jobs. APScheduler only submits, the engine works."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from feeder.config import Config
from feeder.engine.local import LocalEngine
from feeder.model import Step
from feeder.pipeline import House
from feeder.service.moments import Moments, MomentTrigger, at_slots

log = logging.getLogger("feeder.service")

BEAT_SECONDS = 5
CATCH_UP = timedelta(minutes=15)
WHENEVER = timedelta(days=30)
"""How late a slot may begin of which the step itself says whether it is too late."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the clock submits, and when.

    `when` says of a configuration either how often, and then the step itself knows whether there is something to do;
    or at which moments, and then the ledger lets each of them begin once, until `limit` after it, and the step gets
    `run`. None: this house has no such job.
    """

    name: str
    step: Step
    when: Callable[[Config], Moments | timedelta | None]
    limit: timedelta = WHENEVER


def _reviews(config: Config) -> Moments | None:
    """Where editions are reviewed in a window, its beginning."""
    return at_slots(config, config.digest.review_window) if config.digest.review == "window" else None


JOBS = (
    Job("gather", Step("start", {}, key="gather", dedupe="start"), lambda config: config.schedule.gather),
    Job("edition", Step("compose", {}, key="compose"), at_slots),
    Job("review", Step("compose", {}, key="compose"), _reviews),
)


def clock(house: House, engine: LocalEngine, beat: Callable[[], None]) -> BackgroundScheduler:
    """Set up, not start, the scheduler: memory store, explicit zone, coalescing, each job late rather than never."""
    zone = house.config.publication.zone
    scheduler = BackgroundScheduler(
        timezone=zone,
        executors={"default": ThreadPoolExecutor(2), "beat": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in JOBS:
        when = job.when(house.config)
        if isinstance(when, timedelta):
            trigger = IntervalTrigger(seconds=int(when.total_seconds()), timezone=zone)
            scheduler.add_job(submit, trigger, (engine, job.step), id=job.name)
        elif when is not None:
            scheduler.add_job(begin, MomentTrigger(when), (house, engine, job, when), id=job.name)
    scheduler.add_job(
        catch_up, IntervalTrigger(seconds=int(CATCH_UP.total_seconds()), timezone=zone), (house, engine), id="catch up"
    )
    scheduler.add_job(beat, IntervalTrigger(seconds=BEAT_SECONDS, timezone=zone), id="beat", executor="beat")
    return scheduler


def submit(engine: LocalEngine, step: Step) -> None:
    """Give the engine a step."""
    engine.submit(step.name, step.args, key=step.key, dedupe=step.dedupe, not_before=step.not_before)


def begin(house: House, engine: LocalEngine, job: Job, moments: Moments) -> None:
    """Begin the slot that a job came to last, unless that is too long ago; the ledger lets nothing begin twice."""
    now = house.clock()
    if (at := moments.last(now)) is None or now - at > job.limit:
        return
    step = job.step
    args: dict[str, object] = {
        "job": job.name,
        "slot": moments.name(at),
        "step": step.name,
        "args": step.args,
        "key": step.key,
    }
    submit(engine, replace(step, name="begin", args=args, dedupe=f"begin {job.name}"))


def catch_up(house: House, engine: LocalEngine) -> None:
    """Begin what should have begun: at the start, after a clock that jumped, or a store that could not be written."""
    for job in JOBS:
        if isinstance(when := job.when(house.config), Moments):
            begin(house, engine, job, when)


def begin_round(engine: LocalEngine) -> None:
    """Start a round, once the gathering of the one before is over: what was looked at meanwhile is due no more."""
    submit(engine, JOBS[0].step)
