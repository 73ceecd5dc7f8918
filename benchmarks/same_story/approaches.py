"""The ways of telling that two items are one story, each as a yes or no about a pair; rivals by their documentation.

Thresholds of what is ours to choose are chosen on the tune split, as that of the shipped check is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from datasketch import MinHash
from rapidfuzz import fuzz

from benchmarks.same_story.fit import lowest
from benchmarks.same_story.labelled import Pair
from feeder.addresses import url_key
from feeder.curation.likeness import SAME_FROM
from feeder.curation.same_story import Window
from feeder.curation.wording import headline, wording_of
from feeder.model import Trace

Says = Callable[[Pair], bool]
Scores = Callable[[Pair], float]
PRECISION = 0.97


@dataclass(frozen=True, slots=True)
class Approach:
    """A name for the table and a yes or no."""

    name: str
    says: Says


def rivals(urls: Mapping[str, str]) -> list[Approach]:
    """What others do."""
    return [
        Approach("exact URL (canonical)", lambda pair: _address(pair.one, urls) == _address(pair.other, urls)),
        Approach("rapidfuzz token_sort_ratio ≥ 85, titles", lambda pair: _fuzz(fuzz.token_sort_ratio, pair) >= 85),
        Approach("rapidfuzz token_set_ratio ≥ 85, titles", lambda pair: _fuzz(fuzz.token_set_ratio, pair) >= 85),
        Approach("rapidfuzz WRatio ≥ 85, titles", lambda pair: _fuzz(fuzz.WRatio, pair) >= 85),
        Approach("reader entry_dedupe, as shipped", _entry_dedupe),
        Approach("reader entry_dedupe, titles only (once.title)", _entry_dedupe_title),
    ]


def ours(window: Window, tune: Sequence[Pair], traces: Sequence[Trace]) -> list[Approach]:
    """Four of our own; the last one is shipped."""
    cosine = _Cosine(traces)
    return [
        _tuned("rapidfuzz token_set + names in common", _set_and_names, tune),
        _tuned("cosine of TF-IDF, titles and teasers", cosine.score, tune),
        _tuned("MinHash of word stems (datasketch, 128)", _minhash, tune),
        Approach("feeder: weighed parts (shipped)", lambda pair: window.score(pair.one, pair.other) >= SAME_FROM),
    ]


def _tuned(name: str, score: Scores, tune: Sequence[Pair]) -> Approach:
    at = lowest([score(pair) for pair in tune], [pair.is_same for pair in tune], PRECISION)
    return Approach(f"{name} ≥ {at:.2f}", lambda pair: score(pair) >= at)


def _address(trace: Trace, urls: Mapping[str, str]) -> str:
    return url_key(urls.get(trace.story_id, trace.item.uid))


def _fuzz(ratio: Callable[[str, str], float], pair: Pair) -> float:
    return ratio(pair.one.title.casefold(), pair.other.title.casefold())


def _set_and_names(pair: Pair) -> float:
    one, other = wording_of(pair.one), wording_of(pair.other)
    titles = fuzz.token_set_ratio(headline(pair.one.title)[1].casefold(), headline(pair.other.title)[1].casefold())
    fewer = min(len(one.names), len(other.names)) or 1
    return 0.6 * titles / 100 + 0.4 * len(one.names & other.names) / fewer


class _Cosine:
    def __init__(self, traces: Sequence[Trace]) -> None:
        self._counts = Counter(word for trace in traces for word in wording_of(trace).words)
        self._size = len(traces)

    def _weight(self, word: str) -> float:
        return log((1 + self._size) / (1 + self._counts[word])) + 1

    def score(self, pair: Pair) -> float:
        one, other = wording_of(pair.one).words, wording_of(pair.other).words
        sizes = [sum(self._weight(word) ** 2 for word in words) ** 0.5 for words in (one, other)]
        return sum(self._weight(word) ** 2 for word in one & other) / ((sizes[0] * sizes[1]) or 1)


def _minhash(pair: Pair) -> float:
    sketches = []
    for trace in (pair.one, pair.other):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([word.encode() for word in wording_of(trace).words])
        sketches.append(sketch)
    return float(sketches[0].jaccard(sketches[1]))


# reader's plugin (reader.readthedocs.io, plugins, entry_dedupe, "How duplicates are discovered"): entries of one feed
# with equal titles (case, accents, punctuation and space aside) and contents of at least 48 words that are alike by
# the weighed Jaccard index of n-grams; the longer content is cut to the shorter one, and what counts as alike rises
# with length. Taken across feeds here: within one, it would find none of what this set is about.
_TOKEN = re.compile(r"\w+")
_SHORTEST = 48
_ALIKE = ((400, 4, 0.85), (800, 4, 0.875))


def _entry_dedupe_title(pair: Pair) -> bool:
    one, other = _tokens(pair.one.title), _tokens(pair.other.title)
    return bool(one) and one == other


def _entry_dedupe(pair: Pair) -> bool:
    short, long = sorted((_tokens(pair.one.words), _tokens(pair.other.words)), key=len)
    if not _entry_dedupe_title(pair) or len(short) < _SHORTEST:
        return False
    if len(long) > 1.5 * len(short):
        long = long[: len(short)]
    one, other = " ".join(short), " ".join(long)
    size, needed = next(((n, least) for most, n, least in _ALIKE if len(one) <= most), _ALIKE[-1][1:])
    grams = [Counter(text[i : i + size] for i in range(len(text) - size + 1)) for text in (one, other)]
    return (grams[0] & grams[1]).total() / ((grams[0] | grams[1]).total() or 1) >= needed


def _tokens(text: str) -> tuple[str, ...]:
    bare = "".join(char for char in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(char))
    return tuple(_TOKEN.findall(bare))
