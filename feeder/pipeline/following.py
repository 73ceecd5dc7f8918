"""Follow: publish soon what a person decided in another process."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from feeder.model import Step
from feeder.pipeline.house import House

log = logging.getLogger("feeder.publish")

MACHINES = ("rules", "redaktion")
"""Who decides within a round, which publishes."""
PATIENCE = 6
"""For so many looks a person who goes on deciding is waited for."""


def follow(house: House) -> Sequence[Step]:
    """Publish what somebody decided, once a look finds nothing more; the clock looks every few seconds, which costs two
    steps into an index. What was decided before the first look, a round publishes."""
    eye, before = house.eye, (house.eye.decision, house.eye.number)
    eye.decision, eye.number = house.store.stories.newest_decision(), house.store.editions.newest_number()
    if before[0] is None:
        return []
    is_new = eye.number != before[1] or house.store.stories.is_decided(before[0], eye.decision, but_by=MACHINES)
    eye.waited += is_new
    if not eye.waited or (is_new and eye.waited < PATIENCE):
        return []
    eye.waited = 0
    log.info("somebody decided: publishing")
    return [Step("publish", {"run": house.store.runs.start("publish", house.clock(), ())}, key="publish")]
