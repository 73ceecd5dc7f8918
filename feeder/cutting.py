"""Connections that can be cut from outside: the timeouts of requests count per read, and what drips outlives them."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

T = TypeVar("T")
_BEAT_SECONDS = 5.0


class Wires:
    """The sockets of one call. A second handle of each survives what TLS does to the first, so both can be cut."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._is_cut = False

    def add(self, sock: socket.socket) -> None:
        """Remember a socket; one that comes after the cut is cut at once."""
        with self._lock:
            self._sockets.append(sock.dup())
            if self._is_cut:
                self._shut()

    def cut(self) -> None:
        """End every read and write of the call, whatever it waits for."""
        with self._lock:
            self._is_cut = True
            self._shut()

    def _shut(self) -> None:
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        self._sockets.clear()


class CutAdapter(HTTPAdapter):
    """An adapter for one call, whose sockets `wires` know."""

    def __init__(self, wires: Wires) -> None:
        self._wires = wires
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # Any: passed through untouched
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._wires)


def _pools(wires: Wires) -> dict[str, type[HTTPConnectionPool]]:
    """Pools whose connections report their sockets as soon as there are any."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            sock = super()._new_conn()
            wires.add(sock)
            return sock

    class Tls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            sock = super()._new_conn()
            wires.add(sock)
            return sock

    plain = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain})
    tls = type("TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": Tls})
    return {"http": plain, "https": tls}


def within(seconds: float, wires: Wires, work: Callable[[], T], alive: Callable[[], None]) -> T:
    """What `work` returns or raises, or a TimeoutError after so many seconds, name servers included.

    Meanwhile `alive` is called every few seconds; what it raises ends the wait. In any case the wires are cut, so that
    the thread that works ends as well.
    """
    done = threading.Event()
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            errors.append(error)
        finally:
            done.set()

    threading.Thread(target=run, name="asking", daemon=True).start()
    deadline = time.monotonic() + seconds
    try:
        while not done.wait(max(0.0, min(_BEAT_SECONDS, deadline - time.monotonic()))):
            if time.monotonic() >= deadline:
                raise TimeoutError
            alive()
    finally:
        wires.cut()
    if errors:
        raise errors[0]
    return results[0]
