"""What stands under feeds/ is what the state says, whatever happened to the files; and one bad item stops no other."""

from __future__ import annotations

import importlib
import shutil
import sqlite3
import threading
import time
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.pipeline import STEPS
from tests.conftest import ROOT
from tests.newsroom import NOW, Newsroom, Post, rss

BEATS = True

HOUR = timedelta(hours=1)
POSTS = [Post(f"Modell {n}", f"https://heise.example/{n}", NOW - n * HOUR) for n in range(1, 4)]


def test_files_from_an_older_backup_are_replaced_by_the_next_run(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(*POSTS[1:]))
    newsroom.run()
    backup = newsroom.files()
    newsroom.feed("heise", rss(*POSTS))
    newsroom.run(now=NOW + HOUR)
    after = {name: data for name, (data, _) in newsroom.files().items()}
    for name, (data, _) in backup.items():
        newsroom.path(name).write_bytes(data)
    newsroom.run(now=NOW + 2 * HOUR)
    assert {name: data for name, (data, _) in newsroom.files().items()} == after


def test_what_cannot_be_removed_is_named_until_it_is(newsroom: Newsroom) -> None:
    newsroom.article("a.md", "---\nid: a\n---\n# Ein Modell\n\n## NEWS\n\nText.\n")
    newsroom.run()
    newsroom.article("a.md", "---\nid: a\nstatus: withdrawn\n---\n# Ein Modell\n\n## NEWS\n\nText.\n")
    newsroom.run(now=NOW + HOUR)
    page = newsroom.path("stories/ein-modell/index.html")
    page.unlink()
    page.mkdir()
    for days in (20, 21):
        result = newsroom.run(now=NOW + timedelta(days=days), code=1)
        assert "stories/ein-modell/index.html should not be there any more and cannot be removed" in result.output
    page.rmdir()
    page.write_text("alt")
    newsroom.run(now=NOW + timedelta(days=22))
    assert not page.exists()


def test_a_template_that_breaks_over_its_values_keeps_what_stands_and_stops_no_other(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    shutil.copytree(ROOT / "templates", newsroom.folder / "templates")
    template = newsroom.folder / "templates" / "feed_entry.html"
    template.write_text(template.read_text() + "{{ 1 / 0 }}{{ 'a' + 1 }}")
    before = newsroom.path("rss.xml").read_bytes()
    newsroom.article("b.md", "---\nid: b\n---\n# Ein Modell\n\n## NEWS\n\nText.\n")
    result = newsroom.run(now=NOW + HOUR, code=1)
    assert "Traceback" not in result.output
    assert "division by zero" in result.output
    assert newsroom.path("rss.xml").read_bytes() == before
    assert newsroom.path("stories/ein-modell/index.html").exists()


def test_a_bug_that_one_item_brings_out_shows_and_stops_no_other(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    curate = importlib.import_module("feeder.pipeline.curate")  # the package has a function of that name
    tell = curate.tell

    def refuse(item: Any, *words: Any, **more: Any) -> Any:
        if item.title == "Modell 2":
            raise ZeroDivisionError
        return tell(item, *words, **more)

    newsroom.feed("heise", rss(*POSTS))
    with monkeypatch.context() as patch:
        patch.setattr(curate, "tell", refuse)
        assert "ZeroDivisionError" in newsroom.run(code=1).output
    assert newsroom.titles() == ["Modell 1", "Modell 3"]
    newsroom.run(now=NOW + HOUR)
    assert sorted(newsroom.titles()) == ["Modell 1", "Modell 2", "Modell 3"]


def test_a_source_that_the_store_does_not_take_is_named_in_words_and_stops_no_other(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.run("publish")
    newsroom.feed("heise", rss(*POSTS))
    with closing(sqlite3.connect(newsroom.folder / "feeder.db")) as store:
        store.execute(
            "CREATE TRIGGER full BEFORE INSERT ON items WHEN NEW.source_id = 'heise'"
            " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
        result = newsroom.run(code=1)
        assert "Traceback" not in result.output
        assert "heise could not be kept" in result.output
        assert newsroom.titles() == ["Microsoft verliert Kontrolle über OpenAI?"]
        store.execute("DROP TRIGGER full")
    newsroom.run(now=NOW + HOUR)
    assert len(newsroom.titles()) == 4


def test_two_processes_curate_one_after_the_other(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(*POSTS))
    newsroom.run("gather", "--offline")
    config = read_config(newsroom.configure())
    with open_house(config, now=NOW.isoformat()) as first, open_house(config, now=NOW.isoformat()) as second:
        run = first.store.runs.start("round", NOW, ("heise",))
        STEPS["gather"](first, run=run, sources=["heise"])
        other = threading.Thread(target=STEPS["curate"], args=(second, run))
        with first.lease("curate"):
            other.start()
            time.sleep(0.5)
            assert len(first.store.items.waiting()) == 3
        other.join(30)
        assert not first.store.items.waiting()
