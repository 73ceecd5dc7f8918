"""What asking a host costs: our Fetcher beside bare http.client and requests, when nothing has changed.

    .venv/bin/python -m benchmarks.fetch_documents [hosts] [rounds] [threads]

Every host (a loopback address each; 400 of them) is asked once a round, over a connection of its
own, and answers 304; HTTP, then HTTPS with an authority made for the occasion, which everyone
verifies, beside the usual ones, in one TLS context. The server is a process of its own. Tools take
turns, CPU milliseconds per request of this process are medians; compare ratios, not times.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from email.utils import formatdate
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from benchmarks.gather import certificates
from feeder.config.sections import Gathering
from feeder.sources.http import ACCEPT, Fetcher

ETAG = '"5f1c-6a3b2c1d"'
AGENT = "feeder/1 (+https://bench.example/)"
HEADERS = {"User-Agent": AGENT, "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate, br", "If-None-Match": ETAG}
TARGETS = {"http": 1.4, "https": 1.2}  # times http.client

Tool = Callable[[list[str], int], None]


def trusting() -> ssl.SSLContext:
    """What the Fetcher trusts."""
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def bare(urls: list[str], threads: int) -> None:
    """As little as Python's own library can do: no redirect, no deadline, no guard, no packing, no turn."""
    context = trusting() if urls[0].startswith("https:") else None

    def ask(url: str) -> None:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        connection = (
            http.client.HTTPSConnection(host, port, timeout=20, context=context)
            if context
            else http.client.HTTPConnection(host, port, timeout=20)
        )
        connection.request("GET", parts.path, headers=HEADERS)
        with connection.getresponse() as answer:
            answer.read()
            assert answer.status == 304
        connection.close()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, urls))


class _Sharing(HTTPAdapter):
    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **_: object) -> None:
        super().init_poolmanager(connections, maxsize, block, ssl_context=trusting())

    def cert_verify(self, *_: object) -> None:
        """Leave it to the context, which verifies."""


def session(urls: list[str], threads: int) -> None:
    """requests as its users would tune it: one session, one TLS context, nothing from the environment."""
    with requests.Session() as shared, ThreadPoolExecutor(threads) as pool:
        shared.trust_env = False
        shared.mount("http://", HTTPAdapter(pool_connections=len(urls)))
        shared.mount("https://", _Sharing(pool_connections=len(urls)))
        for answer in pool.map(lambda url: shared.get(url, headers=HEADERS, timeout=20), urls):
            assert answer.status_code == 304


def ours(urls: list[str], threads: int) -> None:
    """The Fetcher, with all that it guards."""
    settings = Gathering(workers=threads, pause=timedelta(seconds=1), allow_networks=("127.0.0.0/8",))
    with Fetcher(settings, AGENT) as fetcher, ThreadPoolExecutor(threads) as pool:
        for answer in pool.map(lambda url: fetcher.get("bench", url, ETAG), urls):
            assert answer.not_modified


TOOLS: dict[str, Tool] = {"http.client": bare, "ours": ours, "requests": session}


class _Unchanged(asyncio.Protocol):
    """Answer 304 to everything."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if data.endswith(b"\r\n\r\n") and isinstance(self._transport, asyncio.WriteTransport):
            lines = ["HTTP/1.1 304 Not Modified", f"Date: {formatdate(usegmt=True)}", "Server: bench", f"ETag: {ETAG}"]
            lines += ("Last-Modified: Sun, 22 Nov 2026 07:00:00 GMT", "Cache-Control: max-age=300", "Vary: Accept")
            self._transport.write("\r\n".join([*lines, "", ""]).encode())


async def serve(folder: Path) -> None:
    """Listen for HTTP and, a port per hundred hosts, for HTTPS; print the ports; end with stdin."""
    loop = asyncio.get_running_loop()
    ports = []
    for certificate in (None, *(folder / f"group{n}.pem" for n in range(len(list(folder.glob("group*.pem")))))):
        tls = None
        if certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate, folder / "server.key")
        server = await loop.create_server(_Unchanged, "0.0.0.0", 0, ssl=tls, backlog=1024)
        ports.append(server.sockets[0].getsockname()[1])
    print(*ports, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def serving(hosts: int) -> Iterator[dict[str, list[str]]]:
    """The addresses of all hosts by scheme, for as long as they are served; their authority is trusted."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        certificates.make(folder, hosts)
        os.environ["SSL_CERT_FILE"] = str(folder / "ca.pem")
        command = [sys.executable, "-m", "benchmarks.fetch_documents", "serve", name]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            plain, *tls = process.stdout.readline().split()
            places = [(certificates.address(n), tls[n // certificates.GROUP]) for n in range(hosts)]
            try:
                yield {
                    "http": [f"http://{address}:{plain}/feed.xml" for address, _ in places],
                    "https": [f"https://{address}:{port}/feed.xml" for address, port in places],
                }
            finally:
                process.kill()


def main(hosts: int = 400, rounds: int = 7, threads: int = 8) -> None:
    """Measure and print one table."""
    with serving(hosts) as addresses:
        print(f"{hosts} hosts, {threads} threads, {rounds} rounds: CPU ms per request, median (least)\n")
        for scheme, urls in addresses.items():
            spent: dict[str, list[float]] = {name: [] for name in TOOLS}
            for _ in range(rounds + 1):
                for name, tool in TOOLS.items():
                    began = time.process_time()
                    tool(urls, threads)
                    spent[name].append(1000 * (time.process_time() - began) / hosts)
            report(scheme, {name: took[1:] for name, took in spent.items()})


def report(scheme: str, spent: dict[str, list[float]]) -> None:
    """Print what was measured; the first round, which imports and warms, does not count."""
    floor = spent["http.client"]
    for name, took in spent.items():
        ratio = median(mine / bare for mine, bare in zip(took, floor, strict=True))
        aim = f" (aim {TARGETS[scheme]})" if name == "ours" else ""
        print(f"{scheme:6} {name:12}{median(took):7.3f} ({min(took):.3f}){ratio:7.2f} x http.client{aim}")
    print()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(Path(sys.argv[2])))
    else:
        main(*map(int, sys.argv[1:]))
