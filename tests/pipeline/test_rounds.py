"""Who is looked at in a round, how often, in how many transactions, and who keeps whom waiting."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.pipeline import STEPS
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.store.samples import commits, rows_written
from tests.web import Page

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POSTS = [Post(f"Modell {n}", f"https://heise.example/{n}", NOW - n * HOUR) for n in range(1, 4)]


@pytest.fixture
def paced(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    """A publication that looks at its sources in a rhythm of a quarter of an hour to half a day."""
    monkeypatch.setenv("FEEDER_GATHERING__SOONEST", "15m")
    monkeypatch.setenv("FEEDER_GATHERING__LATEST", "12h")
    return newsroom


def asked(newsroom: Newsroom, name: str) -> int:
    return sum(one.path == f"/{name}.xml" for one in newsroom.web.asked)


def tally(newsroom: Newsroom, *words: str, now: datetime = NOW) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(newsroom.run(*(words or ("run",)), "--json", now=now).stdout)
    return said


def test_a_source_is_left_alone_until_its_time_comes_and_a_folder_never(paced: Newsroom) -> None:
    paced.feed("heise", rss(*POSTS))
    first = tally(paced)
    assert (first["sources"], first["looked_at"], first["not_due"]) == (2, 2, 0)
    paced.article("a.txt")
    second = tally(paced, now=NOW + 5 * MINUTE)
    assert (second["looked_at"], second["not_due"], asked(paced, "heise")) == (1, 1, 1)
    assert "Microsoft verliert Kontrolle über OpenAI?" in paced.titles()
    third = tally(paced, now=NOW + 13 * HOUR)
    assert (third["looked_at"], third["unchanged"], asked(paced, "heise")) == (2, 2, 2)


def test_a_source_with_a_long_rhythm_of_its_own_is_left_alone_for_that_long(paced: Newsroom) -> None:
    paced.feed("heise", rss(*POSTS), rhythm="2d")
    paced.run("gather")
    for hours in (1, 42):
        paced.run("gather", now=NOW + hours * HOUR)
    assert asked(paced, "heise") == 1
    paced.run("gather", now=NOW + 49 * HOUR)
    assert asked(paced, "heise") == 2


def test_a_person_may_look_at_all_or_at_one_before_its_time(paced: Newsroom) -> None:
    for name in ("heise", "golem"):
        paced.feed(name, rss(*POSTS))
    paced.run()
    paced.run("gather", "--all", now=NOW + MINUTE)
    assert (asked(paced, "heise"), asked(paced, "golem")) == (2, 2)
    paced.run("gather", "--source", "heise", now=NOW + 2 * MINUTE)
    assert (asked(paced, "heise"), asked(paced, "golem")) == (3, 2)
    assert 'did you mean "heise"' in paced.run("gather", "--source", "heisse", code=2).output


def test_a_server_that_wants_to_be_left_alone_is_whatever_the_hurry(newsroom: Newsroom) -> None:
    busy = Page(b"", 429, {"Retry-After": "7200"})
    newsroom.web.pages["/heise.xml"] = busy
    newsroom.source("heise", newsroom.web.url("/heise.xml"))
    newsroom.run()
    newsroom.run(now=NOW + HOUR)
    newsroom.run("gather", "--all", now=NOW + HOUR)
    assert asked(newsroom, "heise") == 1
    newsroom.run(now=NOW + 3 * HOUR)
    assert asked(newsroom, "heise") == 2


def test_what_is_paused_is_asked_by_nobody(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(*POSTS), paused=True)
    assert tally(newsroom)["paused"] == 1
    newsroom.run("gather", "--all")
    newsroom.run("gather", "--source", "heise")
    assert asked(newsroom, "heise") == 0
    assert "paused" in newsroom.run("status").output


def test_a_clock_that_was_years_ahead_freezes_no_source(paced: Newsroom) -> None:
    paced.feed("heise", rss(*POSTS))
    paced.run(now=NOW + 3650 * DAY)
    paced.run(now=NOW)
    assert asked(paced, "heise") == 2


def test_another_address_is_looked_at_at_once(paced: Newsroom) -> None:
    paced.feed("heise", rss(*POSTS))
    paced.run()
    address = paced.web.put("/neu.xml", rss(*POSTS))
    paced.source("heise", address)
    paced.run(now=NOW + MINUTE)
    assert asked(paced, "neu") == 1


@pytest.mark.parametrize("fails_first", [False, True])
def test_another_address_with_another_feed_is_a_backlog_and_one_with_the_same_feed_is_none(
    newsroom: Newsroom, fails_first: bool
) -> None:
    posts = [Post(f"Meldung {n}", f"https://neu.example/{n}", NOW - n * DAY) for n in range(30)]
    newsroom.feed("heise", rss(*POSTS))
    newsroom.run()
    newsroom.source("heise", newsroom.web.url("/anders.xml"))
    if fails_first:
        newsroom.run(now=NOW + MINUTE)
    newsroom.web.put("/anders.xml", rss(*posts), content_type="application/xml")
    newsroom.run(now=NOW + 2 * MINUTE)
    assert sorted(newsroom.titles()) == sorted([*(f"Meldung {n}" for n in range(3)), *(post.title for post in POSTS)])
    newsroom.source("heise", newsroom.web.url("/wieder.xml"))
    fresh = [Post(f"Frisch {n}", f"https://neu.example/frisch{n}", NOW) for n in range(5)]
    newsroom.web.put("/wieder.xml", rss(*fresh, *posts), content_type="application/xml")
    newsroom.run(now=NOW + 3 * MINUTE)
    assert len(newsroom.titles()) == 6 + 5


def test_an_unchanged_round_is_few_transactions_and_one_narrow_row_per_source(newsroom: Newsroom) -> None:
    for n in range(60):
        newsroom.feed(f"s{n}", rss(Post(f"Modell {n}", f"https://s{n}.example/1")))
    newsroom.run("gather")
    with open_house(read_config(newsroom.configure()), now=(NOW + MINUTE).isoformat()) as house:
        with commits(house.store) as made, rows_written(house.store) as written:
            (step,) = STEPS["start"](house)
            (after,) = STEPS[step.name](house, **step.args)
        assert after.name == "curate"
        assert (house.tally.looked, house.tally.unchanged) == (61, 61)
        assert len(made) == 2
        tables = {words.split()[2 if words.startswith("INSERT") else 1] for words in written}
        assert tables - {"runs"} == {"run_parts", "looks"}


def test_a_whole_run_in_which_nothing_changes_commits_five_times(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(*POSTS))
    newsroom.run()
    with (
        open_house(read_config(newsroom.configure()), now=(NOW + MINUTE).isoformat()) as house,
        commits(house.store) as made,
    ):
        steps, taken = [*STEPS["start"](house)], []
        for step in steps:
            taken.append(step.name)
            steps.extend(STEPS[step.name](house, **step.args))
    assert taken == ["gather", "curate", "publish", "compose"]
    assert house.tally.unchanged == 2
    assert len(made) == 5  # the run, the looks with its part, the lease of the output and its return, the end


def test_a_step_that_is_taken_again_asks_nobody_again(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(*POSTS))
    with open_house(read_config(newsroom.configure()), now=NOW.isoformat()) as house:
        (step,) = STEPS["start"](house)
        assert [one.name for one in STEPS["gather"](house, **step.args)] == ["curate"]
        assert STEPS["gather"](house, **step.args) == []
    assert asked(newsroom, "heise") == 1


def test_a_hanging_source_keeps_no_other_waiting_and_is_named(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDER_GATHERING__SOURCE_LIMIT", "3s")
    released = threading.Event()

    def hang(_asked: object) -> Page:
        released.wait(20)
        return Page(b"")

    newsroom.web.pages["/haengt.xml"] = hang
    newsroom.source("haengt", newsroom.web.url("/haengt.xml").replace("127.0.0.1", "localhost"))
    for n in range(20):
        newsroom.feed(f"s{n}", rss(Post(f"Modell {n}", f"https://s{n}.example/1")))
    begun = time.monotonic()
    result = newsroom.run("gather")
    released.set()
    assert time.monotonic() - begun < 15
    assert "haengt: " in result.output
    assert "1 failing" in result.output
    with open_house(read_config(newsroom.configure())) as house:
        assert sum(state.baselined for state in house.store.sources.states().values()) == 21


def test_what_a_round_does_not_reach_is_named_and_comes_first_in_the_next(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_asked: object) -> Page:
        time.sleep(0.7)
        return Page(rss(*POSTS).encode())

    for n in range(4):
        newsroom.web.pages[f"/s{n}.xml"] = slow
        newsroom.source(f"s{n}", newsroom.web.url(f"/s{n}.xml"))
    with monkeypatch.context() as patch:
        patch.setenv("FEEDER_GATHERING__ROUND_LIMIT", "1s")
        result = newsroom.run("gather")
    assert "not reached in time" in result.output
    reached = {one.path for one in newsroom.web.asked}
    assert 0 < len(reached) < 4
    newsroom.web.asked.clear()
    newsroom.run("gather", now=NOW + MINUTE)
    assert newsroom.web.asked[0].path not in reached
    assert len({one.path for one in newsroom.web.asked}) == 4


def test_a_round_that_is_stopped_keeps_what_was_read_and_leaves_its_part_open(newsroom: Newsroom) -> None:
    with_stop: list[threading.Event] = []

    def last(_asked: object) -> Page:
        with_stop[0].set()
        return Page(rss(*POSTS).encode())

    for n in range(30):
        newsroom.web.pages[f"/s{n}.xml"] = last
        newsroom.source(f"s{n}", newsroom.web.url(f"/s{n}.xml"))
    with open_house(read_config(newsroom.configure()), now=NOW.isoformat()) as house:
        with_stop.append(house.stop)
        (step,) = STEPS["start"](house)
        assert STEPS["gather"](house, **step.args) == []
        run = int(str(step.args["run"]))
        assert house.store.runs.open_parts(run)
        states = house.store.sources.states()
        assert 0 < sum(state.baselined for state in states.values()) < 31
    newsroom.run("gather", now=NOW + MINUTE)
    with open_house(read_config(newsroom.configure())) as house:
        assert sum(state.baselined for state in house.store.sources.states().values()) == 31


def test_a_change_of_health_is_told_once_in_the_report_and_in_the_status(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(*POSTS))
    newsroom.run()
    newsroom.web.pages["/heise.xml"] = Page(b"", 410, validators=False)
    assert "heise: " in newsroom.run(now=NOW + HOUR).output
    assert tally(newsroom, now=NOW + 2 * HOUR)["alerts"] == []
    assert "gone since" in newsroom.run("status").output
    assert json.loads(newsroom.path("status.json").read_text())["sources"][1]["state"] == "gone"
    newsroom.feed("heise", rss(*POSTS))
    (told,) = tally(newsroom, now=NOW + 9 * DAY)["alerts"]
    assert told.startswith("heise: it is back; it was gone since 2026-11-23")
    assert "it is back" in newsroom.run("status").output


def test_what_was_guessed_of_a_source_is_told_with_its_name(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(*POSTS))
    assert tally(newsroom)["warnings"] == ["heise: 3 of 3 items carry no id: known by their addresses"]


def test_an_unchanged_round_changes_no_byte_of_the_status(paced: Newsroom) -> None:
    paced.feed("heise", rss(*POSTS))
    paced.run()
    before = paced.files()["status.json"]
    paced.run(now=NOW + 13 * HOUR)
    assert paced.files()["status.json"] == before


def test_one_sources_store_error_undoes_no_other_in_its_batch(newsroom: Newsroom) -> None:
    newsroom.run("publish")
    for n in range(5):
        newsroom.feed(f"s{n}", rss(Post(f"Modell {n}", f"https://s{n}.example/1")))
    with closing(sqlite3.connect(newsroom.folder / "feeder.db")) as store:
        store.execute(
            "CREATE TRIGGER full BEFORE INSERT ON items WHEN NEW.source_id = 's2'"
            " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    assert "s2 could not be kept" in newsroom.run("gather", code=1).output
    with open_house(read_config(newsroom.configure())) as house:
        states = house.store.sources.states()
        assert sorted(states) == ["redaktion", "s0", "s1", "s3", "s4"]
