"""Which options of trafilatura find the texts of recorded pages best: python -m benchmarks.extract_text [corpus].

Two measures: F1 of words against what fundus' own parsers take from the same page (bags of words, mean over pages),
and the hits of trafilatura's evaluation: snippets that must be in the text, and that must not. Our own choice,
`feeder.sources.fulltext`, stands beside trafilatura's defaults and other options; times are CPU seconds for all pages.
"""

from __future__ import annotations

import csv
import json
import logging
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import Any

import trafilatura

from feeder.sources.fulltext import NoTextError, full_text
from feeder.sources.html_page import read_html
from feeder.sources.linked_data import linked_article
from feeder.text import plain

Extract = Callable[[str, bytes], str]


@dataclass(frozen=True)
class Page:
    """A recorded page with what is expected of it: words of fundus, or snippets of trafilatura's evaluation."""

    file: str
    url: str
    body: bytes
    words: Counter[str] = field(default_factory=Counter)
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


def words(text: str) -> Counter[str]:
    """The words of a text, each as often as it stands there."""
    return Counter(re.findall(r"\w+", text.casefold()))


def pages(corpus: Path) -> Iterator[Page]:
    """The recorded pages of which something is expected."""
    gold = corpus / "articles" / "gold"
    snippets = json.loads((gold / "trafilatura_eval.json").read_text(encoding="utf-8"))
    with (corpus / "corpus.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("articles/")]
    for row in rows:
        body = (corpus / row["file"]).read_bytes()
        url = match[1] if (match := re.search(r"url: (\S+?);", row["notes"])) else "https://example.org/x"
        if expected := snippets.get(row["file"]):
            yield Page(row["file"], url, body, Counter(), tuple(expected["with"]), tuple(expected["without"]))
        elif "fundus" in row["source_repo"] and (found := told(gold, row["source_path"], body)):
            yield Page(row["file"], url, body, words(found))


def told(gold: Path, source_path: str, body: bytes) -> str:
    """What fundus takes from a page: of a publisher's expectations, the one whose words stand in it."""
    *_, country, name = source_path.split("/")
    file = gold / f"fundus_{country}_{name.split('_')[0]}.json"
    page = read_html(body)
    if not file.is_file() or page is None:
        return ""
    shown = set(words(" ".join(str(piece) for piece in page.itertext())))
    shares = []
    for version in json.loads(file.read_text(encoding="utf-8")).values():
        text = body_of(version.get("body"))
        expected = set(words(text))
        shares.append((len(expected & shown) / max(1, len(expected)), len(expected), text))
    share, _, text = max(shares, default=(0.0, 0, ""))
    return text if share > 0.9 else ""


def body_of(found: Any) -> str:
    """The words of a fundus article body: summary, headlines and paragraphs."""
    if not isinstance(found, dict):
        return ""
    parts = [*found.get("summary", ())]
    for section in found.get("sections", ()):
        parts += [*section.get("headline", ()), *section.get("paragraphs", ())]
    return "\n".join(parts)


def f1(found: Counter[str], expected: Counter[str]) -> tuple[float, float, float]:
    """Precision, recall and their harmonic mean over words."""
    common = (found & expected).total()
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / found.total(), common / expected.total()
    return precision, recall, 2 * precision * recall / (precision + recall)


def with_options(**options: Any) -> Extract:
    """Trafilatura as it comes, with these options."""

    def extract(url: str, body: bytes) -> str:
        return trafilatura.extract(body, url=url, **options) or ""

    return extract


def ours(_: str, body: bytes) -> str:
    """What feeder keeps, as text."""
    page = read_html(body)
    try:
        return (
            plain(full_text(page, len(body), linked_article(page).body).value.replace("><", "> <"))
            if page is not None
            else ""
        )
    except NoTextError:
        return ""


def linked_body(_: str, body: bytes) -> str:
    """The text that a page gives to machines, where it does."""
    page = read_html(body)
    return "" if page is None else plain(linked_article(page).body)


ROWS: dict[str, Extract] = {
    "feeder": ours,
    "trafilatura": with_options(),
    "  without comments": with_options(include_comments=False),
    "  without comments, fast": with_options(include_comments=False, fast=True),
    "  without comments, precision": with_options(include_comments=False, favor_precision=True),
    "  without comments, recall": with_options(include_comments=False, favor_recall=True),
    "  without comments and tables": with_options(include_comments=False, include_tables=False),
    "JSON-LD's articleBody": linked_body,
}


def measure(extract: Extract, all_pages: list[Page]) -> str:
    """One row of the table."""
    scores: list[tuple[float, float, float]] = []
    hits, wanted, slips, unwanted = 0, 0, 0, 0
    started, empty = process_time(), 0
    for page in all_pages:
        text = extract(page.url, page.body)
        empty += not text
        if page.words:
            scores.append(f1(words(text), page.words))
        folded = " ".join(text.split())
        hits += sum(" ".join(each.split()) in folded for each in page.wanted)
        slips += sum(" ".join(each.split()) in folded for each in page.unwanted)
        wanted, unwanted = wanted + len(page.wanted), unwanted + len(page.unwanted)
    precision, recall, mean = (sum(each[n] for each in scores) / len(scores) for n in range(3))
    seconds = process_time() - started
    precise = hits / (hits + slips) if hits else 0.0
    found = hits / wanted
    both = 2 * precise * found / (precise + found) if hits else 0.0
    return (
        f"{mean:6.3f} {precision:6.3f} {recall:6.3f} | {hits:4d}/{wanted} {slips:4d}/{unwanted} {both:6.3f}"
        f" | {empty:3d} {seconds:6.1f} s"
    )


def main() -> None:
    """Print the table."""
    logging.disable(logging.CRITICAL)
    corpus = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared" / "corpus")
    all_pages = list(pages(corpus))
    fundus = sum(bool(page.words) for page in all_pages)
    print(f"{fundus} pages with fundus' expectations, {len(all_pages) - fundus} with trafilatura's snippets")
    print(f"{'':32}     F1 precis. recall | wanted  unwanted     F1 | none   CPU")
    for name, extract in ROWS.items():
        print(f"{name:32} {measure(extract, all_pages)}", flush=True)


if __name__ == "__main__":
    main()
