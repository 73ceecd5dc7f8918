"""A shift: the time of one clock, from its lease to its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from apscheduler.schedulers import SchedulerNotRunningError

from feeder.engine.local import LocalEngine
from feeder.model import Lease
from feeder.pipeline import STEPS, House
from feeder.service.clock import clock
from feeder.service.household import Household
from feeder.service.keeping import Reign
from feeder.service.pulse import Pulse

_SLICE = 1.0
WORKERS = 12
"""As many steps at once as there are kinds of them and carriers, so that one that hangs holds up no other."""


class Shift:
    """Engine and clock of a process that holds the clock's lease; `lost` is set when it does so no longer."""

    def __init__(self, house: House, lease: Lease) -> None:
        self.lost = threading.Event()
        self._stop = threading.Event()
        self._pulse = Pulse()
        self._reign = Reign(house.store, lease, self.lost)
        self._household = Household(replace(house, stop=self._stop))
        steps = self._reign.guarded(self._household.steps(STEPS))
        self._engine = LocalEngine(steps, self._household.house, WORKERS)
        self._clock = clock(self._household.house, self._engine, self._pulse.beat)

    def begin(self) -> None:
        """Start the clock, which begins what should have begun."""
        self._reign.begin()
        self._clock.start()

    def move(self, house: House) -> None:
        """Go on in another house: steps that begin from now on, and a new clock, work there.

        The new clock starts before the old one ends, so that no slot falls between them; the ledger lets neither
        begin one twice.
        """
        self._household.move(replace(house, stop=self._stop))
        old, self._clock = self._clock, clock(self._household.house, self._engine, self._pulse.beat)
        self._clock.start()
        old.shutdown()

    def queue(self) -> tuple[int, int]:
        """How many steps wait, and how many are at work."""
        return self._engine.queue()

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
        with suppress(SchedulerNotRunningError):  # it may be what ailed
            self._clock.shutdown()
        self._engine.abandon()
        until = time.monotonic() + patience
        while not (is_done := self._engine.close(max(0.0, min(_SLICE, until - time.monotonic())))):
            meanwhile()
            if time.monotonic() >= until:
                break
        return is_done

    def leave(self) -> None:
        """Give the lease back; a stand-by takes over at once."""
        self._reign.end()
