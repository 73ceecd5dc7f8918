"""Moments: when a job is due that does each of its slots once, and by which name the ledger knows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger

from feeder.config import Config
from feeder.config.slots import WEEKDAYS, Slot, last_slot, next_slot

Near = Callable[[datetime], datetime | None]


@dataclass(frozen=True, slots=True)
class Moments:
    """The latest moment at or before another, the earliest after it (both UTC), and the slot's name in the ledger.

    A name never comes a second time, also not where the clocks go back.
    """

    last: Near
    next: Near
    name: Callable[[datetime], str]


def at_slots(config: Config, ahead: timedelta = timedelta(0)) -> Moments:
    """So long before each edition's slot; its name is the slot's moment. None is on a holiday."""

    def last(now: datetime) -> datetime | None:
        slot = config.last_slot(now + ahead)
        return None if slot is None else slot - ahead

    def following(now: datetime) -> datetime | None:
        slot = config.next_slot(now + ahead)
        return None if slot is None else slot - ahead

    return Moments(last, following, lambda at: f"{(at + ahead).astimezone(UTC):%Y-%m-%dT%H:%MZ}")


def daily(config: Config, hour: int, minute: int) -> Moments:
    """Each day at a time of the publication's zone that every day has once; its name is the day."""
    zone, slots = config.publication.zone, (Slot(WEEKDAYS, hour, minute),)
    return Moments(
        lambda now: last_slot(slots, zone, now),
        lambda now: next_slot(slots, zone, now),
        lambda at: f"{at.astimezone(zone):%Y-%m-%d}",
    )


class MomentTrigger(BaseTrigger):  # type: ignore[misc]  # apscheduler has no types
    """Fires at moments: so by the clock on the wall, in summer and in winter, and on no holiday."""

    def __init__(self, moments: Moments) -> None:
        self._moments = moments

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first moment after the previous one, or at or after `now` where there was none."""
        after = previous_fire_time or now - timedelta(microseconds=1)
        return self._moments.next(after.astimezone(UTC))
