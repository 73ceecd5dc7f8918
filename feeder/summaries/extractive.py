"""A Kurzfassung of whole sentences of the text, for German and English: no model, no data files.

A sentence counts by its place, by how much it says of what the whole text says (TF-IDF centroid) and of what the
headline says; what stands in it twice, or was told already, counts less (MMR). Same text, same bullets.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feeder.sentences import split_block
from feeder.summaries.passages import passages
from feeder.summaries.standing import speaks_itself, stands_alone
from feeder.summaries.stems import stems

# Telling words of a text, from which on it gets as many bullets.
_BULLETS = ((700, 5), (400, 4), (150, 3), (90, 2))
_MOST_SENTENCES = 400
_FEWEST = 2

# Chosen on one half of the recorded articles, measured on the other: docs/summaries.md.
_PLACE, _CENTRE, _HEADLINE = 0.5, 1.0, 1.4
_PLACE_FADES = 2.5
_SAME = 0.5
_OPENS_PARAGRAPH = 0.2
_SAYS_ENOUGH, _ENOUGH = 0.1, 100
_HEADLINE_IN_CENTRE = 2
_SPEAKS_ITSELF, _QUOTES = 0.3, 0.2
_TOLD = 0.7

Vector = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that may become a bullet: its place in the text, its telling words, what it is worth."""

    place: int
    words: str
    vector: Vector
    worth: float


def extract(text: str, title: str, teaser: str, room: int) -> tuple[str, ...]:
    """The sentences of a text that tell most of it, in its order: 2 to 5, together at most `room` characters.

    `text` has blank lines between paragraphs. None repeats title or teaser; a text that is too short for two has none.
    """
    found = sentences_of(text)
    size = sum(sentence.count(" ") + 1 for _, sentence in found)
    count = next((bullets for words, bullets in _BULLETS if size >= words), 0)
    chosen = choose(found, title, teaser, count, room)
    return chosen if len(chosen) >= _FEWEST else ()


def sentences_of(text: str) -> tuple[tuple[bool, str], ...]:
    """The sentences of the article in a text, each with whether it opens a paragraph; the first 400."""
    found = ((n == 0, words) for block in passages(text) for n, words in enumerate(split_block(block)))
    return tuple(one for one, _ in zip(found, range(_MOST_SENTENCES), strict=False))


def choose(found: Sequence[tuple[bool, str]], title: str, teaser: str, count: int, room: int) -> tuple[str, ...]:
    """The `count` best sentences that stand alone and fit into `room` characters, in the order of the text."""
    told = [frozenset(stems(words)) for words in (title, teaser) if words]
    rest = [one for one in _candidates(found, title) if not _is_told(one, told, teaser)]
    taken: list[_Candidate] = []
    while rest and len(taken) < count:
        best = max(rest, key=lambda one: (one.worth - _SAME * _likeness(one, taken), -one.place))
        rest.remove(best)
        if len(best.words) <= room and not any(_is_same(best, one) for one in taken):
            taken.append(best)
            room -= len(best.words)
    return tuple(one.words for one in sorted(taken, key=lambda one: one.place))


def _candidates(found: Sequence[tuple[bool, str]], title: str) -> list[_Candidate]:
    counted = [Counter(stems(words)) for _, words in found]
    rarity = _rarity(counted)
    vectors = [_weighed(words, rarity) for words in counted]
    said_above = stems(title)
    headline = _weighed(Counter(said_above), rarity)
    centre = _weighed(sum(counted, Counter(dict.fromkeys(said_above, _HEADLINE_IN_CENTRE))), rarity)
    result = []
    for place, ((opens, words), vector) in enumerate(zip(found, vectors, strict=True)):
        if not stands_alone(words):
            continue
        worth = (
            _PLACE * math.exp(-place / _PLACE_FADES)
            + _CENTRE * _cosine(vector, centre)
            + _HEADLINE * _cosine(vector, headline)
            + _OPENS_PARAGRAPH * opens
            + _SAYS_ENOUGH * (len(words) > _ENOUGH)
            - _SPEAKS_ITSELF * speaks_itself(words)
            - _QUOTES * any(mark in words for mark in '„“»"')
        )
        result.append(_Candidate(place, words, vector, worth))
    return result


def _rarity(counted: Sequence[Counter[str]]) -> Vector:
    seen = Counter(word for words in counted for word in words)
    return {word: math.log(1 + len(counted) / number) for word, number in seen.items()}


def _weighed(words: Counter[str], rarity: Vector) -> Vector:
    """The TF-IDF vector of some words, of length 1."""
    vector = {word: (1 + math.log(number)) * rarity.get(word, 1.0) for word, number in words.items()}
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {word: weight / length for word, weight in vector.items()}


def _cosine(one: Vector, other: Vector) -> float:
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


def _likeness(one: _Candidate, taken: Sequence[_Candidate]) -> float:
    return max((_cosine(one.vector, other.vector) for other in taken), default=0.0)


def _is_same(one: _Candidate, other: _Candidate) -> bool:
    return _cosine(one.vector, other.vector) > _TOLD


def _is_told(one: _Candidate, told: Sequence[frozenset[str]], teaser: str) -> bool:
    """Whether title or teaser say it: its words, or most of what it tells."""
    if not one.vector or one.words[:-1] in teaser or (teaser.endswith("…") and one.words.startswith(teaser[:-1])):
        return True
    return any(len(one.vector.keys() & words) >= _TOLD * len(one.vector) for words in told)
