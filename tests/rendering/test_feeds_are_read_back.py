"""What we write is what independent readers find in it, whatever a story holds."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from html import unescape
from time import struct_time
from typing import Any

import feedparser
from hypothesis import given
from hypothesis import strategies as st

from feeder.model import Telling
from feeder.rendering.entries import Category, FeedEntry, story_entry
from feeder.rendering.feeds import feed_files
from feeder.rendering.look import Look
from tests.rendering.samples import ALL
from tests.strategies import tellings

SEVERAL = st.lists(tellings(), max_size=2, unique_by=lambda telling: telling.story.id)
UNCLEAN = st.lists(tellings(cleaned=False), max_size=2, unique_by=lambda telling: telling.story.id)


def parse(data: bytes) -> Any:
    """Read as feedparser does, without its own cleaning: we want what is there, not what is safe."""
    parsed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.bozo_exception
    return parsed


def heard(words: str) -> str:
    """What feedparser makes of words: it takes Latin-1 that could be UTF-8 for UTF-8 written twice, and strips."""
    with suppress(UnicodeError):
        words = words.encode("iso-8859-1").decode("utf-8")
    return words.strip()


def newest_first(look: Look, told: list[Telling]) -> list[FeedEntry]:
    entries = [story_entry(look, telling) for telling in told]
    return sorted(entries, key=lambda entry: (entry.published, entry.id), reverse=True)


def at(moment: struct_time) -> datetime:
    return datetime(*moment[:6], tzinfo=UTC)


def image_of(read: Any) -> tuple[Any, ...] | None:
    if not read.get("media_content"):
        return None
    media, credit = read.media_content[0], read.get("media_credit") or [{}]
    return (
        media["url"],
        media["width"],
        media["height"],
        credit[0].get("content"),
        [one.href for one in read.enclosures],
    )


def expected_image(entry: FeedEntry) -> tuple[Any, ...] | None:
    image = entry.image
    if image is None:
        return None
    enclosed = [image.url] if image.type else []
    return (image.url, str(image.width), str(image.height), heard(image.credit or "") or None, enclosed)


def categories_of(entry: FeedEntry) -> list[Category]:
    return [*entry.categories, *([entry.provenance] if entry.provenance else [])]


def source_of(read: Any) -> tuple[str | None, str | None]:
    return read.get("source", {}).get("title"), read.get("source", {}).get("href")


def expected_source(entry: FeedEntry) -> tuple[str | None, str | None]:
    return (heard(entry.source.label), entry.source.url) if entry.source else (None, None)


@given(SEVERAL)
def test_feedparser_reads_from_rss_what_we_hold(look: Look, told: list[Telling]):
    entries = newest_first(look, told)
    parsed = parse(feed_files(look, ALL, entries)[0].data)
    assert [read.id for read in parsed.entries] == [entry.id for entry in entries]
    for read, entry in zip(parsed.entries, entries, strict=True):
        assert read.get("title", "") == heard(entry.title)
        assert read.link == entry.url
        assert at(read.published_parsed) == entry.published
        assert unescape(read.get("summary", "")) == heard(entry.teaser)
        assert read.content[0].value == heard(entry.html)
        names = [heard(author.get("name", "")) for author in read.get("authors", [])]
        assert names == list(map(heard, entry.authors))
        assert [(tag.scheme, tag.term) for tag in read.get("tags", [])] == [
            (category.scheme, heard(category.label)) for category in categories_of(entry)
        ]
        assert image_of(read) == expected_image(entry)
        assert source_of(read) == expected_source(entry)


@given(SEVERAL)
def test_feedparser_reads_from_atom_what_we_hold(look: Look, told: list[Telling]):
    entries = newest_first(look, told)
    parsed = parse(feed_files(look, ALL, entries)[1].data)
    assert [read.id for read in parsed.entries] == [entry.id for entry in entries]
    for read, entry in zip(parsed.entries, entries, strict=True):
        assert read.get("title", "") == heard(entry.title)
        assert read.link == entry.url
        assert at(read.published_parsed) == entry.published
        assert at(read.updated_parsed) == entry.updated
        # feedparser never leaves a summary empty
        assert read.summary == heard(entry.teaser or entry.html)
        assert read.content[0].value == heard(entry.html)
        names = [heard(author.get("name", "")) for author in read.get("authors", [])]
        assert names == list(map(heard, entry.authors))
        assert [(tag.scheme, tag.term, tag.label) for tag in read.get("tags", [])] == [
            (category.scheme, category.term, category.label) for category in categories_of(entry)
        ]
        assert image_of(read) == expected_image(entry)
        assert [link.href for link in read.links if link.rel == "related"] == [link.url for link in entry.related]


@given(SEVERAL)
def test_a_json_parser_reads_from_feed_json_what_we_hold(look: Look, told: list[Telling]):
    entries = newest_first(look, told)
    items = json.loads(feed_files(look, ALL, entries)[2].data)["items"]
    assert len(items) == len(entries)
    for item, entry in zip(items, entries, strict=True):
        image = entry.image
        assert item["id"] == entry.id
        assert item["url"] == entry.page
        assert item.get("external_url") == entry.external_url
        assert item.get("title", "") == entry.title
        assert item.get("summary", "") == entry.teaser
        assert item["content_html"] == entry.html
        assert datetime.fromisoformat(item["date_published"]) == entry.published
        assert datetime.fromisoformat(item["date_modified"]) == entry.updated
        assert tuple(author["name"] for author in item["authors"]) == entry.authors
        assert item.get("tags", []) == [category.label for category in entry.categories]
        assert item.get("image") == (image.url if image else None)


@given(UNCLEAN)
def test_even_markup_that_nobody_cleaned_breaks_no_feed(look: Look, told: list[Telling]):
    entries = newest_first(look, told)
    rss, atom, _ = feed_files(look, ALL, entries)
    for file in (rss, atom):
        assert [read.content[0].value for read in parse(file.data).entries] == [heard(entry.html) for entry in entries]
