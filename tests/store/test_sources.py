"""What a gathering leaves in the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from feeder.errors import ArticleError
from feeder.model import Gathered, ItemKey, KnownFile, Medium, Memory, Raw, SourceState
from feeder.store import Store
from tests.store.samples import DAY, HOUR, NOW, article, gather, item, rows_written
from tests.strategies import texts

MEMORY = Memory('"etag"', "Mon, 23 Nov 2026 06:00:00 GMT", "hash", (KnownFile("a.txt", "a", "Text"),))


def test_a_source_never_gathered_has_a_blank_state(store: Store):
    assert store.sources.state("heise") == SourceState("heise")
    assert store.sources.states() == {}


def test_new_items_are_counted_kept_and_dated(store: Store):
    assert gather(store, item("1"), item("2")) == 2
    stored = store.items.get(ItemKey("heise", "1"))
    assert stored is not None
    assert stored.item == item("1")
    assert (stored.first_seen, stored.baseline, stored.story_id, stored.changed) == (NOW, False, None, False)
    assert store.sources.state("heise").last_new_item == NOW


def test_an_item_listed_twice_in_one_gathering_is_kept_once_as_it_was_listed_first(store: Store):
    assert gather(store, item("1"), item("1", title="Nochmal")) == 1
    assert [stored.item.title for stored in store.items.waiting()] == ["Meldung 1"]


def test_the_same_uid_in_two_sources_is_two_items(store: Store):
    gather(store, item("1"))
    assert gather(store, item("1", "golem")) == 1
    assert len(store.items.waiting()) == 2


def test_only_the_first_successful_gathering_is_a_baseline(store: Store):
    store.sources.fail("heise", "Zeitüberschreitung", NOW)
    gather(store, item("1"), baseline=True)
    gather(store, item("1"), item("2"), now=NOW + HOUR, baseline=True)
    assert [stored.baseline for stored in store.items.waiting()] == [True, False]
    assert store.sources.state("heise").baselined


def test_a_source_without_baseline_has_none(store: Store):
    gather(store, item("1"), baseline=False)
    gather(store, item("2"), baseline=True)
    assert [stored.baseline for stored in store.items.waiting()] == [False, False]


def test_the_same_gathering_again_writes_no_row(store: Store):
    gathered = Gathered((item("1"), item("2")), MEMORY, media=(Medium("media/1.png", "image/png", b"\x00\xff"),))
    store.sources.record("heise", gathered, NOW, baseline=True)
    with rows_written(store) as written:
        assert store.sources.record("heise", gathered, NOW + HOUR, baseline=True) == 0
    assert written == []


def test_an_unchanged_source_writes_no_row_but_once_a_day(store: Store):
    store.sources.record("heise", Gathered((item("1"),), MEMORY), NOW, baseline=True)
    unchanged = Gathered((), MEMORY, unchanged=True)
    with rows_written(store) as written:
        store.sources.record("heise", unchanged, NOW + HOUR, baseline=True)
        assert written == []
        store.sources.record("heise", unchanged, NOW + DAY, baseline=True)
        assert len(written) == 2
        store.sources.record("heise", unchanged, NOW + DAY + HOUR, baseline=True)
        assert len(written) == 2


def test_an_unchanged_source_keeps_its_warnings_and_takes_the_new_memory(store: Store):
    problem = ArticleError("b.txt", 3, "Kein Titel")
    store.sources.record("heise", Gathered((item("1"),), Memory(), problems=(problem,)), NOW, baseline=True)
    store.sources.record("heise", Gathered((), MEMORY, unchanged=True), NOW, baseline=True)
    state = store.sources.state("heise")
    assert (state.warnings, state.memory) == (("b.txt:3: Kein Titel",), MEMORY)
    store.sources.record("heise", Gathered((item("1"),), MEMORY), NOW, baseline=True)
    assert store.sources.state("heise").warnings == ()


def test_an_item_that_only_bears_new_times_is_not_changed(store: Store):
    gather(store, item("1"))
    store.items.ignore_change(ItemKey("heise", "1"))
    with rows_written(store) as written:
        gather(store, item("1", published=NOW + HOUR, updated=NOW + HOUR))
    assert written == []
    assert store.items.waiting() == ()


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Anders"},
        {"url": "https://www.heise.example/anders"},
        {"content": Raw("<p>anders</p>")},
        {"content": Raw("<p>Wortlaut 1</p>", "text")},
        {"summary": Raw("neu")},
        {"tags": ("KI",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_changed_words_are_seen_and_kept(store: Store, change: dict[str, Any]):
    gather(store, item("1"))
    store.items.ignore_change(ItemKey("heise", "1"))
    assert gather(store, item("1", **change), now=NOW + HOUR) == 0
    (stored,) = store.items.waiting()
    assert stored.changed
    assert stored.first_seen == NOW
    assert stored.item == item("1", **change)


def test_an_article_that_gets_another_date_is_changed_because_a_person_wrote_it(store: Store):
    gather(store, article())
    store.items.ignore_change(ItemKey("artikel", "a.txt"))
    gather(store, article(date=NOW + DAY))
    assert [stored.changed for stored in store.items.waiting()] == [True]


def test_a_change_taken_back_before_it_was_told_is_no_change(store: Store):
    gather(store, item("1"))
    store.items.ignore_change(ItemKey("heise", "1"))
    gather(store, item("1", title="Tippfehlre"))
    gather(store, item("1"))
    assert store.items.waiting() == ()


def test_a_problem_keeps_the_moment_when_it_came(store: Store):
    store.sources.fail("heise", "HTTP 503", NOW)
    store.sources.fail("heise", "HTTP 502", NOW + HOUR)
    state = store.sources.state("heise")
    assert (state.problem, state.since, state.baselined) == ("HTTP 502", NOW, False)


def test_the_same_problem_again_writes_nothing(store: Store):
    store.sources.fail("heise", "HTTP 503", NOW)
    with rows_written(store) as written:
        store.sources.fail("heise", "HTTP 503", NOW + HOUR)
    assert written == []


def test_a_success_clears_the_problem_and_says_when(store: Store):
    store.sources.fail("heise", "HTTP 503", NOW)
    gather(store, item("1"), now=NOW + HOUR)
    state = store.sources.state("heise")
    assert (state.problem, state.since) == (None, NOW + HOUR)
    gather(store, item("1"), now=NOW + DAY)
    assert store.sources.state("heise").since == NOW + HOUR


def test_an_unchanged_source_clears_its_problem_too(store: Store):
    gather(store, item("1"))
    store.sources.fail("heise", "HTTP 503", NOW)
    store.sources.record("heise", Gathered((), Memory(), unchanged=True), NOW + HOUR, baseline=True)
    assert store.sources.state("heise").problem is None


def test_a_problem_forgets_neither_memory_nor_items(store: Store):
    store.sources.record("heise", Gathered((item("1"),), MEMORY), NOW, baseline=True)
    store.sources.fail("heise", "HTTP 503", NOW)
    state = store.sources.state("heise")
    assert (state.memory, state.baselined, state.last_new_item) == (MEMORY, True, NOW)


def test_states_names_all_sources(store: Store):
    gather(store, item("1"))
    store.sources.fail("golem", "HTTP 503", NOW)
    states = store.sources.states()
    assert list(states) == ["golem", "heise"]
    assert states["heise"] == store.sources.state("heise")


def test_pictures_are_kept_once_and_exactly(store: Store):
    picture = Medium("media/1.png", "image/png", bytes(range(256)))
    for source_id in ("a", "b", "a"):
        store.sources.record(source_id, Gathered((), Memory(), media=(picture, picture)), NOW, baseline=False)
    assert store.media.get("media/1.png") == picture
    assert store.media.paths() == ("media/1.png",)
    assert store.media.get("media/2.png") is None


def test_more_items_than_one_statement_takes(store: Store):
    many = [item(str(n)) for n in range(1203)]
    assert gather(store, *many) == 1203
    assert gather(store, *many, item("new"), now=NOW + 2 * DAY) == 1
    assert len(store.items.waiting()) == 1204


def test_one_clock_that_goes_back_does_no_harm(store: Store):
    gather(store, item("1"))
    assert gather(store, item("1"), now=NOW - timedelta(days=3)) == 0
    assert store.sources.record("heise", Gathered((), Memory(), unchanged=True), NOW - DAY, baseline=True) == 0


@given(words=texts(), uid=texts())
def test_any_string_at_all_is_kept_exactly(store: Store, words: str, uid: str):
    strange = item(uid, title=words, url=f"https://x.example/{words}", content=Raw(words))
    gather(store, strange)
    stored = store.items.get(strange.key)
    assert stored is not None
    assert stored.item == strange
    store.items.ignore_change(strange.key)
    assert gather(store, strange) == 0
    assert store.items.waiting() == ()
    store.sources.fail("broken", words, NOW)
    assert store.sources.state("broken").problem == words


def test_names_longer_than_an_index_takes_are_told_apart(store: Store):
    long = "https://x.example/" + "ü" * 5000
    gather(store, item(long + "a", url=long + "a"), item(long + "b", url=long + "b"))
    assert gather(store, item(long + "a", url=long + "a")) == 0
    stored = store.items.get(ItemKey("heise", long + "b"))
    assert stored is not None
    assert stored.item == replace(stored.item, uid=long + "b")
    assert len(store.items.waiting()) == 2
