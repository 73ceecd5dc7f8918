"""The clock's lease: one clock at a time per store; the others stand by."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from feeder.engine.passing import elapsed
from feeder.errors import StoreError
from feeder.model import Lease, Step
from feeder.pipeline.holding import is_dead
from feeder.store import Store

log = logging.getLogger("feeder.service")

BEAT_SECONDS = 5.0
LEASE_SECONDS = 15.0
"""How long the clock's lease may stand still before somebody else takes it."""
LOOKING = frozenset({"watch"})
"""Steps that change nothing but what is known of the house, and tell when the store takes nothing: two may do so."""

_Step = Callable[..., Sequence[Step]]


class Turn:
    """Waits for its turn to be the clock of a store, whatever the clocks on the walls of two machines say."""

    def __init__(self, store: Store, mine: str) -> None:
        self._store = store
        self._mine = mine
        self._seen: Lease | None = None
        self._since = elapsed()

    def claim(self) -> Lease:
        """Become the clock; a StoreError names the process that is. To be asked again each second or two.

        A dead process of this host gives way at once, any other after it renewed nothing for LEASE_SECONDS of our time.
        """
        current = self._store.leases.get("clock")
        if current != self._seen:
            self._seen, self._since = current, elapsed()
        if current is None or is_dead(current.holder) or elapsed() - self._since > LEASE_SECONDS:
            lease = self._store.leases.take("clock", self._mine, LEASE_SECONDS, datetime.now(UTC), current)
            if lease is not None:
                return lease
            current = self._store.leases.get("clock")
        who = "another feeder" if current is None else current.holder
        raise StoreError(f"{who} is the clock of this store")


class Reign:
    """The time in which this process is the clock: renews its lease in a thread of its own; `lost` is set when it could
    not, because somebody else took it: after this process, or its whole machine, stood still."""

    def __init__(self, store: Store, lease: Lease, lost: threading.Event) -> None:
        self._store = store
        self._lease = lease
        self._lost = lost
        self._renewed = elapsed()
        self._renewing = threading.Lock()
        self._ended = threading.Event()

    def begin(self) -> None:
        """Renew the lease every few seconds until `end`."""
        threading.Thread(target=self._keep, name="reign", daemon=True).start()

    def is_mine(self) -> bool:
        """Whether nobody else can be the clock now: a process that was asleep asks the store first."""
        if elapsed() - self._renewed >= LEASE_SECONDS:
            self.renew()
        return not self._lost.is_set() and elapsed() - self._renewed < LEASE_SECONDS

    def guarded(self, steps: Mapping[str, _Step]) -> dict[str, _Step]:
        """The same steps, none of which begins while somebody else may be the clock; but a store that cannot be
        written keeps nobody from LOOKING."""
        return {name: self._guard(name, step) for name, step in steps.items()}

    def renew(self) -> None:
        """Hold the lease for longer, or learn that it is lost. While the store cannot be written, nobody else takes
        it there; but nothing begins either, once it is not certain any more."""
        with self._renewing:
            if self._lost.is_set() or self._ended.is_set():
                return
            try:
                self._store.leases.renew(self._lease, datetime.now(UTC), LEASE_SECONDS)
                self._renewed = elapsed()
            except StoreError as error:
                if self._is_taken():
                    log.warning("%s", error)
                    self._lost.set()
                else:
                    log.error("the clock's lease was not renewed, trying again: %s", error)

    def end(self) -> None:
        """Give the lease back, if it is still ours."""
        self._ended.set()
        with self._renewing:
            self._store.leases.release(self._lease)

    def _keep(self) -> None:
        while not (self._lost.is_set() or self._ended.wait(BEAT_SECONDS)):
            self.renew()

    def _guard(self, name: str, step: _Step) -> _Step:
        def guarded(*args: object, **named: object) -> Sequence[Step]:
            if self.is_mine() if name not in LOOKING else not self._lost.is_set():
                return step(*args, **named)
            log.warning("%s does not begin: this process is not certain to be the clock of this store now", name)
            return ()

        return guarded

    def _is_taken(self) -> bool:
        try:
            current = self._store.leases.get(self._lease.name)
        except StoreError:
            return False
        return current is None or current.fence != self._lease.fence
