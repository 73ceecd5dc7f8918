"""Subscribers find the hub in the header Link of a feed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from feeder.config import load_config
from feeder.config.announcing import Announce
from feeder.delivery.output import Output
from feeder.model import Feed, OutputFile
from feeder.rendering.feeds import feed_files
from feeder.rendering.look import Look, open_look
from feeder.web.linking import linking
from tests.newsroom import NOW
from tests.web_room.asking import Site

HUBS = ("https://hub.example/", "https://hub.example/two?a=1&b=2")


@pytest.fixture(scope="module")
def look(root: Path) -> Look:
    return open_look(load_config(root / "tests" / "data" / "config.toml", {}), root / "templates")


def feeds_of(look: Look, hubs: tuple[str, ...]) -> dict[str, bytes]:
    config = look.config.model_copy(update={"announce": Announce(hubs=hubs)})
    feed = Feed("tag:ki-news.example,2025:feed", "Titel", "Worte", "topics/recht/", "", "de", NOW)
    return {file.path: file.data for file in feed_files(replace(look, config=config), feed, [])}


def test_a_feed_is_sent_with_the_hubs_and_the_self_that_stand_in_it(look: Look) -> None:
    for path, data in feeds_of(look, HUBS).items():
        hubs = ", ".join(f'<{hub}>; rel="hub"' for hub in HUBS)
        assert linking(path, data) == (("link", f'{hubs}, <https://ki-news.example/feeds/{path}>; rel="self"'),)


def test_without_hubs_there_is_no_header_and_no_word_of_them(look: Look) -> None:
    for path, data in feeds_of(look, ()).items():
        assert linking(path, data) == ()
        assert b"hub" not in data


def test_hubs_change_nothing_else_in_a_feed(look: Look) -> None:
    plain, told = feeds_of(look, ()), feeds_of(look, HUBS)
    document = json.loads(told["topics/recht/feed.json"])
    assert document.pop("hubs") == [{"type": "WebSub", "url": hub} for hub in HUBS]
    assert document == json.loads(plain["topics/recht/feed.json"])
    for path in ("topics/recht/rss.xml", "topics/recht/atom.xml"):
        assert 0 < told[path].index(b'"https://hub.example/"') < told[path].index(b'"https://hub.example/two')
        assert [line for line in told[path].splitlines() if b"hub" not in line] == plain[path].splitlines()


def test_the_server_sends_it_packed_or_not_and_with_no_page(look: Look, site: Site) -> None:
    [path, *_] = feeds = feeds_of(look, HUBS)
    Output(site.folder).write([OutputFile(path, feeds[path])], ())
    for coding in ("identity", "br", "gzip"):
        got = site.get(f"/{path}", Accept_Encoding=coding)
        assert ("link", got.headers["link"]) == linking(path, feeds[path])[0]
    assert "link" not in site.get("/").headers


@pytest.mark.parametrize(
    "data",
    [
        b'<rss><channel><item><atom:link rel="hub" href="https://evil.example/"/></item></channel></rss>',
        b'<rss><channel><atom:link rel="hub" href="https://a.example/&gt;; rel=evil"/></channel></rss>',
        b'<rss><channel><atom:link rel="hub" href="https://a.example/&#13;&#10;Set-Cookie: a=b"/></channel></rss>',
        b"no feed at all",
    ],
)
def test_no_words_of_others_get_into_the_header(data: bytes) -> None:
    assert "evil" not in str(linking("rss.xml", data))
    assert "Cookie" not in str(linking("rss.xml", data))


@pytest.mark.parametrize("data", [b'{"hubs"', b'{"hubs": 3}', b'{"hubs": [{"url": 1}]}', b'["hubs"]'])
def test_a_broken_feed_breaks_nothing(data: bytes) -> None:
    assert not linking("feed.json", data)


def test_pages_have_no_hub() -> None:
    assert linking("index.html", b'<link rel="hub" href="https://hub.example/">') == ()
