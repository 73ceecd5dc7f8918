"""How long a server wants to be left alone is understood, bounded, and never guessed from garbage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.sources.caching import MAX_FRESH, MAX_WAIT, freshness, longest, retry_after

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("3600", HOUR),
        (" 3600 ", HOUR),
        ("0", timedelta(0)),
        ("99999999999999999999", MAX_WAIT),
        ("Sun, 22 Nov 2026 08:00:00 GMT", HOUR),
        ("Sunday, 22-Nov-26 08:00:00 GMT", HOUR),
        ("Sun, 22 Nov 2026 06:00:00 GMT", timedelta(0)),
        ("Sun, 22 Nov 2099 08:00:00 GMT", MAX_WAIT),
        ("-1", None),
        ("1.5", None),
        ("³", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_understood(value, wait):
    assert retry_after({"Retry-After": value}, NOW) == wait


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=3600"}, HOUR),
        ({"Cache-Control": 'public, Max-Age="3600"'}, HOUR),
        ({"Cache-Control": "max-age=3600", "Age": "600"}, timedelta(minutes=50)),
        ({"Cache-Control": "max-age=3600", "Age": "7200"}, timedelta(0)),
        ({"Cache-Control": "max-age=3600, max-age=1"}, HOUR),
        ({"Cache-Control": "max-age=31536000"}, MAX_FRESH),
        ({"Cache-Control": "max-age=3600, no-cache"}, timedelta(0)),
        ({"Cache-Control": "no-store", "Expires": "Sun, 22 Nov 2026 08:00:00 GMT"}, timedelta(0)),
        ({"Cache-Control": "s-maxage=3600"}, None),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "max-age=x, ="}, None),
        ({"Cache-Control": "max-age=60", "Expires": "Sun, 22 Nov 2026 08:00:00 GMT"}, timedelta(minutes=1)),
        ({"Expires": "Sun, 22 Nov 2026 08:00:00 GMT"}, HOUR),
        ({"Expires": "Sun, 22 Nov 2026 08:00:00 GMT", "Date": "Sun, 22 Nov 2026 07:30:00 GMT"}, HOUR / 2),
        ({"Expires": "Sun, 22 Nov 2026 06:00:00 GMT"}, timedelta(0)),
        ({"Expires": "0"}, timedelta(0)),
        ({"Expires": "Sun, 22 Nov 2099 08:00:00 GMT"}, MAX_FRESH),
    ],
)
def test_freshness_is_understood(headers, wait):
    assert freshness(headers, NOW) == wait


@given(st.text(), st.text(), st.text(), st.text())
def test_garbage_is_no_time_and_no_crash(control: str, expires: str, date: str, retry: str) -> None:
    headers = {"Cache-Control": control, "Expires": expires, "Date": date, "Retry-After": retry}
    assert timedelta(0) <= (freshness(headers, NOW) or timedelta(0)) <= MAX_FRESH
    assert timedelta(0) <= (retry_after(headers, NOW) or timedelta(0)) <= MAX_WAIT


def test_the_longer_of_two_waits_counts_a_day_at_most():
    assert longest(None, None) is None
    assert longest(timedelta(0), None) == timedelta(0)
    assert longest(HOUR, 2 * HOUR) == 2 * HOUR
    assert longest(None, MAX_WAIT) == MAX_FRESH
