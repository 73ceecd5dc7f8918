"""Copies, and what is forgotten when."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from feeder.errors import StoreError
from feeder.model import EditionStatus, Edits, Fate, Gathered, ItemKey, Medium, Memory, OutputRecord, Raw, Recipient
from feeder.store import Store, open_copy, open_store
from feeder.store.database import Database
from feeder.store.migrating import version_of
from feeder.store.schema import metadata
from feeder.store.schema_house import announcements, conditions
from tests.store.samples import (
    DAY,
    HOUR,
    NOW,
    article,
    decision,
    fail,
    gather,
    identity,
    item,
    record,
    revision,
    story,
    told,
    trace,
)
from tests.store.test_editions import edition

MONTH = timedelta(days=30)
YEAR = timedelta(days=400)


def filled(store: Store) -> None:
    """Put something into every table."""
    strange = item("1", title="NUL \x00 und halbes Paar \ud83d", content=Raw("\x00\ud83d"))
    picture = Medium("media/1.png", "image/png", bytes(range(256)))
    record(store, "heise", Gathered((strange, item("2")), Memory("e"), media=(picture,)), NOW, baseline=True)
    for hours in (0, 3, 6):
        fail(store, "golem", "HTTP 503", NOW + hours * HOUR)
    told(store, "1")
    told(store, "2", follows=identity("1"))
    store.stories.revise(revision(n=2, at=NOW + HOUR), decision(what="revised"), None)
    store.editions.save(edition(0, "1"))
    store.editions.approve(edition().id, NOW)
    store.runs.start("round", NOW, ["a"])
    store.leases.hold("clock", "ada:1", 60, NOW)
    store.outputs.record([OutputRecord("rss.xml", "d", "b")], [])
    with store._database.write("conditions") as connection:
        connection.execute(insert(conditions), {"about": "disk", "what": "full", "words": "w", "since": NOW})
        connection.execute(insert(announcements), {"announcer": "hub", "topic": "t", "mark": "m", "attempts": 0})
    store.born(NOW)
    store.models.keep("asked", "modell", "answered", NOW)
    store.models.reserve("2026-11-23", 1, 0.0, (1, 1.0))
    gather(store, item("3"), item("4"))
    told(store, "3", trace=trace("3"))
    store.stories.attach(identity("3"), ItemKey("heise", "4"), decision("3", "merged"))
    new = story("4", lead=ItemKey("heise", "4"))
    store.stories.split(
        identity("3"), [new.lead], new, revision("4"), None, decision("3", "split", who="ada", item=None)
    )
    store.editions.edit(edition().id, Edits(subject="Anders"))
    store.recipients.add([Recipient("ada@post.test", "Ada")], NOW)
    store.outbox.fill(edition().id, "smtp", None, NOW)


def contents(store: Store) -> dict[str, list[str]]:
    with store._database.read() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table)).all())) for name, table in metadata.tables.items()
        }


def test_a_copy_has_everything_and_a_life_of_its_own(store: Store, tmp_path: Path):
    filled(store)
    before = contents(store)
    assert all(before.values()), "every table has something to copy"
    with store.copy_to(f"sqlite:///{tmp_path}/copy.db") as copy:
        assert contents(copy) == before
        told(copy, "5")
        copy.stories.decide(decision(n=2, what="withdrawn"), Fate.WITHDRAWN)
        copy.runs.start("round", NOW + DAY, [])
        assert contents(store) == before


def test_a_store_can_be_copied_while_others_write(store: Store, tmp_path: Path):
    filled(store)
    with store._database.write("stories"), store.copy_to(f"sqlite:///{tmp_path}/copy.db") as copy:
        assert contents(copy)["stories"]


def test_a_copy_overwrites_nothing(store: Store, tmp_path: Path):
    file = tmp_path / "copy.db"
    file.write_text("Brief")
    with pytest.raises(StoreError, match="would overwrite"):
        store.copy_to(f"sqlite:///{file}")
    assert file.read_text() == "Brief"
    with pytest.raises(StoreError, match="needs an SQLite file"):
        store.copy_to("postgresql:///feeder")
    with pytest.raises(StoreError):
        store.copy_to(f"sqlite:///{tmp_path}/nowhere/copy.db")


def test_a_store_is_not_copied_onto_itself(tmp_path: Path):
    with open_store(f"sqlite:///{tmp_path}/feeder.db") as store:
        filled(store)
        with pytest.raises(StoreError, match="would overwrite"):
            store.copy_to(f"sqlite:///{tmp_path}/feeder.db")
        assert store.stories.counts()[Fate.RELEASED] == 4


def test_looking_at_a_copy_leaves_no_trace(blank: str, tmp_path: Path):
    with open_copy(blank, f"sqlite:///{tmp_path}/first.db") as copy:
        assert contents(copy)["stories"] == []
    database = Database(blank)
    assert version_of(database) is None
    database.close()
    with open_store(blank) as store:
        filled(store)
        with open_copy(blank, f"sqlite:///{tmp_path}/second.db") as copy:
            assert contents(copy) == contents(store)


def test_other_peoples_bodies_are_forgotten_after_a_while(store: Store):
    told(store, "1")
    key = ItemKey("heise", "1")
    assert store.housekeep(NOW + MONTH, MONTH, YEAR) == (0, 0, 0)
    assert store.housekeep(NOW + MONTH + HOUR, MONTH, YEAR) == (1, 0, 0)
    assert store.housekeep(NOW + MONTH + HOUR, MONTH, YEAR) == (0, 0, 0)
    stored = store.items.get(key)
    assert stored is not None
    assert stored.item == item("1", content=None)
    assert stored.story_id == identity("1")


def test_an_item_whose_body_was_forgotten_is_neither_new_nor_changed(store: Store):
    told(store, "1")
    store.housekeep(NOW + 2 * MONTH, MONTH, YEAR)
    assert gather(store, item("1"), now=NOW + 2 * MONTH) == 0
    assert store.items.waiting() == ()


def test_what_still_waits_to_be_told_keeps_its_words(store: Store):
    told(store, "1")
    gather(store, item("1", content=Raw("neu")), item("2"))
    store.housekeep(NOW + 2 * MONTH, MONTH, YEAR)
    assert [stored.item.content for stored in store.items.waiting()] == [Raw("neu"), Raw("<p>Wortlaut 2</p>")]


def test_our_own_articles_are_never_forgotten_while_they_are_there(store: Store):
    gather(store, article())
    store.items.ignore_change(article().key)
    store.housekeep(NOW + 2 * MONTH, MONTH, YEAR)
    stored = store.items.get(article().key)
    assert stored is not None
    assert stored.item == article()


def test_keys_are_kept_as_long_as_their_source_lists_them_and_a_while_longer(store: Store):
    told(store, "1")
    told(store, "2")
    gather(store, item("1"), now=NOW + YEAR)
    assert store.housekeep(NOW + YEAR, MONTH, YEAR).keys == 0
    assert store.housekeep(NOW + YEAR + DAY, MONTH, YEAR).keys == 1
    assert store.items.get(ItemKey("heise", "1")) is not None
    assert store.items.get(ItemKey("heise", "2")) is None


def test_a_source_that_says_unchanged_still_lists_what_it_listed_last(store: Store):
    gather(store, item("1"), item("2"))
    gather(store, item("1"), now=NOW + DAY)
    for day in range(2, 402, 100):
        record(store, "heise", Gathered((), Memory(), unchanged=True), NOW + day * DAY, baseline=False)
    store.housekeep(NOW + YEAR + 2 * DAY, MONTH, YEAR)
    assert store.items.get(ItemKey("heise", "1")) is not None
    assert store.items.get(ItemKey("heise", "2")) is None


def test_what_an_unchanged_source_lists_is_kept_although_it_fails_now(store: Store):
    gather(store, item("1"))
    record(store, "heise", Gathered((), Memory(), unchanged=True), NOW + YEAR)
    fail(store, "heise", "HTTP 503", NOW + YEAR + DAY)
    store.housekeep(NOW + YEAR + 2 * DAY, MONTH, YEAR)
    assert store.items.get(ItemKey("heise", "1")) is not None
    store.housekeep(NOW + 2 * YEAR + DAY, MONTH, YEAR)
    assert store.items.get(ItemKey("heise", "1")) is None


def test_what_the_same_story_check_looks_at_goes_with_the_bodies_or_sooner(store: Store):
    for name, days in (("1", 0), ("2", 26), ("3", 27)):
        told(store, name, trace=trace(name, at=NOW + days * DAY))

    def left() -> list[str]:
        return [one.item.uid for one in store.stories.window(NOW - YEAR)]

    store.housekeep(NOW + MONTH, MONTH, YEAR)
    assert left() == ["1", "2", "3"]
    store.housekeep(NOW + MONTH + HOUR, MONTH, YEAR)
    assert left() == ["2", "3"]
    store.housekeep(NOW + MONTH + HOUR, MONTH, YEAR, traces=3 * DAY + HOUR)
    assert left() == ["3"]


def test_a_store_knows_whether_it_was_kept_lately(store: Store):
    assert not store.is_kept(NOW)
    store.housekeep(NOW, MONTH, YEAR)
    assert store.is_kept(NOW)
    assert store.is_kept(NOW + 25 * HOUR)
    assert not store.is_kept(NOW + 26 * HOUR)
    assert not store.is_kept(NOW - HOUR)


def test_old_runs_are_forgotten_but_for_the_last_of_each_job(store: Store):
    old, last, other = (store.runs.start(job, NOW + n * HOUR, ["a"]) for n, job in enumerate(("x", "x", "y")))
    store.runs.finish(last, "done", NOW)
    store.housekeep(NOW + 2 * MONTH, MONTH, YEAR)
    assert store.runs.get(old) is None
    assert [store.runs.open_parts(run) for run in (old, last, other)] == [(), (), ("a",)]
    kept = store.runs.get(last)
    assert kept is not None
    assert kept.state == "done"


def test_stories_words_decisions_and_editions_are_never_forgotten(store: Store):
    filled(store)
    before = contents(store)
    store.housekeep(NOW + 10 * YEAR, MONTH, YEAR)
    after = contents(store)
    for forgotten in ("items", "traces"):
        assert after.pop(forgotten) == []
        assert before.pop(forgotten)
    assert len(after.pop("moments")) == len(before.pop("moments")) + 1
    assert after == before
    found = store.editions.get(edition().id)
    assert found is not None
    assert found.status is EditionStatus.APPROVED
