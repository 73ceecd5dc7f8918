"""The promises of docs/design.md, section 5: each test fails when its promise is broken."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.errors import RenderError
from feeder.model import Step
from feeder.pipeline import STEPS
from feeder.rendering import entries
from tests.conftest import ROOT
from tests.newsroom import NOW, Newsroom, Post, rss

BEATS = True

POSTS = [
    Post(f"Modell {n} rechnet schneller", f"https://heise.example/{n}", NOW - timedelta(hours=n)) for n in range(1, 4)
]


def state(newsroom: Newsroom) -> dict[str, list[Any]]:
    """All rows of the store that a reader or an editor could notice."""
    with open_house(read_config(newsroom.folder / "config.toml")) as house:
        stories = [house.store.stories.get(page.id) for page in house.store.stories.pages()]
        return {
            "stories": stories,
            "decisions": [house.store.stories.decisions(story.id) for story in stories if story],
            "editions": list(house.store.editions.list()),
        }


# Promise 1: every step may run twice and does its work once.


def test_every_step_may_run_twice_and_does_its_work_once(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.feed("heise", rss(*POSTS))
    with open_house(read_config(newsroom.configure()), now=NOW.isoformat()) as house:
        waiting, ran = [Step("start", {})], []
        while waiting:
            step = waiting.pop(0)
            following = STEPS[step.name](house, **step.args)
            if step.name != "start":
                STEPS[step.name](house, **step.args)
            ran.append(step.name)
            waiting += following
        assert set(ran) == {"start", "gather", "curate", "publish", "compose", "finish"}
        assert len(house.store.stories.pages()) == 4
        assert [edition.number for edition in house.store.editions.list()] == [1]
        assert all(len(house.store.stories.decisions(page.id)) == 1 for page in house.store.stories.pages())


@pytest.mark.parametrize("broken", ["curate", "publish", "compose", "finish"])
def test_a_run_that_dies_in_any_step_is_made_whole_by_the_next(newsroom: Newsroom, broken: str) -> None:
    newsroom.article("a.txt")
    newsroom.feed("heise", rss(*POSTS))
    with open_house(read_config(newsroom.configure()), now=NOW.isoformat()) as house:
        waiting = [Step("start", {})]
        while waiting and waiting[0].name != broken:
            step = waiting.pop(0)
            waiting += STEPS[step.name](house, **step.args)
    newsroom.run(now=NOW + timedelta(minutes=1))
    assert len(newsroom.titles()) == 4
    assert len(newsroom.editions()) == 1
    assert len(state(newsroom)["editions"]) == 1


# Promise 2: nothing is marked as done before it is done; looking changes nothing.


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--dry-run"),
        ("gather", "--dry-run"),
        ("publish", "--dry-run"),
        ("compose", "--dry-run"),
        ("preview",),
        ("check",),
        ("status",),
        ("explain", "Modell"),
        ("articles", "check"),
    ],
    ids=" ".join,
)
def test_what_only_looks_changes_neither_store_nor_output(newsroom: Newsroom, words: tuple[str, ...]) -> None:
    newsroom.article("a.txt")
    newsroom.feed("heise", rss(*POSTS[1:]))
    newsroom.run()
    newsroom.feed("heise", rss(*POSTS))
    before, files = state(newsroom), newsroom.files()
    newsroom.run(*words, now=NOW + timedelta(days=1))
    assert state(newsroom) == before
    assert newsroom.files() == files


def test_looking_at_a_publication_that_never_ran_makes_no_store(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.run("run", "--dry-run")
    newsroom.run("status")
    assert not list(newsroom.folder.glob("feeder.db*"))
    assert not newsroom.path("").exists()


def test_what_could_not_be_published_is_published_by_the_next_run(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.run("gather")
    newsroom.path("").mkdir(exist_ok=True)
    newsroom.path("rss.xml").mkdir()
    newsroom.run(code=1, now=NOW + timedelta(minutes=1))
    newsroom.path("rss.xml").rmdir()
    newsroom.run(now=NOW + timedelta(minutes=2))
    assert newsroom.titles() == ["Microsoft verliert Kontrolle über OpenAI?"]
    assert len(newsroom.editions()) == 1


def test_a_page_that_could_not_be_written_is_not_taken_for_written(newsroom: Newsroom) -> None:
    def article(name: str, words: str) -> str:
        return f"---\nid: {name}\n---\n# {name}\n\n## NEWS\n\n{words}\n"

    for name in ("aaa", "zzz"):
        newsroom.article(f"{name}.md", article(name, "Erste Worte."))
    newsroom.run()
    for name in ("aaa", "zzz"):
        newsroom.article(f"{name}.md", article(name, "Zweite Worte."))
    first = newsroom.path("stories/aaa/index.html")
    first.unlink()
    first.mkdir()
    newsroom.run(now=NOW + timedelta(minutes=1), code=1)
    assert "Erste Worte." in newsroom.path("stories/zzz/index.html").read_text()
    first.rmdir()
    newsroom.run(now=NOW + timedelta(minutes=2))
    assert "Zweite Worte." in newsroom.path("stories/zzz/index.html").read_text()
    assert "Zweite Worte." in first.read_text()


# Promise 4: same state, same bytes.


def test_a_different_locale_zone_and_hash_seed_write_the_same_bytes(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.feed("heise", rss(*POSTS))
    newsroom.run()
    before = {name: data for name, (data, _) in newsroom.files().items()}
    shutil.rmtree(newsroom.path(""))
    environment = {"PATH": "/usr/bin:/bin", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    program = [sys.executable, "-m", "feeder", "publish", "--config", str(newsroom.folder / "config.toml")]
    subprocess.run(program, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert {name: data for name, (data, _) in newsroom.files().items()} == before


# Promise 5: good output is never replaced by bad or empty output.


def test_feeds_do_not_lose_stories_that_the_store_does_not_know(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.feed("heise", rss(*POSTS))
    newsroom.run()
    before = newsroom.path("rss.xml").read_bytes()
    for file in newsroom.folder.glob("feeder.db*"):
        file.unlink()
    newsroom.feed("heise", rss())
    result = newsroom.run(code=1)
    assert "--accept-loss" in result.output
    assert newsroom.path("rss.xml").read_bytes() == before
    newsroom.run("publish", "--accept-loss")
    assert newsroom.titles() == ["Microsoft verliert Kontrolle über OpenAI?"]


def test_fewer_stories_with_a_recorded_reason_are_published(newsroom: Newsroom) -> None:
    newsroom.article("a.md", "---\nid: a\n---\n# Erste Fassung eines Modells\n\n## NEWS\n\nText.\n")
    newsroom.article("b.txt")
    newsroom.run()
    newsroom.article("a.md", "---\nid: a\nstatus: withdrawn\n---\n# Erste Fassung eines Modells\n\n## NEWS\n\nText.\n")
    newsroom.run(now=NOW + timedelta(hours=1))
    assert "Zurückgezogen: Erste Fassung eines Modells" in newsroom.titles()
    newsroom.run(now=NOW + timedelta(days=15))
    assert newsroom.titles() == ["Microsoft verliert Kontrolle über OpenAI?"]
    assert not newsroom.path("stories/erste-fassung-eines-modells/index.html").exists()


def test_older_stories_give_way_to_newer_ones_within_the_bounds(newsroom: Newsroom) -> None:
    newsroom.output = "max_items = 2\n"
    newsroom.feed("heise", rss(*POSTS[1:]))
    newsroom.run()
    newsroom.feed("heise", rss(*POSTS))
    newsroom.run(now=NOW + timedelta(minutes=5))
    assert newsroom.titles() == ["Modell 1 rechnet schneller", "Modell 2 rechnet schneller"]


def test_a_feed_that_cannot_be_rendered_keeps_its_last_good_version(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    before = newsroom.files()["rss.xml"]
    shutil.copytree(ROOT / "templates", newsroom.folder / "templates")
    template = newsroom.folder / "templates" / "feed_entry.html"
    template.write_text(template.read_text() + "{{ no_such_thing }}")
    result = newsroom.run(code=1, now=NOW + timedelta(hours=1))
    assert "rss.xml was not replaced" in result.output
    assert "no_such_thing" in result.output
    assert newsroom.files()["rss.xml"] == before


def test_a_page_that_cannot_be_rendered_keeps_its_last_good_version_and_stops_no_feed(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    before = newsroom.files()["index.html"]
    shutil.copytree(ROOT / "templates", newsroom.folder / "templates")
    (newsroom.folder / "templates" / "landing.html").write_text("{{ no_such_thing }}")
    newsroom.feed("heise", rss(*POSTS[:1]))
    result = newsroom.run(code=1, now=NOW + timedelta(hours=1))
    assert "index.html was not replaced" in result.output
    assert newsroom.files()["index.html"] == before
    assert len(newsroom.titles()) == 2


# Promise 6: one bad source, item or template never stops the rest; a bug always shows.


def test_one_bad_source_and_one_bad_article_stop_no_other(newsroom: Newsroom) -> None:
    newsroom.article("gut.txt")
    newsroom.article("schlecht.md", "---\ntitel: x\n---\nText")
    newsroom.feed("kaputt", "<html><body>Wartung</body></html>")
    newsroom.feed("heise", rss(*POSTS[:1]))
    result = newsroom.run()
    assert sorted(newsroom.titles()) == ["Microsoft verliert Kontrolle über OpenAI?", "Modell 1 rechnet schneller"]
    assert "kaputt: " in result.output
    assert "articles/schlecht.md:2" in result.output


def test_one_story_that_cannot_be_rendered_is_named_and_left_out(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.feed("heise", rss(*POSTS))
    render = entries.story_entry

    def refuse(look: Any, telling: Any) -> Any:
        if telling.revision.title.startswith("Modell 2"):
            raise RenderError(f"{telling.story.id}: no picture")
        return render(look, telling)

    monkeypatch.setattr("feeder.pipeline.site.story_entry", refuse)
    result = newsroom.run(code=1)
    assert newsroom.titles() == ["Modell 1 rechnet schneller", "Modell 3 rechnet schneller"]
    assert "no picture" in result.output
    assert "no picture" in newsroom.run(code=1, now=NOW + timedelta(minutes=5)).output


def test_a_bug_in_one_reader_shows_and_stops_no_other(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    newsroom.article("a.txt")
    newsroom.feed("heise", rss(*POSTS))
    monkeypatch.setitem(__import__("feeder.sources", fromlist=["READERS"]).READERS, "feed", break_down)
    result = newsroom.run(code=1)
    assert "ZeroDivisionError" in result.output
    assert newsroom.titles() == ["Microsoft verliert Kontrolle über OpenAI?"]


# Promise 9: the first run is calm.


def test_of_a_new_feeds_backlog_only_the_newest_three_are_released(newsroom: Newsroom) -> None:
    backlog = [Post(f"Modell {n}", f"https://heise.example/{n}", NOW - timedelta(hours=n)) for n in range(1, 41)]
    newsroom.feed("heise", rss(*reversed(backlog)))
    newsroom.run()
    assert newsroom.titles() == ["Modell 1", "Modell 2", "Modell 3"]
    newsroom.feed("heise", rss(Post("Modell 0", "https://heise.example/0", NOW), *backlog))
    newsroom.run(now=NOW + timedelta(hours=1))
    assert newsroom.titles() == ["Modell 0", "Modell 1", "Modell 2", "Modell 3"]


def test_a_first_look_that_failed_leaves_the_next_one_calm_too(newsroom: Newsroom) -> None:
    backlog = [Post(f"Modell {n}", f"https://heise.example/{n}", NOW - timedelta(hours=n)) for n in range(1, 11)]
    newsroom.feed("heise", "<html></html>")
    newsroom.run()
    newsroom.feed("heise", rss(*backlog))
    newsroom.run(now=NOW + timedelta(hours=1))
    assert len(newsroom.titles()) == 3


def test_a_folder_knows_no_baseline_no_age_and_no_number(newsroom: Newsroom) -> None:
    for n in range(25):
        newsroom.article(
            f"2019-01-{n + 1:02}-artikel.txt",
            f"Artikel Nummer {n}\n\nNEWS\n\nEin Absatz über Sprachmodelle und ihre Preise.\n",
        )
    newsroom.run()
    assert len(newsroom.titles()) == 25
    assert newsroom.items()[0]["date_published"] == "2019-01-24T23:00:00Z"


# Promise 10: two processes do no harm.


@pytest.mark.parametrize(("lease", "command"), [("output", "publish"), ("compose", "compose")])
def test_who_finds_a_lease_taken_waits_and_does_nothing_until_it_is_free(
    newsroom: Newsroom, lease: str, command: str
) -> None:
    newsroom.article("a.txt")
    newsroom.run("gather")
    with open_house(read_config(newsroom.folder / "config.toml")) as house:
        held = house.store.leases.hold(lease, "somebody else", 60, datetime.now(UTC))
        with ThreadPoolExecutor(1) as threads:
            running = threads.submit(newsroom.run, command)
            time.sleep(1)
            assert not running.done()
            assert newsroom.files() == {}
            house.store.leases.release(held)
            running.result(30)
    assert newsroom.files()


def test_two_processes_at_once_tell_each_story_once_and_compose_one_edition(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.feed("heise", rss(*POSTS))
    newsroom.feed("golem", rss(*POSTS))
    program = [sys.executable, "-m", "feeder", "run", "--config", str(newsroom.configure()), "--now", NOW.isoformat()]

    def run_twice(_: int) -> list[int]:
        return [subprocess.run(program, check=False, capture_output=True).returncode for _ in range(2)]

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(run_twice, range(2))) == [[0, 0], [0, 0]]
    assert sorted(newsroom.titles()) == sorted(
        [post.title for post in POSTS] + ["Microsoft verliert Kontrolle über OpenAI?"]
    )
    assert len(newsroom.editions()) == 1
    for name, (data, _) in newsroom.files().items():
        if name.endswith(".json"):
            json.loads(data)
