"""A shift: the time of one clock, from its lease to its end."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from feeder.engine.local import LocalEngine
from feeder.model import Lease
from feeder.pipeline import STEPS, House
from feeder.service.clock import begin_round, catch_up, clock
from feeder.service.household import Household
from feeder.service.keeping import keep
from feeder.service.pulse import Pulse

log = logging.getLogger("feeder.service")

_SLICE = 1.0


class Shift:
    """Engine and scheduler of a process that holds the clock's lease; `lost` is set when it does so no longer."""

    def __init__(self, house: House, lease: Lease) -> None:
        self.lost = threading.Event()
        self._stop = threading.Event()
        self._lease = lease
        self._pulse = Pulse()
        self._household = Household(replace(house, stop=self._stop))
        self._engine = LocalEngine(self._household.steps(STEPS), house, house.config.gathering.workers)
        self._scheduler = clock(self._household.house, self._engine, self._beat)

    def begin(self) -> None:
        """Start the clock, do what should have begun meanwhile, and look at the sources."""
        self._scheduler.start()
        catch_up(self._household.house, self._engine)
        begin_round(self._engine)

    def move(self, house: House) -> None:
        """Go on in another house: steps that begin from now on, and a new clock, work there.

        The new clock starts before the old one ends, so that no slot falls between them; the ledger lets none of both
        begin twice.
        """
        self._household.move(replace(house, stop=self._stop))
        old, self._scheduler = self._scheduler, clock(self._household.house, self._engine, self._beat)
        self.begin()
        old.shutdown(wait=False)

    def ailing(self) -> str | None:
        """Why this process should be started again; None while it lives."""
        if not self._pulse.is_fresh:
            return f"the clock has not ticked for {self._pulse.age:.0f} s"
        if not self._engine.is_alive():
            return "a thread that works has died"
        if (step := self._household.hanging()) is not None:
            return f"the step {step} hangs"
        return None

    def end(self, patience: float, meanwhile: Callable[[], None]) -> bool:
        """Begin nothing more and let what is running end; False if something would not in so many seconds.

        `meanwhile` is called each second.
        """
        self._stop.set()
        self._scheduler.shutdown(wait=False)
        self._engine.abandon()
        until = time.monotonic() + patience
        while not (is_done := self._engine.close(max(0.0, min(_SLICE, until - time.monotonic())))):
            meanwhile()
            if time.monotonic() >= until:
                break
        return is_done

    def _beat(self) -> None:
        self._pulse.beat()
        keep(self._household.house, self._lease, self.lost)
