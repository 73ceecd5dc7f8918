"""A mail server that takes everything and does nothing with it, so that it is not what is measured.

aiosmtpd burns 2.4 ms per message of 75 kB; this burns about a tenth of that.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

Fault = Callable[[str, str], str | None]
"""Asked with "RCPT" or "DATA" and an address: an answer instead of 250, "drop" for none, or None."""


def faultless(_verb: str, _address: str) -> str | None:
    """Take everything."""
    return None


class Counted:
    """How many messages each address was sent, whatever was answered."""

    def __init__(self, fault: Fault = faultless) -> None:
        self.taken: Counter[str] = Counter()
        self.total = 0
        self.port = 0
        self.fault = fault


class Taker(asyncio.Protocol):
    """One connection: whole lines in, answers out. A client says nothing between the final dot and the answer."""

    def __init__(self, counted: Counted) -> None:
        self._counted = counted
        self._lines, self._tail, self._address = b"", b"", ""
        self._is_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Take commands, or a piece of a message."""
        if self._is_data:
            self._tail = (self._tail + data)[-5:]
            if self._tail == b"\r\n.\r\n":
                self._is_data = False
                self._take()
            return
        *lines, self._lines = (self._lines + data).split(b"\r\n")
        for line in lines:
            self._answer(line)

    def _take(self) -> None:
        answer = self._counted.fault("DATA", self._address)
        if answer in (None, "drop"):
            self._counted.taken[self._address] += 1
            self._counted.total += 1
        self._say(answer or "250 taken")

    def _answer(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"EHLO":
            self._say("250-sink\r\n250 PIPELINING")
        elif verb == b"RCPT":
            self._address = line[line.index(b"<") + 1 : line.index(b">")].decode()
            answer = self._counted.fault("RCPT", self._address)
            self._address = self._address if answer is None else ""
            self._say(answer or "250 ok")
        elif verb == b"DATA" and not self._address:
            self._say("503 for whom?")
        elif verb == b"DATA":
            self._is_data, self._tail = True, b"\r\n"
            self._say("354 go on")
        elif verb == b"QUIT":
            self._say("221 bye")
            self._transport.close()
        else:
            self._say("250 ok")

    def _say(self, words: str) -> None:
        if words == "drop":
            self._transport.abort()
        else:
            self._transport.write(f"{words}\r\n".encode())


@contextmanager
def sink_in_thread(fault: Fault = faultless) -> Iterator[Counted]:
    """Serve on loopback, in a thread of this process, until the end of the block."""
    counted, loop, ready = Counted(fault), asyncio.new_event_loop(), threading.Event()

    def run() -> None:
        server = loop.run_until_complete(loop.create_server(lambda: Taker(counted), "127.0.0.1", 0))
        counted.port = server.sockets[0].getsockname()[1]
        ready.set()
        loop.run_forever()
        server.close()
        loop.run_until_complete(server.wait_closed() if sys.version_info < (3, 12) else asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield counted
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


async def _serve() -> None:
    counted = Counted()
    server = await asyncio.get_running_loop().create_server(lambda: Taker(counted), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
