"""What pages say of themselves to machines."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.sources.html_page import read_html
from feeder.sources.metadata import Metadata, metadata_of

URL = "https://www.quelle.example/news/a.html?utm_source=x"
LINKED = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "Quelle"},
        {"@type": "Person", "@id": "#eva", "name": "Eva Muster"},
        {
            "@type": "ImageObject",
            "@id": "#bild",
            "url": "/b.jpg",
            "width": "1200px",
            "height": 800,
            "creditText": "dpa",
        },
        {
            "@type": ["NewsArticle"],
            "headline": "KI &amp; Recht",
            "description": "Worum es geht.",
            "datePublished": "2026-11-21T10:00:00+01:00",
            "dateModified": "2026-11-21T12:00:00+01:00",
            "author": [{"@id": "#eva"}, "Max Muster"],
            "image": [{"@id": "#bild"}],
            "inLanguage": "de-DE",
            "articleSection": "Politik",
            "keywords": "KI, Recht",
            "articleBody": "Der ganze Text.",
        },
    ],
}


def read_metadata(url: str, body: bytes) -> Metadata:
    page = read_html(body, None)
    return Metadata() if page is None else metadata_of(url, page)


def page(*scripts: object, head: str = "", body: str = "") -> bytes:
    texts = [one if isinstance(one, str) else json.dumps(one) for one in scripts]
    linked = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    return f'<html lang="de"><head>{head}{linked}</head><body>{body}</body></html>'.encode()


def test_json_ld_says_it_all_across_its_graph():
    said = read_metadata(URL, page(LINKED))
    assert (said.title, said.description, said.section) == ("KI & Recht", "Worum es geht.", "Politik")
    assert said.published == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert said.modified == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert (said.authors, said.keywords) == (("Eva Muster", "Max Muster"), ("KI", "Recht"))
    assert (said.language, said.body, said.is_article) == ("de", "Der ganze Text.", True)
    assert said.image is not None
    assert (said.image.url, said.image.width, said.image.height, said.image.credit) == (
        "https://www.quelle.example/b.jpg", 1200, 800, "dpa"
    )  # fmt: skip


def test_open_graph_and_meta_say_what_json_ld_does_not():
    head = (
        '<title>Quelle: A</title><meta property="og:title" content="A"><meta name="description" content="Über A.">'
        '<meta property="article:published_time" content="2026-11-21T10:00:00Z">'
        '<meta property="og:image" content="/a.png">'
        '<meta property="og:image:width" content="640"><meta name="author" content="Eva">'
        '<meta name="keywords" content="x, y">'
    )
    said = read_metadata(URL, page({"@type": "BlogPosting", "headline": "Aus JSON"}, head=head))
    assert (said.title, said.description, said.authors, said.keywords) == ("Aus JSON", "Über A.", ("Eva",), ("x", "y"))
    assert said.published == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert said.image is not None
    assert (said.image.url, said.image.width, said.image.credit) == ("https://www.quelle.example/a.png", 640, None)


def test_a_page_without_any_says_its_heading_and_marked_time():
    body = '<h1>Der Kopf</h1><time itemprop="datePublished" datetime="2026-11-21">21.11.</time>'
    said = read_metadata(URL, page(body=body, head="<title>Kopf | Quelle</title>"))
    assert (said.title, said.published) == ("Der Kopf", datetime(2026, 11, 21, tzinfo=UTC))
    assert not said.is_article


@pytest.mark.parametrize(
    "broken",
    [
        '{"@type": "NewsArticle", "headline": "Kopf",}',
        '{"@type": "NewsArticle", "headline": "Kopf\nzeile"}',
        '<!-- {"@type": "NewsArticle", "headline": "Kopf"} -->',
        '[[{"@type": "http://schema.org/NewsArticle", "headline": ["Kopf"]}]]',
        '{"@type": "WebPage", "mainEntity": {"@type": "Article", "headline": "Kopf"}}',
    ],
)
def test_json_ld_is_read_as_it_is_written_in_the_wild(broken):
    assert read_metadata(URL, page("{kaputt", broken)).title in ("Kopf", "Kopf zeile")


@pytest.mark.parametrize(
    ("named", "canonical"),
    [
        ("https://quelle.example/news/a", "https://quelle.example/news/a"),
        ("/news/a?utm_medium=y", "https://www.quelle.example/news/a"),
        ("https://fremd.example/a", "https://www.quelle.example/news/a.html"),
        ("https://www.quelle.example/", "https://www.quelle.example/news/a.html"),
        ("javascript:alert(1)", "https://www.quelle.example/news/a.html"),
    ],
)
def test_a_canonical_address_counts_on_the_same_site_and_is_no_home_page(named, canonical):
    assert read_metadata(URL, page(head=f'<link rel="canonical" href="{named}">')).canonical == canonical


def test_recorded_articles_say_title_and_date(corpus: Path):
    with (corpus / "corpus.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if "fundus" in row["source_repo"] and ".html" in row["file"]]
    said = []
    for row in rows:
        url = re.search(r"url: (\S+?);", row["notes"])
        said.append(read_metadata(url[1] if url else URL, (corpus / row["file"]).read_bytes()))
    assert len(said) >= 50
    assert all(one.title and one.canonical for one in said)
    assert sum(one.published is not None for one in said) >= 0.9 * len(said)
    assert sum(one.image is not None for one in said) >= 0.9 * len(said)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["@type", "@graph", "@id", "headline", "author", "image", "url", "keywords", "name"]), inner
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_whatever_json_stands_there_nothing_is_raised(value):
    assert isinstance(read_metadata(URL, page({"@type": "Article", "x": 1}, value)), Metadata)


@given(st.binary(max_size=500))
def test_whatever_bytes_are_a_page_nothing_is_raised(body):
    assert isinstance(read_metadata(URL, body), Metadata)
