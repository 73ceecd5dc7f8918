"""Whether the house does what it is there for, and if not, why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from feeder.errors import StoreError
from feeder.model import Condition, Severity
from feeder.pipeline import House
from feeder.text import counted
from feeder.web.vitals import Vitals

ROUND = "round"
_GRACE = timedelta(minutes=5)
_FIRST = "rss.xml"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be as it should; `words` say how it is, or what is wrong."""

    name: str
    is_well: bool
    words: str


def checks(vitals: Vitals) -> tuple[Check, ...]:
    """Whether the process lives, the store answers, a clock ticks, rounds come to their end, and what is published is
    whole."""
    house, now = vitals.house, datetime.now(UTC)
    process = Check("process", vitals.trouble is None, vitals.trouble or vitals.status)
    try:
        lease = house.store.leases.get("clock")
        known = house.store.conditions.list()
        ended = house.store.runs.ended(ROUND)
    except StoreError as error:
        return process, Check("store", False, str(error))
    is_kept = lease is not None and lease.until > now
    clock = Check("clock", is_kept, f"kept by {lease.holder}" if lease and is_kept else "nobody keeps the clock")
    return process, Check("store", True, "answers"), clock, _rounds(house, ended, now), *_output(house, known)


def limit(house: House) -> timedelta:
    """How old the last finished round may be."""
    return 2 * house.config.schedule.gather + house.config.gathering.round_limit + _GRACE


def _rounds(house: House, ended: datetime | None, now: datetime) -> Check:
    if ended is None:
        return Check("rounds", False, "no round has come to its end yet")
    age, most = now - ended, limit(house)
    words = f"the last ended {_minutes(age)} ago"
    return Check("rounds", age <= most, words if age <= most else f"{words}, which is more than {_minutes(most)}")


def _output(house: House, known: tuple[Condition, ...]) -> tuple[Check, ...]:
    """The files, the templates, and what else readers would notice."""
    is_there = (house.output.folder / _FIRST).is_file()
    there = Check("output", is_there, "published" if is_there else f"{_FIRST} is not published")
    wrong = [one for one in known if one.severity is Severity.CRITICAL]
    told = tuple(Check(one.about, False, f"{one.headline}: {one.words}") for one in wrong)
    names = {one.about for one in wrong}
    templates = () if "templates" in names else (Check("templates", True, "hold"),)
    return (*(() if "output" in names else (there,)), *templates, *told)


def _minutes(span: timedelta) -> str:
    return counted(round(span.total_seconds() / 60), "minute")
