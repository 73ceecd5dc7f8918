"""Write down what is wrong with the house, and what is well again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from feeder.curation.conditions import LOOK_BACK, Ending, at, changes
from feeder.errors import StoreError
from feeder.model import Changes, Condition, Severity
from feeder.model.alerts import WELL
from feeder.store import Store

log = logging.getLogger("feeder.alerts")

_LEVELS = {Severity.CRITICAL: logging.ERROR, Severity.WARNING: logging.WARNING, Severity.INFO: logging.INFO}


@dataclass(frozen=True, slots=True)
class Noticing:
    """Whoever notices something at a moment; times are told in `zone`."""

    store: Store
    zone: tzinfo
    now: datetime

    def settle(
        self,
        wrong: Sequence[Condition],
        is_looked_at: Callable[[str], bool],
        *,
        ending: Ending | None = None,
        is_calmed: bool = False,
    ) -> Changes:
        """Compare what was looked at with what was told, and write what follows, for the alert carriers to tell. With
        `is_calmed` what comes and goes is told less and less often."""
        calmed = self._openings if is_calmed else None

        def decide(known: Mapping[str, Condition]) -> Changes:
            return changes(known, wrong, is_looked_at, ending or self.lasted, self.now, calmed)

        done = self.store.conditions.settle(decide)
        for alert in done.alerts:
            log.log(_LEVELS[alert.severity], "%s: %s", alert.headline, alert.words)
        return done

    def say(self, abouts: Collection[str], *wrong: Condition) -> None:
        """The same for some things by name. A store that takes nothing stops nobody: the log has it, and whoever looks
        next says it again."""
        try:
            self.settle(wrong, lambda each: each in abouts)
        except StoreError as error:
            for one in wrong:
                log.error("%s: %s", one.headline, one.words)
            log.error("how %s is cannot be written down: %s", ", ".join(abouts), error)

    def lasted(self, condition: Condition) -> str:
        """What is told of something that is well again."""
        return f"it was {condition.what} since {self.at(condition.since)}"

    def at(self, moment: datetime) -> str:
        """A moment in words."""
        return at(moment, self.zone)

    def _openings(self, about: str) -> int:
        return self.store.conditions.openings(about, self.now - LOOK_BACK, WELL)
