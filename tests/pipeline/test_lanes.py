"""Many hosts at a time, each of them one thing at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from feeder.pipeline.lanes import Lanes


def run(
    jobs: Sequence[tuple[str, int]],
    work: Callable[[int], int],
    *,
    workers: int = 4,
    pause: float = 0.0,
    is_over: Callable[[], bool] = lambda: False,
) -> tuple[list[int], Sequence[int]]:
    lanes: Lanes[int, int] = Lanes(jobs, work, workers=workers, pause=pause, is_over=is_over)
    found = [result for result in lanes.results() if result is not None]
    return found, lanes.left


def test_every_job_is_worked_once() -> None:
    found, left = run([(f"host {n % 7}", n) for n in range(100)], lambda n: n)
    assert (sorted(found), left) == (list(range(100)), [])


def test_nothing_to_do_is_done_at_once() -> None:
    assert run([], lambda n: n) == ([], [])


def test_of_a_lane_one_job_at_a_time_is_worked_in_order() -> None:
    busy: dict[int, int] = {}
    worst: list[int] = []

    def work(n: int) -> int:
        busy[n % 3] = busy.get(n % 3, 0) + 1
        worst.append(busy[n % 3])
        time.sleep(0.005)
        busy[n % 3] -= 1
        return n

    found, _ = run([(f"host {n % 3}", n) for n in range(30)], work, workers=8)
    assert max(worst) == 1
    for lane in range(3):
        mine = [n for n in found if n % 3 == lane]
        assert mine == sorted(mine)


def test_different_lanes_are_worked_at_the_same_time() -> None:
    together = threading.Barrier(4, timeout=10)

    def work(n: int) -> int:
        together.wait()
        return n

    found, _ = run([(str(n), n) for n in range(4)], work, workers=4)
    assert sorted(found) == [0, 1, 2, 3]


def test_a_busy_host_keeps_no_thread_from_the_others() -> None:
    held = threading.Event()
    done: list[int] = []

    def work(n: int) -> int:
        if n == 0:
            assert held.wait(10)
        done.append(n)
        if len(done) == 5:
            held.set()
        return n

    found, _ = run([("slow", 0), ("slow", 1), ("slow", 2), *((str(n), n) for n in range(3, 8))], work, workers=2)
    assert sorted(found) == list(range(8))


def test_between_two_jobs_of_a_lane_lies_the_pause() -> None:
    begun: list[float] = []

    def work(n: int) -> int:
        begun.append(time.monotonic())
        return n

    run([("one", n) for n in range(3)], work, pause=0.15)
    assert all(later - earlier >= 0.15 for earlier, later in pairwise(begun))


def test_no_more_results_wait_than_twice_the_threads() -> None:
    begun: list[int] = []

    def work(n: int) -> int:
        begun.append(n)
        return n

    lanes: Lanes[int, int] = Lanes([(str(n), n) for n in range(50)], work, workers=2, pause=0.0, is_over=lambda: False)
    results = lanes.results()
    next(results)
    time.sleep(0.5)
    assert len(begun) <= 1 + 2 * 2 + 2
    assert len([result for result in results if result is not None]) == 49


def test_once_it_is_over_nothing_begins_and_what_was_left_is_named() -> None:
    done: list[int] = []

    def work(n: int) -> int:
        done.append(n)
        return n

    found, left = run([(str(n), n) for n in range(9)], work, workers=1, is_over=lambda: len(done) >= 3)
    assert (len(found), len(left)) == (3, 6)
    assert sorted((*found, *left)) == list(range(9))


def test_who_waits_is_told_that_nothing_came() -> None:
    def work(n: int) -> int:
        time.sleep(0.7)
        return n

    lanes: Lanes[int, int] = Lanes([("one", 1)], work, workers=1, pause=0.0, is_over=lambda: False)
    assert list(lanes.results())[:2] == [None, None]


def test_what_the_work_raises_reaches_who_waits_for_it() -> None:
    def work(n: int) -> int:
        raise ZeroDivisionError(n)

    with pytest.raises(ZeroDivisionError):
        run([("one", 1)], work)


def threads_that_worked(workers: int) -> int:
    names: set[str] = set()

    def work(n: int) -> int:
        names.add(threading.current_thread().name)
        time.sleep(0.03)
        return n

    run([(str(n), n) for n in range(60)], work, workers=workers)
    return len(names)


def test_while_the_process_computes_two_threads_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "process_time", time.monotonic)
    assert threads_that_worked(8) == 2


def test_while_it_only_waits_as_many_work_as_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "process_time", lambda: 0.0)
    assert threads_that_worked(5) == 5
    assert threads_that_worked(1) == 1
