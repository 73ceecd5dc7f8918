"""What the status address answers: is it alive, is it ready, how is it in numbers, and a page for maintainers."""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from feeder import __version__
from feeder.errors import FeederError
from feeder.pipeline.alerts_feed import PATH, alerts_feed
from feeder.web.metrics import CONTENT_TYPE, Metrics
from feeder.web.overview import overview
from feeder.web.readiness import checks
from feeder.web.vitals import Vitals

log = logging.getLogger("feeder.web")

_AT_ONCE = 8  # requests that are answered; others are told to come again
_PATIENCE = 10.0  # seconds for a request's head
_KEPT = 1.0  # seconds that an answer is given again, so that whoever asks often costs little
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: a status of HTTP, a media type, the body."""

    status: int
    kind: str
    body: bytes


class Health:
    """Answers by path. One thread at a time looks; whoever comes meanwhile waits for the same answer."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals
        self._metrics = Metrics(vitals)
        self._pages: dict[str, Callable[[], Answer]] = {
            "/": self._page,
            "/healthz": self._alive,
            "/readyz": self._ready,
            "/metrics": lambda: Answer(200, CONTENT_TYPE, self._metrics.text()),
            PATH: lambda: Answer(200, "application/rss+xml; charset=utf-8", alerts_feed(vitals.house)),
        }
        self._locks = {path: threading.Lock() for path in self._pages}
        self._last: dict[str, tuple[float, Answer]] = {}

    def answer(self, path: str) -> Answer:
        """The answer to a GET; a bug is one too, and shows in the log."""
        if (make := self._pages.get(path)) is None:
            return _words(404, f"not found; there are {', '.join(self._pages)}")
        with self._locks[path]:
            at, last = self._last.get(path, (float("-inf"), None))
            if last is None or time.monotonic() - at >= _KEPT:
                last = _sparing(make, path)
                self._last[path] = time.monotonic(), last
            return last

    def _alive(self) -> Answer:
        trouble = self._vitals.trouble
        beat = f"last beat {self._vitals.age:.1f} s ago"
        return _words(503, f"{trouble}; {beat}") if trouble else _words(200, f"alive: {self._vitals.status}; {beat}")

    def _ready(self) -> Answer:
        found = checks(self._vitals)
        is_ready = all(one.is_well for one in found)
        facts = {
            "ready": is_ready,
            "role": self._vitals.status,
            "reasons": [one.words for one in found if not one.is_well],
            "checks": [asdict(one) for one in found],
        }
        body = json.dumps(facts, ensure_ascii=False, indent=1).encode() + b"\n"
        return Answer(200 if is_ready else 503, "application/json", body)

    def _page(self) -> Answer:
        return Answer(200, "text/html; charset=utf-8", overview(self._vitals).encode())


def _sparing(make: Callable[[], Answer], path: str) -> Answer:
    try:
        return make()
    except FeederError as error:
        log.error("%s cannot be answered: %s", path, error)
        return _words(503, "the store does not answer; see the log")
    except Exception:
        log.exception("%s cannot be answered", path)
        return _words(500, "a bug; see the log")


def _words(status: int, words: str) -> Answer:
    return Answer(status, "text/plain; charset=utf-8", f"{words}\n".encode())


class StatusWeb:
    """Listens from `start` to `close`, a thread per request; port 0 takes a free one, which `port` then names."""

    def __init__(self, vitals: Vitals, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._health = Health(vitals)
        self._server: _Server | None = None

    def start(self) -> None:
        """Listen; back at once. OSError if nobody can listen there now."""
        self._server = _Server((self.host, self.port), self._health)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.2,), name="status", daemon=True).start()

    def close(self) -> None:
        """Listen no more; whoever is being answered may lose the rest."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, place: tuple[str, int], health: Health) -> None:
        self.address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        self.health = health
        self.is_loopback = ipaddress.ip_address(place[0]).is_loopback
        self._room = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__(place, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own while there is room; else hang up, so that a crowd cannot fill the process."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - socketserver's signature
        log.debug("a request to the status address ended early")


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE
    server_version = f"feeder/{__version__}"
    sys_version = ""

    def do_GET(self) -> None:
        self._send(self._answer())

    def do_HEAD(self) -> None:
        self._send(self._answer())

    def _answer(self) -> Answer:
        if self.server.is_loopback and not _is_local(self.headers.get("Host", "")):
            return _words(421, "asked by a name that is not this machine's own; ask by 127.0.0.1")
        return self.server.health.answer(self.path.partition("?")[0])

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        log.debug("status: %s", format % args)


def _is_local(host: str) -> bool:
    """Whether this machine is meant: a page elsewhere that names us by a name of its own is refused (DNS rebinding)."""
    name = host.rpartition(":")[0] if host.count(":") == 1 or "]:" in host else host
    if name.lower() in ("localhost", ""):
        return True
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
