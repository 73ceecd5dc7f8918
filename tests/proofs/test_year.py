"""A year of the service's rounds by a stepped clock: editions on their slots, and nothing that grows without end."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from feeder.cli.opening import open_house, read_config
from feeder.model import Edition, EditionStatus, Step
from feeder.pipeline import STEPS, House
from tests.newsroom import Newsroom
from tests.proofs.growing import World
from tests.proofs.wholeness import OWN_TITLE, assert_told_once, assert_wellformed

pytestmark = pytest.mark.proofs

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2027, 3, 1, 0, 0, tzinfo=UTC)  # the clocks change on 28 March and on 31 October 2027
DAYS = 366
HOUR = timedelta(hours=1)
ROUNDS = (0, 5, 6, 10, 14, 19)  # hours (UTC) of a round: 07:00 in Berlin is 05:00 in summer, 06:00 in winter
POSTS_A_DAY = 3
QUIET = {5, 6}  # weekdays on which nothing is published, so that some slots find nothing: Monday's, by turns


@dataclass
class Measured:
    """What was measured once a day."""

    memory: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    def take(self) -> None:
        self.memory.append(int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
        self.files.append(len(os.listdir("/proc/self/fd")))  # noqa: PTH208 - a listing, not paths


def round_of(house: House) -> None:
    """What the service does by the clock: a round, and all that follows from it."""
    waiting = [Step("start", {})]
    while waiting:
        step = waiting.pop(0)
        waiting += STEPS[step.name](house, **step.args)
    assert not house.bugs
    assert not house.kept


def assert_changes_are_wellformed(newsroom: Newsroom, house: House) -> None:
    """Every feed that the round replaced can be read."""
    for path in {path for written in house.written for path in written.changed}:
        data = newsroom.path(path).read_bytes()
        if path.endswith((".xml", ".opml")):
            etree.fromstring(data)
        elif path.endswith(".json"):
            json.loads(data)


def live(newsroom: Newsroom, chance: Random, days: int) -> tuple[dict[str, datetime], Measured]:
    """Let the days pass; returns the hour in which each title appeared, and what was measured."""
    world, measured, appeared = World(newsroom, chance), Measured(), {OWN_TITLE: BEGIN}
    world.publish(BEGIN)
    appeared[world.titles[-1]] = BEGIN
    now = BEGIN
    with open_house(read_config(newsroom.configure())) as opened:
        house = replace(opened, clock=lambda: now)
        for day, hour in product(range(days), ROUNDS):
            now = BEGIN + day * 24 * HOUR + hour * HOUR
            if now > BEGIN and has_news(now, chance):
                world.publish(now)
                appeared[world.titles[-1]] = now
            round_of(house)
            assert_changes_are_wellformed(newsroom, house)
            newsroom.web.asked.clear()
            if hour == ROUNDS[-1]:
                measured.take()
    return appeared, measured


def has_news(now: datetime, chance: Random) -> bool:
    """Every second weekend is quiet until Monday noon, and so is each Thursday of an even week."""
    local = now.astimezone(BERLIN)
    is_even = local.isocalendar().week % 2 == 0
    is_quiet = local.weekday() in QUIET or (local.weekday() == 0 and local.hour < 12) or local.weekday() == 3
    return not (is_even and is_quiet) and chance.random() < POSTS_A_DAY / len(ROUNDS)


def slots(end: datetime) -> Iterator[datetime]:
    """Monday to Friday at 07:00 in Berlin, told in another way than feeder tells it."""
    moment = BEGIN
    while moment < end:
        local = moment.astimezone(BERLIN)
        if (local.hour, local.minute) == (7, 0) and local.isoweekday() <= 5:
            yield moment
        moment += HOUR


def test_a_year_of_rounds_makes_one_edition_per_slot_with_news_and_grows_by_nothing_else(
    newsroom: Newsroom, chance: Random, counted: Callable[[int], int]
) -> None:
    days = max(counted(DAYS), 10)
    appeared, measured = live(newsroom, chance, days)
    end = BEGIN + days * timedelta(days=1)
    with open_house(read_config(newsroom.configure())) as house:
        assert_each_slot_has_its_edition(house, appeared, end)
    assert_told_once(newsroom, [title for title in appeared if title != OWN_TITLE])
    assert_wellformed(newsroom.path(""))
    assert_flat(measured)
    size = sum(file.stat().st_size for file in newsroom.folder.glob("feeder.db*"))
    assert size < 3_000_000 + 12_000 * len(appeared), size
    print(f"{days} days, {len(appeared)} stories, {len(newsroom.editions())} editions, {size} bytes")  # noqa: T201 - figures
    print(f"memory {measured.memory[days // 10]} to {measured.memory[-1]}, files {measured.files[-1]}")  # noqa: T201


def assert_each_slot_has_its_edition(house: House, appeared: dict[str, datetime], end: datetime) -> None:
    """The first edition at once, then one per slot: approved with all that is new, or skipped where nothing is."""
    editions = {edition.slot: edition for edition in house.store.editions.list()}
    expected = [BEGIN, *slots(end)]
    assert sorted(editions) == expected
    for before, slot in pairwise([datetime.min.replace(tzinfo=UTC), *expected]):
        news = {title for title, at in appeared.items() if before < at <= slot}
        assert titles_of(house, editions[slot]) == news, editions[slot].id
        assert editions[slot].status is (EditionStatus.APPROVED if news else EditionStatus.SKIPPED)
        local = slot.astimezone(BERLIN)
        assert editions[slot].id == f"{local:%Y-%m-%d-%H%M}"


def titles_of(house: House, edition: Edition) -> set[str]:
    """The titles of an edition's stories, as they were approved."""
    places = [place for section in edition.sections for place in section.stories]
    tellings = [house.store.stories.telling(story, n) for story, n in places]
    return {telling.revision.title for telling in tellings if telling is not None}


def assert_flat(measured: Measured) -> None:
    """From the second tenth of the time on, memory grows by a tenth at most, and open files by no more than the
    handful of connections that come and go; a leak of one in a hundred rounds would be more."""
    tenth = max(1, len(measured.memory) // 10)
    early, late = (
        [median(values[part]) for values in (measured.memory, measured.files)]
        for part in (slice(tenth, 2 * tenth), slice(-tenth, None))
    )
    assert late[0] <= 1.1 * early[0], f"memory: {early[0]} became {late[0]}"
    assert late[1] <= early[1] + 8, f"open files: {early[1]} became {late[1]}"
