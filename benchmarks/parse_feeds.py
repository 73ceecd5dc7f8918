"""What reading a feed costs: ours, fastfeedparser and feedparser against lxml's bare tree.

    .venv/bin/python benchmarks/parse_feeds.py [rounds]

Reads the well-formed XML feeds of FEEDER_CORPUS (default: ../shared/corpus beside the repository).
Every tool makes what a gatherer needs of each entry: id, link, title, dates, summary, content,
authors, tags, enclosures. Tools take turns, CPU seconds are medians; compare ratios, not seconds.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import feedparser
from lxml import etree

from feeder.errors import ParseError
from feeder.sources import found
from feeder.sources.syndication import parse_feed

try:
    import fastfeedparser
except ImportError:  # for this comparison only: pip install fastfeedparser==0.6.5
    fastfeedparser = None

ROOT = Path(__file__).resolve().parent.parent
URL = "https://feeds.example/feed.xml"


def lxml_tree(body: bytes) -> int:
    """Parse and throw away: nobody who uses lxml can be faster."""
    root = etree.fromstring(body.lstrip(), etree.XMLParser(recover=True, resolve_entities=False, no_network=True))
    return 0 if root is None else 1


def ours(body: bytes) -> int:
    """The whole way from bytes to items."""
    try:
        return len(parse_feed("bench", URL, body, None).items)
    except ParseError:
        return 0


def fast_feedparser(body: bytes) -> int:
    """The fastest that can be installed."""
    try:
        return len(fastfeedparser.parse(body)["entries"])
    except Exception:  # noqa: BLE001 - it raises ValueError, KeyError and others
        return 0


def feedparser_bare(body: bytes) -> int:
    """Without what we switch off, too."""
    return len(feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False).entries)


def feedparser_default(body: bytes) -> int:
    """As most programs call it."""
    return len(feedparser.parse(io.BytesIO(body)).entries)


TOOLS: dict[str, Callable[[bytes], int]] = {
    "lxml tree only": lxml_tree,
    "ours": ours,
    "fastfeedparser": fast_feedparser,
    "feedparser, bare": feedparser_bare,
    "feedparser": feedparser_default,
}


def main() -> None:
    """Measure and print one table."""
    corpus = Path(os.environ.get("FEEDER_CORPUS") or ROOT.parent / "shared" / "corpus")
    bodies = [path.read_bytes() for path in sorted((corpus / "feeds").glob("*.xml"))]
    if not bodies:
        sys.exit(f"no feeds in {corpus}: set FEEDER_CORPUS")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    if fastfeedparser is None:
        del TOOLS["fastfeedparser"]
    found.MAX_ITEMS = sys.maxsize  # the others have no such bound
    seconds: dict[str, list[float]] = {name: [] for name in TOOLS}
    entries: dict[str, int] = {}
    for _ in range(rounds):
        for name, parse in TOOLS.items():
            started = time.process_time()
            entries[name] = sum(parse(body) for body in bodies)
            seconds[name].append(time.process_time() - started)
    report(len(bodies), sum(map(len, bodies)) / 1e6, {name: median(took) for name, took in seconds.items()}, entries)


def report(feeds: int, megabytes: float, seconds: dict[str, float], entries: dict[str, int]) -> None:
    """Print what was measured."""
    floor, ours_took = seconds["lxml tree only"], seconds["ours"]
    print(f"{feeds} feeds, {megabytes:.1f} MB\n")
    print(f"{'':18}{'CPU s':>8}{'MB/s':>8}{'ms/feed':>9}{'x floor':>9}{'x ours':>8}{'entries':>9}")
    entries = {**entries, "lxml tree only": 0}
    for name, took in seconds.items():
        rates = f"{took:8.2f}{megabytes / took:8.1f}{1000 * took / feeds:9.2f}"
        print(f"{name:18}{rates}{took / floor:9.2f}{took / ours_took:8.2f}{entries[name]:9}")


if __name__ == "__main__":
    main()
