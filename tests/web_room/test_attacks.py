"""The real server under what strangers send: nothing is served that is not public, and others are answered."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web_room.asking import Site, free_port, listens, waits_for

HIDDEN = (
    "config.toml", "feeder.db", "feeds/.hidden.txt", "feeds/.feeder-writing-rss.xml", "feeds/README.md",
    "feeds/link.txt", "feeds/out/aside.txt", "feeds/out/config.toml", "feeds/pipe.txt", "feeds/folder.txt",
    "feeds/.gone/topics/alt/rss.xml", "feeds/rss.xml.br", "feeds/rss.xml.gz",
)  # fmt: skip
UPWARDS = (
    "/../", "/%2e%2e/", "/..%2f", "/%2e%2e%2f", "/.%2e/", "/..%5c", "/..\\",
    "/%5c..%5c", "/%252e%252e%252f", "/..%252f",
    "/....//", "/.../", "/..;/", "/%c0%ae%c0%ae/", "/%c0%ae%c0%ae%c0%af", "/%e0%80%ae%e0%80%ae/", "/..%00/", "/%00../",
    "/topics/../../", "/topics/%2e%2e/%2e%2e/", "//", "///etc/../", "/./../", "/out/../", "/index.html/../../",
    "/..%ef%bc%8f", "/%uff0e%uff0e/", "/.%00./", "/\t../", "/..%0a/",
)  # fmt: skip


def request(target: bytes, *lines: bytes) -> bytes:
    return b"\r\n".join((b"GET " + target + b" HTTP/1.1", b"Host: a.example", *lines, b"", b""))


def statuses(answer: bytes) -> list[int]:
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


def test_no_spelling_of_a_path_leads_to_what_is_not_public(site: Site) -> None:
    names = [*HIDDEN, "etc/passwd", "feeds/../config.toml"]
    inside = [name.removeprefix("feeds/") for name in HIDDEN if name.startswith("feeds/")]
    targets = [up + name for up, name in itertools.product(UPWARDS, names)]
    targets += [shape.format(name) for name in inside for shape in ("/{}", "/{}/", "//{}", "/./{}", "/topics/../{}")]
    targets += ["/" + quote(name, safe="").replace(".", "%2E") for name in inside]
    targets += [
        "/link.txt%00.xml",
        "/rss.xml%00",
        "/rss.xml%20",
        "/rss.xml.",
        "/rss.xml::$DATA",
        "/RSS.XML",
        "/rss.xml/",
    ]
    for target in targets:
        found = site.send(request(target.encode(), b"Connection: close"))
        assert found.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")), (target, found[:200])
        assert b"GEHEIM" not in found, target
        assert b"root:" not in found, target


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"").replace(b"\r", b"")))
def test_whatever_bytes_stand_in_the_request_line_no_secret_comes_back_and_nothing_falls_over(
    site: Site, raw: bytes
) -> None:
    found = site.send(request(b"/" + raw, b"Connection: close"))
    assert found.startswith((b"HTTP/1.1 4", b"HTTP/1.1 200", b"HTTP/1.1 301", b"HTTP/1.0 ")) or found == b""
    assert b"GEHEIM" not in found


SMUGGLED = b"GET /feed.json HTTP/1.1\r\nHost: a.example\r\n\r\n"


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        ((b"Content-Length: 6", b"Transfer-Encoding: chunked"), b"0\r\n\r\n" + SMUGGLED),
        ((b"Transfer-Encoding: chunked", b"Content-Length: 3"), b"0\r\n\r\n" + SMUGGLED),
        ((b"Content-Length: 4", b"Content-Length: 0"), b"abcd" + SMUGGLED),
        ((b"Content-Length: 0, 4",), b"abcd" + SMUGGLED),
        ((b"Content-Length: +0",), SMUGGLED),
        ((b"Content-Length: -1",), SMUGGLED),
        ((b"Content-Length: 0x10",), SMUGGLED),
        ((b"Content-Length : 4",), b"abcd" + SMUGGLED),
        ((b"Transfer-Encoding: xchunked",), b"0\r\n\r\n" + SMUGGLED),
        ((b"Transfer-Encoding: chunked, identity",), b"0\r\n\r\n" + SMUGGLED),
        ((b"Transfer-Encoding : chunked",), b"0\r\n\r\n" + SMUGGLED),
        ((b"Transfer-Encoding:\x0bchunked",), b"0\r\n\r\n" + SMUGGLED),
        ((b"X: y\r\n Transfer-Encoding: chunked",), b"0\r\n\r\n" + SMUGGLED),
        ((b"Transfer-Encoding: chunked",), b"ZZ\r\n" + SMUGGLED),
        ((b"Transfer-Encoding: chunked",), b"ffffffffffffffff1\r\n" + SMUGGLED),
        ((b"Transfer-Encoding: chunked",), b"0\r\n\r\n" + SMUGGLED),
        ((b"Content-Length: %d" % len(SMUGGLED),), SMUGGLED),
    ],
)
def test_no_second_request_hides_in_the_body_of_a_first(site: Site, lines: tuple[bytes, ...], body: bytes) -> None:
    found = site.send(request(b"/rss.xml", *lines) + body)
    assert statuses(found)[:1] == [400], found[:300]
    assert b'{"items"' not in found
    assert site.answers_within(10)


def test_requests_that_follow_each_other_on_a_connection_are_answered_in_order(site: Site) -> None:
    found = site.send(SMUGGLED + request(b"/nichts") + request(b"/topics/alt/rss.xml", b"Connection: close"))
    assert statuses(found) == [200, 404, 410]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (request(b"http://evil.example/../config.toml"), (400, 404)),
        (request(b"http://evil.example/feed.json"), (200,)),
        (request(b"/feed.json", b"Host: b.example"), (200, 400)),
        (b"GET /feed.json HTTP/1.1\r\nHost: ../../etc\r\n\r\n", (200, 400)),
        (b"GET /feed.json HTTP/1.1\r\n\r\n", (200, 400)),
        (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", (400, 404)),
        (b"CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", (400, 405)),
        (b"TRACE / HTTP/1.1\r\nHost: a\r\nCookie: x\r\n\r\n", (405,)),
        (b"POST /rss.xml HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", (405,)),
        (b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n", (405,)),
        (b"GET /feed.json HTTP/9.9\r\nHost: a\r\n\r\n", (400,)),
        (b"GET /feed.json\r\n\r\n", (400,)),
        (request(b"/feed.json", b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13",
                 b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), (200,)),
        (request(b"/feed.json", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c"), (200,)),
        (request(b"/" + b"a" * 5000), (414,)),
        (request(b"/" + b"a" * 100_000), (414, 431)),
        (request(b"/feed.json", b"X: " + b"y" * 1_000_000), (431,)),
        (request(b"/feed.json", *[b"X%d: y" % number for number in range(5000)]), (431,)),
        (request(b"/feed.json", b"X: a\x00b"), (400,)),
        (request(b"/feed.json", b"no colon here"), (400,)),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", (400,)),
        (b"\x00" * 5000, (400,)),
    ],
)  # fmt: skip
def test_what_is_no_proper_request_is_refused_in_words(site: Site, raw: bytes, status: tuple[int, ...]) -> None:
    found = statuses(site.send(raw))
    assert found or len(raw) > 50_000, "only what is still being sent may be cut off without a word"
    assert set(found) <= set(status)
    assert site.answers_within(10)


def test_hundreds_of_connections_that_drip_keep_nobody_from_being_answered_and_are_ended(site: Site) -> None:
    with ExitStack() as stack:
        drips = [stack.enter_context(site.connect()) for _ in range(300)]
        for number, drip in enumerate(drips):
            drip.setblocking(False)
            drip.sendall(b"GET /rss.xml HTTP/1.1\r\nHost: a\r\nX-%d: " % number)
        begun, answered = time.monotonic(), 0
        ended: set[int] = set()
        while time.monotonic() - begun < 25 and len(ended) < len(drips):
            for drip in drips:
                if drip.fileno() not in ended:
                    try:
                        drip.send(b"a")
                        if not drip.recv(4096):
                            ended.add(drip.fileno())
                    except BlockingIOError:
                        continue
                    except OSError:
                        ended.add(drip.fileno())
            assert site.answers_within(5)
            answered += 1
            time.sleep(0.5)
        assert len(ended) == len(drips), f"{len(drips) - len(ended)} still drip after {time.monotonic() - begun:.0f} s"
        assert answered > 10


def test_who_takes_no_answer_keeps_nobody_from_theirs(site: Site) -> None:
    with ExitStack() as stack:
        for _ in range(60):
            connection = stack.enter_context(site.connect())
            connection.sendall(request(b"/media/0a.png"))
        done: list[bool] = []
        threads = [threading.Thread(target=lambda: done.append(site.answers_within(10))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert done == [True] * 8


def established(port: int) -> int:
    """How many connections to a port the kernel holds open on the server's side."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux ends such connections by itself")
def test_a_connection_whose_reader_takes_nothing_is_ended(site: Site) -> None:
    port = free_port()
    code = "import sys; from feeder.web import child; child.UNREAD_MS = 2000; child.main(*sys.argv[1:])"
    command = [sys.executable, "-c", code, str(site.folder), "127.0.0.1", str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process, ExitStack() as stack:
        assert waits_for(lambda: listens(port))
        time.sleep(0.5)
        for _ in range(5):
            deaf = stack.enter_context(socket.socket())
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(("127.0.0.1", port))
            deaf.sendall(request(b"/media/0a.png") * 3)
        assert waits_for(lambda: established(port) == 5)
        assert waits_for(lambda: established(port) == 0, 30), f"{established(port)} are still open"
        process.kill()
