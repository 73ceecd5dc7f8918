"""Which of many words a text has, in any inflected form and as part of a German compound: pure, without dictionaries.

What a text costs does not grow with the number of words that are looked for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_ENDINGS = ("innen", "ern", "es", "em", "en", "er", "in", "e", "n", "s")
_SHORTEST_STEM = 4
_ACRONYM = 4
"""What is written in capitals and is no longer means that spelling alone: RAG, not rag."""
_HEAD, _REST = 4, 4
"""Letters of a compound's head and of what stands before it, at least ("Speicherchips", but not "Vorurteil")."""
_FIRST_PART = 6
"""Letters of a compound's first part, at least ("Gesetzentwurf", but not "Intelligenz", which is not of Intel)."""
_COMPOUND = _HEAD + _REST


@dataclass(frozen=True, slots=True)
class Found:
    """A word or phrase that a text has: as it was learned, and what it was learned for."""

    word: str
    key: int


@dataclass(frozen=True, slots=True)
class _Entry:
    found: Found
    rest: tuple[str, ...]


@dataclass(slots=True)
class Finder:
    """Words and phrases, looked up by the stem of their first word."""

    _entries: defaultdict[str, list[_Entry]] = field(default_factory=lambda: defaultdict(list))

    def learn(self, word: str, key: int) -> None:
        """Look for a word or phrase from now on; one without a letter or digit is never found."""
        first, *rest = [stem for _, stem in _tokens(word)] or [""]
        if first:
            self._entries[first].append(_Entry(Found(word, key), tuple(rest)))

    def find(self, text: str) -> Iterator[Found]:
        """What stands in a text, from its start; the same word as often as it stands there."""
        tokens = _tokens(text)
        for at, (word, stemmed) in enumerate(tokens):
            for entry in self._entries.get(stemmed, ()):
                following = tuple(stem for _, stem in tokens[at + 1 : at + 1 + len(entry.rest)])
                if following == entry.rest and _is_spelled(entry.found.word, word):
                    yield entry.found
            if len(word) >= _COMPOUND:
                yield from self._in_compound(word.lower(), stemmed)

    def _in_compound(self, word: str, stemmed: str) -> Iterator[Found]:
        """German nouns written as one: the head at the end, or the first part."""
        for start in range(_REST, len(stemmed) - _HEAD + 1):
            for entry in self._entries.get(stemmed[start:], ()):
                if _is_noun(entry, _HEAD) and _keeps_its_er(entry.found.word.lower(), word[start:]):
                    yield entry.found
        for end in range(_FIRST_PART, len(word) - _REST + 1):
            for entry in self._entries.get(stem(word[:end]), ()):
                if _is_noun(entry, _FIRST_PART) and word[:end] == entry.found.word.lower():
                    yield entry.found


def stem(word: str) -> str:
    """A lower-case word without its German ending or English plural."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word[:-1] if len(word) == _SHORTEST_STEM and word[-1] == "s" else word


def _tokens(text: str) -> Sequence[tuple[str, str]]:
    """Words and numbers with their stems; "Qwen3.6-Plus" is three, so that the name is found before any number."""
    return [(found, stem(found.lower())) for found in _TOKEN.findall(text)]


def _is_noun(entry: _Entry, least: int) -> bool:
    word = entry.found.word
    return not entry.rest and len(word) >= least and word[0].isupper() and not word.isupper() and word.isalpha()


def _keeps_its_er(word: str, found: str) -> bool:
    """What ends in "er" is found as a compound's head with it only: no "Richter" in "Nachricht" and "Unterricht"."""
    return not word.endswith("er") or found.startswith(word)


def _is_spelled(word: str, found: str) -> bool:
    return not (word.isupper() and len(word) <= _ACRONYM) or found.removesuffix("s") == word
