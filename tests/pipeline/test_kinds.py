"""Pages and sitemaps from the first look to the published feed."""

from __future__ import annotations

from datetime import timedelta

from tests.newsroom import NOW, Newsroom

BEATS = True

SELECTORS = {"item": "li", "title": "h3", "date": "time"}


def article(newsroom: Newsroom, name: str, day: int) -> str:
    """Serve an article whose page says what a sitemap does not."""
    said = f'"headline": "Kopf {name}", "datePublished": "2026-11-{day}T08:00:00Z", "description": "Über {name}."'
    linked = f'<script type="application/ld+json">{{"@type": "NewsArticle", {said}}}</script>'
    return newsroom.web.put(f"/{name}", f"<html lang='de'><head>{linked}</head></html>", content_type="text/html")


def sitemap(newsroom: Newsroom, *places: str) -> None:
    lines = "".join(f"<url><loc>{place}</loc><lastmod>2026-11-2{n}</lastmod></url>" for n, place in enumerate(places))
    text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{lines}</urlset>'
    newsroom.source("karte", newsroom.web.put("/sitemap.xml", text), kind="sitemap")


def test_a_sitemap_is_told_by_the_pages_of_its_articles_each_read_once(newsroom: Newsroom) -> None:
    newsroom.article("eigen.txt")
    first, second = article(newsroom, "eins", 20), article(newsroom, "zwei", 21)
    sitemap(newsroom, first, second)
    newsroom.run()
    assert {"Kopf eins", "Kopf zwei"} <= set(newsroom.titles())
    third = article(newsroom, "drei", 22)
    sitemap(newsroom, first, second, third)
    newsroom.run(now=NOW + timedelta(hours=1))
    assert newsroom.titles()[0] == "Kopf drei"
    assert newsroom.titles().count("Kopf eins") == 1
    read = [one.path for one in newsroom.web.asked if one.method == "GET"]  # the self-test asks for heads
    assert [read.count(path) for path in ("/eins", "/zwei", "/drei")] == [1, 1, 1]


def test_a_listing_page_is_told_and_silent_about_what_it_told(newsroom: Newsroom) -> None:
    newsroom.article("eigen.txt")
    row = "<li><a href='/eins'><h3>Kopf der Liste</h3></a><time>22. November 2026, 14:30 Uhr</time></li>"
    place = newsroom.web.put("/liste", f"<ul>{row}</ul>", content_type="text/html")
    article(newsroom, "eins", 20)
    selectors = "{ " + ", ".join(f'{key} = "{value}"' for key, value in SELECTORS.items()) + " }"
    newsroom.source("liste", place, kind="page")
    newsroom.sources[-1] += f"selectors = {selectors}\n"
    newsroom.run()
    (told,) = [item for item in newsroom.items() if item["title"] == "Kopf der Liste"]
    assert told["summary"] == "Über eins."
    written = newsroom.files()
    newsroom.run(now=NOW + timedelta(hours=1))
    assert newsroom.files() == written


def test_a_page_that_is_not_there_is_asked_for_once_a_day_and_told_when_it_comes(newsroom: Newsroom) -> None:
    newsroom.article("eigen.txt")
    first, late = article(newsroom, "eins", 20), newsroom.web.url("/spaet")
    sitemap(newsroom, first)
    newsroom.run()
    sitemap(newsroom, first, late)
    for hours in (1, 2, 3):
        newsroom.run(now=NOW + timedelta(hours=hours))
    asked = [(one.path, one.headers.get("If-None-Match")) for one in newsroom.web.asked]
    assert [path for path, _ in asked].count("/spaet") == 1
    assert asked[-1][1], "the list is unchanged: nothing more is asked than whether it is"
    article(newsroom, "spaet", 23)
    newsroom.run(now=NOW + timedelta(hours=20))
    assert "Kopf spaet" not in newsroom.titles()
    newsroom.run(now=NOW + timedelta(hours=26))
    assert "Kopf spaet" in newsroom.titles()
