"""The clock: what it submits, when, and what becomes of a clock on the wall that is set."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.engine.local import LocalEngine
from feeder.model import Step
from feeder.pipeline import House
from feeder.pipeline.beginning import begin
from feeder.service.clock import JOBS, clock
from feeder.service.jobs import Job
from feeder.service.moments import at_slots, daily
from feeder.service.timing import Clock
from feeder.service.wall import DOUBTFUL_SECONDS, SETTLED_SECONDS, Wall
from tests.newsroom import Newsroom
from tests.web import Web

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)  # 07:00 in Berlin


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    return Newsroom(tmp_path, web, beats=True)


@pytest.fixture
def house(newsroom: Newsroom) -> Iterator[House]:
    newsroom.configure()
    with open_house(read_config(newsroom.folder / "config.toml")) as opened:
        yield opened


class Watches:
    """A clock on the wall, and the time that passes."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.seconds = 0.0

    def judge(self) -> Wall:
        return Wall(self._wall, self._passing)

    def _wall(self) -> float:
        return self.at.timestamp()

    def _passing(self) -> float:
        return self.seconds

    def passes(self, span: timedelta) -> None:
        self.at += span
        self.seconds += span.total_seconds()


class Engine(LocalEngine):
    """Takes steps and does none."""

    def __init__(self) -> None:
        super().__init__({name: lambda _house: () for name in ("begin", *(job.step.name for job in JOBS))}, None, 0)

    def taken(self) -> list[tuple[str, object]]:
        """The steps that were submitted since this was asked last, with the slot that they are for."""
        found = [(one.step.name, one.step.args.get("slot")) for one in self._waiting]
        self._waiting.clear()
        return found


def fire(made: Clock, name: str) -> None:
    """Do what a job does when it is due."""
    made.scheduler.get_job(name).func()


def test_the_clock_is_set_as_the_field_found_it_has_to_be(house: House) -> None:
    made = clock(house, Engine(), lambda: None)
    jobs = {job.id: job for job in made.scheduler.get_jobs()}
    assert {"gather", "edition", "deliver", "desk", "beat", "catch up"} <= set(jobs)
    assert "review" not in jobs
    assert jobs["edition"].trigger.get_next_fire_time(None, SATURDAY) == MONDAY
    made.scheduler.start(paused=True)
    assert all(job.coalesce and job.max_instances == 1 for job in made.scheduler.get_jobs())
    assert all(job.misfire_grace_time is None for job in made.scheduler.get_jobs()), "late is better than never"
    assert made.scheduler.timezone.key == "Europe/Berlin"
    made.shutdown()


def test_each_job_has_a_name_of_its_own_and_a_step_that_there_is() -> None:
    from feeder.pipeline import STEPS

    assert len({job.name for job in JOBS}) == len(JOBS)
    assert {job.step.name for job in JOBS} <= set(STEPS)
    assert all(job.step.key for job in JOBS), "what hangs holds up its own kind only"


def fired(newsroom: Newsroom, name: str, after: datetime, count: int) -> list[datetime]:
    """When a job of the clock is due after a moment."""
    with open_house(read_config(newsroom.configure())) as house:
        trigger = clock(house, Engine(), lambda: None).scheduler.get_job(name).trigger
        moments = [trigger.get_next_fire_time(None, after)]
        while len(moments) < count:
            moments.append(trigger.get_next_fire_time(moments[-1], after + timedelta(days=90)))
    return moments


def test_a_slot_fires_by_the_clock_on_the_wall_and_on_no_holiday(newsroom: Newsroom) -> None:
    newsroom.extra = '[schedule]\neditions = ["thu,fri 07:00"]\nholidays = "BE"\n'
    thursday = datetime(2026, 3, 26, 6, tzinfo=UTC)
    days = [0, 1, 7, 14, 15]  # not Good Friday, the 3rd of April
    summer = [timedelta(days=n) - (HOUR if n > 2 else timedelta(0)) for n in days]
    assert fired(newsroom, "edition", thursday, 5) == [thursday + one for one in summer]


def test_a_review_begins_its_window_before_the_slot(newsroom: Newsroom) -> None:
    newsroom.extra = '[schedule]\neditions = ["mon 00:30"]\nholidays = "BE"\n'
    newsroom.digest = 'review = "window"\nreview_window = "2h"\n'
    sundays = [datetime(2026, 3, 29, 20, 30, tzinfo=UTC), datetime(2026, 4, 12, 20, 30, tzinfo=UTC)]
    assert fired(newsroom, "review", datetime(2026, 3, 29, 20, 30, tzinfo=UTC), 2) == sundays
    assert fired(newsroom, "edition", sundays[0], 1) == [sundays[0] + timedelta(hours=2)]


def test_a_night_has_the_name_of_its_day_and_is_not_done_twice_where_the_clocks_go_back(house: House) -> None:
    nights = daily(house.config, 3, 30)
    noon = datetime(2026, 10, 24, 12, tzinfo=UTC)
    found = [nights.next(noon)]
    while len(found) < 3:
        assert found[-1] is not None
        found.append(nights.next(found[-1]))
    assert [nights.name(one) for one in found if one] == ["2026-10-25", "2026-10-26", "2026-10-27"]
    assert [one.hour for one in found if one] == [2, 2, 2], "03:30 in winter is 02:30 UTC"
    assert nights.last(noon + DAY) == found[0]


def test_the_slot_that_came_last_is_begun_also_late_but_not_beyond_its_limit(house: House) -> None:
    engine, job = Engine(), Job("night", Step("compose", {}, key="night"), lambda _: None, limit=12 * HOUR)
    wall = Watches(MONDAY)
    opened = replace(house, clock=lambda: wall.at)
    made = Clock(opened, engine, [replace(job, when=lambda config: daily(config, 3, 30))], lambda: None)
    fire(made, "night")
    assert engine.taken() == [("begin", "2026-11-23")]
    wall.passes(14 * HOUR)
    fire(made, "night")
    assert engine.taken() == []
    wall.passes(7 * HOUR)
    fire(made, "night")
    assert engine.taken() == [("begin", "2026-11-24")]


def test_a_slot_that_was_missed_is_caught_up_after_the_first_round_and_begins_once(house: House) -> None:
    engine = Engine()
    made = clock(replace(house, clock=lambda: MONDAY + 2 * HOUR), engine, lambda: None)
    made.start()
    made.shutdown()
    submitted = engine.taken()
    assert submitted[0] == ("start", None)
    assert submitted.index(("begin", "2026-11-23T06:00Z")) > submitted.index(("start", None))
    first, again = (begin(house, "edition", "2026-11-23T06:00Z", "compose", {}, "compose") for _ in range(2))
    assert [step.name for step in first] == ["compose"]
    assert again == first, "it did not end yet"
    house.store.runs.finish(int(str(first[0].args["run"])), "done", MONDAY)
    assert begin(house, "edition", "2026-11-23T06:00Z", "compose", {}, "compose") == []


def test_a_clock_that_is_set_back_lets_no_job_wait_until_it_is_as_late_again(house: House) -> None:
    engine, wall = Engine(), Watches(datetime.now(UTC) + DAY)
    judge = wall.judge()
    made = Clock(house, engine, JOBS, lambda: None, judge)
    made.scheduler.start(paused=True)
    for job in made.scheduler.get_jobs():  # as it was set by the wrong clock
        made.scheduler.modify_job(job.id, next_run_time=datetime.now(UTC) + DAY)
    wall.at -= DAY
    assert not made.is_believed()
    soon = datetime.now(UTC) + timedelta(minutes=16)
    late = {job.id for job in made.scheduler.get_jobs() if job.next_run_time > soon}
    assert not late & {"gather", "deliver", "desk", "beat", "catch up"}
    made.shutdown()


def test_nothing_is_submitted_for_a_while_after_the_clock_jumped_a_day_and_then_what_is_due(house: House) -> None:
    wall = Watches(MONDAY - HOUR)
    engine = Engine()
    judge = wall.judge()
    made = Clock(replace(house, clock=lambda: wall.at), engine, JOBS, lambda: None, judge)
    made.scheduler.start(paused=True)
    wall.at += DAY + HOUR
    for name in ("edition", "gather", "catch up"):
        fire(made, name)
    assert engine.taken() == []
    wall.passes(timedelta(seconds=SETTLED_SECONDS / 2))
    wall.at -= DAY
    fire(made, "edition")
    wall.passes(timedelta(seconds=SETTLED_SECONDS - 1))
    fire(made, "edition")
    assert engine.taken() == []
    wall.passes(timedelta(seconds=2))
    fire(made, "edition")
    assert ("begin", "2026-11-23T06:00Z") in engine.taken()
    made.shutdown()


def test_a_correction_of_seconds_is_no_jump_and_a_machine_that_slept_did_not_jump_either() -> None:
    watches = Watches(MONDAY)
    wall = watches.judge()
    watches.passes(3 * DAY)
    assert wall.moved() is None
    watches.at += timedelta(seconds=30)
    assert wall.moved() is None
    watches.at += timedelta(seconds=45)
    assert wall.moved() == pytest.approx(75)
    assert wall.moved() is None
    assert not wall.is_doubtful
    watches.at -= timedelta(seconds=DOUBTFUL_SECONDS)
    assert wall.moved() == pytest.approx(-DOUBTFUL_SECONDS)
    assert wall.is_doubtful


def test_the_clock_ticks_in_a_thread_of_its_own_and_ends_when_it_is_told(house: House) -> None:
    beats: list[float] = []
    engine = Engine()
    made = Clock(house, engine, [], lambda: beats.append(time.monotonic()))
    made.scheduler.modify_job("beat", next_run_time=datetime.now(UTC))
    made.start()
    until = time.monotonic() + 20
    while not beats and time.monotonic() < until:
        time.sleep(0.02)
    assert beats
    made.shutdown(wait=True)
    assert not made.scheduler.running


def test_a_slot_of_an_edition_is_named_by_its_moment_whatever_comes_before_it(house: House) -> None:
    assert at_slots(house.config).name(MONDAY) == "2026-11-23T06:00Z"
    ahead = at_slots(house.config, 2 * HOUR)
    assert ahead.last(MONDAY) == MONDAY - 2 * HOUR
    assert ahead.name(MONDAY - 2 * HOUR) == "2026-11-23T06:00Z"
