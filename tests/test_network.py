"""The guard that keeps tests on this machine guards."""

from __future__ import annotations

import contextlib
import socket

import pytest
import requests

from tests.network import Guard, LeftTheMachineError, is_local_address
from tests.web import Asked, Page, Web

ELSEWHERE = ("192.0.2.1", 9)  # TEST-NET-1, RFC 5737: nobody lives there


@pytest.fixture
def guard() -> Guard:
    return Guard()


def test_an_attempt_to_leave_fails_the_test_even_if_the_code_swallowed_it(guard):
    with (
        pytest.raises(LeftTheMachineError, match=r"192\.0\.2\.1"),
        guard.watching(),
        contextlib.suppress(AssertionError),
    ):
        guard.hear("socket.connect", (None, ELSEWHERE))


def test_a_connection_elsewhere_is_refused_before_it_is_made(guard):
    guard.armed = True
    with pytest.raises(LeftTheMachineError):
        guard.hear("socket.connect", (None, ELSEWHERE))


def test_an_address_in_figures_is_not_mistaken_for_a_name_that_does_not_resolve(guard):
    guard.armed = True
    guard.hear("socket.getaddrinfo", (ELSEWHERE[0], 80, 0, 0, 0))
    with pytest.raises(LeftTheMachineError):
        guard.hear("socket.connect", (None, ELSEWHERE))


def test_a_foreign_name_does_not_resolve():
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("ki-news.example", 80)


@pytest.mark.parametrize(
    "address", [("127.0.0.1", 80), ("127.8.9.1", 80), ("::1", 80, 0, 0), "/run/socket", ("localhost", 1)]
)
def test_loopback_is_this_machine(address):
    assert is_local_address(address)


@pytest.mark.parametrize("address", [ELSEWHERE, ("10.0.0.1", 80), ("2001:db8::1", 80, 0, 0), ("ki-news.example", 80)])
def test_anything_else_is_not(address):
    assert not is_local_address(address)


def test_the_web_serves_what_was_put_and_tells_what_was_asked(web: Web):
    address = web.put("/feed.xml", "<rss/>", content_type="application/rss+xml")
    answer = requests.get(address, headers={"User-Agent": "feeder"}, timeout=5)
    assert (answer.content, answer.headers["Content-Type"]) == (b"<rss/>", "application/rss+xml")
    assert web.asked[0].headers["User-Agent"] == "feeder"


def test_the_web_answers_304_to_its_own_etag_until_the_page_changes(web: Web):
    address = web.put("/feed.xml", "one")
    etag = requests.get(address, timeout=5).headers["ETag"]
    assert requests.get(address, headers={"If-None-Match": etag}, timeout=5).status_code == 304
    web.put("/feed.xml", "two")
    assert requests.get(address, headers={"If-None-Match": etag}, timeout=5).content == b"two"


def test_the_web_answers_304_to_its_own_last_modified(web: Web):
    date = "Sun, 22 Nov 2026 07:00:00 GMT"
    address = web.put("/feed.xml", "one", last_modified=date)
    assert requests.get(address, headers={"If-Modified-Since": date}, timeout=5).status_code == 304


def test_a_page_may_depend_on_the_request(web: Web):
    def echo(asked: Asked) -> Page:
        return Page(asked.body, 201)

    web.pages["/echo"] = echo
    answer = requests.post(web.url("/echo"), data=b"hello", timeout=5)
    assert (answer.status_code, answer.content) == (201, b"hello")


def test_what_is_not_there_is_not_found(web: Web):
    assert requests.get(web.url("/nowhere"), timeout=5).status_code == 404
