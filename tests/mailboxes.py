"""A real mail server with faults (aiosmtpd), in this process; and one that counts, for messages by the thousand."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Rule = Callable[[str], str | None]


def nothing_wrong(_address: str) -> str | None:
    return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Mailboxes:
    """What arrived, and what goes wrong: `rcpt` and `data` answer by the recipient's address, or let it pass; "drop"
    ends the connection instead, after the final dot but before the answer in `data`."""

    port: int = 0
    mail: str | None = None
    rcpt: Rule = nothing_wrong
    data: Rule = nothing_wrong
    dropped_within: set[str] = field(default_factory=set)
    slow: float = 0.0
    messages: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    asked: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0

    @property
    def taken(self) -> dict[str, int]:
        """How many messages each address has."""
        return {address: len(found) for address, found in self.messages.items()}

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mail is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.mail or "250 OK"

    async def handle_RCPT(  # noqa: N802 - the same
        self, server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.asked[address] += 1
        answer = self.rcpt(address)
        if answer == "drop":
            server.transport.abort()
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        [address] = envelope.rcpt_tos
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.slow)
        self.at_once -= 1
        answer = self.data(address)
        if answer in (None, "drop"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.messages[address].append(content)
        if answer == "drop":
            server.transport.abort()
        return answer or "250 OK"


class _Server(SMTP):
    """Ends the connection within a message where it shall."""

    def connection_made(self, transport: Any) -> None:
        self.event_handler.connections += 1
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the same
        if self.envelope and set(self.envelope.rcpt_tos) & self.event_handler.dropped_within:
            await self.push("354 go on")
            await self._reader.read(10)
            assert isinstance(self.transport, asyncio.WriteTransport)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server(**how: Any) -> Iterator[Mailboxes]:
    """Serve on loopback until the end of the block."""
    boxes = Mailboxes()
    controller = _Controller(boxes, hostname="127.0.0.1", port=free_port(), **how)
    controller.start()
    boxes.port, boxes.connections = controller.port, 0  # the controller tried one itself
    try:
        yield boxes
    finally:
        controller.stop()
