"""Begin: open the run of a job's slot, which the ledger lets begin once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from feeder.model import Step
from feeder.pipeline.house import House

log = logging.getLogger("feeder.service")


def begin(
    house: House, job: str, slot: str, step: str, args: Mapping[str, object], key: str | None = None
) -> Sequence[Step]:
    """Take a step for a job's slot, with its run; nothing if the slot was dealt with."""
    run = house.store.runs.begin_slot(job, slot, house.clock())
    if run is None:
        return []
    log.info("%s: the slot %s has come", job, slot)
    return [Step(step, {**args, "run": run}, key=key)]
