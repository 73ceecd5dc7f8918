"""What announcers were told is remembered, alike on both databases."""

from __future__ import annotations

from dataclasses import replace

from feeder.model import Announcement, Fate, OutputRecord
from feeder.store import Store
from feeder.store.announcements import mark_of
from tests.store.samples import HOUR, NOW, SECOND, decision, revision, told

HUB = "hub:https://hub.example/"


def test_what_was_told_stands_and_ends_the_failures(store: Store) -> None:
    known = store.announcements
    known.failed(HUB, "a", NOW + HOUR, NOW, "503")
    known.failed(HUB, "a", NOW + 2 * HOUR, NOW + HOUR, "504")
    assert known.get(HUB, "a") == Announcement(HUB, "a", "", 2, NOW + 2 * HOUR, NOW + HOUR, "504")
    known.told(HUB, {"a": "1", "b": "2"}, NOW + 2 * HOUR, "204")
    known.failed(HUB, "b", NOW + 3 * HOUR, NOW, "503")
    found = known.standing([HUB, "hub:other"], ["a", "b", "c"])
    assert found[HUB, "a"] == Announcement(HUB, "a", "1", 0, None, NOW + 2 * HOUR, "204")
    assert found[HUB, "b"] == Announcement(HUB, "b", "2", 1, NOW + 3 * HOUR, NOW, "503")
    assert len(found) == 2


def test_stories_come_in_the_order_of_their_last_decisions(store: Store) -> None:
    for n, name in enumerate("abc"):
        told(store, name, at=NOW + n * HOUR)
    store.stories.note(decision("a", what="flagged", at=NOW + 4 * HOUR))
    last = store.announcements.decided()
    names = [name for _, name in store.announcements.stories_after(0, last, 9)]
    assert names == [told(store, name).id for name in "bca"]
    seqs = [seq for seq, _ in store.announcements.stories_after(0, last, 9)]
    assert seqs == sorted(seqs)
    assert seqs[-1] == last
    assert [name for _, name in store.announcements.stories_after(0, last - 1, 9)] == names[:2]
    assert [name for _, name in store.announcements.stories_after(seqs[0], last, 1)] == names[1:2]


def test_what_is_published_never_goes_back(store: Store) -> None:
    for decided in (3, 7, 5):
        store.announcements.publish(decided, NOW)
    assert store.announcements.published() == 7


def test_who_begins_knows_what_is_out_and_begins_once(store: Store) -> None:
    first = told(store, "a")
    store.announcements.begin("webhook:x", NOW)
    told(store, "b", at=NOW + HOUR)
    store.announcements.begin("webhook:x", NOW + HOUR)
    assert store.announcements.get("webhook:x", first.id) is not None
    cursor = store.announcements.get("webhook:x", "stories")
    assert cursor is not None
    last = store.announcements.decided()
    [(seq, new)] = store.announcements.stories_after(int(cursor.mark), last, 9)
    assert (seq, new) == (last, told(store, "b").id)


def test_a_mark_changes_with_what_readers_may_read_again_and_with_nothing_else(store: Store) -> None:

    def mark() -> str:
        telling = store.stories.telling(told(store, "a").id)
        assert telling is not None
        return mark_of(telling.story.fate, telling.story.updated)

    first = mark()
    store.stories.revise(revision("a", 2, at=NOW + HOUR), decision("a", "revised", 1), None, quiet=True)
    assert mark() == first
    store.stories.revise(
        revision("a", 3, title="Anders", at=NOW + HOUR), decision("a", "revised", 2, at=NOW + HOUR), None
    )
    second = mark()
    assert second != first
    store.stories.decide(replace(decision("a", "withdrawn", 3), at=NOW + 2 * HOUR), Fate.WITHDRAWN)
    assert mark() not in (first, second)
    store.announcements.begin("webhook:x", NOW + 3 * HOUR + SECOND)
    known = store.announcements.get("webhook:x", told(store, "a").id)
    assert known is not None
    assert known.mark == mark()


def test_digests_are_those_of_the_files_asked_for(store: Store) -> None:
    store.outputs.record([OutputRecord("rss.xml", "1", ""), OutputRecord("index.html", "2", "")], ())
    assert store.announcements.digests(["rss.xml", "atom.xml"]) == {"rss.xml": "1"}
