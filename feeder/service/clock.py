"""The clock's table of jobs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from feeder.config import Config
from feeder.engine.local import LocalEngine
from feeder.model import Step
from feeder.pipeline import House
from feeder.service.jobs import Job
from feeder.service.moments import Moments, at_slots, daily
from feeder.service.timing import Clock


def _reviews(config: Config) -> Moments | None:
    """Where editions are reviewed in a window, its beginning."""
    return at_slots(config, config.digest.review_window) if config.digest.review == "window" else None


def _nights(config: Config) -> Moments:
    hour, minute = map(int, config.schedule.night.split(":"))
    return daily(config, hour, minute)


ROUND = Step("start", {}, key="gather", dedupe="start")
"""Begins once the gathering of the round before is over: what was looked at meanwhile is due no more."""


def _announcing(config: Config) -> timedelta | None:
    """Where there is somebody to tell, what they did not take is tried again."""
    return timedelta(minutes=1) if config.announce.hubs or config.webhooks else None


JOBS = (
    Job("gather", ROUND, lambda config: config.schedule.gather),
    Job("edition", Step("compose", {}, key="compose"), at_slots),
    Job("review", Step("compose", {}, key="compose"), _reviews),
    Job("night", Step("night", {}, key="night"), _nights, limit=timedelta(hours=20)),
    Job("deliver", Step("hand_on", {}, key="hand on", dedupe="hand on"), lambda _: timedelta(minutes=5)),
    Job("desk", Step("follow", {}, key="follow", dedupe="follow"), lambda _: timedelta(seconds=5)),
    Job("watch", Step("watch", {}, key="watch", dedupe="watch"), lambda _: timedelta(minutes=1)),
    Job("announce", Step("announce", {}, key="announce", dedupe="announce"), _announcing),
)


def clock(house: House, engine: LocalEngine, beat: Callable[[], None]) -> Clock:
    """The clock of a house, set up and not started; `beat` is called every few seconds as long as it goes."""
    return Clock(house, engine, JOBS, beat)
