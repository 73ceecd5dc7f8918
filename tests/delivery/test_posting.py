from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from feeder.delivery.posting import Posted, post, server
from feeder.errors import DeliveryError
from tests.web import Page, Web, serving


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as running:
        yield running


def refused(url: str, timeout: float = 5) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        post(url, b"", {}, timeout)
    return caught.value


def test_what_is_posted_arrives_as_it_is_with_headers_in_utf_8(web: Web) -> None:
    address = web.put("/hook", "Danke,\n gern.", status=202)
    assert post(address, b"\x00 body", {"X-Title": "Störung"}, 5) == Posted(202, "Danke, gern.")
    asked = web.asked[0]
    assert (asked.method, asked.body) == ("POST", b"\x00 body")
    assert asked.headers["X-Title"].encode("latin-1").decode() == "Störung"


@pytest.mark.parametrize(
    ("status", "later"),
    [*((status, True) for status in (408, 425, 429, 500, 503)), *((status, False) for status in (301, 304, 400, 410))],
)
def test_a_refusal_says_whether_later_may_help(web: Web, status: int, later: bool) -> None:
    error = refused(web.put("/hook", b"", status=status))
    assert (error.retry, str(status) in str(error)) == (later, True)


def test_a_redirect_is_not_followed_and_named_by_its_host_alone(web: Web) -> None:
    web.put("/there", b"", status=200)
    error = refused(web.put("/hook", b"", status=307, location=web.url("/there?key=geheim")))
    assert [asked.path for asked in web.asked] == ["/hook"]
    assert "leads to 127.0.0.1" in str(error)
    assert "geheim" not in str(error)


def test_no_message_holds_what_of_an_address_is_secret(web: Web) -> None:
    def echo(asked: object) -> Page:
        return Page(f"no {asked} but /services/T0/B0/geheim?key=pst!%2F and me:passwort".encode(), 400)

    web.pages["/services/T0/B0/geheim?key=pst!%2F"] = echo
    address = web.url("/services/T0/B0/geheim?key=pst!%2F").replace("//", "//user:passwort@")
    closed = address.replace(f":{web.port}", ":9")
    for error in (refused(address), refused(closed), refused(address.replace("http:", "https:"))):
        for secret in ("geheim", "pst", "passwort", "user"):
            assert secret not in str(error)
            assert error.__suppress_context__ or error.__context__ is None
    assert server(address) == web.url("")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), (" 7 ", 7), ("999999999", 86_400), ("soon", None), ("", None), ("-3", None), ("٣", None)],
)
def test_retry_after_is_given_back_and_bounded(web: Web, value: str, seconds: int | None) -> None:
    headers = {"Retry-After": value} if value.isascii() else {"Retry-After": value.encode().decode("latin-1")}
    web.pages["/hook"] = Page(b"", 503, headers)
    assert refused(web.url("/hook")).wait == (None if seconds is None else timedelta(seconds=seconds))


def test_retry_after_may_be_a_date(web: Web) -> None:
    web.pages["/later"] = Page(b"", 429, {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(hours=1))})
    web.pages["/over"] = Page(b"", 429, {"Retry-After": "Fri, 01 Jan 1999 00:00:00 GMT"})
    wait = refused(web.url("/later")).wait
    assert wait is not None
    assert timedelta(minutes=55) < wait <= timedelta(hours=1)
    assert refused(web.url("/over")).wait == timedelta(0)


def test_a_server_that_is_not_there_is_asked_again_later() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        error = refused(f"http://127.0.0.1:{unused.getsockname()[1]}/geheim")
    assert error.retry
    assert "the connection was refused" in str(error)


@contextmanager
def dripping(start: bytes, drop: bytes) -> Iterator[str]:
    """A server that begins an answer and never ends it, a drop at a time."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        with suppress(OSError):
            sock = listening.accept()[0]
            with sock:
                sock.sendall(start)
                while not over.wait(0.05):
                    sock.sendall(drop)

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        over.set()
        listening.close()
        thread.join()


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_a_server_that_drips_is_left_when_the_time_is_over(start: bytes) -> None:
    before = time.monotonic()
    with dripping(start, b"a") as address:
        error = refused(address, timeout=0.4)
    assert error.retry
    assert time.monotonic() - before < 3


def test_no_more_of_an_answer_is_read_than_its_first_words() -> None:
    with dripping(b"HTTP/1.1 200 OK\r\n\r\n" + b"word " * 2000, b"word " * 1000) as address:
        assert post(address, b"", {}, 5).words == ("word " * 40)[:200]
