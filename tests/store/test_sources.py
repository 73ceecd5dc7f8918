"""What a gathering leaves in the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from feeder.errors import ArticleError, StoreError
from feeder.model import (
    Aftermath,
    Arrivals,
    FullText,
    Gathered,
    Health,
    ItemKey,
    KnownFile,
    Listing,
    Medium,
    Memory,
    Outcome,
    Raw,
    SourceState,
)
from feeder.store import Store
from tests.store.samples import DAY, HOUR, NOW, YEAR, article, commits, fail, follow, gather, item, record, rows_written
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
    fail(store, "heise", "Zeitüberschreitung", NOW)
    gather(store, item("1"), baseline=True)
    gather(store, item("1"), item("2"), now=NOW + HOUR, baseline=True)
    assert [stored.baseline for stored in store.items.waiting()] == [True, False]
    assert store.sources.state("heise").baselined


def test_a_source_without_baseline_has_none(store: Store):
    gather(store, item("1"), baseline=False)
    gather(store, item("2"), baseline=True)
    assert [stored.baseline for stored in store.items.waiting()] == [False, False]


def test_the_same_gathering_again_writes_one_narrow_row(store: Store):
    gathered = Gathered((item("1"), item("2")), MEMORY, media=(Medium("media/1.png", "image/png", b"\x00\xff"),))
    record(store, "heise", gathered, NOW, baseline=True)
    with rows_written(store) as written:
        assert record(store, "heise", gathered, NOW + HOUR, baseline=True) == 0
    assert _tables(written) == ["looks"]


def test_an_unchanged_source_never_writes_more_than_one_narrow_row(store: Store):
    record(store, "heise", Gathered((item("1"),), MEMORY), NOW, baseline=True)
    unchanged = Gathered((), MEMORY, unchanged=True)
    with rows_written(store) as written:
        for wait in (HOUR, DAY, DAY + HOUR):
            record(store, "heise", unchanged, NOW + wait, baseline=True)
    assert _tables(written) == ["looks"] * 3


def test_an_item_that_is_listed_again_is_marked_once_a_day(store: Store):
    gathered = Gathered((item("1"),), MEMORY)
    record(store, "heise", gathered, NOW)
    with rows_written(store) as written:
        record(store, "heise", gathered, NOW + DAY)
        record(store, "heise", gathered, NOW + DAY + HOUR)
    assert _tables(written) == ["sources", "looks", "items", "looks"]


def test_what_is_only_listed_stays_known_and_makes_nothing_new(store: Store):
    gather(store, item("1"))
    assert record(store, "heise", Gathered((), Memory(), listed=("1", "nobody")), NOW + YEAR) == 0
    store.housekeep(NOW + YEAR + DAY, DAY, YEAR)
    assert store.items.get(ItemKey("heise", "1")) is not None
    assert store.items.get(ItemKey("heise", "nobody")) is None


def test_uids_are_asked_for_and_unknown_are_those_never_stored(store: Store):
    gather(store, item("1"), item("x" * 900))
    assert store.items.unknown("heise", ("1", "2", "x" * 900, "x" * 901)) == {"2", "x" * 901}
    assert store.items.unknown("golem", ("1",)) == {"1"}


def test_the_text_of_a_page_is_kept_with_its_item_and_forgotten_with_its_words(store: Store):
    gathered = Gathered((item("1"), item("2")), MEMORY, fulltexts=(FullText("1", Raw("<p>Alles</p>")),))
    record(store, "heise", gathered, NOW)
    with_text, without = (store.items.get(ItemKey("heise", uid)) for uid in ("1", "2"))
    assert with_text is not None
    assert without is not None
    assert (with_text.fulltext, without.fulltext) == (Raw("<p>Alles</p>"), None)
    gather(store, item("1", title="Anders"))
    changed = store.items.get(ItemKey("heise", "1"))
    assert changed is not None
    assert changed.fulltext == Raw("<p>Alles</p>")
    store.items.ignore_change(ItemKey("heise", "1"))
    store.housekeep(NOW + YEAR, DAY, 2 * YEAR)
    forgotten = store.items.get(ItemKey("heise", "1"))
    assert forgotten is not None
    assert forgotten.fulltext is None


def test_many_looks_are_one_transaction(store: Store):
    with commits(store) as made:
        outcomes = [Outcome(f"s{n}", "", Gathered((item("1", f"s{n}"),), MEMORY)) for n in range(60)]
        recorded = store.sources.record_all(outcomes, NOW, follow(NOW))
    assert len(made) == 1
    assert [one.new for one in recorded] == [1] * 60
    assert len(store.items.waiting()) == 60


def test_of_many_looks_one_that_cannot_be_kept_undoes_no_other(store: Store):
    bad = [
        Gathered((item("1", "naiv", published=NOW.replace(tzinfo=None)),), MEMORY),
        Gathered((item("1", "fremd"), item("1", "fremd-" * 3)), MEMORY, media=(Medium("x", None, b""),)),  # type: ignore[arg-type]
    ]
    outcomes = [Outcome(f"s{n}", "", Gathered((item("1", f"s{n}"),), MEMORY)) for n in range(3)]
    outcomes[1:1] = [Outcome(f"bad{n}", "", gathered) for n, gathered in enumerate(bad)]
    recorded = {one.source_id: one for one in store.sources.record_all(outcomes, NOW, follow(NOW))}
    assert {name for name, one in recorded.items() if one.error is not None} == {"bad0", "bad1"}
    assert isinstance(recorded["bad0"].error, ValueError)
    assert isinstance(recorded["bad1"].error, StoreError)
    assert sorted(store.sources.states()) == ["s0", "s1", "s2"]
    assert len(store.items.waiting()) == 3


def test_an_alert_is_kept_with_the_state_that_it_tells_of(store: Store):
    for hours in (0, 3, 6, 9):
        fail(store, "heise", "HTTP 503", NOW + hours * HOUR)
    gather(store, item("1"), now=NOW + 10 * HOUR)
    back, broken = store.alerts.list(10)
    assert (broken.what, broken.at) == (Health.BROKEN.value, NOW + 6 * HOUR)
    assert "HTTP 503" in broken.words
    assert back.what == Health.OK.value
    assert store.alerts.list(1) == (back,)


def test_a_state_is_read_as_it_was_written(store: Store):
    whole = SourceState(
        "heise",
        MEMORY,
        baselined=True,
        problem="HTTP 503",
        since=NOW,
        last_new_item=NOW,
        warnings=("a", "b"),
        health=Health.BROKEN,
        failures=3,
        failing=NOW,
        looked=NOW,
        answered=NOW - HOUR,
        next_look=NOW + HOUR,
        asked=NOW + HOUR,
        arrivals=(Arrivals("2026-11-22", 3), Arrivals("2026-11-23", 70)),
        listing=Listing(NOW, 30, 1, NOW - HOUR),
    )
    store.sources.record_all([Outcome("heise", "", problem="x")], NOW, lambda *_: Aftermath(whole))
    assert store.sources.state("heise") == whole


def test_an_unchanged_source_keeps_its_warnings_and_takes_the_new_memory(store: Store):
    problem = ArticleError("b.txt", 3, "Kein Titel")
    record(store, "heise", Gathered((item("1"),), Memory(), problems=(problem,)), NOW, baseline=True)
    record(store, "heise", Gathered((), MEMORY, unchanged=True), NOW, baseline=True)
    state = store.sources.state("heise")
    assert (state.warnings, state.memory) == (("b.txt:3: Kein Titel",), MEMORY)
    record(store, "heise", Gathered((item("1"),), MEMORY), NOW, baseline=True)
    assert store.sources.state("heise").warnings == ()


def test_an_item_that_only_bears_new_times_is_not_changed(store: Store):
    gather(store, item("1"))
    store.items.ignore_change(ItemKey("heise", "1"))
    with rows_written(store) as written:
        gather(store, item("1", published=NOW + HOUR, updated=NOW + HOUR))
    assert _tables(written) == ["looks"]
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
    fail(store, "heise", "HTTP 503", NOW)
    fail(store, "heise", "HTTP 502", NOW + HOUR)
    state = store.sources.state("heise")
    assert (state.problem, state.failing, state.baselined) == ("HTTP 502", NOW, False)


def test_the_same_problem_again_writes_one_narrow_row(store: Store):
    fail(store, "heise", "HTTP 503", NOW)
    with rows_written(store) as written:
        fail(store, "heise", "HTTP 503", NOW + HOUR)
    assert _tables(written) == ["looks"]
    assert store.sources.state("heise").failures == 2


def test_a_success_clears_the_problem(store: Store):
    fail(store, "heise", "HTTP 503", NOW)
    gather(store, item("1"), now=NOW + HOUR)
    state = store.sources.state("heise")
    assert (state.problem, state.failing, state.failures) == (None, None, 0)
    assert (state.health, state.since, state.answered) == (Health.OK, NOW + HOUR, NOW + HOUR)
    gather(store, item("1"), now=NOW + DAY)
    assert store.sources.state("heise").since == NOW + HOUR


def test_an_unchanged_source_clears_its_problem_too(store: Store):
    gather(store, item("1"))
    fail(store, "heise", "HTTP 503", NOW)
    record(store, "heise", Gathered((), Memory(), unchanged=True), NOW + HOUR, baseline=True)
    assert store.sources.state("heise").problem is None


def test_a_problem_forgets_neither_memory_nor_items(store: Store):
    record(store, "heise", Gathered((item("1"),), MEMORY), NOW, baseline=True)
    fail(store, "heise", "HTTP 503", NOW)
    state = store.sources.state("heise")
    assert (state.memory, state.baselined, state.last_new_item) == (MEMORY, True, NOW)


def test_states_names_all_sources(store: Store):
    gather(store, item("1"))
    fail(store, "golem", "HTTP 503", NOW)
    states = store.sources.states()
    assert list(states) == ["golem", "heise"]
    assert states["heise"] == store.sources.state("heise")


def test_pictures_are_kept_once_and_exactly(store: Store):
    picture = Medium("media/1.png", "image/png", bytes(range(256)))
    for source_id in ("a", "b", "a"):
        record(store, source_id, Gathered((), Memory(), media=(picture, picture)), NOW, baseline=False)
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
    assert record(store, "heise", Gathered((), Memory(), unchanged=True), NOW - DAY, baseline=True) == 0


def _tables(statements: list[str]) -> list[str]:
    return [statement.split()[2 if statement.startswith("INSERT") else 1] for statement in statements]


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
    fail(store, "broken", words, NOW)
    assert store.sources.state("broken").problem == words


def test_names_longer_than_an_index_takes_are_told_apart(store: Store):
    long = "https://x.example/" + "ü" * 5000
    gather(store, item(long + "a", url=long + "a"), item(long + "b", url=long + "b"))
    assert gather(store, item(long + "a", url=long + "a")) == 0
    stored = store.items.get(ItemKey("heise", long + "b"))
    assert stored is not None
    assert stored.item == replace(stored.item, uid=long + "b")
    assert len(store.items.waiting()) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"memory": Memory(etag='"neu"')},
        {"baselined": True},
        {"problem": "HTTP \x00 503"},
        {"failing": NOW - HOUR},
        {"health": Health.SILENT},
        {"since": NOW - DAY},
        {"last_new_item": NOW - 2 * HOUR},
        {"warnings": ("gekürzt",)},
        {"arrivals": (Arrivals("2026-11-22", 3),)},
        {"listing": Listing(NOW, 20, 1)},
        {"answered": NOW - HOUR},
        {"next_look": NOW + HOUR},
        {"asked": NOW + HOUR},
        {"failures": 2},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_of_a_state_changes_alone_is_kept(store: Store, change: dict[str, Any]):
    plain = SourceState("heise", looked=NOW)
    after = replace(plain, **change)
    for state in (plain, after):
        outcome = Outcome("heise", "", Gathered((), Memory(), unchanged=True))
        (recorded,) = store.sources.record_all([outcome], NOW, lambda *_, state=state: Aftermath(state))
        assert recorded.error is None
        assert store.sources.state("heise") == state
