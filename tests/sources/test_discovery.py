"""From any address to what can be a source, on a real server; recorded pages say what the web names."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeder.errors import SourceError
from feeder.sources.discovery import Candidate, feeds_named, find_sources, most_headlines
from feeder.sources.html_page import read_html
from feeder.sources.platforms import account_feed, account_page, channel_feed
from tests.newsroom import Post, rss
from tests.sources.reading import reading_the_web
from tests.web import Web

FEED = rss(Post("Eine Meldung", "https://quelle.example/a"))


def find(url: str) -> tuple[Candidate, ...]:
    with reading_the_web() as reading:
        return find_sources(url, reading)


def html(head: str = "", body: str = "") -> str:
    return f"<html><head><title>Eine Seite</title>{head}</head><body>{body}</body></html>"


def test_a_feed_is_found_at_its_own_address(web: Web):
    url = web.put("/rss.xml", FEED, content_type="application/rss+xml")
    assert find(url) == (Candidate("feed", url, "Quelle", "the address itself"),)
    assert [asked.path for asked in web.asked] == ["/rss.xml"]


def test_all_feeds_that_a_page_names_are_given_and_the_best_was_read(web: Web):
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/kommentare/feed" title="Kommentare">'
        '<link rel="alternate" type="application/rss+xml" href="https://fremd.example/rss" title="Fremd">'
        '<link rel="alternate" type="application/rss+xml" href="/rss" title="Alles">'
        '<link rel="alternate" type="application/atom+xml" href="/atom" title="Alles als Atom">'
    )
    web.put("/", html(head, '<a href="/recht.rdf">RSS</a>'), content_type="text/html")
    web.put("/rss", FEED)
    found = find(web.url("/"))
    assert [one.location.removeprefix(web.url("")) for one in found] == [
        "/rss", "/recht.rdf", "/kommentare/feed", "https://fremd.example/rss"
    ]  # fmt: skip
    assert (found[0].title, found[0].how) == ("Quelle", "the page names it as its feed")


def test_a_page_that_names_none_is_asked_where_feeds_often_lie(web: Web):
    web.put("/thema/ki", html(), content_type="text/html")
    web.put("/feed.xml", FEED)
    assert [one.location for one in find(web.url("/thema/ki"))] == [web.url("/feed.xml")]


def test_without_a_feed_the_sitemap_that_robots_txt_names_and_the_listing_are_given(web: Web):
    links = "".join(
        f'<li><h3><a href="/{n}">Eine Meldung mit einem langen Kopf, Nummer {n}</a></h3></li>' for n in range(9)
    )
    web.put("/", html(body=f"<ul>{links}</ul>"), content_type="text/html")
    named = f"{web.url('/alle.xml')}\nSitemap: {web.url('/news.xml')}\nSitemap: https://fremd.example/x.xml"
    web.put("/robots.txt", f"User-agent: *\nSitemap: {named}")
    web.put("/news.xml", '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>')
    sitemap, page = find(web.url("/"))
    assert (sitemap.kind, sitemap.location) == ("sitemap", web.url("/news.xml"))
    assert (page.kind, page.location, page.title) == ("page", web.url("/"), "Eine Seite")


SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>'
WIDER = "the sitemap of the whole site, not of this page; it lies where sitemaps lie"


def test_beside_a_deep_page_the_sitemap_comes_last_and_is_said_to_be_the_whole_sites(web: Web):
    body = '<a href="/eins">Eine Meldung mit einem langen Kopf</a>'
    url = web.put("/presse/ki", html(body=body), content_type="text/html")
    web.put("/sitemap.xml", SITEMAP)
    page, sitemap = find(url)
    how = "the page itself, which names few articles; needs selectors"
    assert page == Candidate("page", url, "Eine Seite", how)
    assert sitemap == Candidate("sitemap", web.url("/sitemap.xml"), "", WIDER, is_wider=True)


@pytest.mark.parametrize("path", ["/robots.txt", "/?rubrik=ki"])
def test_what_is_neither_page_nor_feed_has_only_a_sitemap_that_is_wider(web: Web, path: str):
    url = web.put(path, "Wir sind kein Feed.", content_type="text/plain")
    web.put("/sitemap.xml", SITEMAP)
    (sitemap,) = find(url)
    assert (sitemap.how, sitemap.is_wider) == (WIDER, True)


def test_of_a_front_page_the_sitemap_is_what_was_asked_for(web: Web):
    web.put("/", html(), content_type="text/html")
    web.put("/sitemap.xml", SITEMAP)
    assert find(web.url("")) == (Candidate("sitemap", web.url("/sitemap.xml"), "", "it lies where sitemaps lie"),)


def test_where_nothing_is_the_error_says_what_was_tried(web: Web):
    web.put("/", html(), content_type="text/html")
    with pytest.raises(SourceError) as caught:
        find(web.url("/"))
    words = str(caught.value)
    for path in ("/feed", "/rss.xml", "/feed.json", "/robots.txt", "/sitemap.xml"):
        assert f"{web.url(path)} answered 404" in words
    assert "is an HTML page (“Eine Seite”)" in words
    assert words.endswith("say with --item, and --link, --date, … where it keeps them")


def test_a_server_that_does_not_answer_is_asked_once():
    with pytest.raises(SourceError) as caught:
        find("http://127.0.0.1:9/")
    assert str(caught.value).count("127.0.0.1:9") == 2, "the address, and the one thing that was tried"


def test_what_is_no_address_is_said_to_be_none():
    for words in ("file:///etc/passwd", "hello world", ""):
        with pytest.raises(SourceError, match="is no address of the web"):
            find(words)


def test_a_sitemap_given_as_such_is_one_wherever_it_lies(web: Web):
    web.put("/karten/2026-news.xml", '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>')
    found = find(web.url("/karten/2026-news.xml"))
    assert [(one.kind, one.location) for one in found] == [("sitemap", web.url("/karten/2026-news.xml"))]


def test_a_server_that_asks_to_wait_is_asked_no_more(web: Web):
    web.put("/", "busy", status=503, retry_after="7200")
    with pytest.raises(SourceError, match="503"):
        find(web.url("/"))
    assert [asked.path for asked in web.asked] == ["/"]


def test_an_account_is_read_as_its_feed(web: Web):
    web.put("/@redaktion.rss", FEED)
    assert [one.location for one in find(web.url("/@redaktion"))] == [web.url("/@redaktion.rss")]


def test_bare_domains_and_handles_become_addresses():
    assert account_page(" heise.de ") == "https://heise.de"
    assert account_page("@redaktion@social.example") == "https://social.example/@redaktion"
    assert account_page("http://a.example/") == "http://a.example/"


@pytest.mark.parametrize(
    ("url", "feed"),
    [
        ("https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv", "channel_id=UCabcdefghijklmnopqrstuv"),
        ("https://youtube.com/channel/UCabcdefghijklmnopqrstuv/videos", "channel_id=UCabcdefghijklmnopqrstuv"),
        ("https://www.youtube.com/playlist?list=PL123&si=x", "playlist_id=PL123"),
        ("https://www.youtube.com/user/redaktion", "user=redaktion"),
    ],
)
def test_a_youtube_address_that_names_channel_playlist_or_user_needs_no_page(url, feed):
    assert account_feed(url) == f"https://www.youtube.com/feeds/videos.xml?{feed}"


@pytest.mark.parametrize(
    "body",
    [
        b'<link rel="canonical" href="https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv">',
        b'{"metadata":{"externalId":"UCabcdefghijklmnopqrstuv"}}',
        b'href="https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"',
    ],
)
def test_the_page_of_a_youtube_handle_names_its_channel(body):
    assert account_feed("https://www.youtube.com/@redaktion") is None
    expected = "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"
    assert channel_feed("https://www.youtube.com/@redaktion", body) == expected
    assert channel_feed("https://fremd.example/", body) is None


def test_recorded_front_pages_are_listings_and_recorded_articles_name_feeds(corpus: Path):
    folder = corpus / "articles"
    listings = [read_html(path.read_bytes()) for path in folder.glob("de-listing-*.html")]
    assert sum(page is not None and most_headlines(page) >= 8 for page in listings) >= len(listings) - 1
    named = 0
    for path in sorted(folder.glob("de-*.html")):
        page = read_html(path.read_bytes())
        named += page is not None and bool(feeds_named("https://quelle.example/", page))
    assert named >= 60
