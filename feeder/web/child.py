"""The public files served by a process of its own, so that no gathering makes a reader wait.

Run by `feeder.web.public` as `python -m feeder.web.child FOLDER HOST PORT`; ends when its standard input does, that is
also when its parent was killed. It imports neither the store nor the configuration.
"""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from feeder.web.answering import Stretch, answer
from feeder.web.folder import Folder

CONNECTIONS = 8000
"""At once; the next waits. As many descriptors are asked for, where the machine grants them."""

HEADER_MS = 10_000
"""Milliseconds until the head of a request must be there; as long an idle connection is kept."""

UNREAD_MS = 30_000
"""Milliseconds after which a connection ends whose other side takes nothing of its answer."""

HEAD_BYTES = 32_768
_AT_THE_END = 3.0
_SPARE = 200


class Scope(Protocol):
    """What granian tells of a request (RSGI)."""

    method: str
    path: str
    headers: Any


def application(folder: Folder) -> Any:
    """The folder as granian calls it."""

    async def serve(scope: Scope, proto: Any) -> None:
        headers: dict[str, str] = {}
        for name, value in scope.headers.items():
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        found = answer(folder, scope.method, scope.path, headers)
        body = found.body
        if body is None:
            proto.response_empty(found.status, found.headers)
        elif isinstance(body, Stretch):
            proto.response_file_range(found.status, found.headers, str(body.place), body.first, body.last + 1)
        else:
            proto.response_bytes(found.status, found.headers, body)

    return serve


def main(folder: str, host: str, port: str) -> None:
    """Serve until standard input ends."""
    connections = _connections()
    server = Server(
        application(Folder(Path(folder))),
        address=host,
        port=int(port),
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MS, max_buffer_size=HEAD_BYTES),
        websockets=False,
        backlog=4096,
        backpressure=connections,
        log_enabled=False,
    )
    asyncio.run(_serve(server))


async def _serve(server: Any) -> None:
    loop = asyncio.get_running_loop()
    threading.Thread(target=_until_the_parent_ends, args=(loop, server), daemon=True).start()
    _drop_who_never_reads(loop)
    await server.serve()
    os._exit(0)  # granian's threads may still call Python, which panics once the interpreter is being taken down


def _until_the_parent_ends(loop: asyncio.AbstractEventLoop, server: Any) -> None:
    with suppress(OSError):
        while os.read(0, 1024):
            pass
    loop.call_soon_threadsafe(server.stop)
    threading.Event().wait(_AT_THE_END)
    os._exit(0)  # whoever still reads had their time; nothing here is to be saved


def _connections() -> int:
    """How many connections there may be at once, with a descriptor for each."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + _SPARE
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(16, min(CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _SPARE))


def _drop_who_never_reads(loop: asyncio.AbstractEventLoop) -> None:
    """Let the kernel end connections whose window stays shut; what is accepted takes it over from the listener.

    granian knows no limit for that, and shows no socket: so the one that listens is looked for until it is there.
    Linux only.
    """
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is None:
        return
    is_found = False
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            other = socket.socket(fileno=os.dup(int(descriptor.name)))
            with other:
                if other.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    other.setsockopt(socket.IPPROTO_TCP, option, UNREAD_MS)
                    is_found = True
    if not is_found:
        loop.call_later(0.05, _drop_who_never_reads, loop)


if __name__ == "__main__":
    main(*sys.argv[1:])
