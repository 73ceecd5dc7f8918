"""The web, as the contestants see it: a server in a process of its own, fast enough never to be what is measured.

`python server.py FOLDER` serves what bodies.py and certificates.py wrote there, each source on a loopback address of
its own. It prints its ports as a line of JSON; a line of JSON on stdin changes what it does and is answered by what it
did since the last one. It ends with its stdin.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import mmap
import os
import ssl
import sys
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

import uvloop

SINCE = 1_790_000_000


@dataclass
class Web:
    """What is served now. `epoch` 1: each tenth feed has an entry more. Without `validators`, 200 is all it says."""

    pack: mmap.mmap
    index: list[list[list[Any]]]
    epoch: int = 0
    latency: float = 0.0
    validators: bool = True
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, by: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + by

    def answer(self, head: bytes) -> bytes | None:
        """The whole answer to a request; None where there is none, or not at once."""
        lines = head.split(b"\r\n")
        path = lines[0].split(b" ")[1]
        if path in (b"/hang", b"/drip"):
            return None
        asked = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
        kinds = self.index[int(path.rpartition(b"/")[2].partition(b".")[0])]
        epoch = min(self.epoch, len(kinds) - 1)
        start, length, _, etag, kind = kinds[epoch]
        modified = formatdate(SINCE + 3600 * epoch, usegmt=True)
        common = f"Date: {formatdate(usegmt=True)}\r\nServer: bench\r\n"
        if self.validators:
            common += f"ETag: {etag}\r\nLast-Modified: {modified}\r\n"
            matches = asked.get(b"if-none-match", b"").removeprefix(b"W/") == etag.encode()
            if matches or (b"if-none-match" not in asked and asked.get(b"if-modified-since") == modified.encode()):
                self.count("304")
                return f"HTTP/1.1 304 Not Modified\r\n{common}\r\n".encode()
        return self._whole(common + f"Content-Type: {kind}\r\n", self.pack[start : start + length], asked)

    def _whole(self, common: str, packed: bytes, asked: dict[bytes, bytes]) -> bytes:
        self.count("200")
        if b"gzip" in asked.get(b"accept-encoding", b""):
            body, common = packed, common + "Content-Encoding: gzip\r\n"
        else:
            self.count("unpacked")
            body = gzip.decompress(packed)
        self.count("bytes", len(body))
        return f"HTTP/1.1 200 OK\r\n{common}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Connection(asyncio.Protocol):
    """One client; requests have no body."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._head = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._web.count("connections")
        if not transport.get_extra_info("peername")[0].startswith("127."):
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._head += data
        while b"\r\n\r\n" in self._head:
            head, _, self._head = self._head.partition(b"\r\n\r\n")
            answer = self._web.answer(head)
            if answer is None:
                if b" /drip " in head:
                    self._drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<rss>" + b" " * 90_000)
                return
            if self._web.latency:
                asyncio.get_running_loop().call_later(self._web.latency, self._transport.write, answer)
            else:
                self._transport.write(answer)

    def _drip(self, rest: bytes) -> None:
        """Send a byte, and another a moment later."""
        if rest and not self._transport.is_closing():
            self._transport.write(rest[:1])
            asyncio.get_running_loop().call_later(0.1, self._drip, rest[1:])


def _tls(folder: Path, group: int) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(folder / f"group{group}.pem", folder / "server.key")
    return context


async def _listen(web: Web, folder: Path) -> None:
    loop = asyncio.get_running_loop()

    async def port(tls: ssl.SSLContext | None) -> int:
        server = await loop.create_server(lambda: Connection(web), "0.0.0.0", 0, ssl=tls, backlog=4096)
        number: int = server.sockets[0].getsockname()[1]
        return number

    groups = len(list(folder.glob("group*.pem")))
    ports = {"http": await port(None), "https": [await port(_tls(folder, group)) for group in range(groups)]}
    print(json.dumps(ports), flush=True)
    orders: asyncio.Queue[bytes] = asyncio.Queue()
    loop.add_reader(0, lambda: orders.put_nowait(os.read(0, 65536)))
    while order := await orders.get():
        change = json.loads(order)
        for name, value in change.items():
            setattr(web, name, value)
        times = os.times()
        print(json.dumps(web.counts | {"cpu": times.user + times.system}), flush=True)
        web.counts.clear()


def main() -> None:
    """Serve until stdin ends."""
    folder = Path(sys.argv[1])
    with (folder / "bodies").open("rb") as pack:
        web = Web(mmap.mmap(pack.fileno(), 0, access=mmap.ACCESS_READ), json.loads((folder / "index.json").read_text()))
    uvloop.run(_listen(web, folder))


if __name__ == "__main__":
    main()
