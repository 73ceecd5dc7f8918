"""Real feeds: as complete as feedparser, which everybody trusts, and never brought down by a bad one."""

from __future__ import annotations

import csv
import time
from collections import Counter
from pathlib import Path

import pytest

from feeder import text
from feeder.errors import ParseError
from feeder.sources import found
from feeder.sources.mending import mend
from feeder.sources.rss_atom import read_mended, read_strictly
from feeder.sources.syndication import parse_feed
from tests.sources.feed_differences import URL, differences, json_differences

# Where feedparser says something else, by file and field: how often, and why ours is right.
EXPLAINED = {
    ("en-abc-net-au-top-stories-da00f9.xml", "content"): (1, "the caption of a picture is not what the item says"),
    ("en-podtrac-com-atlanta-monster-5cb490.xml", "url"): (3, "a guid that is no address makes no link"),
    (
        "en-reddit-the-front-page-of-t-reddit-the-front-page-of-the-internet-fc507a.xml",
        "uid",
    ): (24, "an id is compared as it is written, never resolved (RFC 4287, 4.2.6)"),
    ("en-skysports-com-skysports-liverpool-1d2802.xml", "published"): (
        20,
        "British summer time is an hour east of UTC",
    ),
}

# The same of JSON Feeds beside a plain reading.
EXPLAINED_OF_JSON = {
    ("en-influxdata-com-blog-8211-influxdata-1a5ca1.json", "uid"): (3, "an item without an id is known by its address"),
    ("en-influxdata-com-blog-8211-influxdata-1a5ca1.json", "url"): (1, "the path of an address is never empty"),
    ("en-jsonfeed-org-json-feed-622be1.json", "items"): (1, "one id, address and title three times are one item"),
}


@pytest.fixture
def without_bounds(monkeypatch):
    monkeypatch.setattr(found, "MAX_ITEMS", 10_000)
    monkeypatch.setattr(text, "TITLE_LIMIT", 10_000)


def feeds(corpus: Path, pattern: str = "*.xml") -> list[Path]:
    paths = sorted((corpus / "feeds").glob(pattern))
    assert len(paths) > 10
    return paths


# A few feeds suffice to see that a field is lost; the proofs read all of them.
SOME_OR_ALL = pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.proofs)])


def some(paths: list[Path], every: int) -> list[Path]:
    """Each path of which something is explained, and of the others each of that number."""
    explained = {name for name, _ in EXPLAINED}
    return [path for n, path in enumerate(paths) if n % every == 0 or path.name in explained]


@SOME_OR_ALL
@pytest.mark.usefixtures("without_bounds")
def test_no_item_id_link_title_date_body_or_file_that_feedparser_finds_is_lost(corpus, every):
    seen: dict[tuple[str, str], int] = {}
    complaints = []
    for path in some(feeds(corpus), every):
        counted, listed = differences(path.read_bytes())
        seen |= {(path.name, field): count for field, count in counted.items()}
        complaints += [(path.name, *each) for each in listed if (path.name, each[0]) not in EXPLAINED]
    assert not complaints, f"{len(complaints)}\n" + "\n".join(map(str, complaints[:40]))
    assert seen == {place: count for place, (count, _) in EXPLAINED.items()}


def test_the_documented_differences_are_those_that_are_explained(root):
    counted: Counter[str] = Counter()
    whys: dict[str, str] = {}
    for (_, field), (count, why) in EXPLAINED.items():
        counted[field] += count
        whys[field] = why
    document = (root / "docs" / "parsing.md").read_text(encoding="utf-8")
    assert [f"| {field} | {count} | {whys[field]} |" for field, count in counted.items()] == [
        line for line in document.splitlines() if line.startswith("| ") and not line.startswith(("| field", "| -"))
    ]


def test_json_feeds_say_what_a_plain_reading_of_them_says(corpus):
    seen: dict[tuple[str, str], int] = {}
    for path in feeds(corpus, "*.json"):
        listed = json_differences(path.read_bytes())
        seen |= {(path.name, field): count for field, count in Counter(field for field, _, _ in listed).items()}
    assert seen == {place: count for place, (count, _) in EXPLAINED_OF_JSON.items()}


def test_uids_are_never_shared(corpus):
    for path in feeds(corpus, "*"):
        uids = [item.uid for item in parse_feed("heise", URL, path.read_bytes(), None).items]
        assert len(set(uids)) == len(uids), path.name


@SOME_OR_ALL
def test_a_feed_that_breaks_one_day_says_the_same_as_the_day_before(corpus, every):
    """Otherwise everything would be new on that day."""
    compared = 0
    for path in some(feeds(corpus), every):
        body = path.read_bytes()
        well = read_strictly("heise", URL, body)
        mended = mend(body.replace(b"</title>", b"\x0b</title>").replace(b"</rss>", b"</rss>&nbsp;<br>"), None)
        if well is None or mended is None or b"utf-16" in body[:100].lower():
            continue
        assert read_mended("heise", URL, mended) == well, path.name
        compared += 1
    assert compared > 300 / every


def test_a_thing_keeps_its_uid_as_its_feed_goes_on(corpus):
    for series in sorted((corpus / "series").iterdir()):
        if series.name == "hackernews-best":  # the same page may be handed in twice, under two ids
            continue
        known: dict[tuple[str | None, str], str] = {}
        for path in sorted(series.iterdir()):
            for item in parse_feed("heise", URL, path.read_bytes(), None).items:
                assert known.setdefault((item.url, item.title), item.uid) == item.uid, path


def test_every_odd_document_is_read_or_refused_in_time(corpus):
    read = refused = 0
    for path in sorted((corpus / "odd").iterdir()):
        started = time.process_time()
        try:
            items = parse_feed("heise", URL, path.read_bytes(), None).items
        except ParseError:
            refused += 1
        else:
            assert all(item.uid for item in items), path.name
            read += 1
        assert time.process_time() - started < 1, path.name
    assert read > 150
    assert refused > 5


def test_of_real_broken_feeds_hardly_an_entry_is_lost(corpus):
    with (corpus / "corpus.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("odd/real") and row["entries"] != "0"]
    lost = []
    for row in rows:
        try:
            count = len(parse_feed("heise", URL, (corpus / row["file"]).read_bytes(), None).items)
        except ParseError:
            count = 0
        if count < int(row["entries"]):
            lost.append((row["file"], count, int(row["entries"])))
    # One <item> with nothing in it, and one document that is a program with a feed's name.
    assert [(Path(name).name[:16], count, entries) for name, count, entries in lost] == [
        ("real-flux-rss-du", 9, 10),
        ("real-lib-syndic-", 0, 1),
    ]
