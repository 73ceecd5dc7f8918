"""The pages behind new items, on a real server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeder.errors import FetchError
from feeder.model import Gathered, Item, Memory, Refusal, Source
from feeder.sources.completing import MAX_PAGES, MAX_REFUSED, awake, complete
from feeder.sources.fulltext import MAX_BYTES, NoTextError, full_text
from feeder.sources.html_page import read_html
from tests.sources.reading import reading_the_web, source
from tests.web import Page, Web

PARAGRAPH = "Das ist ein Satz über die Sache, der lang genug ist, damit er als Text einer Meldung gelten kann. "
ARTICLE = (
    '<html lang="de"><head><title>Quelle</title><link rel="canonical" href="/kanonisch">'
    '<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Kopf {0}",'
    ' "datePublished": "2026-11-21T10:00:00Z", "description": "Kurz."}}</script></head>'
    "<body><nav><a href='/'>Start</a></nav><article><h1>Kopf {0}</h1>"
    + "".join(f"<p>Absatz {n}. {PARAGRAPH * 3}</p>" for n in range(4))
    + "</article>"
    + f"<ol class='commentlist'><li><p>Ein Kommentar. {PARAGRAPH}</p></li></ol>"
    + "</body></html>"
)
DAY = datetime(2026, 11, 20, tzinfo=UTC)


def item(url: str, n: int = 0, title: str = "") -> Item:
    return Item("quelle", url, url, title, updated=DAY - timedelta(hours=n))


def known(*uids: str) -> Callable[[str, Sequence[str]], set[str]]:
    return lambda _, asked: set(asked) - set(uids)


def completed(
    web: Web,
    kind: str,
    items: Sequence[Item],
    unknown: Callable[[str, Sequence[str]], set[str]],
    refused: tuple[Refusal, ...] = (),
    **facts: object,
) -> Gathered:
    one: Source = source(kind, web.url("/liste"), **facts)
    gathered = Gathered(tuple(items), Memory(etag='"a"', body_hash="b", location=one.location, refused=refused))
    with reading_the_web() as reading:
        return complete(one, gathered, reading, unknown, DAY)


def articles(web: Web, count: int) -> list[Item]:
    return [item(web.put(f"/{n}", ARTICLE.format(n), content_type="text/html"), n) for n in range(count)]


def pages_asked(web: Web) -> list[str]:
    return [asked.path for asked in web.asked if asked.path not in ("/robots.txt", "/.well-known/tdmrep.json")]


def test_a_page_gives_what_the_item_lacks_and_its_address_but_never_another_uid(web: Web):
    (given,) = articles(web, 1)
    gathered = completed(web, "sitemap", [given], known())
    (told,) = gathered.items
    assert (told.title, told.published) == ("Kopf 0", datetime(2026, 11, 21, 10, tzinfo=UTC))
    assert told.summary is not None
    assert told.summary.value == "Kurz."
    assert (told.uid, told.url, told.original) == (given.uid, web.url("/kanonisch"), given.url)
    assert gathered.memory.body_hash == "b"
    assert gathered.fulltexts == ()


def test_what_a_source_says_itself_is_not_replaced(web: Web):
    (given,) = articles(web, 1)
    said = replace(given, title="Eigener Kopf", published=DAY)
    assert completed(web, "sitemap", [said], known()).items[0].title == "Eigener Kopf"


def test_known_items_are_listed_and_their_pages_left_alone(web: Web):
    items = articles(web, 3)
    gathered = completed(web, "sitemap", items, known(items[0].uid, items[2].uid))
    assert [one.uid for one in gathered.items] == [items[1].uid]
    assert gathered.listed == (items[0].uid, items[2].uid)
    assert pages_asked(web) == ["/1"]


def test_at_most_twenty_pages_are_read_in_a_look_half_of_them_the_newest_and_the_rest_waits(web: Web):
    items = articles(web, 31)
    gathered = completed(web, "sitemap", items[::-1], known(items[30].uid))
    asked = pages_asked(web)
    assert asked[: MAX_PAGES // 2] == [f"/{n}" for n in range(MAX_PAGES // 2)]
    assert len(set(asked)) == MAX_PAGES
    assert {one.url for one in gathered.items} == {web.url("/kanonisch")}
    assert len(gathered.items) == MAX_PAGES
    assert "10 new items wait for the next look" in gathered.notes[-1]
    assert (gathered.memory.etag, gathered.memory.body_hash) == (None, None), "or the next look would see nothing new"


def test_pages_that_can_never_be_read_keep_no_older_ones_waiting_for_ever(web: Web):
    items = [*articles(web, 1), *(item(web.url(f"/weg/{n}"), n) for n in range(2, 2 + 2 * MAX_PAGES))]
    late = replace(items[0], updated=DAY - timedelta(days=9))
    stored = item(web.url("/alt"), title="Steht schon da")
    looks = (completed(web, "sitemap", [stored, late, *items[1:]], known(stored.uid)) for _ in range(40))
    assert any(late.uid in [one.uid for one in look.items] for look in looks)


@pytest.mark.parametrize("place", ["/verboten", "/vorbehalt"])
def test_that_an_owner_keeps_programs_out_of_a_page_is_remembered_of_the_source(web: Web, place: str):
    web.put("/robots.txt", "User-agent: *\nDisallow: /verboten")
    web.put("/vorbehalt", "<meta name='tdm-reservation' content='1'>", content_type="text/html")
    web.put("/offen", "<title>Offen</title>", content_type="text/html")
    old = item(web.url("/alt"))
    assert place in (completed(web, "sitemap", [old, item(web.url(place))], known(old.uid)).memory.reserved or "")
    for free in ("/offen", "/fehlt"):
        assert completed(web, "sitemap", [old, item(web.url(free))], known(old.uid)).memory.reserved is None


def test_a_page_that_is_refused_or_gives_no_title_is_left_alone_for_a_day(web: Web):
    web.put("/robots.txt", "User-agent: *\nDisallow: /verboten")
    web.put(
        "/vorbehalt", "<html><head><meta name='tdm-reservation' content='1'></head></html>", content_type="text/html"
    )
    web.put("/ohne", "<p>Kein Titel.</p>", content_type="text/html")
    web.put("/anderswo", b"", status=302, location=web.url("/ohne").replace("127.0.0.1", "localhost"))
    web.put("/gone", b"", status=410)
    places = ["/fehlt", "/gone", "/verboten", "/vorbehalt", "/ohne", "/anderswo"]
    old, items = item(web.url("/alt")), [item(web.url(place), n) for n, place in enumerate(places)]
    first = completed(web, "sitemap", [old, *items], known(old.uid))
    assert first.items == ()
    assert first.memory.etag
    assert "6 new items wait for a day" in first.notes[-1]
    before = len(pages_asked(web))
    again = completed(web, "sitemap", [old, *items], known(old.uid), refused=first.memory.refused)
    assert (len(pages_asked(web)), again.items, again.memory) == (before, (), replace(first.memory, reserved=None))
    titled = replace(items[0], title="Kopf")
    told = completed(web, "sitemap", [old, titled, *items[1:5]], known(old.uid), refused=first.memory.refused)
    assert (told.items, len(told.memory.refused)) == ((titled,), 5)
    assert awake(again.memory, DAY + timedelta(hours=23)) == again.memory
    woken = awake(again.memory, DAY + timedelta(hours=24))
    assert (woken.refused, woken.etag, woken.body_hash) == ((), None, None)


def test_a_page_whose_server_fails_for_now_is_asked_again_at_the_next_look(web: Web):
    web.put("/spaeter", b"", status=503)
    old = item(web.url("/alt"))
    gathered = completed(web, "page", [old, item(web.url("/spaeter"))], known(old.uid))
    assert (gathered.memory.refused, gathered.memory.etag) == ((), None)


def test_no_more_refusals_are_remembered_than_a_list_is_long(web: Web):
    old, items = item(web.url("/alt")), [item(web.url(f"/weg/{n}"), n) for n in range(2 * MAX_REFUSED)]
    refused: tuple[Refusal, ...] = ()
    for _ in range(MAX_REFUSED // MAX_PAGES + 2):
        refused = completed(web, "sitemap", [old, *items], known(old.uid), refused=refused).memory.refused
    assert len(refused) == MAX_REFUSED


def test_on_the_first_look_the_backlog_is_kept_without_its_pages(web: Web):
    gathered = completed(web, "sitemap", articles(web, 25), known())
    assert len(gathered.items) == 25
    assert sum(not one.title for one in gathered.items) == 5
    assert gathered.memory.body_hash == "b"


def test_an_item_without_a_title_waits_and_one_with_a_title_does_not(web: Web):
    titled, bare, old = item(web.url("/fehlt-1"), title="Kopf"), item(web.url("/fehlt-2")), item(web.url("/alt"))
    web.put("/fehlt-2", b"", status=503)
    gathered = completed(web, "page", [titled, bare, old], known(old.uid))
    assert gathered.items == (titled,)
    assert gathered.notes[0].startswith(f"{titled.url} answered 404")
    assert "and 1 more pages of 127.0.0.1" in gathered.notes[0]
    assert gathered.memory.body_hash is None


def test_a_first_look_that_can_read_no_page_at_all_fails_with_the_reason(web: Web):
    web.put("/robots.txt", "User-agent: *\nDisallow: /")
    with pytest.raises(FetchError, match=r"robots\.txt"):
        completed(web, "sitemap", articles(web, 2), known())
    assert pages_asked(web) == []


def test_a_feed_keeps_its_items_where_pages_forbid_it_and_says_so_once_per_host(web: Web):
    web.put("/robots.txt", "User-agent: *\nDisallow: /")
    items = [replace(one, title="Kopf") for one in articles(web, 3)]
    gathered = completed(web, "feed", items, known(), fulltext=True)
    assert gathered.items == tuple(items)
    assert (len(gathered.notes), gathered.fulltexts) == (1, ())
    assert "and 2 more pages" in gathered.notes[0]


def test_a_feed_without_fulltext_asks_for_no_page(web: Web):
    items = articles(web, 2)
    assert completed(web, "feed", items, known()).items == tuple(items)
    assert pages_asked(web) == []


def test_a_full_text_is_the_article_without_headline_navigation_and_comments(web: Web):
    (given,) = articles(web, 1)
    (text,) = completed(web, "feed", [given], known(), fulltext=True).fulltexts
    assert text.uid == given.uid
    assert text.text.value.count("<p") >= 4
    assert PARAGRAPH.strip() in text.text.value
    for other in ("Start", "Kommentar", "Kopf 0"):
        assert other not in text.text.value


def test_a_page_without_an_article_gives_none_and_says_so(web: Web):
    url = web.put("/leer", "<html><body><p>Zu kurz.</p></body></html>", content_type="text/html")
    gathered = completed(web, "feed", [item(url, title="Kopf")], known(), fulltext=True)
    assert gathered.fulltexts == ()
    assert gathered.notes == (f"no full text: {url} holds no article that could be found: 8 characters of text",)


def test_a_redirect_to_a_page_of_others_that_is_no_article_gives_nothing(web: Web):
    wall = web.put("/wand", "<html><head><title>Zustimmen</title></head></html>", content_type="text/html")
    elsewhere = wall.replace("127.0.0.1", "127.0.0.2")
    web.pages["/a"] = Page(b"", 302, {"Location": elsewhere.replace("127.0.0.2", "localhost")})
    given = item(web.url("/a"), title="Kopf")
    gathered = completed(web, "feed", [given], known(), fulltext=True)
    assert gathered.items == (given,)
    assert "which is no article" in gathered.notes[0]


@pytest.mark.parametrize(
    ("body", "size"),
    [
        ("<p>Text</p>", MAX_BYTES + 1),
        ("<p>Text" * 20_000, 0),
        (("<div>" * 200 + "<p>Ein Text." + "</div>" * 200) * 20, 0),
    ],
)
def test_what_would_burn_time_is_refused_before_it_does(body, size):
    page = read_html(body.encode())
    assert page is not None
    with pytest.raises(NoTextError):
        full_text(page, size)


def test_json_ld_tells_the_text_that_a_page_shows_only_in_part():
    page = read_html(f"<article><p>{PARAGRAPH * 3}</p></article>".encode())
    assert page is not None
    linked = "\n".join(f"Absatz {n} <ganz>: {PARAGRAPH * 3}" for n in range(5))
    assert full_text(page, 1, linked).value.count("<p>") == 5


def test_a_round_of_feeds_alone_loads_nothing_that_only_pages_need():
    code = (
        "import sys, feeder.cli, feeder.sources, feeder.sources.completing;"
        "print([m for m in ('lxml.html', 'cssselect', 'trafilatura', 'tldextract') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
