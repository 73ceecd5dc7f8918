"""Real feeds: as complete as feedparser, which everybody trusts, and never brought down by a bad one."""

from __future__ import annotations

import calendar
import csv
import io
import time
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feedparser
import pytest

from feeder import addresses, text
from feeder.errors import ParseError
from feeder.model import Item
from feeder.sources import found
from feeder.sources.mending import mend
from feeder.sources.rss_atom import read_mended, read_strictly
from feeder.sources.syndication import parse_feed

URL = "https://heise.example/feeds/news.xml"

# Where we differ from feedparser on purpose, file by file.
EXPLAINED = {
    ("en-podtrac-com-atlanta-monster-5cb490.xml", "url"): "its guid is no address, so it makes no link",
    ("en-reddit-the-front-page-of-t-reddit-the-front-page-of-the-internet-fc507a.xml", "uid"): "an id is not resolved",
    ("en-skysports-com-skysports-liverpool-1d2802.xml", "published"): "feedparser takes British summer time for UTC",
    ("fr-lsa-conso-fr-distrijob-fr-infos-du-secteur-distributi-402f85.xml", "published"): "feedparser reads no février",
}

YEAR_ONE = -62_135_596_800  # 0001-01-01: a generator's word for "no date", which feedparser hands on


def said_by_feedparser(entry: Any, version: str, base: str) -> dict[str, object]:  # Any: feedparser has no types
    """What feedparser makes of an entry, in our terms: it leaves titles marked up and gives dates as tuples."""
    is_atom = version.startswith("atom")
    link = entry.get("link") or ""
    title = found.mended(entry.get("title") or "")
    is_text = is_atom and (entry.get("title_detail") or {}).get("type") == "text/plain"
    date = entry.get("published_parsed") or (None if is_atom else dict.get(entry, "updated_parsed"))
    return {
        "uid": text.one_line(entry.get("id") or ""),
        "url": addresses.web_address(urljoin(base, link)) if link else None,
        "title": text.one_line(title) if is_text else text.plain(title),
        "published": calendar.timegm(date) if date else None,
    }


def said_by_us(item: Item) -> dict[str, object]:
    return {
        "uid": item.uid,
        "url": item.url,
        "title": item.title,
        "published": int(item.published.timestamp()) if item.published else None,
    }


def differences(name: str, items: tuple[Item, ...], parsed: Any) -> list[str]:
    base = addresses.web_address(urljoin(URL, parsed.feed.get("link") or "")) or URL
    complaints = []
    for item, entry in zip(items, parsed.entries, strict=True):
        ours, theirs = said_by_us(item), said_by_feedparser(entry, parsed.version, base)
        if not theirs["uid"]:  # we always have one
            del theirs["uid"]
        complaints += [
            f"{name}: {field}: {ours[field]!r}, feedparser {value!r}"
            for field, value in theirs.items()
            if value != ours[field] and (name, field) not in EXPLAINED and value != YEAR_ONE
        ]
    return complaints


@pytest.fixture
def without_bounds(monkeypatch):
    monkeypatch.setattr(found, "MAX_ITEMS", 10_000)
    monkeypatch.setattr(text, "TITLE_LIMIT", 10_000)


def feeds(corpus: Path, pattern: str = "*.xml") -> list[Path]:
    paths = sorted((corpus / "feeds").glob(pattern))
    assert len(paths) > 10
    return paths


@pytest.mark.usefixtures("without_bounds")
def test_no_entry_id_link_title_or_date_that_feedparser_finds_is_lost(corpus):
    complaints = []
    for path in feeds(corpus):
        body = path.read_bytes()
        items = parse_feed("heise", URL, body, None).items
        parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
        kinds = {(entry.get("id"), entry.get("link"), entry.get("title")) for entry in parsed.entries}
        if len(kinds) < len(parsed.entries):  # the same entry twice
            assert len(items) >= len(kinds) - 1, path.name
        elif len(items) != len(parsed.entries):
            complaints.append(f"{path.name}: {len(items)} items, feedparser {len(parsed.entries)}")
        else:
            complaints += differences(path.name, items, parsed)
    assert not complaints, f"{len(complaints)}\n" + "\n".join(complaints[:40])


def test_json_feeds_are_read_completely(corpus):
    for path in feeds(corpus, "*.json"):
        items = parse_feed("heise", URL, path.read_bytes(), None).items
        assert items
        assert all(item.uid and (item.title or item.content or item.summary) for item in items), path.name


def test_uids_are_never_shared(corpus):
    for path in feeds(corpus, "*"):
        uids = [item.uid for item in parse_feed("heise", URL, path.read_bytes(), None).items]
        assert len(set(uids)) == len(uids), path.name


def test_a_feed_that_breaks_one_day_says_the_same_as_the_day_before(corpus):
    """Otherwise everything would be new on that day."""
    compared = 0
    for path in feeds(corpus):
        body = path.read_bytes()
        well = read_strictly("heise", URL, body)
        mended = mend(body.replace(b"</title>", b"\x0b</title>").replace(b"</rss>", b"</rss>&nbsp;<br>"), None)
        if well is None or mended is None or b"utf-16" in body[:100].lower():
            continue
        assert read_mended("heise", URL, mended) == well, path.name
        compared += 1
    assert compared > 300


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
        assert time.process_time() - started < 5, path.name
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
