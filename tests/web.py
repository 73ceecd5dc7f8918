"""A small real web server on loopback, for tests of what reads the web."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Page:
    """What is answered. `headers` come as they are; with `validators`, an ETag is added and honoured."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    validators: bool = True


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


Answer = Page | Callable[[Asked], Page]


class Web:
    """The server: put pages in, look at what was asked.

    A page may be a function of the request. What is not there is answered with 404.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, Answer] = {}
        self.answered_by_prefix: dict[str, Answer] = {}
        self.asked: list[Asked] = []

    def url(self, path: str = "/") -> str:
        """The address of a path on this server."""
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, body: bytes | str, status: int = 200, validators: bool = True, **headers: str) -> str:
        """Serve `body` under `path` and return its address; `content_type=…` becomes Content-Type."""
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        data = body.encode() if isinstance(body, str) else body
        self.pages[path] = Page(data, status, named, validators)
        return self.url(path)

    def answer(self, asked: Asked) -> Page:
        """Find the page for a request and honour If-None-Match and If-Modified-Since."""
        self.asked.append(asked)
        found = self.pages.get(asked.path) or self._by_prefix(asked.path)
        page = found(asked) if callable(found) else found
        if not page.validators or page.status != 200:
            return page
        headers = {"ETag": f'"{hashlib.sha256(page.body).hexdigest()[:16]}"', **page.headers}
        if _unchanged(asked.headers, headers):
            return Page(b"", 304, headers)
        return Page(page.body, page.status, headers)

    def _by_prefix(self, path: str) -> Answer:
        """What answers every path that begins so; 404 where nothing does."""
        nothing = Page(b"nothing here", 404, validators=False)
        return next((one for prefix, one in self.answered_by_prefix.items() if path.startswith(prefix)), nothing)


def _unchanged(asked: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    if "If-None-Match" in asked:
        return asked["If-None-Match"] == headers["ETag"]
    return "Last-Modified" in headers and asked.get("If-Modified-Since") == headers["Last-Modified"]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: Web

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        page = self.web.answer(Asked(self.command, self.path, dict(self.headers.items()), body))
        self.send_response(page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if page.status != 304 and not {"content-length", "transfer-encoding"} & {name.lower() for name in page.headers}:
            self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        if self.command != "HEAD" and page.status != 304:
            self.wfile.write(page.body)

    do_GET = do_HEAD = do_POST = _serve  # noqa: N815 - the names are the standard library's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Keep quiet; `Web.asked` has it all."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Be silent about clients that hang up: leaving a bad server early is what many tests want."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # handed on as it came


@contextmanager
def serving() -> Iterator[Web]:
    """Run a server on a free port of loopback for as long as the block lasts."""
    handler = type("Handler", (_Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    handler.web = Web(server.server_port)  # type: ignore[attr-defined]  # made a line above, one per server
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield handler.web  # type: ignore[attr-defined]  # the same
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
