"""How alike two items are: a few explainable parts, weighed by logistic regression.

The weights are fitted on the tune split of the labelled set, the thresholds chosen there:
`python -m benchmarks.same_story.fit` prints both, and docs/same-story.md says how good they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from math import exp, log1p
from operator import attrgetter
from typing import NamedTuple

from feeder.curation.wording import COMMON, Wording
from feeder.model import APART

Weigh = Callable[[Collection[str]], float]
_HALF_A_DAY = 14.0
_ANOTHER_DAY = APART.total_seconds() / 3600


class Parts(NamedTuple):
    """What two wordings have in common; symmetric. Words count by how rare they are (`Weigh`)."""

    title: float  # cosine of both headlines without kickers
    words: float  # cosine of all words
    held: float  # share of the better held headline that the other's words hold
    both_held: float  # the same of the worse held one
    shared: float  # all shared words: log(1 + their weight) / 5
    lost: float  # names of each headline that the other knows nothing of, the smaller weight: log(1 + it) / 5
    phrases: float  # log(1 + neighbours of words that both headlines have) / 3
    other_number: float  # both headlines have numbers, and none is equal
    other_count: float  # one word, counted otherwise: "Teil 2", "Teil 3"
    other_place: float  # both headlines name a region, and none is equal
    one_place: float  # only one headline names a region
    few: float  # fewer than two shared words that headlines do not often have
    rerun: float  # one headline that its source has on several days, and these are two of them
    instalment: float  # headlines of one source that only numbers tell apart
    hours: float  # log(1 + hours between) / 5
    other_day: float  # more than half a day between
    same_source: float
    opinion: float
    ticker: float
    series: float


def parts_of(
    one: Wording, other: Wording, weigh: Weigh, hours: float, same_source: bool, is_row: bool = False
) -> Parts:
    """Compare two wordings; `weigh` tells how rare words are, in sum. `is_row`: a source of theirs has its headline on
    several days."""
    one_title, other_title = weigh(one.title), weigh(other.title)
    both = one.words & other.words
    common = weigh(both)
    held = _ratio(weigh(one.title & other.words), one_title)
    other_held = _ratio(weigh(other.title & one.words), other_title)
    lost = weigh((one.title & one.names) - other.words), weigh((other.title & other.names) - one.words)
    counted = dict(one.counted)
    told_apart_by = one.title ^ other.title
    return Parts(
        title=_ratio(weigh(one.title & other.title), (one_title * other_title) ** 0.5),
        words=_ratio(common, (weigh(one.words) * weigh(other.words)) ** 0.5),
        held=max(held, other_held),
        both_held=min(held, other_held),
        shared=log1p(common) / 5,
        lost=log1p(min(lost)) / 5,
        phrases=log1p(len(one.phrases & other.phrases)) / 3,
        other_number=float(_differ(one.numbers, other.numbers)),
        other_count=float(any(counted.get(word, number) != number for word, number in other.counted)),
        other_place=float(_differ(one.places, other.places)),
        one_place=float(bool(one.places) != bool(other.places)),
        few=float(len(both - COMMON) < 2),
        rerun=float(is_row and not told_apart_by and hours > _ANOTHER_DAY),
        instalment=float(same_source and bool(told_apart_by) and all(word[0].isdigit() for word in told_apart_by)),
        hours=log1p(hours) / 5,
        other_day=float(hours > _HALF_A_DAY),
        same_source=float(same_source),
        opinion=float(one.is_opinion or other.is_opinion),
        ticker=float(one.is_ticker or other.is_ticker),
        series=float(one.is_series or other.is_series),
    )


BARS = ("other_count", "few", "rerun", "instalment")
WEIGHED = tuple(name for name in Parts._fields if name not in BARS)
_weighed = attrgetter(*WEIGHED)


def chance(parts: Parts, weights: Mapping[str, float]) -> float:
    """The logistic of the weighed parts, from 0 to 1; 0 for what is barred."""
    return 0.0 if is_barred(parts) else _logistic(parts, weights)


def likeness_unbarred(parts: Parts) -> float:
    """`sameness` without its bars: how alike two items look that may be kept apart by rule."""
    return _logistic(parts, SAME_WEIGHTS)


def _logistic(parts: Parts, weights: Mapping[str, float]) -> float:
    z = weights["base"] + sum(weights[name] * value for name, value in zip(WEIGHED, _weighed(parts), strict=True))
    return 1 / (1 + exp(-max(-30.0, min(30.0, z))))


def sameness(parts: Parts) -> float:
    """How likely both tell the same, from 0 to 1; 0 for two addresses of one source that are not plainly one piece."""
    return 0.0 if parts.same_source and not _is_one_piece(parts) else chance(parts, SAME_WEIGHTS)


def _is_one_piece(parts: Parts) -> bool:
    """Whether one source tells one piece under two addresses: it had its reason for a second, so all must agree."""
    agree = parts.title >= ONE_PIECE_TITLE and parts.words >= ONE_PIECE_WORDS
    return agree and not (parts.lost or parts.other_number or parts.series)


def is_barred(parts: Parts) -> bool:
    """Whether two items cannot be of one affair, whatever else: too little in common, two of a row, two regions'."""
    too_little = parts.shared < LEAST_SHARED or parts.few
    in_a_row = parts.other_count or parts.rerun or parts.instalment
    return bool(too_little or in_a_row or (parts.series and parts.one_place))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and one.isdisjoint(other)


# Fitted on the tune split, thresholds chosen there, cross-validated: the lowest with a precision of 0.97.
SAME_FROM = 0.89
RELATED_FROM = 0.84
# So many items of a story, worded differently, are enough at this; so is that a later item says nothing new.
AGREED_FROM, AGREEING = 0.75, 2
# From this on, two items of two stories vouch for a third that is like each.
VOUCHED_FROM = 0.8
# What the headline of a follow-up must name of the affair: two rare names, as log of how rare.
NAMED_FROM = 12.0
# What too few words have in common ("Bilder des Tages") is no story: log(1 + 14) / 5.
LEAST_SHARED = 0.54
# What two addresses of one source must agree in at least.
ONE_PIECE_TITLE, ONE_PIECE_WORDS = 0.8, 0.7
# Below this an item of a story speaks against another one.
FITS_FROM = 0.25
SAME_WEIGHTS = {
    "base": -2.08,
    "title": 1.03,
    "words": 2.81,
    "held": 1.64,
    "both_held": 1.30,
    "shared": 0.24,
    "lost": 0.11,
    "phrases": 1.06,
    "other_number": -0.89,
    "other_place": -3.25,
    "one_place": -1.27,
    "hours": -1.17,
    "other_day": -2.09,
    "same_source": -1.08,
    "opinion": 0.25,
    "ticker": -0.79,
    "series": -1.05,
}
RELATED_WEIGHTS = {
    "base": -1.47,
    "title": -0.10,
    "words": 1.34,
    "held": 2.08,
    "both_held": 2.39,
    "shared": 1.12,
    "lost": 0.04,
    "phrases": -0.03,
    "other_number": -1.74,
    "other_place": -3.51,
    "one_place": -1.81,
    "hours": -0.17,
    "other_day": -1.12,
    "same_source": -0.83,
    "opinion": 0.28,
    "ticker": -1.30,
    "series": -1.34,
}
