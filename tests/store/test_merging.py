"""Making one story of two: what goes where, what is refused, and what never comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from feeder.errors import StoreError
from feeder.model import Coverage, Decision, EditionStatus, Fate, ItemKey, StoryRevision
from feeder.store import Store
from tests.store import contender
from tests.store.samples import (
    DAY,
    HOUR,
    NOW,
    decision,
    gather,
    identity,
    item,
    revision,
    rows_written,
    told,
    trace,
)
from tests.store.test_contention import in_processes
from tests.store.test_editions import edition

ELDER, YOUNGER = identity("1"), identity("2")
ONE, TWO, GOLEM = ItemKey("heise", "1"), ItemKey("heise", "2"), ItemKey("golem", "9")


def grown(n: int = 2) -> StoryRevision:
    lines = (*revision().coverage, Coverage("golem", "Golem", "Dasselbe", None, NOW, "de"))
    return revision(n=n, coverage=lines, at=NOW + HOUR)


def one_event(**more: Any) -> Decision:
    values: dict[str, Any] = {"who": "ada", "why": "dasselbe Ereignis", "at": NOW + HOUR, "item": None}
    return decision("2", "merged", **values | more)


def two(store: Store, **more: Any) -> None:
    """Two stories, the younger with a second item."""
    told(store, "1", trace=trace("1"))
    told(store, "2", trace=trace("2"), **more)
    gather(store, item("9", "golem"))
    joined = decision("2", "merged", item=GOLEM)
    store.stories.attach(YOUNGER, GOLEM, joined, trace=replace(trace("9", "golem"), story_id=YOUNGER))


def test_the_items_of_the_younger_become_the_elders_and_the_younger_points_to_it(store: Store):
    two(store)
    before = store.stories.get(ELDER)
    elder = store.stories.merge(ELDER, YOUNGER, one_event(), grown())
    assert before is not None
    assert elder == replace(before, revision=2, touched=True)
    younger = store.stories.get(YOUNGER)
    assert younger is not None
    assert (younger.fate, younger.merged_into, younger.withdrawn) == (Fate.WITHDRAWN, ELDER, NOW + HOUR)
    assert younger.updated is not None
    assert younger.updated >= NOW
    assert store.stories.items(ELDER) == (ONE, TWO, GOLEM)
    assert store.stories.items(YOUNGER) == ()
    assert {one.story_id for one in store.stories.window(NOW)} == {ELDER}
    assert store.items.waiting() == ()
    assert store.stories.decisions(YOUNGER)[-1] == one_event()
    came = [(one.item, one.what, one.why) for one in store.stories.decisions(ELDER)[1:]]
    assert came == [(TWO, "merged", "dasselbe Ereignis"), (GOLEM, "merged", "dasselbe Ereignis")]


def test_a_younger_that_was_never_out_is_dropped(store: Store):
    two(store, fate=Fate.HELD, due=NOW + DAY)
    store.stories.merge(ELDER, YOUNGER, one_event())
    younger = store.stories.get(YOUNGER)
    assert younger is not None
    assert (younger.fate, younger.merged_into, younger.due, younger.updated) == (Fate.DROPPED, ELDER, None, None)
    assert store.stories.due(NOW + DAY) == ()


def test_a_merge_twice_is_one(store: Store):
    two(store)
    once = store.stories.merge(ELDER, YOUNGER, one_event(), grown())
    with rows_written(store) as written:
        assert store.stories.merge(ELDER, YOUNGER, one_event(), grown()) == once
    assert written == []


def test_what_pointed_to_the_younger_points_to_the_elder(store: Store):
    two(store)
    told(store, "3")
    told(store, "4", follows=YOUNGER)
    store.stories.merge(YOUNGER, identity("3"), decision("3", "merged"))
    store.stories.merge(ELDER, YOUNGER, one_event())
    pointing = [store.stories.get(identity(name)) for name in "34"]
    assert [(one.merged_into, one.follows) for one in pointing if one] == [(ELDER, None), (None, ELDER)]
    assert store.stories.items(ELDER) == (ONE, TWO, GOLEM, ItemKey("heise", "3"))


def test_an_elder_that_followed_what_is_merged_into_it_follows_nothing(store: Store):
    told(store, "2")
    told(store, "1", follows=YOUNGER)
    assert store.stories.merge(ELDER, YOUNGER, one_event()).follows is None


def test_a_merged_story_never_comes_back_and_says_where_it_is(store: Store):
    two(store)
    store.stories.merge(ELDER, YOUNGER, one_event())
    for fate in (Fate.RELEASED, Fate.HELD):
        with pytest.raises(StoreError, match=f"was merged into {ELDER}"):
            store.stories.decide(decision("2", fate, who="ada", at=NOW + DAY), fate)
    told(store, "3")
    for elder, younger, about in ((ELDER, YOUNGER, "2"), (identity("3"), YOUNGER, "2"), (YOUNGER, identity("3"), "3")):
        if elder != ELDER:
            with pytest.raises(StoreError, match=f"was merged into {ELDER} already"):
                store.stories.merge(elder, younger, decision(about, "merged"))


def test_what_comes_later_of_a_merged_story_comes_to_the_elder(store: Store):
    two(store)
    store.stories.merge(ELDER, YOUNGER, one_event())
    gather(store, item("8", "golem"))
    late = ItemKey("golem", "8")
    with pytest.raises(StoreError, match="is now told in"):
        store.stories.attach(YOUNGER, late, decision("2", "merged"), revision=revision("2", 2))
    assert store.stories.attach(YOUNGER, late, decision("2", "merged")).id == ELDER
    assert store.stories.items(ELDER)[-1] == late


def test_an_item_of_a_merged_story_that_was_forgotten_comes_back_to_the_elder(store: Store):
    two(store)
    store.stories.merge(ELDER, YOUNGER, one_event())
    store.housekeep(NOW + 500 * DAY, items=30 * DAY, keys=400 * DAY)
    assert store.items.get(TWO) is None
    assert told(store, "2", at=NOW + 500 * DAY).id == ELDER


def test_the_wrong_ones_are_not_merged(store: Store):
    two(store)
    told(store, "held", fate=Fate.HELD)
    told(store, "gone")
    store.stories.decide(decision("gone", "withdrawn"), Fate.WITHDRAWN)
    with pytest.raises(StoreError, match="with itself"):
        store.stories.merge(ELDER, ELDER, decision("1", "merged"))
    with pytest.raises(StoreError, match="is held and"):
        store.stories.merge(identity("held"), YOUNGER, one_event())
    with pytest.raises(StoreError, match="is withdrawn, so nothing"):
        store.stories.merge(identity("gone"), YOUNGER, one_event())
    assert store.stories.items(YOUNGER) == (TWO, GOLEM)


def test_a_merge_on_outdated_words_is_refused_whole(store: Store):
    two(store)
    with pytest.raises(StoreError, match="is at revision 1"):
        store.stories.merge(ELDER, YOUNGER, one_event(), grown(3))
    store.stories.revise(revision("2", 2), decision("2", "revised"), None)
    with pytest.raises(StoreError, match="at revision 2 now"):
        store.stories.merge(ELDER, YOUNGER, one_event(), grown())
    elder, younger = store.stories.get(ELDER), store.stories.get(YOUNGER)
    assert elder is not None
    assert younger is not None
    assert (elder.revision, elder.touched, younger.merged_into) == (1, False, None)
    assert store.stories.items(YOUNGER) == (TWO, GOLEM)


def test_a_draft_no_longer_has_the_younger_as_news(store: Store):
    two(store)
    told(store, "3")
    store.editions.save(replace(edition(0, "2", "3"), subject="Meldung 2", told=2))
    store.stories.merge(ELDER, YOUNGER, one_event())
    (draft,) = store.editions.list(EditionStatus.DRAFT)
    assert [story_id for section in draft.sections for story_id, _ in section.stories] == [identity("3")]
    assert (draft.subject, draft.told) == ("Meldung 3", 1)
    assert store.editions.edition_of(YOUNGER) is None
    assert [telling.story.id for telling in store.editions.unplaced(NOW + DAY)] == [ELDER]


def test_what_went_out_as_the_younger_does_not_go_out_again_as_the_elder(store: Store):
    two(store)
    store.editions.save(edition(0, "2"))
    sent = store.editions.approve(edition().id, NOW)
    store.editions.save(edition(1, "1"))
    store.stories.merge(ELDER, YOUNGER, one_event(), grown())
    assert store.editions.get(sent.id) == sent
    assert store.editions.edition_of(ELDER) == sent.id
    assert store.editions.unplaced(NOW + DAY) == ()
    (draft,) = store.editions.list(EditionStatus.DRAFT)
    assert draft.sections == ()


def test_two_that_went_out_both_stay_where_they_stood(store: Store):
    two(store)
    for n, name in enumerate("12"):
        store.editions.save(edition(n, name))
        store.editions.approve(edition(n).id, NOW)
    store.stories.merge(ELDER, YOUNGER, one_event())
    assert store.editions.edition_of(ELDER) == edition(0).id
    assert store.editions.edition_of(YOUNGER) == edition(1).id


def test_two_processes_merge_two_stories_into_each_other_and_one_remains(store: Store, url: str):
    two(store)
    outcomes = in_processes(url, contender.merge)
    assert sorted(outcomes) == ["merged", "refused"]
    ends = [story for name in "12" if (story := store.stories.get(identity(name)))]
    assert sorted(story.fate for story in ends) == [Fate.RELEASED, Fate.WITHDRAWN]
    (left,) = (story.id for story in ends if story.fate is Fate.RELEASED)
    assert set(store.stories.items(left)) == {ONE, TWO, GOLEM}
