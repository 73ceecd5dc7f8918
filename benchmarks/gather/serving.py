"""The server, from the side of who measures."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.gather import certificates

HERE = Path(__file__).resolve().parent


@dataclass
class Serving:
    """A running server; `addresses` of its sources by scheme."""

    process: subprocess.Popen[str]
    ports: dict[str, Any]
    sources: int

    def addresses(self, scheme: str, sources: int | None = None) -> list[str]:
        """Where each source is, in the order of their numbers."""
        return [
            f"{scheme}://{certificates.address(number)}:{self._port(scheme, number)}/feed/{number}.xml"
            for number in range(sources or self.sources)
        ]

    def ill(self, number: int, path: str | None) -> str:
        """An address on a source's host that hangs or drips; without a path, one that refuses connections."""
        port = 9 if path is None else self._port("http", number)
        return f"http://{certificates.address(number)}:{port}/{path or ''}"

    def _port(self, scheme: str, number: int) -> int:
        port: int = self.ports["http"] if scheme == "http" else self.ports["https"][number // certificates.GROUP]
        return port

    def change(self, **settings: object) -> dict[str, float]:
        """Change what is served; returns what was answered since the last change, and the CPU seconds so far."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(settings) + "\n")
        self.process.stdin.flush()
        counts: dict[str, float] = json.loads(self.process.stdout.readline())
        return counts


@contextmanager
def serving(folder: Path, sources: int, python: Path) -> Iterator[Serving]:
    """Prepare documents and certificates in `folder` and serve them."""
    subprocess.run([sys.executable, "-m", "benchmarks.gather.bodies", str(folder), str(sources)], check=True)
    certificates.make(folder, sources)
    with subprocess.Popen(
        [str(python), str(HERE / "server.py"), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield Serving(process, json.loads(process.stdout.readline()), sources)
        finally:
            process.kill()


def capacity(server: Serving, asked: int = 2000) -> str:
    """What the server can do, measured by asking it: a sentence."""
    before = server.change()["cpu"]
    host, port = certificates.address(0), server.ports["http"]
    request = b"GET /feed/0.xml HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n\r\n"
    began = time.monotonic()
    for _ in range(asked):
        with socket.create_connection((host, port)) as connection:
            connection.sendall(request)
            connection.recv(65536)
    wall = time.monotonic() - began
    used = server.change()["cpu"] - before
    each = 1000 * used / asked
    return (
        f"server: {each:.2f} ms of its own CPU for a new connection and a feed, so {1000 / each:.0f} a second at most;"
        f" a plain socket that waits for each got {asked / wall:.0f} a second"
    )
