"""Telling, revising and deciding: what is kept, what is refused, and what may run twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from feeder.errors import StoreError
from feeder.model import Fate, ItemKey, StoryPage
from feeder.store import Store
from tests.store.samples import (
    DAY,
    HOUR,
    NOW,
    SECOND,
    decision,
    gather,
    identity,
    item,
    revision,
    rows_written,
    story,
    told,
)

ITEM = ItemKey("heise", "1")


def test_a_story_is_told_with_its_words_its_item_and_its_reason(store: Store):
    gather(store, item("1"))
    stored = store.stories.tell(story(follows=identity("0")), revision(), decision(), ITEM)
    assert stored == story(follows=identity("0"), updated=NOW)
    assert store.stories.get(stored.id) == stored
    assert store.stories.by_slug("meldung-1") == stored
    telling = store.stories.telling(stored.id)
    assert telling is not None
    assert (telling.story, telling.revision, telling.reason) == (stored, revision(), None)
    assert store.stories.decisions(stored.id) == (decision(),)
    assert store.items.waiting() == ()


def test_an_item_is_told_once_however_often_it_is_tried(store: Store):
    first = told(store, "1")
    with rows_written(store) as written:
        again = store.stories.tell(
            story("other", slug="anders"), revision("other"), decision("other", at=NOW + DAY), ITEM
        )
    assert written == []
    assert again == first
    assert store.stories.get(identity("other")) is None


def test_an_item_that_comes_back_after_its_key_was_forgotten_finds_its_old_story(store: Store):
    first = told(store, "1")
    store.housekeep(NOW + 500 * DAY, items=30 * DAY, keys=400 * DAY)
    assert store.items.get(ITEM) is None
    assert told(store, "1", at=NOW + 500 * DAY) == first
    assert len(store.stories.decisions(first.id)) == 1
    assert store.items.waiting() == ()


def test_a_dropped_story_has_no_words(store: Store):
    gather(store, item("1"))
    given = story(fate=Fate.DROPPED, released=None, revision=0)
    stored = store.stories.tell(given, None, decision(what="dropped", n=0), ITEM)
    assert stored == given
    assert store.stories.telling(stored.id) is None
    assert store.stories.find("Meldung 1") == (stored,)


def test_a_held_story_has_no_times_until_it_is_released(store: Store):
    stored = told(store, "1", fate=Fate.HELD, due=NOW + DAY)
    assert (stored.released, stored.updated, stored.due) == (None, None, NOW + DAY)


@pytest.mark.parametrize("fate", [Fate.RELEASED, Fate.HELD])
def test_only_a_dropped_story_may_do_without_words(store: Store, fate: Fate):
    gather(store, item("1"))
    with pytest.raises(StoreError, match="without words"):
        store.stories.tell(story(fate=fate), None, decision(), ITEM)
    with pytest.raises(StoreError, match="revision 1"):
        store.stories.tell(story(fate=fate), revision(n=2), decision(), ITEM)
    assert len(store.items.waiting()) == 1


def test_a_slug_is_never_given_twice_not_even_a_withdrawn_one(store: Store):
    told(store, "1", slug="meldung")
    store.stories.decide(decision("1", "withdrawn"), Fate.WITHDRAWN)
    told(store, "2", slug="meldung", fate=Fate.DROPPED)
    slugs = [told(store, name, slug="meldung").slug for name in "3456789"]
    assert slugs == [f"meldung-{n}" for n in range(3, 10)]
    assert told(store, "10", slug="meldung").slug == "meldung-10"
    assert told(store, "11", slug="meldung-1").slug == "meldung-1"
    assert told(store, "12", slug="meldung-2").slug == "meldung-2-2"
    assert told(store, "13", slug="meldung-").slug == "meldung-"


def test_a_title_without_a_latin_letter_gets_a_slug_all_the_same(store: Store):
    slugs = {told(store, name, slug="").slug for name in "12"}
    assert len(slugs) == 2
    assert all(slugs)


def test_coverage_joins_a_story(store: Store):
    told(store, "1")
    gather(store, item("9", "golem"))
    joined = replace(decision("1", "merged", why="dieselbe Adresse"), item=ItemKey("golem", "9"))
    for _ in range(2):
        assert store.stories.attach(identity("1"), ItemKey("golem", "9"), joined).id == identity("1")
    stored = store.items.get(ItemKey("golem", "9"))
    assert stored is not None
    assert (stored.story_id, stored.changed) == (identity("1"), False)
    assert store.stories.decisions(identity("1")) == (decision(), joined)


def test_an_item_that_belongs_to_a_story_stays_there(store: Store):
    told(store, "1")
    told(store, "2")
    with rows_written(store) as written:
        assert store.stories.attach(identity("2"), ITEM, decision("2", "merged")).id == identity("1")
    assert written == []


def test_nothing_joins_a_story_that_is_not_there(store: Store):
    gather(store, item("1"))
    with pytest.raises(StoreError, match="knows no story"):
        store.stories.attach(identity("1"), ITEM, decision())


def test_a_revision_changes_words_topics_and_the_time_of_the_update(store: Store):
    first = told(store, "1")
    gather(store, item("1", title="Neu"), now=NOW + HOUR)
    words = revision(n=2, title="Neu", topics=("modelle", "modelle"), at=NOW + HOUR)
    revised = store.stories.revise(words, decision(what="revised"), ITEM)
    assert revised == replace(first, revision=2, updated=NOW + HOUR)
    assert store.stories.telling(first.id) == store.stories.telling(first.id, 2)
    old = store.stories.telling(first.id, 1)
    assert old is not None
    assert old.revision == revision()
    assert store.stories.telling(first.id, 3) is None
    assert store.items.waiting() == ()
    assert store.stories.published(9, "recht", withdrawn_after=NOW) == ()
    assert len(store.stories.published(9, "modelle", withdrawn_after=NOW)) == 1
    assert store.stories.find("neu") == (revised,)


def test_a_revision_twice_is_one_and_another_of_its_number_is_refused(store: Store):
    told(store, "1")
    words = revision(n=2, title="Neu", at=NOW + HOUR)
    once = store.stories.revise(words, decision(what="revised"), None)
    with rows_written(store) as written:
        assert store.stories.revise(words, decision(what="revised"), None) == once
        for refused in (replace(words, title="Anders"), replace(words, n=4), replace(words, n=0)):
            with pytest.raises(StoreError, match="does not follow"):
                store.stories.revise(refused, decision(what="revised"), None)
    assert written == []


def test_a_held_story_stays_undated_when_it_is_revised(store: Store):
    told(store, "1", fate=Fate.HELD)
    revised = store.stories.revise(revision(n=2, at=NOW + HOUR), decision(what="revised"), None)
    assert (revised.fate, revised.released, revised.updated) == (Fate.HELD, None, None)


def test_a_held_story_is_released_with_the_time_of_the_decision(store: Store):
    told(store, "1", fate=Fate.HELD, due=NOW + DAY)
    released = store.stories.decide(decision(at=NOW + DAY), Fate.RELEASED)
    assert (released.fate, released.due) == (Fate.RELEASED, None)
    assert released.released == released.updated == NOW + DAY


def test_a_story_without_words_cannot_be_released(store: Store):
    gather(store, item("1"))
    store.stories.tell(story(fate=Fate.DROPPED), None, decision(what="dropped", n=0), ITEM)
    with pytest.raises(StoreError, match="no words yet"):
        store.stories.decide(decision(n=0), Fate.RELEASED)


def test_a_withdrawal_keeps_id_slug_and_release_and_gives_its_reason(store: Store):
    first = told(store, "1")
    why = decision(what="withdrawn", who="ada", why="Die Zahl war falsch.", at=NOW + DAY)
    gone = store.stories.decide(why, Fate.WITHDRAWN)
    assert gone == replace(first, fate=Fate.WITHDRAWN, withdrawn=NOW + DAY, updated=NOW + DAY, touched=True)
    telling = store.stories.telling(first.id)
    assert telling is not None
    assert telling.reason == "Die Zahl war falsch."


def test_a_story_released_again_keeps_its_first_date_and_loses_the_reason(store: Store):
    first = told(store, "1")
    store.stories.decide(decision(what="withdrawn", at=NOW + DAY), Fate.WITHDRAWN)
    back = store.stories.decide(decision(who="ada", at=NOW + 2 * DAY), Fate.RELEASED)
    assert back == replace(first, updated=NOW + 2 * DAY, touched=True)
    telling = store.stories.telling(first.id)
    assert telling is not None
    assert telling.reason is None


def test_a_story_withdrawn_before_its_release_has_no_update(store: Store):
    told(store, "1", fate=Fate.HELD)
    gone = store.stories.decide(decision(what="withdrawn"), Fate.WITHDRAWN)
    assert (gone.released, gone.updated) == (None, None)
    assert store.stories.pages() == ()


def test_a_decision_on_outdated_words_is_refused(store: Store):
    told(store, "1", fate=Fate.HELD)
    store.stories.revise(revision(n=2), decision(what="revised"), None)
    with pytest.raises(StoreError, match="at revision 2 now"):
        store.stories.decide(decision(n=1, who="ada"), Fate.RELEASED)
    held = store.stories.get(identity("1"))
    assert held is not None
    assert (held.fate, held.touched) == (Fate.HELD, False)
    assert len(store.stories.decisions(identity("1"))) == 2


def test_a_decision_twice_is_one(store: Store):
    told(store, "1", fate=Fate.HELD)
    once = store.stories.decide(decision(who="ada"), Fate.RELEASED)
    with rows_written(store) as written:
        assert store.stories.decide(decision(who="ada"), Fate.RELEASED) == once
    assert written == []


def test_a_note_changes_nothing_and_is_kept_once(store: Store):
    first = told(store, "1")
    flagged = decision(what="flagged", why="die Quelle hat geändert")
    store.stories.note(flagged)
    store.stories.note(flagged)
    assert store.stories.decisions(first.id) == (decision(), flagged)
    assert store.stories.get(first.id) == first


def test_what_rules_decide_leaves_a_story_untouched_and_a_person_touches_it(store: Store):
    told(store, "1", fate=Fate.HELD)
    assert not store.stories.decide(decision(what="held"), Fate.HELD, due=NOW + DAY).touched
    assert store.stories.decide(decision(what="held", who="ada"), Fate.HELD).touched
    assert store.stories.decide(decision(what="released"), Fate.RELEASED).touched


def test_held_stories_are_due_when_their_time_has_come(store: Store):
    told(store, "1", fate=Fate.HELD, due=NOW + HOUR)
    told(store, "2", fate=Fate.HELD, due=NOW)
    told(store, "3", fate=Fate.HELD, due=NOW + HOUR + SECOND)
    told(store, "4", fate=Fate.HELD)
    assert [found.id for found in store.stories.due(NOW + HOUR)] == [identity("2"), identity("1")]


def test_feeds_show_the_newest_releases_first_and_withdrawals_for_a_while(store: Store):
    for name, days in (("1", 0), ("2", 2), ("3", 1), ("4", 3)):
        told(store, name, at=NOW + days * DAY)
    told(store, "held", fate=Fate.HELD)
    told(store, "never", fate=Fate.HELD)
    store.stories.decide(decision("never", "withdrawn", at=NOW + 5 * DAY), Fate.WITHDRAWN)
    store.stories.decide(decision("4", "withdrawn", at=NOW + 4 * DAY, why="falsch"), Fate.WITHDRAWN)
    store.stories.decide(decision("1", "withdrawn", at=NOW + 5 * DAY, why="doppelt"), Fate.WITHDRAWN)

    def shown(
        limit: int | None = None, topic: str | None = None, after: datetime = NOW + 4 * DAY
    ) -> list[tuple[str, str | None]]:
        found = store.stories.published(limit, topic, withdrawn_after=after)
        return [(telling.story.id.rpartition(":")[2], telling.reason) for telling in found]

    assert shown() == [("2", None), ("3", None), ("1", "doppelt")]
    assert shown(limit=1) == [("2", None)]
    assert shown(after=NOW)[0] == ("4", "falsch")
    assert shown(topic="recht") == shown()
    assert shown(topic="modelle") == []


def test_pages_are_listed_of_all_that_was_ever_released(store: Store):
    told(store, "1", slug="ä")
    told(store, "2", at=NOW + DAY)
    told(store, "3", fate=Fate.HELD)
    store.stories.decide(decision("1", "withdrawn", at=NOW + 2 * DAY), Fate.WITHDRAWN)
    assert store.stories.pages() == (
        StoryPage(identity("2"), "meldung-2", 1, Fate.RELEASED, NOW + DAY),
        StoryPage(identity("1"), "ä", 1, Fate.WITHDRAWN, NOW + 2 * DAY, NOW + 2 * DAY),
    )


def test_tellings_come_in_the_order_that_was_asked_for(store: Store):
    names = [str(n) for n in range(7)]
    for name in names:
        told(store, name)
    asked = [identity(name) for name in ("3", "1", "nobody", "6")]
    assert [telling.story.id for telling in store.stories.tellings(asked)] == [asked[0], asked[1], asked[3]]
    assert store.stories.tellings([]) == ()
    assert len(store.stories.tellings([identity(str(n)) for n in range(2000)])) == 7


def test_releases_of_a_source_are_counted_from_a_moment_on(store: Store):
    for name in "123":
        told(store, name, at=NOW + int(name) * HOUR)
    told(store, "4", fate=Fate.HELD)
    assert store.stories.released_count("heise", NOW + 2 * HOUR) == 2
    assert store.stories.released_count("golem", NOW) == 0


def test_fates_are_counted(store: Store):
    told(store, "1")
    told(store, "2", fate=Fate.HELD)
    told(store, "3", fate=Fate.HELD)
    assert store.stories.counts() == {Fate.RELEASED: 1, Fate.HELD: 2, Fate.DROPPED: 0, Fate.WITHDRAWN: 0}


@pytest.mark.parametrize("asked", [identity("1"), "meldung-1", "https://x.example/1", "MELDUNG 1", "1"])
def test_a_story_is_found_by_id_slug_address_or_words(store: Store, asked: str):
    told(store, "1", url="https://x.example/1")
    told(store, "2")
    assert [found.id for found in store.stories.find(asked)] == [identity("1")]


def test_what_was_never_told_is_none(store: Store):
    assert store.stories.get("x") is None
    assert store.stories.by_slug("x") is None
    assert store.stories.telling("x") is None
    assert store.stories.decisions("x") == ()
    assert store.stories.find("x") == ()
    with pytest.raises(StoreError, match="knows no story"):
        store.stories.decide(decision(), Fate.RELEASED)
    with pytest.raises(StoreError, match="knows no story"):
        store.stories.revise(revision(), decision(), None)
