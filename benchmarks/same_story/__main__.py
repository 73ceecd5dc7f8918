"""Our same-story check beside others on the labelled set: make bench-same-story.

Prints the table of docs/same-story.md: precision, recall and F1 on the test split with 95 % bootstrap intervals over
pairs, our lead over each with a paired interval, F1 without agency copy, CPU time a pair; then the whole week told hour
by hour, its purity and its twenty largest stories; then speed. Titles are printed and never kept.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from time import process_time

from benchmarks.same_story.approaches import Approach, ours, rivals
from benchmarks.same_story.figures import Answer, figures, interval, lead
from benchmarks.same_story.labelled import Pair, addresses, corpus, pairs, week
from benchmarks.same_story.speed import cost
from benchmarks.same_story.stream import quality, told
from feeder.curation.same_story import Window
from feeder.model import Trace

LARGEST = 20
SIZES = (1_000, 10_000, 100_000)


def main() -> None:
    """Print all tables."""
    root = corpus()
    if root is None:
        sys.exit("No corpus: set FEEDER_CORPUS to the folder that holds headlines/german-week.jsonl.")
    articles = week(root)
    labelled = pairs(root, articles)
    window = Window(articles.values())
    tune = [pair for pair in labelled if pair.split == "tune"]
    test = [pair for pair in labelled if pair.split == "test"]
    print(
        f"Test split: {len(test)} pairs, {sum(pair.is_same for pair in test)} the same. 95 % intervals in brackets.\n"
    )
    print("| approach | precision | recall | F1 | our F1 is above by | F1 without agency copy | µs a pair |")
    print("|---|---|---|---|---|---|---|")
    approaches = rivals(addresses(root)) + ours(window, tune, list(articles.values()))
    shipped = _answers(approaches[-1], test)
    for approach in approaches:
        print(_row(approach, test, shipped), flush=True)
    _follow(labelled, articles)
    print("\n| stories in the window | s to build | s to look 500 up | MB |\n|---|---|---|---|")
    for size in SIZES:
        one = cost(list(articles.values()), size)
        print(f"| {size:,} | {one.build:.2f} | {one.lookup:.2f} | {one.megabytes:.0f} |", flush=True)


def _answers(approach: Approach, test: Sequence[Pair]) -> list[Answer]:
    return [(approach.says(pair), pair.is_same) for pair in test]


def _row(approach: Approach, test: Sequence[Pair], shipped: Sequence[Answer]) -> str:
    start = process_time()
    answers = _answers(approach, test)
    micro = (process_time() - start) / len(test) * 1e6
    cells = []
    for of, value in enumerate(figures(answers)):
        low, high = interval(answers, of)
        cells.append(f"{value:.3f} [{low:.3f}, {high:.3f}]")
    above, low, high = lead(shipped, answers)
    cells.append("" if answers == shipped else f"{above:+.3f} [{low:+.3f}, {high:+.3f}]")
    reworded = [answer for answer, pair in zip(answers, test, strict=True) if pair.kind != "agency"]
    return f"| {approach.name} | {' | '.join(cells)} | {figures(reworded)[2]:.3f} | {micro:.0f} |"


def _follow(labelled: Sequence[Pair], articles: dict[str, Trace]) -> None:
    start = process_time()
    week_told = told(articles.values())
    seconds = process_time() - start
    stories = week_told.stories()
    print(f"\nThe week hour by hour: {len(articles):,} items, {len(stories):,} stories, ", end="")
    print(f"{len(week_told.followups)} follow-ups, {seconds:.1f} s.\n")
    print("| events of | purity | found | precision of pairs | recall of pairs |\n|---|---|---|---|---|")
    for split in ("tune", "test"):
        one = quality(week_told, labelled, split)
        print(f"| {split} | {one.purity:.3f} | {one.found:.3f} | {one.precision:.3f} | {one.recall:.3f} |")
    for items in stories[:LARGEST]:
        print(f"\n{len(items)} items of {len({articles[item].item.source_id for item in items})} publishers:")
        for item in items[:4]:
            print(f"    {articles[item].at:%d.%m. %H} h  {articles[item].title[:110]}")


if __name__ == "__main__":
    main()
