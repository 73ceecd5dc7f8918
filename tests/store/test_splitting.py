"""Making two stories of one, for good."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from feeder.errors import StoreError
from feeder.model import Decision, Fate, ItemKey, Story
from feeder.store import Store
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
    story,
    told,
    trace,
)
from tests.store.test_editions import edition

LEFT, NEW = identity("1"), identity("new")
LEAD, ONE, TWO = ItemKey("heise", "1"), ItemKey("golem", "8"), ItemKey("golem", "9")


def covered(store: Store) -> None:
    """A story of three items."""
    told(store, "1", trace=trace("1"))
    gather(store, item("8", "golem"), item("9", "golem"))
    for key in (ONE, TWO):
        joined = decision(what="merged", item=key)
        store.stories.attach(LEFT, key, joined, trace=replace(trace(key.uid, "golem"), story_id=LEFT))


def new(**more: Any) -> Story:
    return story("new", **{"slug": "meldung-1", "lead": ONE, "released": NOW + HOUR} | more)


def two_events(**more: Any) -> Decision:
    values: dict[str, Any] = {"who": "ada", "why": "zwei Ereignisse", "at": NOW + HOUR, "item": None}
    return decision(what="split", **values | more)


def test_some_items_become_a_story_of_their_own(store: Store):
    covered(store)
    made = store.stories.split(LEFT, [ONE, TWO], new(), revision("new"), revision(n=2), two_events())
    assert (made.id, made.slug, made.released, made.touched) == (NEW, "meldung-1-2", NOW + HOUR, True)
    left = store.stories.get(LEFT)
    assert left is not None
    assert (left.revision, left.updated, left.touched) == (2, NOW, True)
    assert store.stories.items(NEW) == (ONE, TWO)
    assert store.stories.items(LEFT) == (LEAD,)
    assert {one.item: one.story_id for one in store.stories.window(NOW)} == {LEAD: LEFT, ONE: NEW, TWO: NEW}
    assert store.stories.decisions(LEFT)[-1] == two_events()
    assert [(one.item, one.why) for one in store.stories.decisions(NEW)] == [
        (ONE, "zwei Ereignisse"),
        (TWO, "zwei Ereignisse"),
    ]


def test_a_split_twice_is_one(store: Store):
    covered(store)
    once = store.stories.split(LEFT, [ONE], new(), revision("new"), revision(n=2), two_events())
    with rows_written(store) as written:
        assert store.stories.split(LEFT, [ONE], new(), revision("new"), revision(n=2), two_events()) == once
    assert written == []


def test_rules_never_merge_what_a_person_split_and_a_person_may(store: Store):
    covered(store)
    store.stories.split(LEFT, [ONE], new(), revision("new"), None, two_events())
    assert store.stories.apart_of(LEFT) == {NEW}
    assert store.stories.apart_of(NEW) == {LEFT}
    for elder, younger in ((LEFT, "new"), (NEW, "1")):
        with pytest.raises(StoreError, match="rules cannot merge them"):
            store.stories.merge(elder, identity(younger), decision(younger, "merged"))
    store.stories.merge(LEFT, NEW, decision("new", "merged", who="ada"))
    assert store.stories.items(LEFT) == (LEAD, ONE, TWO)
    assert store.stories.apart_of(LEFT) == frozenset()


def test_a_merged_story_stays_apart_from_what_its_part_was_split_from(store: Store):
    covered(store)
    store.stories.split(LEFT, [ONE], new(), revision("new"), None, two_events())
    told(store, "2")
    store.stories.merge(identity("2"), LEFT, decision("1", "merged"))
    assert store.stories.apart_of(NEW) == {identity("2")}
    assert store.stories.apart_of(LEFT) == frozenset()


def test_a_split_that_is_none_is_refused_and_leaves_everything_as_it_was(store: Store):
    covered(store)
    told(store, "2")

    def refused(words: str, keys: list[ItemKey], made: Story, **more: int) -> None:
        with pytest.raises(StoreError, match=words):
            store.stories.split(LEFT, keys, made, revision("new"), None, two_events(**more))

    refused("does not belong to", [ONE, ItemKey("heise", "2")], new())
    refused("keeps its lead", [LEAD, ONE], new())
    refused("is led by one of its items", [ONE], new(lead=TWO))
    refused("is led by one of its items", [], new())
    refused("is there already", [ONE], replace(new(), id=identity("2")))
    refused("at revision 1 now", [ONE], new(), n=0)
    with pytest.raises(StoreError, match="does not follow"):
        store.stories.split(LEFT, [ONE], new(), revision("new"), revision(n=3), two_events())
    assert store.stories.items(LEFT) == (LEAD, ONE, TWO)
    assert store.stories.get(NEW) is None
    assert store.stories.apart_of(LEFT) == frozenset()


def test_what_is_split_off_may_wait_to_be_released(store: Store):
    covered(store)
    made = store.stories.split(LEFT, [TWO], new(lead=TWO, fate=Fate.HELD), revision("new"), None, two_events())
    assert (made.fate, made.released, made.updated) == (Fate.HELD, None, None)
    assert store.stories.items(LEFT) == (LEAD, ONE)


@pytest.mark.parametrize("is_told", [True, False])
def test_what_went_out_before_it_was_merged_is_no_news_when_it_is_split_off_again(store: Store, is_told: bool):
    told(store, "1")
    told(store, "2")
    key = ItemKey("heise", "2")
    if is_told:
        store.editions.save(edition(0, "2"))
        store.editions.approve(edition().id, NOW)
    store.stories.merge(LEFT, identity("2"), decision("2", "merged", who="ada"))
    store.stories.split(LEFT, [key], new(lead=key), revision("new"), None, two_events())
    assert store.editions.edition_of(NEW) == (edition().id if is_told else None)
    news = [telling.story.id for telling in store.editions.unplaced(NOW + DAY)]
    assert news == ([] if is_told else [NEW, LEFT])


def test_what_went_out_and_was_split_off_with_others_is_no_news_when_it_is_split_again(store: Store):
    covered(store)
    told(store, "2")
    key, last = ItemKey("heise", "2"), identity("last")
    store.editions.save(edition(0, "2"))
    store.editions.approve(edition().id, NOW)
    store.stories.merge(LEFT, identity("2"), decision("2", "merged", who="ada"))
    store.stories.split(LEFT, [ONE, key], new(), revision("new"), None, two_events())
    again = replace(two_events(), story_id=NEW, at=NOW + 2 * HOUR)
    store.stories.split(NEW, [key], story("last", lead=key), revision("last"), None, again)
    assert store.editions.edition_of(last) == edition().id
