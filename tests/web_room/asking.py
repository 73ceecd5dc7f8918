"""Requests to the served folder: proper ones, and bytes as they come."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Site:
    """A served folder and its port on 127.0.0.1."""

    folder: Path
    port: int

    def get(self, path: str, method: str = "GET", **headers: str) -> Got:
        """Ask once, on a connection of its own; `If_None_Match` stands for the header If-None-Match."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): words for name, words in headers.items()})
            answer = connection.getresponse()
            return Got(answer.status, {name.lower(): words for name, words in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 20)

    def send(self, raw: bytes) -> bytes:
        """Everything that comes back to these bytes until the server closes, or says nothing more for a while."""
        with self.connect() as connection:
            answer = b""
            try:
                connection.sendall(raw)
                while more := connection.recv(65536):
                    answer += more
                    connection.settimeout(0.3)
            except (TimeoutError, ConnectionError):
                pass
            return answer

    def answers_within(self, seconds: float) -> bool:
        """Whether somebody else is still answered."""
        begun = time.monotonic()
        return self.get("/rss.xml").status == 200 and time.monotonic() - begun < seconds


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def waits_for(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether something comes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def listens(port: int) -> bool:
    """Whether somebody takes connections at a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
