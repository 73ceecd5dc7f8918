"""The shipped threshold on the labelled set: what docs/same-story.md says of it must stay true."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.same_story.figures import figures
from benchmarks.same_story.labelled import Pair, pairs, week
from feeder.curation.likeness import SAME_FROM
from feeder.curation.same_story import Window


@pytest.fixture(scope="module")
def scored(corpus: Path) -> list[tuple[Pair, float]]:
    """The pairs of the test split with their scores in a window that holds the whole week."""
    articles = week(corpus)
    window = Window(articles.values())
    return [(pair, window.score(pair.one, pair.other)) for pair in pairs(corpus, articles) if pair.split == "test"]


def test_a_likely_merge_is_right_in_97_of_100(scored: list[tuple[Pair, float]]):
    precision, _, _ = figures([(score >= SAME_FROM, pair.is_same) for pair, score in scored])
    assert precision >= 0.97


def test_the_check_finds_what_it_found_when_it_shipped(scored: list[tuple[Pair, float]]):
    _, _, f1 = figures([(score >= SAME_FROM, pair.is_same) for pair, score in scored])
    assert f1 >= 0.71


def test_it_finds_more_than_agency_copy(scored: list[tuple[Pair, float]]):
    answers = [(score >= SAME_FROM, pair.is_same) for pair, score in scored if pair.kind != "agency"]
    precision, recall, _ = figures(answers)
    assert precision >= 0.93
    assert recall >= 0.27


def test_no_german_and_english_pair_is_merged_wrongly(scored: list[tuple[Pair, float]]):
    wrong = [pair for pair, score in scored if pair.kind == "de-en" and score >= SAME_FROM and not pair.is_same]
    assert wrong == []
