"""Sitemaps, their indexes and news sitemaps."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import ParseError
from feeder.model import Memory
from feeder.sources import READERS
from feeder.sources.sitemap import MAX_ITEMS, parse_sitemap
from tests.sources.reading import reading_the_web, source
from tests.web import Web

HOME = "https://quelle.example/sitemap.xml"
NEWS = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://quelle.example/a?utm_medium=x</loc><news:news><news:publication><news:name>Quelle</news:name>
<news:language>de</news:language></news:publication><news:publication_date>2026-11-21T10:00:00+01:00</news:publication_date>
<news:title>KI &amp; Recht</news:title><news:keywords>KI, Recht</news:keywords></news:news>
<image:image><image:loc>https://quelle.example/a.jpg</image:loc></image:image></url></urlset>"""


def urls(*entries: tuple[str, str]) -> str:
    lines = "".join(f"<url><loc>{loc}</loc><lastmod>{day}</lastmod></url>" for loc, day in entries)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{lines}</urlset>'


def index(*entries: tuple[str, str]) -> str:
    dated = [(loc, f"<lastmod>{day}</lastmod>" if day else "") for loc, day in entries]
    lines = "".join(f"<sitemap><loc>{loc}</loc>{day}</sitemap>" for loc, day in dated)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{lines}</sitemapindex>'


def parse(body: str | bytes, **facts: object):
    return parse_sitemap(source("sitemap", HOME, **facts), HOME, body.encode() if isinstance(body, str) else body)


def look(web: Web, body: str | bytes, memory: Memory | None = None, **facts: object):
    one = source("sitemap", web.put("/sitemap.xml", body), **facts)
    with reading_the_web() as reading:
        return READERS["sitemap"](one, memory or Memory(), reading)


def test_a_news_sitemap_gives_title_date_language_and_keywords():
    (item,) = parse(NEWS).items
    assert (item.uid, item.url) == ("https://quelle.example/a", "https://quelle.example/a")
    assert item.original == "https://quelle.example/a?utm_medium=x"
    assert (item.title, item.language, item.tags) == ("KI & Recht", "de", ("KI", "Recht"))
    assert item.published == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert item.image is not None
    assert item.image.url == "https://quelle.example/a.jpg"


def test_a_publication_gives_the_source_its_title_and_language(web: Web):
    named = NEWS.replace("<news:name>Quelle<", "<news:name>Amt &amp; Recht<").replace(">de<", ">de-AT<")
    found = look(web, named)
    assert (found.title, found.language, found.items[0].language) == ("Amt & Recht", "de", "de")
    plain = look(web, urls(("https://quelle.example/a", "2026-11-20")))
    assert (plain.title, plain.language) == ("", None)


def test_of_an_index_the_first_sitemap_that_names_its_publication_counts(web: Web):
    web.put("/alt.xml", urls(("https://quelle.example/b", "2026-11-20")))
    web.put("/news.xml", NEWS.replace("<news:language>de</news:language>", ""))
    both = index((web.url("/alt.xml"), "2026-11-22"), (web.url("/news.xml"), "2026-11-21"))
    found = look(web, both)
    assert (found.title, found.language, len(found.items)) == ("Quelle", None, 2)


def test_the_newest_two_hundred_are_read_and_the_rest_is_said(web: Web):
    entries = [(f"https://quelle.example/{n}", f"2026-01-{n % 28 + 1:02}") for n in range(300)]
    gathered = look(web, urls(*entries))
    assert len(gathered.items) == MAX_ITEMS
    days = [item.updated for item in gathered.items if item.updated]
    assert days == sorted(days, reverse=True)
    assert gathered.items[0].updated == datetime(2026, 1, 28, tzinfo=UTC)
    assert gathered.notes == ("it names 300 addresses: the newest 200 are read",)


def test_a_packed_sitemap_is_unpacked_and_a_bomb_is_not():
    assert len(parse(gzip.compress(NEWS.encode())).items) == 1
    started = time.monotonic()
    with pytest.raises(ParseError, match="unpacks to more than"):
        parse(gzip.compress(b" " * 200_000_000))
    assert time.monotonic() - started < 10


def test_only_addresses_that_match_are_articles():
    found = parse(
        urls(("https://quelle.example/thema/a", "2026-01-01"), ("https://quelle.example/b", "")), addresses="/thema/"
    )
    assert [item.uid for item in found.items] == ["https://quelle.example/thema/a"]


def test_a_pattern_that_nothing_matches_is_named(web: Web):
    with pytest.raises(ParseError, match="addresses = “/thema/”"):
        look(web, NEWS, addresses="/thema/")


def test_of_an_index_the_three_newest_are_followed(web: Web):
    places = [
        (web.put(f"/{n}.xml", urls((web.url(f"/artikel-{n}"), "2026-02-01"))), f"2026-01-0{n}") for n in range(1, 6)
    ]
    gathered = look(web, index(*places))
    assert {item.uid[-9:] for item in gathered.items} == {"artikel-5", "artikel-4", "artikel-3"}
    assert "the newest 3" in gathered.notes[0]


def test_an_index_that_dates_its_sitemaps_is_believed_and_another_is_not(web: Web):
    child = web.put("/1.xml", urls((web.url("/a"), "2026-01-01")))
    dated = look(web, index((child, "2026-01-01")))
    assert look(web, index((child, "2026-01-01")), dated.memory).unchanged
    bare = look(web, index((child, "")))
    web.put("/1.xml", urls((web.url("/b"), "2026-01-02")))
    assert [item.uid[-2:] for item in look(web, index((child, "")), bare.memory).items] == ["/b"]


def test_a_sitemap_of_an_index_that_fails_is_said_and_asked_again(web: Web):
    good = web.put("/1.xml", urls((web.url("/a"), "2026-01-01")))
    text = index((good, "2026-01-01"), (web.url("/fehlt.xml"), "2026-01-02"))
    gathered = look(web, text)
    assert len(gathered.items) == 1
    assert "/fehlt.xml answered 404" in gathered.notes[0]
    assert not look(web, text, gathered.memory).unchanged


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<rss><channel/></rss>", 'kind = "feed"'),
        ("<html><body>404</body></html>", "its root is <html>"),
        ("", "is no sitemap: no element found"),
        ("{}", "is no sitemap"),
        (b"\x1f\x8bnein", "cannot be unpacked"),
    ],
)
def test_what_is_no_sitemap_is_said_to_be_what_it_is(body, words):
    with pytest.raises(ParseError, match=words):
        parse(body)


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "haha"}">' for n in range(12))


@pytest.mark.parametrize("entity", ["&inner;", "&file;", "&a3;", "&a11;"])
def test_no_entity_is_resolved_and_no_file_read(tmp_path: Path, entity: str):
    (tmp_path / "geheim").write_text("haha")
    declared = f'{BOMB}<!ENTITY inner "haha"><!ENTITY file SYSTEM "file://{tmp_path}/geheim">'
    try:
        items = parse(f"<!DOCTYPE urlset [{declared}]>" + urls((f"https://q.example/{entity}", ""))).items
    except ParseError:
        items = ()
    assert all("haha" not in (item.url or "") for item in items)


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset>" + b"<a/>" * 1_000_000,
        b"<urlset><url>" + b"<a/>" * 1_000_000,
        b"<urlset>" + b"<url>" * 200_000,
        b"<urlset>" + b"<url><loc>https://q.example/x</loc></url>" * 100_000,
    ],
)
def test_large_and_endless_documents_end_soon(body):
    started = time.monotonic()
    try:
        items = parse(body).items
    except ParseError:
        items = ()
    assert len(items) <= MAX_ITEMS
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("half", ["&#xD800;", "&#x000dfff;", "&#55296;", "&#xd83d;&#xde00;"])
def test_a_reference_to_half_a_letter_costs_nothing_but_itself(half):
    (item,) = parse(NEWS.replace("KI &amp; Recht", f"KI {half}&amp;&#32;Recht")).items
    assert (item.title, item.url, item.tags) == ("KI & Recht", "https://quelle.example/a", ("KI", "Recht"))
    assert parse(NEWS.replace("sitemap-image", half)).items


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"<urlset><url><loc>{text}".encode()))
def test_whatever_bytes_are_a_sitemap_or_a_clear_error(body):
    try:
        items = parse(body).items
    except ParseError:
        items = ()
    assert all(item.url and item.uid for item in items)
