"""Fetching from a real server on loopback that does what servers on the web do."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest

from feeder.config.sections import Gathering
from feeder.errors import FetchError
from feeder.sources.http import Fetcher
from tests.web import Asked, Page

AGENT = "feeder/1 (+https://ki-news.example/)"
LOOPBACK = ("127.0.0.0/8", "::1/128")
HERE = Gathering(timeout=timedelta(seconds=5), max_bytes=100_000, pause=timedelta(0), allow_networks=LOOPBACK)


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(HERE, AGENT) as made:
        yield made


@pytest.fixture
def hasty() -> Iterator[Fetcher]:
    with Fetcher(HERE.model_copy(update={"timeout": timedelta(seconds=1)}), AGENT) as made:
        yield made


@contextmanager
def raw_server(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection after another with `serve`, below HTTP."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)

        def loop() -> None:
            while not stop.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection:
                    try:
                        connection.recv(65536)
                        serve(connection)
                    except OSError:
                        pass

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/feed.xml"
        stop.set()
        thread.join()


def refusal(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        fetcher.get("heise", url)
    assert caught.value.source_id == "heise"
    return str(caught.value)


def test_a_document_comes_with_its_validators(web, fetcher):
    url = web.put(
        "/feed.xml", b"<rss/>", content_type="application/rss+xml", last_modified="Sun, 22 Nov 2026 07:00:00 GMT"
    )
    response = fetcher.get("heise", url)
    assert (response.status, response.url, response.body) == (200, url, b"<rss/>")
    assert response.content_type == "application/rss+xml"
    assert response.etag
    assert response.last_modified == "Sun, 22 Nov 2026 07:00:00 GMT"
    assert not response.not_modified


def test_we_say_who_we_are_and_what_we_can_read(web, fetcher):
    fetcher.get("heise", web.put("/feed.xml", b"<rss/>"))
    headers = web.asked[0].headers
    assert headers["User-Agent"] == AGENT
    assert "application/atom+xml" in headers["Accept"]
    assert "gzip" in headers["Accept-Encoding"]
    assert not {"Cookie", "Authorization", "If-None-Match", "If-Modified-Since"} & set(headers)


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_what_has_not_changed_is_not_sent_again(web, fetcher, header):
    url = web.put("/feed.xml", b"<rss/>", last_modified="Sun, 22 Nov 2026 07:00:00 GMT")
    first = fetcher.get("heise", url)
    if header == "ETag":
        second = fetcher.get("heise", url, etag=first.etag)
    else:
        second = fetcher.get("heise", url, last_modified=first.last_modified)
    assert second.not_modified
    assert (second.status, second.body) == (304, b"")


def test_a_304_that_nobody_asked_for_is_a_failure(web, fetcher):
    assert "304" in refusal(fetcher, web.put("/feed.xml", b"", status=304))


def test_a_connection_is_used_again(web, fetcher):
    url = web.put("/feed.xml", b"<rss/>")
    ports = set()

    def note(_: Asked) -> Page:
        ports.add(threading.get_ident())  # a thread of the server per connection
        return Page(b"<rss/>")

    web.pages["/feed.xml"] = note
    for _ in range(3):
        fetcher.get("heise", url)
    assert len(ports) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_final_address_is_told(web, fetcher, status):
    target = web.put("/new/feed.xml", b"<rss/>")
    url = web.put("/feed.xml", b"", status=status, location="new/feed.xml")
    assert fetcher.get("heise", url).url == target


def test_a_redirect_may_name_its_target_in_utf8(web, fetcher):
    web.put("/%C3%BCber.xml", b"<rss/>")
    url = web.put("/feed.xml", b"", status=302, location="/über.xml".encode().decode("latin-1"))
    assert fetcher.get("heise", url).body == b"<rss/>"


def test_five_redirects_are_followed_and_the_sixth_is_not(web, fetcher):
    for n in range(6):
        web.put(f"/{n}", b"", status=302, location=f"/{n + 1}")
    web.put("/6", b"<rss/>")
    assert fetcher.get("heise", web.url("/1")).body == b"<rss/>"
    assert "5 redirects" in refusal(fetcher, web.url("/0"))


def test_a_redirect_loop_ends(web, fetcher):
    assert "in a circle" in refusal(fetcher, web.put("/feed.xml", b"", status=302, location="/feed.xml"))
    web.put("/a", b"", status=302, location="/b")
    web.put("/b", b"", status=302, location="/a#again")
    assert "in a circle" in refusal(fetcher, web.url("/a"))
    assert len(web.asked) == 3


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/feed", "javascript:alert(1)"])
def test_a_redirect_away_from_the_web_is_refused(web, fetcher, target):
    message = refusal(fetcher, web.put("/feed.xml", b"", status=302, location=target))
    assert "no http or https address" in message


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/etc/passwd", "", "http://", "http://[::1", "feed.xml"])
def test_only_the_web_is_read(fetcher, url):
    assert "no http or https address" in refusal(fetcher, url)


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "login"), (404, "new one"), (410, "remove"), (429, "too often"), (500, "next time")]
)
def test_a_status_is_told_with_advice(web, fetcher, status, advice):
    url = web.put("/feed.xml", b"no", status=status)
    message = refusal(fetcher, url)
    assert url in message
    assert str(status) in message
    assert advice in message


def test_a_message_tells_no_password_and_no_key(web, fetcher):
    url = web.url("/feed.xml?key=secret").replace("http://", "http://me:hidden@")
    message = refusal(fetcher, url)
    assert "hidden" not in message
    assert "secret" not in message
    assert "/feed.xml" in message


def test_a_login_in_the_address_is_used(web, fetcher):
    fetcher.get("heise", web.put("/feed.xml", b"<rss/>").replace("http://", "http://me:hidden@"))
    assert web.asked[0].headers["Authorization"] == "Basic bWU6aGlkZGVu"


def test_netrc_and_the_variables_of_requests_play_no_part(web, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password hidden\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path / "missing.pem"))
    with Fetcher(HERE, AGENT) as fetcher:
        fetcher.get("heise", web.put("/feed.xml", b"<rss/>"))
    assert "Authorization" not in web.asked[0].headers


def test_a_proxy_of_the_environment_is_used(web, monkeypatch):
    monkeypatch.setenv("http_proxy", web.url("/"))
    monkeypatch.delenv("no_proxy", raising=False)
    web.put("http://feeds.example/feed.xml", b"<rss/>")
    with Fetcher(HERE, AGENT) as fetcher:
        assert fetcher.get("heise", "http://feeds.example/feed.xml").body == b"<rss/>"
    assert web.asked[0].path == "http://feeds.example/feed.xml"


def test_no_proxy_is_honoured(web, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Fetcher(HERE, AGENT) as fetcher:
        assert fetcher.get("heise", web.put("/feed.xml", b"<rss/>")).body == b"<rss/>"


def test_a_name_that_does_not_resolve_is_said(fetcher):
    assert "does not resolve" in refusal(fetcher, "http://nowhere.invalid/feed.xml")


def test_a_refused_connection_is_said(fetcher):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "refuses connections" in refusal(fetcher, f"http://127.0.0.1:{port}/feed.xml")


def test_a_server_that_speaks_no_tls_is_not_trusted(web, fetcher):
    assert "does not speak HTTPS" in refusal(fetcher, web.url("/feed.xml").replace("http:", "https:"))


def test_a_server_that_hangs_up_is_said(fetcher):
    with raw_server(lambda connection: connection.close()) as url:
        assert "cannot be fetched" in refusal(fetcher, url)


def test_half_an_answer_is_a_failure(fetcher):
    with raw_server(lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss>")) as url:
        assert "cannot be fetched" in refusal(fetcher, url)


def test_what_is_no_http_is_a_failure(fetcher):
    with raw_server(lambda c: c.sendall(b"\x00\x01\x02 hello\r\n\r\n")) as url:
        assert "cannot be fetched" in refusal(fetcher, url)


def drip(beginning: bytes, piece: bytes, enough: threading.Event) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        connection.sendall(beginning)
        while not enough.wait(0.1):
            connection.sendall(piece)

    return serve


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"),
        (b"HTTP/1.1 200 ", b"O"),
        (b"", b""),
    ],
    ids=["body", "chunks", "headers", "status line", "silence"],
)
def test_a_server_that_drips_is_left_when_the_time_is_over(hasty, beginning, piece):
    enough = threading.Event()
    with raw_server(drip(beginning, piece, enough)) as url:
        started = time.monotonic()
        threading.Timer(4, enough.set).start()
        message = refusal(hasty, url)
        took = time.monotonic() - started
        enough.set()
    assert "took too long: 1 seconds" in message
    assert took < 3.5


def test_the_time_counts_for_all_redirects_together(web, hasty):
    def slow(asked: Asked) -> Page:
        time.sleep(0.4)
        return Page(b"", 302, {"Location": asked.path + "x"})

    for n in range(1, 7):
        web.pages["/" + "x" * n] = slow
    started = time.monotonic()
    assert "took too long" in refusal(hasty, web.url("/x"))
    assert time.monotonic() - started < 2.2


def test_a_slow_answer_does_not_shorten_the_next_one(web, hasty):
    def slow(_: Asked) -> Page:
        time.sleep(0.7)
        return Page(b"<rss/>")

    web.pages["/feed.xml"] = slow
    for _ in range(2):
        assert hasty.get("heise", web.url("/feed.xml")).body == b"<rss/>"


def test_a_document_of_the_greatest_size_is_read_and_one_byte_more_is_not(web, fetcher):
    assert len(fetcher.get("heise", web.put("/a", b"x" * 100_000)).body) == 100_000
    assert "more than 100000 bytes" in refusal(fetcher, web.put("/b", b"x" * 100_001))


def test_an_announced_size_is_believed_when_it_is_too_large(fetcher):
    with raw_server(lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n")) as url:
        assert "more than 100000 bytes" in refusal(fetcher, url)


def test_an_endless_answer_ends(fetcher):
    def serve(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 10_000)

    with raw_server(serve) as url:
        assert "more than 100000 bytes" in refusal(fetcher, url)


@pytest.mark.parametrize("times", [1, 2])
def test_a_bomb_of_gzip_does_not_go_off(web, fetcher, times):
    bomb = b"\x00" * 200_000_000
    for _ in range(times):
        bomb = gzip.compress(bomb)
    url = web.put("/feed.xml", bomb, content_encoding=", ".join(["gzip"] * times))
    started = time.process_time()
    assert "more than 100000 bytes" in refusal(fetcher, url)
    assert time.process_time() - started < 0.5


def test_a_packed_document_is_unpacked(web, fetcher):
    assert fetcher.get("heise", web.put("/a", gzip.compress(b"<rss/>"), content_encoding="gzip")).body == b"<rss/>"


def test_a_broken_package_is_a_failure(web, fetcher):
    assert "cannot be fetched" in refusal(fetcher, web.put("/a", b"no gzip", content_encoding="gzip"))


def test_a_packing_that_nobody_asked_for_is_a_failure(web, fetcher):
    assert "packed as sdch" in refusal(fetcher, web.put("/a", b"?", content_encoding="sdch"))


def test_many_threads_share_a_fetcher(web, fetcher):
    bodies = [str(n).encode() * 1000 for n in range(40)]
    urls = [web.put(f"/{n}", body) for n, body in enumerate(bodies)]
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda url: fetcher.get("heise", url), urls))
    assert [response.body for response in responses] == bodies


def test_all_connections_share_one_tls_context(web, monkeypatch):
    made = []
    create = ssl.create_default_context

    def counting(*_: object, **__: object) -> ssl.SSLContext:
        made.append(1)
        return create()

    monkeypatch.setattr(ssl, "create_default_context", counting)
    with Fetcher(HERE, AGENT) as fetcher:
        for host in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
            refusal(fetcher, f"https://{host}:{web.port}/")
    assert len(made) == 1
