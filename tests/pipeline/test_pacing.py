"""When a message may leave."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from feeder.pipeline.pacing import DOMAINS, Pace, next_try
from tests.newsroom import NOW

MINUTE = timedelta(minutes=1)


def test_tries_come_later_and_later_until_patience_ends():
    tries = [next_try(n, NOW, timedelta(hours=2)) for n in range(1, 7)]
    assert tries == [NOW + n * MINUTE for n in (1, 5, 15, 30, 60, 60)]
    assert next_try(8, NOW, timedelta(hours=2)) is None
    assert next_try(1, NOW, MINUTE) is not None
    assert next_try(2, NOW, MINUTE) is None


def test_without_rates_nothing_waits():
    pace = Pace(None, None)
    for _ in range(3):
        pace.leaves("ada@post.test", 5.0)
        assert pace.wait("ada@post.test", 5.0) == 0


@given(st.lists(st.sampled_from(["a@eins.test", "b@EINS.test", "c@zwei.test"]), min_size=2), st.integers(1, 600))
def test_rates_are_kept_in_all_and_to_each_domain(addresses: list[str], per_minute: int):
    pace, now = Pace(per_minute * 2, per_minute), 0.0
    left: list[tuple[float, str]] = []
    for address in addresses:
        now += pace.wait(address, now)
        pace.leaves(address, now)
        left.append((now, address.rpartition("@")[2].lower()))
    times = [at for at, _ in left]
    assert all(later - at >= 30 / per_minute - 1e-6 for at, later in pairwise(times))
    one = [at for at, domain in left if domain == "eins.test"]
    assert all(later - at >= 60 / per_minute - 1e-6 for at, later in pairwise(one))


def test_domains_that_are_free_again_are_forgotten():
    pace = Pace(None, 60)
    for n in range(3 * DOMAINS):
        pace.leaves(f"a@post{n}.test", float(n))
    assert len(pace._domains) <= DOMAINS
