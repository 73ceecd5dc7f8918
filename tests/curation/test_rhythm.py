"""When a source is looked at again, and when its silence is not usual."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.curation.rhythm import (
    Bounds,
    asked_until,
    first_arrivals,
    is_due,
    is_left_alone,
    next_look,
    pace_of,
    silence,
    with_arrivals,
)
from feeder.model import Arrivals, Gathered, Health, Item, Memory, Outcome, SourceState

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BOUNDS = Bounds(15 * MINUTE, 12 * HOUR)
ADDRESS = "https://heise.example/rss"


def published(per_day: int, days: int, *, every: int = 1, weekdays: bool = False, until: datetime = NOW) -> SourceState:
    """A source that has published so many items on so many days until now."""
    found = (until - n * every * DAY for n in range(days))
    arrivals = tuple(
        Arrivals(day.date().isoformat(), per_day) for day in sorted(found) if not weekdays or day.weekday() < 5
    )
    return SourceState("heise", Memory(location=ADDRESS), baselined=True, health=Health.OK, arrivals=arrivals)


def pause(state: SourceState, *, bounds: Bounds = BOUNDS, rhythm: timedelta | None = None) -> timedelta:
    return next_look(state, NOW, bounds, rhythm) - NOW


@pytest.mark.parametrize(
    ("state", "low", "high"),
    [
        (published(200, 30), 15 * MINUTE, 17 * MINUTE),
        (published(40, 30), 16 * MINUTE, 20 * MINUTE),
        (published(4, 30), 2.7 * HOUR, 3.3 * HOUR),
        (published(1, 30), 10.8 * HOUR, 12 * HOUR),
        (published(1, 10, every=7), 10.8 * HOUR, 12 * HOUR),
        (SourceState("new"), 54 * MINUTE, 66 * MINUTE),
    ],
    ids=["a wire", "forty a day", "four a day", "daily", "weekly", "not known yet"],
)
def test_a_source_is_looked_at_twice_in_the_time_of_an_item_within_the_bounds(
    state: SourceState, low: timedelta, high: timedelta
) -> None:
    assert low <= pause(state) <= high


def test_a_rhythm_that_is_set_wins_over_the_learned_one_and_over_the_longest_but_not_the_shortest() -> None:
    assert 1.8 * HOUR <= pause(published(40, 30), rhythm=2 * HOUR) <= 2.2 * HOUR
    assert pause(published(40, 30), rhythm=MINUTE) <= 17 * MINUTE
    assert 8.1 * DAY <= pause(published(40, 30), rhythm=9 * DAY) <= 9 * DAY
    failing = SourceState("heise", problem="HTTP 429", failures=50, failing=NOW)
    assert 0.9 * DAY <= pause(failing, rhythm=DAY) <= DAY


def test_what_has_a_long_rhythm_is_not_due_before_its_time() -> None:
    state = SourceState("heise", looked=NOW - HOUR, next_look=NOW + 23 * HOUR)
    assert not is_due(state, ADDRESS, BOUNDS, NOW, DAY)
    assert is_due(state, ADDRESS, BOUNDS, NOW)
    assert is_due(state, ADDRESS, BOUNDS, NOW, 2 * HOUR)


def test_failures_are_followed_by_longer_and_longer_pauses_and_never_by_a_stop() -> None:
    pauses = [
        pause(SourceState("heise", problem="HTTP 503", failures=n, failing=NOW)) for n in (1, 2, 3, 4, 7, 50, 10_000)
    ]
    assert pauses[0] < 17 * MINUTE
    assert 27 * MINUTE <= pauses[1] <= 33 * MINUTE
    assert 54 * MINUTE <= pauses[2] <= 66 * MINUTE
    assert pauses[-3:] == sorted(pauses[-3:])
    assert max(pauses) <= 12 * HOUR


def test_what_is_gone_is_looked_at_once_a_week() -> None:
    assert pause(SourceState("heise", health=Health.GONE, failures=1)) == 7 * DAY


@given(st.integers(1, 10**6), st.integers(0, 5), st.text(max_size=20))
def test_no_pause_ever_leaves_the_bounds(per_day: int, failures: int, name: str) -> None:
    state = published(per_day, 20)
    state = SourceState(name, arrivals=state.arrivals, failures=failures)
    assert BOUNDS.soonest <= pause(state) <= BOUNDS.latest
    assert pause(state, bounds=Bounds(timedelta(0), timedelta(0))) == timedelta(0)


def test_sources_with_the_same_rhythm_are_spread_and_each_keeps_its_place() -> None:
    spread = {pause(SourceState(f"source-{n}")) for n in range(50)}
    assert len(spread) > 40
    assert pause(SourceState("a")) == pause(SourceState("a"))


def test_what_a_server_asks_for_is_granted_up_to_a_bound() -> None:
    def answered(wait: timedelta | None) -> datetime | None:
        return asked_until(Outcome("heise", ADDRESS, Gathered((), Memory(), wait=wait)), NOW, BOUNDS)

    def refused(wait: timedelta | None) -> datetime | None:
        return asked_until(Outcome("heise", ADDRESS, problem="HTTP 429", wait=wait), NOW, BOUNDS)

    assert answered(None) is answered(timedelta(0)) is answered(-HOUR) is None
    assert answered(HOUR) == NOW + HOUR
    assert answered(3650 * DAY) == NOW + 12 * HOUR
    assert refused(20 * HOUR) == NOW + 20 * HOUR
    assert refused(3650 * DAY) == NOW + DAY


def test_nothing_is_looked_at_before_its_server_wants_it() -> None:
    state = published(200, 30)
    asked = SourceState("heise", arrivals=state.arrivals, asked=NOW + 5 * HOUR)
    assert next_look(asked, NOW, BOUNDS, None) == NOW + 5 * HOUR
    assert is_left_alone(asked, ADDRESS, NOW)
    assert not is_left_alone(asked, ADDRESS, NOW + 5 * HOUR)
    assert not is_left_alone(SourceState("heise"), ADDRESS, NOW)


def test_a_source_is_due_when_its_time_has_come() -> None:
    def due(ahead: timedelta, **more: object) -> bool:
        state = SourceState("heise", **{"looked": NOW - HOUR, "next_look": NOW + ahead} | more)  # type: ignore[arg-type]
        return is_due(state, ADDRESS, BOUNDS, NOW)

    assert is_due(SourceState("heise"), ADDRESS, BOUNDS, NOW)
    assert due(timedelta(0))
    assert due(-MINUTE)
    assert not due(MINUTE)
    assert not due(12 * HOUR)


def test_another_address_is_due_at_once() -> None:
    state = SourceState("heise", Memory(location=ADDRESS), looked=NOW - HOUR, next_look=NOW + HOUR, asked=NOW + HOUR)
    assert not is_due(state, ADDRESS, BOUNDS, NOW)
    assert is_due(state, ADDRESS + "2", BOUNDS, NOW)
    assert not is_left_alone(state, ADDRESS + "2", NOW)


def test_a_login_in_the_address_is_no_other_address() -> None:
    state = SourceState("heise", Memory(location=ADDRESS), looked=NOW - HOUR, next_look=NOW + HOUR, asked=NOW + HOUR)
    configured = ADDRESS.replace("://", "://nina:geheim@")
    assert not is_due(state, configured, BOUNDS, NOW)
    assert is_left_alone(state, configured, NOW)


def test_a_clock_that_was_wrong_freezes_no_source() -> None:
    years = 365 * DAY
    ahead = SourceState("heise", looked=NOW + years, next_look=NOW + years + HOUR)
    assert is_due(ahead, ADDRESS, BOUNDS, NOW)
    lately = SourceState("heise", looked=NOW + 2 * HOUR, next_look=NOW + 3 * HOUR)
    assert is_due(lately, ADDRESS, BOUNDS, NOW)
    shortened = SourceState("heise", looked=NOW - HOUR, next_look=NOW + 11 * HOUR)
    assert is_due(shortened, ADDRESS, Bounds(MINUTE, HOUR), NOW)
    gone = SourceState("heise", health=Health.GONE, looked=NOW, next_look=NOW + 7 * DAY)
    assert not is_due(gone, ADDRESS, BOUNDS, NOW)
    refused = SourceState("heise", looked=NOW, next_look=NOW + DAY, asked=NOW + DAY)
    assert not is_due(refused, ADDRESS, BOUNDS, NOW)
    assert not is_left_alone(SourceState("heise", asked=NOW + years), ADDRESS, NOW)


def test_the_dates_of_a_first_look_tell_the_days_before_and_dates_ahead_tell_nothing() -> None:
    dates = [NOW, NOW - HOUR, NOW - DAY, NOW + DAY, None]
    items = [Item("heise", str(n), None, "x", published=date) for n, date in enumerate(dates)]
    assert first_arrivals(items, NOW) == (Arrivals("2026-11-22", 1), Arrivals("2026-11-23", 2))


def test_of_the_days_the_last_sixty_are_kept() -> None:
    arrivals: tuple[Arrivals, ...] = ()
    for n in range(100):
        arrivals = with_arrivals(with_arrivals(arrivals, 1, NOW + n * DAY), 2, NOW + n * DAY)
    assert len(arrivals) == 60
    assert arrivals[-1] == Arrivals((NOW + 99 * DAY).date().isoformat(), 3)
    assert with_arrivals(arrivals, 1, NOW + 98 * DAY)[-2].count == 4


def test_the_longest_gap_of_a_long_memory_is_no_habit() -> None:
    days = sorted(NOW - n * DAY for n in range(41) if not 10 < n < 20)
    pace = pace_of([Arrivals(day.date().isoformat(), 1) for day in days])
    assert pace is not None
    assert (pace.gap, pace.days, pace.at_weekends) == (1, 32, True)


@pytest.mark.parametrize(
    ("state", "quiet", "alarm"),
    [
        (published(40, 30), 2, 3),
        (published(3, 40, weekdays=True), 6, 7),
        (published(1, 10, every=7), 14, 15),
        (published(5, 4), 29, 30),
        (published(1, 3, every=31), 62, 63),
        (SourceState("heise", last_new_item=NOW), 29, 30),
    ],
    ids=["forty a day", "monday to friday", "weekly", "hardly known", "monthly", "without dates"],
)
def test_silence_is_told_when_it_is_longer_than_ever(state: SourceState, quiet: int, alarm: int) -> None:
    assert silence(state, NOW + quiet * DAY) is None
    assert silence(state, NOW + alarm * DAY) is not None


def test_silence_is_told_in_words() -> None:
    assert silence(published(40, 30), NOW + 3 * DAY) == "silent for 3 days, usually 40 a day"
    assert silence(published(1, 10, every=7), NOW + 20 * DAY) == "silent for 20 days, usually 1 a week"
    assert silence(published(1, 3), NOW + 40 * DAY) == "silent for 40 days"


def test_a_blog_of_weekdays_is_not_silent_over_easter() -> None:
    thursday, tuesday = datetime(2026, 4, 2, 18, tzinfo=UTC), datetime(2026, 4, 7, 9, tzinfo=UTC)
    assert silence(published(2, 40, weekdays=True, until=thursday), tuesday) is None
    assert silence(published(2, 7, weekdays=True, until=thursday), tuesday) is None
