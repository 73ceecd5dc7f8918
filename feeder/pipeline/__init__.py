"""The corridor: gather · curate · publish · compose · deliver.

    sources | gather | curate | publish | compose | publish again, with the edition | deliver

Steps are functions of the house and JSON-able arguments; they return the steps that follow. Each
may run twice and does its work once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from feeder.model import Step
from feeder.pipeline.house import House

# In which file each step is.
_FILES = {
    "begin": "beginning",
    "follow": "following",
    "hand_on": "handing_on",
    "start": "gather",
    "gather": "gather",
    "curate": "curate",
    "publish": "publish",
    "compose": "compose",
    "edition": "compose",
    "foresee": "compose",
    "finish": "publish",
    "deliver": "deliver",
    "watch": "watching",
    "alert": "alerting",
    "alive": "alerting",
    "announce": "announcing",
    "night": "keeping_house",
}


def _step(name: str) -> Callable[..., Sequence[Step]]:
    """The step, imported when it is taken: gathering needs nothing of what publishing loads."""

    def step(house: House, *args: object, **named: object) -> Sequence[Step]:
        taken: Callable[..., Sequence[Step]] = getattr(import_module(f"feeder.pipeline.{_FILES[name]}"), name)
        if not isinstance(run := named.get("run"), int):
            return taken(house, *args, **named)
        house.counting.add(run)
        try:
            return taken(house, *args, **named)
        except Exception as error:
            house.failed(run, error)
            raise

    return step


STEPS: Mapping[str, Callable[..., Sequence[Step]]] = {name: _step(name) for name in _FILES}

__all__ = ["STEPS", "House"]
