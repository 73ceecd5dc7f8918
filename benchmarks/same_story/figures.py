"""Precision, recall and F1 of yes or no answers, with their intervals."""

from __future__ import annotations

import random
from collections.abc import Sequence

ROUNDS = 2_000
# What was said, and what is true.
Answer = tuple[bool, bool]


def figures(answers: Sequence[Answer]) -> tuple[float, float, float]:
    """Precision, recall and F1 of answers, each with the truth; precision is 1 where nothing was said."""
    right = sum(said and is_true for said, is_true in answers)
    said, true = sum(said for said, _ in answers), sum(is_true for _, is_true in answers)
    precision, recall = right / said if said else 1.0, right / true if true else 0.0
    return precision, recall, 2 * right / (said + true)


def interval(answers: Sequence[Answer], of: int) -> tuple[float, float]:
    """The middle 95 % of one figure over pairs drawn anew."""
    chance = random.Random(1)
    drawn = sorted(figures(chance.choices(answers, k=len(answers)))[of] for _ in range(ROUNDS))
    return drawn[int(ROUNDS * 0.025)], drawn[int(ROUNDS * 0.975)]


def lead(answers: Sequence[Answer], others: Sequence[Answer]) -> tuple[float, float, float]:
    """By how much the F1 of answers is above that of others to the same pairs, and the middle 95 % of that: each time
    both are drawn anew by the same pairs, so that what is hard for both does not blur what parts them."""
    chance = random.Random(1)
    drawn = []
    for _ in range(ROUNDS):
        places = chance.choices(range(len(answers)), k=len(answers))
        drawn.append(figures([answers[i] for i in places])[2] - figures([others[i] for i in places])[2])
    drawn.sort()
    return figures(answers)[2] - figures(others)[2], drawn[int(ROUNDS * 0.025)], drawn[int(ROUNDS * 0.975)]
