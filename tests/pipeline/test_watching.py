"""The house is looked at: what is wrong is told once, over restarts and by two processes, and once that it is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.errors import RenderError, StoreError
from feeder.model import EditionDecision, EditionStatus, Step
from feeder.pipeline import STEPS, House
from feeder.pipeline.approve import CLOCK
from feeder.pipeline.vigil import Vigil
from feeder.store.signs import Look, Signs
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.pipeline.drafts import begun, errs, found, tell

BEATS = True

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Clock:
    """The clock on the wall, and the one that only counts."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.counted = 0.0

    def pass_by(self, span: timedelta, step: timedelta = 5 * MINUTE) -> timedelta:
        self.now += min(span, step)
        self.counted += min(span, step).total_seconds()
        return span - step


@contextmanager
def watched(newsroom: Newsroom, clock: Clock) -> Iterator[House]:
    """A process that looks after the newsroom's house."""
    with open_house(read_config(newsroom.configure()), offline=True) as house:
        yield replace(house, clock=lambda: clock.now, vigil=Vigil(counted=lambda: clock.counted))


def look(house: House, clock: Clock, span: timedelta = timedelta(0), of: str = "") -> list[tuple[str, str]]:
    """Look each few minutes for so long; the alerts that came of it, of all or of one kind of thing."""
    before = house.store.alerts.last()
    STEPS["watch"](house)
    step = 5 * MINUTE if span < 12 * HOUR else 6 * HOUR
    while span > timedelta(0):
        span = clock.pass_by(span, step)
        STEPS["watch"](house)
    return [(one.about, one.what) for one in house.store.alerts.after(before, 100) if one.about.startswith(of)]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_house_in_which_all_is_well_says_nothing_and_writes_nothing(newsroom: Newsroom, clock: Clock) -> None:
    with watched(newsroom, clock) as house:
        assert look(house, clock, HOUR) == []
        assert house.store.conditions.list() == ()


def test_what_is_noticed_is_told_once_over_restarts_and_once_that_it_is_well(newsroom: Newsroom, clock: Clock) -> None:
    for _ in range(2):
        with watched(newsroom, clock) as house:
            house.notice("backup", "failed", "the disk is full; make room, then: feeder backup")
            clock.pass_by(MINUTE)
    with watched(newsroom, clock) as house:
        house.well("backup")
        house.well("backup")
        alerts = house.store.alerts.after(0, 10)
        assert [(one.what, one.words) for one in alerts] == [
            ("failed", "the disk is full; make room, then: feeder backup"),
            ("ok", "it was failed since 2026-11-23 10:00 CET"),
        ]


def test_two_processes_that_notice_the_same_tell_it_once(newsroom: Newsroom, clock: Clock) -> None:
    with watched(newsroom, clock) as one, watched(newsroom, clock) as other:
        stale = one.store.conditions.list
        assert stale() == ()
        one.notice("backup", "failed", "words")
        other.notice("backup", "failed", "words")
        assert one.store.alerts.last() == 1


def test_a_disk_that_is_nearly_full_is_told_once_and_once_that_there_is_room(
    newsroom: Newsroom, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = SimpleNamespace(free=400_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _place: free)
    with watched(newsroom, clock) as house:
        assert look(house, clock, HOUR, "disk") == [("disk:store", "nearly full")], "one disk, one alert"
        free.free = 550_000_000
        assert look(house, clock, HOUR, "disk") == [], "that is within what it comes and goes by"
        free.free = 40_000_000
        assert look(house, clock, HOUR, "disk") == [("disk:store", "full")]
        free.free = 700_000_000
        assert look(house, clock, HOUR, "disk") == [("disk:store", "ok")]


def test_a_published_file_that_is_lost_or_changed_is_told_at_the_second_look(newsroom: Newsroom, clock: Clock) -> None:
    newsroom.feed("heise", rss(Post("Ein Modell", "https://quelle.example/a")))
    newsroom.run()
    with watched(newsroom, clock) as house:
        assert look(house, clock, HOUR) == []
        feed = newsroom.path("rss.xml")
        good = feed.read_bytes()
        feed.write_bytes(good[:-100])
        assert look(house, clock) == [], "it may just be written"
        assert look(house, clock) == [("output:files", "damaged")]
        feed.unlink()
        assert look(house, clock, HOUR) == [("output:files", "missing")]
        words = house.store.conditions.list()[0].words
        assert words.startswith("rss.xml is missing; each round writes it anew (at once: feeder publish)")
        feed.write_bytes(good)
        assert look(house, clock, HOUR) == [("output:files", "ok")]


def test_a_file_that_somebody_writes_right_now_is_not_lost(newsroom: Newsroom, clock: Clock) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    with watched(newsroom, clock) as house:
        newsroom.path("rss.xml").unlink()
        house.store.leases.hold("output", "another", 3600, datetime.now(UTC))
        assert look(house, clock, HOUR) == []


def test_output_that_was_left_as_it_was_and_templates_that_break_are_told(newsroom: Newsroom, clock: Clock) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    with watched(newsroom, clock) as house:
        run = house.store.runs.start("publish", clock.now, ())

        def broken() -> None:
            raise RenderError("templates/feed.html:3: there is no such filter")

        ill = replace(house, open_look=broken)  # type: ignore[arg-type]
        for _ in range(2):
            with pytest.raises(RenderError):
                STEPS["publish"](ill, run)
        assert [one.what for one in house.store.alerts.after(0, 9)] == ["broken"]
        assert "feeder check" in house.store.conditions.list()[0].words
        STEPS["publish"](house, run)
        assert house.store.conditions.list() == ()


def test_an_edition_that_the_clock_holds_is_told_until_it_goes_out(
    newsroom: Newsroom, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    errs(monkeypatch, "a link is dead")
    with watched(newsroom, clock) as house:
        begun(house, NOW - HOUR)
        name = found(house).id
        assert found(house).status is EditionStatus.HELD
        assert look(house, clock, HOUR) == [(f"edition:{name}", "held")]
        assert f"feeder edition approve {name}" in house.store.conditions.list()[0].words
        house.store.editions.approve(name, clock.now)
        assert look(house, clock, HOUR) == [(f"edition:{name}", "ok")]


def test_what_a_person_holds_is_no_news_and_what_the_clock_skips_is_told_without_an_end(
    newsroom: Newsroom, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    errs(monkeypatch)
    with watched(newsroom, clock) as house:
        tell(house, "a", NOW - 2 * HOUR)
        begun(house, NOW - HOUR)
        first = found(house)
        held = replace(
            first, id="2026-11-23-0955", slot=NOW - MINUTE, status=EditionStatus.HELD, number=None, sections=()
        )
        mine = EditionDecision("anna", "held", "wait", NOW)
        house.store.editions.save(replace(held, approved=None, decided=(mine,)))
        assert look(house, clock, HOUR) == []
        house.store.editions.skip(held.id, "too few stories", (EditionDecision(CLOCK, "skipped", "too few", NOW),))
        assert look(house, clock, HOUR) == [(f"edition:{held.id}", "skipped")]
        assert look(house, clock, 3 * DAY, "edition:2026-11-23") == []
        assert all(one.about != f"edition:{held.id}" for one in house.store.conditions.list())


def test_a_slot_that_passed_without_an_edition_is_late_for_who_was_there(
    newsroom: Newsroom, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    errs(monkeypatch)
    with watched(newsroom, clock) as house:
        begun(house, NOW - 3 * DAY)  # a Friday; the slot of this Monday, 07:00, passed
        assert look(house, clock) == [], "this process was not there, and may just compose it"
        assert look(house, clock, 25 * MINUTE) == [("edition:2026-11-23-0700", "late")]


def test_rounds_that_never_end_are_told_by_who_was_there_long_enough(newsroom: Newsroom, clock: Clock) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    with watched(newsroom, clock) as house:
        assert look(house, clock, 2 * HOUR) == []
        assert ("rounds", "stalled") in look(house, clock, 2 * HOUR)
        clock.now += DAY  # asleep
        clock.counted += DAY.total_seconds()
        run = house.store.runs.start("round", clock.now, ())
        house.end(run)
        assert ("rounds", "ok") in look(house, clock, 4 * HOUR - MINUTE)


def test_stories_that_wait_while_output_is_left_as_it_was_make_it_stale(newsroom: Newsroom, clock: Clock) -> None:
    with watched(newsroom, clock) as house:
        house.notice("output:publishing", "left as it was", "rss.xml was not replaced")
        clock.pass_by(MINUTE)
        tell(house, "a", clock.now)
        assert look(house, clock) == [], "this process was not there when rounds came to their end, or did not"
        house.end(house.store.runs.start("round", clock.now, ()))
        assert ("output:stories", "stale") not in look(house, clock, 2 * HOUR)
        house.end(house.store.runs.start("round", clock.now, ()))
        assert ("output:stories", "stale") in look(house, clock, 2 * HOUR)
        house.well("output:publishing")
        house.end(house.store.runs.start("round", clock.now, ()))
        assert ("output:stories", "ok") in look(house, clock, HOUR)


def test_sources_that_all_fail_together_are_our_network(
    newsroom: Newsroom, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("heise", "golem"):
        newsroom.feed(name, rss())
    looks = [Look(name, 2, NOW, NOW - HOUR) for name in ("heise", "golem")]
    monkeypatch.setattr(Signs, "looks", lambda _self: tuple(looks))
    with watched(newsroom, clock) as house:
        assert look(house, clock, HOUR) == [("gathering", "cut off")]
        looks[0] = Look("heise", 0, clock.now, clock.now)
        assert look(house, clock, HOUR) == [("gathering", "ok")]


def test_a_clock_that_is_behind_its_own_words_and_one_that_is_set_are_told(newsroom: Newsroom, clock: Clock) -> None:
    with watched(newsroom, clock) as house:
        house.store.runs.start("round", NOW + DAY, ())
        assert look(house, clock, 10 * MINUTE) == [("clock", "behind")]
        clock.now = NOW + DAY + MINUTE
        assert look(house, clock) == [("clock", "set anew")]
        assert look(house, clock, DAY, "clock") == [], "that it was set is over by itself"
        assert house.store.conditions.list() == ()


def test_a_carrier_that_takes_nothing_and_messages_in_doubt_are_told(
    newsroom: Newsroom, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    errs(monkeypatch)
    newsroom.extra = '[carriers.smtp]\nhost = "127.0.0.1"\nto = "liste@ki-news.example"\n'
    with watched(newsroom, clock) as house:
        begun(house, NOW)
        name = found(house).id
        assert found(house).carriers == ("smtp",)
        assert look(house, clock, 20 * MINUTE) == []
        assert look(house, clock, 30 * MINUTE) == [("carrier:smtp", "failing")]
        assert f"feeder delivery status {name}" in house.store.conditions.list()[0].words
        house.store.editions.move(name, EditionStatus.DELIVERED)
        assert look(house, clock, 30 * MINUTE) == [("carrier:smtp", "ok")]


def test_a_store_that_takes_nothing_is_told_from_memory_and_its_return_by_the_store(
    newsroom: Newsroom, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched(newsroom, clock) as house:
        said: list[str] = []
        monkeypatch.setattr("feeder.pipeline.watching._say", lambda _house, alert, _now: said.append(alert.words))

        def full(_self: Signs) -> None:
            raise StoreError("the store cannot be read: disk I/O error")

        with monkeypatch.context() as patched:
            patched.setattr(Signs, "last_run", full)
            assert look(house, clock) == []
            assert said == []
            assert look(house, clock, HOUR) == []
            assert len(said) == 1
            assert "disk I/O error" in said[0]
            assert "feeder doctor" in said[0]
        assert look(house, clock) == [("store", "ok")]
        assert look(house, clock, HOUR) == []


@pytest.mark.parametrize("how", ["locked", "taken away"])
def test_a_store_that_can_be_read_but_takes_nothing_is_told_too(
    newsroom: Newsroom, clock: Clock, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr("feeder.store.database.PATIENCE", 0.1)
    said: list[str] = []
    monkeypatch.setattr("feeder.pipeline.watching._say", lambda _house, alert, _now: said.append(alert.words))
    file, aside = newsroom.folder / "feeder.db", newsroom.folder / "aside.db"
    with watched(newsroom, clock) as house, closing(sqlite3.connect(file, isolation_level=None)) as other:
        assert look(house, clock) == []
        if how == "locked":
            other.execute("BEGIN IMMEDIATE")
        else:
            file.rename(aside)
        assert look(house, clock, HOUR) == []
        assert len(said) == 1
        assert "feeder doctor" in said[0]
        if how == "locked":
            other.execute("ROLLBACK")
        else:
            aside.rename(file)
        assert look(house, clock) == [("store", "ok")]


def test_a_rehearsal_tells_nobody_and_a_look_is_followed_by_telling(newsroom: Newsroom, clock: Clock) -> None:
    with watched(newsroom, clock) as house:
        assert [step.name for step in STEPS["watch"](house)] == ["alert"]
        assert STEPS["alert"](replace(house, sends=False)) == []
        assert isinstance(STEPS["watch"](house)[0], Step)
