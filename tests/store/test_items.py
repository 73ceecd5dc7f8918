"""Which items wait, which are found, and which are the same thing elsewhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from feeder.addresses import url_key
from feeder.errors import StoreError
from feeder.model import Fate, ItemKey
from feeder.store import Store, open_store
from tests.store.samples import DAY, HOUR, NOW, decision, gather, identity, item, rows_written, story, told


def test_items_wait_in_the_order_of_their_sources_and_times(store: Store):
    dated = (item("late", published=NOW + DAY), item("early", published=NOW - DAY))
    gather(store, *dated, item("undated", published=None))
    gather(store, item("Z", "ärzte"), item("a", "ärzte"), now=NOW + HOUR)
    gather(store, item("x", "Zeit"), now=NOW + HOUR)
    waiting = [(stored.item.source_id, stored.item.uid) for stored in store.items.waiting()]
    assert waiting == [
        ("Zeit", "x"),
        ("heise", "early"),
        ("heise", "undated"),
        ("heise", "late"),
        ("ärzte", "Z"),
        ("ärzte", "a"),
    ]


def test_an_item_waits_until_it_is_told_and_again_when_it_changes(store: Store):
    told(store, "1")
    assert store.items.waiting() == ()
    gather(store, item("1", title="Neu gefasst"))
    (stored,) = store.items.waiting()
    assert (stored.changed, stored.story_id) == (True, identity("1"))


def test_a_change_that_comes_while_the_old_words_are_told_is_not_lost(store: Store):
    gather(store, item("1"))
    (read,) = store.items.waiting()
    gather(store, item("1", title="Inzwischen geändert"))
    store.stories.tell(story(fate=Fate.DROPPED), None, decision(what="dropped"), read.item.key, digest=read.digest)
    (stored,) = store.items.waiting()
    assert (stored.changed, stored.item.title) == (True, "Inzwischen geändert")


def test_ignoring_a_change_twice_writes_once(store: Store):
    told(store, "1")
    gather(store, item("1", title="Neu"))
    store.items.ignore_change(ItemKey("heise", "1"))
    with rows_written(store) as written:
        store.items.ignore_change(ItemKey("heise", "1"))
    assert written == []
    assert store.items.waiting() == ()


def test_an_unknown_item_is_none(store: Store):
    assert store.items.get(ItemKey("heise", "1")) is None


@pytest.mark.parametrize(
    "asked",
    ["https://www.heise.example/1", "http://heise.example/1/?utm_source=x", "1", "MELDUNG", "ung meld", " 1 ", "über"],
)
def test_an_item_is_found_by_address_uid_or_words(store: Store, asked: str):
    gather(store, item("1", title="Meldung ÜBER 100 % Erfolg"), item("2", title="Anderes"))
    assert [stored.item.uid for stored in store.items.find(asked)] == ["1"]


@pytest.mark.parametrize("asked", ["", "  ", "_eldung", "50 %", "Meldung Anderes", "https://heise.example/3"])
def test_what_fits_nothing_finds_nothing(store: Store, asked: str):
    gather(store, item("1", title="Meldung über 100 % Erfolg"), item("2", title="Anderes"))
    assert store.items.find(asked) == ()


def test_no_more_is_found_than_a_person_reads(store: Store):
    gather(store, *[item(str(n)) for n in range(30)])
    assert len(store.items.find("Meldung")) == 20


ADDRESS = "https://www.heise.example/1"


def test_an_item_is_found_by_its_id_as_its_source_writes_it(store: Store):
    gather(store, item("https://heise.example/-1", url="https://anders.example/x"))
    (found,) = store.items.find("http://www.heise.example/-1/?wt_mc=rss")
    assert found.item.uid == "https://heise.example/-1"


@pytest.mark.parametrize(
    ("address", "uid", "found"),
    [
        ("http://heise.example/1?utm_source=rss", None, True),
        (None, "tag:heise.example,2026:1", True),
        ("https://elsewhere.example/", "tag:heise.example,2026:1", True),
        ("https://www.heise.example/2", "tag:heise.example,2026:2", False),
        (None, "1", False),
        (None, None, False),
        ("", "", False),
    ],
)
def test_the_same_thing_is_known_by_address_or_worldwide_uid(store: Store, address: str, uid: str, found: bool):
    uids = ("tag:heise.example,2026:1", "1")
    gather(store, *[item(one, url=ADDRESS if one != "1" else None) for one in uids])
    for name, one in zip(("a", "b"), uids, strict=True):
        dropped = story(name, fate=Fate.DROPPED)
        store.stories.tell(dropped, None, decision(name, "dropped"), ItemKey("heise", one))
    assert store.items.elsewhere(url_key(address) if address else address, uid, ItemKey("golem", "9")) == (
        identity("a") if found else None
    )


@pytest.mark.parametrize(
    ("uid", "address"),
    [
        ("https://heise.example/1", "http://www.heise.example/1/?utm_source=rss"),
        ("https://heise.example/1", "https://heise.example/2"),
        ("https://heise.example/1?p=2&a=1", "https://heise.example/1?p=2&a=1"),
        ("https://heise.example/1#x", "https://heise.example/1#x"),
        ("https://heise.example/ü", "https://heise.example/ü"),
        ("https://heise.example", "https://heise.example/"),
        ("https://heise.example/" + "x" * 400, "https://heise.example/" + "x" * 400),
        ("tag:heise.example,2026:1", "https://heise.example/1"),
    ],
)
def test_a_worldwide_uid_is_known_whether_it_is_the_address_or_not(store: Store, uid: str, address: str):
    gather(store, item(uid, url=address), item("other", url=address))
    for name, one in (("a", uid), ("b", "other")):
        store.stories.tell(story(name, fate=Fate.DROPPED), None, decision(name, "dropped"), ItemKey("heise", one))
    assert store.items.elsewhere("golem.example/7", uid, ItemKey("golem", "9")) == identity("a")
    assert store.items.elsewhere("golem.example/7", f"{uid}7", ItemKey("golem", "9")) is None


def test_whether_anything_waits_is_known_without_reading_it(store: Store):
    assert not store.items.is_any_waiting()
    told(store, "1")
    assert not store.items.is_any_waiting()
    gather(store, item("1", title="Neue Wörter"))
    assert store.items.is_any_waiting()


SEARCHES: dict[str, Callable[[Store], object]] = {
    "ix_items_waiting": lambda store: (store.items.waiting(), store.items.is_any_waiting()),
    "ix_items_world_uid": lambda store: store.items.elsewhere(None, "urn:x", ItemKey("golem", "9")),
    "ix_items_url_key": lambda store: store.items.elsewhere("heise.example/1", None, ItemKey("golem", "9")),
    "ix_items_source_id": lambda store: store.items.akin("heise", [item("2")]),
    "ix_items_bodied": lambda store: store.housekeep(NOW, DAY, DAY),
    "ix_items_bodiless": lambda store: store.housekeep(NOW, DAY, DAY),
}


@pytest.mark.parametrize("index", SEARCHES)
def test_what_is_asked_of_items_reads_no_others(tmp_path: Path, index: str):
    with open_store(f"sqlite:///{tmp_path}/feeder.db") as store:
        gather(store, item("1"))
        asked: list[tuple[str, Any]] = []
        event.listen(store._database.engine, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
        SEARCHES[index](store)
        asked = [(words, values) for words, values in asked if not words.startswith(("INSERT", "BEGIN"))]
        with closing(sqlite3.connect(tmp_path / "feeder.db")) as looking:
            steps = [
                row[3] for words, values in asked for row in looking.execute(f"EXPLAIN QUERY PLAN {words}", values)
            ]
    assert not [step for step in steps if step.startswith("SCAN items") and index not in step]
    assert any(f"USING INDEX {index}" in step for step in steps), steps


def test_a_thing_is_not_its_own_double_and_an_untold_one_is_no_story(store: Store):
    told(store, "1")
    assert store.items.elsewhere(url_key(ADDRESS), None, ItemKey("heise", "1")) is None
    gather(store, item("7"))
    assert store.items.elsewhere(url_key("https://www.heise.example/7"), None, ItemKey("golem", "9")) is None


def test_of_several_the_oldest_story_counts_and_a_dropped_one_last(store: Store):
    gather(store, *[item(uid, url=ADDRESS) for uid in "123"])
    for uid, fate, at in (("1", Fate.DROPPED, NOW), ("2", Fate.RELEASED, NOW + DAY), ("3", Fate.RELEASED, NOW + HOUR)):
        told(store, uid, at=at, fate=fate)
    assert store.items.elsewhere(url_key(ADDRESS), None, ItemKey("golem", "9")) == identity("3")


def test_pages_are_shared_where_one_source_has_several_things_there(store: Store):
    places = {name: f"https://www.heise.example/{name}" for name in ("one", "titles", "dates", "again", "x" * 400)}
    gather(store, item("1", url=places["one"]), item("2", url=places["titles"]), item("3", url=places["titles"]))
    gather(store, item("4", "golem", url=places["one"], title="Anders"))
    for n, (name, age) in enumerate((("dates", DAY), ("again", HOUR), ("x" * 400, DAY))):
        same = {"url": places[name], "title": "Die Sendung"}
        gather(store, item(f"{n}a", **same), item(f"{n}b", published=NOW - age, **same), item(f"{n}c", published=None))
    keys = {url_key(place) for place in places.values()} | {"nobody.example/x"}
    assert store.items.shared_pages(keys) == {url_key(places[name]) for name in ("titles", "dates", "x" * 400)}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, True),
        ({"title": "MELDUNG 1"}, True),
        ({"title": "Anders"}, False),
        ({"published": NOW + 11 * HOUR}, True),
        ({"published": NOW - 13 * HOUR}, False),
        ({"published": NOW + 13 * HOUR}, False),
        ({"published": None}, True),
    ],
)
def test_at_a_shared_page_title_and_date_tell_what_is_the_same(store: Store, change: dict[str, Any], found: bool):
    told(store, "1")
    like = item("9", "golem", **{"title": "Meldung 1", **change})
    same = store.items.elsewhere(url_key("https://www.heise.example/1"), None, like.key, like=like)
    assert same == (identity("1") if found else None)


def test_the_double_of_a_merged_story_belongs_to_the_elder(store: Store):
    told(store, "1")
    told(store, "2")
    store.stories.merge(identity("1"), identity("2"), decision("2", "merged", why="dieselbe Meldung"))
    key = url_key("https://www.heise.example/2")
    assert store.items.elsewhere(key, None, ItemKey("golem", "9")) == identity("1")


def test_what_is_not_there_cannot_be_told(store: Store):
    with pytest.raises(StoreError, match="knows no item 1 of the source heise"):
        store.stories.tell(story(), None, decision(), ItemKey("heise", "1"))
