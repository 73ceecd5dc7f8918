"""What goes over one connection, byte by byte: where an answer ends, and whether another may follow it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from feeder.sources import wire
from feeder.sources.adapter import Adapter, Request
from feeder.sources.guard import Guard
from feeder.sources.place import place_of

LOOPBACK = Guard(("127.0.0.0/8",))
OK = b"HTTP/1.1 200 OK\r\n"
BODY = b"Content-Length: 6\r\n\r\n<rss/>"


class Speaker:
    """Says the next of its answers to each request, on whichever connection it comes; keeps all connections open."""

    def __init__(self, answers: Sequence[bytes]) -> None:
        self.answers = list(answers)
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/feed.xml"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while connection.recv(65536) and self.answers:
                connection.sendall(self.answers.pop(0))

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@contextmanager
def saying(*answers: bytes) -> Iterator[Speaker]:
    """A server that says these bytes and nothing else."""
    speaker = Speaker(answers)
    try:
        yield speaker
    finally:
        speaker.close()


@pytest.fixture
def adapter() -> Iterator[Adapter]:
    made = Adapter(2)
    yield made
    made.close()


@contextmanager
def asked(adapter: Adapter, url: str) -> Iterator[Any]:  # Any: an answer on a connection of our own, which is private
    """An answer, as `Fetcher` gets it: it has three seconds."""
    bounds = wire.Bounds(time.monotonic() + 3, 10_000, LOOPBACK)
    with wire.bound_by(bounds), adapter.send(Request(place_of(url), {}), stream=True) as answer:
        yield answer


def bodies(adapter: Adapter, speaker: Speaker, count: int) -> list[bytes]:
    """The bodies of so many requests; each of them has three seconds."""
    found = []
    for _ in range(count):
        with asked(adapter, speaker.url) as answer:
            found.append(answer.raw.read())
    return found


def test_a_connection_that_its_server_keeps_is_used_again(adapter):
    with saying(OK + BODY, OK + BODY) as speaker:
        assert bodies(adapter, speaker, 2) == [b"<rss/>"] * 2
    assert speaker.connections == 1


@pytest.mark.parametrize(
    "head",
    [
        OK + b"Connection: close\r\n",
        OK + b"Connection: Keep-Alive, Close\r\n",
        b"HTTP/1.0 200 OK\r\n",
    ],
)
def test_a_connection_whose_server_says_that_it_ends_is_used_no_more_although_it_stays_open(adapter, head):
    with saying(head + BODY, head + BODY) as speaker:
        assert bodies(adapter, speaker, 2) == [b"<rss/>"] * 2
        assert len(adapter.resting) == 0
    assert speaker.connections == 2


def test_a_connection_on_which_two_lengths_were_said_is_used_no_more(adapter):
    answer = OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<rss/>\r\n0\r\n\r\n"
    with saying(answer, answer) as speaker:
        assert bodies(adapter, speaker, 2) == [b"<rss/>"] * 2
    assert speaker.connections == 2


@pytest.mark.parametrize("name", [b"chunked", b"Chunked", b"CHUNKED"])
def test_chunks_are_put_together_and_their_connection_is_used_again(adapter, name):
    answer = OK + b"Transfer-Encoding: " + name + b"\r\n\r\n3\r\n<rs\r\n3;x=y\r\ns/>\r\n0\r\nTrailer: 1\r\n\r\n"
    with saying(answer, answer) as speaker:
        assert bodies(adapter, speaker, 2) == [b"<rss/>"] * 2
    assert speaker.connections == 1


def test_of_chunks_and_a_length_the_chunks_count(adapter):
    answer = OK + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<rss/>\r\n0\r\n\r\n"
    with saying(answer) as speaker, asked(adapter, speaker.url) as read:
        assert read.raw.length_remaining is None
        assert read.raw.read() == b"<rss/>"


@pytest.mark.parametrize("status", [b"304 Not Modified", b"204 No Content"])
def test_what_has_no_body_by_its_status_has_none_whatever_its_head_says_of_chunks(adapter, status):
    answer = b"HTTP/1.1 " + status + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    with saying(answer, OK + BODY) as speaker:
        with asked(adapter, speaker.url) as empty:
            assert empty.is_empty
        with asked(adapter, speaker.url) as next_one:
            assert next_one.raw.read() == b"<rss/>"
    assert speaker.connections == 1


def test_what_has_neither_chunks_nor_a_length_ends_with_its_connection(adapter):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            with listening.accept()[0] as accepted:
                accepted.recv(65536)
                accepted.sendall(OK + b"\r\n<rss/>")

        threading.Thread(target=hang_up, daemon=True).start()
        with asked(adapter, f"http://127.0.0.1:{listening.getsockname()[1]}/") as answer:
            connection = answer._connection
            assert answer.raw.read() == b"<rss/>"
        assert not connection.lasts
        assert connection.sock is None
    assert len(adapter.resting) == 0


@pytest.mark.parametrize("beforehand", [b"100 Continue", b"103 Early Hints\r\nLink: </a.css>", b"199"])
def test_what_a_server_says_beforehand_is_not_its_answer(adapter, beforehand):
    said = b"HTTP/1.1 " + beforehand + b"\r\nETag: early\r\n\r\n"
    with saying(said * 2 + OK + BODY, OK + BODY) as speaker:
        with asked(adapter, speaker.url) as answer:
            assert (answer.status_code, answer.headers.get("ETag")) == (200, None)
            assert answer.raw.read() == b"<rss/>"
        assert bodies(adapter, speaker, 1) == [b"<rss/>"]
    assert speaker.connections == 1


def body(head: bytes, rest: bytes, most: int) -> bytes:
    """The body of an answer that arrives after its head, and of which so many bytes may."""
    ours, theirs = socket.socketpair()
    with ours, theirs, wire.bound_by(wire.Bounds(time.monotonic() + 3, most, LOOPBACK)):
        theirs.sendall(head)
        with wire.Reply(ours) as reply:
            reply.begin()
            theirs.sendall(rest)
            return reply.read()


@pytest.fixture
def head(monkeypatch) -> bytes:
    """A head that is 20 bytes shorter than heads may be; 1000 bytes come after it."""
    beginning, end = OK + b"X: ", b"\r\nContent-Length: 1000\r\n\r\n"
    monkeypatch.setattr(wire, "HEAD_BYTES", 100)
    return beginning + b"x" * (80 - len(beginning) - len(end)) + end


def test_as_much_may_arrive_as_was_agreed_and_not_a_byte_more(head):
    rest = b"x" * 1000
    assert body(head, rest, most=980) == rest
    with pytest.raises(wire.TooMuchError):
        body(head, rest, most=979)


def test_what_is_agreed_for_a_body_is_not_for_its_head(head):
    with pytest.raises(wire.TooMuchError):
        body(head.replace(b"X: ", b"X: " + b"x" * 100), b"", most=10_000)


def test_a_request_that_its_server_does_not_take_is_given_up_when_the_time_is_over():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = place_of(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        connection = wire.Connection(place.host, place.port, None)
        began = time.monotonic()
        with wire.bound_by(wire.Bounds(began + 30, 1000, LOOPBACK)):
            connection.connect()
        with wire.bound_by(wire.Bounds(time.monotonic() + 0.3, 1000, LOOPBACK)), pytest.raises(TimeoutError):
            connection.ask("/", {"X-Long": "x" * 30_000_000})  # more than any socket buffers, and nobody reads
        connection.close()
    assert time.monotonic() - began < 8


def test_an_answer_without_a_body_gives_its_connection_back_unread(adapter):
    with saying(OK + b"Content-Length: 0\r\n\r\n", OK + BODY) as speaker:
        with asked(adapter, speaker.url) as empty:
            assert empty.is_empty
            assert len(adapter.resting) == 0
        assert len(adapter.resting) == 1
        assert bodies(adapter, speaker, 1) == [b"<rss/>"]
    assert speaker.connections == 1


def test_an_answer_with_a_body_that_nobody_looked_at_closes_its_connection(adapter):
    with saying(OK + BODY, OK + BODY) as speaker:
        with asked(adapter, speaker.url) as unread:
            sock = unread._connection.sock
        assert len(adapter.resting) == 0
        assert sock.fileno() == -1
        assert bodies(adapter, speaker, 1) == [b"<rss/>"]
    assert speaker.connections == 2


def test_an_answer_that_is_read_in_part_closes_its_connection(adapter):
    with saying(OK + BODY, OK + BODY) as speaker:
        with asked(adapter, speaker.url) as half:
            sock = half._connection.sock
            assert half.raw.read(2) == b"<r"
        assert len(adapter.resting) == 0
        assert sock.fileno() == -1
        assert bodies(adapter, speaker, 1) == [b"<rss/>"]
    assert speaker.connections == 2
