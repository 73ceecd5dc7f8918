"""The house as the engine's steps find it: another one after a reload, and who is at work in which."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from feeder.model import Step
from feeder.pipeline import House

_Step = Callable[..., Sequence[Step]]

STEP_LIMIT = 2 * 3600.0
"""After so many seconds a step hangs, or after twice the time that a round may take, if that is longer."""
UNBOUNDED = frozenset({"deliver"})
"""Steps that take as long as there are recipients, at the pace that their servers bear."""


@dataclass(frozen=True, slots=True)
class _Begun:
    name: str
    since: float
    house: House


class Household:
    """Gives each step that begins the house as it is now; those that have begun keep theirs to their end."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._numbers = itertools.count()
        self._begun: dict[int, _Begun] = {}
        self._lock = threading.Lock()
        self._left: list[House] = []

    @property
    def house(self) -> House:
        """As the next step will find it."""
        return self._house

    def move(self, house: House) -> None:
        """Let all steps that begin from now on work in another house. The network of the old one is closed as soon
        as nobody is at work there."""
        with self._lock:
            self._left.append(self._house)
            self._house = house
        self._clear()

    def steps(self, steps: Mapping[str, _Step]) -> dict[str, _Step]:
        """The same steps for an engine: each in the house as it is when it begins, whatever the engine gives."""
        return {name: self._inside(name, step) for name, step in steps.items()}

    def hanging(self) -> str | None:
        """The name of a step that takes longer than any may."""
        limit = max(STEP_LIMIT, 2 * self._house.config.gathering.round_limit.total_seconds())
        until = time.monotonic() - limit
        with self._lock:
            late = (one.name for one in self._begun.values() if one.since < until)
            return next((name for name in late if name not in UNBOUNDED), None)

    def _inside(self, name: str, step: _Step) -> _Step:
        def taken(_given: object, **args: object) -> Sequence[Step]:
            number, house = self._enter(name)
            try:
                return step(house, **args)
            finally:
                self._leave(number)

        return taken

    def _enter(self, name: str) -> tuple[int, House]:
        with self._lock:
            number = next(self._numbers)
            self._begun[number] = _Begun(name, time.monotonic(), self._house)
            return number, self._house

    def _leave(self, number: int) -> None:
        with self._lock:
            del self._begun[number]
        self._clear()

    def _clear(self) -> None:
        with self._lock:
            used = [one.house for one in self._begun.values()]
            empty = [one for one in self._left if not any(one is other for other in used)]
            self._left = [one for one in self._left if not any(one is other for other in empty)]
        for one in empty:
            one.reading.fetcher.close()
