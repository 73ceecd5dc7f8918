"""The labelled set of "same story": enough of it, without contradictions, ids only, every id in the corpus."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from feeder.sources.syndication import parse_feed

FIELDS = ["a", "b", "label", "kind", "found", "day", "split"]
ARTICLE = re.compile(r"[0-9a-f]{12}")
ENTRY = re.compile(r"feeds/[a-z0-9.-]+\.(?:xml|json)#[0-9a-f]{12}")
WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DAY = re.compile(r"20\d\d-\d\d-\d\d")
# The first days of each recording choose a threshold, the later ones judge it (README.md of the set).
FIRST_TEST_DAY = {"week": "2025-12-31", "feeds": "2026-06-01"}


def read(root: Path, name: str) -> list[dict[str, str]]:
    """The rows of one file of the set."""
    with (root / "benchmarks" / "same_story" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def pairs(root: Path) -> list[dict[str, str]]:
    return read(root, "pairs.csv")


@pytest.fixture(scope="module")
def events(root: Path) -> list[dict[str, str]]:
    return read(root, "events.csv")


def stories(pairs: list[dict[str, str]]) -> dict[str, str]:
    """Every id with the one that stands for its story: what "same" joins, step by step."""
    first: dict[str, str] = {}

    def of(one: str) -> str:
        while first.setdefault(one, one) != one:
            one = first[one]
        return one

    for row in pairs:
        one, other = of(row["a"]), of(row["b"])
        if row["label"] == "same":
            first[one] = other
    return {one: of(one) for one in first}


def items(corpus: Path, feeds: set[str]) -> dict[str, tuple[str, str]]:
    """Every id that the set can name, with day and title: the articles of the week, the entries of the named feeds."""
    found = {}
    for line in (corpus / "headlines" / "german-week.jsonl").read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        found[article["id"]] = (article["first_seen"][:10], article["title"])
    for feed in feeds:
        for item in parse_feed("set", "https://set.example/", (corpus / feed).read_bytes(), None).items:
            date = item.published or item.updated
            entry = f"{feed}#{hashlib.sha1(item.uid.encode(), usedforsecurity=False).hexdigest()[:12]}"
            found[entry] = (date.date().isoformat() if date else "", item.title)
    return found


def test_there_are_enough_pairs_of_each_label(pairs: list[dict[str, str]]):
    labels = Counter(row["label"] for row in pairs)
    assert set(labels) == {"same", "followup", "different"}
    assert labels["same"] >= 300
    assert labels["followup"] >= 80
    assert labels["different"] >= 350


def test_some_pairs_are_german_and_english(pairs: list[dict[str, str]]):
    assert sum(row["kind"] == "de-en" for row in pairs) >= 40


@pytest.mark.parametrize("label", ["same", "followup", "different"])
def test_no_single_means_found_most_of_a_label(pairs: list[dict[str, str]], label: str):
    means = Counter(row["found"] for row in pairs if row["label"] == label)
    assert len(means) >= 3
    assert max(means.values()) <= means.total() / 3


@pytest.mark.parametrize("label", ["same", "followup", "different"])
def test_each_day_of_the_week_has_its_share_of_each_label(pairs: list[dict[str, str]], label: str):
    days = Counter(row["day"] for row in pairs if row["label"] == label and row["day"] < "2026-01-02")
    assert sorted(days) == ["2025-12-29", "2025-12-30", "2025-12-31", "2026-01-01"]
    assert min(days.values()) >= days.total() / 8


def test_no_pair_stands_twice_nor_both_ways(pairs: list[dict[str, str]]):
    assert all(row["a"] < row["b"] for row in pairs), "each pair in the order of its ids"
    assert [key for key, n in Counter((row["a"], row["b"]) for row in pairs).items() if n > 1] == []


def test_what_is_the_same_as_the_same_is_never_called_otherwise(pairs: list[dict[str, str]]):
    story = stories(pairs)
    assert [row for row in pairs if row["label"] != "same" and story[row["a"]] == story[row["b"]]] == []


def test_an_events_members_are_the_same_story_and_no_others(pairs: list[dict[str, str]], events: list[dict[str, str]]):
    event = {row["id"]: row["event"] for row in events}
    both = [row for row in pairs if row["a"] in event and row["b"] in event]
    assert [row for row in both if (event[row["a"]] == event[row["b"]]) != (row["label"] == "same")] == []


def test_there_are_forty_events_of_three_or_more_each_member_once(events: list[dict[str, str]]):
    sizes = Counter(row["event"] for row in events)
    assert len(sizes) >= 40
    assert min(sizes.values()) >= 3
    assert max(Counter(row["id"] for row in events).values()) == 1


def test_the_day_decides_the_split(pairs: list[dict[str, str]]):
    for row in pairs:
        first = FIRST_TEST_DAY["feeds" if row["a"].startswith("feeds/") else "week"]
        assert row["split"] == ("test" if row["day"] >= first else "tune"), row


def test_no_story_stands_in_both_splits(pairs: list[dict[str, str]], events: list[dict[str, str]]):
    story = stories(pairs)
    splits: dict[str, set[str]] = {}
    for row in pairs:
        if row["label"] == "same":
            splits.setdefault(story[row["a"]], set()).add(row["split"])
    for row in events:
        splits.setdefault(row["event"], set()).add(row["split"])
        splits.setdefault(story.get(row["id"], row["id"]), set()).add(row["split"])
    assert [one for one, found in splits.items() if len(found) > 1] == []


def test_nothing_but_ids_words_and_days_is_kept(pairs: list[dict[str, str]], events: list[dict[str, str]]):
    for row in pairs:
        assert list(row) == FIELDS, row
        assert all(ARTICLE.fullmatch(row[key]) or ENTRY.fullmatch(row[key]) for key in "ab"), row
        assert all(WORD.fullmatch(row[key]) and len(row[key]) < 24 for key in ("label", "kind", "found")), row
        assert DAY.fullmatch(row["day"]), row
    for row in events:
        assert list(row) == ["event", "id", "day", "split"], row
        assert ARTICLE.fullmatch(row["id"]), row
        assert WORD.fullmatch(row["event"]), row
        assert DAY.fullmatch(row["day"]), row


def test_each_id_is_in_the_corpus_with_the_day_of_the_later_one(
    pairs: list[dict[str, str]], events: list[dict[str, str]], corpus: Path
):
    named = {row[key] for row in pairs for key in "ab"}
    known = items(corpus, {one.partition("#")[0] for one in named if one.startswith("feeds/")})
    assert sorted((named | {row["id"] for row in events}) - set(known)) == []
    assert [row for row in pairs if row["day"] != max(known[row["a"]][0], known[row["b"]][0])] == []
    assert [row for row in events if row["day"] != known[row["id"]][0]] == []


def test_no_title_of_the_corpus_is_in_the_set(root: Path, corpus: Path):
    folder = root / "benchmarks" / "same_story"
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()) if path.is_file())
    titles = {title for _, title in items(corpus, set()).values() if len(title) >= 20}
    assert titles, "the week has titles"
    assert [title for title in titles if title in text] == []
