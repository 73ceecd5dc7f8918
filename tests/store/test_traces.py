"""What the same-story check looks at: kept with the item, joined with what became of its story."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeder.errors import StoreError
from feeder.model import Coverage, Fate, ItemKey, StoryRevision
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

GOLEM = ItemKey("golem", "9")


def covered(n: int = 2) -> StoryRevision:
    lines = (*revision().coverage, Coverage("golem", "Golem", "Dasselbe", None, NOW, "de"))
    return revision(n=n, coverage=lines, at=NOW + HOUR)


def test_a_trace_comes_back_as_it_was_given(store: Store):
    given = trace(own=True, language="en", title="NUL \x00 halb \ud83d", words="\uffff0041", rank=7)
    told(store, "1", trace=given)
    assert store.stories.window(NOW) == (given,)


@given(title=st.text(max_size=40), words=st.text(max_size=600))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_come_back(store: Store, title: str, words: str):
    told(store, "1")
    store.stories.attach(identity("1"), ItemKey("heise", "1"), decision(), trace=trace(title=title, words=words))
    (found,) = store.stories.window(NOW)
    assert (found.title, found.words) == (title, words)


def test_the_window_begins_at_its_moment_and_runs_from_old_to_new(store: Store):
    for name, hours in (("1", 3), ("2", 1), ("3", 2)):
        told(store, name, trace=trace(name, at=NOW + hours * HOUR))
    assert [one.item.uid for one in store.stories.window(NOW + HOUR)] == ["2", "3", "1"]
    assert [one.item.uid for one in store.stories.window(NOW + 2 * HOUR)] == ["3", "1"]


def test_dropped_stories_are_not_compared_with_and_released_ones_say_so(store: Store):
    told(store, "1", trace=trace("1"))
    told(store, "2", trace=trace("2"), fate=Fate.HELD)
    told(store, "3", trace=trace("3"), fate=Fate.HELD)
    store.stories.decide(decision("3", "dropped"), Fate.DROPPED)
    told(store, "4", trace=trace("4"))
    store.stories.decide(decision("4", "withdrawn"), Fate.WITHDRAWN)
    assert {one.item.uid: one.released for one in store.stories.window(NOW)} == {"1": True, "2": False, "4": True}


def test_an_item_that_is_told_again_replaces_what_it_said(store: Store):
    told(store, "1", trace=trace())
    newer = trace(title="Neu", at=NOW + DAY)
    store.stories.revise(revision(n=2, title="Neu"), decision(what="revised"), newer.item, trace=newer)
    assert store.stories.window(NOW) == (newer,)


def test_an_item_that_belongs_elsewhere_leaves_no_trace_here(store: Store):
    told(store, "1", trace=trace())
    told(store, "2")
    store.stories.attach(identity("2"), ItemKey("heise", "1"), decision("2", "merged"), trace=trace(title="Anders"))
    assert store.stories.window(NOW) == (trace(),)


def test_coverage_that_joins_a_released_story_changes_its_words_quietly(store: Store):
    first = told(store, "1")
    gather(store, item("9", "golem"), now=NOW + HOUR)
    joined = decision(what="merged", item=GOLEM, score=0.93, at=NOW + HOUR)
    seen = trace("9", "golem", at=NOW + HOUR)
    grown = store.stories.attach(identity("1"), GOLEM, joined, revision=covered(), trace=seen)
    assert grown == replace(first, revision=2)
    assert store.stories.decisions(first.id)[-1] == joined
    assert store.stories.window(NOW + HOUR) == (replace(seen, story_id=identity("1")),)
    assert store.stories.items(first.id) == (ItemKey("heise", "1"), GOLEM)
    with rows_written(store) as written:
        assert store.stories.attach(identity("1"), GOLEM, joined, revision=covered()) == grown
    assert written == []


def test_coverage_with_words_that_do_not_follow_is_refused_and_does_not_join(store: Store):
    told(store, "1")
    store.stories.revise(revision(n=2), decision(what="revised"), None)
    gather(store, item("9", "golem"))
    with pytest.raises(StoreError, match="is at revision 2"):
        store.stories.attach(identity("1"), GOLEM, decision(what="merged"), revision=covered())
    assert [stored.item.uid for stored in store.items.waiting()] == ["9"]
    assert len(store.stories.decisions(identity("1"))) == 2


def test_a_quiet_revision_keeps_the_time_of_the_update_and_what_rules_do_touches_nothing(store: Store):
    first = told(store, "1")
    quiet = store.stories.revise(covered(), decision(what="revised"), None, quiet=True)
    assert quiet == replace(first, revision=2)
    loud = store.stories.revise(covered(3), decision(what="revised", who="ada"), None)
    assert loud == replace(first, revision=3, updated=NOW + HOUR, touched=True)


def test_another_item_leads_a_story_that_is_not_out_yet(store: Store):
    first = told(store, "1", fate=Fate.HELD, url="https://www.heise.example/1")
    gather(store, item("9", "golem"))
    led, seen = decision(what="led", item=GOLEM), trace("9", "golem")
    better = revision(n=2, title="Besser")
    for _ in range(2):
        now = store.stories.lead(first.id, GOLEM, better, led, url="https://golem.example/9", trace=seen)
        assert now == replace(first, revision=2, lead=GOLEM, url="https://golem.example/9")
    assert store.stories.items(first.id) == (GOLEM, ItemKey("heise", "1"))
    assert store.stories.decisions(first.id)[1:] == (led,)
    assert store.items.waiting() == ()
    assert [one.story_id for one in store.stories.window(NOW)] == [first.id]


def test_nothing_else_leads_what_is_out_and_no_story_loses_its_item_to_another(store: Store):
    told(store, "1")
    told(store, "2", fate=Fate.HELD)
    gather(store, item("9", "golem"))
    words = revision(n=2)
    with pytest.raises(StoreError, match="was released or merged"):
        store.stories.lead(identity("1"), GOLEM, words, decision(what="led"), url=None)
    with pytest.raises(StoreError, match="belongs to"):
        store.stories.lead(identity("2"), ItemKey("heise", "1"), revision("2", 2), decision("2", "led"), url=None)
    with pytest.raises(StoreError, match="does not follow"):
        store.stories.lead(identity("2"), GOLEM, revision("2", 3), decision("2", "led"), url=None)
    assert [stored.item.uid for stored in store.items.waiting()] == ["9"]


def test_stories_are_listed_by_fate_the_last_told_first(store: Store):
    for name, hours in (("1", 0), ("2", 2), ("3", 1)):
        told(store, name, at=NOW + hours * HOUR, fate=Fate.RELEASED if name == "1" else Fate.HELD)
    gather(store, item("4"))
    store.stories.tell(
        story("4", fate=Fate.DROPPED, released=None, revision=0), None, decision("4", "dropped", n=0), item("4").key
    )

    def names(fate: Fate | None = None, limit: int = 9, hours: int = -9) -> list[str]:
        found = store.stories.listed(fate, limit, since=NOW + hours * HOUR)
        return [telling.revision.title[-1] for telling in found]

    assert names() == ["2", "3", "1"]
    assert names(Fate.HELD) == ["2", "3"]
    assert names(Fate.HELD, limit=1) == ["2"]
    assert names(hours=1) == ["2", "3"]
    assert names(Fate.DROPPED) == []
    assert len(store.stories.listed(None, 2)) == 2
