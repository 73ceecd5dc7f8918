"""Hands messages to connections, one at a time to each, so that a crash leaves at most so many in doubt.

What several connections record and claim at the same moment goes into one transaction: the first to come writes for all
who come while the transaction before it is written.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from feeder.model import Delivery, DeliveryState, Lease, RecipientState
from feeder.pipeline.house import House
from feeder.pipeline.pacing import Pace
from feeder.store.outbox import Result

PAGE = 500  # messages that wait in memory
_WIDE = 5000  # where those of one domain must not keep the others waiting
_PATIENT = 0.5  # of a transaction's time, to let more connections come into it
STORM = 20  # answers "not now" one after the other, after which the server is left alone for a while
ENOUGH = 20  # messages that were tried, before the share of refused ones says anything
_LEFT = (RecipientState.LEFT, RecipientState.SUPPRESSED)


@dataclass
class _Turn:
    result: Result | None
    claim: Delivery | None
    error: Exception | None = None
    is_done: bool = False


@dataclass
class Tally:
    """How an edition's messages fared: those of which anything is known, and of them those refused."""

    tried: int = 0
    refused: int = 0
    not_now: int = 0
    last_refusal: str = ""

    def note(self, result: Result) -> None:
        """Count one more answer."""
        self.not_now = self.not_now + 1 if result.state is DeliveryState.WAITING else 0
        if result.state is not DeliveryState.WAITING:
            self.tried += 1
        if result.state is DeliveryState.REFUSED:
            self.refused += 1
            self.last_refusal = f"{result.address}: {result.answer}"

    def share(self) -> float:
        """Per cent refused; 0 as long as too few were tried to say."""
        return 100 * self.refused / self.tried if self.tried >= ENOUGH else 0.0


@dataclass
class Dispatch:
    """The messages of an edition (`key`: its id, the carrier) that wait, for the connections of one process.

    `halted` says why no more are handed out: too many were refused (`is_refused`), or the server wants none now.
    """

    house: House
    lease: Lease
    key: tuple[str, str]
    pace: Pace
    stop_at: float
    tally: Tally
    clock: Callable[[], float] = time.monotonic
    halted: str | None = None
    is_refused: bool = False
    _after: str | None = ""
    _buffer: deque[Delivery] = field(default_factory=deque)
    _waiting: list[_Turn] = field(default_factory=list)
    _is_writing: bool = False
    _needed: float = 0.0  # seconds, for the last transaction
    _out: int = 0  # messages that were claimed, and whose connections did not come back yet
    _picks: threading.Lock = field(default_factory=threading.Lock)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def pick(self, result: Result | None) -> Delivery | float | None:
        """The next message of a connection, given what became of its last one: that message, which is to be
        exchanged before it leaves, or the seconds after which to ask again, or None if there is nothing more to do."""
        with self._picks:
            if result is not None:
                self._judge(result)
            return self._next()

    def record(self, result: Result) -> None:
        """Record what became of a connection's last message, where it can take no other now."""
        with self._picks:
            self._judge(result)
        self.exchange(result, None)

    def exchange(self, result: Result | None, claim: Delivery | None) -> None:
        """Record what became of a connection's last message, and claim the one picked, on disk once this returns.
        StoreError, and nothing claimed, if the lease is lost."""
        if result is None and claim is None:
            return
        mine = _Turn(result, claim)
        with self._changed:
            self._waiting.append(mine)
            self._out -= result is not None
            self._changed.notify_all()
            while not mine.is_done and self._is_writing:
                self._changed.wait()
            if not mine.is_done:
                self._is_writing = True
                # the others come soon: a disk that takes its time is asked once for all of them
                self._changed.wait_for(lambda: self._out <= 0, self._needed * _PATIENT)
                turns, self._waiting = self._waiting, []
        if not mine.is_done:
            self._write(turns)
        if mine.error is not None:
            raise mine.error

    def halt(self, why: str) -> None:
        """Hand out no more messages."""
        self.halted = self.halted or why

    def _write(self, turns: Sequence[_Turn]) -> None:
        error: Exception | None = None
        results = [turn.result for turn in turns if turn.result is not None]
        claimed = [turn.claim.recipient.address for turn in turns if turn.claim is not None]
        begun = time.monotonic()
        try:
            self.house.store.outbox.exchange(self.lease, self.key, results, claimed)
        except Exception as failed:  # noqa: BLE001 - each of them hears of it, and raises it
            error = failed
        finally:
            with self._changed:
                self._is_writing, self._needed = False, time.monotonic() - begun
                self._out += 0 if error else len(claimed)
                for turn in turns:
                    turn.error, turn.is_done = error, True
                self._changed.notify_all()

    def _judge(self, result: Result) -> None:
        self.tally.note(result)
        if self.tally.share() > self.stop_at:
            tally, self.is_refused = self.tally, True
            self.halt(
                f"{tally.refused} of {tally.tried} messages were refused for good, more than {self.stop_at:g} % "
                f"(carriers.smtp.stop_at), the last one {tally.last_refusal}"
            )
        elif self.tally.not_now >= STORM:
            self.halt(f"{STORM} messages in a row were not taken now, the last one {result.address}: {result.answer}")

    def _next(self) -> Delivery | float | None:
        """The next message that may leave."""
        if self.halted or self.house.stop.is_set():
            return None
        now = self.clock()
        if pause := self.pace.wait_for_any(now):
            return pause
        while True:
            wait = 60.0
            for at, one in enumerate(self._buffer):
                if not (needs := self.pace.wait(one.recipient.address, now)):
                    del self._buffer[at]
                    self.pace.leaves(one.recipient.address, now)
                    return one
                wait = min(wait, needs)
            if len(self._buffer) >= _WIDE or not self._read_on():
                return wait if self._buffer else None

    def _read_on(self) -> bool:
        """Take the next page of messages that are due into memory; False if there is none."""
        outbox, (edition_id, carrier), now = self.house.store.outbox, self.key, self.house.clock()
        if self._after is None:
            return False
        page = outbox.waiting(edition_id, carrier, now, self._after, PAGE)
        if any(one.recipient.state in _LEFT for one in page):
            outbox.leave_out(edition_id, carrier, now)
        self._buffer.extend(one for one in page if one.recipient.state not in _LEFT)
        self._after = page[-1].recipient.address.lower() if len(page) == PAGE else None
        return bool(page)
