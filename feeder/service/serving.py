"""The house as one process, from its start to its end."""

from __future__ import annotations

import logging
from collections.abc import Callable

from feeder.errors import FeederError, StoreError
from feeder.model import Lease
from feeder.pipeline import House
from feeder.service.doors import Doors
from feeder.service.keeping import Turn
from feeder.service.shift import Shift
from feeder.service.signals import Bell
from feeder.service.systemd import Notifier
from feeder.service.vigil import Vigil
from feeder.web.vitals import Vitals

log = logging.getLogger("feeder.service")

PATIENCE_AT_THE_END = 60.0
LIMIT = PATIENCE_AT_THE_END + 15
"""After so many seconds the process ends, whatever hangs; less than systemd and containers are told to wait."""
TICK = 1.0
STAND_BY_SECONDS = 2.0
SERVING = "serving"
STAND_BY = "stand-by: another feeder is the clock of this store"

Refit = Callable[[House], tuple[House, tuple[str, ...]]]
"""Reads the configuration again: the same house with it, and the keys that only a restart changes; FeederError if it
does not hold."""


class Service:
    """`run` gathers, publishes and composes by the clock until the bell rings "stop"; "reload" lets it read its
    configuration again. While another process is the clock of the store it stands by, and takes over. `doors` are
    open all the while."""

    def __init__(
        self, house: House, bell: Bell, refit: Refit, doors: Doors, notifier: Notifier, vitals: Vitals | None = None
    ) -> None:
        self.house = house
        self._vitals = vitals or Vitals(house)
        self._bell = bell
        self._refit = refit
        self._doors = doors
        self._notifier = notifier
        self._vigil = Vigil(notifier, self._vitals.beat)
        self._turn = Turn(house.store, house.holder)

    def run(self) -> bool:
        """Serve; False if work was cut off at the end."""
        try:
            lease = self._first_turn()
            while (lease := lease or self._stand_by()) is not None:
                is_done, is_over = self._work(lease)
                if is_over or not is_done:
                    return is_done
                lease = None
            self._notifier.stopping("stopping")
            return True
        finally:
            self._doors.close()

    def attend(self) -> bool:
        """Keep the doors open, and nothing else; True."""
        try:
            self._doors.open()
            self._vigil.ready("open, without the clock")
            while (word := self._bell.hear(TICK)) != "stop":
                if word == "reload":
                    log.warning("only doors are open here, and nothing is read again: restart to change them")
                    self._vigil.ready("open, without the clock")
                self._vigil.look(None)
            self._notifier.stopping("stopping")
            return True
        finally:
            self._doors.close()

    def _first_turn(self) -> Lease | None:
        """Become the clock; None as long as another is, which may be the one that has the doors' ports, too."""
        try:
            lease = self._turn.claim()
        except StoreError as error:
            log.warning("standing by: %s", error)
            self._doors.open(is_patient=True)
            return None
        try:
            self._doors.open()
        except BaseException:
            self.house.store.leases.release(lease)
            raise
        return lease

    def _stand_by(self) -> Lease | None:
        """Wait until the clock is free, then take it; None when told to stop."""
        self._vigil.ready(STAND_BY)
        while (word := self._bell.hear(STAND_BY_SECONDS)) != "stop":
            if word == "reload":
                old, self.house = self.house, self._reloaded()
                if old is not self.house:
                    old.reading.fetcher.close()
                self._vigil.ready(STAND_BY)
            self._vigil.look(None)
            self._doors.open(is_patient=True)
            try:
                return self._turn.claim()
            except StoreError as error:
                log.debug("standing by: %s", error)
        return None

    def _work(self, lease: Lease) -> tuple[bool, bool]:
        """Be the clock until told to stop or the lease is lost: whether all work was finished, and whether it is
        over."""
        shift = Shift(self.house, lease)
        try:
            shift.begin()
            self._vitals.queue = shift.queue
            log.info("serving %s as %s", self.house.config.base, self.house.holder)
            self._vigil.ready(SERVING)
            is_over = self._mind(shift)
            if is_over:
                self._notifier.stopping("stopping: no new work, finishing what is running")
            why = "stopping" if is_over else "the clock's lease is lost, standing by"
            log.info("%s: no new work; what is running may take %d s", why, PATIENCE_AT_THE_END)
            is_done = shift.end(PATIENCE_AT_THE_END, lambda: self._vigil.look(None))
            if not is_done:
                log.error("cut off after %d s what would not end; the next start goes on", PATIENCE_AT_THE_END)
            return is_done, is_over
        finally:
            shift.leave()

    def _mind(self, shift: Shift) -> bool:
        """Watch over a shift; True when told to stop, False when its lease is lost."""
        while (word := self._bell.hear(TICK)) != "stop":
            if shift.lost.is_set():
                return False
            if word == "reload":
                old, self.house = self.house, self._reloaded()
                if old is not self.house:
                    shift.move(self.house)
                self._vigil.ready(SERVING)
            self._doors.open(is_patient=True)
            self._vigil.look(shift.ailing())
        return True

    def _reloaded(self) -> House:
        """The house with the configuration as it is now, or the same as before if that does not hold."""
        self._notifier.reloading()
        try:
            house, waiting = self._refit(self.house)
        except FeederError as error:
            log.error("the configuration was not taken over, the old one stays: %s", error)
            _tell(self.house, str(error))
            return self.house
        log.info("the configuration was read again")
        self._vitals.house = house
        if waiting:
            log.warning("changed, and as it was until a restart: %s", ", ".join(waiting))
        _tell(house, None)
        return house


def _tell(house: House, wrong: str | None) -> None:
    """Let maintainers know, once, of a configuration that was refused, and of the one that was not."""
    try:
        if wrong is None:
            house.well("config")
        else:
            house.notice("config", "refused", f"{wrong}\nThe old one stays in use; mend it and reload again.")
    except StoreError as error:
        log.error("no alert about the configuration was written: %s", error)
