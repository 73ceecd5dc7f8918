"""What a job of the clock is, and how it is submitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from feeder.config import Config
from feeder.engine.local import LocalEngine
from feeder.model import Step
from feeder.pipeline import House
from feeder.service.moments import Moments

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


def submit(engine: LocalEngine, step: Step) -> None:
    """Give the engine a step."""
    engine.submit(step.name, step.args, key=step.key, dedupe=step.dedupe, not_before=step.not_before)


def begin(house: House, engine: LocalEngine, job: Job, moments: Moments, wait: timedelta = timedelta(0)) -> None:
    """Begin the slot that came last, unless that is too long ago; the ledger lets none begin twice."""
    now = house.clock()
    if (at := moments.last(now)) is None or now - at > job.limit:
        return
    step, slot = job.step, moments.name(at)
    args: dict[str, object] = {"job": job.name, "slot": slot, "step": step.name, "args": step.args, "key": step.key}
    dedupe = f"begin {job.name} {slot} {wait}"  # what waits keeps nothing from its moment
    submit(engine, Step("begin", args, step.key, dedupe, now + wait if wait else None))
