"""The flood brake: what is no news is held, what a source is like is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from feeder.curation.flood import flood
from feeder.model import Arrivals, Listing

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def rhythm(*counts: int, last: datetime = AT) -> tuple[Arrivals, ...]:
    """What came on the days before, the last of them yesterday; a day without anything is not remembered."""
    days = [(last - (len(counts) - n) * DAY).date().isoformat() for n in range(len(counts))]
    return tuple(Arrivals(day, count) for day, count in zip(days, counts, strict=True) if count)


def look(
    new: int, listed: int, ages: Sequence[timedelta] = (), arrivals: Sequence[Arrivals] = (), after: timedelta = HOUR
) -> str | None:
    """The verdict on a look whose dated new items have these ages by turns."""
    dates = [AT - ages[n % len(ages)] if ages else None for n in range(new)]
    return flood(Listing(AT, listed, new, AT - after), arrivals, dates)


def test_an_archive_listed_again_under_new_ids_is_held_with_its_figures():
    said = look(35, 35, [n * 7 * DAY for n in range(1, 36)], rhythm(1, 0, 2, 1, 0, 0, 1))
    assert said == "35 of 35 items are new, 35 of them dated before the last look: held"


def test_an_archive_is_held_even_where_the_rhythm_is_not_known_yet():
    assert look(35, 35, [30 * DAY]) is not None


def test_undated_items_that_all_are_new_are_held_where_that_is_far_more_than_usual():
    assert look(35, 35, (), rhythm(1, 0, 2, 1, 0, 0, 1)) == "35 of 35 items are new, expected were at most 2: held"


def test_a_sudden_burst_of_fresh_items_is_held():
    assert look(200, 500, [HOUR / 2], rhythm(5, 8, 6, 7)) is not None


@pytest.mark.parametrize(
    ("new", "listed", "ages", "arrivals", "after"),
    [
        pytest.param(300, 300, [9 * HOUR], rhythm(210, 190, 0, 0), HOUR, id="arXiv on a Monday"),
        pytest.param(27, 50, [10 * HOUR, 20 * HOUR, 26 * HOUR], (), DAY, id="the best of a day, rhythm unknown"),
        pytest.param(34, 50, [10 * HOUR, 30 * HOUR], rhythm(27, 31, 31, 22), DAY, id="the best of a day"),
        pytest.param(12, 12, [DAY, 40 * DAY, 60 * DAY], rhythm(11, 12, 12), DAY, id="daily papers, dated long before"),
        pytest.param(18, 25, [HOUR], rhythm(2, 1, 0, 1), HOUR, id="the day of a conference"),
        pytest.param(10, 10, [60 * DAY], rhythm(1, 0, 1), HOUR, id="ten"),
        pytest.param(40, 40, [n * DAY for n in range(1, 29)], rhythm(1, 2, 1, last=AT - 30 * DAY), 30 * DAY, id="away"),
        pytest.param(19, 20, [], rhythm(1, 0, 1, 1), HOUR, id="too few for a burst"),
        pytest.param(60, 60, [HOUR], rhythm(30, 0), DAY, id="rhythm not known yet"),
    ],
)
def test_what_a_source_is_like_is_not_held(new, listed, ages, arrivals, after):
    assert look(new, listed, ages, arrivals, after) is None


def test_a_first_look_is_a_baseline_and_no_flood():
    assert flood(Listing(AT, 500, 500, None), (), [AT - 900 * DAY] * 500) is None


def test_an_archive_is_held_also_after_a_long_absence():
    arrivals = rhythm(1, 0, 0, 0, 0, 0, 1, last=AT - 30 * DAY)
    assert look(35, 35, [n * 30 * DAY for n in range(2, 37)], arrivals, 30 * DAY) is not None
