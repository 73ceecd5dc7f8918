"""What runs did, counted for `feeder log` and for whoever watches."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from feeder.logs import hidden
from feeder.text import counted

REASONS = 20  # that a run tells; more are counted
WIDTH = 300  # of a reason
_NO_COUNTS = frozenset(("reasons", "decisions", "failed", "seconds"))
_NAMES = {"failed_sources": "failing", "files": "files changed", "items": "items new", "looked": "looked at"}
_ONE = {"files": "file changed", "items": "item new", "backups": "backup"} | {
    "alerts_told": "alert told", "events_told": "event told", "hubs_pinged": "hub pinged"
}  # fmt: skip
_HELD = {"stories": "story", "deliveries": "delivery"}
_AT_ONCE = 100  # runs that are counted; those that never ended make room


_DOING: ContextVar[dict[str, object] | None] = ContextVar("doing", default=None)


def numbers(facts: Mapping[str, object]) -> dict[str, object]:
    """What a recorded run counted, without how it ended."""
    return {name: number for name, number in facts.items() if name not in _NO_COUNTS}


def named(count: str) -> str:
    """What a count is called where people read it."""
    return _NAMES.get(count, count.replace("_", " "))


def held(counts: Mapping[str, int]) -> str:
    """What a store holds: "1 story, 2 items"; the names of `counts` are in the plural."""
    return ", ".join(counted(number, _HELD.get(many, many[:-1]), many) for many, number in counts.items())


def in_words(facts: Mapping[str, object]) -> str:
    """What a recorded run did, in a line: "31 looked at, 2 released"; empty before its end, or if only reasons tell."""
    did_these = ", ".join(
        f"{number} {_ONE.get(name, named(name)) if number == 1 else named(name)}"
        for name, number in numbers(facts).items()
    )
    is_idle = "seconds" in facts and not facts.keys() & {"reasons", "failed", "decisions"}
    return did_these or ("nothing: nothing was due" if is_idle else "")


@contextmanager
def doing(facts: dict[str, object]) -> Iterator[None]:
    """Let `did` count into these facts, inside."""
    token = _DOING.set(facts)
    try:
        yield
    finally:
        _DOING.reset(token)


def did(**numbers: int) -> None:
    """Count more of what is being recorded here and now, if anything is."""
    if (facts := _DOING.get()) is not None:
        for name, number in numbers.items():
            before = facts.get(name, 0)
            facts[name] = (before if isinstance(before, int) else 0) + number


@dataclass(slots=True)
class Counted:
    """What one run did so far: numbers by what they count, and reasons in sentences."""

    since: float = field(default_factory=time.monotonic)
    numbers: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, None] = field(default_factory=dict)
    marks: dict[str, object] = field(default_factory=dict)

    def facts(self) -> dict[str, object]:
        """All of it as JSON; `seconds` is what it took."""
        facts: dict[str, object] = {name: number for name, number in self.numbers.items() if number}
        facts |= self.marks
        facts["seconds"] = round(time.monotonic() - self.since, 3)
        if self.reasons:
            words = map(hidden, self.reasons)
            said = [reason if len(reason) <= WIDTH else reason[: WIDTH - 1] + "…" for reason in words]
            more = len(said) - REASONS
            facts["reasons"] = said if more <= 0 else [*said[:REASONS], f"and {more} more"]
        return facts


class Counting:
    """Counts what the runs of this process do, by the number of the run; and, of those that are over, how many of which
    job ended how, in how many seconds. For all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[int, Counted] = {}
        self._ended: defaultdict[tuple[str, str], tuple[int, float]] = defaultdict(lambda: (0, 0.0))

    def add(self, run: int, **numbers: int) -> None:
        """Count more of a run; the first call is its beginning."""
        with self._lock:
            counted = self._of(run)
            for name, number in numbers.items():
                counted.numbers[name] = counted.numbers.get(name, 0) + number

    def say(self, run: int, reasons: Iterable[str]) -> None:
        """Remember why a run did what it did; a reason that was said counts once."""
        with self._lock:
            self._of(run).reasons.update(dict.fromkeys(reasons))

    def mark(self, run: int, **marks: object) -> None:
        """Remember of a run what is no number."""
        with self._lock:
            self._of(run).marks.update(marks)

    def end(self, run: int, job: str, outcome: str = "done") -> dict[str, object]:
        """All that a run did, which is forgotten here."""
        with self._lock:
            facts = (self._runs.pop(run, None) or Counted()).facts()
            self._note(job, outcome, facts)
            return facts

    def note(self, job: str, outcome: str, seconds: float) -> None:
        """Count a job that did its work without a run."""
        with self._lock:
            self._note(job, outcome, {"seconds": seconds})

    def ended(self) -> dict[tuple[str, str], tuple[int, float]]:
        """By job and outcome: how many ended in this process, and how many seconds they took together."""
        with self._lock:
            return dict(self._ended)

    def _of(self, run: int) -> Counted:
        while run not in self._runs and len(self._runs) >= _AT_ONCE:
            del self._runs[next(iter(self._runs))]
        return self._runs.setdefault(run, Counted())

    def _note(self, job: str, outcome: str, facts: dict[str, object]) -> None:
        number, seconds = self._ended[job, outcome]
        took = facts["seconds"]
        self._ended[job, outcome] = number + 1, seconds + (took if isinstance(took, float) else 0.0)
