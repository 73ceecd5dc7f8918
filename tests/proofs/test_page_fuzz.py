"""Real pages, sitemaps and subscription lists, damaged at random: read, or refused with a sentence, and soon."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from feeder.errors import ParseError
from feeder.model import Selectors
from feeder.sources.discovery import feeds_named, most_headlines
from feeder.sources.html_page import read_html
from feeder.sources.linked_data import linked_article
from feeder.sources.metadata import metadata_of
from feeder.sources.opml_in import read_opml
from feeder.sources.page import parse_page
from feeder.sources.reservation import Reservation, reserved_by_page
from feeder.sources.sitemap import parse_sitemap
from tests.proofs.damage import PIECES, SECONDS, damaged, recorded
from tests.sources.reading import ZONE, source

pytestmark = pytest.mark.proofs

URL = "https://heise.example/news/"
LISTED = Selectors("article, li", link="a", title="h2, h3, a", date="time, .date", teaser="p", image="img")
DOCUMENTS = 10_000
# What decides in pages, lists and sitemaps, whole or torn.
HURTING = (
    *PIECES,
    b"<base href='//['>",
    b"<article><h2><a href='http://[::1'>x</a></h2><time datetime='9999-12-31T23:59:59-23:59'>",
    b"<script type='application/ld+json'>",
    b'{"@type":"NewsArticle","@id":"#a","author":{"@id":"#a"},"image":[{"width":1e999}]}',
    b'{"@graph":[[[[{"@type":["NewsArticle"],"headline":{"@value":[]}}]]]]}',
    b"[" * 3_000,
    b"<meta property='og:image' content='data:,'><meta name='date' content='0000-00-00'>",
    b"<link rel=canonical href='https://heise.example:99999999/'>",
    b"<meta charset=utf-16><meta http-equiv=content-type content='text/html; charset=idna'>",
    b"<url><loc>https://[/</loc><lastmod>2026-13-45</lastmod></url>",
    b"<sitemap><loc>//x</loc></sitemap>",
    b"<news:news><news:publication_date>gestern</news:publication_date>",
    b"\x1f\x8b\x08\x00",
    b"<outline xmlUrl='http://[::1' text='&#0;'>",
    b"<outline>" * 60,
    b"<:outline>",
)
SITEMAP = (
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
    + b"<url><loc>https://heise.example/a</loc><lastmod>2026-11-21</lastmod><news:news><news:title>A</news:title>"
    b"<news:publication_date>2026-11-21T10:00:00+01:00</news:publication_date></news:news></url>" * 20 + b"</urlset>"
)
INDEX = (
    b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    + b"<sitemap><loc>https://heise.example/news.xml</loc><lastmod>2026-11-21</lastmod></sitemap>" * 20
    + b"</sitemapindex>"
)


def every_reader(body: bytes) -> None:
    """Each reader by itself, whatever the document is."""
    for read in (
        lambda: parse_page(source("page", URL, selectors=LISTED), URL, body, None, ZONE).items,
        lambda: parse_sitemap(source("sitemap", URL), URL, body).items,
        lambda: read_opml("list.opml", body).outlines,
        lambda: _page(body),
        lambda: Reservation.read(body).rule_for("/news/"),
        lambda: reserved_by_page({}, body, "feeder"),
    ):
        try:
            repr(read()).encode()  # nothing that cannot be stored
        except ParseError:
            continue


def _page(body: bytes) -> object:
    """All that is taken from the page of an article, and from one that may name feeds; nothing of it may raise."""
    page = read_html(body)
    return page is not None and (
        linked_article(page), metadata_of(URL, page), feeds_named(URL, page), most_headlines(page)
    )  # fmt: skip


@pytest.fixture(scope="session")
def pages(corpus: Path) -> list[bytes]:
    """Articles are cut to the size that the others have: their heads say most of what is read of them."""
    articles = [path.read_bytes()[:30_000] for path in sorted((corpus / "articles").glob("*.html"))]
    found = [*recorded(corpus / "opml"), *articles]
    assert len(found) > 150
    return [*found, *(SITEMAP, INDEX) * 40]


def test_no_damage_makes_a_page_a_sitemap_or_a_list_crash_or_hang_its_reader(
    pages: list[bytes], counted: Callable[[int], int], chance: random.Random
) -> None:
    slowest = 0.0
    for _ in range(counted(DOCUMENTS)):
        body = damaged(chance.choice(pages), chance.choice(pages), chance, HURTING)
        started = time.process_time()
        every_reader(body)
        slowest = max(slowest, time.process_time() - started)
        assert slowest < SECONDS, body[:2_000]
    print(f"{counted(DOCUMENTS)} documents, the slowest took {slowest:.2f} s of CPU")  # noqa: T201 - figures
