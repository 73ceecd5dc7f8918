"""What is told of what comes and goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from feeder.curation.conditions import CALM, MOST_CALM, at, calm, changes, disk
from feeder.model import Condition, Severity
from feeder.model.alerts import WELL, Alert, severity

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def wrong(about: str = "disk:store", what: str = "full", words: str = "make room", at: datetime = NOW) -> Condition:
    return Condition(about, what, words, at)


def told(
    known: list[Condition], found: list[Condition], now: datetime = NOW, openings: int | None = None
) -> list[tuple[str, str]]:
    done = changes(
        {one.about: one for one in known},
        found,
        lambda about: about.startswith("disk"),
        lambda one: f"it was {one.what}",
        now,
        None if openings is None else lambda _about: openings,
    )
    return [(one.about, one.what) for one in done.alerts]


def test_what_is_wrong_is_told_when_it_comes_and_when_it_goes_and_never_between() -> None:
    assert told([], [wrong()]) == [("disk:store", "full")]
    assert told([wrong()], [wrong(words="other words", at=NOW + MINUTE)], NOW + MINUTE) == []
    assert told([wrong()], [], NOW + MINUTE) == [("disk:store", WELL)]
    assert told([], []) == []


def test_what_is_wrong_in_another_way_is_told_anew() -> None:
    assert told([wrong(what="nearly full")], [wrong()]) == [("disk:store", "full")]


def test_what_nobody_looked_at_stays_as_it_was_told() -> None:
    assert told([wrong("backup", "failed")], []) == []


def test_what_just_came_does_not_go_at_once_and_longer_each_time() -> None:
    assert told([wrong()], [], NOW + MINUTE, openings=1) == []
    assert told([wrong()], [], NOW + CALM, openings=1) == [("disk:store", WELL)]
    assert told([wrong()], [], NOW + CALM, openings=2) == []
    assert told([wrong()], [], NOW + 2 * CALM, openings=2) == [("disk:store", WELL)]
    assert calm(1000) == MOST_CALM


def test_a_condition_of_a_clock_that_was_ahead_goes() -> None:
    assert told([wrong(at=NOW + timedelta(days=1))], [], NOW, openings=1) == [("disk:store", WELL)]


@given(st.lists(st.booleans(), min_size=1, max_size=1440))
def test_whatever_comes_and_goes_each_minute_of_a_day_is_told_a_few_times(is_wrong: list[bool]) -> None:
    known: dict[str, Condition] = {}
    alerts: list[Alert] = []

    def openings(_about: str) -> int:
        return sum(alert.what != WELL for alert in alerts)

    for minute, one in enumerate(is_wrong):
        now = NOW + minute * MINUTE
        done = changes(known, [wrong(at=now)] if one else [], lambda _: True, lambda one: one.what, now, openings)
        alerts += done.alerts
        known = {about: held for about, held in known.items() if about not in done.well}
        known |= {held.about: held for held in done.wrong}
    assert len(alerts) <= 14
    kinds = [alert.what for alert in alerts]
    assert kinds[::2] == ["full"] * len(kinds[::2])
    assert kinds[1::2] == [WELL] * len(kinds[1::2])


def test_a_disk_at_its_limit_stays_what_it_is_until_there_is_room() -> None:
    assert disk(1000, 1000, None) is None
    assert disk(999, 1000, None) == "nearly full"
    assert disk(1100, 1000, "nearly full") == "nearly full"
    assert disk(1200, 1000, "nearly full") is None
    assert disk(99, 1000, None) == "full"
    assert disk(110, 1000, "full") == "full"
    assert disk(120, 1000, "full") == "nearly full"
    assert disk(0, 0, None) is None, "0 asks for nothing"


def test_times_are_told_by_the_clock_on_the_wall_with_the_name_of_its_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert at(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), berlin) == "2026-10-25 02:30 CEST"
    assert at(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), berlin) == "2026-10-25 02:30 CET"


def test_an_alert_names_the_thing_and_how_it_is() -> None:
    heads = {
        ("source:heise", "broken"): "heise is broken",
        ("source:heise", "moved"): "heise has moved",
        ("source:heise", WELL): "heise is well again",
        ("disk:store", "nearly full"): "the disk of the store is nearly full",
        ("edition:2026-11-23-0700", "held"): "edition 2026-11-23-0700 is held",
        ("backup", "failed"): "the backup has failed",
        ("carrier:smtp", "failing"): "delivery by smtp is failing",
        ("something new", "odd"): "something new is odd",
    }
    for (about, what), head in heads.items():
        assert Alert(about, what, "words", NOW).headline == head


def test_what_readers_notice_is_critical_and_what_is_back_only_news() -> None:
    assert severity("store", "unreachable") is Severity.CRITICAL
    assert severity("edition:x", "failed") is Severity.CRITICAL
    assert severity("edition:x", "held") is Severity.WARNING
    assert severity("edition:x", "skipped") is Severity.INFO
    assert severity("source:heise", "broken") is Severity.WARNING
    assert severity("disk:store", "full") is Severity.CRITICAL
    assert severity("disk:store", "nearly full") is Severity.WARNING
    assert severity("store", WELL) is Severity.INFO
