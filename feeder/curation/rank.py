"""How much a story matters to the publication's readers: a score, and the parts that it is the sum of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from feeder.curation.finding import Finder

PINNED = 10_000.0
"""A pinned story leads, whatever else."""
OWN = 2_000.0
"""Our own articles come before everything else; interests, of which each has at most 100, order them."""
INTERESTS = 500.0
"""All interests together move a story by no more than this."""
MIDDLE = 50
"""The rank at which a source adds nothing; each place better or worse is a point."""
FOREIGN = -40.0
"""Another language than the publication's: so what a maker writes in English of himself (rank 10) stands below what
is reported in German (rank 39 at worst), and above what is reported in English."""
FURTHER = 10.0
"""For each further site that tells it, at most five."""
SITES = 5
PER_DAY = -6.0
"""For each day since its release, by hours, at most a week."""
OLDEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Interest:
    """What the publication is interested in, more (up to 100) or less (down to -100).

    A story is meant if it has one of the words (in any inflected form) or names (spelled so) in title or teaser, stands
    in one of the topics, or is led by one of the sources: each kind that is given has to hold.
    """

    weight: float
    words: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What of a story is ranked: `rank` is that of its lead's source, `sites` those that tell it, the lead's too.
    `pinned` is told in the zone that it comes in."""

    title: str
    teaser: str
    topics: tuple[str, ...]
    source: str
    rank: int
    is_own: bool
    language: str
    sites: frozenset[str]
    released: datetime | None
    pinned: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """What one reason adds to a score."""

    name: str
    points: float
    why: str


@dataclass(frozen=True, slots=True)
class Score:
    """`total` is the sum of the parts, to a tenth of a point."""

    total: float
    parts: tuple[Part, ...]


@dataclass(slots=True)
class Ranking:
    """The publication's interests and language."""

    interests: Sequence[Interest]
    language: str
    _finder: Finder = field(default_factory=Finder)

    def __post_init__(self) -> None:
        for place, interest in enumerate(self.interests):
            for word in interest.words:
                self._finder.learn(word, place)

    def rank(self, subject: Subject, at: datetime) -> Score:
        """Score a story as of a moment: an edition's cutoff, or now."""
        parts = []
        if subject.pinned is not None and subject.pinned > at:
            parts.append(Part("pinned", PINNED, f"until {subject.pinned:%Y-%m-%d %H:%M}"))
        if subject.is_own:
            parts.append(Part("own", OWN, "an article of our own"))
        parts.append(Part("source", float(MIDDLE - subject.rank), f"{subject.source} has rank {subject.rank}"))
        if subject.language != self.language:
            parts.append(Part("language", FOREIGN, f"told in {subject.language}, not in {self.language}"))
        if further := min(max(len(subject.sites) - 1, 0), SITES):
            parts.append(Part("coverage", FURTHER * further, f"{len(subject.sites)} sites tell it"))
        parts += self._interests(subject)
        if subject.released is not None and (age := min(max(at - subject.released, timedelta()), OLDEST)):
            hours = int(age / timedelta(hours=1))
            if points := round(PER_DAY * hours / 24, 1):
                parts.append(Part("age", points, f"released {hours} hours before"))
        return Score(round(sum(part.points for part in parts), 1), tuple(parts))

    def _interests(self, subject: Subject) -> list[Part]:
        words = f"{subject.title}\n{subject.teaser}"
        found: dict[int, str] = {}
        for one in self._finder.find(words):
            found.setdefault(one.key, one.word)
        parts = []
        for place, interest in enumerate(self.interests):
            if (meant := _meant(interest, subject, words, found.get(place))) is not None:
                parts.append(Part("interest", interest.weight, interest.why or meant))
        total = sum(part.points for part in parts)
        if (bounded := max(-INTERESTS, min(INTERESTS, total))) != total:
            parts.append(Part("interests", round(bounded - total, 1), f"all together count no more than {INTERESTS:g}"))
        return parts


def _meant(interest: Interest, subject: Subject, words: str, word: str | None) -> str | None:
    """By what a story is meant; None if it is not."""
    name = next((name for name in interest.names if has_name(words, name)), None)
    topic = next((topic for topic in interest.topics if topic in subject.topics), None)
    source = subject.source if subject.source in interest.sources else None
    kinds = (
        (interest.words, word, "word"),
        (interest.names, name, "name"),
        (interest.topics, topic, "topic"),
        (interest.sources, source, "source"),
    )
    if not any(given for given, _, _ in kinds) or any(given and found is None for given, found, _ in kinds):
        return None
    return ", ".join(f"{kind} {found}" for given, found, kind in kinds if given)


def company_of(title: str, names: Sequence[str]) -> str | None:
    """The first of the names that a title has, by which it counts as about that company."""
    places = ((match.start(), name) for name in names if (match := _name(name).search(title)) is not None)
    return min(places, default=(0, None))[1]


def has_name(words: str, name: str) -> bool:
    """Whether a name stands in a text, spelled so, or with a genitive s."""
    return _name(name).search(words) is not None


@cache
def _name(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}s?(?!\w)")
