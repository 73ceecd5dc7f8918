"""Whether an item tells what was told before: looked up among all items of told stories, by their rarest words.

    trace → wording → candidates by rare words → parts → chance → fits the whole story? → Match | None

Cost grows with the new items only: a lookup reads the shortest lists of an index, never the window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from heapq import nlargest
from math import log

from feeder.curation.headline_words import COMMON_WORDS, MONTHS_AND_DAYS
from feeder.curation.likeness import (
    FITS_FROM,
    RELATED_FROM,
    RELATED_WEIGHTS,
    SAME_FROM,
    SAME_WEIGHTS,
    Parts,
    chance,
    parts_of,
)
from feeder.curation.wording import Wording, stem, wording_of
from feeder.model import ItemKey, Trace

# As if so many other headlines had been seen, in which common words are that frequent: a small window is sensible too.
_UNSEEN = 1000
_COMMON_SHARE, _RARE_COUNT = 0.01, 0.5
_COMMON = frozenset(stem(word) for word in COMMON_WORDS | MONTHS_AND_DAYS)
# A lookup reads the lists of so many rarest words, until so many entries were seen, and compares so many candidates.
_RAREST, _ENTRIES, _CANDIDATES = 16, 2_000, 24
_MEMBERS = 8
_FOLLOWS_AFTER = 3.0  # hours
_FACTS = 6


class Likeness(StrEnum):
    """How an item stands to a told story."""

    SAME = "same"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True)
class Match:
    """A told item that a new one is like. `score` from 0 to 1; `facts` is what is new in the new one."""

    trace: Trace
    kind: Likeness
    score: float
    why: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Compared:
    place: int
    parts: Parts
    score: float
    hours: float


class Window:
    """What was told of late. An item added again replaces what it said before."""

    def __init__(self, traces: Iterable[Trace] = ()) -> None:
        self._traces: list[Trace | None] = []
        self._wordings: list[Wording] = []
        self._places: dict[ItemKey, int] = {}
        self._lists: defaultdict[str, list[int]] = defaultdict(list)
        self._stories: defaultdict[str, list[int]] = defaultdict(list)
        for trace in traces:
            self.add(trace)

    def add(self, trace: Trace) -> None:
        """Let later items be compared with this one."""
        before = self._places.get(trace.item)
        if before is not None:
            self._forget(before)
        place = self._places[trace.item] = len(self._traces)
        wording = wording_of(trace)
        self._traces.append(trace)
        self._wordings.append(wording)
        self._stories[trace.story_id].append(place)
        for word in wording.words:
            self._lists[word].append(place)

    def match(self, trace: Trace) -> Match | None:
        """Find the told item that this one is most like, or None if it is news."""
        wording = wording_of(trace)
        if not wording.title:
            return None
        compared = [self._compare(trace, wording, place) for place in self._candidates(trace, wording)]
        for one in sorted((one for one in compared if one.score >= SAME_FROM), key=self._order):
            if self._fits(trace, wording, one.place):
                return self._found(one, Likeness.SAME, one.score, wording)
        return self._follow_up(trace, wording, compared)

    def _forget(self, place: int) -> None:
        trace = self._traces[place]
        if trace is None:
            return
        self._traces[place] = None
        self._stories[trace.story_id].remove(place)
        for word in self._wordings[place].words:
            self._lists[word].remove(place)

    def _weigh(self, word: str) -> float:
        seen = len(self._lists.get(word, ()))
        prior = _UNSEEN * _COMMON_SHARE if word in _COMMON else _RARE_COUNT
        return log((len(self._places) + _UNSEEN) / (seen + prior))

    def _candidates(self, trace: Trace, wording: Wording) -> list[int]:
        lists = sorted(
            ((len(found), word) for word in wording.words if (found := self._lists.get(word))),
        )
        points: defaultdict[int, float] = defaultdict(float)
        entries = 0
        for length, word in lists[:_RAREST]:
            entries += length
            if entries > _ENTRIES and points:
                break
            weight = self._weigh(word)
            for place in self._lists[word]:
                points[place] += weight
        points.pop(self._places.get(trace.item, -1), None)
        return nlargest(_CANDIDATES, points, key=lambda place: (points[place], -place))

    def _compare(self, trace: Trace, wording: Wording, place: int) -> _Compared:
        other = self._traces[place]
        assert other is not None  # noqa: S101 - the lists name living places only
        hours = abs((trace.at - other.at).total_seconds()) / 3600
        same_source = trace.item.source_id == other.item.source_id
        parts = parts_of(wording, self._wordings[place], self._weigh, hours, same_source)
        return _Compared(place, parts, chance(parts, SAME_WEIGHTS), hours)

    def _order(self, one: _Compared) -> tuple[float, int]:
        return (-one.score, one.place)

    def _fits(self, trace: Trace, wording: Wording, place: int) -> bool:
        """Whether at least half of the story's items could be the same: links of a chain alone do not make a story."""
        told = self._traces[place]
        members = self._stories[told.story_id] if told else []
        looked_at = [*members[:1], *members[1:][-_MEMBERS + 1 :]]
        fitting = sum(self._compare(trace, wording, member).score >= FITS_FROM for member in looked_at)
        return 2 * fitting >= len(looked_at)

    def _follow_up(self, trace: Trace, wording: Wording, compared: list[_Compared]) -> Match | None:
        best = None
        for one in compared:
            related = chance(one.parts, RELATED_WEIGHTS)
            told = self._traces[one.place]
            if related < RELATED_FROM or told is None or (trace.at - told.at).total_seconds() < _FOLLOWS_AFTER * 3600:
                continue
            if best is None or (related, -one.place) > (best[0], -best[1].place):
                best = (related, one)
        if best is None:
            return None
        match = self._found(best[1], Likeness.FOLLOW_UP, best[0], wording)
        return match if match.facts else None

    def _found(self, one: _Compared, kind: Likeness, score: float, wording: Wording) -> Match:
        told, trace = self._wordings[one.place], self._traces[one.place]
        assert trace is not None  # noqa: S101 - only the living are compared
        shared = sorted(wording.names & told.names, key=lambda word: (-self._weigh(word), word))[:3]
        why = [f"title {one.parts.title:.2f}", f"words {one.parts.words:.2f}"]
        if shared:
            why.append("names " + ", ".join(shared))
        if numbers := sorted(wording.numbers & told.numbers):
            why.append("number " + ", ".join(numbers[:2]))
        why.append(f"{one.hours:.0f} h apart")
        new = sorted(
            ((wording.names | wording.numbers) & set(wording.title)) - told.words,
            key=lambda word: (-self._weigh(word), word),
        )
        return Match(trace, kind, round(score, 3), f"like {score:.2f}: {'; '.join(why)}", tuple(new[:_FACTS]))
