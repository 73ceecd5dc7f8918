"""Steps on threads of this process."""

from __future__ import annotations

import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from feeder.engine.passing import elapsed
from feeder.errors import DeliveryError, FeederError
from feeder.logs import about
from feeder.model import Step

log = logging.getLogger("feeder.engine")

REMEMBERED = 100
ABOUT = ("run", "edition", "carrier")  # of a step's arguments, what each line of its log says
RETRY_AFTER = (1.0, 5.0, 15.0)  # seconds


@dataclass(order=True, slots=True)
class _Waiting:
    due: float  # by `elapsed`
    order: int
    step: Step = field(compare=False)
    attempt: int = field(compare=False, default=0)


class LocalEngine:
    """Run steps on `workers` threads; what they return is submitted in turn.

    A step that raises is logged and kept in `failures`, the last hundred; a DeliveryError with `retry` is tried
    again three times. Anything but a FeederError is a bug: it is logged with its traceback.
    """

    def __init__(self, steps: Mapping[str, Callable[..., Sequence[Step]]], house: object, workers: int) -> None:
        self._steps = steps
        self._house = house
        self._waiting: list[_Waiting] = []
        self._order = itertools.count()
        self._running = 0
        self._busy: set[str] = set()
        self._changed = threading.Condition()
        self._abandoned = False
        self.failures: deque[Exception] = deque(maxlen=REMEMBERED)
        self._threads = [threading.Thread(target=self._work, name=f"feeder-{n}", daemon=True) for n in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        name: str,
        args: Mapping[str, object],
        *,
        key: str | None = None,
        dedupe: str | None = None,
        not_before: datetime | None = None,
    ) -> None:
        """Queue a step; an unknown name is a KeyError here, not in a thread."""
        if name not in self._steps:
            raise KeyError(name)
        self._add(Step(name, dict(args), key=key, dedupe=dedupe, not_before=not_before))

    def run_forever(self, stop: threading.Event) -> None:
        """Work until `stop` is set; then take nothing new and return at once. `close` finishes."""
        stop.wait()

    def is_alive(self) -> bool:
        """Whether all threads still take steps; only what kills an interpreter ends one before `close`."""
        return all(thread.is_alive() for thread in self._threads)

    def queue(self) -> tuple[int, int]:
        """How many steps wait, and how many are at work."""
        with self._changed:
            return len(self._waiting), self._running

    def close(self, limit: float | None = None) -> bool:
        """Finish what is waiting and due, then return True; after `limit` seconds begin nothing more: False.

        Steps whose `not_before` lies ahead are left: whoever submitted them does so again.
        """
        with self._changed:
            is_done = self._changed.wait_for(self._is_idle, timeout=limit)
        self.abandon()
        for thread in self._threads if is_done else ():
            thread.join()
        return is_done

    def abandon(self) -> None:
        """Start nothing more: what is running ends, what is waiting is left."""
        with self._changed:
            self._waiting.clear()
            self._abandoned = True
            self._changed.notify_all()

    def _add(self, step: Step, attempt: int = 0, delay: float = 0.0) -> None:
        """Let a step wait. How long is counted from now on: a clock that is set meanwhile changes nothing."""
        if step.not_before is not None and not attempt:
            delay = (step.not_before - datetime.now(UTC)).total_seconds()
        with self._changed:
            if self._abandoned or (
                step.dedupe is not None and any(waiting.step.dedupe == step.dedupe for waiting in self._waiting)
            ):
                return
            due = elapsed() + delay if delay > 0 else 0.0
            self._waiting.append(_Waiting(due, next(self._order), step, attempt))
            self._changed.notify_all()

    def _is_idle(self) -> bool:
        now = elapsed()
        return not self._running and not any(waiting.attempt or waiting.due <= now for waiting in self._waiting)

    def _next(self) -> _Waiting | None:
        """The first waiting step that is due and whose key is free."""
        now = elapsed()
        for waiting in sorted(self._waiting):
            if waiting.due > now:
                return None
            if waiting.step.key is None or waiting.step.key not in self._busy:
                return waiting
        return None

    def _work(self) -> None:
        while True:
            with self._changed:
                while (waiting := self._next()) is None:
                    if self._abandoned:
                        return
                    self._changed.wait(timeout=self._pause())
                self._waiting.remove(waiting)
                self._running += 1
                if waiting.step.key is not None:
                    self._busy.add(waiting.step.key)
            try:
                self._run(waiting)
            finally:
                with self._changed:
                    self._running -= 1
                    self._busy.discard(waiting.step.key or "")
                    self._changed.notify_all()

    def _pause(self) -> float | None:
        if not self._waiting:
            return None
        return max(0.01, min(60.0, min(self._waiting).due - elapsed()))

    def _run(self, waiting: _Waiting) -> None:
        step = waiting.step
        with about(step=step.name, **{name: step.args.get(name) for name in ABOUT}):
            self._take(step, waiting)

    def _take(self, step: Step, waiting: _Waiting) -> None:
        try:
            for following in self._steps[step.name](self._house, **step.args):
                self._add(following)
        except DeliveryError as error:
            if error.retry and waiting.attempt < len(RETRY_AFTER):
                log.warning("%s: %s; trying again", step.name, error)
                self._add(step, waiting.attempt + 1, RETRY_AFTER[waiting.attempt])
            else:
                self._fail(step, error)
        except Exception as error:  # noqa: BLE001 - the engine is one of the four places that catch
            self._fail(step, error)

    def _fail(self, step: Step, error: Exception) -> None:
        self.failures.append(error)
        if isinstance(error, FeederError):
            log.error("%s: %s", step.name, error)
        else:
            log.critical("%s %s failed unexpectedly", step.name, step.args, exc_info=error)
