"""TLS with a real server: whom we trust, under which name, and for how long we wait."""

from __future__ import annotations

import io
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from feeder.config.sections import Gathering
from feeder.errors import FetchError
from feeder.sources import wire
from feeder.sources.http import Fetcher
from feeder.sources.resolving import resolve
from tests.sources.test_http import raw_server

HERE = Gathering(timeout=timedelta(seconds=5), pause=timedelta(0), allow_networks=("127.0.0.0/8",))
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made with openssl")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A certificate of good.example that is its own authority."""
    found: Path = tmp_path_factory.mktemp("tls")
    words = ("-x509", *EC, "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=DNS:good.example")
    keys = ("-keyout", str(found / "key.pem"), "-out", str(found / "cert.pem"))
    subprocess.run(["openssl", "req", *words, *keys], check=True, capture_output=True)
    return found


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = f"{self.headers['Host']} {self.client_address[1]}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def port(folder, monkeypatch) -> Iterator[int]:
    """A server to which every name leads."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients hang up: that is what is tested
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    monkeypatch.setattr(wire, "resolve", lambda _, port, seconds: resolve("127.0.0.1", port, seconds))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fetcher(folder, monkeypatch) -> Iterator[Fetcher]:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
    with Fetcher(HERE, "feeder/1") as made:
        yield made


def refusal(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        fetcher.get("heise", url)
    return str(caught.value)


def test_who_is_trusted_is_read_over_one_connection(port, fetcher):
    bodies = {fetcher.get("heise", f"https://good.example:{port}/").body for _ in range(3)}
    assert len(bodies) == 1
    assert bodies.pop().startswith(f"good.example:{port} ".encode())


def test_a_name_with_a_closing_dot_is_the_same_name(port, fetcher):
    assert fetcher.get("heise", f"https://good.example.:{port}/").body.startswith(f"good.example:{port} ".encode())


@pytest.mark.parametrize(("asked", "named"), [("", ""), (":443", ""), (":80", ":80"), (":8443", ":8443")])
def test_a_port_is_named_unless_it_is_that_of_https(port, fetcher, monkeypatch, asked, named):
    monkeypatch.setattr(wire, "resolve", lambda *_: resolve("127.0.0.1", port, 5.0))
    assert fetcher.get("heise", f"https://good.example{asked}/").body.startswith(f"good.example{named} ".encode())


def test_what_a_tls_server_sends_unasked_is_not_the_next_answer(folder, fetcher, monkeypatch):
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
    record = (answer % (6, b"<rss/>")).ljust(io.DEFAULT_BUFFER_SIZE) + answer % (8, b"smuggled")  # one, read in two
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, context.wrap_socket(connection, server_side=True) as secure:
                        while secure.recv(65536):
                            secure.sendall(record)

        threading.Thread(target=serve, daemon=True).start()
        port = listening.getsockname()[1]
        monkeypatch.setattr(wire, "resolve", lambda *_: resolve("127.0.0.1", port, 5.0))
        bodies = [fetcher.get("heise", f"https://good.example:{port}/").body for _ in range(3)]
        listening.shutdown(socket.SHUT_RDWR)
    assert bodies == [b"<rss/>"] * 3


@pytest.fixture
def opened(monkeypatch) -> list[socket.socket]:
    """Every socket that is opened from now on, before and after TLS takes it over."""
    sockets: list[socket.socket] = []
    real = wire._connected

    def connected(*words):
        sockets.append(real(*words))
        return sockets[-1]

    monkeypatch.setattr(wire, "_connected", connected)
    return sockets


def test_for_a_name_that_tls_cannot_take_no_socket_is_opened(port, fetcher, opened):
    assert "cannot be fetched" in refusal(fetcher, f"https://{'a' * 64}.example:{port}/")
    assert opened == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, ssl.SSLError, TimeoutError])
def test_a_handshake_that_fails_leaves_no_socket_open(port, fetcher, opened, monkeypatch, error):
    def fail(sock: ssl.SSLSocket, *_: object) -> None:
        opened.append(sock)
        raise error

    monkeypatch.setattr(ssl.SSLSocket, "do_handshake", fail)
    with pytest.raises((FetchError, KeyboardInterrupt)):
        fetcher.get("heise", f"https://good.example:{port}/")
    assert [sock.fileno() for sock in opened] == [-1, -1]


@pytest.mark.parametrize("host", ["other.example", "sub.good.example", "127.0.0.1"])
def test_a_certificate_of_another_name_is_not_trusted(port, fetcher, host):
    assert "cannot be trusted" in refusal(fetcher, f"https://{host}:{port}/")


def test_an_authority_that_nobody_knows_is_not_trusted(port):
    with Fetcher(HERE, "feeder/1") as fetcher:
        assert "cannot be trusted" in refusal(fetcher, f"https://good.example:{port}/")


def test_old_versions_of_tls_are_not_spoken(fetcher):
    assert fetcher._adapter._context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.6\r\n", b""])
def test_a_port_that_does_not_speak_tls_is_said_to_be_none(fetcher, answer):
    with raw_server(lambda connection: connection.sendall(answer)) as url:
        words = refusal(fetcher, url.replace("http:", "https:"))
    assert "does not speak HTTPS there: try http:// or another port" in words
    assert "certificate" not in words


def test_a_handshake_that_is_refused_was_one(fetcher):
    with raw_server(lambda connection: connection.sendall(b"\x15\x03\x01\x00\x02\x02\x28")) as url:
        assert "cannot be trusted" in refusal(fetcher, url.replace("http:", "https:"))


def test_a_handshake_that_hangs_is_left_when_the_time_is_over():
    enough = threading.Event()

    def hang(_: socket.socket) -> None:
        enough.wait(10)

    with (
        raw_server(hang) as url,
        Fetcher(HERE.model_copy(update={"timeout": timedelta(seconds=1)}), "feeder/1") as fetcher,
    ):
        began = time.monotonic()
        assert "took too long" in refusal(fetcher, url.replace("http:", "https:"))
        assert time.monotonic() - began < 4
        enough.set()
