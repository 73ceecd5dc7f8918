"""How often topics are those that a person gave: python benchmarks/topics/measure.py [CORPUS] [misses].

`labels.csv` names stories of the corpus by id (a digest of file and item) with the topics that a person gave them after
reading title and teaser. Words were chosen on "tune", figures are those of "test". Beside the shipped classifier
stands the rule that it replaced: one word anywhere.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from feeder.config import load_config
from feeder.curation.rules import has_word
from feeder.curation.topics import Classifier, TopicWords
from feeder.editing.cleaning import plain_text
from feeder.sources.syndication import parse_feed

HERE = Path(__file__).parent
Place = Callable[["Labelled"], set[str]]


@dataclass(frozen=True)
class Labelled:
    """A story with its words and the topics that a person gave it."""

    title: str
    teaser: str
    tags: tuple[str, ...]
    topics: frozenset[str]
    split: str


def labelled(corpus: Path) -> list[Labelled]:
    """All labelled stories; an error if one is not in the corpus."""
    with (HERE / "labels.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    words = {name: dict(_words(corpus, name)) for name in {row["file"] for row in rows}}
    return [Labelled(*words[row["file"]][row["id"]], frozenset(row["topics"].split()), row["split"]) for row in rows]


def _words(corpus: Path, name: str) -> Iterator[tuple[str, tuple[str, str, tuple[str, ...]]]]:
    if name.endswith(".jsonl"):
        for line in (corpus / name).read_text(encoding="utf-8").splitlines():
            article = json.loads(line)
            yield article["id"], (article["title"], article["teaser"] or "", ())
        return
    for item in parse_feed("feed", "https://feed.example/", (corpus / name).read_bytes(), None).items:
        digest = hashlib.sha256(f"{name}\n{item.uid}".encode()).hexdigest()[:12]
        yield digest, (item.title, plain_text(item.summary), item.tags)


def report(stories: Iterable[Labelled], place: Place) -> str:
    """Precision, recall and F1 over all pairs of story and topic, and stories placed exactly."""
    right = given = wanted = exact = count = 0
    for story in stories:
        found = place(story)
        right, given, wanted = right + len(found & story.topics), given + len(found), wanted + len(story.topics)
        exact, count = exact + (found == story.topics), count + 1
    precision, recall = right / max(given, 1), right / max(wanted, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"precision {precision:.2f}  recall {recall:.2f}  F1 {f1:.2f}  all topics right {exact}/{count}"


def main(corpus: Path, misses: bool) -> None:
    """Print both splits for the rule before and for the shipped classifier."""
    topics = load_config(HERE.parent.parent / "config.toml", {}).topics
    classifier = Classifier([TopicWords(one.id, one.words, one.hints, one.against) for one in topics])

    def any_word(story: Labelled) -> set[str]:
        text = f"{story.title}\n{story.teaser}\n{' '.join(story.tags)}"
        return {one.id for one in topics if any(has_word(text, word) for word in (*one.words, *one.hints))}

    def shipped(story: Labelled) -> set[str]:
        return {placing.topic for placing in classifier.place((), story.title, story.teaser, story.tags)}

    stories = labelled(corpus)
    for split in ("tune", "test"):
        some = [story for story in stories if story.split == split]
        for name, place in (("any word", any_word), ("classifier", shipped)):
            print(f"{split}  {name:10}  {report(some, place)}")
    for story in stories if misses else ():
        if story.split == "tune" and (found := shipped(story)) != story.topics:
            why = "; ".join(f"{one.topic}: {one.why}" for one in classifier.place((), story.title, story.teaser))
            print(f"- {story.title[:90]} | wanted {sorted(story.topics)} found {sorted(found)} | {why}")


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "misses"]
    main(Path(given[0] if given else HERE.parent.parent.parent / "shared" / "corpus"), "misses" in sys.argv)
