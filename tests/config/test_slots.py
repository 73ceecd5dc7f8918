from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from feeder.config import Slot, last_slot, next_slot
from feeder.config.slots import WEEKDAYS, changes_clocks, parse_slot
from feeder.config.values import STATES

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")]


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("mon-fri 07:00", Slot(("mon", "tue", "wed", "thu", "fri"), 7, 0)),
        ("sun 18:30", Slot(("sun",), 18, 30)),
        ("Fri,mon-tue 23:59", Slot(("mon", "tue", "fri"), 23, 59)),
        ("sat-mon 00:00", Slot(("mon", "sat", "sun"), 0, 0)),
    ],
)
def test_a_slot_is_weekday_names_and_a_time(text: str, slot: Slot):
    assert parse_slot(text) == slot


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1-5 07:00", "0 is Monday to APScheduler and Sunday to cron"),
        ("0 7 * * 1-5", "not a crontab line"),
        ("Mo-Fr 07:00", 'weekdays are mon, tue, wed, thu, fri, sat and sun; did you mean "mon"'),
        ("monday 07:00", 'did you mean "mon"'),
        ("mon-fri", "weekday names and a time"),
        ("mon-fri 7:00", "the time must be HH:MM"),
        ("mon-fri 24:00", "the time must be HH:MM"),
        ("mon, 07:00", "weekdays are"),
        ("", "weekday names and a time"),
    ],
)
def test_what_is_no_slot_is_refused_with_a_reason(text: str, why: str):
    with pytest.raises(ValueError, match=re.escape(why)):
        parse_slot(text)


@pytest.mark.parametrize(
    ("zone", "time", "changes"),
    [
        ("Europe/Berlin", (2, 0), True),
        ("Europe/Berlin", (2, 59), True),
        ("Europe/Berlin", (1, 59), False),
        ("Europe/Berlin", (3, 0), False),
        ("America/New_York", (1, 30), True),
        ("America/New_York", (2, 30), True),
        ("America/New_York", (3, 0), False),
        ("Asia/Kolkata", (2, 30), False),
        ("UTC", (2, 30), False),
    ],
)
def test_an_hour_is_refused_where_the_clocks_change_in_it(zone: str, time: tuple[int, int], changes: bool):
    assert changes_clocks(ZoneInfo(zone), *time) is changes


@given(st.sampled_from(sorted(available_timezones())), st.integers(0, 23), st.integers(0, 59))
def test_looking_at_changed_weeks_finds_what_looking_at_each_day_finds(zone: str, hour: int, minute: int):
    first = datetime(2025, 1, 1, hour, minute, tzinfo=ZoneInfo(zone))
    days = (first + timedelta(days=n) for n in range(4 * 365))
    assert changes_clocks(ZoneInfo(zone), hour, minute) is any(
        day.utcoffset() != day.replace(fold=1).utcoffset() for day in days
    )


@pytest.mark.parametrize(
    ("now", "last", "coming"),
    [  # the last Sundays of March and October 2026 are the 29th and the 25th
        ("2026-03-28T12:00", "2026-03-27T06:00", "2026-03-30T05:00"),
        ("2026-10-24T12:00", "2026-10-23T05:00", "2026-10-26T06:00"),
        ("2026-10-26T06:00", "2026-10-26T06:00", "2026-10-27T06:00"),
        ("2026-10-26T05:59", "2026-10-23T05:00", "2026-10-26T06:00"),
    ],
)
def test_seven_in_the_morning_stays_seven_when_the_clocks_change(now: str, last: str, coming: str):
    slots, moment = [parse_slot("mon-fri 07:00")], datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert last_slot(slots, BERLIN, moment) == datetime.fromisoformat(last).replace(tzinfo=UTC)
    assert next_slot(slots, BERLIN, moment) == datetime.fromisoformat(coming).replace(tzinfo=UTC)


def test_without_slots_nothing_is_due():
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert last_slot([], BERLIN, now) is None
    assert next_slot([], BERLIN, now) is None


SLOTS = st.builds(
    Slot,
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(tuple),
    st.integers(0, 23),
    st.integers(0, 59),
)
YEARS = timedelta(days=6 * 365)
MOMENTS = st.timedeltas(timedelta(0), YEARS).map(lambda since: datetime(2024, 1, 1, tzinfo=UTC) + since)
CHANGES = st.builds(  # within two days of a change of clocks in Berlin, New York or on Lord Howe Island
    lambda day, hours: datetime(2026, day[0], day[1], tzinfo=UTC) + timedelta(hours=hours),
    st.sampled_from([(3, 8), (3, 29), (4, 5), (10, 4), (10, 25), (11, 1)]),
    st.floats(-48, 48, allow_nan=False),
)


@given(st.lists(SLOTS, min_size=1, max_size=4), st.sampled_from(ZONES), MOMENTS | CHANGES)
def test_now_lies_between_the_last_slot_and_the_next(slots: list[Slot], zone: ZoneInfo, now: datetime):
    last, coming = last_slot(slots, zone, now), next_slot(slots, zone, now)
    assert last is not None
    assert coming is not None
    assert last <= now < coming
    assert (last.tzinfo, coming.tzinfo) == (UTC, UTC)
    assert next_slot(slots, zone, last) == coming
    assert last_slot(slots, zone, coming) == coming


@given(st.lists(SLOTS, min_size=1, max_size=4), st.sampled_from(ZONES), MOMENTS | CHANGES)
def test_a_slot_is_due_at_its_own_time_on_the_wall(slots: list[Slot], zone: ZoneInfo, now: datetime):
    kept = [slot for slot in slots if not changes_clocks(zone, slot.hour, slot.minute)]
    coming = next_slot(kept, zone, now)
    wall = coming.astimezone(zone) if coming else None
    assert wall is None or any(
        (WEEKDAYS[wall.weekday()] in slot.weekdays, wall.hour, wall.minute) == (True, slot.hour, slot.minute)
        for slot in kept
    )


@given(SLOTS, st.sampled_from(ZONES), MOMENTS | CHANGES)
def test_another_reckoning_agrees(slot: Slot, zone: ZoneInfo, now: datetime):
    """APScheduler's, except between midnight and one: there it loses the day after the clocks go forward."""
    if slot.hour == 0 or changes_clocks(zone, slot.hour, slot.minute):
        return
    now = now.replace(microsecond=0)
    trigger = CronTrigger(day_of_week=",".join(slot.weekdays), hour=slot.hour, minute=slot.minute, timezone=zone)
    assert next_slot([slot], zone, now) == trigger.get_next_fire_time(None, now + timedelta(seconds=1))


def test_midnight_after_the_clocks_went_forward_is_not_lost():
    now = datetime(2026, 3, 28, tzinfo=UTC)
    assert next_slot([parse_slot("mon 00:00")], BERLIN, now) == datetime(2026, 3, 29, 22, tzinfo=UTC)


WEEKDAYS_AT_SEVEN = [parse_slot("mon-fri 07:00")]


def slots_of(year: int, state: str | None) -> list[datetime]:
    """All slots of a year on weekdays at seven, each found from the one before."""
    found, now = [], datetime(year - 1, 12, 31, 12, tzinfo=UTC)
    while (coming := next_slot(WEEKDAYS_AT_SEVEN, BERLIN, now, state)) and coming.year == year:
        assert last_slot(WEEKDAYS_AT_SEVEN, BERLIN, coming, state) == coming
        found.append(coming)
        now = coming
    return found


@pytest.mark.parametrize(
    ("state", "free"),
    [  # of 2026, from the states' laws; those on Saturdays and Sundays have no slot anyway
        ("BE", "01-01 04-03 04-06 05-01 05-14 05-25 12-25"),
        ("BY", "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 12-25"),
    ],
)
def test_a_year_has_a_slot_on_each_weekday_that_is_no_holiday(state: str, free: str):
    left = {f"{slot.astimezone(BERLIN):%m-%d}" for slot in slots_of(2026, None)}
    kept = [slot.astimezone(BERLIN) for slot in slots_of(2026, state)]
    assert sorted(left - {f"{slot:%m-%d}" for slot in kept}) == free.split()
    assert len(kept) == 261 - len(free.split())
    assert {(slot.hour, slot.minute) for slot in kept} == {(7, 0)}, "also where the clocks change"
    assert {slot.utcoffset() for slot in kept} == {timedelta(hours=1), timedelta(hours=2)}


def test_a_weekly_slot_is_found_over_two_holidays_in_a_row():
    friday = [parse_slot("fri 07:00")]
    before = datetime(2026, 12, 18, 6, tzinfo=UTC)
    coming = datetime(2027, 1, 8, 6, tzinfo=UTC)
    assert next_slot(friday, BERLIN, before, "BE") == coming
    assert last_slot(friday, BERLIN, coming - timedelta(seconds=1), "BE") == before


@given(st.sampled_from(WEEKDAYS), st.sampled_from(STATES), MOMENTS)
def test_no_state_keeps_a_weekly_slot_away_for_long(weekday: str, state: str, now: datetime):
    slot = [Slot((weekday,), 7, 0)]
    last, coming = last_slot(slot, BERLIN, now, state), next_slot(slot, BERLIN, now, state)
    assert last is not None
    assert coming is not None
    assert last <= now < coming <= now + timedelta(days=22)
