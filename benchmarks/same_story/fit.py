"""Fit the weights of feeder/curation/likeness.py on the tune split, and choose the thresholds there.

    .venv/bin/python -m benchmarks.same_story.fit

Prints what to write into that file. The test split is not looked at. Words are weighed by how rare they are among the
week's articles of the tune days.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from math import exp
from operator import attrgetter

from benchmarks.same_story.labelled import Pair, corpus, pairs, week
from feeder.curation.likeness import WEIGHED, is_barred
from feeder.curation.same_story import Window

FIRST_TEST_DAY = "2025-12-31"
PRECISION = 0.98
STIFFNESS = 0.5  # of the L2 penalty
Row = tuple[float, ...]


def main() -> None:
    """Print weights, thresholds and what they give on the tune split, cross-validated too."""
    root = corpus()
    if root is None:
        sys.exit("No corpus: set FEEDER_CORPUS to the folder that holds headlines/german-week.jsonl.")
    articles = week(root)
    window = Window(trace for trace in articles.values() if trace.at.date().isoformat() < FIRST_TEST_DAY)
    tune = [pair for pair in pairs(root, articles) if pair.split == "tune"]
    parts = [window.parts(pair.one, pair.other) for pair in tune]
    tune = [pair for pair, one in zip(tune, parts, strict=True) if not is_barred(one)]
    rows = [(1.0, *attrgetter(*WEIGHED)(one)) for one in parts if not is_barred(one)]
    for name, labels in (("SAME", {"same"}), ("RELATED", {"same", "followup"})):
        truth = [pair.label in labels for pair in tune]
        weights = fitted(rows, truth)
        print(f"{name}_WEIGHTS = {{")
        for part, weight in zip(("base", *WEIGHED), weights, strict=True):
            print(f'    "{part}": {weight:.2f},')
        print("}")
        _thresholds(name, cross_validated(rows, truth), truth, tune)


def fitted(rows: Sequence[Row], truth: Sequence[bool]) -> list[float]:
    """Logistic regression with an L2 penalty, by Newton's method."""
    size = len(rows[0])
    weights = [0.0] * size
    for _ in range(25):
        slope = [-STIFFNESS * weight if i else 0.0 for i, weight in enumerate(weights)]
        bend = [[STIFFNESS * (i == j and i > 0) for j in range(size)] for i in range(size)]
        for row, is_true in zip(rows, truth, strict=True):
            guess = chance(row, weights)
            for i, value in enumerate(row):
                slope[i] += (is_true - guess) * value
                for j in range(size):
                    bend[i][j] += guess * (1 - guess) * value * row[j]
        step = solved(bend, slope)
        weights = [weight + change for weight, change in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-6:
            break
    return weights


def chance(row: Row, weights: Sequence[float]) -> float:
    """The logistic of a row."""
    z = sum(weight * value for weight, value in zip(weights, row, strict=True))
    return 1 / (1 + exp(-max(-30.0, min(30.0, z))))


def solved(matrix: list[list[float]], values: list[float]) -> list[float]:
    """Solve linear equations by Gauss and Jordan."""
    rows = [[*row, value] for row, value in zip(matrix, values, strict=True)]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda j: abs(rows[j][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for j, row in enumerate(rows):
            if j != i:
                rows[j] = [value - row[i] * lead for value, lead in zip(row, rows[i], strict=True)]
    return [row[-1] for row in rows]


def cross_validated(rows: Sequence[Row], truth: Sequence[bool], folds: int = 10) -> list[float]:
    """The chance of each row by weights that were fitted on the other folds."""
    order = list(range(len(rows)))
    random.Random(1).shuffle(order)
    chances = [0.0] * len(rows)
    for fold in range(folds):
        held_out = set(order[fold::folds])
        others = [i for i in order if i not in held_out]
        weights = fitted([rows[i] for i in others], [truth[i] for i in others])
        for i in held_out:
            chances[i] = chance(rows[i], weights)
    return chances


def _thresholds(name: str, chances: Sequence[float], truth: Sequence[bool], tune: Sequence[Pair]) -> None:
    for goal in (0.95, 0.97, PRECISION, 0.99):
        at = lowest(chances, truth, goal)
        taken = [pair for pair, one in zip(tune, chances, strict=True) if one >= at]
        found = sum(t for t, one in zip(truth, chances, strict=True) if one >= at)
        print(f"{name}_FROM = {at:.3f}  # precision {goal}, recall {found / sum(truth):.3f}, {len(taken)} pairs")


def lowest(chances: Sequence[float], truth: Sequence[bool], precision: float) -> float:
    """The lowest threshold from which precision holds."""
    best, right = 1.0, 0
    for n, (score, is_true) in enumerate(sorted(zip(chances, truth, strict=True), reverse=True), 1):
        right += is_true
        if right / n >= precision:
            best = score
    return best


if __name__ == "__main__":
    main()
