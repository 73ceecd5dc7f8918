"""Steps on threads."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

from feeder.engine.local import LocalEngine
from feeder.errors import DeliveryError, StoreError
from feeder.model import Step


class Book:
    """What ran, in order, and how many ran at once per name."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.go = threading.Event()
        self.ran: list[str] = []
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def enter(self, name: str) -> None:
        with self.lock:
            self.ran.append(name)
            self.now[name] += 1
            self.most[name] = max(self.most[name], self.now[name])

    def leave(self, name: str) -> None:
        with self.lock:
            self.now[name] -= 1


def work(book: Book, name: str = "work", then: int = 0) -> Sequence[Step]:
    book.enter(name)
    time.sleep(0.01)
    book.leave(name)
    return [Step("work", {"name": f"{name}+", "then": then - 1})] * bool(then)


def wait(book: Book) -> Sequence[Step]:
    book.go.wait(10)
    return []


def fail(_book: Book) -> Sequence[Step]:
    raise StoreError("the disk is full")


def break_down(_book: Book) -> Sequence[Step]:
    raise ZeroDivisionError


Make = Callable[..., LocalEngine]


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def engine(book: Book) -> Iterator[LocalEngine]:
    steps: dict[str, Callable[..., Any]] = {"work": work, "wait": wait, "fail": fail, "break": break_down}
    made = LocalEngine(steps, book, workers=4)
    yield made
    made.abandon()
    made.close(1)


def test_closing_finishes_what_waits_and_what_follows_from_it(engine: LocalEngine, book: Book) -> None:
    for _ in range(5):
        engine.submit("work", {"name": "a", "then": 2})
    assert engine.close()
    assert Counter(book.ran) == {"a": 5, "a+": 5, "a++": 5}


def test_at_most_one_step_of_a_key_runs_at_a_time(engine: LocalEngine, book: Book) -> None:
    for _ in range(8):
        engine.submit("work", {"name": "same"}, key="same")
        engine.submit("work", {"name": "free"})
    engine.close()
    assert book.most["same"] == 1
    assert book.most["free"] > 1
    assert len(book.ran) == 16


def test_at_most_one_step_of_a_dedupe_waits(engine: LocalEngine, book: Book) -> None:
    engine.submit("wait", {}, key="k")
    for _ in range(5):
        engine.submit("work", {"name": "later"}, key="k", dedupe="later")
    book.go.set()
    engine.close()
    assert book.ran.count("later") == 1


def test_a_step_waits_for_its_time_and_is_left_when_the_engine_closes_before(engine: LocalEngine, book: Book) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=0.5)
    engine.submit("work", {"name": "never"}, not_before=soon + timedelta(hours=1))
    engine.submit("work", {"name": "soon"}, not_before=soon)
    while not book.ran:
        time.sleep(0.01)
    assert datetime.now(UTC) >= soon
    assert engine.close()
    assert book.ran == ["soon"]


def test_a_failing_step_is_remembered_and_stops_no_other(engine: LocalEngine, book: Book) -> None:
    engine.submit("fail", {})
    engine.submit("break", {})
    engine.submit("work", {})
    engine.close()
    assert book.ran == ["work"]
    assert {type(error) for error in engine.failures} == {StoreError, ZeroDivisionError}


def test_a_delivery_that_may_work_later_is_tried_again(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeder.engine.local.RETRY_AFTER", (0.01,) * 3)
    tries: list[int] = []

    def third_time(_book: Book) -> Sequence[Step]:
        tries.append(1)
        if len(tries) < 3:
            raise DeliveryError("the disk is slow", retry=True)
        return []

    engine = LocalEngine({"try": third_time}, book, workers=1)
    engine.submit("try", {})
    assert engine.close(5)
    assert len(tries) == 3
    assert not engine.failures


def test_an_unknown_step_is_refused_where_it_is_submitted(engine: LocalEngine) -> None:
    with pytest.raises(KeyError):
        engine.submit("wrok", {})


def test_closing_with_a_limit_gives_up_on_what_does_not_end(book: Book) -> None:
    forever = threading.Event()

    def hang(_book: Book) -> Sequence[Step]:
        forever.wait(5)
        return []

    engine = LocalEngine({"hang": hang}, book, workers=1)
    engine.submit("hang", {})
    time.sleep(0.02)
    engine.submit("hang", {})
    assert not engine.close(limit=0.05)
    forever.set()
    assert engine.close(5), "what waited is not begun any more"


def test_a_step_that_hangs_holds_up_nothing_but_its_own_key(engine: LocalEngine, book: Book) -> None:
    for _ in range(6):
        engine.submit("wait", {}, key="hangs")
    for n in range(8):
        engine.submit("work", {"name": str(n)}, key=f"key {n % 3}")
    until = time.monotonic() + 10
    while len(book.ran) < 8 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(book.ran) == 8


def test_what_waits_does_not_wait_a_day_longer_when_the_clock_is_set_back(
    engine: LocalEngine, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Yesterday(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a moment, not one of ours
            return datetime.now(tz) - timedelta(days=1)

    engine.submit("work", {"name": "soon"}, not_before=datetime.now(UTC) + timedelta(seconds=0.3))
    monkeypatch.setattr("feeder.engine.local.datetime", Yesterday)
    until = time.monotonic() + 10
    while not book.ran and time.monotonic() < until:
        time.sleep(0.01)
    assert book.ran == ["soon"]
