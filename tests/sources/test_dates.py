"""Dates as feeds really write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.sources.dates import read_date

AT_SIX = "2026-11-22T06:00:00+00:00"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Sun, 22 Nov 2026 07:00:00 +0100", AT_SIX),
        ("Sun, 22 Nov 2026 06:00:00 GMT", AT_SIX),
        ("Sun, 22 Nov 2026 01:00:00 EST", AT_SIX),
        ("Sun, 22 Nov 2026 07:00:00  CET", AT_SIX),
        ("Sun, 22 Nov 2026 07:00 MEZ", AT_SIX),
        ("22 Nov 2026 07:00:00 +01:00", AT_SIX),
        ("22 Nov 26 07:00 +0100", AT_SIX),
        ("Sun 22 Nov 2026 06:00:00 UT", AT_SIX),
        ("Sun, 22-Nov-2026 06:00:00 GMT", AT_SIX),
        ("Sun, 22 Nov 2026 08:00:00 GMT+2", AT_SIX),
        ("Sun, 22 Nov 2026 08:00:00 UTC+02:00", AT_SIX),
        ("Sun, 22 Nov 2026 08:00:00 +0200 (EET)", AT_SIX),
        ("Sun, 22 November 2026 06:00:00 Z", AT_SIX),
        ("So, 22. November 2026, 07:00 MEZ", AT_SIX),
        ("Sonntag, 22. Nov. 2026 07:00:00 +0100", AT_SIX),
        ("Dom, 22 Nov 2026 03:00:00 -0300", AT_SIX),
        ("dim., 22 nov. 2026 06:00:00 GMT", AT_SIX),
        ("Foo, 22 Nov 2026 06:00:00 GMT", AT_SIX),
        ("Sun Nov 22 2026 06:00:00 GMT", AT_SIX),
        ("Sun Nov 22 07:00:00 CET 2026", AT_SIX),
        ("November 22, 2026 6:00 am", AT_SIX),
        ("11/22/2026 6:00:00 AM", AT_SIX),
        ("22/11/2026 06:00", AT_SIX),
        ("22.11.2026 06:00", AT_SIX),
        ("2026-11-22T07:00:00+01:00", AT_SIX),
        ("2026-11-22T07:00:00+0100", AT_SIX),
        ("2026-11-22T06:00:00Z", AT_SIX),
        ("2026-11-22T06:00Z", AT_SIX),
        ("2026-11-22T06:00:00.000000000Z", AT_SIX),
        ("2026-11-22 06:00:00", AT_SIX),
        ("2026-11-22 07:00:00 +0100", AT_SIX),
        ("2026-11-22T06:00:00 Z", AT_SIX),
        ("2026/11/22 06:00", AT_SIX),
        ("1795327200", AT_SIX),
        ("  2026-11-22T06:00:00Z\n", AT_SIX),
        ("Sat, 21 Nov 2026 30:00:00 GMT", None),
        ("Sat, 21 Nov 2026 24:00:00 GMT", "2026-11-22T00:00:00+00:00"),
        ("2026-11-22", "2026-11-22T00:00:00+00:00"),
        ("Donnerstag, 5. März 2026", "2026-03-05T00:00:00+00:00"),
        ("mar., 24 févr. 2015 00:00:00 GMT", "2015-02-24T00:00:00+00:00"),
        ("Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40+00:00"),
        ("Thu, 5 Juil 2012 10:00 Z", "2012-07-05T10:00:00+00:00"),
        ("Thu, 7 Juin 2012 10:00 Z", "2012-06-07T10:00:00+00:00"),
        ("2020/1/10 14:33", "2020-01-10T14:33:00+00:00"),  # feedparser: the first of November
        ("Mon, 6 Sep 2021 7:05:00 PM EST", "2021-09-07T00:05:00+00:00"),
        ("Wed, 31 Dec 97 12:00:00 GMT", "1997-12-31T12:00:00+00:00"),
        ("Tue, 30 Jun 2015 23:59:60 GMT", "2015-06-30T23:59:59+00:00"),
        ("Sun, 22 Nov 2026 06:00:00 XYZ", AT_SIX),  # an unknown zone is UTC: the day still tells old from new
    ],
)
def test_what_feeds_write_is_read(written, meant):
    assert read_date(written) == (meant and datetime.fromisoformat(meant))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "?",
        "heute",
        "yesterday at noon",
        "0001-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "9999-12-31T23:59:59Z",
        "2026-02-30T00:00:00Z",
        "Sun, 31 Nov 2026 07:00:00 GMT",
        "Sun, 22 Foo 2026 07:00:00 GMT",
        "10/11/2026",  # October or November: not to be told, so not to be guessed
        "2026-11-22T25:00:00Z",
        "2026-11-22T06:61:00Z",
        "<iframe src=javascript:prompt(/pubdate/)>",
        "{{ page.date }}",
        "1" * 500,
    ],
)
def test_what_cannot_be_read_for_sure_stays_missing(written):
    assert read_date(written) is None


MOMENTS = st.datetimes(min_value=datetime(1972, 1, 1), max_value=datetime(2099, 12, 30))  # noqa: DTZ001 - zones are added
ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENTS, ZONES)
def test_what_python_writes_is_read_back(moment, zone):
    local = moment.replace(microsecond=0, tzinfo=zone)
    for written in (format_datetime(local), local.isoformat(), local.isoformat(" ")):
        read = read_date(written)
        assert read == local
        assert read.tzinfo is UTC


@given(st.text(max_size=120))
def test_any_text_is_a_date_or_none(written):
    read = read_date(written)
    assert read is None or read.tzinfo is UTC
