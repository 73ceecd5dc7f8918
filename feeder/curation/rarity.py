"""How telling words are: the rarer in what was told of late, the more (inverse document frequency)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from math import fsum, log

from feeder.curation.wording import COMMON

# As if so many other headlines had been seen, in which common words are that frequent: a small window is sensible too.
_UNSEEN = 1000
_COMMON_COUNT, _RARE_COUNT = 10.0, 0.5


class Rarity(dict[str, float]):
    """The logarithm of how often each word was seen; reckoned anew for the words of a text that comes or goes only."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, int] = {}
        self._texts = 0
        self._top = log(_UNSEEN)

    def __missing__(self, word: str) -> float:
        prior = _COMMON_COUNT if word in COMMON else _RARE_COUNT
        value = self[word] = log(self._counts.get(word, 0) + prior)
        return value

    def learn(self, words: Iterable[str], texts: int = 1) -> None:
        """Count one text more, or with `texts=-1` one less."""
        self._texts += texts
        self._top = log(self._texts + _UNSEEN)
        for word in words:
            self._counts[word] = self._counts.get(word, 0) + texts
            self.pop(word, None)

    def weight(self, words: Collection[str]) -> float:
        """The sum over some words; exact, so that the order in which Python keeps a set changes nothing."""
        return len(words) * self._top - fsum(map(self.__getitem__, words))
