"""sources.opml names whom we read, and nobody who wants to stay unnamed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from feeder.model import Source
from feeder.rendering.look import Look
from feeder.rendering.opml import sources_opml
from tests.rendering.samples import NOON


def source(look: Look, name: str) -> Source:
    return next(one for one in look.config.source_nouns if one.id == name)


def attributes(one: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in one.attrib.items()}


def outlines(data: bytes) -> dict[str | None, list[dict[str, str]]]:
    body = etree.fromstring(data).find("body")
    assert body is not None
    return {folder.get("text"): [attributes(one) for one in folder] for folder in body}


def test_public_feeds_stand_under_their_topic_or_language(look: Look):
    folders = outlines(sources_opml(look, look.config.source_nouns, NOON).data)
    assert {name: [one["text"] for one in listed] for name, listed in folders.items()} == {
        "Unternehmen": ["heise online"],
        "Englisch": ["The Verge"],
        "Deutsch": ["Offene Nachrichten"],
    }
    assert folders["Unternehmen"] == [
        {
            "text": "heise online",
            "title": "heise online",
            "type": "rss",
            "version": "RSS",
            "xmlUrl": "https://heise.example/ki/rss.xml",
            "language": "de",
            "htmlUrl": "https://heise.example/",
        }
    ]


def test_private_feeds_folders_and_passwords_are_not_named(look: Look):
    secret = replace(source(look, "heise"), location="https://name:geheim@heise.example/rss")
    data = sources_opml(look, [source(look, "intern"), source(look, "redaktion"), secret], NOON).data
    assert b"geheim" not in data
    assert b"heise" not in data
    assert b"intern" not in data
    assert b"articles" not in data


@pytest.mark.parametrize(
    "address", ["https://heise.example/rss?token=geheim", "https://heise.example/rss?api_key=geheim"]
)
def test_an_address_that_holds_a_secret_is_not_named(look: Look, address: str):
    feed = source(look, "heise")
    assert b"heise" not in sources_opml(look, [replace(feed, location=address)], NOON).data
    data = sources_opml(look, [replace(feed, homepage=address)], NOON).data
    assert b"heise" in data
    assert b"geheim" not in data


def test_an_address_stands_once(look: Look):
    twin = replace(source(look, "heise"), id="heise-2", topics=())
    data = sources_opml(look, [source(look, "heise"), twin], NOON).data
    assert data.count(b"xmlUrl") == 1


def test_without_any_public_feed_our_own_stands_there(look: Look):
    body = etree.fromstring(sources_opml(look, [], NOON).data).find("body")
    assert body is not None
    assert [one.get("xmlUrl") for one in body] == ["https://ki-news.example/feeds/rss.xml"]


def test_its_date_is_the_one_it_was_given(look: Look):
    head = etree.fromstring(sources_opml(look, [], NOON).data).find("head")
    assert head is not None
    assert head.findtext("dateCreated") == "Sat, 22 Nov 2025 11:00:00 +0000"


def test_a_sources_name_is_plain_text_however_the_maintainer_wrote_it(look: Look) -> None:
    written = replace(source(look, "heise"), title="Blog &#8211; heise &info;")
    listed = outlines(sources_opml(look, [written], NOON).data)["Unternehmen"]
    assert listed[0]["text"] == listed[0]["title"] == "Blog – heise & info;"
