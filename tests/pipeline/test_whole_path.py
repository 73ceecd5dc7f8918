"""The newsroom's real article, from its file to every reader."""

from __future__ import annotations

import email
import email.policy
import html
import re
from datetime import timedelta

import feedparser
import pytest

from feeder import __version__
from tests.newsroom import NOW, SEED, Newsroom, Post, rss

BEATS = True

WORDS = [line for line in SEED.splitlines() if len(line) > 120 and not line.startswith(("Mit einer", "Wir wollen"))]
BULLETS = [line[2:] for line in SEED.splitlines() if line.startswith("- ")]
CALLS = [
    "Unser Ziel",
    "Wir wollen hauptberuflich über Künstliche Intelligenz berichten",
    "Teile diesen Beitrag",
    "Folge uns auf Social Media",
    "Unterstütze uns direkt",
    "Mit einer YouTube-Mitgliedschaft (ab 0,99 €) oder einmalig über PayPal",
]


def plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def mail(newsroom: Newsroom) -> tuple[str, str]:
    """The HTML and the text of the only edition's mail."""
    message = email.message_from_bytes(
        newsroom.path(f"editions/{newsroom.editions()[0]}/digest.eml").read_bytes(), policy=email.policy.default
    )
    parts = [message.get_body(("html",)), message.get_body(("plain",))]
    contents = [part.get_content() for part in parts if part is not None]
    return contents[0], contents[1]


@pytest.fixture
def published(newsroom: Newsroom) -> Newsroom:
    newsroom.article("microsoft-verliert-kontrolle-ueber-openai.txt")
    newsroom.run()
    return newsroom


def test_the_seed_article_stands_in_full_in_every_feed_page_and_mail(published: Newsroom) -> None:
    page = published.path("stories/microsoft-verliert-kontrolle-ueber-openai/index.html").read_text()
    outputs = {
        "rss": feedparser.parse(published.path("rss.xml")).entries[0].content[0].value,
        "atom": feedparser.parse(published.path("atom.xml")).entries[0].content[0].value,
        "json": published.items()[0]["content_html"],
        "page": page,
        "mail": mail(published)[0],
        "text": mail(published)[1],
    }
    assert len(WORDS) >= 9
    for name, output in outputs.items():
        words = plain(output)
        drawn = "KI-generiert (gpt-image-1) | All-AI.de"
        for expected in [*WORDS, *BULLETS, drawn, "Zwischen Mission und Machtanspruch"]:
            assert " ".join(expected.split()) in words, (name, expected)


def test_all_four_calls_to_action_stand_in_every_feed_page_and_mail(published: Newsroom) -> None:
    page = published.path("stories/microsoft-verliert-kontrolle-ueber-openai/index.html").read_text()
    for output in (published.items()[0]["content_html"], page, *mail(published)):
        words = plain(output)
        for call in CALLS:
            assert call.casefold() in words.casefold(), call


def test_boilerplate_of_the_file_is_not_told_twice(published: Newsroom) -> None:
    words = plain(published.items()[0]["content_html"])
    for call in CALLS:
        assert words.casefold().count(call.casefold()) == 1, call


def test_feeds_pages_lists_and_an_edition_are_written(published: Newsroom) -> None:
    written = set(published.files())
    edition = published.editions()[0]
    expected = {"index.html", "rss.xml", "atom.xml", "feed.json", "sources.opml", "status.json", "editions/index.html"}
    expected |= {f"editions/{edition}/{name}" for name in ("index.html", "digest.html", "digest.txt", "digest.eml")}
    expected |= {
        f"topics/{topic}/{name}"
        for topic in ("modelle", "recht", "wirtschaft")
        for name in ("rss.xml", "atom.xml", "feed.json")
    }
    assert expected <= written
    assert "topics/wirtschaft/feed.json" in written
    assert published.titles("topics/wirtschaft/feed.json") == ["Microsoft verliert Kontrolle über OpenAI?"]


def test_an_article_without_a_date_keeps_the_moment_it_was_first_seen(published: Newsroom) -> None:
    published.run(now=NOW + timedelta(hours=5))
    assert published.items()[0]["date_published"] == "2026-11-23T09:00:00Z"


def test_a_run_without_sources_news_or_slot_changes_no_byte_and_touches_no_file(published: Newsroom) -> None:
    published.feed("heise", rss(Post("Neues Modell", "https://heise.example/1")))
    published.run()
    before = published.files()
    for hours in (1, 3):
        result = published.run(now=NOW + timedelta(hours=hours))
        assert "0 files changed" in result.output
    assert published.files() == before


def test_two_stores_of_the_same_history_publish_the_same_bytes(published: Newsroom) -> None:
    before = {name: data for name, (data, _) in published.files().items()}
    for file in published.folder.glob("feeder.db*"):
        file.unlink()
    published.run("run", "--accept-loss")
    assert {name: data for name, (data, _) in published.files().items()} == before


def test_sources_are_asked_by_a_name_with_an_address_for_complaints(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(Post("Neues Modell", "https://heise.example/1")))
    newsroom.run()
    newsroom.run(now=NOW + timedelta(hours=1))
    first, second = newsroom.web.asked
    assert first.headers["User-Agent"] == f"feeder/{__version__} (+https://ki-news.example/)"
    assert second.headers["If-None-Match"]


def test_without_a_network_the_run_names_every_source_and_publishes_our_own(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.source("weg", "http://127.0.0.1:9/feed.xml")
    newsroom.source("fort", newsroom.web.url("/404.xml"))
    result = newsroom.run()
    assert "weg: " in result.output
    assert "fort: " in result.output
    assert newsroom.titles() == ["Microsoft verliert Kontrolle über OpenAI?"]
    assert len(newsroom.editions()) == 1
