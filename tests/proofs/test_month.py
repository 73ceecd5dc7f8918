"""Thirty days of the service's rounds at 500 sources: memory stays flat, and so does what the store forgets in time."""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import linear_regression, median

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.model import Step
from feeder.pipeline import STEPS, House
from feeder.pipeline.beginning import begin
from tests.newsroom import Newsroom, Post, rss

pytestmark = pytest.mark.proofs

SOURCES = 500
DAYS = 30
BEGIN = datetime(2027, 3, 15, tzinfo=UTC)  # the clocks change on the 28th
ROUNDS = 4  # a day
BUSY = 50  # of the sources: the others have nothing new
POSTS = 60  # a day, in all sources
VOCABULARY = 5000  # as words come again in a language, which bounded caches rely on
LISTED = 5  # so that what is listed no more is forgotten within the month
HOUR = timedelta(hours=1)
KEPT = ("stories", "revisions", "decisions", "editions", "edition_stories", "outputs", "alerts")
"""What grows for ever. What else is in the store is forgotten in time, or as large as the configuration."""


@dataclass
class Measured:
    """Of each day: resident bytes after a collection, and the bytes of each table and its indexes."""

    memory: list[int] = field(default_factory=list)
    tables: list[Mapping[str, int]] = field(default_factory=list)

    def take(self, store: Path) -> None:
        gc.collect()
        self.memory.append(int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
        with closing(sqlite3.connect(store)) as connection:
            rows = connection.execute(
                "SELECT m.tbl_name, sum(s.payload) FROM dbstat s JOIN sqlite_schema m ON m.name = s.name GROUP BY 1"
            )
            self.tables.append(dict(rows.fetchall()))

    def of(self, kept: bool) -> list[int]:
        return [sum(size for name, size in day.items() if (name in KEPT) is kept) for day in self.tables]


def work_of(house: House, first: Step) -> None:
    """A job of the clock, and all that follows from it, as the engine does it."""
    waiting = [first]
    while waiting:
        step = waiting.pop(0)
        waiting += [one for one in STEPS[step.name](house, **step.args) if one.not_before is None]
    assert not house.bugs
    assert not house.kept


def publish(
    newsroom: Newsroom, posts: dict[int, list[Post]], now: datetime, chance: Random, numbers: Iterator[int]
) -> None:
    """Something new in some of the busy sources, each of which lists its newest few."""
    for n in chance.sample(range(BUSY), POSTS // ROUNDS):
        number = next(numbers)
        words = " ".join(f"Wort{chance.randrange(VOCABULARY)}" for _ in range(60))
        title = f"{words.split()[0]} {words.split()[1]} meldet Nummer {number}"
        posts[n] = [Post(title, f"https://quelle{n}.example/{number}", now, words), *posts.get(n, [])][:LISTED]
        newsroom.web.put(f"/{n}.xml", rss(*posts[n]), content_type="application/xml")


def test_a_month_of_500_sources_grows_by_what_is_kept_for_ever_and_nothing_else(
    newsroom: Newsroom, chance: Random, counted: Callable[[int], int]
) -> None:
    days, measured, numbers = max(counted(DAYS), 3), Measured(), iter(range(10**9))
    newsroom.extra += '[retention]\nitems = "2d"\nkeys = "3d"\n[backup]\nkeep = 0\n'
    empty, posts = rss(), dict[int, list[Post]]()
    for n in range(SOURCES):
        newsroom.web.put(f"/{n}.xml", empty, content_type="application/xml")
        newsroom.source(f"quelle-{n}", newsroom.web.url(f"/{n}.xml"))
    now = BEGIN
    with open_house(read_config(newsroom.configure())) as opened:
        house = replace(opened, clock=lambda: now)
        for day in range(days):
            for turn in range(ROUNDS):
                now = BEGIN + timedelta(days=day, hours=turn * 24 // ROUNDS + 3.5)
                publish(newsroom, posts, now, chance, numbers)
                work_of(house, Step("start", {}))
                newsroom.web.asked.clear()
            for step in begin(house, "night", f"day {day}", "night", {}, "night"):
                work_of(house, step)
            measured.take(newsroom.folder / "feeder.db")
    tell(measured, days)
    assert_flat(measured, days)


def tell(measured: Measured, days: int) -> None:
    """The figures, of the days after the first ones."""
    late = range(days // 3, days)
    memory = [measured.memory[day] / 2**20 for day in late]
    slope = linear_regression(list(late), memory).slope if len(memory) > 1 else 0.0
    kept, other = measured.of(True), measured.of(False)
    grows = [(values[-1] - values[late[0]]) / max(1, len(late) - 1) for values in (kept, other)]
    said = f"memory {memory[0]:.1f} to {memory[-1]:.1f} MiB, {slope:+.3f} a day"
    print(f"{days} days, {SOURCES} sources, {POSTS} posts a day: {said}")  # noqa: T201 - figures
    print(f"kept for ever {grows[0]:+.0f} bytes a day, {grows[0] / POSTS:.0f} a post; all else {grows[1]:+.0f}")  # noqa: T201 - figures
    first, last = measured.tables[late[0]], measured.tables[-1]
    print({name: (first.get(name, 0), size) for name, size in last.items() if size > first.get(name, 0)})  # noqa: T201 - figures


def assert_flat(measured: Measured, days: int) -> None:
    """Memory of the last days is that of the days after the first third, and so is what is forgotten in time."""
    if days < 9:
        assert measured.memory[-1] < 1.25 * measured.memory[0]
        return
    third = days // 3
    for values, bound in ((measured.memory, 1.05), (measured.of(kept=False), 1.15)):
        early, late = median(values[third : third + 3]), median(values[-3:])
        assert late <= bound * early, f"{early} became {late}"
