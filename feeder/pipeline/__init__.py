"""The corridor: gather · curate · publish · compose.

    sources | gather | curate | publish | compose | publish again, with the edition

Steps are functions of the house and JSON-able arguments; they return the steps that follow. Each
may run twice and does its work once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from feeder.model import Step
from feeder.pipeline.compose import compose, edition, foresee
from feeder.pipeline.curate import curate
from feeder.pipeline.gather import gather, start
from feeder.pipeline.house import House
from feeder.pipeline.publish import finish, publish

STEPS: Mapping[str, Callable[..., Sequence[Step]]] = {
    "start": start,
    "gather": gather,
    "curate": curate,
    "publish": publish,
    "compose": compose,
    "edition": edition,
    "foresee": foresee,
    "finish": finish,
}

__all__ = ["STEPS", "House"]
