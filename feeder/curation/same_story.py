"""Whether an item tells what was told before: looked up among all items of told stories, by their rarest words.

    trace → wording → candidates by rare words → parts → chance → fits the whole story? → Match | None

Cost grows with the new items only: a lookup reads the shortest lists of an index, never the window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import nlargest

from feeder.curation.likeness import (
    AGREED_FROM,
    AGREEING,
    FITS_FROM,
    NAMED_FROM,
    RELATED_FROM,
    RELATED_WEIGHTS,
    SAME_FROM,
    VOUCHED_FROM,
    Parts,
    chance,
    likeness_unbarred,
    parts_of,
    sameness,
)
from feeder.curation.rarity import Rarity
from feeder.curation.recurring import Recurring, have_one_teaser
from feeder.curation.wording import COMMON, Wording, is_development, is_number, new_in, wording_of
from feeder.model import ItemKey, Trace

# A lookup reads the lists of so many rarest words, until so many entries were seen, and compares so many candidates.
_RAREST, _ENTRIES, _CANDIDATES = 16, 2_000, 24
_MEMBERS = 8
_FOLLOWS_AFTER = 3.0  # hours
_FACTS = 6
# What new words of a headline must weigh together to be news, where none is a number or a development.
_NEWS_FROM = 15.0


class Likeness(StrEnum):
    """How an item stands to a told story."""

    SAME = "same"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True)
class Match:
    """A told item that a new one is like. `score` from 0 to 1; `facts` is what is new in the new one: a follow-up
    without any is late coverage. `vouching`: items of other stories that are one event with it, too."""

    trace: Trace
    kind: Likeness
    score: float
    why: str
    facts: tuple[str, ...]
    vouching: tuple[Trace, ...] = ()


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
        self._rarity = Rarity()
        self._recurring = Recurring()
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
        self._rarity.learn(wording.words)
        self._recurring.learn(trace, wording.title)
        for word in wording.words:
            self._lists[word].append(place)

    def parts(self, one: Trace, other: Trace) -> Parts:
        """Compare any two items by the words of this window: what a score is made of."""
        return self._parts(one, wording_of(one), other, wording_of(other))

    def score(self, one: Trace, other: Trace) -> float:
        """How likely both tell the same story, from 0 to 1."""
        return sameness(self.parts(one, other))

    def of(self, story_id: str) -> list[Trace]:
        """The items of a story, as they were added."""
        return [trace for place in self._stories.get(story_id, ()) if (trace := self._traces[place]) is not None]

    def nearest(self, trace: Trace, many: int) -> list[tuple[Trace, Parts]]:
        """The items of other stories that are most like this one, one a story, the nearest first; bars are left aside,
        so that what only they keep apart is found. What speaks against by far is not."""
        wording = self._telling(trace, wording_of(trace))
        found: dict[str, tuple[float, Trace, Parts]] = {}
        for place in self._candidates(trace, wording):
            other = self._traces[place]
            if other is None or other.story_id == trace.story_id:
                continue
            parts = self._compare(trace, wording, place).parts
            near = likeness_unbarred(parts)
            if near >= FITS_FROM and near > found.get(other.story_id, (0.0,))[0]:
                found[other.story_id] = (near, other, parts)
        ordered = sorted(found.values(), key=lambda one: (-one[0], one[1].story_id))
        return [(other, parts) for _, other, parts in ordered[:many]]

    def match(self, trace: Trace) -> Match | None:
        """Find the told item that this one is most like, or None if it is news."""
        wording = self._telling(trace, wording_of(trace))
        if not wording.title:
            return None
        compared = [self._compare(trace, wording, place) for place in self._candidates(trace, wording)]
        for one in sorted((one for one in compared if one.score >= AGREED_FROM), key=self._order):
            is_sure = self._is_sure(one, compared)
            vouching = () if is_sure else self._vouching(one, compared)
            if (is_sure or vouching) and self._fits(trace, wording, one.place):
                return self._same(trace, wording, one, vouching)
        return self._follow_up(trace, wording, compared)

    def _forget(self, place: int) -> None:
        trace = self._traces[place]
        if trace is None:
            return
        self._traces[place] = None
        self._stories[trace.story_id].remove(place)
        self._rarity.learn(self._wordings[place].words, texts=-1)
        self._recurring.forget(trace, self._wordings[place].title)
        for word in self._wordings[place].words:
            self._lists[word].remove(place)

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
            weight = self._rarity.weight((word,))
            for place in self._lists[word]:
                points[place] += weight
        points.pop(self._places.get(trace.item, -1), None)
        return nlargest(_CANDIDATES, points, key=lambda place: (points[place], -place))

    def _compare(self, trace: Trace, wording: Wording, place: int) -> _Compared:
        other = self._traces[place]
        assert other is not None  # noqa: S101 - the lists name living places only
        parts = self._parts(trace, wording, other, self._wordings[place])
        return _Compared(place, parts, sameness(parts), _hours(trace, other))

    def _parts(self, one: Trace, one_wording: Wording, other: Trace, other_wording: Wording) -> Parts:
        same_source = one.item.source_id == other.item.source_id
        is_row = self._recurring.is_row(one, one_wording.title) or self._recurring.is_row(other, other_wording.title)
        if same_source and have_one_teaser(one, other):
            one_wording, other_wording = _of_headline(one), _of_headline(other)
        else:
            one_wording, other_wording = self._telling(one, one_wording), self._telling(other, other_wording)
        return parts_of(one_wording, other_wording, self._rarity.weight, _hours(one, other), same_source, is_row)

    def _telling(self, trace: Trace, wording: Wording) -> Wording:
        """The wording without a teaser that tells nothing."""
        return _of_headline(trace) if self._recurring.is_boilerplate(trace, wording.title) else wording

    def _order(self, one: _Compared) -> tuple[float, int]:
        return (-one.score, one.place)

    def _is_sure(self, one: _Compared, compared: list[_Compared]) -> bool:
        """Whether the likeness is enough by itself, or because differently worded items of one story agree on it."""
        if one.score >= SAME_FROM:
            return True
        told = self._traces[one.place]
        members = self._stories[told.story_id] if told else []
        agreeing = {
            self._wordings[other.place].title
            for other in compared
            if other.score >= AGREED_FROM and other.place in members
        }
        return len(agreeing) >= AGREEING

    def _vouching(self, one: _Compared, compared: list[_Compared]) -> tuple[Trace, ...]:
        """Items of other stories, worded differently, that agree with the new item and with all that vouch already."""
        agreed = [one.place]
        for other in sorted(compared, key=self._order):
            is_new = self._wordings[other.place].title not in {self._wordings[place].title for place in agreed}
            if other.score >= AGREED_FROM and is_new and all(self._vouches(other.place, place) for place in agreed):
                agreed.append(other.place)
        return tuple(trace for place in agreed[1:] if (trace := self._traces[place]) is not None)

    def _vouches(self, one: int, other: int) -> bool:
        told, known = self._traces[one], self._traces[other]
        assert told is not None and known is not None  # noqa: S101, PT018 - only the living are compared
        is_apart = told.story_id != known.story_id
        return is_apart and self._compare(told, self._wordings[one], other).score >= VOUCHED_FROM

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
            told = self._traces[one.place]
            related = chance(one.parts, RELATED_WEIGHTS)
            if related < RELATED_FROM or told is None or (trace.at - told.at).total_seconds() < _FOLLOWS_AFTER * 3600:
                continue
            if best is None or (related, -one.place) > (best[0], -best[1].place):
                best = (related, one)
        if best is None:
            return None
        return self._continued(trace, wording, best[1], best[0])

    def _continued(self, trace: Trace, wording: Wording, one: _Compared, related: float) -> Match | None:
        """A later item of one affair: what came of it; late coverage where nothing did; None for a story by itself."""
        told = self._traces[one.place]
        assert told is not None  # noqa: S101 - only the living are compared
        facts = self._facts(trace, told)
        if facts and not self._names_it(trace, wording, one.place):
            return None
        came_of_it = any(is_development(root) for _, root in facts)
        if one.score >= AGREED_FROM and not came_of_it and self._fits(trace, wording, one.place):
            why = f"{self._why(trace, wording, one, related)}; later, with nothing new"
            return Match(told, Likeness.FOLLOW_UP, round(related, 2), why, ())
        if not facts or not self._is_news(facts):
            return None
        why, written = self._why(trace, wording, one, related), tuple(fact for fact, _ in facts)
        return Match(told, Likeness.FOLLOW_UP, round(related, 2), why, written)

    def _names_it(self, trace: Trace, wording: Wording, place: int) -> bool:
        """Whether the headline names the affair by more than one name or a common word, for two can share one."""
        told = self._wordings[place]
        named = _of_headline(trace).words & told.words & wording.names & told.names
        return self._rarity.weight(named - COMMON) >= NAMED_FROM

    def _same(self, trace: Trace, wording: Wording, one: _Compared, vouching: tuple[Trace, ...]) -> Match:
        told = self._traces[one.place]
        assert told is not None  # noqa: S101 - only the living are compared
        why = self._why(trace, wording, one, one.score)
        if vouching:
            why += "; so does " + ", ".join(f"“{other.title}”" for other in vouching[:2])
        facts = tuple(fact for fact, _ in self._facts(trace, told))
        return Match(told, Likeness.SAME, round(one.score, 2), why, facts, vouching)

    def _why(self, trace: Trace, wording: Wording, one: _Compared, score: float) -> str:
        told = self._traces[one.place]
        assert told is not None  # noqa: S101 - only the living are compared
        return f"like {score:.2f}: {_reasons(trace, told, wording, self._wordings[one.place], one)}"

    def _facts(self, trace: Trace, told: Trace) -> tuple[tuple[str, str], ...]:
        """What the headline says and none of the story's items does, as written and as stem."""
        members = self._stories[told.story_id]
        known = frozenset[str]().union(*(self._wordings[place].words for place in members))
        return new_in(trace, known)[:_FACTS]

    def _is_news(self, facts: tuple[tuple[str, str], ...]) -> bool:
        roots = [root for _, root in facts]
        return (
            any(is_development(root) or is_number(root) for root in roots) or self._rarity.weight(roots) >= _NEWS_FROM
        )


def _of_headline(trace: Trace) -> Wording:
    return wording_of(replace(trace, words=""))


def _hours(one: Trace, other: Trace) -> float:
    return abs((one.at - other.at).total_seconds()) / 3600


def _reasons(trace: Trace, told: Trace, wording: Wording, told_wording: Wording, one: _Compared) -> str:
    names = new_in(trace, wording.words - (told_wording.words & wording.names))
    reasons = [f"title {one.parts.title:.2f}", f"words {one.parts.words:.2f}"]
    if names:
        reasons.append("both say " + ", ".join(written for written, _ in names[:4]))
    if numbers := sorted(wording.numbers & told_wording.numbers):
        reasons.append("number " + ", ".join(numbers[:2]))
    if trace.item.source_id == told.item.source_id:
        reasons.append("one source")
    return "; ".join([*reasons, f"{one.hours:.0f} h apart"])
