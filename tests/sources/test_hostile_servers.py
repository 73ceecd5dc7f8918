"""Servers that lie, flood and move: what they cost is bounded, what they say for good is remembered."""

from __future__ import annotations

import gzip
import socket
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import brotli
import pytest

from feeder.config.sections import Gathering
from feeder.errors import FetchError
from feeder.sources import adapter, wire
from feeder.sources.guard import Guard
from feeder.sources.http import Fetcher
from feeder.sources.redirects import LostError, Trail
from feeder.sources.resolving import resolve
from tests.sources.test_http import raw_server
from tests.web import Asked, Page, Web

HERE = Gathering(
    timeout=timedelta(seconds=5), max_bytes=100_000, pause=timedelta(0), allow_networks=("127.0.0.0/8", "::1/128")
)


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(HERE, "feeder/1") as made:
        yield made


def failure(fetcher: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.get("heise", url)
    return caught.value


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=1),
}


@pytest.mark.parametrize("packing", PACKERS)
def test_what_we_ask_for_packed_is_unpacked(web, fetcher, packing):
    url = web.put("/feed.xml", PACKERS[packing](b"<rss/>"), content_encoding=packing)
    assert fetcher.get("heise", url).body == b"<rss/>"
    assert packing in web.asked[0].headers["Accept-Encoding"]


@pytest.mark.parametrize("packings", [("br",), ("deflate",), ("br", "br"), ("gzip", "br")])
def test_no_bomb_goes_off(web, fetcher, packings):
    bomb = b"\x00" * 100_000_000
    for packing in packings:
        bomb = PACKERS[packing](bomb)
    url = web.put("/feed.xml", bomb, content_encoding=", ".join(packings))
    started = time.process_time()
    assert "more than 100000 bytes" in str(failure(fetcher, url))
    assert time.process_time() - started < 1


def test_what_is_packed_three_times_is_not_unpacked(web, fetcher):
    body = b"<rss/>"
    for _ in range(3):
        body = gzip.compress(body)
    assert "nobody asked for" in str(failure(fetcher, web.put("/a", body, content_encoding="gzip, gzip, gzip")))


def flood(beginning: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        connection.sendall(beginning)
        for _ in range(100_000):
            connection.sendall(piece * 100)

    return serve


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Flood: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Flood: ", b"x" * 100),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 ", b"2" * 100),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x" * 100),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b""), gzip.compress(b"") * 10),
    ],
    ids=["headers", "one header", "continue", "status line", "crumbs", "extension", "empty members"],
)
def test_a_flood_is_left(fetcher, beginning, piece):
    with raw_server(flood(beginning, piece)) as url:
        started, worked = time.monotonic(), time.process_time()
        message = str(failure(fetcher, url))
    assert url in message
    assert "took too long" not in message
    assert time.monotonic() - started < 4
    assert time.process_time() - worked < 3  # the server's work is in it


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\nConnection: close\r\n\r\n<rss/>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>HTTP/1.1 200 OK\r\n\r\nsmuggled",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<rss/>\r\n0\r\n\r\n",
        b"HTTP/1.0 200\r\n\r\n<rss/>",
    ],
    ids=["negative", "more than announced", "two lengths", "no reason"],
)
def test_lies_about_the_length_change_nothing(fetcher, answer):
    with raw_server(lambda connection: connection.sendall(answer)) as url:
        assert fetcher.get("heise", url).body == b"<rss/>"


def test_what_follows_an_answer_is_not_the_next_answer(fetcher):
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled"
    with raw_server(lambda connection: connection.sendall(answer)) as url:
        assert [fetcher.get("heise", url).body for _ in range(3)] == [b"<rss/>"] * 3


def chain(web: Web, *statuses: int) -> str:
    for n, status in enumerate(statuses):
        web.put(f"/{n}", b"moved", status=status, location=f"/{n + 1}")
    web.put(f"/{len(statuses)}", b"<rss/>")
    return web.url("/0")


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ((), None),
        ((301,), "/1"),
        ((308, 301), "/2"),
        ((301, 302), "/1"),
        ((301, 307, 301), "/1"),
        ((302, 301), None),
        ((303,), None),
        ((307, 308), None),
    ],
)
def test_what_moved_for_good_is_told_as_far_as_it_did(web, fetcher, statuses, moved_to):
    response = fetcher.get("heise", chain(web, *statuses))
    assert response.url == web.url(f"/{len(statuses)}")
    assert response.moved_to == (moved_to and web.url(moved_to))


def test_a_source_that_moved_and_did_not_change_is_still_told_to_have_moved(web, fetcher):
    url = chain(web, 301)
    first = fetcher.get("heise", url)
    second = fetcher.get("heise", url, etag=first.etag)
    assert (second.not_modified, second.moved_to) == (True, web.url("/1"))


def test_redirects_at_one_host_use_one_connection(web, fetcher):
    url = chain(web, 302, 302, 302)
    opened = []
    connect = socket.socket.connect

    def counting(sock: socket.socket, address: object) -> None:
        opened.append(address)
        connect(sock, address)  # type: ignore[arg-type]  # as it came

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", counting)
        fetcher.get("heise", url)
    assert len(opened) == 1


def test_a_redirect_from_https_to_http_is_followed_and_never_remembered():
    trail = Trail()
    assert trail.after("https://a.example/feed", 301, "http://a.example/new#top") == "http://a.example/new"
    assert trail.moved_to is None
    trail = Trail()
    trail.after("http://a.example/feed", 301, "https://a.example/feed")
    assert trail.moved_to == "https://a.example/feed"


def test_a_redirect_to_what_is_no_address_is_said():
    with pytest.raises(LostError, match="no address"):
        Trail().after("https://a.example/feed", 301, "http://[::1/")


def test_gone_is_told(web, fetcher):
    assert failure(fetcher, web.put("/a", b"", status=410)).gone
    assert not failure(fetcher, web.put("/b", b"", status=404)).gone


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_wants_to_be_left_alone_is_heard(web, fetcher, status):
    url = web.put("/feed.xml", b"", status=status, retry_after="120")
    assert failure(fetcher, url).wait == timedelta(minutes=2)
    assert failure(fetcher, web.put("/feed.xml", b"", status=status)).wait is None
    assert failure(fetcher, web.put("/feed.xml", b"", status=status, retry_after="99999999")).wait == timedelta(days=7)


def test_how_long_an_answer_stays_good_is_told(web, fetcher):
    url = web.put("/feed.xml", b"<rss/>", cache_control="max-age=600")
    first = fetcher.get("heise", url)
    assert first.wait == timedelta(minutes=10)
    assert fetcher.get("heise", url, etag=first.etag).wait == timedelta(minutes=10)
    assert fetcher.get("heise", web.put("/a", b"<rss/>", retry_after="1200")).wait == timedelta(minutes=20)
    assert fetcher.get("heise", web.put("/b", b"<rss/>")).wait is None


@pytest.fixture
def many_names(monkeypatch) -> None:
    """The server listens on one address; let every name lead there."""
    monkeypatch.setattr(wire, "resolve", lambda _, port, seconds: resolve("127.0.0.1", port, seconds))


@pytest.mark.usefixtures("many_names")
def test_no_thread_loses_its_connection_to_another_threads_host(web):
    web.put("/feed.xml", b"<rss/>")
    urls = [f"http://host{n}.example:{web.port}/feed.xml" for n in range(300)]
    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # between any two steps of a thread, others get far
    try:
        with Fetcher(HERE.model_copy(update={"workers": 1}), "feeder/1") as fetcher, ThreadPoolExecutor(16) as threads:
            answers = list(threads.map(lambda url: fetcher.get("heise", url).body, urls * 2))
    finally:
        sys.setswitchinterval(switching)
    assert answers == [b"<rss/>"] * 600


@pytest.fixture
def opened(monkeypatch) -> list[socket.socket]:
    """Every socket that is opened from now on."""
    sockets: list[socket.socket] = []
    connect = wire._connected

    def noting(sock: socket.socket, address: object) -> socket.socket:
        sockets.append(connect(sock, address))
        return sockets[-1]

    monkeypatch.setattr(wire, "_connected", noting)
    return sockets


def still_open(sockets: list[socket.socket]) -> int:
    return sum(sock.fileno() != -1 for sock in sockets)


@pytest.mark.usefixtures("many_names")
def test_connections_of_hosts_asked_long_ago_are_not_kept(web, opened):
    web.put("/feed.xml", b"<rss/>")
    with Fetcher(HERE.model_copy(update={"workers": 2}), "feeder/1") as fetcher:
        for n in range(20):
            fetcher.get("heise", f"http://host{n}.example:{web.port}/feed.xml")
            assert still_open(opened) == min(n + 1, 4)
        fetcher.get("heise", f"http://host18.example:{web.port}/feed.xml")
        assert len(opened) == 20
    assert still_open(opened) == 0


@pytest.mark.usefixtures("many_names")
def test_connections_that_idled_too_long_are_closed_with_the_next_answer(web, opened, monkeypatch):
    web.put("/feed.xml", b"<rss/>")
    with Fetcher(HERE, "feeder/1") as fetcher:
        for name in ("a", "b", "c"):
            fetcher.get("heise", f"http://{name}.example:{web.port}/feed.xml")
        assert still_open(opened) == 3
        later = time.monotonic() + wire.IDLE_SECONDS
        monkeypatch.setattr(adapter, "monotonic", lambda: later)
        fetcher.get("heise", f"http://d.example:{web.port}/feed.xml")
        assert still_open(opened) == 1


def test_a_connection_that_idled_too_long_is_not_used(web, opened, monkeypatch):
    url = web.put("/feed.xml", b"<rss/>")
    with Fetcher(HERE, "feeder/1") as fetcher:
        fetcher.get("heise", url)
        fetcher.get("heise", url)
        assert len(opened) == 1
        monkeypatch.setattr(wire, "IDLE_SECONDS", 0.0)
        fetcher.get("heise", url)
        assert (len(opened), still_open(opened)) == (2, 1)


@pytest.mark.parametrize(
    ("status", "headers"),
    [(200, {}), (304, {}), (302, {"location": "/other"}), (404, {}), (200, {"connection": "close"})],
)
def test_no_connection_is_left_open_or_given_to_two(web, opened, status, headers):
    web.put("/other", b"<rss/>")
    url = web.put("/feed.xml", b"" if status == 304 else b"x", status=status, validators=False, **headers)
    with Fetcher(HERE, "feeder/1") as fetcher:
        for _ in range(3):
            with suppress(FetchError):
                fetcher.get("heise", url, etag='"a"')
            assert still_open(opened) == len(fetcher._adapter.resting)
        assert len(opened) == (3 if status == 404 or headers.get("connection") else 1)
    assert still_open(opened) == 0


def test_an_answer_that_is_not_read_to_its_end_closes_its_connection(web, opened):
    url = web.put("/feed.xml", b"x" * 200_000)
    with Fetcher(HERE, "feeder/1") as fetcher:
        failure(fetcher, url)
        assert (len(opened), still_open(opened)) == (1, 0)


def test_no_connection_rests_once_all_are_closed(web, opened):
    resting = adapter.Resting(4)
    connection = wire.Connection("127.0.0.1", web.port, None)
    with wire.bound_by(wire.Bounds(time.monotonic() + 5, 1000, Guard(HERE.allow_networks))):
        connection.connect()
    resting.close()
    resting.give(("http", "127.0.0.1", web.port), connection)
    assert (len(resting), still_open(opened)) == (0, 0)


def test_a_server_that_hangs_up_without_a_word_is_asked_anew(opened, monkeypatch):
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>"
    monkeypatch.setattr(wire.Connection, "serves", lambda _: True)  # that it hung up is not seen in time
    with raw_server(lambda connection: connection.sendall(answer)) as url, Fetcher(HERE, "feeder/1") as fetcher:
        assert [fetcher.get("heise", url).body for _ in range(3)] == [b"<rss/>"] * 3
    assert len(opened) == 3


def test_the_time_of_a_connections_first_request_is_not_that_of_its_second(web, fetcher):
    enough = threading.Event()
    url = web.put("/feed.xml", b"<rss/>")
    fetcher.get("heise", url)

    def hang(_: Asked) -> Page:
        enough.wait(10)
        return Page(b"")

    web.pages["/feed.xml"] = hang
    began = time.monotonic()
    with fetcher.within(timedelta(seconds=0.3)):
        failure(fetcher, url)
    enough.set()
    assert time.monotonic() - began < 3
