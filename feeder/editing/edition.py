"""Which stories stand where in an edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from feeder.model import EditionSection, SectionKind, Telling

IN_A_ROW = 2
"""So many stories of one company may follow each other, wherever others can stand between."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that is to stand in an edition. `company`: the one that it is about, if any; `bound`: whether the bounds
    of source and topic hold for it, as they do for all but our own, what is pinned and what an editor put first."""

    telling: Telling
    score: float
    company: str | None = None
    bound: bool = True


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many stories are told, in all, of one source and of one topic; None is no bound. `top`: so many stand on
    top after the first, whatever their topic."""

    size: int
    per_source: int | None = None
    per_topic: int | None = None
    top: int = 0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The sections of an edition; the first `told` stories are told, the others stand as links."""

    sections: tuple[EditionSection, ...]
    told: int


def arrange(
    candidates: Sequence[Candidate], topics: Sequence[str], bounds: Bounds, first: Sequence[str] = ()
) -> Arrangement:
    """Let the story with the best score lead, the next ones stand on top, and the others by topic in the publication's
    order.

    A story stands once, under the first of its topics. Stories of no topic, and then what goes beyond the bounds, stand
    last. Among equal scores the newest comes first. The stories whose ids an editor put `first` come before all others,
    in that order, whatever their score; those that fit no more on top begin their topics. No three stories of one
    company follow each other within a part if the part's stories can be ordered so.
    """
    wanted = {story_id: place for place, story_id in enumerate(dict.fromkeys(first))}
    ordered = sorted((_freed(one, wanted) for one in candidates), key=lambda one: (_rank(one, wanted), _order(one)))
    told, linked = _chosen(ordered, topics, bounds)
    if not told:
        return Arrangement((), 0)
    sheet = _Sheet(wanted)
    sheet.add(SectionKind.LEAD, told[:1])
    sheet.add(SectionKind.TOP, told[1 : 1 + bounds.top])
    rest = told[1 + bounds.top :]
    for topic in topics:
        sheet.add(SectionKind.TOPIC, [one for one in rest if _topic(one, topics) == topic], topic=topic)
    sheet.add(SectionKind.TOPIC, [one for one in rest if _topic(one, topics) is None], linked)
    return Arrangement(tuple(sheet.sections), len(told))


@dataclass(slots=True)
class _Sheet:
    """The sections so far, and the stories in them in their order."""

    wanted: Mapping[str, int]
    sections: list[EditionSection] = field(default_factory=list)
    placed: list[Candidate] = field(default_factory=list)

    def add(self, kind: SectionKind, *parts: Sequence[Candidate], topic: str | None = None) -> None:
        """Make a section of stories, if there are any; no part of it mixes with another."""
        start = len(self.placed)
        for part in parts:
            fixed = [one for one in part if _rank(one, self.wanted) < len(self.wanted)]
            self.placed += fixed
            self.placed += _varied(part[len(fixed) :], self.placed)
        if stories := tuple(map(_place, self.placed[start:])):
            self.sections.append(EditionSection(topic, stories, kind))


def _freed(one: Candidate, wanted: Mapping[str, int]) -> Candidate:
    return replace(one, bound=False) if one.telling.story.id in wanted else one


def _rank(one: Candidate, wanted: Mapping[str, int]) -> int:
    """Where an editor put a story; after all that they put somewhere, where they said nothing."""
    return wanted.get(one.telling.story.id, len(wanted))


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
