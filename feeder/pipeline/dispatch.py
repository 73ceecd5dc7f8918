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
STORM = 20  # answers "not now" one after the other, after which the server is left alone for a while
ENOUGH = 20  # messages that were tried, before the share of refused ones says anything
_LEFT = (RecipientState.LEFT, RecipientState.SUPPRESSED)


@dataclass
class _Turn:
    result: Result | None
    wants_more: bool
    given: Delivery | float | None = None
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
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def turn(self, result: Result | None, *, wants_more: bool = True) -> Delivery | float | None:
        """Record what became of a connection's last message, and claim its next: that, or the seconds after which to
        ask again, or None if there is nothing more to do. StoreError if the lease is lost."""
        mine = _Turn(result, wants_more)
        with self._changed:
            self._waiting.append(mine)
            while not mine.is_done and self._is_writing:
                self._changed.wait()
            if mine.is_done:
                return _given(mine)
            self._is_writing, turns, self._waiting = True, self._waiting, []
        try:
            self._write(turns)
        except Exception as error:  # noqa: BLE001 - each of them hears of it, and raises it
            for turn in turns:
                turn.error = error
        finally:
            with self._changed:
                self._is_writing = False
                for turn in turns:
                    turn.is_done = True
                self._changed.notify_all()
        return _given(mine)

    def halt(self, why: str) -> None:
        """Hand out no more messages."""
        self.halted = self.halted or why

    def _write(self, turns: Sequence[_Turn]) -> None:
        results = [turn.result for turn in turns if turn.result is not None]
        for result in results:
            self._judge(result)
        claimed = []
        for turn in turns:
            if turn.wants_more:
                turn.given = self._next()
                if isinstance(turn.given, Delivery):
                    claimed.append(turn.given.recipient.address)
        if results or claimed:
            self.house.store.outbox.exchange(self.lease, self.key, results, claimed)

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
        """The next message that may leave; only one thread is here at a time."""
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


def _given(turn: _Turn) -> Delivery | float | None:
    if turn.error is not None:
        raise turn.error
    return turn.given
