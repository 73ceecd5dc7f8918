"""Heads of requests and answers, as servers write them and as they should not."""

from __future__ import annotations

import io
from http.client import BadStatusLine, HTTPException, IncompleteRead, LineTooLong, RemoteDisconnected

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.sources.head import MAX_FIELDS, MAX_LINE, Fields, authority, fields, is_last, length_of, request_head
from feeder.sources.head import status_line as read_status

NAMES = st.from_regex(r"[A-Za-z0-9-]{1,20}", fullmatch=True)
VALUES = st.from_regex(r"([!-~\xa1-\xff]([ -~\xa1-\xff]{0,30}[!-~\xa1-\xff])?)?", fullmatch=True)


def read(head: bytes) -> dict[str, str]:
    return dict(fields(io.BytesIO(head).readline))


@given(st.dictionaries(NAMES.map(str.lower), VALUES, max_size=20), st.sampled_from(["\r\n", "\n"]))
def test_what_is_written_is_read(said, end):
    head = "".join(f"{name.title()}:  {value}\t{end}" for name, value in said.items()) + end
    assert read(head.encode("latin-1")) == said


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(said):
    try:
        found = read(said)
    except HTTPException:
        return
    for name, value in found.items():
        assert name
        assert not set("\r\n\0") & set(name + value)


def test_fields_are_found_whatever_their_capitals():
    found = Fields({"etag": '"a"'})
    assert (found["ETag"], found.get("ETAG"), found.get("Age"), found.get("Age", "0")) == ('"a"', '"a"', None, "0")
    assert "Etag" in found
    assert "Age" not in found


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"Vary: a\r\nX: 1\r\nvary: b\r\n\r\n", {"vary": "a, b", "x": "1"}),
        (b"X: one\r\n  two\r\n\tthree\r\n\r\n", {"x": "one two three"}),
        (b"  folded: into nothing\r\nX: 1\r\n\r\n", {"x": "1"}),
        (b"no field\r\nX: 1\r\n\r\n", {"x": "1"}),
        (b"no field\r\n folded\r\nX: 1\r\n\r\n", {"x": "1"}),
        (b"X: 1\r\nno field\r\n folded\r\n\r\n", {"x": "1"}),
        (b"Transfer-Encoding : chunked\r\n: 1\r\nX: 1\r\n\r\n", {"x": "1"}),
        (b"X: a\rContent-Length: 5\0\r\n\r\n", {"x": "a Content-Length: 5"}),
        (b"\r\nX: 1\r\n\r\n", {}),
    ],
)
def test_what_is_no_field_harms_no_other(head, said):
    assert read(head) == said


@pytest.mark.parametrize(
    ("head", "error"),
    [
        (b"X: 1\r\n" * (MAX_FIELDS + 1) + b"\r\n", HTTPException),
        (b"X: " + b"1" * MAX_LINE + b"\r\n\r\n", LineTooLong),
        (b"X: 1\r\n", IncompleteRead),
        (b"X: 1", IncompleteRead),
    ],
)
def test_a_head_without_measure_or_end_is_refused(head, error):
    with pytest.raises(error):
        read(head)
    assert len(read(b"".join(b"X%d: 1\r\n" % n for n in range(MAX_FIELDS)) + b"\r\n")) == MAX_FIELDS


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"HTTP/1.1 200 OK\r\n", (11, 200, "OK")),
        (b"HTTP/1.0 404 Nicht gefunden \n", (10, 404, "Nicht gefunden")),
        (b"HTTP/1.1 304\r\n", (11, 304, "")),
        (b"HTTP/1.1 200 \xc4\r\n", (11, 200, "\xc4")),
    ],
)
def test_a_status_line_is_read(line, said):
    assert read_status(line) == said


@pytest.mark.parametrize(
    "line",
    [b"SSH-2.0-OpenSSH\r\n", b"HTTP/2 200\r\n", b"HTTP/1.1 20\r\n", b"HTTP/1.1 2000 OK\r\n", b"HTTP/1.1\r\n", b"\r\n"],
)
def test_what_is_no_status_line_is_refused(line):
    with pytest.raises(BadStatusLine):
        read_status(line)


def test_a_status_line_without_end_and_no_line_at_all_are_told_apart():
    with pytest.raises(LineTooLong):
        read_status(b"HTTP/1.1 200 " + b"O" * MAX_LINE)
    with pytest.raises(RemoteDisconnected):
        read_status(b"")


@pytest.mark.parametrize(
    ("status", "said", "length"),
    [
        (200, "7", 7),
        (200, "7, 7", 7),
        (200, "7, 8", None),
        (200, "-7", None),
        (200, "", None),
        (200, "\xb2", None),
        (200, None, None),
        (304, "7", 0),
        (204, None, 0),
    ],
)
def test_a_length_is_believed_where_there_is_one(status, said, length):
    assert length_of(status, Fields({} if said is None else {"content-length": said})) == length


@pytest.mark.parametrize(
    ("version", "said", "last"),
    [
        (11, {}, False),
        (11, {"connection": "Close"}, True),
        (10, {}, True),
        (10, {"connection": "Keep-Alive"}, False),
        (10, {"keep-alive": "timeout=5"}, False),
        (11, {"content-length": "7", "transfer-encoding": "chunked"}, True),
    ],
)
def test_a_server_that_hangs_up_says_so(version, said, last):
    assert is_last(version, Fields(said)) is last


@pytest.mark.parametrize(
    ("scheme", "host", "port", "name"),
    [
        ("http", "a.example", 80, "a.example"),
        ("https", "a.example", 443, "a.example"),
        ("http", "a.example", 443, "a.example:443"),
        ("https", "a.example", 80, "a.example:80"),
        ("http", "::1", 80, "[::1]"),
        ("https", "::1", 8443, "[::1]:8443"),
    ],
)
def test_a_host_is_named_with_its_port_unless_it_is_the_schemes_own(scheme, host, port, name):
    assert authority(scheme, host, port) == name


def test_a_request_is_written_whole():
    head = request_head("a.example", "/feed?a=1", {"Accept": "*/*", "Cookie": "a=\xe4"})
    assert head == b"GET /feed?a=1 HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\nCookie: a=\xe4\r\n\r\n"


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/a b", {}),
        ("/a\r\nX: 1", {}),
        ("/\xe4", {}),
        ("", {}),
        ("/", {"X": "1\r\nY: 2"}),
        ("/", {"X": "1\n"}),
        ("/", {"X": "1\r"}),
        ("/", {"X\r\n": "1"}),
        ("/", {"X": "\0"}),
        ("/", {"X": "\u20ac"}),
    ],
)
def test_nothing_is_smuggled_into_a_request(target, headers):
    with pytest.raises(ValueError):
        request_head("a.example", target, headers)
