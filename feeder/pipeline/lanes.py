"""Many hosts at a time, each of them one thing at a time: the threads on which sources are read."""

from __future__ import annotations

import heapq
import itertools
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import copy_context
from functools import partial
from typing import Generic, TypeVar

J = TypeVar("J")
R = TypeVar("R")

UNSEEN_SECONDS = 0.1  # after which somebody who waits is told that nothing came
FEWEST = 2  # threads that there are from the start


class Lanes(Generic[J, R]):
    """Work jobs on a few threads: those of a lane one after the other, `pause` seconds apart, and no thread waits
    for a busy lane while another lane has something to do.

    Two threads begin; while the process computes less than half of the time, so that twice as many would find
    room, their number doubles, to `workers` at most. More than that would only be in each other's way (the GIL).

    At most twice as many results as threads are in flight: who does not take them halts the work. Once
    `is_over()`, no further job begins; `left` holds what was not begun. `work` must not raise: what it raises
    ends everything, in who iterates.
    """

    def __init__(
        self,
        jobs: Iterable[tuple[str, J]],
        work: Callable[[J], R],
        *,
        workers: int,
        pause: float,
        is_over: Callable[[], bool],
    ) -> None:
        lanes: dict[str, deque[J]] = {}
        for name, job in jobs:
            lanes.setdefault(name, deque()).append(job)
        self._order = itertools.count()
        # the longest lane first: it decides when all is done
        self._ready = [(-len(lane), next(self._order), lane) for lane in lanes.values()]
        heapq.heapify(self._ready)
        self._resting: list[tuple[float, int, deque[J]]] = []
        self._work = work
        self._pause = pause
        self._is_over = is_over
        self._lock = threading.Lock()
        self._results: queue.Queue[R | BaseException | None] = queue.Queue(2 * FEWEST)
        self._most = min(workers, len(lanes))
        self._started = 0

    def results(self) -> Iterator[R | None]:
        """Start, and yield each result as it comes; None whenever none came for a moment."""
        working = self._start(FEWEST)
        since, used = time.monotonic(), time.process_time()
        while working:
            now = time.monotonic()
            if self._started < self._most and now - since >= UNSEEN_SECONDS:
                spent = time.process_time()
                if self._ready and spent - used < (now - since) / 2:
                    working += self._start(self._started)
                since, used = now, spent
            try:
                found = self._results.get(timeout=UNSEEN_SECONDS)
            except queue.Empty:
                yield None
                continue
            if found is None:
                working -= 1
            elif isinstance(found, BaseException):
                raise found
            else:
                yield found

    def _start(self, more: int) -> int:
        """Start this many threads more, as far as may be; how many did."""
        more = min(more, self._most - self._started)
        self._results.maxsize = 2 * (self._started + more)
        for number in range(self._started, self._started + more):
            # what is being worked on is known to this thread, and by it to the lines that it logs
            work = partial(copy_context().run, self._run)
            threading.Thread(target=work, name=f"feeder-lane-{number}", daemon=True).start()
        self._started += more
        return more

    @property
    def left(self) -> Sequence[J]:
        """The jobs that were not begun."""
        with self._lock:
            return [job for _, _, lane in (*self._ready, *self._resting) for job in lane]

    def _run(self) -> None:
        try:
            while (lane := self._next()) is not None:
                self._results.put(self._work(lane.popleft()))
                if lane:
                    with self._lock:
                        heapq.heappush(self._resting, (time.monotonic() + self._pause, next(self._order), lane))
            self._results.put(None)
        except BaseException as error:  # noqa: BLE001 - handed to who iterates
            self._results.put(error)

    def _next(self) -> deque[J] | None:
        """A lane with something to do, once there is one; None when this thread is not needed any more: whatever
        is left is in lanes that others hold, and they go on with it."""
        while not self._is_over():
            with self._lock:
                now = time.monotonic()
                while self._resting and self._resting[0][0] <= now:
                    _, order, lane = heapq.heappop(self._resting)
                    heapq.heappush(self._ready, (-len(lane), order, lane))
                if self._ready:
                    return heapq.heappop(self._ready)[2]
                if not self._resting:
                    return None
                rest = self._resting[0][0] - now
            time.sleep(min(rest, UNSEEN_SECONDS))
        return None
