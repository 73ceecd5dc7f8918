"""What models answered and cost, alike on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from feeder.store import Store
from feeder.store.models import Spent
from tests.store.samples import NOW

DAY = "2026-11-23"


def test_an_answer_is_found_by_what_was_asked_and_replaced(store: Store):
    assert store.models.answer("a") is None
    store.models.keep("a", "modell", "eins", NOW)
    store.models.keep("a", "modell", "zwei", NOW)
    assert store.models.answer("a") == "zwei"
    assert store.models.answer("b") is None


def test_answers_are_kept_for_ninety_days(store: Store):
    store.models.keep("old", "modell", "alt", NOW)
    store.models.keep("young", "modell", "jung", NOW + timedelta(days=90))
    assert store.models.answer("old") == "alt"
    store.models.keep("new", "modell", "neu", NOW + timedelta(days=90, seconds=1))
    assert (store.models.answer("old"), store.models.answer("young")) == (None, "jung")


def test_a_day_starts_with_nothing_spent(store: Store):
    assert store.models.spent(DAY) == Spent(0, 0, 0.0)


@pytest.mark.parametrize("limits", [(2_500, 10.0), (10_000, 0.025)], ids=["tokens", "euros"])
def test_what_would_pass_a_limit_is_not_reserved(store: Store, limits: tuple[int, float]):
    assert [store.models.reserve(DAY, 1_000, 0.01, limits) for _ in range(3)] == [True, True, False]
    assert store.models.spent(DAY) == Spent(2, 2_000, 0.02)
    assert store.models.reserve("2026-11-24", 1_000, 0.01, limits)


def test_what_was_not_used_is_there_again(store: Store):
    limits = (1_000, 1.0)
    assert store.models.reserve(DAY, 1_000, 0.01, limits)
    store.models.settle(DAY, -900, -0.009)
    assert store.models.spent(DAY) == Spent(1, 100, 0.001)
    assert store.models.reserve(DAY, 900, 0.01, limits)


def test_several_at_once_do_not_pass_the_limit_together(store: Store):
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: store.models.reserve(DAY, 100, 0.001, (500, 1.0)), range(12)))
    assert sum(taken) == 5
    assert store.models.spent(DAY).tokens == 500
