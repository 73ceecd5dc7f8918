"""When editions are due: slots such as "mon-fri 07:00", and the moments that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from feeder.config.holidays import working_days
from feeder.config.values import near

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = "weekdays are mon, tue, wed, thu, fri, sat and sun"


@dataclass(frozen=True, slots=True)
class Slot:
    """The moments of a week at which an edition is due, in the publication's time zone."""

    weekdays: tuple[str, ...]
    hour: int
    minute: int

    @property
    def time(self) -> str:
        return f"{self.hour:02}:{self.minute:02}"


def parse_slot(text: str) -> Slot:
    """Read "mon-fri 07:00"; a ValueError says what is wrong with it."""
    words = text.lower().split()
    if len(words) == 5 and all(re.fullmatch(r"[\d*/,a-z-]+", word) for word in words):
        raise ValueError('must be weekday names and a time, such as "mon-fri 07:00", not a crontab line')
    if len(words) != 2:
        raise ValueError('must be weekday names and a time, such as "mon-fri 07:00" or "mon,wed,fri 18:30"')
    days = {day for part in words[0].split(",") for day in _days(part)}
    hour, minute = map(int, time_of_day(words[1]).split(":"))
    return Slot(tuple(day for day in WEEKDAYS if day in days), hour, minute)


def time_of_day(text: str) -> str:
    """Check a time by the clock on the wall, "07:00"; returns it unchanged."""
    if not re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text):
        raise ValueError('the time must be HH:MM between 00:00 and 23:59, such as "07:00"')
    return text


def _days(part: str) -> tuple[str, ...]:
    first, dash, last = part.partition("-")
    start, end = _day(first), _day(last if dash else first)
    span = (end - start) % 7
    return tuple(WEEKDAYS[(start + step) % 7] for step in range(span + 1))


def _day(name: str) -> int:
    if re.search(r"\d", name):
        raise ValueError(
            "weekdays are names, not digits (0 is Monday to APScheduler and Sunday to cron); write mon-fri, say"
        )
    if name not in WEEKDAYS:
        raise ValueError(f"{_NAMES}{near(name[:3], WEEKDAYS)}")
    return WEEKDAYS.index(name)


def changes_clocks(zone: ZoneInfo, hour: int, minute: int) -> bool:
    """Whether some day of 2025 to 2028 has that local time twice or not at all."""
    first = datetime(2025, 1, 1, hour, minute, tzinfo=zone)
    weeks = pairwise(first + timedelta(weeks=n) for n in range(4 * 52 + 2))
    changing = (week for week, next_week in weeks if week.utcoffset() != next_week.utcoffset())
    days = (week + timedelta(days=n) for week in changing for n in range(8))
    return any(day.utcoffset() != day.replace(fold=1).utcoffset() for day in days)


def last_slot(slots: Sequence[Slot], zone: ZoneInfo, now: datetime, state: str | None = None) -> datetime | None:
    """The latest moment (UTC) at or before `now` at which an edition was due; none is on holidays of a German state."""
    return max((moment for moment in _around(slots, zone, now, state) if moment <= now), default=None)


def next_slot(slots: Sequence[Slot], zone: ZoneInfo, now: datetime, state: str | None = None) -> datetime | None:
    """The earliest moment (UTC) after `now` at which an edition is due; none is on holidays of a German state."""
    return min((moment for moment in _around(slots, zone, now, state) if moment > now), default=None)


# A week, and a day for the clocks; two more weeks where holidays come: 25 December and 1 January share a weekday.
_REACH, _REACH_OVER_HOLIDAYS = 8, 22


def _around(slots: Sequence[Slot], zone: ZoneInfo, now: datetime, state: str | None) -> Iterator[datetime]:
    """Every slot from so many days before `now` to so many after that one of each weekday is among them."""
    today = now.astimezone(zone).date()
    reach = _REACH if state is None else _REACH_OVER_HOLIDAYS
    days = [today + timedelta(days=offset) for offset in range(-reach, reach + 1)]
    for day in days if state is None else working_days(days, state):
        for slot in slots:
            if WEEKDAYS[day.weekday()] in slot.weekdays:
                yield _moment(day, slot, zone)


def _moment(day: date, slot: Slot, zone: ZoneInfo) -> datetime:
    local = datetime(day.year, day.month, day.day, slot.hour, slot.minute, tzinfo=zone)
    return local.astimezone(UTC)
