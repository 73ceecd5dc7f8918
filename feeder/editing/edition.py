"""Which stories stand where in an edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from feeder.model import EditionSection, Telling

IN_A_ROW = 2
"""So many stories of one company may follow each other, wherever others can stand between."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that is to stand in an edition. `company`: the one that it is about, if any; `bound`: whether the bounds
    of source and topic hold for it, as they do for all but our own and what is pinned."""

    telling: Telling
    score: float
    company: str | None = None
    bound: bool = True


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many stories are told, in all, of one source and of one topic; None is no bound."""

    size: int
    per_source: int | None = None
    per_topic: int | None = None


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The sections of an edition; the first `told` stories are told, the others stand as links."""

    sections: tuple[EditionSection, ...]
    told: int


def arrange(candidates: Sequence[Candidate], topics: Sequence[str], bounds: Bounds) -> Arrangement:
    """Put the story with the best score first, then the others by topic in the publication's order.

    A story stands once, under the first of its topics. Stories of no topic, and then what goes beyond the bounds, stand
    last. Among equal scores the newest comes first. No three stories of one company follow each other within a part if
    the part's stories can be ordered so.
    """
    told, linked = _chosen(sorted(candidates, key=_order), topics, bounds)
    if not told:
        return Arrangement((), 0)
    placed, sections = told[:1], [EditionSection(None, (_place(told[0]),))]
    rest = told[1:]
    for topic in topics:
        if stories := _varied([one for one in rest if _topic(one, topics) == topic], placed):
            sections.append(EditionSection(topic, tuple(map(_place, stories))))
            placed += stories
    loose = _varied([one for one in rest if _topic(one, topics) is None], placed)
    if last := [*loose, *_varied(linked, [*placed, *loose])]:
        sections.append(EditionSection(None, tuple(map(_place, last))))
    return Arrangement(tuple(sections), len(told))


def _chosen(
    ordered: Sequence[Candidate], topics: Sequence[str], bounds: Bounds
) -> tuple[list[Candidate], list[Candidate]]:
    """What is told, and what is over a bound, each in its order."""
    told: list[Candidate] = []
    linked: list[Candidate] = []
    sources: Counter[str] = Counter()
    themes: Counter[str] = Counter()
    for one in ordered:
        source, topic = one.telling.story.lead.source_id, _topic(one, topics)
        full = _is_full(sources[source], bounds.per_source) or (
            topic is not None and _is_full(themes[topic], bounds.per_topic)
        )
        if len(told) >= bounds.size or (one.bound and full):
            linked.append(one)
            continue
        told.append(one)
        sources[source] += one.bound
        if topic is not None:
            themes[topic] += one.bound
    return told, linked


def _is_full(count: int, bound: int | None) -> bool:
    return bound is not None and count >= bound


def _varied(stories: Sequence[Candidate], before: Sequence[Candidate]) -> list[Candidate]:
    """The stories in their order, but none as the third of its company in a row if that can be avoided."""
    waiting, row = list(stories), [one.company for one in before[-IN_A_ROW:]]
    counts = Counter(one.company for one in stories)
    placed = []
    while waiting:
        free = [one for one in waiting if not _is_third(one.company, row)] or waiting
        choice = next((one for one in free if _leaves_room(one.company, counts, row)), free[0])
        waiting.remove(choice)
        counts[choice.company] -= 1
        row = [*row, choice.company][-IN_A_ROW:]
        placed.append(choice)
    return placed


def _is_third(company: str | None, row: Sequence[str | None]) -> bool:
    return company is not None and list(row) == [company] * IN_A_ROW


def _leaves_room(company: str | None, counts: Counter[str | None], row: Sequence[str | None]) -> bool:
    """Whether the others can still be ordered so that no company stands three times in a row."""
    rest = counts.total() - 1
    for name, count in counts.items():
        left = count - (name == company)
        if name is None or left <= 0:
            continue
        started = 0 if name != company else 2 if list(row[-1:]) == [name] else 1
        if left > IN_A_ROW * (rest - left + 1) - started:
            return False
    return True


def _topic(one: Candidate, topics: Sequence[str]) -> str | None:
    return next((topic for topic in topics if topic in one.telling.revision.topics), None)


def _place(one: Candidate) -> tuple[str, int]:
    return one.telling.story.id, one.telling.revision.n


def _order(one: Candidate) -> tuple[float, float, str]:
    released = one.telling.story.released
    return -one.score, -released.timestamp() if released else 0.0, one.telling.story.id
