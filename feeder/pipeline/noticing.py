"""Write down what is wrong with the house, and what is well again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from feeder.curation.conditions import LOOK_BACK, changes
from feeder.errors import StoreError
from feeder.model import Changes, Condition, Severity
from feeder.model.alerts import WELL

if TYPE_CHECKING:
    from feeder.pipeline.house import House

log = logging.getLogger("feeder.alerts")

_LEVELS = {Severity.CRITICAL: logging.ERROR, Severity.WARNING: logging.WARNING, Severity.INFO: logging.INFO}


def settle(
    house: House, wrong: Sequence[Condition], is_looked_at: Callable[[str], bool], *, is_calmed: bool = False
) -> Changes:
    """Compare what was looked at with what was told, and write what follows, for the alert carriers to tell. With
    `is_calmed` what comes and goes is told less and less often."""
    now, zone, store = house.clock(), house.config.publication.zone, house.store

    def openings(about: str) -> int:
        return store.conditions.openings(about, now - LOOK_BACK, WELL)

    done = store.conditions.settle(
        lambda known: changes(known, wrong, is_looked_at, zone, now, openings if is_calmed else None)
    )
    for alert in done.alerts:
        log.log(_LEVELS[alert.severity], "%s: %s", alert.headline, alert.words)
    return done


def settle_one(house: House, about: str, wrong: Condition | None) -> None:
    """The same for one thing. A store that takes nothing stops nobody: the log has it, and whoever looks next says it
    again."""
    try:
        settle(house, [wrong] if wrong else [], lambda each: each == about)
    except StoreError as error:
        said = f"{wrong.headline}: {wrong.words}" if wrong else f"{about} is well again"
        log.error("%s (and this could not be written down: %s)", said, error)
