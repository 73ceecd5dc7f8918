"""How a source is after a look, and what somebody is told of it, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feeder.curation.health import Calling, after_look, health_of
from feeder.curation.rhythm import Bounds
from feeder.model import Alert, Arrivals, Gathered, Health, Item, Listing, Memory, Outcome, SourceState

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADDRESS = "https://heise.example/rss"
CALLING = Calling(Bounds(timedelta(minutes=15), timedelta(hours=12)))
MEMORY = Memory(location=ADDRESS)
UNCHANGED = Outcome("heise", ADDRESS, Gathered((), MEMORY, unchanged=True))
DAILY = tuple(Arrivals((NOW - n * DAY).date().isoformat(), 5) for n in range(20, -1, -1))
FINE = SourceState("heise", MEMORY, baselined=True, health=Health.OK, since=NOW - 9 * DAY, arrivals=DAILY)


def listed(count: int, **more: object) -> Outcome:
    items = tuple(Item("heise", str(n), None, str(n), published=NOW - n * DAY) for n in range(count))
    return Outcome("heise", ADDRESS, Gathered(items, MEMORY, **more))  # type: ignore[arg-type]


def failing(problem: str = "HTTP 503", *, gone: bool = False, location: str = ADDRESS) -> Outcome:
    return Outcome("heise", location, problem=problem, gone=gone)


def live(state: SourceState, *looks: tuple[Outcome, datetime], new: int = 0) -> tuple[SourceState, list[Alert]]:
    """Take some looks one after the other; return the last state and all alerts."""
    alerts = []
    for outcome, at in looks:
        after = after_look(state, outcome, [at] * new, CALLING, at)
        state = after.state
        alerts += [after.alert] if after.alert else []
    return state, alerts


def test_a_first_look_makes_a_new_source_fine_without_a_word() -> None:
    state, alerts = live(SourceState("heise"), (listed(3), NOW), new=3)
    assert (state.health, state.since, state.baselined, state.answered, alerts) == (Health.OK, NOW, True, NOW, [])
    assert [one.count for one in state.arrivals] == [1, 1, 1]
    assert state.listing == Listing(NOW, 3, 3, None)
    assert state.last_new_item == NOW


def test_a_few_failures_are_no_illness_and_many_over_hours_are_one_alert() -> None:
    state, alerts = live(FINE, *((failing(), NOW + n * timedelta(minutes=20)) for n in range(10)))
    assert (state.health, alerts) == (Health.OK, [])
    assert (state.problem, state.failures, state.failing) == ("HTTP 503", 10, NOW)
    state, alerts = live(FINE, (failing(), NOW), (failing(), NOW + 10 * HOUR))
    assert (state.health, alerts) == (Health.OK, [])
    state, alerts = live(FINE, *((failing(), NOW + n * 3 * HOUR) for n in range(9)))
    assert (state.health, state.since) == (Health.BROKEN, NOW + 6 * HOUR)
    assert [(one.what, one.at) for one in alerts] == [(Health.BROKEN.value, NOW + 6 * HOUR)]
    assert "HTTP 503" in alerts[0].words


def test_a_look_that_two_processes_took_at_once_counts_once() -> None:
    failed, alerts = live(FINE, (failing(), NOW), (failing(), NOW), (failing(), NOW - timedelta(minutes=5)))
    assert (failed.failures, failed.failing, failed.looked, alerts) == (1, NOW, NOW, [])
    ill = replace(FINE, failures=2, failing=NOW - DAY)
    broken, alerts = live(ill, (failing(), NOW), (failing(), NOW), (UNCHANGED, NOW))
    assert (broken.health, broken.failures, broken.problem) == (Health.BROKEN, 3, "HTTP 503")
    assert [one.what for one in alerts] == [Health.BROKEN.value]
    back, alerts = live(broken, (UNCHANGED, NOW + timedelta(seconds=1)))
    assert (back.health, [one.what for one in alerts]) == (Health.OK, [Health.OK.value])


def test_the_same_flood_told_again_changes_nothing() -> None:
    before = replace(FINE, answered=NOW - HOUR)
    first = after_look(before, listed(40), [NOW - 60 * DAY] * 40, CALLING, NOW)
    again = after_look(first.state, listed(40), [], CALLING, NOW)
    assert (again.state, again.alert) == (first.state, None)


def test_what_a_late_look_brought_is_kept() -> None:
    failed = live(SourceState("heise"), (failing(), NOW))[0]
    state, alerts = live(failed, (listed(3), NOW), new=3)
    assert (state.baselined, state.answered, state.memory, state.failures, alerts) == (True, NOW, MEMORY, 1, [])
    assert state.listing == Listing(NOW, 3, 3, None)


def test_a_late_failure_says_nothing_of_what_answered_and_its_own_words_of_what_failed() -> None:
    state = live(FINE, (UNCHANGED, NOW), (failing(), NOW))[0]
    assert (state.problem, state.failures, state.failing) == (None, 0, None)
    assert live(FINE, (failing(), NOW), (failing("HTTP 500"), NOW))[0].problem == "HTTP 500"


def test_a_clock_that_was_a_day_ahead_makes_no_look_late() -> None:
    assert live(replace(FINE, looked=NOW + DAY), (failing(), NOW))[0].failures == 1


def test_what_is_back_is_told_once() -> None:
    broken = live(FINE, *((failing(), NOW + n * 3 * HOUR) for n in range(3)))[0]
    state, alerts = live(broken, (UNCHANGED, NOW + DAY), (UNCHANGED, NOW + 2 * DAY))
    assert (state.health, state.since, state.problem, state.failures) == (Health.OK, NOW + DAY, None, 0)
    assert [one.words for one in alerts] == ["it is back; it was broken since 2026-11-23 15:00 UTC"]


def test_what_is_gone_is_told_at_once_and_stays_gone_until_it_answers() -> None:
    state, alerts = live(FINE, (failing("HTTP 410", gone=True), NOW), (failing("HTTP 500"), NOW + 7 * DAY))
    assert state.health is Health.GONE
    assert [one.what for one in alerts] == [Health.GONE.value]
    assert state.next_look == NOW + 14 * DAY
    assert [one.what for one in live(state, (listed(1), NOW + 21 * DAY), new=1)[1]] == [Health.OK.value]


def test_another_address_in_the_configuration_begins_anew() -> None:
    gone = live(FINE, (failing("HTTP 410", gone=True), NOW))[0]
    state, alerts = live(gone, (failing("HTTP 500", location=ADDRESS + "2"), NOW + DAY))
    assert (state.health, state.failures, state.failing, alerts) == (Health.OK, 1, NOW + DAY, [])
    assert state.memory == Memory(location=ADDRESS + "2")
    assert state.arrivals == FINE.arrivals


def test_a_feed_that_lists_nothing_any_more_is_emptied() -> None:
    state, alerts = live(FINE, (listed(0), NOW), (UNCHANGED, NOW + HOUR))
    assert (state.health, [one.what for one in alerts]) == (Health.EMPTIED, [Health.EMPTIED.value])
    fresh, none = live(SourceState("leer"), (listed(0), NOW))
    assert (fresh.health, none) == (Health.OK, [])
    assert live(state, (listed(2), NOW + DAY))[0].health is Health.OK


def test_a_source_that_fell_silent_is_told_once_and_when_it_speaks_again() -> None:
    state, alerts = live(FINE, *((UNCHANGED, NOW + n * DAY) for n in range(6)))
    assert [(one.what, one.at) for one in alerts] == [(Health.SILENT.value, NOW + 3 * DAY)]
    assert alerts[0].words.startswith("silent for 3 days, usually 5 a day")
    again, alerts = live(state, (listed(3), NOW + 7 * DAY), new=1)
    assert (again.health, [one.what for one in alerts]) == (Health.OK, [Health.OK.value])
    assert again.arrivals[-1] == Arrivals("2026-11-30", 1)


def test_a_source_that_moved_is_told_with_its_new_address() -> None:
    moved = Outcome("heise", ADDRESS, Gathered((), replace(MEMORY, moved_to="https://neu.example/rss"), unchanged=True))
    state, alerts = live(FINE, (moved, NOW), (moved, NOW + HOUR))
    assert state.health is Health.MOVED
    assert [one.words for one in alerts] == [
        "it moved for good to https://neu.example/rss: put that address into config.toml"
    ]


def test_what_may_be_a_key_in_a_new_address_stands_in_no_alert() -> None:
    memory = replace(MEMORY, moved_to="https://neu.example/rss?token=geheim")
    _, alerts = live(FINE, (Outcome("heise", ADDRESS, Gathered((), memory, unchanged=True)), NOW))
    (alert,) = alerts
    assert alert.words.startswith("it moved for good to https://neu.example/rss?… (`feeder sources show heise`")
    assert "geheim" not in alert.words


def test_a_flood_is_held_told_and_no_part_of_the_rhythm() -> None:
    before = replace(FINE, answered=NOW - HOUR)
    dates = [NOW - n * 30 * DAY for n in range(2, 42)]
    after = after_look(before, listed(40), dates, CALLING, NOW)
    assert after.flooded == set(range(40))
    assert after.alert is not None
    assert after.alert.what == Health.FLOODING.value
    assert after.state.arrivals == before.arrivals


def test_a_flood_lasts_for_days_and_what_is_as_old_as_it_is_held_too() -> None:
    before = replace(FINE, answered=NOW - HOUR)
    state = after_look(before, listed(40), [NOW - 60 * DAY] * 40, CALLING, NOW).state
    calm = after_look(state, UNCHANGED, [], CALLING, NOW + HOUR)
    assert (calm.state.health, calm.alert, set(calm.flooded)) == (Health.FLOODING, None, set())
    more = after_look(calm.state, listed(43), [NOW - 9 * DAY, None, NOW + HOUR], CALLING, NOW + 2 * HOUR)
    assert (more.state.health, more.state.since, more.alert) == (Health.FLOODING, NOW, None)
    assert set(more.flooded) == {0, 1}
    assert more.state.arrivals[-1] == Arrivals("2026-11-23", 6)
    later = after_look(more.state, listed(44), [NOW - 9 * DAY], CALLING, NOW + 3 * DAY)
    assert (later.state.health, set(later.flooded)) == (Health.OK, set())
    assert later.alert is not None
    assert later.alert.words == "it is back; it was flooding since 2026-11-23 09:00 UTC"


def test_a_second_flood_lasts_as_long_again_and_failures_between_end_none() -> None:
    before = replace(FINE, answered=NOW - HOUR)
    state = after_look(before, listed(40), [NOW - 60 * DAY] * 40, CALLING, NOW).state
    state = after_look(state, listed(80), [NOW - 60 * DAY] * 40, CALLING, NOW + 2 * DAY).state
    broken = live(state, *((failing(), NOW + 2 * DAY + n * 3 * HOUR) for n in range(1, 5)))[0]
    assert broken.health is Health.BROKEN
    back, alerts = live(broken, (UNCHANGED, NOW + 4 * DAY))
    assert (back.health, alerts[0].words) == (
        Health.FLOODING,
        "what came at once on 2026-11-25 09:00 UTC is held",
    )
    assert live(back, (UNCHANGED, NOW + 5 * DAY))[0].health is not Health.FLOODING


def test_another_address_ends_a_flood() -> None:
    state = after_look(replace(FINE, answered=NOW - HOUR), listed(40), [NOW - 60 * DAY] * 40, CALLING, NOW).state
    elsewhere = replace(listed(1), location=ADDRESS + "2")
    after = after_look(state, elsewhere, [NOW - 60 * DAY], CALLING, NOW + HOUR)
    assert (after.state.health, set(after.flooded)) == (Health.OK, set())


def test_a_folder_has_no_rhythm_and_no_silence() -> None:
    folder = Calling(CALLING.bounds, timed=False)
    outcome = Outcome("redaktion", "articles", Gathered((Item("redaktion", "a", None, "A"),), Memory()))
    state = after_look(SourceState("redaktion"), outcome, [NOW], folder, NOW).state
    assert (state.arrivals, state.listing, state.memory.location) == ((), None, None)
    failed = after_look(state, Outcome("redaktion", "articles", problem="weg"), [], folder, NOW + DAY).state
    assert failed.memory == state.memory
    unread = Outcome("redaktion", "articles", Gathered((), Memory(), unchanged=True))
    assert after_look(state, unread, [], folder, NOW + 29 * DAY).state.health is Health.OK


def test_the_worst_that_holds_is_what_is_told() -> None:
    state = replace(
        FINE, memory=replace(MEMORY, moved_to="https://neu.example/"), listing=Listing(NOW, 0, 0), problem="HTTP 503"
    )
    later = NOW + 30 * DAY
    assert health_of(state, later)[0] is Health.EMPTIED
    assert health_of(replace(state, listing=None), later)[0] is Health.SILENT
    assert health_of(replace(state, listing=None), NOW)[0] is Health.MOVED
    ill = replace(state, failures=3, failing=NOW)
    assert health_of(ill, later)[0] is Health.BROKEN
    assert health_of(ill, later, gone=True)[0] is Health.GONE
