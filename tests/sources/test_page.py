"""Listing pages read by CSS selectors, from a real server and from recorded pages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import FetchError, ParseError
from feeder.model import Memory, Raw, Selectors
from feeder.sources import READERS
from feeder.sources.html_page import decoded, read_html
from feeder.sources.page import parse_page
from feeder.sources.shown_dates import read_shown_date
from tests.sources.reading import ZONE, reading_the_web, source
from tests.web import Web

SELECTORS = Selectors("article", link="h2 a", title="h2", date="time", teaser="p", image="img")
LISTING = """<html lang="de-AT"><head><title>Alle Meldungen</title>
<base href="/news/"></head><body><a href="/">Start</a>
<article><h2><a href="ki-gesetz?utm_source=x#lesen">Das <b>KI-Gesetz</b> kommt</a></h2>
<time>21. November 2026, 14:30 Uhr</time><p>Ab Januar gilt es.</p>
<img src="data:image/gif;base64,R0" data-src="/bild.jpg" alt="Der Saal"></article>
<article><h2><a href="https://andere.example/b">Börse</a></h2>
<time datetime="2026-11-20T08:00:00+01:00">gestern</time></article>
<article><h2><a href="ki-gesetz">Das KI-Gesetz</a></h2></article>
<article>Anzeige</article></body></html>"""


def parse(body: str | bytes, selectors: Selectors = SELECTORS, **facts: object):
    data = body.encode() if isinstance(body, str) else body
    one = source("page", "https://quelle.example/", selectors=selectors, **facts)
    return parse_page(one, "https://quelle.example/", data, None, ZONE)


def test_an_item_has_link_title_date_teaser_and_picture_as_the_selectors_say():
    document = parse(LISTING)
    first, second = document.items
    assert (document.title, document.language) == ("Alle Meldungen", "de")
    assert first.uid == "https://quelle.example/news/ki-gesetz"
    assert first.original == "https://quelle.example/news/ki-gesetz?utm_source=x#lesen"
    assert first.title == "Das KI-Gesetz kommt"
    assert first.published == datetime(2026, 11, 21, 13, 30, tzinfo=UTC)
    assert first.summary == Raw("Ab Januar gilt es.", "text")
    assert first.image is not None
    assert (first.image.url, first.image.alt) == ("https://quelle.example/bild.jpg", "Der Saal")
    assert (second.url, second.published) == ("https://andere.example/b", datetime(2026, 11, 20, 7, tzinfo=UTC))


def test_what_has_no_link_is_said_aloud():
    assert parse(LISTING).notes == ("1 listed items have no link of their own",)


def test_only_links_that_match_the_pattern_are_articles():
    assert [item.uid for item in parse(LISTING, addresses="/news/").items] == ["https://quelle.example/news/ki-gesetz"]


@pytest.mark.parametrize(
    ("body", "selectors", "facts", "words"),
    [
        (LISTING, Selectors("div.teaser"), {}, "selectors.item = “div.teaser” finds nothing among its 4 links"),
        (LISTING, Selectors("article", link="h3 a"), {}, "selectors.link = “h3 a”"),
        (LISTING, SELECTORS, {"addresses": "/nirgends/"}, "addresses = “/nirgends/”"),
        ("<html><body><div id=app></div></body></html>", SELECTORS, {}, "holds no links: perhaps a script"),
        ("", SELECTORS, {}, "is empty"),
    ],
)
def test_nothing_found_is_an_error_that_names_what_found_nothing(body, selectors, facts, words):
    with pytest.raises(ParseError, match=words.replace("(", r"\(")):
        parse(body, selectors, **facts)


def test_an_item_that_is_itself_the_link_is_one():
    page = '<a class="t" href="/a">Eine Meldung</a><a class="t" href="/b"><img src="b.jpg" alt="Bild von b"></a>'
    assert [item.title for item in parse(page, Selectors("a.t")).items] == ["Eine Meldung", "Bild von b"]


def test_no_page_lists_more_than_two_hundred_and_that_is_said():
    page = "".join(f'<article><h2><a href="/{n}">Meldung {n}</a></h2></article>' for n in range(300))
    document = parse(page)
    assert [item.uid[-2:] for item in document.items[:2]] == ["/0", "/1"]
    assert len(document.items) == 200
    assert document.notes == ("it lists 300 items: the first 200 are read",)


def test_an_unchanged_page_is_not_read_again(web: Web):
    one = source("page", web.put("/news", LISTING, content_type="text/html"), selectors=SELECTORS)
    with reading_the_web() as reading:
        first = READERS["page"](one, Memory(), reading)
        asked_by_etag = READERS["page"](one, first.memory, reading)
        web.put("/news", LISTING, validators=False, content_type="text/html")
        same_bytes = READERS["page"](one, first.memory, reading)
    assert [item.title for item in first.items] == ["Das KI-Gesetz kommt", "Börse"]
    assert asked_by_etag.unchanged
    assert same_bytes.unchanged
    assert [asked.headers.get("If-None-Match") for asked in web.asked if asked.path == "/news"] == [
        None, first.memory.etag, first.memory.etag
    ]  # fmt: skip


def test_robots_txt_is_asked_first(web: Web):
    web.put("/robots.txt", "User-agent: *\nDisallow: /news")
    one = source("page", web.put("/news", LISTING, content_type="text/html"), selectors=SELECTORS)
    with reading_the_web() as reading, pytest.raises(FetchError, match=r"robots\.txt"):
        READERS["page"](one, Memory(), reading)
    assert "/news" not in [asked.path for asked in web.asked]


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ("<p>Größe".encode("cp1252"), None),
        ("<p>Größe".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        (b'<meta charset="iso-8859-15">' + "<p>Größe".encode("iso-8859-15"), None),
        ('<meta charset="iso-8859-1"><p>Größe'.encode(), None),
        ("<p>Größe".encode("utf-16"), None),
    ],
)
def test_the_encoding_is_found_whatever_is_declared(body, header):
    assert "Größe" in decoded(body, header)


def test_an_encoding_that_the_web_does_not_use_is_not_tried():
    body = "<p>Größe".encode("punycode")
    assert decoded(body, "text/html; charset=punycode") == body.decode("ascii")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("21. November 2026, 14:30 Uhr", datetime(2026, 11, 21, 13, 30, tzinfo=UTC)),
        ("Veröffentlicht am 21.11.2026 um 14.30 Uhr", datetime(2026, 11, 21, 13, 30, tzinfo=UTC)),
        ("Stand: 3. März 2026", datetime(2026, 3, 2, 23, tzinfo=UTC)),
        ("1. Juli 2026, 8:05 Uhr", datetime(2026, 7, 1, 6, 5, tzinfo=UTC)),
        ("Nov 21, 2026 3:04 pm", datetime(2026, 11, 21, 14, 4, tzinfo=UTC)),
        ("2026-11-21T14:30:00", datetime(2026, 11, 21, 13, 30, tzinfo=UTC)),
        ("2026-11-21T14:30:00Z", datetime(2026, 11, 21, 14, 30, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 14:30:00 GMT", datetime(2026, 11, 21, 14, 30, tzinfo=UTC)),
        ("von Eva Muster, 1. Mai 2026 – 7 Minuten", datetime(2026, 4, 30, 22, tzinfo=UTC)),
        ("vor 3 Stunden", None),
        ("31. Februar 2026", None),
    ],
)
def test_dates_are_read_as_people_see_them_by_the_clocks_of_the_zone(written, read):
    assert read_shown_date(written, ZONE) == read


def test_a_recorded_news_ticker_is_read(corpus: Path):
    body = next((corpus / "articles").glob("de-listing-heise-de-7-tage-news*")).read_bytes()
    selectors = Selectors("article", title="h2, h3, .a-article-teaser__title-text, span[data-component=TeaserHeadline]")
    document = parse(body, selectors, addresses=r"-\d{6,}\.html")
    assert len(document.items) >= 150
    assert all(len(item.title) > 10 for item in document.items)


@given(
    st.binary(max_size=600) | st.text(max_size=300).map(lambda text: f"<article><h2><a href='{text}'>{text}".encode())
)
def test_whatever_bytes_are_a_document_or_a_clear_error(body):
    try:
        items = parse(body).items
    except ParseError:
        items = ()
    assert all(item.uid and item.url for item in items)


def test_deep_nesting_is_cut_and_not_followed():
    page = read_html(b"<div>" * 100_000 + b"<article><h2><a href=x>y</a></h2></article>")
    assert page is None or sum(1 for _ in page.iter()) < 1000


@given(st.text(max_size=80))
def test_no_words_break_the_reading_of_dates(written):
    found = read_shown_date(written, ZONE)
    assert found is None or found.tzinfo is UTC
