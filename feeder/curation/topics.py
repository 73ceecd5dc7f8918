"""Which topics of the publication a story belongs to, and by which words: docs/curation.md, "Topics"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from feeder.curation.finding import Finder, stem

PLACES = {"title": 3.0, "teaser": 2.0, "tags": 2.0}
"""What one of a topic's words is worth in which place; a word counts once, where it is worth most."""
HINT = 0.5
"""A hint is worth so much of a word; a word against takes away what a word is worth."""
TEASER_READ = 400
"""Characters of a teaser that are looked at: long ones touch on much that they are not about."""
THRESHOLD = 2.0
"""From so many points on a story belongs to a topic: one word suffices, a hint needs another."""
MOST = 3
"""A story belongs to the topics with the most points, at most so many."""


@dataclass(frozen=True, slots=True)
class TopicWords:
    """What places a story in a topic: words or phrases, hints that alone do not suffice, and words against it."""

    id: str
    words: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placing:
    """A topic of a story and why; `points` is None where the topic is named by its source or article."""

    topic: str
    points: float | None
    why: str


@dataclass(slots=True)
class Classifier:
    """The topics' words, ready to be looked for."""

    topics: Sequence[TopicWords]
    _finder: Finder = field(default_factory=Finder)
    _worth: list[tuple[int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for place, topic in enumerate(self.topics):
            for words, worth in ((topic.words, 1.0), (topic.hints, HINT), (topic.against, -1.0)):
                for word in words:
                    self._finder.learn(word, len(self._worth))
                self._worth.append((place, worth))

    def place(self, named: Sequence[str], title: str, teaser: str, tags: Iterable[str] = ()) -> tuple[Placing, ...]:
        """The topics that are named, and those whose words reach the threshold, in the publication's order.

        A named topic that the publication does not have is left out.
        """
        found = self._points(title, teaser, " · ".join(tags))
        scored = {place: sum(points for points, _ in words.values()) for place, words in found.items()}
        best = sorted((place for place, points in scored.items() if points >= THRESHOLD), key=lambda p: (-scored[p], p))
        placings = []
        for place, topic in enumerate(self.topics):
            if topic.id in named:
                placings.append(Placing(topic.id, None, "named by its source or article"))
            elif place in best[:MOST]:
                placings.append(Placing(topic.id, scored[place], _why(found[place])))
        return tuple(placings)

    def _points(self, title: str, teaser: str, tags: str) -> dict[int, dict[str, tuple[float, str]]]:
        """By topic: its words that stand there, each with what it is worth and where."""
        points: defaultdict[int, dict[str, tuple[float, str]]] = defaultdict(dict)
        for place, text in zip(PLACES, (title, teaser[:TEASER_READ], tags), strict=True):
            for found in self._finder.find(text):
                topic, worth = self._worth[found.key]
                name = stem(found.word.lower())
                if PLACES[place] * abs(worth) > abs(points[topic].get(name, (0.0, ""))[0]):
                    points[topic][name] = (PLACES[place] * worth, f"{found.word} ({place})")
        return points


def _why(words: dict[str, tuple[float, str]]) -> str:
    ordered = sorted(words.values(), key=lambda pair: (-pair[0], pair[1]))
    return ", ".join(f"{points:+g} {word}" for points, word in ordered)
