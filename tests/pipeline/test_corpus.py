"""Real feeds, recorded, from a local server to published feeds."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from tests.newsroom import TOPICS, Newsroom

BEATS = True

LATER_THAN_ALL = datetime(2026, 11, 23, 9, tzinfo=UTC)
# Of the malformed and odd ones, some that are no feed at all.
ODD = (
    "real-index-328027.html",
    "real-index-fafca2.xml",
    "synthetic-fp-rss-empty-document-6878cc.xml",
    "synthetic-lol-75fb24.xml",
    "synthetic-fail-xml-73e79a.xml",
)


def recorded(corpus: Path, count: int) -> list[Path]:
    """German and English feeds that hold entries, the German ones first, and the odd ones."""
    with (corpus / "corpus.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("feeds/") and int(row["entries"] or 0)]
    wanted = sorted(row["file"] for row in rows if row["language"] in ("de", "en"))[: count - len(ODD)]
    return [*(corpus / name for name in wanted), *(corpus / "odd" / name for name in ODD)]


def serve(newsroom: Newsroom, files: list[Path]) -> list[str]:
    """Make each file a source of its own, its topic by turns; returns the ids."""
    topics = list(TOPICS)
    names = []
    for number, file in enumerate(files):
        name = f"q{number:03}"
        newsroom.feed(
            name,
            file.read_bytes(),
            topics=[topics[number % len(topics)]],
            language=file.name[:2].replace("re", "en").replace("sy", "en"),
        )
        names.append(name)
    newsroom.extra = '[curation]\nmax_age = "20000d"\n'
    return names


def test_forty_recorded_feeds_are_gathered_published_and_those_that_cannot_be_are_named(
    corpus: Path, newsroom: Newsroom
) -> None:
    files = recorded(corpus, 40)
    assert len(files) == 40
    names = serve(newsroom, files)
    newsroom.article("a.txt")
    failing = set(json.loads(newsroom.run("run", "--json", now=LATER_THAN_ALL).stdout)["failing_sources"])
    assert failing == {name for name, file in zip(names, files, strict=True) if file.name in ODD and _is_no_feed(file)}
    parsed = feedparser.parse(newsroom.path("rss.xml").read_bytes())
    assert not parsed.bozo
    assert len(parsed.entries) == 50
    for topic in TOPICS:
        assert newsroom.titles(f"topics/{topic}/feed.json"), topic
    before = newsroom.files()
    newsroom.run(now=LATER_THAN_ALL)
    assert newsroom.files() == before


def _is_no_feed(file: Path) -> bool:
    return not feedparser.parse(file.read_bytes()).entries


@pytest.mark.proofs
def test_every_recorded_feed_is_gathered_and_published(corpus: Path, newsroom: Newsroom) -> None:
    names = serve(newsroom, recorded(corpus, 10_000))
    failing = json.loads(newsroom.run("run", "--json", now=LATER_THAN_ALL).stdout)["failing_sources"]
    assert len(failing) <= len(ODD), failing
    assert len(names) > 300
    assert len(newsroom.items()) == 50
