"""The labelled set with its texts, as the traces that the same-story check sees."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from feeder.model import ItemKey, Trace
from feeder.sources.syndication import parse_feed
from feeder.text import plain

HERE = Path(__file__).parent
WORDS = 600  # characters, as the store keeps of an item


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items, and what an editor says of them: "same", "followup" or "different"."""

    one: Trace
    other: Trace
    label: str
    kind: str
    split: str

    @property
    def is_same(self) -> bool:
        """Whether both are to be one story now."""
        return self.label == "same"


def corpus() -> Path | None:
    """Where the recorded texts lie, if they do."""
    path = Path(os.environ.get("FEEDER_CORPUS") or HERE.parents[2] / "shared" / "corpus")
    return path if (path / "headlines" / "german-week.jsonl").is_file() else None


def week(root: Path) -> dict[str, Trace]:
    """The articles of ten publishers over four days, by id; each is a story of its own."""
    found = {}
    for line in (root / "headlines" / "german-week.jsonl").read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        language = "en" if "/en/" in article["url"] else "de"
        at = datetime.fromisoformat(article["first_seen"]).replace(tzinfo=UTC)
        found[article["id"]] = _trace(
            article["id"], article["publisher"], article["title"], article["teaser"], language, at
        )
    return found


def addresses(root: Path) -> dict[str, str]:
    """The URLs of the week's articles by id."""
    lines = (root / "headlines" / "german-week.jsonl").read_text(encoding="utf-8").splitlines()
    return {article["id"]: article["url"] for article in map(json.loads, lines)}


def pairs(root: Path, articles: dict[str, Trace]) -> list[Pair]:
    """All labelled pairs; entries of feeds are read where pairs name them."""
    rows = rows_of("pairs.csv")
    feeds = sorted({key.split("#")[0] for row in rows for key in (row["a"], row["b"]) if "#" in key})
    traces = articles | {key: trace for feed in feeds for key, trace in _entries(root, feed).items()}
    return [Pair(traces[row["a"]], traces[row["b"]], row["label"], row["kind"], row["split"]) for row in rows]


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of one file of the set."""
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _entries(root: Path, feed: str) -> dict[str, Trace]:
    found = {}
    language = "de" if Path(feed).name.startswith("de-") else "en"
    for item in parse_feed("set", "https://set.example/", (root / feed).read_bytes(), None).items:
        key = f"{feed}#{hashlib.sha1(item.uid.encode(), usedforsecurity=False).hexdigest()[:12]}"
        words = item.summary or item.content
        at = item.published or item.updated or datetime(2026, 1, 1, tzinfo=UTC)
        found[key] = _trace(key, feed, item.title, plain(words.value)[:WORDS] if words else "", language, at)
    return found


def _trace(key: str, source: str, title: str, words: str, language: str, at: datetime) -> Trace:
    return Trace(key, ItemKey(source, key), title, words, language, at, own=False, released=True, rank=50)
