"""Which topics of the publication a story belongs to, and by which words: docs/curation.md, "Topics"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

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

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_ENDINGS = ("innen", "ern", "es", "em", "en", "er", "in", "e", "n", "s")
_SHORTEST_STEM = 4
_ACRONYM = 4
"""What is written in capitals and is no longer means that spelling alone: RAG, not rag."""
_HEAD, _REST = 4, 4
_FIRST_PART = 6
_COMPOUND = 8


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


@dataclass(frozen=True, slots=True)
class _Entry:
    topic: int
    word: str
    worth: float
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    stem: str


@dataclass(slots=True)
class Classifier:
    """The topics' words, looked up by stem: what a story costs does not grow with the number of words."""

    topics: Sequence[TopicWords]
    _entries: defaultdict[str, list[_Entry]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for place, topic in enumerate(self.topics):
            for words, worth in ((topic.words, 1.0), (topic.hints, HINT), (topic.against, -1.0)):
                for word in words:
                    self._learn(place, word, worth)

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

    def _learn(self, place: int, word: str, worth: float) -> None:
        tokens = _tokens(word)
        if tokens:
            rest = tuple(token.stem for token in tokens[1:])
            self._entries[tokens[0].stem].append(_Entry(place, word, worth, rest))

    def _points(self, title: str, teaser: str, tags: str) -> dict[int, dict[str, tuple[float, str]]]:
        """By topic: its words that stand there, each with what it is worth and where."""
        found: defaultdict[int, dict[str, tuple[float, str]]] = defaultdict(dict)
        for place, text in zip(PLACES, (title, teaser[:TEASER_READ], tags), strict=True):
            for entry in self._found(_tokens(text)):
                points, name = PLACES[place] * entry.worth, _stem(entry.word.lower())
                if abs(points) > abs(found[entry.topic].get(name, (0.0, ""))[0]):
                    found[entry.topic][name] = (points, f"{entry.word} ({place})")
        return found

    def _found(self, tokens: Sequence[_Token]) -> Iterator[_Entry]:
        for at, token in enumerate(tokens):
            for entry in self._entries.get(token.stem, ()):
                end = at + 1 + len(entry.rest)
                stems = tuple(one.stem for one in tokens[at + 1 : end])
                if stems == entry.rest and _spelled(entry.word, token.text):
                    yield entry
            if len(token.text) >= _COMPOUND:
                yield from self._in_compound(token)

    def _in_compound(self, token: _Token) -> Iterator[_Entry]:
        """German nouns written as one: the head at the end ("Speicherchips"), or the first part ("Gesetzentwurf")."""
        low = token.text.lower()
        for start in range(_REST, len(token.stem) - _HEAD + 1):
            yield from (entry for entry in self._entries.get(token.stem[start:], ()) if _is_noun(entry, _HEAD))
        for end in range(_FIRST_PART, len(low) - _REST + 1):
            for entry in self._entries.get(_stem(low[:end]), ()):
                if _is_noun(entry, _FIRST_PART) and low.startswith(entry.word.lower()):
                    yield entry


def _is_noun(entry: _Entry, least: int) -> bool:
    word = entry.word
    return not entry.rest and len(word) >= least and word[0].isupper() and not word.isupper() and word.isalpha()


def _tokens(text: str) -> list[_Token]:
    """Words and numbers; "Qwen3.6-Plus" is three, so that the name is found before any number."""
    return [_Token(found, _stem(found.lower())) for found in _TOKEN.findall(text)]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word[:-1] if len(word) == _SHORTEST_STEM and word[-1] == "s" else word


def _spelled(word: str, found: str) -> bool:
    return not (word.isupper() and len(word) <= _ACRONYM) or found.removesuffix("s") == word


def _why(words: dict[str, tuple[float, str]]) -> str:
    ordered = sorted(words.values(), key=lambda pair: (-pair[0], pair[1]))
    return ", ".join(f"{points:+g} {word}" for points, word in ordered)
