"""Validators, ranges and codings by RFC 9110, for whatever a client sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.web.conditions import codings, fails, http_date, matches, moment, part, unchanged

TAG = '"abc"'
TAGS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"'), max_size=8)
WHEN = 1_795_000_000.7


@pytest.mark.parametrize(
    ("header", "weakly", "strongly"),
    [
        ('"abc"', True, True),
        ('W/"abc"', True, False),
        ('"x", W/"abc" , "y"', True, False),
        (' "x" ,"abc"', True, True),
        (',, "abc" ,', True, True),
        ("*", True, True),
        ('"ab"', False, False),
        ("abc", False, False),
        ('w/"abc"', False, False),
        ('"abc" "x"', False, False),
        ('"a,b", "abc"', True, True),
        ("", False, False),
    ],
)
def test_a_list_of_tags_is_compared_weakly_for_304_and_strongly_for_412(
    header: str, weakly: bool, strongly: bool
) -> None:
    assert matches(header, TAG, weak=True) is weakly
    assert matches(header, TAG, weak=False) is strongly


@given(st.lists(st.tuples(st.booleans(), TAGS)), TAGS)
def test_a_tag_is_found_in_every_list_that_holds_it_and_in_no_other(listed: list[tuple[bool, str]], tag: str) -> None:
    header = ", ".join(f'{"W/" if weak else ""}"{words}"' for weak, words in listed)
    assert matches(header, f'"{tag}"', weak=True) is (tag in [words for _, words in listed])
    assert matches(header, f'"{tag}"', weak=False) is ((False, tag) in listed)


@given(st.text(max_size=60))
def test_whatever_stands_in_the_headers_nothing_breaks(words: str) -> None:
    headers = dict.fromkeys(("if-none-match", "if-range", "range", "if-match"), words)
    unchanged(headers, TAG, WHEN)
    fails(headers, TAG, WHEN)
    codings(words)
    moment(words)
    unchanged({"if-modified-since": words}, TAG, WHEN)
    try:
        found = part({"range": words}, 10, TAG, WHEN)
    except ValueError:
        return
    assert found is None or 0 <= found.first <= found.last < 10


def test_if_none_match_alone_decides_where_it_stands() -> None:
    assert not unchanged({"if-none-match": '"old"', "if-modified-since": http_date(WHEN)}, TAG, WHEN)
    assert unchanged({"if-modified-since": http_date(WHEN)}, TAG, WHEN)
    assert not unchanged({"if-modified-since": http_date(WHEN - 2)}, TAG, WHEN)
    assert not unchanged({"if-modified-since": http_date(WHEN)}, TAG, None)
    assert not unchanged({"if-modified-since": "gestern"}, TAG, WHEN)
    assert not unchanged({}, TAG, WHEN)


def test_if_match_alone_decides_where_it_stands() -> None:
    assert not fails({"if-match": TAG, "if-unmodified-since": http_date(0)}, TAG, WHEN)
    assert fails({"if-match": f"W/{TAG}"}, TAG, WHEN)
    assert fails({"if-unmodified-since": http_date(WHEN - 5)}, TAG, WHEN)
    assert not fails({"if-unmodified-since": http_date(WHEN)}, TAG, WHEN)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 20))
def test_a_range_is_what_a_slice_of_the_bytes_is(first: int, last: int, size: int) -> None:
    data = bytes(range(size))
    for header, wanted in (
        (f"bytes={first}-{last}", data[first : last + 1]),
        (f"bytes={first}-", data[first:]),
        (f"bytes=-{last}", data[-last:] if last else b""),
    ):
        try:
            found = part({"range": header}, size, TAG, WHEN)
        except ValueError:
            assert wanted == b""
            continue
        if found is None:
            assert last < first
        else:
            assert data[found.first : found.last + 1] == wanted
            assert wanted


@pytest.mark.parametrize("header", ["bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes 1-2", ""])
def test_what_is_no_single_range_of_bytes_gets_the_whole(header: str) -> None:
    assert part({"range": header}, 10, TAG, WHEN) is None


@pytest.mark.parametrize(
    ("header", "holds"),
    [(TAG, True), (f"W/{TAG}", False), ('"other"', False), (http_date(WHEN), True), (http_date(WHEN - 1), False)],
)
def test_a_part_of_another_version_is_never_sent(header: str, holds: bool) -> None:
    assert (part({"range": "bytes=0-1", "if-range": header}, 10, TAG, WHEN) is not None) is holds


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("gzip, deflate, br", ("br", "gzip")),
        ("gzip;q=1.0, br;q=0.5", ("gzip", "br")),
        ("br;q=0, gzip", ("gzip",)),
        ("*", ("br", "gzip")),
        ("*;q=0", ()),
        ("identity", ()),
        ("x-gzip", ("gzip",)),
        ("GZIP ; Q=0.3", ("gzip",)),
        ("gzip;q=2", ()),
        ("", ()),
    ],
)
def test_the_asker_chooses_the_coding(header: str, wanted: tuple[str, ...]) -> None:
    assert codings(header) == wanted
