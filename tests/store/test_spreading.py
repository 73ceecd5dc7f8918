"""Equal times are moved apart by a second, once, when stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.model import Fate, ItemKey, Story
from feeder.store import Store
from tests.store.samples import DAY, HOUR, NOW, SECOND, decision, gather, item, revision, story, told

HALF = timedelta(microseconds=500_000)
DAYS = count()  # one for each example: what others left in the store is far away


def test_three_hundred_stories_told_at_once_have_three_hundred_times(store: Store):
    gather(store, *[item(str(n)) for n in range(300)])
    stories = [told(store, str(n)) for n in range(300)]
    assert len({one.updated for one in stories}) == 300
    assert all(one.released == one.updated and _updated(one) <= NOW for one in stories)
    shown = store.stories.published(None, withdrawn_after=NOW)
    assert [telling.story.id for telling in shown] == [one.id for one in stories], "what was told first is the newest"


def test_the_next_batch_is_newer_than_the_last_if_there_is_room(store: Store):
    first = [told(store, str(n)) for n in range(5)]
    later = [told(store, str(n), at=NOW + HOUR) for n in range(5, 10)]
    assert min(_updated(one) for one in later) > max(_updated(one) for one in first)


def test_two_batches_in_one_second_share_no_time(store: Store):
    batch = [told(store, str(n), at=NOW + n % 3 * HALF) for n in range(9)]
    seconds = {_updated(one).replace(microsecond=0) for one in batch}
    assert len(seconds) == 9
    assert max(seconds) <= NOW + SECOND


def test_an_own_article_keeps_its_past_date_and_only_its_update_is_moved(store: Store):
    date = NOW - 30 * DAY
    gather(store, *[item(f"own{n}") for n in range(5)])
    own = [_own(store, f"own{n}", date) for n in range(5)]
    assert {one.released for one in own} == {date}
    assert [one.updated for one in own] == [date + n * SECOND for n in range(5)]


def test_an_article_that_names_its_own_update_has_it(store: Store):
    gather(store, item("1"), item("2"))
    date = NOW - 30 * DAY
    assert _own(store, "1", date, date + DAY).updated == date + DAY
    assert _own(store, "2", date, date - DAY).updated == date + SECOND * 0, "not before its release"


def test_an_update_is_not_before_a_release_within_a_second(store: Store):
    gather(store, item("1"), item("2"))
    date = NOW - DAY + HALF
    assert _own(store, "1", date).updated == NOW - DAY + SECOND
    assert _own(store, "2", date).updated == NOW - DAY + 2 * SECOND


def test_articles_of_a_moment_ago_are_not_dated_in_the_future_while_there_is_room(store: Store):
    gather(store, *[item(str(n)) for n in range(6)])
    own = [_own(store, str(n), NOW - 5 * SECOND) for n in range(6)]
    assert len({one.updated for one in own}) == 6
    assert all(NOW - 5 * SECOND <= _updated(one) <= NOW for one in own)


def test_a_date_in_the_future_is_the_moment_of_the_decision(store: Store):
    gather(store, item("1"))
    assert _own(store, "1", NOW + DAY).released == NOW


def test_a_revision_moves_the_update_to_its_own_time(store: Store):
    for name in "123":
        told(store, name)
    revised = [
        store.stories.revise(revision(name, 2, at=NOW + HOUR), decision(name, "revised"), None) for name in "123"
    ]
    assert [one.updated for one in revised] == [NOW + HOUR - n * SECOND for n in range(3)]


def test_a_revision_in_the_same_second_goes_forward_because_readers_must_see_it(store: Store):
    first = told(store, "1")
    told(store, "2")
    second = store.stories.revise(revision(n=2), decision(what="revised"), None)
    third = store.stories.revise(revision(n=3), decision(what="revised"), None)
    assert _updated(first) < _updated(second) < _updated(third)
    assert third.updated == NOW + 2 * SECOND


def test_a_revision_dated_before_the_last_one_still_comes_after_it(store: Store):
    told(store, "1")
    revised = store.stories.revise(revision(n=2, at=NOW - DAY), decision(what="revised"), None)
    assert revised.updated == NOW + SECOND


def test_a_withdrawal_in_the_second_of_the_release_is_an_update_too(store: Store):
    first = told(store, "1")
    gone = store.stories.decide(decision(what="withdrawn"), Fate.WITHDRAWN)
    assert _updated(gone) > _updated(first)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(-4, 0), st.booleans()), max_size=8))
def test_whatever_is_told_when_no_two_updates_are_equal(store: Store, moves: list[tuple[int, int, bool]]):
    day = next(DAYS)
    for n, (at, age, revised) in enumerate(moves):
        name = f"{day}-{n}"
        gather(store, item(name))
        moment = NOW + day * DAY + at * HALF
        own = _own(store, name, moment + age * SECOND, at=moment)
        if revised:
            own = store.stories.revise(revision(name, 2, at=moment), decision(name, "revised"), None)
        assert own.released is not None
        assert own.released <= _updated(own)
    seconds = [page.updated.replace(microsecond=0) for page in store.stories.pages()]
    assert len(set(seconds)) == len(seconds)


@pytest.mark.parametrize("spread", [False, True])
def test_telling_again_moves_nothing(store: Store, spread: bool):
    first = told(store, "1")
    if spread:
        told(store, "2")
    assert told(store, "1", at=NOW + HOUR) == first


def _own(store: Store, name: str, date: datetime, updated: datetime | None = None, *, at: datetime = NOW) -> Story:
    wanted = story(name, released=date, updated=updated)
    return store.stories.tell(wanted, revision(name), decision(name, at=at), ItemKey("heise", name))


def _updated(one: Story) -> datetime:
    assert one.updated is not None
    return one.updated
