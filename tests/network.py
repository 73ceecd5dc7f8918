"""No test leaves this machine: connections elsewhere fail the test, names elsewhere do not resolve."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LOCAL_NAMES = ("localhost", "localhost.localdomain", "")


class LeftTheMachineError(AssertionError):
    """A test tried to reach another machine; never caught by what catches expected errors."""


class Guard:
    """Refuses what would leave the machine and remembers it, because code may swallow the refusal."""

    def __init__(self) -> None:
        self.attempts: list[str] = []
        self.armed = False

    def hear(self, event: str, args: tuple[object, ...]) -> None:
        """Hear one of Python's audit events (the hook cannot be removed, so it can be disarmed)."""
        if not self.armed:
            return
        if event in ("socket.connect", "socket.sendto") and not is_local_address(args[1]):
            self.attempts.append(f"{event} {args[1]!r}")
            raise LeftTheMachineError(f"a test may not leave this machine: {event} {args[1]!r}")
        if event == "socket.getaddrinfo" and not is_local_name(args[0]) and not is_address(args[0]):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known (tests resolve no foreign names)")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Be armed for a while; afterwards fail if anything was attempted, swallowed or not."""
        before, self.armed = len(self.attempts), True
        try:
            yield
        finally:
            self.armed = False
        attempts = self.attempts[before:]
        if attempts:
            raise LeftTheMachineError(f"a test may not leave this machine: {', '.join(attempts)}")


def is_local_address(address: object) -> bool:
    """Whether a socket address is on loopback, or is no internet address at all."""
    if not isinstance(address, tuple):
        return True
    return is_local_name(address[0])


def is_address(host: object) -> bool:
    """Whether a host is an address in figures, however spelled, which nobody has to be asked for."""
    return _address(_text(host)) is not None


def is_local_name(name: object) -> bool:
    """Whether a host, given as text or bytes, is this machine without asking anybody."""
    host = _text(name)
    address = _address(host)
    if address is None:
        return host in LOCAL_NAMES
    return address.is_loopback or address.is_unspecified


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))  # 127.1, 0x7f000001, 2130706433
    except (OSError, ValueError):
        return None


def _text(host: object) -> str:
    if isinstance(host, bytes):
        return host.decode("ascii", "replace")
    return "" if host is None else str(host)


GUARD = Guard()
sys.addaudithook(GUARD.hear)
