"""Two years in Berlin by the real triggers and the real ledger: every slot once, whatever becomes of the processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import holidays
import pytest

from feeder.cli.opening import open_house, read_config
from feeder.model import Step
from feeder.pipeline import House
from feeder.service.clock import JOBS
from tests.newsroom import Newsroom
from tests.proofs.stepped import DiedError, Process, Time, Works

pytestmark = pytest.mark.proofs

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2027, 1, 1, tzinfo=UTC)
DAYS = 731  # 2027 and 2028: four changes of the clocks, and the 29th of February
QUARTER = timedelta(minutes=15)
TICK = timedelta(milliseconds=1)
EDITIONS = {"mon-fri": ("01:45", "07:00", "18:30"), "sat,sun": ("03:00", "23:45")}
NIGHT = "03:30"
WINDOW = timedelta(hours=2)
LONGEST = timedelta(
    minutes=70
)  # without a clock; less than between any two slots of a job, as none but the last is made up
CHAOS = 3000  # things that happen to the processes in all the days


def expected(begin: datetime, end: datetime) -> dict[tuple[str, str], datetime]:
    """When each slot of each job is due, found quarter by quarter by what a clock in Berlin shows."""
    free = holidays.country_holidays("DE", subdiv="BE")
    found: dict[tuple[str, str], datetime] = {}
    moment = begin
    while moment < end + WINDOW:
        local = moment.astimezone(BERLIN)
        shows, days = f"{local:%H:%M}", "mon-fri" if local.isoweekday() <= 5 else "sat,sun"
        if shows in EDITIONS[days] and local.date() not in free:
            found["edition", f"{moment:%Y-%m-%dT%H:%MZ}"] = moment
            found["review", f"{moment:%Y-%m-%dT%H:%MZ}"] = moment - WINDOW
        if shows == NIGHT:
            found["night", f"{local:%Y-%m-%d}"] = moment
        moment += QUARTER
    return {slot: due for slot, due in found.items() if begin <= due < end}


@pytest.fixture
def house(newsroom: Newsroom) -> Iterator[House]:
    slots = ", ".join(f'"{days} {time}"' for days, times in EDITIONS.items() for time in times)
    newsroom.extra = f'[schedule]\neditions = [{slots}]\nholidays = "BE"\nnight = "{NIGHT}"\n'
    newsroom.digest = 'review = "window"\nreview_window = "2h"\n'
    with open_house(read_config(newsroom.configure())) as opened:
        yield opened


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time(BEGIN)
    made.patch(monkeypatch)
    return made


def worker(time: Time, works: Works, dies: Callable[[], bool]) -> Callable[..., Sequence[Step]]:
    """The work of any slot: writes down that it was done, as the ledger says that it ended; or dies before."""

    def work(house: House, run: int) -> Sequence[Step]:
        lease = house.store.leases.get("clock")
        assert lease is not None
        assert lease.holder == house.holder, "two clocks"
        if dies():
            raise DiedError
        record = house.store.runs.record_of(run)
        assert record is not None
        assert record.slot is not None
        works.done[record.job, record.slot] += 1
        works.at[record.job, record.slot] = time.at
        house.store.runs.finish(run, "done", time.at)
        return ()

    return work


TIMED = [job for job in JOBS if job.name in ("edition", "review", "night")]


def assert_each_once(works: Works, end: datetime, late: timedelta) -> timedelta:
    """Every slot was done once, none but those was, and none later than that; how late the latest was."""
    wanted, before = expected(BEGIN, end), expected(BEGIN - timedelta(days=20), BEGIN)
    done = {slot: times for slot, times in works.done.items() if slot not in before}
    assert {slot: times for slot, times in done.items() if times != 1} == {}, "done twice"
    assert sorted(set(wanted) - set(done)) == [], "missing"
    assert sorted(set(done) - set(wanted)) == [], "never due"
    assert len(set(works.done) & set(before)) <= len(TIMED), "what was due last before the start"
    latest = max(works.at[slot] - due for slot, due in wanted.items())
    assert timedelta(0) <= min(works.at[slot] - due for slot, due in wanted.items())
    assert latest <= late
    return latest


def test_every_slot_of_two_years_is_done_once_and_at_its_moment(
    house: House, time: Time, counted: Callable[[int], int]
) -> None:
    end, works = BEGIN + timedelta(days=max(counted(DAYS), 10)), Works()
    process = Process(house, TIMED, time, worker(time, works, lambda: False), timedelta(days=1))
    while time.at < end:
        time.at = max(process.step(), time.at)
    latest = assert_each_once(works, end, timedelta(seconds=1))
    print(f"{len(works.done)} slots in {(end - BEGIN).days} days, the latest {latest.total_seconds():.3f} s late")  # noqa: T201 - figures


class Chaos:
    """Lets two processes suffer something now and then."""

    def __init__(self, processes: Sequence[Process], chance: Random, mean: timedelta) -> None:
        self.processes, self._chance, self._mean = processes, chance, mean
        self.suffered = Counter[str]()
        self._next = BEGIN + mean

    def strike(self, now: datetime) -> None:
        if now < self._next:
            return
        self._next = now + self._mean * self._chance.uniform(0.1, 1.9)
        one = self._chance.choice(self.processes)
        what = self._chance.choice(("stall", "stall", "kill", "kill", "kill both", "stall both", "leave", "run now"))
        self.suffered[what] += 1
        if what == "run now":
            one.run_now(self._chance.choice(TIMED).name)
        elif what == "leave":
            one.leave()
        for process in self.processes if "both" in what else [one] * (what in ("stall", "kill")):
            if "kill" in what:
                process.die()
            process.sleep(LONGEST * self._chance.random())


def test_every_slot_is_done_once_whatever_two_processes_suffer(
    house: House, time: Time, chance: Random, counted: Callable[[int], int]
) -> None:
    days = max(counted(DAYS), 10)
    end, works = BEGIN + timedelta(days=days), Works()
    work = worker(time, works, lambda: chance.random() < 0.02)
    houses = [replace(house, holder=f"{name}#abc:1") for name in ("here", "there")]
    chaos = Chaos([Process(one, TIMED, time, work) for one in houses], chance, timedelta(days=DAYS) / CHAOS)
    comes = dict.fromkeys(chaos.processes, time.at)
    while time.at < end:
        chaos.strike(time.at)
        for process in comes:
            if max(comes[process], process.asleep_until) <= time.at:
                comes[process] = process.step()
        time.at = max(time.at + TICK, min(max(at, one.asleep_until) for one, at in comes.items()))
    latest = assert_each_once(works, end, LONGEST + timedelta(minutes=40))
    suffered = ", ".join(f"{what} {times}" for what, times in sorted(chaos.suffered.items()))
    print(f"{len(works.done)} slots in {days} days, the latest {latest} late; {suffered}")  # noqa: T201 - figures
