"""The recorded series in order, beside the feeds of the same days: no event is told twice, each merge is explained."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.model import Decision, ItemKey, Telling
from feeder.pipeline import House
from feeder.pipeline.explaining import explain
from tests.newsroom import Newsroom
from tests.proofs.recorded import Document, course, series_of
from tests.proofs.test_year import round_of
from tests.proofs.told_once import (
    Told,
    in_two_editions,
    of_one_name,
    of_one_title,
    out_of_place,
    twice_in_a_feed,
    unexplained,
)

pytestmark = pytest.mark.proofs

LOOK_BACK = timedelta(days=4)  # what ships
ASKED = 20  # stories that the command explains; each call opens the publication
# A first look takes a month of a feed; all of it is told, so that all of it could be told twice.
OPEN = '[curation]\nmax_age = "30d"\nmax_per_source = 100000\nbaseline_release = 100000\nlanguages = ["de", "en"]\n'


def test_recorded_series_beside_the_feeds_of_the_same_days_tell_no_event_twice(
    corpus: Path, newsroom: Newsroom, chance: Random, counted: Callable[[int], int]
) -> None:
    newsroom.extra = OPEN
    names = series_of(corpus)
    rounds = course(corpus, sorted(chance.sample(names, counted(len(names)))))
    addresses: defaultdict[ItemKey, set[str | None]] = defaultdict(set)
    for now, documents in rounds.items():
        serve(newsroom, documents)
        with open_house(read_config(newsroom.configure())) as opened:
            house = replace(opened, clock=partial(_moment, now))
            round_of(house)
            told = Told(house, addresses=addresses)
            assert list(wrong_with(newsroom, told)) == [], now
    with open_house(read_config(newsroom.configure())) as house:
        told = Told(house, addresses=addresses)
        assert list(wrong_with(newsroom, told)) == []
        decided = list(told.decisions())
        assert decided or counted(len(names)) < len(names), "nothing was merged: the proof proves nothing"
        assert [one for one in decided if not is_explained(house, *one, max(rounds))] == []
        assert newsroom.editions()
        print("\n".join(figures(newsroom, told, len(rounds))))  # noqa: T201 - figures
    for one, decision in chance.sample(decided, min(ASKED, len(decided))):
        assert decision.why in newsroom.run("explain", one.story.id).output


def serve(newsroom: Newsroom, documents: Sequence[Document]) -> None:
    """Let the sources show what they showed then; what has no successor is read once."""
    for one in documents:
        settings: dict[str, object] = {"rank": 30} if one.series else {"rank": 60, "rhythm": "2000d"}
        newsroom.feed(one.source, one.path.read_bytes(), language=one.language, **settings)


def wrong_with(newsroom: Newsroom, told: Told) -> Iterator[str]:
    """All that must not be, whatever came in."""
    yield from twice_in_a_feed(newsroom)
    yield from in_two_editions(told.house)
    yield from out_of_place(told)
    yield from unexplained(told)
    yield from of_one_name(told)
    yield from of_one_title(told, LOOK_BACK)


def is_explained(house: House, one: Telling, decision: Decision, now: datetime) -> bool:
    """Whether `feeder explain` has the decision with its reason and score."""
    known = explain(house, one.story, now)
    came = {(item.why, item.score) for item in known.items}
    return decision in known.decisions and (decision.what != "merged" or (decision.why, decision.score) in came)


def figures(newsroom: Newsroom, told: Told, rounds: int) -> Iterator[str]:
    """What was seen, for the eye."""
    fates = Counter(one.story.fate.value for one in told.stories.values())
    certain = Counter("by likeness" if decision.score is not None else decision.why for _, decision in told.decisions())
    follow_ups = sum(one.story.follows is not None for one in told.stories.values())
    sources, items, editions = len(newsroom.sources), len(told.items), len(newsroom.editions())
    yield f"{rounds} rounds, {sources} sources, {items} items, {editions} editions"
    yield f"{dict(fates)}, {follow_ups} of them follow-ups; merged and continued: {dict(certain)}"
    yield from (f"told apart: {words}" for words in told.apart)


def _moment(now: datetime) -> datetime:
    return now
