"""How alike two items are: a few explainable parts, weighed by logistic regression.

The weights are fitted on the tune split of the labelled set and printed by `python -m benchmarks.same_story.fit`;
nothing else is to change them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from math import exp, log1p

from feeder.curation.wording import Wording

Weigh = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Parts:
    """What two wordings have in common, each symmetric, most of them from 0 to 1."""

    title: float  # cosine of the weighed words of both headlines
    held: float  # share of the better held headline that the other's headline and words hold
    both_held: float  # the same of the worse held one
    words: float  # cosine of all words
    shared: float  # how telling the shared words are together, log(1 + sum of weights) / 5
    names: float  # the same of shared words with a capital in both
    phrases: float  # log(1 + shared neighbours of words) / 3
    number: float  # a number of both headlines is equal
    other_number: float  # both headlines have numbers, and none is equal
    other_count: float  # the same word is counted otherwise: "Teil 2", "Teil 3"
    hours: float  # log(1 + hours between)/5
    same_source: float
    opinion: float  # one comments, the other does not, or both do
    ticker: float
    series: float


def parts_of(one: Wording, other: Wording, weigh: Weigh, hours: float, same_source: bool) -> Parts:
    """Compare two wordings; `weigh` tells how rare a word is (inverse document frequency)."""
    titles = set(one.title) & set(other.title)
    one_title, other_title = _sum(one.title, weigh), _sum(other.title, weigh)
    shared = one.words & other.words
    common = _sum(shared, weigh)
    held = (_held(one, other, weigh, one_title), _held(other, one, weigh, other_title))
    counted = dict(one.counted)
    return Parts(
        title=_ratio(_sum(titles, weigh), one_title, other_title),
        held=max(held),
        both_held=min(held),
        words=_ratio(common, _sum(one.words, weigh), _sum(other.words, weigh)),
        shared=log1p(common) / 5,
        names=log1p(_sum(one.names & other.names, weigh)) / 5,
        phrases=log1p(len(one.phrases & other.phrases)) / 3,
        number=float(bool(one.numbers & other.numbers)),
        other_number=float(bool(one.numbers and other.numbers) and not one.numbers & other.numbers),
        other_count=float(any(counted.get(word, number) != number for word, number in other.counted)),
        hours=log1p(hours) / 5,
        same_source=float(same_source),
        opinion=float(one.opinion or other.opinion),
        ticker=float(one.ticker or other.ticker),
        series=float(one.series or other.series),
    )


def _sum(words: Iterable[str], weigh: Weigh) -> float:
    return sum(map(weigh, words))


def _held(one: Wording, other: Wording, weigh: Weigh, total: float) -> float:
    return _sum((word for word in one.title if word in other.words), weigh) / total if total else 0.0


def _ratio(common: float, one: float, other: float) -> float:
    return common / (one * other) ** 0.5 if one and other else 0.0


NAMES = tuple(field.name for field in fields(Parts))


def chance(parts: Parts, weights: dict[str, float]) -> float:
    """The logistic of the weighed parts, from 0 to 1."""
    z = weights["base"] + sum(weights[name] * getattr(parts, name) for name in NAMES)
    return 1 / (1 + exp(-max(-30.0, min(30.0, z))))


# Fitted on the tune split; thresholds chosen there.
SAME_FROM = 0.9
RELATED_FROM = 0.9
FITS_FROM = 0.2
SAME_WEIGHTS = {
    "base": -2.77, "title": 1.12, "held": 1.82, "both_held": 1.44, "words": 2.04, "shared": 1.07, "names": 0.43,
    "phrases": -0.01, "number": -0.43, "other_number": -1.1, "other_count": -1.02, "hours": -2.81, "same_source": -1.22,
    "opinion": -1.08, "ticker": -0.59, "series": -0.53,
}  # fmt: skip
RELATED_WEIGHTS = SAME_WEIGHTS
