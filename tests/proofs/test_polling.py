"""The reader who polls in the proofs sees what he is there to see."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.proofs.polling import polling

pytestmark = pytest.mark.proofs

BASE = "https://ki-news.test/feeds/"
FEED = "<rss><channel>" + "<item><title>Eine Meldung</title></item>" * 20_000 + "</channel></rss>"


def in_place(path: Path, data: str) -> None:
    path.write_text(data)


def aside(path: Path, data: str) -> None:
    other = path.with_name(f".{path.name}")
    other.write_text(data)
    other.replace(path)


@contextmanager
def written(path: Path, write: Callable[[Path, str], None]) -> Iterator[None]:
    """Write a feed over and over within the block."""
    is_over = threading.Event()

    def again() -> None:
        while not is_over.wait(0.002):
            write(path, FEED)

    write(path, FEED)
    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@pytest.mark.parametrize(("write", "is_broken"), [(in_place, True), (aside, False)])
def test_who_polls_sees_a_file_written_in_place_and_none_that_is_written_aside(
    tmp_path: Path, write: Callable[[Path, str], None], is_broken: bool
) -> None:
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    with written(feeds / "rss.xml", write), polling(feeds, BASE, tmp_path / "read.json") as poll:
        time.sleep(8)
    assert poll.reads > 10
    assert bool(poll.wrong) is is_broken


def test_who_polls_sees_an_index_that_leads_to_a_page_that_is_not_there(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    (feeds / "stories/da").mkdir(parents=True)
    (feeds / "stories/da/index.html").write_text("<html></html>")
    (feeds / "index.html").write_text(
        f'<html><a href="{BASE}stories/da/">a</a><a href="{BASE}stories/fort/">b</a></html>'
    )
    with polling(feeds, BASE, tmp_path / "read.json") as poll:
        time.sleep(4)
    assert poll.links
    assert {one.rpartition("leads to ")[2] for one in poll.wrong} == {"stories/fort/index.html, which is not there"}
